CREATE TABLE "voucher_queue" (
	"transaction_id" uuid PRIMARY KEY NOT NULL
);
--> statement-breakpoint
ALTER TABLE "approval_steps" DROP CONSTRAINT "approval_steps_reason_ck";--> statement-breakpoint
ALTER TABLE "ledger_transactions" ADD COLUMN "seq" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "ledger_transactions_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
ALTER TABLE "ledger_transactions" ADD COLUMN "recorded_in" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "posting_rules" ADD COLUMN "leg" integer NOT NULL;--> statement-breakpoint
ALTER TABLE "posting_rules" ADD COLUMN "award" text NOT NULL;--> statement-breakpoint
ALTER TABLE "posting_rules" ADD COLUMN "year_offset" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "voucher_queue" ADD CONSTRAINT "voucher_queue_transaction_fk" FOREIGN KEY ("transaction_id") REFERENCES "public"."ledger_transactions"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_transactions" ADD CONSTRAINT "ledger_transactions_award_fk" FOREIGN KEY ("award_id") REFERENCES "public"."awards"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "ledger_transactions_day_ix" ON "ledger_transactions" USING btree ("event_on","seq");--> statement-breakpoint
ALTER TABLE "ledger_transactions" ADD CONSTRAINT "ledger_transactions_seq_uq" UNIQUE("seq");--> statement-breakpoint
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_transaction_uq" UNIQUE("transaction_id");--> statement-breakpoint
ALTER TABLE "awards" ADD CONSTRAINT "awards_pool_tip_uq" UNIQUE("pool_id","tip_id");--> statement-breakpoint
ALTER TABLE "ledger_transactions" ADD CONSTRAINT "ledger_transactions_key_ck" CHECK ("ledger_transactions"."idempotency_key" ~ '^[a-z_.]+:[a-z0-9:._-]{1,120}$' and "ledger_transactions"."idempotency_key" !~ '[0-9]{13}');--> statement-breakpoint
ALTER TABLE "ledger_transactions" ADD CONSTRAINT "ledger_transactions_correction_ck" CHECK (("ledger_transactions"."event" = 'correction') = ("ledger_transactions"."corrects_id" is not null));--> statement-breakpoint
ALTER TABLE "posting_rules" ADD CONSTRAINT "posting_rules_award_ck" CHECK ("posting_rules"."award" in ('none','whole','part'));--> statement-breakpoint
ALTER TABLE "posting_rules" ADD CONSTRAINT "posting_rules_offset_ck" CHECK ("posting_rules"."year_offset" in (0, 1));--> statement-breakpoint
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_reference_plain_ck" CHECK (replace("payouts"."reference", '-', '') !~ '[0-9]{15}' and "payouts"."reference" !~ '(^|[^0-9])1[3-9][0-9]{9}([^0-9]|$)');--> statement-breakpoint
ALTER TABLE "approval_steps" ADD CONSTRAINT "approval_steps_signed_reason_ck" CHECK ("approval_steps"."nonce" ~ case when "approval_steps"."action" = 'reject' then '^[A-Za-z0-9_-]{22,64}[.]' || encode(sha256(convert_to("approval_steps"."reason", 'UTF8')), 'hex') || '$' else '^[A-Za-z0-9_-]{22,64}$' end);--> statement-breakpoint
ALTER TABLE "approval_steps" ADD CONSTRAINT "approval_steps_reason_ck" CHECK (("approval_steps"."action" = 'reject') = ("approval_steps"."reason" is not null));--> statement-breakpoint
ALTER TABLE "awards" ADD CONSTRAINT "awards_code_ck" CHECK ("awards"."code_name" ~ '^[A-Z0-9]{4}-[A-Z0-9]{4}$');--> statement-breakpoint
ALTER TABLE "reward_pools" ADD CONSTRAINT "reward_pools_computation_ck" CHECK (coalesce("reward_pools"."computation" ->> 'award' = "reward_pools"."amount_fen"::text and "reward_pools"."computation" ->> 'currency' = "reward_pools"."currency" and "reward_pools"."computation" -> 'scheme' ->> 'id' = "reward_pools"."scheme_id" and "reward_pools"."computation" -> 'scheme' ->> 'version' = "reward_pools"."scheme_version", false));--> statement-breakpoint
ALTER TABLE "reward_pools" ADD CONSTRAINT "reward_pools_consultation_ck" CHECK ("reward_pools"."consultation_ref" is null or (char_length("reward_pools"."consultation_ref") between 3 and 60 and "reward_pools"."consultation_ref" !~ '[0-9]{11}'));
--> statement-breakpoint
-- From here on: the ledger's invariants (their numbers are those of the ledger design) that no table definition can
-- say. Each refusal names its rule in the constraint field. All functions fix their search_path with pg_temp last, so
-- that no temporary table can stand in for a real one, and run as the owner, so that they see every row they judge.

-- The event table, as data.
INSERT INTO posting_rules (event, leg, debit_kind, credit_kind, award, year_offset) VALUES
  ('budget.approved', 1, 'available', 'appropriation', 'none', 0),
  ('budget.adjusted', 1, 'available', 'appropriation', 'none', 0),
  ('funds.received', 1, 'treasury', 'funding', 'none', 0),
  ('award.encumbered', 1, 'encumbered', 'available', 'whole', 0),
  ('award.posted', 1, 'spent', 'encumbered', 'whole', 0),
  ('award.posted', 2, 'expense', 'payable', 'whole', 0),
  ('award.paid', 1, 'payable', 'treasury', 'whole', 0),
  ('award.paid', 1, 'payable', 'window_cash', 'whole', 0),
  ('award.bounced', 1, 'treasury', 'payable', 'whole', 0),
  ('award.lapsed', 1, 'available', 'encumbered', 'whole', 0),
  ('award.revoked', 1, 'available', 'encumbered', 'whole', 0),
  ('award.posting_revoked', 1, 'available', 'spent', 'whole', 0),
  ('award.posting_revoked', 2, 'payable', 'expense', 'whole', 0),
  ('float.topped_up', 1, 'window_cash', 'treasury', 'none', 0),
  ('float.returned', 1, 'treasury', 'window_cash', 'none', 0),
  ('clawback.ordered', 1, 'recoverable', 'expense', 'part', 0),
  ('clawback.received', 1, 'available', 'spent', 'part', 0),
  ('clawback.received', 2, 'treasury', 'recoverable', 'part', 0),
  ('clawback.received_later', 1, 'treasury', 'recoverable', 'part', 0),
  ('clawback.received_later', 2, 'funding', 'treasury', 'part', 0),
  ('clawback.written_off', 1, 'expense', 'recoverable', 'part', 0),
  ('bank.unmatched', 1, 'treasury', 'suspense', 'none', 0),
  ('bank.unmatched', 1, 'suspense', 'treasury', 'none', 0),
  ('bank.matched', 1, 'treasury', 'suspense', 'none', 0),
  ('bank.matched', 1, 'suspense', 'treasury', 'none', 0),
  ('year.lapsed', 1, 'appropriation', 'available', 'none', 0),
  ('year.available_carried', 1, 'appropriation', 'available', 'none', 0),
  ('year.available_carried', 2, 'available', 'appropriation', 'none', 1),
  ('year.encumbered_carried', 1, 'appropriation', 'encumbered', 'none', 0),
  ('year.encumbered_carried', 2, 'encumbered', 'appropriation', 'none', 1);
--> statement-breakpoint
CREATE FUNCTION refuse(rule text, told text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '%', told USING ERRCODE = '23514', CONSTRAINT = rule;
END $$;
--> statement-breakpoint
ALTER FUNCTION keep_administrators_apart() SET search_path = pg_catalog, public, pg_temp;
--> statement-breakpoint
-- The rules and what is kept by triggers change by migration alone; awards, pools and payouts stay, whatever happens.
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['awards','reward_pools','payouts','posting_rules','account_balances'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
      guarded || '_append_only', guarded);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      guarded || '_no_truncate', guarded);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE TRIGGER posting_rules_fixed BEFORE INSERT OR UPDATE ON posting_rules FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- Accounts: a budget's accounts belong to its fund; every account has a balance from its first moment.
CREATE FUNCTION open_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.budget_id IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM budgets b WHERE b.id = NEW.budget_id AND b.fund_id = NEW.fund_id) THEN
    PERFORM refuse('accounts_budget_fund', 'a budget account belongs to its budget''s fund');
  END IF;
  INSERT INTO account_balances (account_id) VALUES (NEW.id);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER accounts_open AFTER INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION open_account();
--> statement-breakpoint
-- A posting is what one database transaction wrote: its number there is kept, and its time is the database's own.
-- Both must match before an entry may join (after a restore transaction numbers start again; instants do not).
CREATE FUNCTION stamp_transaction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.recorded_in := pg_current_xact_id()::text::bigint;
  NEW.recorded_at := now();
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER ledger_transactions_stamp BEFORE INSERT ON ledger_transactions
  FOR EACH ROW EXECUTE FUNCTION stamp_transaction();
--> statement-breakpoint
CREATE FUNCTION queue_voucher() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO voucher_queue (transaction_id) VALUES (NEW.id);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER ledger_transactions_queue AFTER INSERT ON ledger_transactions
  FOR EACH ROW EXECUTE FUNCTION queue_voucher();
--> statement-breakpoint
CREATE FUNCTION join_transaction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.id = NEW.transaction_id
      AND (t.recorded_in <> pg_current_xact_id()::text::bigint OR t.recorded_at <> now()::timestamptz(3))) THEN
    PERFORM refuse('ledger_entries_joined_late', 'a recorded posting takes no further entry');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER ledger_entries_join BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION join_transaction();
--> statement-breakpoint
-- Whoever posts locks the accounts first, in the order of their ids (no deadlock between two postings), and draws the
-- posting's sequence number after.
CREATE FUNCTION lock_accounts(wanted uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM account_balances WHERE account_id = ANY (wanted) ORDER BY account_id FOR UPDATE;
END $$;
--> statement-breakpoint
CREATE FUNCTION add_to_balances() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM lock_accounts(array(SELECT debit_account_id FROM added UNION SELECT credit_account_id FROM added));
  UPDATE account_balances b
     SET debit_fen = b.debit_fen + moved.debit, credit_fen = b.credit_fen + moved.credit
    FROM (SELECT account_id, sum(debit) AS debit, sum(credit) AS credit
            FROM (SELECT debit_account_id AS account_id, amount_fen AS debit, 0 AS credit FROM added
                  UNION ALL SELECT credit_account_id, 0, amount_fen FROM added) sides
           GROUP BY account_id) moved
   WHERE b.account_id = moved.account_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER ledger_entries_balances AFTER INSERT ON ledger_entries REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION add_to_balances();
--> statement-breakpoint
-- Invariants 5 and 6, judged at commit, when all of a transaction's entries are there.
CREATE FUNCTION keep_balance() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  a accounts;
  debits numeric;
  off numeric;
BEGIN
  SELECT * INTO a FROM accounts WHERE id = NEW.account_id;
  SELECT b.debit_fen - b.credit_fen INTO debits FROM account_balances b WHERE b.account_id = NEW.account_id;
  IF a.kind IN ('available', 'encumbered', 'window_cash') AND debits < 0 OR a.kind = 'payable' AND debits > 0 THEN
    PERFORM refuse('account_balances_' || a.kind || '_ck', a.kind || ' would be negative');
  END IF;
  IF a.budget_id IS NOT NULL THEN
    SELECT sum(b.debit_fen - b.credit_fen) INTO off FROM accounts x JOIN account_balances b ON b.account_id = x.id
     WHERE x.budget_id = a.budget_id AND x.currency = a.currency;
    IF off <> 0 THEN
      PERFORM refuse('account_balances_appropriation_ck', 'appropriation is available, encumbered and spent together');
    END IF;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER account_balances_keep AFTER UPDATE ON account_balances DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION keep_balance();
--> statement-breakpoint
-- Invariants 1, 4 and 7 for one posting.
CREATE FUNCTION check_ledger_transaction(wanted uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  t ledger_transactions;
  old ledger_transactions;
  a awards;
  about text;
  smallest numeric;
  largest numeric;
  base uuid;
BEGIN
  SELECT * INTO t FROM ledger_transactions WHERE id = wanted;
  IF NOT EXISTS (SELECT 1 FROM ledger_entries WHERE transaction_id = wanted) THEN
    PERFORM refuse('ledger_transactions_empty', 'a posting has at least one entry');
  END IF;
  -- One amount on both sides balances only within one book and one currency.
  IF EXISTS (SELECT 1 FROM ledger_entries e JOIN accounts d ON d.id = e.debit_account_id
      JOIN accounts c ON c.id = e.credit_account_id WHERE e.transaction_id = wanted AND d.book <> c.book) THEN
    PERFORM refuse('ledger_transactions_balanced', 'an entry stays in one book');
  END IF;
  IF (SELECT count(DISTINCT x.currency) FROM ledger_entries e JOIN accounts x
      ON x.id IN (e.debit_account_id, e.credit_account_id) WHERE e.transaction_id = wanted) <> 1 THEN
    PERFORM refuse('ledger_transactions_currency', 'a posting has one currency');
  END IF;
  IF EXISTS (SELECT 1 FROM ledger_entries e JOIN accounts x ON x.id IN (e.debit_account_id, e.credit_account_id)
      WHERE e.transaction_id = wanted AND x.fund_id <> t.fund_id) THEN
    PERFORM refuse('ledger_transactions_fund', 'a posting stays in its fund');
  END IF;
  IF t.corrects_id IS NOT NULL THEN
    SELECT * INTO old FROM ledger_transactions WHERE id = t.corrects_id;
    -- What concerns an award is undone by its own events (bounce, revocation, claw-back), never by a mirror.
    IF old.event = 'correction' OR old.award_id IS NOT NULL OR t.award_id IS NOT NULL OR old.fund_id <> t.fund_id
       OR EXISTS ((SELECT debit_account_id, credit_account_id, amount_fen FROM ledger_entries WHERE transaction_id = old.id)
         EXCEPT ALL (SELECT credit_account_id, debit_account_id, amount_fen FROM ledger_entries WHERE transaction_id = wanted))
       OR EXISTS ((SELECT credit_account_id, debit_account_id, amount_fen FROM ledger_entries WHERE transaction_id = wanted)
         EXCEPT ALL (SELECT debit_account_id, credit_account_id, amount_fen FROM ledger_entries WHERE transaction_id = old.id))
    THEN
      PERFORM refuse('ledger_transactions_mirror', 'a correction mirrors what it corrects');
    END IF;
    RETURN;
  END IF;
  IF EXISTS (SELECT 1 FROM ledger_entries e JOIN accounts d ON d.id = e.debit_account_id
      JOIN accounts c ON c.id = e.credit_account_id
      LEFT JOIN posting_rules r ON r.event = t.event AND r.debit_kind = d.kind AND r.credit_kind = c.kind
      WHERE e.transaction_id = wanted AND r.event IS NULL) THEN
    PERFORM refuse('ledger_transactions_rule', 'the event does not post this pair of accounts');
  END IF;
  SELECT min(total), max(total), min(award) INTO smallest, largest, about FROM (
    SELECT r.leg, min(r.award) AS award, coalesce(sum(e.amount_fen), 0) AS total FROM posting_rules r
      LEFT JOIN (SELECT e.amount_fen, d.kind AS debit_kind, c.kind AS credit_kind FROM ledger_entries e
          JOIN accounts d ON d.id = e.debit_account_id JOIN accounts c ON c.id = e.credit_account_id
          WHERE e.transaction_id = wanted) e ON e.debit_kind = r.debit_kind AND e.credit_kind = r.credit_kind
     WHERE r.event = t.event GROUP BY r.leg) legs;
  IF smallest <> largest OR smallest = 0 THEN
    PERFORM refuse('ledger_transactions_legs', 'every book the event touches carries the same amount');
  END IF;
  -- One budget a leg; a carry-over goes from one fiscal year to the next.
  IF EXISTS (SELECT 1 FROM ledger_entries e JOIN accounts d ON d.id = e.debit_account_id
      JOIN accounts c ON c.id = e.credit_account_id
      WHERE e.transaction_id = wanted AND d.budget_id IS DISTINCT FROM c.budget_id)
     OR (SELECT count(DISTINCT b.fiscal_year - r.year_offset) FROM ledger_entries e
      JOIN accounts d ON d.id = e.debit_account_id JOIN accounts c ON c.id = e.credit_account_id
      JOIN budgets b ON b.id = d.budget_id
      JOIN posting_rules r ON r.event = t.event AND r.debit_kind = d.kind AND r.credit_kind = c.kind
      WHERE e.transaction_id = wanted) > 1 THEN
    PERFORM refuse('ledger_transactions_budget', 'a posting stays in one budget');
  END IF;
  IF (about = 'none') <> (t.award_id IS NULL) THEN
    PERFORM refuse('ledger_transactions_award', 'the event is about an award, or is not');
  END IF;
  IF about = 'none' THEN RETURN; END IF;
  SELECT * INTO a FROM awards WHERE id = t.award_id;
  SELECT d.budget_id INTO base FROM ledger_entries e JOIN accounts d ON d.id = e.debit_account_id
   WHERE e.transaction_id = wanted AND d.budget_id IS NOT NULL LIMIT 1;
  IF (about = 'whole' AND smallest <> a.amount_fen) THEN
    PERFORM refuse('ledger_transactions_amount', 'the posting carries the award''s amount');
  END IF;
  IF base <> a.budget_id OR NOT EXISTS (SELECT 1 FROM budgets b WHERE b.id = a.budget_id AND b.fund_id = t.fund_id) THEN
    PERFORM refuse('ledger_transactions_budget', 'an award is posted in its own budget and fund');
  END IF;
  -- A budget binds its own year only; what is left is carried over or lapses (预算法 42).
  IF t.event = 'award.encumbered' AND NOT EXISTS (SELECT 1 FROM budgets b WHERE b.id = a.budget_id
       AND b.fiscal_year = extract(year FROM t.event_on)) THEN
    PERFORM refuse('ledger_transactions_year', 'money is promised out of its own year''s budget');
  END IF;
END $$;
--> statement-breakpoint
-- Invariants 7, 9 and 10 for one award: its state, its signed steps, its postings and its payouts say the same.
CREATE FUNCTION check_award(wanted uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  a awards;
  pool text;
  acts text[];
  encumbered int; posted int; paid int; bounced int; released int; unposted int;
  ordered numeric; settled numeric;
BEGIN
  SELECT * INTO a FROM awards WHERE id = wanted FOR UPDATE;
  IF NOT EXISTS (SELECT 1 FROM vouchers WHERE award_id = wanted) THEN
    PERFORM refuse('awards_voucher_missing', 'every award has its voucher');
  END IF;
  SELECT status INTO pool FROM reward_pools WHERE id = a.pool_id;
  IF pool = 'superseded' AND a.status NOT IN ('superseded', 'rejected', 'revoked', 'lapsed')
     OR pool = 'live' AND a.status = 'superseded' THEN
    PERFORM refuse('awards_pool_state', 'an award is superseded with its pool');
  END IF;
  acts := array(SELECT s.action FROM approval_steps s JOIN vouchers v ON v.id = s.voucher_id
    WHERE v.award_id = wanted ORDER BY s.position);
  IF NOT (CASE a.status
      WHEN 'drafted' THEN acts = '{}'
      WHEN 'prepared' THEN acts = '{prepare}'
      WHEN 'reviewed' THEN acts = '{prepare,review}'
      WHEN 'rejected' THEN acts IN ('{prepare,reject}', '{prepare,review,reject}')
      WHEN 'superseded' THEN acts IN ('{}', '{prepare}', '{prepare,review}')
      ELSE acts = '{prepare,review,approve}' END) THEN
    PERFORM refuse('awards_signed', 'an award stands where its signatures put it');
  END IF;
  SELECT count(*) FILTER (WHERE event = 'award.encumbered'), count(*) FILTER (WHERE event = 'award.posted'),
         count(*) FILTER (WHERE event = 'award.paid'), count(*) FILTER (WHERE event = 'award.bounced'),
         count(*) FILTER (WHERE event IN ('award.lapsed', 'award.revoked')),
         count(*) FILTER (WHERE event = 'award.posting_revoked')
    INTO encumbered, posted, paid, bounced, released, unposted FROM ledger_transactions WHERE award_id = wanted;
  IF a.status IN ('approved', 'accepted', 'posted', 'paid', 'lapsed', 'revoked') AND encumbered = 0 THEN
    PERFORM refuse('awards_encumbered', 'an award is approved only with its money set aside');
  END IF;
  IF NOT (CASE
      WHEN a.status IN ('approved', 'accepted') THEN encumbered = 1 AND posted + paid + bounced + released + unposted = 0
      WHEN a.status = 'posted' THEN encumbered = 1 AND posted = 1 AND paid = bounced AND released + unposted = 0
      WHEN a.status = 'paid' THEN encumbered = 1 AND posted = 1 AND paid = bounced + 1 AND released + unposted = 0
      WHEN a.status = 'lapsed' THEN encumbered = 1 AND released = 1 AND posted + paid + bounced + unposted = 0
      WHEN a.status = 'revoked' THEN encumbered = 1 AND paid = bounced AND posted = unposted AND released + unposted = 1
      ELSE encumbered + posted + paid + bounced + released + unposted = 0 END) THEN
    PERFORM refuse('awards_ledger', 'an award stands where its postings put it');
  END IF;
  IF (SELECT count(*) FROM payouts WHERE award_id = wanted) <> paid
     OR (SELECT count(*) FROM payouts WHERE award_id = wanted AND status = 'live') <> paid - bounced THEN
    PERFORM refuse('payouts_ledger', 'every payment has its posting, and every posting its payment');
  END IF;
  SELECT coalesce(sum(e.amount_fen) FILTER (WHERE t.event = 'clawback.ordered'), 0),
         coalesce(sum(e.amount_fen) FILTER (WHERE t.event <> 'clawback.ordered'), 0)
    INTO ordered, settled FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id
    JOIN accounts d ON d.id = e.debit_account_id JOIN accounts c ON c.id = e.credit_account_id
   WHERE t.award_id = wanted AND t.event LIKE 'clawback.%' AND 'recoverable' IN (d.kind, c.kind);
  IF ordered > 0 AND (a.status <> 'paid' OR ordered > a.amount_fen) OR settled > ordered THEN
    PERFORM refuse('awards_clawback', 'no more comes back than was paid and ordered back');
  END IF;
END $$;
--> statement-breakpoint
-- Invariant 8.
CREATE FUNCTION check_pool(wanted uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (SELECT coalesce(sum(amount_fen), 0) FROM awards WHERE pool_id = wanted)
     <> (SELECT amount_fen FROM reward_pools WHERE id = wanted) THEN
    PERFORM refuse('reward_pools_sum', 'the shares of a pool sum to it');
  END IF;
END $$;
--> statement-breakpoint
CREATE FUNCTION judge_at_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE concerned uuid;
BEGIN
  CASE TG_TABLE_NAME
    WHEN 'ledger_transactions' THEN
      PERFORM check_ledger_transaction(NEW.id);
      IF NEW.award_id IS NOT NULL THEN PERFORM check_award(NEW.award_id); END IF;
    WHEN 'ledger_entries' THEN PERFORM check_ledger_transaction(NEW.transaction_id);
    WHEN 'awards' THEN
      PERFORM check_award(NEW.id);
      IF TG_OP = 'INSERT' THEN PERFORM check_pool(NEW.pool_id); END IF;
    WHEN 'payouts' THEN PERFORM check_award(NEW.award_id);
    WHEN 'approval_steps' THEN
      SELECT award_id INTO concerned FROM vouchers WHERE id = NEW.voucher_id;
      PERFORM check_award(concerned);
    WHEN 'reward_pools' THEN
      PERFORM check_pool(NEW.id);
      FOR concerned IN SELECT id FROM awards WHERE pool_id = NEW.id ORDER BY id LOOP
        PERFORM check_award(concerned);
      END LOOP;
  END CASE;
  RETURN NULL;
END $$;
--> statement-breakpoint
DO $$
DECLARE judged text;
BEGIN
  FOREACH judged IN ARRAY ARRAY['ledger_transactions','ledger_entries','awards','payouts','approval_steps','reward_pools']
  LOOP
    EXECUTE format('CREATE CONSTRAINT TRIGGER %I AFTER INSERT OR UPDATE ON %I DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION judge_at_commit()', judged || '_judged', judged);
  END LOOP;
END $$;
--> statement-breakpoint
-- A pool rests on a verified, final finding of its lead, follows the version before it, and is only ever superseded.
CREATE FUNCTION keep_pool() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE last reward_pools;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF to_jsonb(NEW) - 'status' IS DISTINCT FROM to_jsonb(OLD) - 'status' OR OLD.status = 'superseded' THEN
      PERFORM refuse('reward_pools_history', 'a computation is superseded, never edited');
    END IF;
    RETURN NEW;
  END IF;
  SELECT * INTO last FROM reward_pools WHERE lead_id = NEW.lead_id AND stage = NEW.stage ORDER BY version DESC LIMIT 1;
  IF NEW.status <> 'live' OR NEW.version <> coalesce(last.version, 0) + 1 OR NEW.supersedes_id IS DISTINCT FROM last.id THEN
    PERFORM refuse('reward_pools_history', 'a computation follows the one it supersedes');
  END IF;
  PERFORM 1 FROM findings f WHERE f.id = NEW.finding_id AND f.lead_id = NEW.lead_id AND f.status = 'verified'
     AND f.is_final FOR SHARE;
  IF NOT FOUND THEN
    PERFORM refuse('reward_pools_finding', 'a reward rests on a verified, final finding of its lead');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER reward_pools_history BEFORE INSERT OR UPDATE ON reward_pools FOR EACH ROW EXECUTE FUNCTION keep_pool();
--> statement-breakpoint
CREATE FUNCTION keep_award() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE p reward_pools;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT * INTO p FROM reward_pools WHERE id = NEW.pool_id;
    IF NEW.status <> 'drafted' OR NEW.accepted_on IS NOT NULL THEN
      PERFORM refuse('awards_state', 'an award begins as a draft');
    END IF;
    IF (NEW.lead_id, NEW.stage, NEW.version) IS DISTINCT FROM (p.lead_id, p.stage, p.version)
       OR NOT EXISTS (SELECT 1 FROM tips WHERE id = NEW.tip_id AND lead_id = NEW.lead_id)
       OR NOT EXISTS (SELECT 1 FROM jsonb_array_elements(p.computation -> 'shares') s
            WHERE s ->> 'id' = NEW.tip_id::text AND s ->> 'amount' = NEW.amount_fen::text) THEN
      PERFORM refuse('awards_share', 'an award is a share its pool computed');
    END IF;
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) - 'status' - 'accepted_on' IS DISTINCT FROM to_jsonb(OLD) - 'status' - 'accepted_on'
     OR (NEW.accepted_on IS DISTINCT FROM OLD.accepted_on) <> (OLD.status = 'approved' AND NEW.status = 'accepted') THEN
    PERFORM refuse('awards_history', 'an award is moved, never edited');
  END IF;
  IF NEW.status <> OLD.status AND NEW.status <> ALL (CASE OLD.status
      WHEN 'drafted' THEN ARRAY['prepared', 'superseded']
      WHEN 'prepared' THEN ARRAY['reviewed', 'rejected', 'superseded']
      WHEN 'reviewed' THEN ARRAY['approved', 'rejected', 'superseded']
      WHEN 'approved' THEN ARRAY['accepted', 'revoked', 'lapsed']
      WHEN 'accepted' THEN ARRAY['posted', 'revoked']
      WHEN 'posted' THEN ARRAY['paid', 'revoked']
      WHEN 'paid' THEN ARRAY['posted']
      ELSE ARRAY[]::text[] END) THEN
    PERFORM refuse('awards_state', 'an award does not move from ' || OLD.status || ' to ' || NEW.status);
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER awards_history BEFORE INSERT OR UPDATE ON awards FOR EACH ROW EXECUTE FUNCTION keep_award();
--> statement-breakpoint
-- What is signed is what is paid: the voucher's words are the award's columns.
CREATE FUNCTION keep_voucher() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE said jsonb;
BEGIN
  BEGIN
    said := NEW.body::jsonb;
  EXCEPTION WHEN OTHERS THEN
    PERFORM refuse('vouchers_body', 'a voucher is JSON');
  END;
  IF NOT EXISTS (SELECT 1 FROM awards a JOIN reward_pools p ON p.id = a.pool_id WHERE a.id = NEW.award_id
      AND said @> jsonb_build_object('award', a.id, 'amount', a.amount_fen::text, 'currency', p.currency, 'tip', a.tip_id,
        'codeName', a.code_name, 'budget', a.budget_id, 'lead', a.lead_id, 'stage', a.stage, 'version', a.version::text,
        'pool', p.id, 'poolAmount', p.amount_fen::text, 'finding', p.finding_id, 'consultationRef', p.consultation_ref,
        'scheme', jsonb_build_object('id', p.scheme_id, 'version', p.scheme_version))) THEN
    PERFORM refuse('vouchers_body', 'a voucher says what its award says');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER vouchers_body BEFORE INSERT ON vouchers FOR EACH ROW EXECUTE FUNCTION keep_voucher();
--> statement-breakpoint
-- Invariants 9 and 10 for one signed act. The award is locked first, so that two acts on one voucher come one after
-- the other; the actor, grant and passkey are locked, so that ending them meanwhile waits or wins, never slips by.
CREATE FUNCTION keep_approval_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v vouchers;
  a awards;
  last approval_steps;
  person staff;
  g staff_roles;
  k passkeys;
  client jsonb;
  needed text;
BEGIN
  SELECT * INTO v FROM vouchers WHERE id = NEW.voucher_id;
  SELECT * INTO a FROM awards WHERE id = v.award_id FOR UPDATE;
  SELECT * INTO last FROM approval_steps WHERE voucher_id = NEW.voucher_id ORDER BY position DESC LIMIT 1;
  IF last.action IN ('approve', 'reject') OR a.status IN ('superseded', 'revoked', 'lapsed') THEN
    PERFORM refuse('approval_steps_closed', 'nothing is signed after the end');
  END IF;
  IF NEW.position <> coalesce(last.position, 0) + 1 OR NEW.action <> ALL (CASE NEW.position
      WHEN 1 THEN ARRAY['prepare'] WHEN 2 THEN ARRAY['review', 'reject'] WHEN 3 THEN ARRAY['approve', 'reject']
      ELSE ARRAY[]::text[] END) THEN
    PERFORM refuse('approval_steps_order', 'prepare, then review, then approve');
  END IF;
  IF NEW.previous_hash IS DISTINCT FROM last.hash THEN
    PERFORM refuse('approval_steps_chain', 'a step names the hash of the one before it');
  END IF;
  -- Canonical JSON (RFC 8785): keys in order, no spaces; none of the values needs escaping.
  IF NEW.signed_body <> format('{"action":"%s","actor":"%s","nonce":"%s","previousApprovalHash":%s,"voucherHash":"%s"}',
      NEW.action, NEW.actor_id, NEW.nonce, coalesce('"' || encode(last.hash, 'hex') || '"', 'null'), encode(v.hash, 'hex')) THEN
    PERFORM refuse('approval_steps_body', 'the signed words are those of the step');
  END IF;
  BEGIN
    client := convert_from(NEW.client_data_json, 'UTF8')::jsonb;
  EXCEPTION WHEN OTHERS THEN
    client := 'null';
  END;
  IF (client ->> 'type' = 'webauthn.get' AND client ->> 'origin' = NEW.origin
      AND client ->> 'challenge' = rtrim(translate(encode(NEW.hash, 'base64'), '+/', '-_'), '=')) IS NOT TRUE THEN
    PERFORM refuse('approval_steps_challenge', 'the passkey signed these words, on this site');
  END IF;
  -- Bits 1 and 4 of the flags: a person was there, and was verified (WebAuthn 6.1).
  IF octet_length(NEW.authenticator_data) < 37 OR substring(NEW.authenticator_data FROM 1 FOR 32) <> sha256(convert_to(NEW.rp_id, 'UTF8'))
     OR get_byte(NEW.authenticator_data, 32) & 5 <> 5 OR octet_length(NEW.signature) < 8 THEN
    PERFORM refuse('approval_steps_authenticator', 'the passkey verified a person for this site');
  END IF;
  SELECT * INTO person FROM staff WHERE id = NEW.actor_id FOR SHARE;
  SELECT * INTO g FROM staff_roles WHERE id = NEW.role_grant_id FOR SHARE;
  needed := CASE NEW.position WHEN 1 THEN 'finance_preparer' WHEN 2 THEN 'finance_reviewer' ELSE 'finance_approver' END;
  IF person.status <> 'active' OR g.staff_id <> NEW.actor_id OR g.role <> needed OR g.revoked_at IS NOT NULL
     OR NOT NEW.role_grant_snapshot @> jsonb_build_object('id', g.id, 'staffId', g.staff_id, 'role', g.role) THEN
    PERFORM refuse('approval_steps_role', 'the step is taken under a live grant of its role');
  END IF;
  -- 会计法 37: who handles cash keeps no books; product.md: who gives roles touches no money.
  IF EXISTS (SELECT 1 FROM staff_roles r WHERE r.staff_id = NEW.actor_id AND r.revoked_at IS NULL
       AND r.role IN ('administrator', 'cashier', 'window_clerk')) THEN
    PERFORM refuse('approval_steps_apart', 'administrators and cashiers sign no voucher');
  END IF;
  IF EXISTS (SELECT 1 FROM reward_pools p JOIN findings f ON f.id = p.finding_id WHERE p.id = a.pool_id
      AND NEW.actor_id IN (f.verified_by, f.recorded_by)) THEN
    PERFORM refuse('approval_steps_finding_apart', 'who found the facts does not reward them');
  END IF;
  IF NEW.position > 1 AND EXISTS (SELECT 1 FROM reward_pools p WHERE p.id = a.pool_id AND p.computed_by = NEW.actor_id) THEN
    PERFORM refuse('approval_steps_assessor_apart', 'who computed the award neither reviews nor approves it');
  END IF;
  SELECT * INTO k FROM passkeys WHERE id = NEW.passkey_id FOR SHARE;
  -- Demo history is signed with throw-away keys that are revoked from birth; only demo people have them.
  IF k.staff_id <> NEW.actor_id OR k.credential_id <> NEW.credential_id OR k.public_key <> NEW.public_key
     OR (k.revoked_at IS NOT NULL AND NOT (k.kind = 'seed' AND person.is_demo)) THEN
    PERFORM refuse('approval_steps_passkey', 'the step is signed with a live passkey of its actor');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER approval_steps_keep BEFORE INSERT ON approval_steps FOR EACH ROW EXECUTE FUNCTION keep_approval_step();
--> statement-breakpoint
-- Invariant 7 for one payment: the award's amount, its own posting, a live cashier who signed nothing.
CREATE FUNCTION keep_payout() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a awards;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF to_jsonb(NEW) - 'status' IS DISTINCT FROM to_jsonb(OLD) - 'status' OR OLD.status = 'bounced' THEN
      PERFORM refuse('payouts_history', 'a payment is bounced once, never edited');
    END IF;
    RETURN NEW;
  END IF;
  SELECT * INTO a FROM awards WHERE id = NEW.award_id FOR UPDATE;
  IF NEW.status <> 'live' OR NEW.amount_fen <> a.amount_fen OR NEW.paid_on < a.accepted_on THEN
    PERFORM refuse('payouts_award', 'a payment is of the award''s amount, after its acceptance');
  END IF;
  IF NOT EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.id = NEW.transaction_id AND t.event = 'award.paid'
      AND t.award_id = NEW.award_id AND t.actor_id = NEW.cashier_id AND t.event_on = NEW.paid_on) THEN
    PERFORM refuse('payouts_transaction', 'a payment has its own posting');
  END IF;
  PERFORM 1 FROM staff_roles r JOIN staff s ON s.id = r.staff_id WHERE r.staff_id = NEW.cashier_id AND s.status = 'active'
     AND r.role = 'cashier' AND r.revoked_at IS NULL FOR SHARE OF r;
  IF NOT FOUND OR EXISTS (SELECT 1 FROM approval_steps s JOIN vouchers v ON v.id = s.voucher_id
      WHERE v.award_id = NEW.award_id AND s.actor_id = NEW.cashier_id) THEN
    PERFORM refuse('payouts_cashier', 'a cashier pays, who signed nothing on the voucher');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER payouts_history BEFORE INSERT OR UPDATE ON payouts FOR EACH ROW EXECUTE FUNCTION keep_payout();
--> statement-breakpoint
-- Invariant 14: the next number of its year and no other. Numbering queues on an advisory lock, posting does not.
CREATE FUNCTION keep_voucher_number() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7301651);
  IF NOT EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.id = NEW.transaction_id
      AND extract(year FROM t.event_on) = NEW.fiscal_year) THEN
    PERFORM refuse('voucher_numbers_year', 'a number belongs to the year of its posting');
  END IF;
  IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM voucher_numbers WHERE fiscal_year = NEW.fiscal_year) THEN
    PERFORM refuse('voucher_numbers_gapless', 'numbers of a year have no gap');
  END IF;
  DELETE FROM voucher_queue WHERE transaction_id = NEW.transaction_id;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER voucher_numbers_gapless BEFORE INSERT ON voucher_numbers
  FOR EACH ROW EXECUTE FUNCTION keep_voucher_number();
