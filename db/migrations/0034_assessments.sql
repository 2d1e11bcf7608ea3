CREATE TABLE "assessment_answers" (
	"pool_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"lead_id" uuid NOT NULL,
	"tip_id" uuid,
	"question" text NOT NULL,
	"clause" text NOT NULL,
	"answer" boolean NOT NULL,
	"excludes" boolean NOT NULL,
	"reason" text,
	"answered_by" uuid NOT NULL,
	"answered_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "assessment_answers_position_uq" UNIQUE("pool_id","position"),
	CONSTRAINT "assessment_answers_once_uq" UNIQUE NULLS NOT DISTINCT("pool_id","tip_id","question"),
	CONSTRAINT "assessment_answers_question_ck" CHECK ("assessment_answers"."question" ~ '^[a-z]+(:[A-Za-z0-9-]{1,60}){0,2}$'),
	CONSTRAINT "assessment_answers_excluded_ck" CHECK (not "assessment_answers"."excludes" or "assessment_answers"."tip_id" is not null and "assessment_answers"."reason" is not null),
	CONSTRAINT "assessment_answers_reason_ck" CHECK ("assessment_answers"."reason" is null or (char_length("assessment_answers"."reason") between 5 and 500 and regexp_replace("assessment_answers"."reason", '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}'))
);
--> statement-breakpoint
CREATE TABLE "assessment_records" (
	"pool_id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid NOT NULL,
	"body" text NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "assessment_records_hash_ck" CHECK ("assessment_records"."hash" = sha256(convert_to("assessment_records"."body", 'UTF8')))
);
--> statement-breakpoint
CREATE TABLE "award_decisions" (
	"award_id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid NOT NULL,
	"pack_id" text NOT NULL,
	"year" integer NOT NULL,
	"no" integer NOT NULL,
	"issued_on" date NOT NULL,
	"facts" jsonb NOT NULL,
	CONSTRAINT "award_decisions_no_uq" UNIQUE("pack_id","year","no")
);
--> statement-breakpoint
CREATE TABLE "award_objections" (
	"id" uuid PRIMARY KEY NOT NULL,
	"award_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"tip_id" uuid NOT NULL,
	"ground" text NOT NULL,
	"message_id" uuid NOT NULL,
	"stated_on" date NOT NULL,
	"due_on" date NOT NULL,
	"outcome" text,
	"answer" text,
	"answered_by" uuid,
	"answered_at" timestamp (3) with time zone,
	"new_pool_id" uuid,
	CONSTRAINT "award_objections_message_uq" UNIQUE("message_id"),
	CONSTRAINT "award_objections_ground_ck" CHECK ("award_objections"."ground" in ('amount','grade','share','excluded','facts','other')),
	CONSTRAINT "award_objections_outcome_ck" CHECK ("award_objections"."outcome" in ('kept','reassessed')),
	CONSTRAINT "award_objections_answered_ck" CHECK (("award_objections"."outcome" is null) = ("award_objections"."answer" is null) and ("award_objections"."outcome" is null) = ("award_objections"."answered_by" is null) and ("award_objections"."outcome" is null) = ("award_objections"."answered_at" is null) and ("award_objections"."new_pool_id" is not null) = ("award_objections"."outcome" is not distinct from 'reassessed')),
	CONSTRAINT "award_objections_answer_ck" CHECK ("award_objections"."answer" is null or (char_length("award_objections"."answer") between 10 and 1000 and regexp_replace("award_objections"."answer", '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}'))
);
--> statement-breakpoint
CREATE TABLE "decision_counters" (
	"pack_id" text NOT NULL,
	"year" integer NOT NULL,
	"last" bigint NOT NULL,
	CONSTRAINT "decision_counters_uq" UNIQUE("pack_id","year")
);
--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "fundraising_fen" bigint;--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "goods_fen" bigint;--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "recovered_fen" bigint;--> statement-breakpoint
ALTER TABLE "findings" ADD COLUMN "ordered_fen" bigint;--> statement-breakpoint
ALTER TABLE "reward_pools" ADD COLUMN "record_hash" "bytea";--> statement-breakpoint
ALTER TABLE "assessment_answers" ADD CONSTRAINT "assessment_answers_pool_fk" FOREIGN KEY ("pool_id") REFERENCES "public"."reward_pools"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assessment_answers" ADD CONSTRAINT "assessment_answers_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assessment_answers" ADD CONSTRAINT "assessment_answers_tip_fk" FOREIGN KEY ("tip_id") REFERENCES "public"."tips"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assessment_answers" ADD CONSTRAINT "assessment_answers_staff_fk" FOREIGN KEY ("answered_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assessment_records" ADD CONSTRAINT "assessment_records_pool_fk" FOREIGN KEY ("pool_id") REFERENCES "public"."reward_pools"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assessment_records" ADD CONSTRAINT "assessment_records_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "award_decisions" ADD CONSTRAINT "award_decisions_award_fk" FOREIGN KEY ("award_id") REFERENCES "public"."awards"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "award_decisions" ADD CONSTRAINT "award_decisions_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "award_objections" ADD CONSTRAINT "award_objections_award_fk" FOREIGN KEY ("award_id") REFERENCES "public"."awards"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "award_objections" ADD CONSTRAINT "award_objections_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "award_objections" ADD CONSTRAINT "award_objections_tip_fk" FOREIGN KEY ("tip_id") REFERENCES "public"."tips"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "award_objections" ADD CONSTRAINT "award_objections_message_fk" FOREIGN KEY ("message_id") REFERENCES "public"."tip_messages"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "award_objections" ADD CONSTRAINT "award_objections_staff_fk" FOREIGN KEY ("answered_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "award_objections" ADD CONSTRAINT "award_objections_pool_fk" FOREIGN KEY ("new_pool_id") REFERENCES "public"."reward_pools"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "award_objections_open_uq" ON "award_objections" USING btree ("award_id") WHERE outcome is null;--> statement-breakpoint
CREATE INDEX "award_objections_queue_ix" ON "award_objections" USING btree ("due_on","id") WHERE outcome is null;--> statement-breakpoint
CREATE INDEX "award_objections_tip_ix" ON "award_objections" USING btree ("tip_id");--> statement-breakpoint
ALTER TABLE "findings" ADD CONSTRAINT "findings_more_amounts_ck" CHECK (coalesce("findings"."fundraising_fen", 0) >= 0 and coalesce("findings"."goods_fen", 0) >= 0 and coalesce("findings"."recovered_fen", 0) >= 0 and coalesce("findings"."ordered_fen", 0) >= 0);
--> statement-breakpoint
-- A finding's further amounts are as fixed as its first ones.
CREATE OR REPLACE FUNCTION keep_finding() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.lead_id, NEW.version, NEW.entity_class, NEW.decision_number, NEW.decided_on, NEW.is_final, NEW.recorded_by)
     IS DISTINCT FROM
     (OLD.id, OLD.lead_id, OLD.version, OLD.entity_class, OLD.decision_number, OLD.decided_on, OLD.is_final, OLD.recorded_by)
     OR (NEW.illegal_amount_fen, NEW.penalty_fen, NEW.illegal_gains_fen, NEW.collected_fen) IS DISTINCT FROM
        (OLD.illegal_amount_fen, OLD.penalty_fen, OLD.illegal_gains_fen, OLD.collected_fen)
     OR (NEW.fundraising_fen, NEW.goods_fen, NEW.recovered_fen, NEW.ordered_fen) IS DISTINCT FROM
        (OLD.fundraising_fen, OLD.goods_fen, OLD.recovered_fen, OLD.ordered_fen)
     OR (OLD.status = 'verified' AND (NEW.status <> 'superseded' OR NEW.verified_by IS DISTINCT FROM OLD.verified_by))
     OR OLD.status IN ('rejected', 'superseded') THEN
    PERFORM refuse('findings_history', 'a finding is replaced, never edited');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- As before; and a new computation names the record it was judged by.
CREATE OR REPLACE FUNCTION keep_pool() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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
  IF NEW.record_hash IS NULL THEN
    PERFORM refuse('reward_pools_record', 'a computation is judged by questions that were answered');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- Invariant 8; and the record a computation names is there, answer by answer.
CREATE OR REPLACE FUNCTION check_pool(wanted uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  p reward_pools;
  r assessment_records;
BEGIN
  SELECT * INTO p FROM reward_pools WHERE id = wanted;
  IF (SELECT coalesce(sum(amount_fen), 0) FROM awards WHERE pool_id = wanted) <> p.amount_fen THEN
    PERFORM refuse('reward_pools_sum', 'the shares of a pool sum to it');
  END IF;
  IF p.record_hash IS NULL THEN RETURN; END IF;
  SELECT * INTO r FROM assessment_records WHERE pool_id = wanted;
  IF r.hash IS DISTINCT FROM p.record_hash OR r.lead_id IS DISTINCT FROM p.lead_id THEN
    PERFORM refuse('reward_pools_record', 'a computation is judged by questions that were answered');
  END IF;
END $$;
--> statement-breakpoint
-- Judged once, when the computation is written: every exclusion of its scheme and every gate the case cannot compute
-- was asked of every informant listed; who is left without a share has an answer that says why; and nobody who asked
-- for a reward earlier was passed over unseen. Later withdrawals and arrivals change nothing of it.
CREATE FUNCTION judge_record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  p reward_pools;
  content jsonb;
  body jsonb;
  listed uuid[];
BEGIN
  SELECT * INTO p FROM reward_pools WHERE id = NEW.pool_id;
  SELECT s.content INTO content FROM schemes s WHERE s.scheme_id = p.scheme_id AND s.version = p.scheme_version;
  body := NEW.body::jsonb;
  IF (SELECT coalesce(jsonb_agg(jsonb_build_object('question', a.question, 'clause', a.clause, 'tip', a.tip_id,
        'answer', a.answer, 'excludes', a.excludes, 'reason', a.reason) ORDER BY a.position), '[]')
        FROM assessment_answers a WHERE a.pool_id = NEW.pool_id) IS DISTINCT FROM body -> 'answers'
     OR EXISTS (SELECT 1 FROM assessment_answers a WHERE a.pool_id = NEW.pool_id
                 AND (a.answered_by <> p.computed_by OR a.lead_id <> p.lead_id)) THEN
    PERFORM refuse('assessment_records_answers', 'a record tells the answers that were given');
  END IF;
  IF EXISTS (
       SELECT 1 FROM jsonb_array_elements(p.case_input -> 'informants') i
         CROSS JOIN (SELECT 'exclusion:' || (e ->> 'id') AS question FROM jsonb_array_elements(content -> 'exclusions') e
               UNION SELECT 'gate:' || (g ->> 'kind') FROM jsonb_array_elements(content -> 'gates') g
                      WHERE g ->> 'kind' IN ('naturalPersons', 'notKnownBefore')) q
        WHERE NOT EXISTS (SELECT 1 FROM assessment_answers a WHERE a.pool_id = p.id AND a.tip_id = (i ->> 'id')::uuid
                AND a.question = q.question)) THEN
    PERFORM refuse('assessment_records_complete', 'every gate and exclusion is asked of every informant');
  END IF;
  IF EXISTS (
       SELECT 1 FROM jsonb_array_elements(p.case_input -> 'informants') i
        WHERE ((i ->> 'excluded') IS NOT NULL) <> EXISTS (SELECT 1 FROM assessment_answers a WHERE a.pool_id = p.id
                AND a.tip_id = (i ->> 'id')::uuid AND a.excludes)) THEN
    PERFORM refuse('assessment_records_excluded', 'who is left without a share is left out by an answer');
  END IF;
  listed := ARRAY(SELECT (i ->> 'id')::uuid FROM jsonb_array_elements(p.case_input -> 'informants') i);
  IF EXISTS (SELECT 1 FROM jsonb_array_elements(p.case_input -> 'informants') i JOIN tips t ON t.id = (i ->> 'id')::uuid
              WHERE (i ->> 'excluded') IS NULL AND t.receipt_closed_why = 'withdrawn') THEN
    PERFORM refuse('assessment_records_withdrawn', 'a report that was taken back is not rewarded');
  END IF;
  IF (SELECT count(*) FROM tips t WHERE t.lead_id = p.lead_id AND t.wants_reward
         AND t.receipt_closed_why IS DISTINCT FROM 'withdrawn' AND t.id <> ALL (listed)
         AND t.arrival_no < (SELECT max(l.arrival_no) FROM tips l WHERE l.id = ANY (listed)))
     <> coalesce((body -> 'passedOver' ->> 'count')::bigint, 0) THEN
    PERFORM refuse('assessment_records_order', 'nobody earlier is passed over unseen');
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER assessment_records_judged AFTER INSERT ON assessment_records DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION judge_record();
--> statement-breakpoint
-- Answers are given with their computation: none is added to it later.
CREATE FUNCTION keep_answer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM assessment_records r WHERE r.pool_id = NEW.pool_id) THEN
    PERFORM refuse('assessment_answers_closed', 'the record of this computation is complete');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER assessment_answers_closed BEFORE INSERT ON assessment_answers FOR EACH ROW EXECUTE FUNCTION keep_answer();
--> statement-breakpoint
-- An objection is stated while its award waits for the informant or for the books, and answered once. Holds the award,
-- so that of an acceptance and an objection at the same moment one sees the other.
CREATE FUNCTION keep_objection() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE a awards;
BEGIN
  SELECT * INTO a FROM awards WHERE id = NEW.award_id FOR UPDATE;
  IF TG_OP = 'INSERT' THEN
    IF a.status NOT IN ('approved', 'accepted') THEN
      PERFORM refuse('award_objections_late', 'this award can no longer be objected to');
    END IF;
    IF (NEW.lead_id, NEW.tip_id) IS DISTINCT FROM (a.lead_id, a.tip_id) OR NEW.outcome IS NOT NULL
       OR NOT EXISTS (SELECT 1 FROM tip_messages m WHERE m.id = NEW.message_id AND m.tip_id = a.tip_id AND m.direction = 'in') THEN
      PERFORM refuse('award_objections_own', 'an objection is the informant''s own');
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.outcome IS NOT NULL
     OR (NEW.id, NEW.award_id, NEW.lead_id, NEW.tip_id, NEW.ground, NEW.message_id, NEW.stated_on, NEW.due_on)
        IS DISTINCT FROM (OLD.id, OLD.award_id, OLD.lead_id, OLD.tip_id, OLD.ground, OLD.message_id, OLD.stated_on, OLD.due_on) THEN
    PERFORM refuse('award_objections_history', 'an objection is answered once, never edited');
  END IF;
  -- Who computed the award does not uphold it alone.
  IF NEW.outcome = 'kept' AND EXISTS (SELECT 1 FROM reward_pools p WHERE p.id = a.pool_id AND p.computed_by = NEW.answered_by) THEN
    PERFORM refuse('award_objections_apart', 'another person answers than computed the award');
  END IF;
  IF NEW.outcome = 'reassessed' AND NOT EXISTS (SELECT 1 FROM reward_pools p WHERE p.id = NEW.new_pool_id
       AND p.supersedes_id = a.pool_id AND p.computed_by = NEW.answered_by) THEN
    PERFORM refuse('award_objections_new', 'a re-assessment follows the computation objected to');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER award_objections_history BEFORE INSERT OR UPDATE ON award_objections FOR EACH ROW EXECUTE FUNCTION keep_objection();
--> statement-breakpoint
-- While an objection is open its award stands still: it is not accepted, not booked and does not lapse.
CREATE FUNCTION hold_objected_award() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM award_objections o WHERE o.award_id = NEW.id AND o.outcome IS NULL) THEN
    PERFORM refuse('award_objections_open', 'an objection to this award is open');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER awards_objected BEFORE UPDATE OF status ON awards FOR EACH ROW
  WHEN (NEW.status IS DISTINCT FROM OLD.status AND NEW.status IN ('accepted', 'posted', 'paid', 'lapsed'))
  EXECUTE FUNCTION hold_objected_award();
--> statement-breakpoint
-- The number is the database's to give, the next of its pack and year, held until the document is there: no gaps. The
-- document is of an award that was approved, and of the voucher that was signed.
CREATE FUNCTION number_decision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM awards a JOIN reward_pools p ON p.id = a.pool_id JOIN vouchers v ON v.award_id = a.id
      WHERE a.id = NEW.award_id AND a.lead_id = NEW.lead_id AND p.pack_id = NEW.pack_id
        AND a.status IN ('approved', 'accepted', 'posted', 'paid')
        AND NEW.facts ->> 'voucher' = encode(v.hash, 'hex') AND NEW.facts ->> 'amountFen' = a.amount_fen::text) THEN
    PERFORM refuse('award_decisions_award', 'a decision is of an approved award and its voucher');
  END IF;
  NEW.year := extract(year FROM NEW.issued_on)::integer;
  INSERT INTO decision_counters AS c (pack_id, year, last) VALUES (NEW.pack_id, NEW.year, 1)
    ON CONFLICT (pack_id, year) DO UPDATE SET last = c.last + 1
    RETURNING last INTO NEW.no;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER award_decisions_number BEFORE INSERT ON award_decisions FOR EACH ROW EXECUTE FUNCTION number_decision();
--> statement-breakpoint
-- What the register of arrivals says of tips somebody in finance may see: the hash of each one's row. Ranks are not
-- told: a gap in them would tell of reports that are none of finance's.
CREATE FUNCTION arrival_proofs(of_tips uuid[]) RETURNS TABLE (tip_id uuid, arrival_no bigint, hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT r.tip_id, r.arrival_no, r.hash FROM arrival_ranks r JOIN tips t ON t.id = r.tip_id
   WHERE r.tip_id = ANY (of_tips) AND t.wants_reward
     AND ((SELECT acting_for_portal()) OR (SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver', 'auditor')))
     AND (t.lead_id <> ALL ((SELECT recused_leads())::uuid[])) IS NOT FALSE
$$;
--> statement-breakpoint
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['assessment_records','assessment_answers','award_decisions']
  LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
      guarded || '_append_only', guarded);
  END LOOP;
  CREATE TRIGGER award_objections_no_delete BEFORE DELETE ON award_objections FOR EACH ROW EXECUTE FUNCTION refuse_change();
  FOREACH guarded IN ARRAY ARRAY['assessment_records','assessment_answers','award_decisions','award_objections']
  LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      guarded || '_no_truncate', guarded);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY portal ON %I USING ((SELECT acting_for_portal()))', guarded);
    EXECUTE format('CREATE POLICY money_reads ON %I FOR SELECT USING ((SELECT acting_as(
      ''finance_preparer'', ''finance_reviewer'', ''finance_approver'', ''cashier'', ''auditor'')))', guarded);
    -- A conflict of interest outweighs every role, on the reward of a lead as on the lead.
    EXECUTE format('CREATE POLICY recused ON %I AS RESTRICTIVE
      USING (lead_id <> ALL ((SELECT recused_leads())::uuid[]))', guarded);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE POLICY preparer_adds ON assessment_records FOR INSERT WITH CHECK ((SELECT acting_as('finance_preparer')));
--> statement-breakpoint
CREATE POLICY preparer_adds ON assessment_answers FOR INSERT
  WITH CHECK (answered_by = (SELECT acting_staff()) AND (SELECT acting_as('finance_preparer')));
--> statement-breakpoint
-- The informant's own: that they objected, and what was answered. Their words are a message of theirs.
CREATE POLICY reporter_reads ON award_objections FOR SELECT USING (tip_id = (SELECT acting_reporter_tip()));
--> statement-breakpoint
CREATE POLICY reporter_adds ON award_objections FOR INSERT
  WITH CHECK (tip_id = (SELECT acting_reporter_tip()) AND outcome IS NULL);
--> statement-breakpoint
CREATE POLICY finance_answers ON award_objections FOR UPDATE
  USING ((SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver')))
  WITH CHECK (answered_by = (SELECT acting_staff()));
--> statement-breakpoint
ALTER TABLE decision_counters ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY portal ON decision_counters USING ((SELECT acting_for_portal()));
--> statement-breakpoint
-- Money that comes in later is verified in a later version of the finding, which a supplement is computed on. A reward
-- still on its way, or back from the bank, keeps the finding it was signed on; one that was paid stays as it is.
CREATE OR REPLACE FUNCTION keep_rewarded_finding() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.status = 'verified' AND NEW.status <> 'verified' AND EXISTS (
       SELECT 1 FROM reward_pools p JOIN awards a ON a.pool_id = p.id
        WHERE p.finding_id = OLD.id AND a.status IN ('approved', 'accepted', 'posted')
          AND NOT EXISTS (SELECT 1 FROM payouts o WHERE o.award_id = a.id AND o.status = 'live')) THEN
    PERFORM refuse('findings_rewarded', 'a finding is not replaced under an approved reward');
  END IF;
  RETURN NEW;
END $$;
