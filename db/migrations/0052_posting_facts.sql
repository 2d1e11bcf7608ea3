-- A posting about an award is judged from fewer rows. What an account is stands with its balance, and what an event asks
-- of its accounts with the rule: neither ever changes. The rules are those of 0050.
--
-- Nobody but the judge of a posting writes the queue, and only of that posting.
ALTER TABLE "voucher_queue" DROP CONSTRAINT "voucher_queue_transaction_fk";
--> statement-breakpoint
ALTER TABLE "account_balances" ADD COLUMN "kind" text;--> statement-breakpoint
ALTER TABLE "account_balances" ADD COLUMN "fund_id" uuid;--> statement-breakpoint
ALTER TABLE "account_balances" ADD COLUMN "budget_id" uuid;--> statement-breakpoint
ALTER TABLE "account_balances" ADD COLUMN "currency" text;--> statement-breakpoint
ALTER TABLE account_balances DISABLE TRIGGER account_balances_keep;
--> statement-breakpoint
UPDATE account_balances b SET kind = a.kind, fund_id = a.fund_id, budget_id = a.budget_id, currency = a.currency
  FROM accounts a WHERE a.id = b.account_id;
--> statement-breakpoint
ALTER TABLE account_balances ENABLE TRIGGER account_balances_keep;
--> statement-breakpoint
ALTER TABLE "account_balances" ALTER COLUMN "kind" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "account_balances" ALTER COLUMN "fund_id" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "account_balances" ALTER COLUMN "currency" SET NOT NULL;
--> statement-breakpoint
ALTER TABLE "posting_rules" ADD COLUMN "legs" integer;--> statement-breakpoint
ALTER TABLE "posting_rules" ADD COLUMN "debit_sign" integer;--> statement-breakpoint
ALTER TABLE "posting_rules" ADD COLUMN "credit_sign" integer;--> statement-breakpoint
ALTER TABLE posting_rules DISABLE TRIGGER posting_rules_fixed;
--> statement-breakpoint
UPDATE posting_rules r
   SET legs = (SELECT max(x.leg) FROM posting_rules x WHERE x.event = r.event),
       debit_sign = CASE WHEN debit_kind IN ('available', 'encumbered', 'window_cash') THEN 1 WHEN debit_kind = 'payable' THEN -1 ELSE 0 END,
       credit_sign = CASE WHEN credit_kind IN ('available', 'encumbered', 'window_cash') THEN 1 WHEN credit_kind = 'payable' THEN -1 ELSE 0 END;
--> statement-breakpoint
ALTER TABLE posting_rules ENABLE TRIGGER posting_rules_fixed;
--> statement-breakpoint
ALTER TABLE "posting_rules" ALTER COLUMN "legs" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "posting_rules" ALTER COLUMN "debit_sign" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "posting_rules" ALTER COLUMN "credit_sign" SET NOT NULL;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION open_account() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.budget_id IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM budgets b WHERE b.id = NEW.budget_id AND b.fund_id = NEW.fund_id) THEN
    PERFORM refuse('accounts_budget_fund', 'a budget account belongs to its budget''s fund');
  END IF;
  INSERT INTO account_balances (account_id, kind, fund_id, budget_id, currency)
  VALUES (NEW.id, NEW.kind, NEW.fund_id, NEW.budget_id, NEW.currency);
  RETURN NULL;
END $$;
--> statement-breakpoint
ALTER TYPE award_standing ADD ATTRIBUTE currency text;
--> statement-breakpoint
-- As in 0050. Postings come as they lie: what they are compared with first is their usual order, and what is counted has
-- none.
CREATE OR REPLACE FUNCTION read_standing(wanted uuid) RETURNS award_standing LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE s award_standing;
BEGIN
  LOOP
    SELECT a.id, a.status, a.amount_fen, b.fund_id, b.id, b.fiscal_year, v.id, p.status,
           array(SELECT k.action FROM approval_steps k WHERE k.voucher_id = v.id ORDER BY k.position),
           array(SELECT t.event FROM ledger_transactions t WHERE t.award_id = a.id),
           EXISTS (SELECT 1 FROM payouts o WHERE o.award_id = a.id),
           coalesce(s.written, a.xmin = pg_current_xact_id()::xid), p.currency
      INTO s
      FROM awards a
      JOIN budgets b ON b.id = CASE WHEN EXISTS (SELECT 1 FROM award_carries c WHERE c.award_id = a.id) THEN award_budget(a.id) ELSE a.budget_id END
      LEFT JOIN vouchers v ON v.award_id = a.id LEFT JOIN reward_pools p ON p.id = a.pool_id
     WHERE a.id = wanted;
    EXIT WHEN s.written IS NOT FALSE;
    PERFORM 1 FROM awards WHERE id = wanted FOR UPDATE;
    s.written := true;
  END LOOP;
  RETURN s;
END $$;
--> statement-breakpoint
-- As in 0050, what is usual first.
CREATE OR REPLACE FUNCTION judge_award(a award_standing) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  k record;
  ordered numeric; settled numeric;
BEGIN
  IF a.voucher IS NOT NULL AND a.pool = 'live' AND a.acts = '{prepare,review,approve}' AND NOT a.paid
     AND a.events = (CASE WHEN a.status IN ('approved', 'accepted') THEN ARRAY['award.encumbered']
       WHEN a.status = 'posted' THEN ARRAY['award.encumbered', 'award.posted'] END) THEN
    RETURN;
  END IF;
  IF a.voucher IS NULL THEN
    PERFORM refuse('awards_voucher_missing', 'every award has its voucher');
  END IF;
  IF a.pool = 'superseded' AND a.status NOT IN ('superseded', 'rejected', 'revoked', 'lapsed')
     OR a.pool = 'live' AND a.status = 'superseded' THEN
    PERFORM refuse('awards_pool_state', 'an award is superseded with its pool');
  END IF;
  IF NOT (CASE a.status
      WHEN 'drafted' THEN a.acts = '{}'
      WHEN 'prepared' THEN a.acts = '{prepare}'
      WHEN 'reviewed' THEN a.acts = '{prepare,review}'
      WHEN 'rejected' THEN a.acts IN ('{prepare,reject}', '{prepare,review,reject}')
      WHEN 'superseded' THEN a.acts IN ('{}', '{prepare}', '{prepare,review}')
      ELSE a.acts = '{prepare,review,approve}' END) THEN
    PERFORM refuse('awards_signed', 'an award stands where its signatures put it');
  END IF;
  SELECT t.*, o.* INTO k
    FROM (SELECT count(*) FILTER (WHERE event = 'award.encumbered') AS encumbered, count(*) FILTER (WHERE event = 'award.posted') AS posted,
                 count(*) FILTER (WHERE event = 'award.paid') AS paid, count(*) FILTER (WHERE event = 'award.bounced') AS bounced,
                 count(*) FILTER (WHERE event IN ('award.lapsed', 'award.revoked')) AS released,
                 count(*) FILTER (WHERE event = 'award.posting_revoked') AS unposted,
                 count(*) FILTER (WHERE event LIKE 'clawback.%') AS clawed
            FROM unnest(a.events) event) t,
         (SELECT count(*) AS payments, count(*) FILTER (WHERE status = 'live') AS live FROM payouts WHERE award_id = a.id) o;
  IF a.status IN ('approved', 'accepted', 'posted', 'paid', 'lapsed', 'revoked') AND k.encumbered = 0 THEN
    PERFORM refuse('awards_encumbered', 'an award is approved only with its money set aside');
  END IF;
  IF NOT (CASE
      WHEN a.status IN ('approved', 'accepted') THEN k.encumbered = 1 AND k.posted + k.paid + k.bounced + k.released + k.unposted = 0
      WHEN a.status = 'posted' THEN k.encumbered = 1 AND k.posted = 1 AND k.paid = k.bounced AND k.released + k.unposted = 0
      WHEN a.status = 'paid' THEN k.encumbered = 1 AND k.posted = 1 AND k.paid = k.bounced + 1 AND k.released + k.unposted = 0
      WHEN a.status = 'lapsed' THEN k.encumbered = 1 AND k.released = 1 AND k.posted + k.paid + k.bounced + k.unposted = 0
      WHEN a.status = 'revoked' THEN k.encumbered = 1 AND k.paid = k.bounced AND k.posted = k.unposted AND k.released + k.unposted = 1
      ELSE k.encumbered + k.posted + k.paid + k.bounced + k.released + k.unposted = 0 END) THEN
    PERFORM refuse('awards_ledger', 'an award stands where its postings put it');
  END IF;
  IF k.payments <> k.paid OR k.live <> k.paid - k.bounced THEN
    PERFORM refuse('payouts_ledger', 'every payment has its posting, and every posting its payment');
  END IF;
  IF k.clawed = 0 THEN RETURN; END IF;
  SELECT coalesce(sum(e.amount_fen) FILTER (WHERE t.event = 'clawback.ordered'), 0),
         coalesce(sum(e.amount_fen) FILTER (WHERE t.event <> 'clawback.ordered'), 0)
    INTO ordered, settled FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id
    JOIN accounts d ON d.id = e.debit_account_id JOIN accounts c ON c.id = e.credit_account_id
   WHERE t.award_id = a.id AND t.event LIKE 'clawback.%' AND 'recoverable' IN (d.kind, c.kind);
  IF ordered > 0 AND (a.status <> 'paid' OR ordered > a.amount_fen) OR settled > ordered THEN
    PERFORM refuse('awards_clawback', 'no more comes back than was paid and ordered back');
  END IF;
END $$;
--> statement-breakpoint
-- As in 0050; and an award is posted in its own currency.
CREATE OR REPLACE FUNCTION check_posting(t ledger_transactions) RETURNS text LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  f record;
  y record;
  a award_standing;
BEGIN
  SELECT count(*) AS entries,
         -- What is wrong with an entry by itself (refuse_entries), in the order in which it is told. One amount on both
         -- sides balances only within one book and one currency.
         min(CASE WHEN d.book <> c.book THEN 1 WHEN d.currency <> c.currency THEN 2
                  WHEN d.fund_id <> t.fund_id OR c.fund_id <> t.fund_id THEN 3
                  WHEN z.budget_id IS NOT NULL AND z.request_id IS DISTINCT FROM t.request_id THEN 4 WHEN r.event IS NULL THEN 5
                  WHEN d.budget_id IS DISTINCT FROM c.budget_id THEN 7 ELSE 9 END) AS fault,
         min(d.currency) AS currency, max(d.currency) AS other,
         coalesce(sum(e.amount_fen) FILTER (WHERE r.leg = 1), 0) AS first_leg,
         coalesce(sum(e.amount_fen) FILTER (WHERE r.leg = 2), 0) AS second_leg,
         min(d.kind || '>' || c.kind) FILTER (WHERE r.leg = 1) <> max(d.kind || '>' || c.kind) FILTER (WHERE r.leg = 1) AS mixed,
         EXISTS (SELECT 1 FROM posting_rules x WHERE x.event = t.event AND x.leg = 2) AS paired,
         EXISTS (SELECT 1 FROM posting_rules x WHERE x.event = t.event AND x.year_offset = 1) AS carried, min(r.award) AS about,
         min(d.budget_id::text)::uuid AS budget, max(d.budget_id::text)::uuid AS last_budget, NULL::uuid AS next_budget,
         -- Invariant 5. Both accounts of an entry are of one budget.
         min(CASE WHEN d.kind IN ('available', 'encumbered', 'window_cash') AND p.debit_fen < p.credit_fen
                    OR d.kind = 'payable' AND p.debit_fen > p.credit_fen THEN d.kind
                  WHEN c.kind IN ('available', 'encumbered', 'window_cash') AND q.debit_fen < q.credit_fen
                    OR c.kind = 'payable' AND q.debit_fen > q.credit_fen THEN c.kind END) AS short,
         bool_or(d.book = 'budget' AND (SELECT sum(b.debit_fen - b.credit_fen) FROM accounts x JOIN account_balances b ON b.account_id = x.id
                   WHERE x.book = 'budget' AND x.budget_id = d.budget_id AND x.currency = d.currency) <> 0) AS off
    INTO f FROM ledger_entries e
    JOIN accounts d ON d.id = e.debit_account_id JOIN account_balances p ON p.account_id = d.id
    JOIN accounts c ON c.id = e.credit_account_id JOIN account_balances q ON q.account_id = c.id
    LEFT JOIN posting_rules r ON r.event = t.event AND r.debit_kind = d.kind AND r.credit_kind = c.kind
    LEFT JOIN year_closings z ON z.budget_id = d.budget_id
   WHERE e.transaction_id = t.id;
  IF f.entries = 0 OR f.fault < 4 OR f.currency <> f.other THEN
    PERFORM refuse_entries(CASE WHEN f.entries = 0 THEN 0 WHEN f.currency <> f.other AND f.fault > 2 THEN 2 ELSE f.fault END);
  END IF;
  IF t.corrects_id IS NOT NULL THEN
    -- A mirror breaks no rule of its event: it has none.
    IF f.fault = 4 THEN PERFORM refuse_entries(4); END IF;
    PERFORM check_correction(t, f.budget);
  ELSE
    IF f.fault < 6 OR f.first_leg = 0 OR f.mixed OR f.paired AND f.second_leg <> f.first_leg THEN
      PERFORM refuse_entries(CASE WHEN f.fault < 6 THEN f.fault ELSE 6 END);
    END IF;
    -- One budget a leg; a carry-over goes from one fiscal year to the next.
    IF f.fault = 7 OR f.budget <> f.last_budget THEN
      SELECT min(b.fiscal_year - r.year_offset) AS year, max(b.fiscal_year - r.year_offset) AS other_year,
             (min(d.budget_id::text) FILTER (WHERE r.year_offset = 0))::uuid AS budget,
             (max(d.budget_id::text) FILTER (WHERE r.year_offset = 0))::uuid AS last_budget,
             (min(d.budget_id::text) FILTER (WHERE r.year_offset = 1))::uuid AS next_budget,
             (max(d.budget_id::text) FILTER (WHERE r.year_offset = 1))::uuid AS last_next
        INTO y FROM ledger_entries e JOIN accounts d ON d.id = e.debit_account_id JOIN accounts c ON c.id = e.credit_account_id
        JOIN posting_rules r ON r.event = t.event AND r.debit_kind = d.kind AND r.credit_kind = c.kind
        JOIN budgets b ON b.id = d.budget_id
       WHERE e.transaction_id = t.id;
      IF f.fault = 7 OR y.year <> y.other_year OR y.budget <> y.last_budget OR y.next_budget <> y.last_next THEN
        PERFORM refuse_entries(7);
      END IF;
      f.budget := y.budget;
      f.next_budget := y.next_budget;
    ELSIF f.carried THEN
      -- Both legs of a carry-over in one budget.
      PERFORM refuse_entries(7);
    END IF;
    IF (f.about = 'none') <> (t.award_id IS NULL) THEN
      PERFORM refuse('ledger_transactions_award', 'the event is about an award, or is not');
    END IF;
    IF t.award_id IS NOT NULL THEN
      a := read_standing(t.award_id);
      IF f.about = 'whole' AND f.first_leg <> a.amount_fen THEN
        PERFORM refuse('ledger_transactions_amount', 'the posting carries the award''s amount');
      END IF;
      IF f.budget <> a.budget_id OR a.fund_id <> t.fund_id OR f.currency <> a.currency THEN
        PERFORM refuse('ledger_transactions_budget', 'an award is posted in its own budget, fund and currency');
      END IF;
      -- A budget binds its own year only; what is left is carried over or lapses (预算法 42). What comes back later than
      -- the year it was spent in belongs to the treasury.
      IF t.event IN ('award.encumbered', 'clawback.received') AND a.fiscal_year <> extract(year FROM t.event_on)
         OR t.event = 'clawback.received_later' AND a.fiscal_year >= extract(year FROM t.event_on) THEN
        PERFORM refuse('ledger_transactions_year', 'money is promised, and comes back, in its own year''s budget');
      END IF;
    END IF;
    -- These take no request of two and are asked nothing more.
    IF t.request_id IS NOT NULL OR t.event NOT IN ('award.encumbered', 'award.posted', 'award.paid', 'award.bounced',
         'award.lapsed', 'float.topped_up', 'float.returned', 'clawback.received', 'clawback.received_later') THEN
      PERFORM check_agreed_posting(t, f.first_leg, f.currency, f.budget, f.next_budget);
    END IF;
  END IF;
  IF f.short IS NOT NULL OR f.off THEN PERFORM refuse_balances(f.short, f.off); END IF;
  IF t.award_id IS NULL THEN RETURN NULL; END IF;
  IF t.corrects_id IS NOT NULL THEN a := read_standing(t.award_id); END IF;
  IF judge_award(a) IS NULL THEN NULL; END IF;
  RETURN a.status;
END $$;
--> statement-breakpoint
-- Where a posting of an award's whole amount is as it nearly always is, all that check_posting (0050) would ask of it: one
-- entry for each leg, of the award's amount, in its fund and its budget that is not closed, no account left short. (Both
-- accounts of each entry are of one budget, so what was appropriated stays its parts together.) Answers the award's state,
-- or null where check_posting must say.
CREATE FUNCTION judge_whole_award(t ledger_transactions) RETURNS text LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  a award_standing := read_standing(t.award_id);
  f record;
  usual boolean := true;
  entries integer := 0; legs integer := 0; wanted integer;
BEGIN
  FOR f IN
    SELECT r.leg, r.legs, r.debit_sign * (d.debit_fen - d.credit_fen) >= 0 AND r.credit_sign * (c.debit_fen - c.credit_fen) >= 0
             AND e.amount_fen = a.amount_fen AND (d.budget_id IS NULL OR d.budget_id = a.budget_id AND z.budget_id IS NULL) AS usual
      FROM ledger_entries e
      JOIN account_balances d ON d.account_id = e.debit_account_id
      JOIN account_balances c ON c.account_id = e.credit_account_id
      LEFT JOIN year_closings z ON z.budget_id = d.budget_id
      LEFT JOIN posting_rules r ON r.event = t.event AND r.debit_kind = d.kind AND r.credit_kind = c.kind AND r.award = 'whole'
       AND d.fund_id = t.fund_id AND c.fund_id = t.fund_id AND d.budget_id IS NOT DISTINCT FROM c.budget_id
       AND d.currency = a.currency AND c.currency = a.currency
     WHERE e.transaction_id = t.id
  LOOP
    entries := entries + 1;
    legs := legs + f.leg;
    wanted := f.legs;
    usual := usual AND f.usual;
  END LOOP;
  -- Legs are counted from one, and no event has more than two.
  IF usual AND entries = wanted AND legs = wanted * (wanted + 1) / 2 AND a.fund_id = t.fund_id THEN
    IF judge_award(a) IS NULL THEN NULL; END IF;
    RETURN a.status;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- As in 0050.
CREATE OR REPLACE FUNCTION judge_posting() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE plain boolean := false; judged text;
BEGIN
  IF NEW.request_id IS NULL AND NEW.corrects_id IS NULL THEN
    IF NEW.award_id IS NULL THEN
      -- Of one entry within a fund's money, between accounts that may run either way, as its event has it: such a posting
      -- has no budget, no year and no other leg, and nothing more to be asked. (No event has two legs in this book alone.)
      SELECT count(*) = 1 AND bool_and(r.award = 'none' AND r.leg = 1 AND d.book = 'financial' AND c.book = 'financial'
               AND d.currency = c.currency AND d.fund_id = NEW.fund_id AND c.fund_id = NEW.fund_id
               AND d.kind NOT IN ('payable', 'window_cash') AND c.kind NOT IN ('payable', 'window_cash'))
        INTO plain FROM ledger_entries e JOIN accounts d ON d.id = e.debit_account_id JOIN accounts c ON c.id = e.credit_account_id
        LEFT JOIN posting_rules r ON r.event = NEW.event AND r.debit_kind = d.kind AND r.credit_kind = c.kind
       WHERE e.transaction_id = NEW.id;
    ELSIF NEW.event IN ('award.posted', 'award.paid', 'award.bounced', 'award.lapsed') THEN
      -- Which take no request of two and are bound to no year.
      judged := judge_whole_award(NEW);
    END IF;
  END IF;
  IF plain IS NOT TRUE AND judged IS NULL THEN judged := check_posting(NEW); END IF;
  INSERT INTO voucher_queue (transaction_id, judged_status) VALUES (NEW.id, judged);
  RETURN NULL;
END $$;
--> statement-breakpoint
-- As in 0050; one or two entries move their balances in one statement.
CREATE OR REPLACE FUNCTION join_transaction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  e record; changed bigint; entries integer := 0;
  debit_1 uuid; credit_1 uuid; amount_1 bigint; debit_2 uuid; credit_2 uuid; amount_2 bigint;
BEGIN
  -- The balances take the entries (0002, add_to_balances). Who writes by write_postings holds them since before; another
  -- hand takes them here, and holds them until commit too.
  FOR e IN SELECT a.debit_account_id AS debit, a.credit_account_id AS credit, a.amount_fen AS amount,
      t.id IS NULL OR t.recorded_in <> pg_current_xact_id()::text::bigint OR t.recorded_at <> now()::timestamptz(3)
        OR EXISTS (SELECT 1 FROM voucher_queue q WHERE q.transaction_id = t.id) AS late
      FROM added a LEFT JOIN ledger_transactions t ON t.id = a.transaction_id
  LOOP
    entries := entries + 1;
    IF e.late OR entries > 2 THEN
      IF EXISTS (SELECT 1 FROM added a WHERE NOT EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.id = a.transaction_id)) THEN
        PERFORM refuse('ledger_entries_transaction', 'an entry is of a posting that is there');
      END IF;
      IF e.late OR EXISTS (SELECT 1 FROM added a JOIN ledger_transactions t ON t.id = a.transaction_id
           LEFT JOIN voucher_queue q ON q.transaction_id = t.id
          WHERE t.recorded_in <> pg_current_xact_id()::text::bigint OR t.recorded_at <> now()::timestamptz(3)
             OR q.transaction_id IS NOT NULL) THEN
        PERFORM refuse('ledger_entries_joined_late', 'a recorded posting takes no further entry');
      END IF;
      UPDATE account_balances b
         SET debit_fen = b.debit_fen + moved.debit, credit_fen = b.credit_fen + moved.credit
        FROM (SELECT account_id, sum(debit) AS debit, sum(credit) AS credit
                FROM (SELECT debit_account_id AS account_id, amount_fen AS debit, 0 AS credit FROM added
                      UNION ALL SELECT credit_account_id, 0, amount_fen FROM added) sides
               GROUP BY account_id) moved
       WHERE b.account_id = moved.account_id;
      GET DIAGNOSTICS changed = ROW_COUNT;
      IF changed <> (SELECT count(DISTINCT side.id) FROM added a, LATERAL (VALUES (a.debit_account_id), (a.credit_account_id)) side (id)) THEN
        PERFORM refuse('ledger_entries_accounts', 'an entry is between accounts that are there');
      END IF;
      RETURN NULL;
    END IF;
    IF entries = 1 THEN
      debit_1 := e.debit; credit_1 := e.credit; amount_1 := e.amount;
    ELSE
      debit_2 := e.debit; credit_2 := e.credit; amount_2 := e.amount;
    END IF;
  END LOOP;
  UPDATE account_balances b
     SET debit_fen = b.debit_fen + CASE b.account_id WHEN debit_1 THEN amount_1 ELSE 0 END + CASE b.account_id WHEN debit_2 THEN amount_2 ELSE 0 END,
         credit_fen = b.credit_fen + CASE b.account_id WHEN credit_1 THEN amount_1 ELSE 0 END + CASE b.account_id WHEN credit_2 THEN amount_2 ELSE 0 END
   WHERE b.account_id IN (debit_1, credit_1, debit_2, credit_2);
  GET DIAGNOSTICS changed = ROW_COUNT;
  IF changed <> 2 * entries
     AND changed <> (SELECT count(DISTINCT side.id) FROM added a, LATERAL (VALUES (a.debit_account_id), (a.credit_account_id)) side (id)) THEN
    PERFORM refuse('ledger_entries_accounts', 'an entry is between accounts that are there');
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- As in 0035. The status this row was given is what was judged, or a later change of the row asks for itself; and what was
-- judged by every posting of the award in this transaction: an award that is booked, paid and put back to booked would
-- else be taken for what the first of the two postings left. (Its settings are those 0035 gave it.)
CREATE OR REPLACE FUNCTION judge_at_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off
SET plan_cache_mode = force_generic_plan AS $$
DECLARE concerned uuid;
BEGIN
  CASE TG_TABLE_NAME
    WHEN 'awards' THEN
      IF TG_OP = 'INSERT' THEN
        PERFORM check_award(NEW.id);
        PERFORM check_pool(NEW.pool_id);
      ELSIF (SELECT bool_and(q.judged_status = NEW.status) FROM ledger_transactions t JOIN voucher_queue q ON q.transaction_id = t.id
          WHERE t.award_id = NEW.id AND t.recorded_in = pg_current_xact_id()::text::bigint
            AND t.recorded_at = now()::timestamptz(3)) IS NOT TRUE THEN
        PERFORM check_award(NEW.id);
      END IF;
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
-- As in 0002, comparing the rows themselves.
CREATE OR REPLACE FUNCTION keep_award() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE p reward_pools; moved awards;
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
  moved := OLD;
  moved.status := NEW.status;
  moved.accepted_on := NEW.accepted_on;
  IF NEW *<> moved
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
-- What holds an award still is asked at once (0034, hold_objected_award; 0036). The row is locked before this runs. An
-- informant may accept an award that is held (it moves no money); a bounce is a bank's fact; rejecting, replacing and
-- revoking end what is held or objected to.
DROP TRIGGER awards_objected ON awards;
--> statement-breakpoint
DROP FUNCTION hold_objected_award();
--> statement-breakpoint
CREATE OR REPLACE FUNCTION keep_held_award() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE held boolean; objected boolean;
BEGIN
  IF NEW.status = OLD.status OR NEW.status NOT IN ('prepared', 'reviewed', 'approved', 'accepted', 'posted', 'paid', 'lapsed') THEN
    RETURN NEW;
  END IF;
  SELECT EXISTS (SELECT 1 FROM award_holds h WHERE h.award_id = NEW.id AND h.lifted_at IS NULL),
         EXISTS (SELECT 1 FROM award_objections o WHERE o.award_id = NEW.id AND o.outcome IS NULL) INTO held, objected;
  IF held AND NEW.status <> 'accepted' AND NOT (OLD.status = 'paid' AND NEW.status = 'posted') THEN
    PERFORM refuse('awards_held', 'a held award stands still');
  END IF;
  -- While an objection is open its award is not accepted, not booked, not paid and does not lapse.
  IF objected AND NEW.status IN ('accepted', 'posted', 'paid', 'lapsed') THEN
    PERFORM refuse('award_objections_open', 'an objection to this award is open');
  END IF;
  RETURN NEW;
END $$;
