ALTER TABLE "voucher_queue" ADD COLUMN "judged_status" text;--> statement-breakpoint
CREATE TABLE "award_carries" (
	"award_id" uuid NOT NULL,
	"from_budget_id" uuid NOT NULL,
	"to_budget_id" uuid NOT NULL,
	"transaction_id" uuid NOT NULL,
	CONSTRAINT "award_carries_pk" PRIMARY KEY("award_id","from_budget_id")
);
--> statement-breakpoint
CREATE TABLE "budget_warnings" (
	"budget_id" uuid NOT NULL,
	"percent" integer NOT NULL,
	"appropriation_fen" bigint NOT NULL,
	"warned_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "budget_warnings_pk" PRIMARY KEY("budget_id","percent","appropriation_fen"),
	CONSTRAINT "budget_warnings_percent_ck" CHECK ("budget_warnings"."percent" between 1 and 100)
);
--> statement-breakpoint
CREATE TABLE "ledger_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"budget_id" uuid,
	"award_id" uuid,
	"month" text,
	"amount_fen" bigint,
	"event_on" date,
	"data" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"reason" text NOT NULL,
	"requested_by" uuid NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"outcome" text,
	"decided_by" uuid,
	"decided_at" timestamp (3) with time zone,
	"answer" text,
	"ended_by" uuid,
	"ended_at" timestamp (3) with time zone,
	"ended_why" text,
	CONSTRAINT "ledger_requests_kind_ck" CHECK (case "ledger_requests"."kind" when 'open' then "ledger_requests"."budget_id" is null and "ledger_requests"."award_id" is null and "ledger_requests"."month" is null and "ledger_requests"."amount_fen" > 0 and "ledger_requests"."event_on" is not null when 'adjust' then "ledger_requests"."budget_id" is not null and "ledger_requests"."award_id" is null and "ledger_requests"."month" is null and "ledger_requests"."amount_fen" <> 0 and "ledger_requests"."amount_fen" is not null and "ledger_requests"."event_on" is not null when 'revoke' then "ledger_requests"."award_id" is not null and "ledger_requests"."budget_id" is null and "ledger_requests"."month" is null and "ledger_requests"."amount_fen" is null when 'clawback' then "ledger_requests"."award_id" is not null and "ledger_requests"."budget_id" is null and "ledger_requests"."month" is null and "ledger_requests"."amount_fen" > 0 when 'write_off' then "ledger_requests"."award_id" is not null and "ledger_requests"."budget_id" is null and "ledger_requests"."month" is null and "ledger_requests"."amount_fen" > 0 when 'close_month' then "ledger_requests"."month" is not null and "ledger_requests"."budget_id" is null and "ledger_requests"."award_id" is null and "ledger_requests"."amount_fen" is null when 'close_year' then "ledger_requests"."budget_id" is not null and "ledger_requests"."award_id" is null and "ledger_requests"."month" is null and "ledger_requests"."amount_fen" is null when 'pay' then "ledger_requests"."award_id" is not null and "ledger_requests"."budget_id" is null and "ledger_requests"."month" is null and "ledger_requests"."amount_fen" is null and coalesce("ledger_requests"."data" ->> 'earlier', '') ~ '^[0-9]{1,4}$' and coalesce("ledger_requests"."data" ->> 'until', '') ~ '^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' when 'bounce' then "ledger_requests"."award_id" is not null and "ledger_requests"."budget_id" is null and "ledger_requests"."month" is null and "ledger_requests"."amount_fen" is null and "ledger_requests"."event_on" is not null and coalesce("ledger_requests"."data" ->> 'payout', '') ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' else false end),
	CONSTRAINT "ledger_requests_month_ck" CHECK ("ledger_requests"."month" is null or "ledger_requests"."month" ~ '^2[01][0-9]{2}-(0[1-9]|1[0-2])$'),
	CONSTRAINT "ledger_requests_reason_ck" CHECK (char_length("ledger_requests"."reason") between 5 and 300),
	CONSTRAINT "ledger_requests_answer_ck" CHECK ("ledger_requests"."answer" is null or char_length("ledger_requests"."answer") between 2 and 300),
	CONSTRAINT "ledger_requests_data_ck" CHECK (octet_length("ledger_requests"."data"::text) <= 2000),
	CONSTRAINT "ledger_requests_outcome_ck" CHECK (("ledger_requests"."outcome" is null or "ledger_requests"."outcome" in ('agreed','refused','withdrawn')) and ("ledger_requests"."outcome" is null) = ("ledger_requests"."decided_by" is null) and ("ledger_requests"."outcome" is null) = ("ledger_requests"."decided_at" is null)),
	CONSTRAINT "ledger_requests_two_ck" CHECK ("ledger_requests"."outcome" is distinct from 'agreed' or "ledger_requests"."decided_by" <> "ledger_requests"."requested_by"),
	CONSTRAINT "ledger_requests_withdrawn_ck" CHECK ("ledger_requests"."outcome" is distinct from 'withdrawn' or "ledger_requests"."decided_by" = "ledger_requests"."requested_by"),
	CONSTRAINT "ledger_requests_ended_ck" CHECK (("ledger_requests"."ended_by" is null) = ("ledger_requests"."ended_at" is null) and ("ledger_requests"."ended_by" is null) = ("ledger_requests"."ended_why" is null) and ("ledger_requests"."ended_by" is null or "ledger_requests"."kind" = 'pay' and coalesce("ledger_requests"."outcome" = 'agreed', false))),
	CONSTRAINT "ledger_requests_ender_ck" CHECK ("ledger_requests"."ended_by" in ("ledger_requests"."requested_by", "ledger_requests"."decided_by")),
	CONSTRAINT "ledger_requests_ended_why_ck" CHECK (char_length("ledger_requests"."ended_why") between 5 and 300)
);
--> statement-breakpoint
CREATE TABLE "ledger_roots" (
	"day" date PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	"made_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ledger_roots_hash_ck" CHECK (octet_length("ledger_roots"."hash") = 32)
);
--> statement-breakpoint
CREATE TABLE "ledger_seals" (
	"position" bigint PRIMARY KEY NOT NULL,
	"transaction_id" uuid NOT NULL,
	"previous_hash" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "ledger_seals_transaction_uq" UNIQUE("transaction_id"),
	CONSTRAINT "ledger_seals_hash_ck" CHECK (octet_length("ledger_seals"."hash") = 32 and octet_length("ledger_seals"."previous_hash") = 32)
);
--> statement-breakpoint
CREATE TABLE "period_closings" (
	"month" text PRIMARY KEY NOT NULL,
	"request_id" uuid NOT NULL,
	"closed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "period_closings_request_uq" UNIQUE("request_id"),
	CONSTRAINT "period_closings_month_ck" CHECK ("period_closings"."month" ~ '^2[01][0-9]{2}-(0[1-9]|1[0-2])$')
);
--> statement-breakpoint
CREATE TABLE "year_closings" (
	"budget_id" uuid PRIMARY KEY NOT NULL,
	"request_id" uuid NOT NULL,
	"closed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "year_closings_request_uq" UNIQUE("request_id")
);
--> statement-breakpoint
ALTER TABLE "staff_mails" DROP CONSTRAINT "staff_mails_kind_ck";--> statement-breakpoint
ALTER TABLE "ledger_transactions" ADD COLUMN "request_id" uuid;--> statement-breakpoint
ALTER TABLE "award_carries" ADD CONSTRAINT "award_carries_award_fk" FOREIGN KEY ("award_id") REFERENCES "public"."awards"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "award_carries" ADD CONSTRAINT "award_carries_from_fk" FOREIGN KEY ("from_budget_id") REFERENCES "public"."budgets"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "award_carries" ADD CONSTRAINT "award_carries_to_fk" FOREIGN KEY ("to_budget_id") REFERENCES "public"."budgets"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "award_carries" ADD CONSTRAINT "award_carries_transaction_fk" FOREIGN KEY ("transaction_id") REFERENCES "public"."ledger_transactions"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budget_warnings" ADD CONSTRAINT "budget_warnings_budget_fk" FOREIGN KEY ("budget_id") REFERENCES "public"."budgets"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_requests" ADD CONSTRAINT "ledger_requests_requested_by_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_requests" ADD CONSTRAINT "ledger_requests_decided_by_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_requests" ADD CONSTRAINT "ledger_requests_ended_by_fk" FOREIGN KEY ("ended_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_requests" ADD CONSTRAINT "ledger_requests_budget_fk" FOREIGN KEY ("budget_id") REFERENCES "public"."budgets"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_requests" ADD CONSTRAINT "ledger_requests_award_fk" FOREIGN KEY ("award_id") REFERENCES "public"."awards"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_roots" ADD CONSTRAINT "ledger_roots_position_fk" FOREIGN KEY ("position") REFERENCES "public"."ledger_seals"("position") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_seals" ADD CONSTRAINT "ledger_seals_transaction_fk" FOREIGN KEY ("transaction_id") REFERENCES "public"."ledger_transactions"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "period_closings" ADD CONSTRAINT "period_closings_request_fk" FOREIGN KEY ("request_id") REFERENCES "public"."ledger_requests"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "year_closings" ADD CONSTRAINT "year_closings_budget_fk" FOREIGN KEY ("budget_id") REFERENCES "public"."budgets"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "year_closings" ADD CONSTRAINT "year_closings_request_fk" FOREIGN KEY ("request_id") REFERENCES "public"."ledger_requests"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "award_carries_transaction_ix" ON "award_carries" USING btree ("transaction_id");--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_requests_open_uq" ON "ledger_requests" USING btree ("kind",coalesce("budget_id"::text, "award_id"::text, "month", "data"::text)) WHERE outcome is null;--> statement-breakpoint
CREATE INDEX "ledger_requests_asked_ix" ON "ledger_requests" USING btree ("requested_at","id");--> statement-breakpoint
CREATE INDEX "ledger_requests_award_ix" ON "ledger_requests" USING btree ("award_id") WHERE award_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_transactions_request_uq" ON "ledger_transactions" USING btree ("request_id") WHERE request_id is not null and event not like 'year.%';--> statement-breakpoint
ALTER TABLE "staff_mails" ADD CONSTRAINT "staff_mails_kind_ck" CHECK ("staff_mails"."kind" in ('enrolment', 'deadline', 'major', 'supervision', 'calendar', 'plan', 'dispute', 'budget'));--> statement-breakpoint
ALTER TABLE "ledger_transactions" ADD CONSTRAINT "ledger_transactions_request_fk" FOREIGN KEY ("request_id") REFERENCES "public"."ledger_requests"("id") ON DELETE restrict ON UPDATE no action;
--> statement-breakpoint
-- An adjustment may also take back what nobody was promised: available never falls below zero (invariant 5).
ALTER TABLE posting_rules DISABLE TRIGGER posting_rules_fixed;
--> statement-breakpoint
INSERT INTO posting_rules (event, leg, debit_kind, credit_kind, award, year_offset)
  VALUES ('budget.adjusted', 1, 'appropriation', 'available', 'none', 0);
--> statement-breakpoint
ALTER TABLE posting_rules ENABLE TRIGGER posting_rules_fixed;
--> statement-breakpoint
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['ledger_requests','period_closings','year_closings','award_carries','budget_warnings',
    'ledger_seals','ledger_roots']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY portal ON %I USING ((SELECT acting_for_portal()))', guarded);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      guarded || '_no_truncate', guarded);
    IF guarded <> 'ledger_requests' THEN
      EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
        guarded || '_append_only', guarded);
    END IF;
    IF guarded <> 'ledger_roots' THEN
      EXECUTE format('CREATE POLICY money_reads ON %I FOR SELECT USING ((SELECT acting_as(
        ''finance_preparer'', ''finance_reviewer'', ''finance_approver'', ''cashier'', ''auditor'')))', guarded);
    END IF;
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['period_closings','year_closings','award_carries']
  LOOP
    EXECUTE format('CREATE POLICY approver_closes ON %I FOR INSERT
      WITH CHECK ((SELECT acting_as(''finance_approver'')))', guarded);
  END LOOP;
END $$;
--> statement-breakpoint
-- A day, a count and a hash, as the audit roots.
CREATE POLICY published ON ledger_roots FOR SELECT USING ((SELECT acting_for_anybody()));
--> statement-breakpoint
CREATE POLICY own_asks ON ledger_requests FOR INSERT WITH CHECK (requested_by = (SELECT acting_staff())
  AND (SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver')));
--> statement-breakpoint
CREATE POLICY own_answers ON ledger_requests FOR UPDATE
  USING ((SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver')));
--> statement-breakpoint
-- A conflict of interest outweighs every role: what is asked about the award of a lead one is recused from is not there.
CREATE POLICY recused ON ledger_requests AS RESTRICTIVE
  USING (award_id IS NULL OR EXISTS (SELECT 1 FROM awards a WHERE a.id = award_id));
--> statement-breakpoint
-- Asked for and answered once, each in the name of whoever acts and holds the role at that moment; never edited.
CREATE FUNCTION keep_ledger_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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
    -- An order to pay is taken back by one of its two (ledger_requests_ender_ck), until it is carried out; the award is
    -- held, so that of a payment and a withdrawal one goes first.
    person := NEW.ended_by;
    PERFORM 1 FROM awards WHERE id = NEW.award_id FOR UPDATE;
    IF (NEW.data ->> 'earlier')::bigint IS DISTINCT FROM (SELECT count(*) FROM payouts p WHERE p.award_id = NEW.award_id) THEN
      PERFORM refuse('ledger_requests_spent', 'an order that was carried out is not taken back');
    END IF;
  ELSE
    person := NEW.decided_by;
    IF OLD.outcome IS NOT NULL OR NEW.outcome IS NULL OR to_jsonb(NEW) - later IS DISTINCT FROM to_jsonb(OLD) - later THEN
      PERFORM refuse('ledger_requests_history', 'a request is answered once and never edited');
    END IF;
  END IF;
  IF person IS DISTINCT FROM acting_staff() THEN
    PERFORM refuse('ledger_requests_name', 'a request bears the names of those who act');
  END IF;
  PERFORM 1 FROM staff_roles r JOIN staff s ON s.id = r.staff_id WHERE r.staff_id = person AND r.revoked_at IS NULL
     AND s.status = 'active' AND r.role = ANY (CASE WHEN TG_OP = 'UPDATE' AND NEW.outcome = 'agreed' AND NEW.ended_at IS NULL
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
CREATE TRIGGER ledger_requests_history BEFORE INSERT OR UPDATE OR DELETE ON ledger_requests
  FOR EACH ROW EXECUTE FUNCTION keep_ledger_request();
--> statement-breakpoint
-- Whether two people agreed to this, and the one acting now is the second of them.
CREATE FUNCTION agreed_by_two(request uuid, wanted text, person uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM ledger_requests q WHERE q.id = request AND q.kind = wanted AND q.outcome = 'agreed'
    AND q.decided_by <> q.requested_by AND q.decided_by = person)
$$;
--> statement-breakpoint
-- A transfer outside any batch is ordered by two of finance, for one payment of this award, and made by a third.
CREATE FUNCTION ordered_by_two(request uuid, award uuid, person uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM ledger_requests q WHERE q.id = request AND q.kind = 'pay' AND q.award_id = award
    AND q.outcome = 'agreed' AND q.ended_at IS NULL AND q.decided_by <> q.requested_by AND person NOT IN (q.requested_by, q.decided_by))
$$;
--> statement-breakpoint
-- That a payment by hand came back is said by two of finance, of its day; the second of them books it.
CREATE FUNCTION bounced_by_two(request uuid, award uuid, back_on date, person uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT agreed_by_two(request, 'bounce', person)
    AND EXISTS (SELECT 1 FROM ledger_requests q WHERE q.id = request AND q.award_id = award AND q.event_on = back_on)
$$;
--> statement-breakpoint
-- Besides two people of finance, one thing alone takes an approved award back: its computation is replaced upon an
-- informant's objection, answered as re-assessed in this very transaction by whoever posts, with the new computation
-- live (server/decisions/026). keep_objection holds that the new one follows the one objected to.
CREATE FUNCTION replaced_upon_objection(award uuid, person uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM awards a JOIN awards objected ON objected.pool_id = a.pool_id
    JOIN award_objections o ON o.award_id = objected.id AND o.outcome = 'reassessed' AND o.answered_by = person
    JOIN reward_pools p ON p.id = o.new_pool_id AND p.supersedes_id = a.pool_id AND p.status = 'live'
   WHERE a.id = award AND o.xmin::text::bigint = pg_current_xact_id()::text::bigint % 4294967296)
$$;
--> statement-breakpoint
-- The budget an award's money sits in now: its own, or the one it was carried into last.
CREATE FUNCTION award_budget(wanted uuid) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(
    (SELECT c.to_budget_id FROM award_carries c JOIN budgets b ON b.id = c.to_budget_id WHERE c.award_id = wanted
      ORDER BY b.fiscal_year DESC LIMIT 1),
    (SELECT a.budget_id FROM awards a WHERE a.id = wanted))
$$;
--> statement-breakpoint
-- The awards whose promised money sits in a budget, seen whole: a conflict of interest hides an award from a person, not
-- from the books.
CREATE FUNCTION promised_awards(wanted uuid) RETURNS TABLE (award_id uuid, amount_fen bigint, currency text, first_year int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.id, a.amount_fen, p.currency, b.fiscal_year FROM awards a JOIN reward_pools p ON p.id = a.pool_id
    JOIN budgets b ON b.id = a.budget_id
   WHERE a.status IN ('approved', 'accepted') AND award_budget(a.id) = wanted
     AND (acting_for_portal() OR acting_as('finance_preparer', 'finance_reviewer', 'finance_approver', 'auditor'))
   ORDER BY a.id
$$;
--> statement-breakpoint
-- Whoever posts locks the accounts first, in the order of their ids (no deadlock between two postings), and draws the
-- posting's sequence number after. A lock by name: a row that is waited for must be read again. The rows themselves are
-- held from the moment their balances change.
CREATE OR REPLACE FUNCTION lock_accounts(wanted uuid[]) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE account uuid;
BEGIN
  FOREACH account IN ARRAY array_sort(wanted) LOOP
    -- An IF, which unlike PERFORM needs no plan to be run.
    IF pg_advisory_xact_lock(7301654, uuid_hash(account)) IS NULL THEN NULL; END IF;
  END LOOP;
END $$;
--> statement-breakpoint
-- As in 0016, but nobody who is no reporter looks at the tips: every change of an award asks it four times. Not in SQL,
-- which would be taken into each statement's plan anew.
CREATE OR REPLACE FUNCTION acting_reporter_tip(even_closed boolean DEFAULT false) RETURNS uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF current_setting('app.actor_kind', true) IS DISTINCT FROM 'reporter' THEN RETURN NULL; END IF;
  RETURN (SELECT t.id FROM tips t WHERE t.lookup_id = (SELECT acting_receipt('reporter'))
           AND (even_closed OR t.receipt_closed_on IS NULL));
END $$;
--> statement-breakpoint
-- Invariant 20. Posting shares the lock of the books' months, closing a month takes it alone: a posting that came first
-- is waited for, one that came later sees the month closed. No posting waits for another.
CREATE OR REPLACE FUNCTION stamp_transaction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.recorded_in := pg_current_xact_id()::text::bigint;
  NEW.recorded_at := now();
  -- An older snapshot sees no month closed meanwhile.
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    PERFORM refuse('ledger_transactions_snapshot', 'a posting sees what was committed before it');
  END IF;
  -- An IF, which unlike PERFORM needs no plan to be run.
  IF pg_advisory_xact_lock_shared(7301652) IS NULL THEN NULL; END IF;
  -- A statement of its own, so that it sees what the closer before us committed. Months are closed in order.
  IF EXISTS (SELECT 1 FROM period_closings WHERE month >= to_char(NEW.event_on, 'YYYY-MM')) THEN
    PERFORM refuse('ledger_transactions_period', 'the month of this posting is closed');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE FUNCTION keep_period_closing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE last text;
BEGIN
  PERFORM pg_advisory_xact_lock(7301652);
  SELECT max(month) INTO last FROM period_closings;
  IF NEW.month <> coalesce(to_char(to_date(last, 'YYYY-MM') + interval '1 month', 'YYYY-MM'),
       (SELECT to_char(min(event_on), 'YYYY-MM') FROM ledger_transactions), NEW.month) THEN
    PERFORM refuse('period_closings_order', 'months are closed one after the other');
  END IF;
  IF NOT agreed_by_two(NEW.request_id, 'close_month', acting_staff())
     OR NOT EXISTS (SELECT 1 FROM ledger_requests q WHERE q.id = NEW.request_id AND q.month = NEW.month) THEN
    PERFORM refuse('period_closings_by_two', 'a month is closed by two finance people');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER period_closings_keep BEFORE INSERT ON period_closings
  FOR EACH ROW EXECUTE FUNCTION keep_period_closing();
--> statement-breakpoint
-- What a budget's year used of its own free money: spent, promised, handed on as promised, less what came in promised.
CREATE FUNCTION used_fen(wanted uuid) RETURNS numeric LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce((SELECT sum(s.debit_fen - s.credit_fen) FROM accounts x JOIN account_balances s ON s.account_id = x.id
            WHERE x.budget_id = wanted AND x.kind IN ('encumbered', 'spent')), 0)
       + coalesce((SELECT sum(e.amount_fen) FROM accounts c JOIN ledger_entries e ON e.credit_account_id = c.id
            JOIN ledger_transactions t ON t.id = e.transaction_id
            WHERE c.budget_id = wanted AND c.kind = 'encumbered' AND t.event = 'year.encumbered_carried'), 0)
       - coalesce((SELECT sum(e.amount_fen) FROM accounts d JOIN ledger_entries e ON e.debit_account_id = d.id
            JOIN ledger_transactions t ON t.id = e.transaction_id
            WHERE d.budget_id = wanted AND d.kind = 'encumbered' AND t.event = 'year.encumbered_carried'), 0)
$$;
--> statement-breakpoint
CREATE FUNCTION carried_into(wanted uuid) RETURNS numeric LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(sum(e.amount_fen), 0) FROM accounts d JOIN ledger_entries e ON e.debit_account_id = d.id
    JOIN ledger_transactions t ON t.id = e.transaction_id
   WHERE d.budget_id = wanted AND d.kind = 'available' AND t.event = 'year.available_carried'
$$;
--> statement-breakpoint
-- What of a budget's free money may not go on (预算法 42: at most two years): it was carried in for the second time and
-- is not used. Money is used oldest first.
CREATE FUNCTION stale_fen(wanted uuid) RETURNS numeric LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT greatest(0, least(carried_into(b.id), greatest(0, carried_into(o.id) - greatest(0, used_fen(o.id)))) - greatest(0, used_fen(b.id)))
    FROM budgets b LEFT JOIN budgets o ON o.fund_id = b.fund_id AND o.fiscal_year = b.fiscal_year - 1 WHERE b.id = wanted
$$;
--> statement-breakpoint
-- An award is carried whole, out of the budget it is in into the next year's of its fund, at most twice, in the
-- database transaction of the posting that carries it.
CREATE FUNCTION keep_award_carry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  a awards;
  own budgets; source budgets; target budgets;
BEGIN
  SELECT * INTO a FROM awards WHERE id = NEW.award_id FOR UPDATE;
  SELECT * INTO own FROM budgets WHERE id = a.budget_id;
  SELECT * INTO source FROM budgets WHERE id = NEW.from_budget_id;
  SELECT * INTO target FROM budgets WHERE id = NEW.to_budget_id;
  IF a.status NOT IN ('approved', 'accepted') OR NEW.from_budget_id <> award_budget(a.id) THEN
    PERFORM refuse('award_carries_award', 'only a promised award is carried, out of the budget it is in');
  END IF;
  IF target.fund_id <> source.fund_id OR target.fiscal_year <> source.fiscal_year + 1
     OR target.fiscal_year > own.fiscal_year + 2 THEN
    PERFORM refuse('award_carries_years', 'an award goes into the next year, at most twice');
  END IF;
  IF NOT EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.id = NEW.transaction_id AND t.event = 'year.encumbered_carried'
       AND t.recorded_in = pg_current_xact_id()::text::bigint AND t.recorded_at = now()::timestamptz(3))
     OR EXISTS (SELECT 1 FROM voucher_queue q WHERE q.transaction_id = NEW.transaction_id) THEN
    PERFORM refuse('award_carries_transaction', 'an award is carried by its own posting');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER award_carries_keep BEFORE INSERT ON award_carries FOR EACH ROW EXECUTE FUNCTION keep_award_carry();
--> statement-breakpoint
-- As in 0002; and of a posting of an earlier transaction alone, whose entries are complete: what waits for its number in
-- `voucher_queue` is what was judged in this one.
CREATE OR REPLACE FUNCTION keep_voucher_number() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7301651);
  IF NOT EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.id = NEW.transaction_id
      AND extract(year FROM t.event_on) = NEW.fiscal_year) THEN
    PERFORM refuse('voucher_numbers_year', 'a number belongs to the year of its posting');
  END IF;
  IF EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.id = NEW.transaction_id
      AND t.recorded_in = pg_current_xact_id()::text::bigint AND t.recorded_at = now()::timestamptz(3)) THEN
    PERFORM refuse('voucher_numbers_later', 'a posting is numbered after it is committed');
  END IF;
  IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM voucher_numbers WHERE fiscal_year = NEW.fiscal_year) THEN
    PERFORM refuse('voucher_numbers_gapless', 'numbers of a year have no gap');
  END IF;
  DELETE FROM voucher_queue WHERE transaction_id = NEW.transaction_id;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- A year is closed by two, when it is over, and leaves nothing free or promised behind. Judged at commit.
CREATE FUNCTION check_year_closing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT agreed_by_two(NEW.request_id, 'close_year', acting_staff())
     OR NOT EXISTS (SELECT 1 FROM ledger_requests q WHERE q.id = NEW.request_id AND q.budget_id = NEW.budget_id) THEN
    PERFORM refuse('year_closings_by_two', 'a year is closed by two finance people');
  END IF;
  -- Held to the end, so that nothing comes in once it was looked at; read by the statement after.
  PERFORM 1 FROM account_balances s JOIN accounts x ON x.id = s.account_id WHERE x.budget_id = NEW.budget_id
    ORDER BY x.id FOR UPDATE OF s;
  IF EXISTS (SELECT 1 FROM accounts x JOIN account_balances s ON s.account_id = x.id WHERE x.budget_id = NEW.budget_id
       AND x.kind IN ('available', 'encumbered') AND s.debit_fen <> s.credit_fen)
     OR EXISTS (SELECT 1 FROM budgets b JOIN budgets o ON o.fund_id = b.fund_id AND o.fiscal_year < b.fiscal_year
          LEFT JOIN year_closings y ON y.budget_id = o.id WHERE b.id = NEW.budget_id AND y.budget_id IS NULL) THEN
    PERFORM refuse('year_closings_rest', 'a closed year leaves nothing behind, and no open year before it');
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER year_closings_judged AFTER INSERT ON year_closings DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION check_year_closing();
--> statement-breakpoint
-- An entry joins its posting in the posting's own database transaction, and before the posting was judged: a posting
-- waits for its number from the moment it is judged.
CREATE OR REPLACE FUNCTION join_transaction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE e record;
BEGIN
  -- The balances take the entries (0002, add_to_balances). Who writes by write_postings holds them since before; another
  -- hand takes them here, and holds them until commit too. Few entries are added one by one, which asks for no grouping.
  FOR e IN SELECT a.debit_account_id AS debit, a.credit_account_id AS credit, a.amount_fen AS amount, (SELECT count(*) FROM added) > 4 AS many,
      t.recorded_in <> pg_current_xact_id()::text::bigint OR t.recorded_at <> now()::timestamptz(3)
        OR EXISTS (SELECT 1 FROM voucher_queue q WHERE q.transaction_id = t.id) AS late
      FROM added a JOIN ledger_transactions t ON t.id = a.transaction_id
  LOOP
    IF e.late OR e.many THEN
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
      EXIT;
    END IF;
    UPDATE account_balances b
       SET debit_fen = b.debit_fen + CASE WHEN b.account_id = e.debit THEN e.amount ELSE 0 END,
           credit_fen = b.credit_fen + CASE WHEN b.account_id = e.credit THEN e.amount ELSE 0 END
     WHERE b.account_id IN (e.debit, e.credit);
  END LOOP;
  RETURN NULL;
END $$;
--> statement-breakpoint
DROP TRIGGER ledger_entries_join ON ledger_entries;
--> statement-breakpoint
DROP TRIGGER ledger_entries_balances ON ledger_entries;
--> statement-breakpoint
DROP FUNCTION add_to_balances();
--> statement-breakpoint
CREATE TRIGGER ledger_entries_join AFTER INSERT ON ledger_entries REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION join_transaction();
--> statement-breakpoint
-- The judge queues the posting for its number, so that "queued" means "judged".
DROP TRIGGER ledger_transactions_queue ON ledger_transactions;
--> statement-breakpoint
DROP FUNCTION queue_voucher();
--> statement-breakpoint
-- No entry without its posting's judgement: the posting is judged once, after its last entry.
DROP TRIGGER ledger_entries_judged ON ledger_entries;
--> statement-breakpoint
-- Until here a posting was judged by check_ledger_transaction; judge_posting below takes its place.
DROP FUNCTION check_ledger_transaction(uuid);
--> statement-breakpoint
-- Invariant 4: a correction mirrors what it corrects.
CREATE FUNCTION check_correction(t ledger_transactions, budget uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  old ledger_transactions;
  q ledger_requests;
BEGIN
  SELECT * INTO old FROM ledger_transactions WHERE id = t.corrects_id;
  -- What concerns an award is undone by its own events (bounce, revocation, claw-back), never by a mirror; nor is a
  -- year opened again, nor a window's box or the bank's line told otherwise.
  IF old.event = 'correction' OR old.event LIKE 'year.%' OR old.event LIKE 'float.%' OR old.event LIKE 'bank.%' OR old.award_id IS NOT NULL OR t.award_id IS NOT NULL
     OR old.fund_id <> t.fund_id
     OR EXISTS ((SELECT debit_account_id, credit_account_id, amount_fen FROM ledger_entries WHERE transaction_id = old.id)
       EXCEPT ALL (SELECT credit_account_id, debit_account_id, amount_fen FROM ledger_entries WHERE transaction_id = t.id))
     OR EXISTS ((SELECT credit_account_id, debit_account_id, amount_fen FROM ledger_entries WHERE transaction_id = t.id)
       EXCEPT ALL (SELECT debit_account_id, credit_account_id, amount_fen FROM ledger_entries WHERE transaction_id = old.id))
  THEN
    PERFORM refuse('ledger_transactions_mirror', 'a correction mirrors what it corrects');
  END IF;
  -- An appropriation is changed back by two, as it was made: they agree to the adjustment that undoes this posting.
  IF old.event LIKE 'budget.%' THEN
    SELECT * INTO q FROM ledger_requests WHERE id = t.request_id;
    IF NOT coalesce(agreed_by_two(t.request_id, 'adjust', t.actor_id), false) OR q.budget_id <> budget
       OR q.data ->> 'corrects' IS DISTINCT FROM old.id::text OR q.event_on <> t.event_on
       OR q.amount_fen <> (SELECT CASE WHEN bool_or(d.kind = 'available') THEN 1 ELSE -1 END * sum(e.amount_fen)
            FROM ledger_entries e JOIN accounts d ON d.id = e.debit_account_id WHERE e.transaction_id = t.id) THEN
      PERFORM refuse('ledger_transactions_by_two', 'asked for by one of finance and agreed to by another');
    END IF;
  ELSIF t.request_id IS NOT NULL THEN
    PERFORM refuse('ledger_transactions_by_two', 'the event takes no request of two');
  END IF;
END $$;
--> statement-breakpoint
-- What is asked of events that take two people, or that are rare besides. Each question is asked of its own event alone:
-- even one whose answer is not needed costs a posting its preparation.
CREATE FUNCTION check_agreed_posting(t ledger_transactions, first_leg numeric, own_currency text, budget uuid, next_budget uuid)
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
            AND u.slug = q.data ->> 'slug' AND b.fiscal_year::text = q.data ->> 'fiscalYear') THEN
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
-- Invariants 5 and 6 for the accounts of one posting, when all of its entries are there (0002, keep_balance).
CREATE FUNCTION check_balances(wanted uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  short text;
  off boolean;
BEGIN
  SELECT (SELECT x.kind FROM ledger_entries e CROSS JOIN LATERAL (VALUES (e.debit_account_id), (e.credit_account_id)) side (id)
            JOIN accounts x ON x.id = side.id JOIN account_balances b ON b.account_id = x.id
           WHERE e.transaction_id = wanted AND (x.kind IN ('available', 'encumbered', 'window_cash') AND b.debit_fen < b.credit_fen
              OR x.kind = 'payable' AND b.debit_fen > b.credit_fen) LIMIT 1),
         -- Both accounts of an entry are of one budget.
         EXISTS (SELECT 1 FROM ledger_entries e JOIN accounts d ON d.id = e.debit_account_id
           WHERE e.transaction_id = wanted AND d.book = 'budget'
             AND (SELECT sum(b.debit_fen - b.credit_fen) FROM accounts x JOIN account_balances b ON b.account_id = x.id
                   WHERE x.book = 'budget' AND x.budget_id = d.budget_id AND x.currency = d.currency) <> 0)
    INTO short, off;
  IF short IS NOT NULL THEN
    PERFORM refuse('account_balances_' || short || '_ck', short || ' would be negative');
  END IF;
  IF off THEN
    PERFORM refuse('account_balances_appropriation_ck', 'appropriation is available, encumbered and spent together');
  END IF;
END $$;
--> statement-breakpoint
-- Names the first rule the entries of a posting break by themselves, as judge_posting found them.
CREATE FUNCTION refuse_entries(fault integer) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  CASE fault
    WHEN 0 THEN PERFORM refuse('ledger_transactions_empty', 'a posting has at least one entry');
    WHEN 1 THEN PERFORM refuse('ledger_transactions_balanced', 'an entry stays in one book');
    WHEN 2 THEN PERFORM refuse('ledger_transactions_currency', 'a posting has one currency');
    WHEN 3 THEN PERFORM refuse('ledger_transactions_fund', 'a posting stays in its fund');
    WHEN 4 THEN PERFORM refuse('ledger_transactions_year_closed', 'nothing is posted to a closed year');
    WHEN 5 THEN PERFORM refuse('ledger_transactions_rule', 'the event does not post this pair of accounts');
    WHEN 6 THEN PERFORM refuse('ledger_transactions_legs', 'every book the event touches carries the same amount');
    WHEN 7 THEN PERFORM refuse('ledger_transactions_budget', 'a posting stays in one budget');
  END CASE;
END $$;
--> statement-breakpoint
-- As in 0002, with what is known of the award read at once; its postings are counted only where it has more than those of
-- an award that is promised, or booked.
CREATE OR REPLACE FUNCTION check_award(wanted uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  a awards;
  w record;
  k record;
  ordered numeric; settled numeric;
BEGIN
  SELECT * INTO a FROM awards WHERE id = wanted FOR UPDATE;
  SELECT (SELECT v.id FROM vouchers v WHERE v.award_id = wanted) AS voucher,
         (SELECT p.status FROM reward_pools p WHERE p.id = a.pool_id) AS pool,
         array(SELECT s.action FROM vouchers v JOIN approval_steps s ON s.voucher_id = v.id
                WHERE v.award_id = wanted ORDER BY s.position) AS acts,
         array(SELECT t.event FROM ledger_transactions t WHERE t.award_id = wanted ORDER BY t.event) AS events,
         EXISTS (SELECT 1 FROM payouts o WHERE o.award_id = wanted) AS paid
    INTO w;
  IF w.voucher IS NULL THEN
    PERFORM refuse('awards_voucher_missing', 'every award has its voucher');
  END IF;
  IF w.pool = 'superseded' AND a.status NOT IN ('superseded', 'rejected', 'revoked', 'lapsed')
     OR w.pool = 'live' AND a.status = 'superseded' THEN
    PERFORM refuse('awards_pool_state', 'an award is superseded with its pool');
  END IF;
  IF NOT (CASE a.status
      WHEN 'drafted' THEN w.acts = '{}'
      WHEN 'prepared' THEN w.acts = '{prepare}'
      WHEN 'reviewed' THEN w.acts = '{prepare,review}'
      WHEN 'rejected' THEN w.acts IN ('{prepare,reject}', '{prepare,review,reject}')
      WHEN 'superseded' THEN w.acts IN ('{}', '{prepare}', '{prepare,review}')
      ELSE w.acts = '{prepare,review,approve}' END) THEN
    PERFORM refuse('awards_signed', 'an award stands where its signatures put it');
  END IF;
  IF NOT w.paid AND w.events = (CASE WHEN a.status IN ('approved', 'accepted') THEN ARRAY['award.encumbered']
       WHEN a.status = 'posted' THEN ARRAY['award.encumbered', 'award.posted'] END) THEN
    RETURN;
  END IF;
  SELECT t.*, o.* INTO k
    FROM (SELECT count(*) FILTER (WHERE event = 'award.encumbered') AS encumbered, count(*) FILTER (WHERE event = 'award.posted') AS posted,
                 count(*) FILTER (WHERE event = 'award.paid') AS paid, count(*) FILTER (WHERE event = 'award.bounced') AS bounced,
                 count(*) FILTER (WHERE event IN ('award.lapsed', 'award.revoked')) AS released,
                 count(*) FILTER (WHERE event = 'award.posting_revoked') AS unposted,
                 count(*) FILTER (WHERE event LIKE 'clawback.%') AS clawed
            FROM unnest(w.events) event) t,
         (SELECT count(*) AS payments, count(*) FILTER (WHERE status = 'live') AS live FROM payouts WHERE award_id = wanted) o;
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
   WHERE t.award_id = wanted AND t.event LIKE 'clawback.%' AND 'recoverable' IN (d.kind, c.kind);
  IF ordered > 0 AND (a.status <> 'paid' OR ordered > a.amount_fen) OR settled > ordered THEN
    PERFORM refuse('awards_clawback', 'no more comes back than was paid and ordered back');
  END IF;
END $$;
--> statement-breakpoint
-- Invariants 1, 4, 5, 6, 7 and 20 for one posting, when all of its entries are there. What concerns budgets, awards and
-- requests of two is asked only where there are such.
CREATE FUNCTION check_posting(t ledger_transactions) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  f record;
  y record;
  award_amount bigint; award_fund uuid; award_at uuid; award_year int;
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
         count(DISTINCT (d.kind, c.kind)) FILTER (WHERE r.leg = 1) AS pairs,
         EXISTS (SELECT 1 FROM posting_rules x WHERE x.event = t.event AND x.leg = 2) AS paired, min(r.award) AS about,
         min(d.budget_id::text)::uuid AS budget, max(d.budget_id::text)::uuid AS last_budget, NULL::uuid AS next_budget
    INTO f FROM ledger_entries e JOIN accounts d ON d.id = e.debit_account_id JOIN accounts c ON c.id = e.credit_account_id
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
    PERFORM check_balances(t.id);
    RETURN;
  END IF;
  IF f.fault < 6 OR f.first_leg = 0 OR f.pairs > 1 OR f.paired AND f.second_leg <> f.first_leg THEN
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
  ELSIF EXISTS (SELECT 1 FROM posting_rules r WHERE r.event = t.event AND r.year_offset = 1) THEN
    -- Both legs of a carry-over in one budget.
    PERFORM refuse_entries(7);
  END IF;
  IF (f.about = 'none') <> (t.award_id IS NULL) THEN
    PERFORM refuse('ledger_transactions_award', 'the event is about an award, or is not');
  END IF;
  IF t.award_id IS NOT NULL THEN
    -- The budget its money sits in now (award_budget).
    SELECT a.amount_fen, b.fund_id, b.id, b.fiscal_year INTO award_amount, award_fund, award_at, award_year
      FROM awards a JOIN budgets b ON b.id = coalesce((SELECT k.to_budget_id FROM award_carries k JOIN budgets o ON o.id = k.to_budget_id
             WHERE k.award_id = a.id ORDER BY o.fiscal_year DESC LIMIT 1), a.budget_id)
     WHERE a.id = t.award_id;
    IF f.about = 'whole' AND f.first_leg <> award_amount THEN
      PERFORM refuse('ledger_transactions_amount', 'the posting carries the award''s amount');
    END IF;
    IF f.budget <> award_at OR award_fund <> t.fund_id THEN
      PERFORM refuse('ledger_transactions_budget', 'an award is posted in its own budget and fund');
    END IF;
    -- A budget binds its own year only; what is left is carried over or lapses (预算法 42). What comes back later than
    -- the year it was spent in belongs to the treasury.
    IF t.event IN ('award.encumbered', 'clawback.received') AND award_year <> extract(year FROM t.event_on)
       OR t.event = 'clawback.received_later' AND award_year >= extract(year FROM t.event_on) THEN
      PERFORM refuse('ledger_transactions_year', 'money is promised, and comes back, in its own year''s budget');
    END IF;
  END IF;
  -- These take no request of two and are asked nothing more.
  IF t.request_id IS NOT NULL OR t.event NOT IN ('award.encumbered', 'award.posted', 'award.paid', 'award.bounced',
       'award.lapsed', 'float.topped_up', 'float.returned', 'clawback.received', 'clawback.received_later') THEN
    PERFORM check_agreed_posting(t, f.first_leg, f.currency, f.budget, f.next_budget);
  END IF;
  IF check_balances(t.id) IS NULL THEN NULL; END IF;
END $$;
--> statement-breakpoint
CREATE FUNCTION judge_posting() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE plain boolean := false;
BEGIN
  IF NEW.award_id IS NULL AND NEW.request_id IS NULL AND NEW.corrects_id IS NULL THEN
    -- Of one entry within a fund's money, between accounts that may run either way, as its event has it: such a posting
    -- has no budget, no year and no other leg, and nothing more to be asked. (No event has two legs in this book alone.)
    SELECT count(*) = 1 AND bool_and(r.award = 'none' AND r.leg = 1 AND d.book = 'financial' AND c.book = 'financial'
             AND d.currency = c.currency AND d.fund_id = NEW.fund_id AND c.fund_id = NEW.fund_id
             AND d.kind NOT IN ('payable', 'window_cash') AND c.kind NOT IN ('payable', 'window_cash'))
      INTO plain FROM ledger_entries e JOIN accounts d ON d.id = e.debit_account_id JOIN accounts c ON c.id = e.credit_account_id
      LEFT JOIN posting_rules r ON r.event = NEW.event AND r.debit_kind = d.kind AND r.credit_kind = c.kind
     WHERE e.transaction_id = NEW.id;
  END IF;
  IF plain IS NOT TRUE THEN
    -- As in lock_accounts, an IF and no PERFORM.
    IF check_posting(NEW) IS NULL THEN NULL; END IF;
    IF NEW.award_id IS NOT NULL AND check_award(NEW.award_id) IS NULL THEN NULL; END IF;
  END IF;
  INSERT INTO voucher_queue (transaction_id, judged_status) SELECT NEW.id, (SELECT a.status FROM awards a WHERE a.id = NEW.award_id);
  RETURN NULL;
END $$;
--> statement-breakpoint
DROP TRIGGER ledger_transactions_judged ON ledger_transactions;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER ledger_transactions_judged AFTER INSERT ON ledger_transactions DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION judge_posting();
--> statement-breakpoint
-- As in 0002, for what is still judged here. An award whose posting was judged in this very transaction (it waits for its
-- number since) in the state it is in now was judged with it: whatever else it is judged by has a judge of its own. Not by
-- the order of writing, which a savepoint that is rolled back can turn round.
CREATE OR REPLACE FUNCTION judge_at_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE concerned uuid;
BEGIN
  CASE TG_TABLE_NAME
    WHEN 'awards' THEN
      IF TG_OP = 'INSERT' THEN
        PERFORM check_award(NEW.id);
        PERFORM check_pool(NEW.pool_id);
      ELSIF NOT EXISTS (SELECT 1 FROM awards a JOIN ledger_transactions t ON t.award_id = a.id
           JOIN voucher_queue q ON q.transaction_id = t.id
          WHERE a.id = NEW.id AND t.recorded_in = pg_current_xact_id()::text::bigint AND t.recorded_at = now()::timestamptz(3)
            AND q.judged_status = a.status) THEN
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
-- As in 0002; what may not change is compared as it stands, not as JSON.
CREATE OR REPLACE FUNCTION keep_award() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  p reward_pools;
  moved awards;
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
  IF moved IS DISTINCT FROM NEW
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
-- Writes one posting and its entries as whoever acts, row security and all, and answers whether its key was new. A
-- function, as a connection then plans the statements once and not for every posting. The accounts are locked before the
-- first row draws its number (`seq`). An award the posting moves is moved here too, where that is planned once.
CREATE FUNCTION write_posting(own_id uuid, event text, event_on date, fund_id uuid, idempotency_key text, award_id uuid,
  corrects_id uuid, actor_id uuid, request_id uuid, entries uuid[], debits uuid[], credits uuid[], amounts bigint[],
  moved_to text) RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
#variable_conflict use_column
DECLARE account uuid;
BEGIN
  FOREACH account IN ARRAY array_sort(debits || credits) LOOP
    IF pg_advisory_xact_lock(7301654, uuid_hash(account)) IS NULL THEN NULL; END IF;
  END LOOP;
  INSERT INTO ledger_transactions (id, event, event_on, fund_id, idempotency_key, award_id, corrects_id, actor_id, request_id)
  VALUES (own_id, write_posting.event, write_posting.event_on, write_posting.fund_id, write_posting.idempotency_key,
          write_posting.award_id, write_posting.corrects_id, write_posting.actor_id, write_posting.request_id)
  ON CONFLICT (idempotency_key) DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO ledger_entries (id, transaction_id, line, debit_account_id, credit_account_id, amount_fen)
  SELECT entries[g.line], own_id, g.line, debits[g.line], credits[g.line], amounts[g.line]
    FROM generate_series(1, cardinality(entries)) AS g(line);
  IF moved_to IS NOT NULL THEN
    UPDATE awards SET status = moved_to WHERE id = write_posting.award_id;
  END IF;
  RETURN true;
END $$;
--> statement-breakpoint
-- The same for many postings; answers how many had a new key. Rows are written in the order given.
CREATE FUNCTION write_postings(wanted uuid[], postings json, entries json) RETURNS integer LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE written integer;
BEGIN
  IF lock_accounts(wanted) IS NULL THEN NULL; END IF;
  INSERT INTO ledger_transactions (id, event, event_on, fund_id, idempotency_key, award_id, corrects_id, actor_id, request_id)
  SELECT g.id, g.event, g.event_on, g.fund_id, g.idempotency_key, g.award_id, g.corrects_id, g.actor_id, g.request_id
    FROM json_to_recordset(postings) AS g(id uuid, event text, event_on date, fund_id uuid, idempotency_key text,
           award_id uuid, corrects_id uuid, actor_id uuid, request_id uuid)
  ON CONFLICT (idempotency_key) DO NOTHING;
  GET DIAGNOSTICS written = ROW_COUNT;
  INSERT INTO ledger_entries (id, transaction_id, line, debit_account_id, credit_account_id, amount_fen)
  SELECT e.id, e.transaction_id, e.line, e.debit, e.credit, e.amount
    FROM json_to_recordset(entries) AS e(id uuid, transaction_id uuid, line integer, debit uuid, credit uuid, amount bigint)
   WHERE EXISTS (SELECT 1 FROM ledger_transactions t WHERE t.id = e.transaction_id);
  RETURN written;
END $$;
--> statement-breakpoint
-- Balances change by entries alone, whose posting is judged; what remains here is for a hand that writes them itself.
CREATE OR REPLACE FUNCTION keep_balance() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM refuse('account_balances_by_entries', 'balances change by entries alone');
  RETURN NULL;
END $$;
--> statement-breakpoint
DROP TRIGGER account_balances_keep ON account_balances;
--> statement-breakpoint
-- Within the trigger on the entries the depth is 1: no function is called there for what it allows.
CREATE TRIGGER account_balances_keep AFTER UPDATE ON account_balances
  FOR EACH STATEMENT WHEN (pg_trigger_depth() < 1) EXECUTE FUNCTION keep_balance();
--> statement-breakpoint
-- The rows every posting changes: room on their pages lets a change stay there and touch no index.
ALTER TABLE account_balances SET (fillfactor = 30);
--> statement-breakpoint
-- One seal after the other, laid under a lock of their own; a seal names the one before it.
CREATE FUNCTION keep_ledger_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE last ledger_seals;
BEGIN
  PERFORM pg_advisory_xact_lock(7301653);
  SELECT * INTO last FROM ledger_seals ORDER BY position DESC LIMIT 1;
  IF NEW.position <> coalesce(last.position, 0) + 1 OR last.hash IS NOT NULL AND NEW.previous_hash <> last.hash THEN
    PERFORM refuse('ledger_seals_chain', 'a seal follows the one before it');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER ledger_seals_chain BEFORE INSERT ON ledger_seals FOR EACH ROW EXECUTE FUNCTION keep_ledger_seal();
--> statement-breakpoint
-- What is asked for every posting is asked by key. A connection keeps the plans of its first postings: in a young ledger,
-- whose tables fit a page, those would read whole tables, and go on doing so while a thousand more are posted. What runs
-- inside of these (the locks, the triggers on the rows written) is planned under the same settings, and once.
DO $$
DECLARE asked text;
BEGIN
  FOREACH asked IN ARRAY ARRAY['keep_ledger_seal()', 'keep_voucher_number()', 'award_budget(uuid)', 'judge_at_commit()', 'judge_posting()',
    'write_posting(uuid, text, date, uuid, text, uuid, uuid, uuid, uuid, uuid[], uuid[], uuid[], bigint[], text)', 'write_postings(uuid[], json, json)']
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET enable_seqscan = off', asked);
    EXECUTE format('ALTER FUNCTION %s SET enable_bitmapscan = off', asked);
    EXECUTE format('ALTER FUNCTION %s SET plan_cache_mode = force_generic_plan', asked);
  END LOOP;
END $$;
--> statement-breakpoint
-- For the contingent view: the amounts of findings no award was computed from yet, without a lead, a body or a person;
-- leads kept to the leading office are left out, as even a sum would tell.
CREATE FUNCTION contingent_findings() RETURNS TABLE (illegal_amount_fen bigint, penalty_fen bigint, collected_fen bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT f.illegal_amount_fen, f.penalty_fen, f.collected_fen FROM findings f JOIN leads l ON l.id = f.lead_id
   WHERE f.status IN ('recorded', 'verified') AND NOT l.leading_office_only
     AND EXISTS (SELECT 1 FROM tips t WHERE t.lead_id = f.lead_id AND t.wants_reward)
     AND NOT EXISTS (SELECT 1 FROM reward_pools p WHERE p.lead_id = f.lead_id AND p.status = 'live')
     AND (acting_for_portal() OR acting_as('finance_preparer', 'finance_reviewer', 'finance_approver', 'cashier', 'auditor'))
   ORDER BY f.recorded_at, f.id LIMIT 2000
$$;
