CREATE TABLE "bank_lines" (
	"id" uuid PRIMARY KEY NOT NULL,
	"statement_id" uuid NOT NULL,
	"line_no" integer NOT NULL,
	"end_to_end_id" text,
	"amount_fen" bigint NOT NULL,
	"value_on" date NOT NULL,
	"status" text NOT NULL,
	"outcome" text NOT NULL,
	"fault" text,
	"payout_line_id" uuid,
	"handled_by" uuid,
	"handled_at" timestamp (3) with time zone,
	CONSTRAINT "bank_lines_place_uq" UNIQUE("statement_id","line_no"),
	CONSTRAINT "bank_lines_id_ck" CHECK ("bank_lines"."end_to_end_id" ~ '^[0-9a-f]{32}$'),
	CONSTRAINT "bank_lines_amount_ck" CHECK ("bank_lines"."amount_fen" > 0),
	CONSTRAINT "bank_lines_status_ck" CHECK ("bank_lines"."status" in ('out','in','returned','rejected','pending')),
	CONSTRAINT "bank_lines_outcome_ck" CHECK ("bank_lines"."outcome" in ('waiting','settled','bounced','rejected','pending','suspense','matched','named','dismissed')),
	CONSTRAINT "bank_lines_fault_ck" CHECK (("bank_lines"."outcome" = 'named') = ("bank_lines"."fault" is not null)),
	CONSTRAINT "bank_lines_why_ck" CHECK ("bank_lines"."fault" in ('amount','double','ended','not_sent_yet','return_first','direction','refused'))
);
--> statement-breakpoint
CREATE TABLE "bank_statements" (
	"id" uuid PRIMARY KEY NOT NULL,
	"fund_id" uuid NOT NULL,
	"number" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"closed_on" date NOT NULL,
	"closing_fen" bigint NOT NULL,
	"lines" integer NOT NULL,
	"uploaded_by" uuid NOT NULL,
	"uploaded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "bank_statements_number_uq" UNIQUE("fund_id","number"),
	CONSTRAINT "bank_statements_number_ck" CHECK ("bank_statements"."number" ~ '^[0-9]{8}-[0-9]{1,2}$'),
	CONSTRAINT "bank_statements_lines_ck" CHECK ("bank_statements"."lines" between 0 and 5000)
);
--> statement-breakpoint
CREATE TABLE "reconciliations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"fund_id" uuid NOT NULL,
	"month" date NOT NULL,
	"book_fen" bigint NOT NULL,
	"bank_fen" bigint NOT NULL,
	"explanation" text,
	"made_by" uuid NOT NULL,
	"made_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "reconciliations_month_ck" CHECK (extract(day from "reconciliations"."month") = 1),
	CONSTRAINT "reconciliations_explained_ck" CHECK ("reconciliations"."book_fen" = "reconciliations"."bank_fen" or coalesce(char_length("reconciliations"."explanation") between 5 and 500, false)),
	CONSTRAINT "reconciliations_plain_ck" CHECK (regexp_replace("reconciliations"."explanation", '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}')
);
--> statement-breakpoint
CREATE TABLE "batch_releases" (
	"id" uuid PRIMARY KEY NOT NULL,
	"batch_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"actor_id" uuid NOT NULL,
	"role_grant_id" uuid NOT NULL,
	"role_grant_snapshot" jsonb NOT NULL,
	"passkey_id" uuid NOT NULL,
	"credential_id" text NOT NULL,
	"public_key" "bytea" NOT NULL,
	"nonce" text NOT NULL,
	"previous_hash" "bytea",
	"signed_body" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"authenticator_data" "bytea" NOT NULL,
	"client_data_json" "bytea" NOT NULL,
	"signature" "bytea" NOT NULL,
	"rp_id" text NOT NULL,
	"origin" text NOT NULL,
	"signed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "batch_releases_position_uq" UNIQUE("batch_id","position"),
	CONSTRAINT "batch_releases_actor_uq" UNIQUE("batch_id","actor_id"),
	CONSTRAINT "batch_releases_nonce_uq" UNIQUE("nonce"),
	CONSTRAINT "batch_releases_position_ck" CHECK ("batch_releases"."position" in (1, 2)),
	CONSTRAINT "batch_releases_hash_ck" CHECK ("batch_releases"."hash" = sha256(convert_to("batch_releases"."signed_body", 'UTF8'))),
	CONSTRAINT "batch_releases_first_ck" CHECK (("batch_releases"."position" = 1) = ("batch_releases"."previous_hash" is null)),
	CONSTRAINT "batch_releases_nonce_ck" CHECK ("batch_releases"."nonce" ~ '^[A-Za-z0-9_-]{22,64}$')
);
--> statement-breakpoint
CREATE TABLE "line_decisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"line_id" uuid,
	"bank_line_id" uuid,
	"what" text NOT NULL,
	"bank_answer" text,
	"reason" text,
	"said_by" uuid NOT NULL,
	"said_at" timestamp (3) with time zone NOT NULL,
	"agreed_by" uuid,
	"agreed_at" timestamp (3) with time zone,
	"withdrawn_at" timestamp (3) with time zone,
	CONSTRAINT "line_decisions_line_uq" UNIQUE("line_id"),
	CONSTRAINT "line_decisions_withdrawn_ck" CHECK ("line_decisions"."withdrawn_at" is null or "line_decisions"."bank_line_id" is not null and "line_decisions"."agreed_by" is null),
	CONSTRAINT "line_decisions_what_ck" CHECK ("line_decisions"."what" in ('not_sent','dismissed','matched') and ("line_decisions"."what" = 'not_sent') = ("line_decisions"."line_id" is not null) and ("line_decisions"."what" = 'not_sent') = ("line_decisions"."bank_line_id" is null) and ("line_decisions"."what" = 'not_sent') = ("line_decisions"."bank_answer" is not null) and ("line_decisions"."what" = 'not_sent') = ("line_decisions"."reason" is null)),
	CONSTRAINT "line_decisions_reason_ck" CHECK (char_length("line_decisions"."reason") between 5 and 300 and regexp_replace("line_decisions"."reason", '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}'),
	CONSTRAINT "line_decisions_two_ck" CHECK (("line_decisions"."agreed_by" is null) = ("line_decisions"."agreed_at" is null) and "line_decisions"."agreed_by" is distinct from "line_decisions"."said_by"),
	CONSTRAINT "line_decisions_answer_ck" CHECK ("line_decisions"."bank_answer" ~ '^[A-Z]{2}[A-Z0-9-]{4,30}$' and replace("line_decisions"."bank_answer", '-', '') !~ '[0-9]{11}')
);
--> statement-breakpoint
CREATE TABLE "payout_batches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"year" integer NOT NULL,
	"no" integer NOT NULL,
	"fund_id" uuid NOT NULL,
	"cashier_id" uuid NOT NULL,
	"body" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"status" text NOT NULL,
	"prepared_by" uuid NOT NULL,
	"prepared_at" timestamp (3) with time zone NOT NULL,
	"sent_at" timestamp (3) with time zone,
	"sent_file_id" uuid,
	"cancelled_by" uuid,
	"cancelled_at" timestamp (3) with time zone,
	"cancel_reason" text,
	CONSTRAINT "payout_batches_number_uq" UNIQUE("year","no"),
	CONSTRAINT "payout_batches_status_ck" CHECK ("payout_batches"."status" in ('frozen','released','sent','cancelled')),
	CONSTRAINT "payout_batches_hash_ck" CHECK ("payout_batches"."hash" = sha256(convert_to("payout_batches"."body", 'UTF8'))),
	CONSTRAINT "payout_batches_apart_ck" CHECK ("payout_batches"."prepared_by" <> "payout_batches"."cashier_id"),
	CONSTRAINT "payout_batches_sent_ck" CHECK (("payout_batches"."status" = 'sent') = ("payout_batches"."sent_at" is not null) and ("payout_batches"."sent_at" is null) = ("payout_batches"."sent_file_id" is null)),
	CONSTRAINT "payout_batches_cancelled_ck" CHECK (("payout_batches"."status" = 'cancelled') = ("payout_batches"."cancelled_by" is not null) and ("payout_batches"."cancelled_by" is null) = ("payout_batches"."cancelled_at" is null) and ("payout_batches"."cancelled_by" is null) = ("payout_batches"."cancel_reason" is null)),
	CONSTRAINT "payout_batches_reason_ck" CHECK (char_length("payout_batches"."cancel_reason") between 5 and 300 and regexp_replace("payout_batches"."cancel_reason", '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}')
);
--> statement-breakpoint
CREATE TABLE "payout_files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"batch_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"sha256" text NOT NULL,
	"lines" integer NOT NULL,
	"sum_fen" bigint NOT NULL,
	"made_by" uuid NOT NULL,
	"made_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payout_files_hash_uq" UNIQUE("batch_id","sha256"),
	CONSTRAINT "payout_files_kind_ck" CHECK ("payout_files"."kind" in ('pain001','csv')),
	CONSTRAINT "payout_files_sha256_ck" CHECK ("payout_files"."sha256" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "payout_lines" (
	"id" uuid PRIMARY KEY NOT NULL,
	"batch_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"award_id" uuid NOT NULL,
	"code_name" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"reference" text NOT NULL,
	"state" text NOT NULL,
	CONSTRAINT "payout_lines_position_uq" UNIQUE("batch_id","position"),
	CONSTRAINT "payout_lines_reference_uq" UNIQUE("reference"),
	CONSTRAINT "payout_lines_state_ck" CHECK ("payout_lines"."state" in ('frozen','released','sent','unknown','settled','rejected','bounced','not_sent','cancelled')),
	CONSTRAINT "payout_lines_position_ck" CHECK ("payout_lines"."position" between 1 and 2000),
	CONSTRAINT "payout_lines_amount_ck" CHECK ("payout_lines"."amount_fen" > 0)
);
--> statement-breakpoint
ALTER TABLE "bank_lines" ADD CONSTRAINT "bank_lines_statement_fk" FOREIGN KEY ("statement_id") REFERENCES "public"."bank_statements"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bank_lines" ADD CONSTRAINT "bank_lines_line_fk" FOREIGN KEY ("payout_line_id") REFERENCES "public"."payout_lines"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bank_lines" ADD CONSTRAINT "bank_lines_handler_fk" FOREIGN KEY ("handled_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bank_statements" ADD CONSTRAINT "bank_statements_fund_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bank_statements" ADD CONSTRAINT "bank_statements_uploader_fk" FOREIGN KEY ("uploaded_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reconciliations" ADD CONSTRAINT "reconciliations_fund_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reconciliations" ADD CONSTRAINT "reconciliations_maker_fk" FOREIGN KEY ("made_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "batch_releases" ADD CONSTRAINT "batch_releases_batch_fk" FOREIGN KEY ("batch_id") REFERENCES "public"."payout_batches"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "batch_releases" ADD CONSTRAINT "batch_releases_actor_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "batch_releases" ADD CONSTRAINT "batch_releases_grant_fk" FOREIGN KEY ("role_grant_id") REFERENCES "public"."staff_roles"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "batch_releases" ADD CONSTRAINT "batch_releases_passkey_fk" FOREIGN KEY ("passkey_id") REFERENCES "public"."passkeys"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "line_decisions" ADD CONSTRAINT "line_decisions_line_fk" FOREIGN KEY ("line_id") REFERENCES "public"."payout_lines"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "line_decisions" ADD CONSTRAINT "line_decisions_bank_fk" FOREIGN KEY ("bank_line_id") REFERENCES "public"."bank_lines"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "line_decisions" ADD CONSTRAINT "line_decisions_sayer_fk" FOREIGN KEY ("said_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "line_decisions" ADD CONSTRAINT "line_decisions_agreer_fk" FOREIGN KEY ("agreed_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_batches" ADD CONSTRAINT "payout_batches_fund_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_batches" ADD CONSTRAINT "payout_batches_cashier_fk" FOREIGN KEY ("cashier_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_batches" ADD CONSTRAINT "payout_batches_preparer_fk" FOREIGN KEY ("prepared_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_batches" ADD CONSTRAINT "payout_batches_canceller_fk" FOREIGN KEY ("cancelled_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_files" ADD CONSTRAINT "payout_files_batch_fk" FOREIGN KEY ("batch_id") REFERENCES "public"."payout_batches"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_files" ADD CONSTRAINT "payout_files_maker_fk" FOREIGN KEY ("made_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_lines" ADD CONSTRAINT "payout_lines_batch_fk" FOREIGN KEY ("batch_id") REFERENCES "public"."payout_batches"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payout_lines" ADD CONSTRAINT "payout_lines_award_fk" FOREIGN KEY ("award_id") REFERENCES "public"."awards"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "bank_lines_line_ix" ON "bank_lines" USING btree ("payout_line_id");--> statement-breakpoint
CREATE INDEX "bank_lines_open_ix" ON "bank_lines" USING btree ("outcome","id") WHERE outcome in ('waiting','named','suspense');--> statement-breakpoint
CREATE UNIQUE INDEX "line_decisions_bank_uq" ON "line_decisions" USING btree ("bank_line_id","what") WHERE withdrawn_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "bank_lines_once_uq" ON "bank_lines" USING btree ("payout_line_id","outcome") WHERE outcome in ('settled','bounced','rejected');--> statement-breakpoint
CREATE INDEX "bank_statements_day_ix" ON "bank_statements" USING btree ("fund_id","closed_on");--> statement-breakpoint
CREATE INDEX "reconciliations_month_ix" ON "reconciliations" USING btree ("fund_id","month","made_at");--> statement-breakpoint
CREATE INDEX "payout_batches_queue_ix" ON "payout_batches" USING btree ("status","id");--> statement-breakpoint
CREATE UNIQUE INDEX "payout_lines_live_uq" ON "payout_lines" USING btree ("award_id") WHERE state in ('frozen','released','sent','unknown','settled');--> statement-breakpoint
CREATE INDEX "payout_lines_award_ix" ON "payout_lines" USING btree ("award_id");--> statement-breakpoint
-- From here on: what no table definition says of batches, statements and the awards on them. Refusals name their rule.
-- The frozen list as canonical JSON (RFC 8785: keys in order, no spaces; none of the values needs escaping), written
-- from the rows: what people sign is what the rows say (invariant 15).
CREATE FUNCTION payout_line_words(l payout_lines) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT format('{"amount":"%s","award":"%s","codeName":"%s","line":"%s","reference":"%s"}',
    l.amount_fen, l.award_id, l.code_name, l.id, l.reference)
$$;
--> statement-breakpoint
CREATE FUNCTION payout_batch_words(wanted uuid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT format('{"batch":"PB%s-%s","cashier":"%s","currency":"CNY","fund":"%s","lines":[%s],"preparedBy":"%s","total":"%s"}',
      b.year, lpad(b.no::text, 4, '0'), b.cashier_id, b.fund_id,
      string_agg(payout_line_words(l), ',' ORDER BY l.position),
      b.prepared_by, sum(l.amount_fen))
    FROM payout_batches b JOIN payout_lines l ON l.batch_id = b.id WHERE b.id = wanted GROUP BY b.id
$$;
--> statement-breakpoint
-- A batch is judged whole, once, at the commit that froze it. A line has only to stand in the frozen list, which names it
-- by its id and was there before: where all lines come at once, the list is written anew once and not searched for each.
CREATE FUNCTION judge_batch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  said boolean;
BEGIN
  SELECT b.body = payout_batch_words(b.id) INTO said FROM payout_batches b WHERE b.id = NEW.id;
  IF NOT coalesce(said, false) THEN
    PERFORM refuse('payout_batches_body', 'the frozen list says what its lines say');
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE FUNCTION judge_lines() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE b payout_batches;
BEGIN
  FOR b IN SELECT * FROM payout_batches WHERE id IN (SELECT batch_id FROM added) ORDER BY id LOOP
    IF b.body IS DISTINCT FROM payout_batch_words(b.id) THEN
      IF EXISTS (SELECT 1 FROM added n JOIN payout_lines l ON l.id = n.id
           WHERE n.batch_id = b.id AND strpos(b.body, payout_line_words(l)) = 0) THEN
        PERFORM refuse('payout_batches_body', 'the frozen list says what its lines say');
      END IF;
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER payout_batches_judged AFTER INSERT ON payout_batches DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION judge_batch();
--> statement-breakpoint
CREATE TRIGGER payout_lines_judged AFTER INSERT ON payout_lines REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION judge_lines();
--> statement-breakpoint
CREATE FUNCTION holds_role(person uuid, VARIADIC wanted text[]) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM staff_roles r JOIN staff s ON s.id = r.staff_id WHERE r.staff_id = person AND s.status = 'active'
    AND r.role = ANY (wanted) AND r.revoked_at IS NULL)
$$;
--> statement-breakpoint
-- A held award is neither put on a line nor released; where holds are kept (0036) says the function it calls.
CREATE FUNCTION refuse_held_line(award uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF to_regprocedure('public.refuse_held(uuid)') IS NOT NULL THEN
    EXECUTE 'SELECT public.refuse_held($1)' USING award;
  END IF;
END $$;
--> statement-breakpoint
-- A batch: frozen by finance for one cashier, released by two, sent once, or cancelled before that. Nothing else of it changes.
CREATE FUNCTION keep_batch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE f payout_files; l record;
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM pg_advisory_xact_lock(hashtext('payout_batches'), NEW.year);
    IF NEW.status <> 'frozen' OR NEW.no <> (SELECT coalesce(max(no), 0) + 1 FROM payout_batches WHERE year = NEW.year) THEN
      PERFORM refuse('payout_batches_begin', 'a batch begins frozen, with the next number of its year');
    END IF;
    IF NOT holds_role(NEW.prepared_by, 'finance_preparer', 'finance_reviewer') OR NOT holds_role(NEW.cashier_id, 'cashier')
       OR holds_role(NEW.prepared_by, 'cashier', 'administrator', 'window_clerk') THEN
      PERFORM refuse('payout_batches_roles', 'finance freezes a batch for a cashier');
    END IF;
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) - ARRAY['status','sent_at','sent_file_id','cancelled_by','cancelled_at','cancel_reason'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['status','sent_at','sent_file_id','cancelled_by','cancelled_at','cancel_reason'] THEN
    PERFORM refuse('payout_batches_history', 'what is frozen stays');
  END IF;
  IF NOT (CASE OLD.status WHEN 'frozen' THEN NEW.status IN ('released', 'cancelled')
      WHEN 'released' THEN NEW.status IN ('sent', 'cancelled') ELSE false END) THEN
    PERFORM refuse('payout_batches_history', 'a batch is released, then sent, once; or cancelled before');
  END IF;
  IF NEW.status = 'released' THEN
    IF (SELECT count(DISTINCT r.actor_id) FROM batch_releases r WHERE r.batch_id = NEW.id) <> 2 OR NOT EXISTS (
        SELECT 1 FROM batch_releases r JOIN staff_roles g ON g.id = r.role_grant_id
         WHERE r.batch_id = NEW.id AND g.role = 'finance_approver') THEN
      PERFORM refuse('payout_batches_two', 'two people release a batch, one of them an approver');
    END IF;
    IF NEW.body IS DISTINCT FROM payout_batch_words(NEW.id) THEN
      PERFORM refuse('payout_batches_body', 'the frozen list says what its lines say');
    END IF;
    FOR l IN SELECT a.id, a.status, a.amount_fen, p.amount_fen AS frozen FROM payout_lines p JOIN awards a ON a.id = p.award_id
        WHERE p.batch_id = NEW.id ORDER BY a.id FOR UPDATE OF a LOOP
      IF l.status <> 'posted' OR l.amount_fen <> l.frozen THEN
        PERFORM refuse('payout_batches_moved', 'every award of a batch still waits to be paid');
      END IF;
      PERFORM refuse_held_line(l.id);
    END LOOP;
  ELSIF NEW.status = 'sent' THEN
    SELECT * INTO f FROM payout_files WHERE id = NEW.sent_file_id AND batch_id = NEW.id;
    IF f.id IS NULL OR f.made_by <> NEW.cashier_id OR acting_staff() IS NOT NULL AND acting_staff() <> NEW.cashier_id THEN
      PERFORM refuse('payout_batches_file', 'the batch''s cashier sends the file they made');
    END IF;
  ELSIF OLD.status = 'released' AND EXISTS (SELECT 1 FROM payout_files x WHERE x.batch_id = NEW.id) THEN
    -- The file may be at the bank already, whatever was clicked: only the bank's answer, or two people, free its lines.
    PERFORM refuse('payout_batches_file_out', 'a batch whose file was made is ended by the bank''s answer');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER payout_batches_keep BEFORE INSERT OR UPDATE ON payout_batches FOR EACH ROW EXECUTE FUNCTION keep_batch();
--> statement-breakpoint
-- The lines go with their batch, all at once.
CREATE FUNCTION move_lines() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE payout_lines SET state = NEW.status WHERE batch_id = NEW.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER payout_batches_lines AFTER UPDATE OF status ON payout_batches FOR EACH ROW
  WHEN (NEW.status <> OLD.status) EXECUTE FUNCTION move_lines();
--> statement-breakpoint
-- Whether two ordered the award's next payment by hand (0035): until that is recorded it goes no other way. An order ends
-- when one of the two takes it back, and after the last day it names (server/ledger/order-payment).
CREATE FUNCTION order_stands(award uuid, today date) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM ledger_requests q WHERE q.award_id = award AND q.kind = 'pay' AND q.outcome = 'agreed'
     AND q.ended_at IS NULL AND (q.data ->> 'until')::date >= today AND (q.data ->> 'earlier')::bigint = (SELECT count(*) FROM payouts p WHERE p.award_id = award))
$$;
--> statement-breakpoint
-- A line: an award that is posted, goes by transfer and has somewhere to go; its state follows its batch, then the bank.
-- The award is held first, so that of two batches one takes it, and a change of the claim waits or wins.
CREATE FUNCTION keep_line() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a awards; b payout_batches;
BEGIN
  SELECT * INTO b FROM payout_batches WHERE id = NEW.batch_id;
  IF TG_OP = 'INSERT' THEN
    SELECT * INTO a FROM awards WHERE id = NEW.award_id FOR UPDATE;
    PERFORM refuse_held_line(NEW.award_id);
    -- Also one past its day: whether a cashier carried it out before, only its two can say by taking it back.
    IF order_stands(NEW.award_id, '-infinity') THEN
      PERFORM refuse('payout_lines_ordered', 'an award two ordered to be paid by hand goes into no batch');
    END IF;
    IF NEW.state <> 'frozen' OR b.status <> 'frozen' OR EXISTS (SELECT 1 FROM batch_releases r WHERE r.batch_id = b.id)
       OR NEW.reference <> format('PB%s-%s-%s', b.year, lpad(b.no::text, 4, '0'), lpad(NEW.position::text, 4, '0')) THEN
      PERFORM refuse('payout_lines_begin', 'a line is frozen with its batch');
    END IF;
    IF a.status <> 'posted' OR a.amount_fen <> NEW.amount_fen OR a.code_name <> NEW.code_name
       OR NOT EXISTS (SELECT 1 FROM budgets g WHERE g.id = a.budget_id AND g.fund_id = b.fund_id)
       OR NOT EXISTS (SELECT 1 FROM reward_pools p WHERE p.id = a.pool_id AND p.currency = 'CNY') THEN
      PERFORM refuse('payout_lines_award', 'a line is a posted award of the batch''s fund');
    END IF;
    IF NOT EXISTS (SELECT 1 FROM award_claims c JOIN payee_details d ON d.award_id = c.award_id AND d.shredded_on IS NULL
        WHERE c.award_id = a.id AND c.way = 'transfer' AND (c.claimant <> 'heir' OR c.papers_too IS NOT NULL)) THEN
      PERFORM refuse('payout_lines_claim', 'a line goes by transfer, to where its informant said');
    END IF;
    -- 会计法 37: who signed the voucher pays it not.
    IF signed_voucher(a.id, b.cashier_id) THEN
      PERFORM refuse('payouts_cashier', 'a cashier pays, who signed nothing on the voucher');
    END IF;
    IF EXISTS (SELECT 1 FROM lead_recusals r WHERE r.lead_id = a.lead_id AND r.ended_at IS NULL
        AND r.staff_id IN (b.cashier_id, b.prepared_by)) THEN
      PERFORM refuse('payout_lines_recused', 'who is recused from a lead handles none of its money');
    END IF;
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state' OR NOT (CASE OLD.state
      WHEN 'frozen' THEN NEW.state IN ('released', 'cancelled')
      WHEN 'released' THEN NEW.state IN ('sent', 'cancelled')
      WHEN 'sent' THEN NEW.state IN ('settled', 'rejected', 'unknown')
      WHEN 'unknown' THEN NEW.state IN ('settled', 'rejected', 'not_sent')
      WHEN 'settled' THEN NEW.state = 'bounced'
      ELSE false END) THEN
    PERFORM refuse('payout_lines_history', 'a line goes forward, one step at a time');
  END IF;
  IF NOT (CASE
      WHEN NEW.state IN ('released', 'sent', 'cancelled') THEN b.status = NEW.state
      WHEN NEW.state = 'settled' THEN EXISTS (SELECT 1 FROM payouts p WHERE p.award_id = NEW.award_id
        AND p.reference = NEW.reference AND p.status = 'live')
      WHEN NEW.state = 'bounced' THEN EXISTS (SELECT 1 FROM payouts p WHERE p.award_id = NEW.award_id
        AND p.reference = NEW.reference AND p.status = 'bounced')
      WHEN NEW.state = 'rejected' THEN EXISTS (SELECT 1 FROM bank_lines k WHERE k.payout_line_id = NEW.id
        AND k.status = 'rejected' AND k.outcome = 'rejected' AND k.amount_fen = NEW.amount_fen)
      -- Sent, outcome unknown: never tried again by itself.
      WHEN NEW.state = 'not_sent' THEN EXISTS (SELECT 1 FROM line_decisions d WHERE d.line_id = NEW.id AND d.agreed_by IS NOT NULL)
      ELSE true END) THEN
    PERFORM refuse('payout_lines_ground', 'a line moves with its batch, the bank, or the word of two');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER payout_lines_keep BEFORE INSERT OR UPDATE ON payout_lines FOR EACH ROW EXECUTE FUNCTION keep_line();
--> statement-breakpoint
-- Invariants 9, 10 and 15 for one release (as keep_approval_step for a voucher): chained, over this hash, by a passkey of
-- somebody of finance who neither prepared the batch nor pays it. The batch is locked first.
CREATE FUNCTION keep_batch_release() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  b payout_batches;
  last batch_releases;
  person staff;
  g staff_roles;
  k passkeys;
  client jsonb;
BEGIN
  SELECT * INTO b FROM payout_batches WHERE id = NEW.batch_id FOR UPDATE;
  SELECT * INTO last FROM batch_releases WHERE batch_id = NEW.batch_id ORDER BY position DESC LIMIT 1;
  IF b.status <> 'frozen' OR NEW.position <> coalesce(last.position, 0) + 1 OR NEW.previous_hash IS DISTINCT FROM last.hash THEN
    PERFORM refuse('batch_releases_chain', 'a frozen batch is released by one, then another');
  END IF;
  IF b.body IS DISTINCT FROM payout_batch_words(b.id) OR b.hash <> sha256(convert_to(b.body, 'UTF8')) THEN
    PERFORM refuse('payout_batches_body', 'the frozen list says what its lines say');
  END IF;
  IF NEW.signed_body <> format('{"action":"release","actor":"%s","batchHash":"%s","nonce":"%s","previousApprovalHash":%s}',
      NEW.actor_id, encode(b.hash, 'hex'), NEW.nonce, coalesce('"' || encode(last.hash, 'hex') || '"', 'null')) THEN
    PERFORM refuse('batch_releases_body', 'the signed words are those of the release');
  END IF;
  BEGIN
    client := convert_from(NEW.client_data_json, 'UTF8')::jsonb;
  EXCEPTION WHEN OTHERS THEN
    client := 'null';
  END;
  IF (client ->> 'type' = 'webauthn.get' AND client ->> 'origin' = NEW.origin
      AND client ->> 'challenge' = rtrim(translate(encode(NEW.hash, 'base64'), '+/', '-_'), '=')) IS NOT TRUE THEN
    PERFORM refuse('batch_releases_challenge', 'the passkey signed these words, on this site');
  END IF;
  IF octet_length(NEW.authenticator_data) < 37 OR substring(NEW.authenticator_data FROM 1 FOR 32) <> sha256(convert_to(NEW.rp_id, 'UTF8'))
     OR get_byte(NEW.authenticator_data, 32) & 5 <> 5 OR octet_length(NEW.signature) < 8 THEN
    PERFORM refuse('batch_releases_authenticator', 'the passkey verified a person for this site');
  END IF;
  IF NEW.actor_id IN (b.prepared_by, b.cashier_id) THEN
    PERFORM refuse('batch_releases_apart', 'who prepared a batch or pays it does not release it');
  END IF;
  SELECT * INTO person FROM staff WHERE id = NEW.actor_id FOR SHARE;
  SELECT * INTO g FROM staff_roles WHERE id = NEW.role_grant_id FOR SHARE;
  IF person.status <> 'active' OR g.staff_id <> NEW.actor_id OR g.role NOT IN ('finance_reviewer', 'finance_approver')
     OR g.revoked_at IS NOT NULL
     OR NOT NEW.role_grant_snapshot @> jsonb_build_object('id', g.id, 'staffId', g.staff_id, 'role', g.role) THEN
    PERFORM refuse('batch_releases_role', 'a release is made under a live grant of its role');
  END IF;
  IF NEW.position = 2 AND g.role <> 'finance_approver' AND NOT EXISTS (SELECT 1 FROM staff_roles o
      WHERE o.id = last.role_grant_id AND o.role = 'finance_approver') THEN
    PERFORM refuse('batch_releases_role', 'one of the two who release is an approver');
  END IF;
  IF holds_role(NEW.actor_id, 'administrator', 'cashier', 'window_clerk') THEN
    PERFORM refuse('batch_releases_apart', 'administrators and cashiers release nothing');
  END IF;
  IF EXISTS (SELECT 1 FROM payout_lines l JOIN awards a ON a.id = l.award_id JOIN lead_recusals r ON r.lead_id = a.lead_id
      WHERE l.batch_id = b.id AND r.staff_id = NEW.actor_id AND r.ended_at IS NULL) THEN
    PERFORM refuse('payout_lines_recused', 'who is recused from a lead handles none of its money');
  END IF;
  SELECT * INTO k FROM passkeys WHERE id = NEW.passkey_id FOR SHARE;
  IF k.staff_id <> NEW.actor_id OR k.credential_id <> NEW.credential_id OR k.public_key <> NEW.public_key
     OR (k.revoked_at IS NOT NULL AND NOT (k.kind = 'seed' AND person.is_demo)) THEN
    PERFORM refuse('batch_releases_passkey', 'a release is signed with a live passkey of its actor');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER batch_releases_keep BEFORE INSERT ON batch_releases FOR EACH ROW EXECUTE FUNCTION keep_batch_release();
--> statement-breakpoint
CREATE FUNCTION keep_payout_file() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM payout_batches b WHERE b.id = NEW.batch_id AND b.status = 'released' AND b.cashier_id = NEW.made_by FOR SHARE;
  IF NOT FOUND OR NOT holds_role(NEW.made_by, 'cashier') OR (SELECT (count(*), sum(l.amount_fen)) IS DISTINCT FROM
      (NEW.lines::bigint, NEW.sum_fen::numeric) FROM payout_lines l WHERE l.batch_id = NEW.batch_id) THEN
    PERFORM refuse('payout_files_whole', 'the batch''s cashier makes a file of all of a released batch');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER payout_files_keep BEFORE INSERT ON payout_files FOR EACH ROW EXECUTE FUNCTION keep_payout_file();
--> statement-breakpoint
-- Where a payment goes is opened to the batch's cashier alone, by somebody who signed its release, once both had.
CREATE FUNCTION keep_payee_release() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM payee_details d JOIN payout_lines l ON l.award_id = d.award_id JOIN payout_batches b ON b.id = l.batch_id
      JOIN batch_releases r ON r.batch_id = b.id AND r.actor_id = NEW.released_by
      WHERE d.id = NEW.payee_id AND d.shredded_on IS NULL AND b.id = NEW.batch_id AND b.status = 'released'
        AND b.cashier_id = NEW.person_id) THEN
    PERFORM refuse('payee_releases_batch', 'who released a batch opens its payees to its cashier');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER payee_releases_of_batch BEFORE INSERT ON payee_releases FOR EACH ROW EXECUTE FUNCTION keep_payee_release();
--> statement-breakpoint
-- How far the opening of a batch has come, for those who may not see the shares themselves: another approver goes on
-- where the first stopped.
CREATE FUNCTION handed_payees(wanted uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT r.payee_id FROM payee_releases r WHERE r.batch_id = wanted
    AND acting_as('finance_preparer', 'finance_reviewer', 'finance_approver', 'cashier', 'auditor')
$$;
--> statement-breakpoint
-- Which posted awards of a fund a new batch may take, oldest acceptance first; whether somebody left bank details is
-- not for the preparer to look up otherwise.
CREATE FUNCTION transferable_awards(of_fund uuid, take integer) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.id FROM awards a JOIN budgets g ON g.id = a.budget_id AND g.fund_id = of_fund
    JOIN reward_pools p ON p.id = a.pool_id AND p.currency = 'CNY'
    JOIN award_claims c ON c.award_id = a.id AND c.way = 'transfer' AND (c.claimant <> 'heir' OR c.papers_too IS NOT NULL)
    JOIN payee_details d ON d.award_id = a.id AND d.shredded_on IS NULL
   WHERE a.status = 'posted' AND acting_as('finance_preparer', 'finance_reviewer')
     AND NOT EXISTS (SELECT 1 FROM payout_lines l WHERE l.award_id = a.id
       AND l.state IN ('frozen', 'released', 'sent', 'unknown', 'settled'))
     AND NOT order_stands(a.id, '-infinity')
     AND NOT EXISTS (SELECT 1 FROM lead_recusals r WHERE r.lead_id = a.lead_id AND r.staff_id = acting_staff() AND r.ended_at IS NULL)
   ORDER BY a.accepted_on, a.id LIMIT take
$$;
--> statement-breakpoint
-- Two say, with the bank's answer, that a line of unknown outcome did not go out; and two, why a line of the bank is booked
-- elsewhere or is the same once more.
CREATE FUNCTION keep_line_decision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE l payout_lines; k bank_lines;
BEGIN
  IF NEW.what = 'not_sent' THEN
    SELECT * INTO l FROM payout_lines WHERE id = NEW.line_id FOR UPDATE;
    IF l.state <> 'unknown' THEN
      PERFORM refuse('line_decisions_unknown', 'only a line of unknown outcome is decided on');
    END IF;
  ELSE
    SELECT * INTO k FROM bank_lines WHERE id = NEW.bank_line_id FOR UPDATE;
    IF NOT (CASE NEW.what WHEN 'matched' THEN k.outcome = 'suspense'
        ELSE k.outcome = 'named' AND k.fault = 'double' END) THEN
      PERFORM refuse('line_decisions_open', 'only a line that waits is decided on');
    END IF;
  END IF;
  IF TG_OP = 'INSERT' AND (NEW.agreed_by IS NOT NULL OR NEW.withdrawn_at IS NOT NULL)
     OR TG_OP = 'UPDATE' AND (OLD.agreed_by IS NOT NULL OR OLD.withdrawn_at IS NOT NULL
       OR to_jsonb(NEW) - ARRAY['agreed_by', 'agreed_at', 'withdrawn_at'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['agreed_by', 'agreed_at', 'withdrawn_at']) THEN
    PERFORM refuse('line_decisions_history', 'one says it, another agrees, once');
  END IF;
  IF NEW.withdrawn_at IS NOT NULL AND acting_staff() IS DISTINCT FROM NEW.said_by THEN
    PERFORM refuse('line_decisions_own', 'who said it takes it back');
  END IF;
  IF NOT holds_role(NEW.said_by, 'cashier', 'finance_preparer', 'finance_reviewer', 'finance_approver')
     OR NEW.agreed_by IS NOT NULL AND NOT holds_role(NEW.agreed_by, 'finance_reviewer', 'finance_approver') THEN
    PERFORM refuse('line_decisions_role', 'those who handle the payment say so, and one who reviews or approves agrees');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER line_decisions_keep BEFORE INSERT OR UPDATE ON line_decisions FOR EACH ROW EXECUTE FUNCTION keep_line_decision();
--> statement-breakpoint
CREATE FUNCTION end_line_not_sent() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE payout_lines SET state = 'not_sent' WHERE id = NEW.line_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER line_decisions_end AFTER UPDATE ON line_decisions FOR EACH ROW
  WHEN (NEW.line_id IS NOT NULL AND NEW.agreed_by IS NOT NULL AND OLD.agreed_by IS NULL) EXECUTE FUNCTION end_line_not_sent();
--> statement-breakpoint
-- Invariant 15 for payments: an award on a live line is paid by that line and no other way, once it was sent.
CREATE FUNCTION keep_payout_to_line() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE l payout_lines;
BEGIN
  PERFORM 1 FROM awards WHERE id = NEW.award_id FOR UPDATE;
  SELECT * INTO l FROM payout_lines WHERE award_id = NEW.award_id
     AND state IN ('frozen', 'released', 'sent', 'unknown', 'settled') FOR UPDATE;
  IF l.id IS NULL THEN
    IF NEW.reference ~ '^PB[0-9]{4}-' THEN
      PERFORM refuse('payouts_on_line', 'the reference of a line is that of its payment alone');
    END IF;
    -- What two did not release with a batch, two of finance order for this very payment: an order given before another
    -- payment of the award is spent with it.
    IF NEW.kind = 'transfer' AND NOT EXISTS (SELECT 1 FROM ledger_transactions t JOIN ledger_requests q ON q.id = t.request_id
        WHERE t.id = NEW.transaction_id AND ordered_by_two(q.id, NEW.award_id, NEW.cashier_id)
          AND (q.data ->> 'until')::date >= NEW.paid_on
          AND (q.data ->> 'earlier')::bigint = (SELECT count(*) FROM payouts p WHERE p.award_id = NEW.award_id)) THEN
      PERFORM refuse('payouts_ordered', 'a transfer outside a batch is ordered by two of finance');
    END IF;
  ELSIF NEW.kind <> 'transfer' OR NEW.reference <> l.reference OR l.state NOT IN ('sent', 'unknown') THEN
    PERFORM refuse('payouts_on_line', 'an award on a live line is paid by that line');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER payouts_on_line BEFORE INSERT ON payouts FOR EACH ROW EXECUTE FUNCTION keep_payout_to_line();
--> statement-breakpoint
CREATE FUNCTION move_line_of_payout() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    UPDATE payout_lines SET state = 'settled' WHERE award_id = NEW.award_id AND reference = NEW.reference;
  ELSIF NEW.status = 'bounced' AND OLD.status = 'live' THEN
    UPDATE payout_lines SET state = 'bounced' WHERE award_id = NEW.award_id AND reference = NEW.reference;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER payouts_move_line AFTER INSERT OR UPDATE ON payouts FOR EACH ROW EXECUTE FUNCTION move_line_of_payout();
--> statement-breakpoint
-- Whether a payment that went by a batch came back says the bank: at commit one of its lines is booked to that payment. Of
-- one made by hand two of finance say so: nobody's word alone makes an award payable once more.
CREATE FUNCTION judge_bounce() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM payout_lines l WHERE l.award_id = NEW.award_id AND l.reference = NEW.reference
      AND NOT EXISTS (SELECT 1 FROM bank_lines k WHERE k.payout_line_id = l.id AND k.status <> 'out'
        AND k.outcome IN ('bounced', 'matched'))) THEN
    PERFORM refuse('payouts_returned', 'a payment of a batch bounces by the bank''s line that says so');
  END IF;
  IF NOT EXISTS (SELECT 1 FROM payout_lines l WHERE l.award_id = NEW.award_id AND l.reference = NEW.reference)
     AND NOT EXISTS (SELECT 1 FROM ledger_transactions t JOIN ledger_requests q ON q.id = t.request_id
       WHERE t.award_id = NEW.award_id AND t.event = 'award.bounced' AND q.kind = 'bounce' AND q.data ->> 'payout' = NEW.id::text) THEN
    PERFORM refuse('payouts_returned_by_two', 'a payment by hand came back when two of finance say so');
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER payouts_returned AFTER UPDATE ON payouts DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.status = 'bounced' AND OLD.status = 'live') EXECUTE FUNCTION judge_bounce();
--> statement-breakpoint
-- What two people release is what the informant chose: while the award is on a line that is not settled, neither the way
-- nor the details change. The award is held first, as everywhere.
CREATE FUNCTION keep_claim_on_line() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM awards WHERE id = NEW.award_id FOR UPDATE;
  IF EXISTS (SELECT 1 FROM payout_lines l WHERE l.award_id = NEW.award_id AND l.state IN ('frozen', 'released', 'sent', 'unknown'))
     OR (TG_TABLE_NAME = 'award_claims' OR TG_OP = 'INSERT')
       AND order_stands(NEW.award_id, (to_jsonb(NEW) ->> CASE TG_TABLE_NAME WHEN 'award_claims' THEN 'chosen_on' ELSE 'sealed_on' END)::date) THEN
    PERFORM refuse('award_claims_on_line', 'the claim of an award on its way stays as it is');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER award_claims_on_line BEFORE UPDATE ON award_claims FOR EACH ROW
  WHEN (ROW (NEW.way, NEW.claimant) IS DISTINCT FROM ROW (OLD.way, OLD.claimant)) EXECUTE FUNCTION keep_claim_on_line();
--> statement-breakpoint
CREATE TRIGGER payee_details_on_line BEFORE INSERT OR UPDATE ON payee_details FOR EACH ROW EXECUTE FUNCTION keep_claim_on_line();
--> statement-breakpoint
-- Nothing is held back that the bank was already told to pay, where holds are kept (0036).
CREATE FUNCTION refuse_hold_on_line() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM awards WHERE id = NEW.award_id FOR UPDATE;
  IF EXISTS (SELECT 1 FROM payout_lines l WHERE l.award_id = NEW.award_id AND l.state IN ('released', 'sent', 'unknown')) THEN
    PERFORM refuse('award_holds_on_line', 'an award whose payment was released is not held');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
DO $$
BEGIN
  IF to_regclass('public.award_holds') IS NOT NULL THEN
    CREATE TRIGGER award_holds_on_line BEFORE INSERT ON award_holds FOR EACH ROW EXECUTE FUNCTION refuse_hold_on_line();
  END IF;
END $$;
--> statement-breakpoint
-- A line of the bank keeps its words; what became of it goes forward, and what is booked stays booked.
CREATE FUNCTION keep_bank_line() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE l payout_lines; d line_decisions;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.outcome <> 'waiting' OR NEW.payout_line_id IS NOT NULL THEN
      PERFORM refuse('bank_lines_begin', 'a line waits to be matched');
    END IF;
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) - ARRAY['outcome','fault','payout_line_id','handled_by','handled_at'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['outcome','fault','payout_line_id','handled_by','handled_at']
     OR NOT (CASE OLD.outcome
      WHEN 'waiting' THEN NEW.outcome IN ('settled', 'bounced', 'rejected', 'pending', 'suspense', 'named')
      WHEN 'named' THEN NEW.outcome IN ('named', 'settled', 'bounced', 'rejected', 'suspense', 'dismissed')
      WHEN 'suspense' THEN NEW.outcome = 'matched'
      ELSE false END) THEN
    PERFORM refuse('bank_lines_history', 'what the bank said stays, and what became of it goes forward');
  END IF;
  IF NEW.outcome IN ('settled', 'bounced', 'rejected') THEN
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
  IF NEW.outcome = 'dismissed' OR NEW.outcome = 'matched' AND NEW.payout_line_id IS NULL THEN
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
CREATE TRIGGER bank_lines_keep BEFORE INSERT OR UPDATE ON bank_lines FOR EACH ROW EXECUTE FUNCTION keep_bank_line();
--> statement-breakpoint
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['payout_batches','payout_lines','batch_releases','payout_files','line_decisions',
    'bank_statements','bank_lines','reconciliations']
  LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', guarded || '_stays', guarded);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', guarded || '_no_truncate', guarded);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY portal ON %I USING ((SELECT acting_for_portal()))', guarded);
    EXECUTE format('CREATE POLICY money_reads ON %I FOR SELECT USING ((SELECT acting_as(
      ''finance_preparer'', ''finance_reviewer'', ''finance_approver'', ''cashier'', ''auditor'')))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['batch_releases','payout_files','bank_statements','reconciliations']
  LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', guarded || '_fixed', guarded);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE POLICY finance_freezes ON payout_batches FOR INSERT WITH CHECK (prepared_by = (SELECT acting_staff())
  AND (SELECT acting_as('finance_preparer', 'finance_reviewer')));
--> statement-breakpoint
CREATE POLICY approver_bounces ON payouts FOR UPDATE USING ((SELECT acting_as('finance_approver'))) WITH CHECK (status = 'bounced');
--> statement-breakpoint
CREATE POLICY finance_moves ON payout_batches FOR UPDATE
  USING ((SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver', 'cashier')));
--> statement-breakpoint
CREATE POLICY finance_freezes ON payout_lines FOR INSERT
  WITH CHECK ((SELECT acting_as('finance_preparer', 'finance_reviewer')));
--> statement-breakpoint
CREATE POLICY cashier_moves ON payout_lines FOR UPDATE USING ((SELECT acting_as('cashier')));
--> statement-breakpoint
CREATE POLICY own_adds ON batch_releases FOR INSERT WITH CHECK (actor_id = (SELECT acting_staff())
  AND (SELECT acting_as('finance_reviewer', 'finance_approver')));
--> statement-breakpoint
CREATE POLICY own_adds ON payout_files FOR INSERT
  WITH CHECK (made_by = (SELECT acting_staff()) AND (SELECT acting_as('cashier')));
--> statement-breakpoint
CREATE POLICY own_says ON line_decisions FOR INSERT WITH CHECK (said_by = (SELECT acting_staff())
  AND (SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver', 'cashier')));
--> statement-breakpoint
CREATE POLICY second_agrees ON line_decisions FOR UPDATE USING ((SELECT acting_as('finance_reviewer', 'finance_approver')))
  WITH CHECK (agreed_by = (SELECT acting_staff()));
--> statement-breakpoint
CREATE POLICY own_withdraws ON line_decisions FOR UPDATE USING (said_by = (SELECT acting_staff()))
  WITH CHECK (said_by = (SELECT acting_staff()) AND withdrawn_at IS NOT NULL);
--> statement-breakpoint
CREATE POLICY own_adds ON bank_statements FOR INSERT
  WITH CHECK (uploaded_by = (SELECT acting_staff()) AND (SELECT acting_as('cashier')));
--> statement-breakpoint
CREATE POLICY cashier_adds ON bank_lines FOR INSERT WITH CHECK ((SELECT acting_as('cashier')));
--> statement-breakpoint
CREATE POLICY cashier_matches ON bank_lines FOR UPDATE USING ((SELECT acting_as('cashier')))
  WITH CHECK (handled_by = (SELECT acting_staff()));
--> statement-breakpoint
CREATE POLICY second_sets_aside ON bank_lines FOR UPDATE USING ((SELECT acting_as('finance_reviewer', 'finance_approver')))
  WITH CHECK (handled_by = (SELECT acting_staff()) AND outcome IN ('dismissed', 'matched'));
--> statement-breakpoint
CREATE POLICY own_adds ON reconciliations FOR INSERT WITH CHECK (made_by = (SELECT acting_staff())
  AND (SELECT acting_as('finance_preparer', 'finance_reviewer')));
--> statement-breakpoint
-- A conflict of interest outweighs every role.
CREATE POLICY recused ON payout_lines AS RESTRICTIVE
  USING (NOT (SELECT acting_is_recused()) OR EXISTS (SELECT 1 FROM awards a WHERE a.id = payout_lines.award_id));
--> statement-breakpoint
-- An award on its way to the bank is not revoked: its payment could no longer be booked, nor asked back.
CREATE FUNCTION keep_revocation_off_line() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM payout_lines l WHERE l.award_id = NEW.id AND l.state IN ('frozen', 'released', 'sent', 'unknown')) THEN
    PERFORM refuse('awards_on_line', 'an award on its way to the bank is not revoked');
  END IF;
  -- Nobody is paid to this account any more.
  UPDATE payee_details SET body = NULL, shredded_on = (now() AT TIME ZONE 'Asia/Shanghai')::date, shredded_why = 'ended'
   WHERE award_id = NEW.id AND shredded_on IS NULL;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER awards_on_line BEFORE UPDATE ON awards FOR EACH ROW
  WHEN (NEW.status = 'revoked' AND OLD.status <> 'revoked') EXECUTE FUNCTION keep_revocation_off_line();
--> statement-breakpoint
-- Whoever brings the statements and matches them is not who compares them with the books; and what was brought is what is
-- compared: the last statement of the month says the bank's balance; who holds another says why.
CREATE FUNCTION keep_reconciliation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE said bigint;
BEGIN
  IF holds_role(NEW.made_by, 'cashier') OR EXISTS (SELECT 1 FROM bank_statements s WHERE s.fund_id = NEW.fund_id
       AND s.uploaded_by = NEW.made_by AND s.closed_on >= NEW.month AND s.closed_on < NEW.month + interval '1 month') THEN
    PERFORM refuse('reconciliations_apart', 'a cashier does not compare their own work with the books');
  END IF;
  SELECT s.closing_fen INTO said FROM bank_statements s WHERE s.fund_id = NEW.fund_id
     AND s.closed_on >= NEW.month AND s.closed_on < NEW.month + interval '1 month'
   ORDER BY s.closed_on DESC, length(s.number) DESC, s.number DESC LIMIT 1;
  IF said IS NOT NULL AND said <> NEW.bank_fen AND NEW.explanation IS NULL THEN
    PERFORM refuse('reconciliations_statement', 'the bank''s balance is the statement''s');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER reconciliations_keep BEFORE INSERT ON reconciliations FOR EACH ROW EXECUTE FUNCTION keep_reconciliation();
--> statement-breakpoint
-- Whether an id is that of a payment of ours, also where a recusal hides its line: it is not nobody's then.
CREATE FUNCTION is_payout_line(wanted uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT EXISTS (SELECT 1 FROM payout_lines WHERE id = wanted) $$;
