ALTER TABLE "bank_lines" DROP CONSTRAINT "bank_lines_id_ck";--> statement-breakpoint
ALTER TABLE "ledger_requests" DROP CONSTRAINT "ledger_requests_ender_ck";--> statement-breakpoint
ALTER TABLE "ledger_requests" DROP CONSTRAINT "ledger_requests_kind_ck";--> statement-breakpoint
ALTER TABLE "bank_lines" ADD COLUMN "payout_id" uuid;--> statement-breakpoint
ALTER TABLE "bank_lines" ADD CONSTRAINT "bank_lines_payout_fk" FOREIGN KEY ("payout_id") REFERENCES "public"."payouts"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "bank_lines_payout_uq" ON "bank_lines" USING btree ("payout_id","outcome") WHERE outcome in ('settled','bounced');--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_requests_reference_uq" ON "ledger_requests" USING btree (("data" ->> 'reference')) WHERE kind = 'pay';--> statement-breakpoint
ALTER TABLE "bank_lines" ADD CONSTRAINT "bank_lines_payout_ck" CHECK ("bank_lines"."payout_id" is null or "bank_lines"."payout_line_id" is null);--> statement-breakpoint
ALTER TABLE "bank_lines" ADD CONSTRAINT "bank_lines_id_ck" CHECK ("bank_lines"."end_to_end_id" ~ '^([0-9a-f]{32}|HD20[0-9]{2}-[BCDFGHJ-NPQRTV-Z]{8})$');--> statement-breakpoint
ALTER TABLE "ledger_requests" ADD CONSTRAINT "ledger_requests_kind_ck" CHECK (case "ledger_requests"."kind" when 'open' then "ledger_requests"."budget_id" is null and "ledger_requests"."award_id" is null and "ledger_requests"."month" is null and "ledger_requests"."amount_fen" > 0 and "ledger_requests"."event_on" is not null when 'adjust' then "ledger_requests"."budget_id" is not null and "ledger_requests"."award_id" is null and "ledger_requests"."month" is null and "ledger_requests"."amount_fen" <> 0 and "ledger_requests"."amount_fen" is not null and "ledger_requests"."event_on" is not null when 'revoke' then "ledger_requests"."award_id" is not null and "ledger_requests"."budget_id" is null and "ledger_requests"."month" is null and "ledger_requests"."amount_fen" is null when 'clawback' then "ledger_requests"."award_id" is not null and "ledger_requests"."budget_id" is null and "ledger_requests"."month" is null and "ledger_requests"."amount_fen" > 0 when 'write_off' then "ledger_requests"."award_id" is not null and "ledger_requests"."budget_id" is null and "ledger_requests"."month" is null and "ledger_requests"."amount_fen" > 0 when 'close_month' then "ledger_requests"."month" is not null and "ledger_requests"."budget_id" is null and "ledger_requests"."award_id" is null and "ledger_requests"."amount_fen" is null when 'close_year' then "ledger_requests"."budget_id" is not null and "ledger_requests"."award_id" is null and "ledger_requests"."month" is null and "ledger_requests"."amount_fen" is null when 'pay' then "ledger_requests"."award_id" is not null and "ledger_requests"."budget_id" is null and "ledger_requests"."month" is null and "ledger_requests"."amount_fen" is null and coalesce("ledger_requests"."data" ->> 'earlier', '') ~ '^[0-9]{1,4}$' and coalesce("ledger_requests"."data" ->> 'until', '') ~ '^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' and coalesce("ledger_requests"."data" ->> 'reference', 'HD2000-BBBBBBBB') ~ '^HD20[0-9]{2}-[BCDFGHJ-NPQRTV-Z]{8}$' when 'end_order' then "ledger_requests"."award_id" is not null and "ledger_requests"."budget_id" is null and "ledger_requests"."month" is null and "ledger_requests"."amount_fen" is null and coalesce("ledger_requests"."data" ->> 'order', '') ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' when 'bounce' then "ledger_requests"."award_id" is not null and "ledger_requests"."budget_id" is null and "ledger_requests"."month" is null and "ledger_requests"."amount_fen" is null and "ledger_requests"."event_on" is not null and coalesce("ledger_requests"."data" ->> 'payout', '') ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' else false end);
--> statement-breakpoint
-- An order to pay by hand is taken back by two: another than asked agrees, and what they agreed to is why it ended. Orders
-- that one of their two took back before this migration stay as they are.
INSERT INTO rule_starts (rule, after_seq) SELECT 'orders_ended_by_two', coalesce(max(seq), 0) FROM events;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION keep_ledger_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  later CONSTANT text[] := ARRAY['outcome', 'decided_by', 'decided_at', 'answer'];
  ending CONSTANT text[] := ARRAY['ended_by', 'ended_at', 'ended_why'];
  person uuid;
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM refuse('ledger_requests_history', 'a request is kept whatever became of it');
  END IF;
  IF TG_OP = 'INSERT' THEN
    person := NEW.requested_by;
    IF NEW.outcome IS NOT NULL THEN
      PERFORM refuse('ledger_requests_history', 'a request waits for its answer');
    END IF;
  ELSIF OLD.outcome = 'agreed' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL
      AND to_jsonb(NEW) - ending = to_jsonb(OLD) - ending THEN
    -- An order to pay is taken back by two, as it was given, until it is carried out; the award is held, so that of a
    -- payment and a withdrawal one goes first.
    person := NEW.ended_by;
    IF NOT EXISTS (SELECT 1 FROM ledger_requests r WHERE r.kind = 'end_order' AND r.award_id = NEW.award_id
        AND r.data ->> 'order' = NEW.id::text AND r.outcome = 'agreed' AND r.decided_by = NEW.ended_by
        AND r.requested_by <> r.decided_by AND r.reason = NEW.ended_why) THEN
      PERFORM refuse('ledger_requests_ended_by_two', 'an order to pay is taken back by two of finance');
    END IF;
    PERFORM 1 FROM awards WHERE id = NEW.award_id FOR UPDATE;
    IF (NEW.data ->> 'earlier')::bigint IS DISTINCT FROM (SELECT count(*) FROM payouts p WHERE p.award_id = NEW.award_id) THEN
      PERFORM refuse('ledger_requests_spent', 'an order that was carried out is not taken back');
    END IF;
  ELSE
    person := NEW.decided_by;
    IF OLD.outcome IS NOT NULL OR NEW.outcome IS NULL OR to_jsonb(NEW) - later IS DISTINCT FROM to_jsonb(OLD) - later THEN
      PERFORM refuse('ledger_requests_history', 'a request is answered once and never edited');
    END IF;
    -- As of rules (server/decisions/016): nobody carries out what somebody asked for who may not ask any more.
    IF NEW.outcome = 'agreed' AND NOT holds_role(NEW.requested_by, 'finance_preparer', 'finance_reviewer', 'finance_approver') THEN
      PERFORM refuse('ledger_requests_asker_left', 'who asked is of finance still when another agrees');
    END IF;
  END IF;
  IF person IS DISTINCT FROM acting_staff() THEN
    PERFORM refuse('ledger_requests_name', 'a request bears the names of those who act');
  END IF;
  PERFORM 1 FROM staff_roles r JOIN staff s ON s.id = r.staff_id WHERE r.staff_id = person AND r.revoked_at IS NULL
     AND s.status = 'active' AND r.role = ANY (CASE WHEN TG_OP = 'UPDATE' AND NEW.outcome = 'agreed'
       THEN ARRAY['finance_approver'] ELSE ARRAY['finance_preparer', 'finance_reviewer', 'finance_approver'] END)
     FOR SHARE OF r;
  IF NOT FOUND THEN
    PERFORM refuse('ledger_requests_role', 'money is asked about by finance and agreed to by an approver');
  END IF;
  -- 会计法 37: who pays out keeps no books.
  IF EXISTS (SELECT 1 FROM staff_roles r WHERE r.staff_id = person AND r.revoked_at IS NULL
       AND r.role IN ('administrator', 'cashier', 'window_clerk')) THEN
    PERFORM refuse('ledger_requests_role', 'administrators and cashiers decide about no money');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- As in 0035; a new budget is of the source and the agency too that two agreed to.
CREATE OR REPLACE FUNCTION check_agreed_posting(t ledger_transactions, first_leg numeric, own_currency text, budget uuid, next_budget uuid)
RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE q ledger_requests;
BEGIN
  IF t.event IN ('budget.approved', 'budget.adjusted', 'award.revoked', 'award.posting_revoked', 'clawback.ordered', 'clawback.written_off')
     OR t.event LIKE 'year.%' THEN
    SELECT * INTO q FROM ledger_requests WHERE id = t.request_id;
    IF t.event = 'award.revoked' AND t.request_id IS NULL AND replaced_upon_objection(t.award_id, t.actor_id) THEN
      NULL;
    ELSIF NOT coalesce(agreed_by_two(t.request_id, CASE WHEN t.event = 'budget.approved' THEN 'open'
           WHEN t.event = 'budget.adjusted' THEN 'adjust'
           WHEN t.event LIKE 'award.%' THEN 'revoke' WHEN t.event = 'clawback.ordered' THEN 'clawback'
           WHEN t.event = 'clawback.written_off' THEN 'write_off' ELSE 'close_year' END, t.actor_id), false)
       OR q.award_id IS DISTINCT FROM t.award_id OR q.budget_id IS NOT NULL AND q.budget_id <> budget
       OR q.amount_fen IS NOT NULL AND q.amount_fen <> (CASE WHEN q.kind = 'adjust' AND NOT EXISTS (
            SELECT 1 FROM ledger_entries e JOIN accounts d ON d.id = e.debit_account_id
             WHERE e.transaction_id = t.id AND d.kind = 'available') THEN -first_leg ELSE first_leg END)
       OR q.event_on IS NOT NULL AND q.event_on <> t.event_on OR q.kind = 'adjust' AND q.data ? 'corrects'
       OR q.kind = 'open' AND NOT EXISTS (SELECT 1 FROM budgets b JOIN funds u ON u.id = b.fund_id WHERE b.id = budget
            AND u.slug = q.data ->> 'slug' AND u.source = q.data ->> 'source' AND b.fiscal_year::text = q.data ->> 'fiscalYear'
            AND u.agency_id = coalesce(q.data ->> 'agency', u.agency_id)) THEN
      PERFORM refuse('ledger_transactions_by_two', 'asked for by one of finance and agreed to by another');
    END IF;
  -- Whether a payment, or its return, needs two at all depends on its line (payouts_on_line, payouts_returned).
  ELSIF t.request_id IS NOT NULL AND NOT (t.event = 'award.paid' AND ordered_by_two(t.request_id, t.award_id, t.actor_id))
      AND NOT (t.event = 'award.bounced' AND bounced_by_two(t.request_id, t.award_id, t.event_on, t.actor_id)) THEN
    PERFORM refuse('ledger_transactions_by_two', 'the event takes no request of two');
  END IF;
  -- A budget is approved once; whatever changes it after is an adjustment, which takes two.
  IF t.event = 'budget.approved' THEN
    IF EXISTS (SELECT 1 FROM accounts x JOIN ledger_entries e ON e.credit_account_id = x.id
         JOIN ledger_transactions o ON o.id = e.transaction_id
        WHERE x.budget_id = budget AND x.kind = 'appropriation' AND x.currency = own_currency AND o.event = 'budget.approved'
          AND o.id <> t.id AND NOT EXISTS (SELECT 1 FROM ledger_transactions u WHERE u.corrects_id = o.id)) THEN
      PERFORM refuse('ledger_transactions_approved_once', 'a budget is approved once and then adjusted');
    END IF;
  ELSIF t.event = 'year.available_carried' THEN
    IF stale_fen(budget) > coalesce((SELECT sum(e.amount_fen) FROM ledger_entries e
         JOIN ledger_transactions o ON o.id = e.transaction_id
        WHERE o.request_id = t.request_id AND o.event = 'year.lapsed'), 0) THEN
      PERFORM refuse('ledger_transactions_two_years', 'money is carried over at most twice');
    END IF;
  ELSIF t.event = 'year.encumbered_carried' THEN
    IF first_leg <> coalesce((SELECT sum(a.amount_fen) FROM award_carries k
         JOIN awards a ON a.id = k.award_id WHERE k.transaction_id = t.id AND k.from_budget_id = budget
           AND k.to_budget_id = next_budget), 0) THEN
      PERFORM refuse('ledger_transactions_carried', 'what is promised is carried award by award');
    END IF;
  END IF;
END $$;
--> statement-breakpoint
-- As in 0038; the bank's own return, which carries the reference of the order, says as much as two people. A rejection may
-- be of another attempt under the same reference, and does not.
CREATE OR REPLACE FUNCTION judge_bounce() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM payout_lines l WHERE l.award_id = NEW.award_id AND l.reference = NEW.reference
      AND NOT EXISTS (SELECT 1 FROM bank_lines k WHERE k.payout_line_id = l.id AND k.status <> 'out'
        AND k.outcome IN ('bounced', 'matched'))) THEN
    PERFORM refuse('payouts_returned', 'a payment of a batch bounces by the bank''s line that says so');
  END IF;
  IF NOT EXISTS (SELECT 1 FROM payout_lines l WHERE l.award_id = NEW.award_id AND l.reference = NEW.reference)
     AND NOT EXISTS (SELECT 1 FROM ledger_transactions t JOIN ledger_requests q ON q.id = t.request_id
       WHERE t.award_id = NEW.award_id AND t.event = 'award.bounced' AND q.kind = 'bounce' AND q.data ->> 'payout' = NEW.id::text)
     AND NOT EXISTS (SELECT 1 FROM bank_lines k WHERE k.payout_id = NEW.id AND k.status = 'returned' AND k.outcome = 'bounced') THEN
    PERFORM refuse('payouts_returned_by_two', 'a payment by hand came back when the bank says so of its order, or two of finance');
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- As in 0038, and for payments by hand.
CREATE OR REPLACE FUNCTION keep_bank_line() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE l payout_lines; d line_decisions; p record;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.outcome <> 'waiting' OR NEW.payout_line_id IS NOT NULL OR NEW.payout_id IS NOT NULL THEN
      PERFORM refuse('bank_lines_begin', 'a line waits to be matched');
    END IF;
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) - ARRAY['outcome','fault','payout_line_id','payout_id','handled_by','handled_at'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['outcome','fault','payout_line_id','payout_id','handled_by','handled_at']
     OR NOT (CASE OLD.outcome
      WHEN 'waiting' THEN NEW.outcome IN ('settled', 'bounced', 'rejected', 'pending', 'suspense', 'named')
      WHEN 'named' THEN NEW.outcome IN ('named', 'settled', 'bounced', 'rejected', 'suspense', 'dismissed')
      WHEN 'suspense' THEN NEW.outcome = 'matched'
      ELSE false END) THEN
    PERFORM refuse('bank_lines_history', 'what the bank said stays, and what became of it goes forward');
  END IF;
  -- A payment by hand is matched by the reference of the order it was made upon, once each way, in its fund.
  IF NEW.payout_id IS NOT NULL THEN
    SELECT o.status, o.amount_fen, t.fund_id, q.data ->> 'reference' AS reference INTO p FROM payouts o
      JOIN ledger_transactions t ON t.id = o.transaction_id JOIN ledger_requests q ON q.id = t.request_id AND q.kind = 'pay'
     WHERE o.id = NEW.payout_id FOR UPDATE OF o;
    IF (p.reference = NEW.end_to_end_id) IS NOT TRUE OR NEW.outcome IN ('rejected', 'matched')
       OR NEW.outcome IN ('settled', 'bounced') AND p.amount_fen <> NEW.amount_fen
       OR NEW.outcome = 'settled' AND NEW.status <> 'out'
       OR NEW.outcome = 'bounced' AND (NEW.status NOT IN ('returned', 'rejected') OR p.status <> 'bounced') THEN
      PERFORM refuse('bank_lines_match', 'a payment by hand is matched by its order''s reference and its amount');
    END IF;
    IF NEW.outcome IN ('settled', 'bounced')
       AND NOT EXISTS (SELECT 1 FROM bank_statements s WHERE s.id = NEW.statement_id AND s.fund_id = p.fund_id) THEN
      PERFORM refuse('bank_lines_fund', 'a line is matched within its statement''s fund, by its amount');
    END IF;
  ELSIF NEW.outcome IN ('settled', 'bounced', 'rejected') THEN
    SELECT * INTO l FROM payout_lines WHERE id = NEW.payout_line_id;
    IF (l.amount_fen = NEW.amount_fen AND replace(l.id::text, '-', '') = NEW.end_to_end_id) IS NOT TRUE
       OR NEW.outcome = 'settled' AND (NEW.status <> 'out' OR l.state NOT IN ('settled', 'bounced'))
       -- A payment that is booked comes back by the bank's return, or by its rejection afterwards.
       OR NEW.outcome = 'bounced' AND (NEW.status NOT IN ('returned', 'rejected') OR l.state <> 'bounced')
       OR NEW.outcome = 'rejected' AND (NEW.status <> 'rejected' OR l.state NOT IN ('sent', 'unknown', 'rejected')) THEN
      PERFORM refuse('bank_lines_match', 'a line is matched by its id and its amount');
    END IF;
  END IF;
  -- What is set aside without a payment of ours is set aside by two, and written by one of them.
  IF NEW.outcome = 'dismissed' OR NEW.outcome = 'matched' AND NEW.payout_line_id IS NULL AND NEW.payout_id IS NULL THEN
    SELECT * INTO d FROM line_decisions WHERE bank_line_id = NEW.id AND what = NEW.outcome AND agreed_by IS NOT NULL;
    IF d.id IS NULL OR NEW.handled_by IS DISTINCT FROM d.agreed_by THEN
      PERFORM refuse('bank_lines_two', 'one proposes and another agrees to set a line of the bank aside');
    END IF;
  ELSIF NOT holds_role(NEW.handled_by, 'cashier') THEN
    PERFORM refuse('bank_lines_cashier', 'a cashier matches the lines of the bank');
  END IF;
  IF NEW.outcome IN ('settled', 'bounced', 'rejected', 'matched') AND NEW.payout_line_id IS NOT NULL THEN
    SELECT * INTO l FROM payout_lines WHERE id = NEW.payout_line_id FOR UPDATE;
    -- A payment left one fund's account and no other's.
    IF NOT EXISTS (SELECT 1 FROM payout_batches b JOIN bank_statements s ON s.fund_id = b.fund_id
         WHERE b.id = l.batch_id AND s.id = NEW.statement_id) OR l.amount_fen <> NEW.amount_fen THEN
      PERFORM refuse('bank_lines_fund', 'a line is matched within its statement''s fund, by its amount');
    END IF;
    IF NEW.outcome = 'matched' AND l.state <> 'bounced' AND (NEW.status <> 'out' OR l.state <> 'settled') THEN
      PERFORM refuse('bank_lines_match', 'a line is matched to a payment that was booked');
    END IF;
    -- One debit and one return a payment, however each was matched: a second one stays in suspense.
    IF EXISTS (SELECT 1 FROM bank_lines o WHERE o.payout_line_id = NEW.payout_line_id AND o.id <> NEW.id
         AND o.outcome IN ('settled', 'bounced', 'matched') AND (o.status = 'out') = (NEW.status = 'out')) THEN
      PERFORM refuse('bank_lines_once', 'a payment leaves the account once and comes back once');
    END IF;
  END IF;
  IF NEW.outcome IN ('suspense', 'matched') AND NOT EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.idempotency_key =
      CASE NEW.outcome WHEN 'suspense' THEN 'bank.unmatched:' ELSE 'bank.matched:' END || NEW.id) THEN
    PERFORM refuse('bank_lines_booked', 'suspense is a booking');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- Whether a reference is that of an order of ours, also where a recusal hides it: it is not nobody's then.
CREATE FUNCTION is_order_reference(wanted text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM ledger_requests WHERE kind = 'pay' AND data ->> 'reference' = wanted)
$$;
--> statement-breakpoint
-- What an heir's papers are seen for: the account, the way and the first who saw them, as one mark that gives none of them
-- away. Whoever confirms on an older page confirms nothing.
CREATE FUNCTION papers_mark(award uuid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT left(encode(sha256(convert_to(concat_ws(' ', c.award_id, c.way, c.claimant, c.papers_by, (SELECT d.id FROM payee_details d
      WHERE d.award_id = c.award_id AND d.shredded_on IS NULL)), 'UTF8')), 'hex'), 32)
    FROM award_claims c WHERE c.award_id = award
     AND acting_as('finance_preparer', 'finance_reviewer', 'finance_approver', 'cashier', 'auditor')
$$;
--> statement-breakpoint
-- The keys of entries to accounts, and of a posting to its fund, lock rows that every posting shares. What they kept is kept
-- otherwise: accounts, their balances and funds are never deleted; every account has its balance from the moment it is
-- opened, and an entry moves two of them (0050); a posting's fund is that of its accounts (judge_posting), whose own key it is.
ALTER TABLE "ledger_entries" DROP CONSTRAINT "ledger_entries_debit_fk";
--> statement-breakpoint
ALTER TABLE "ledger_entries" DROP CONSTRAINT "ledger_entries_credit_fk";
--> statement-breakpoint
ALTER TABLE "ledger_transactions" DROP CONSTRAINT "ledger_transactions_fund_fk";
--> statement-breakpoint
-- Contingent money, its other half: leads still being looked into whose informants ask for a reward, as a count, and what
-- leads decided since then were awarded, as a sum. Finance sees no lead by it. Leads kept to the leading office are left out.
CREATE FUNCTION contingent_leads(since timestamptz) RETURNS TABLE (leads bigint, decided bigint, awarded_fen bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT (SELECT count(*) FROM (
            SELECT 1 FROM leads l WHERE l.stage = 'investigating' AND NOT l.leading_office_only
               AND EXISTS (SELECT 1 FROM tips t WHERE t.lead_id = l.id AND t.wants_reward)
               AND NOT EXISTS (SELECT 1 FROM findings f WHERE f.lead_id = l.id AND f.status IN ('recorded', 'verified'))
               AND NOT EXISTS (SELECT 1 FROM reward_pools p WHERE p.lead_id = l.id AND p.status = 'live')
             LIMIT 2000) few),
         count(DISTINCT p.lead_id), coalesce(sum(a.amount_fen), 0)::bigint
    FROM reward_pools p JOIN awards a ON a.pool_id = p.id
   WHERE p.status = 'live' AND p.computed_at >= since AND a.status IN ('approved', 'accepted', 'posted', 'paid')
     AND (acting_for_portal() OR acting_as('finance_preparer', 'finance_reviewer', 'finance_approver', 'cashier', 'auditor'))
$$;
