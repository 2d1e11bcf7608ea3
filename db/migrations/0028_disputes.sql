CREATE TABLE "dispute_decisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"dispute_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"outcome" text NOT NULL,
	"by_group" boolean NOT NULL,
	"agency_ids" text[] NOT NULL,
	"legal_basis" text NOT NULL,
	"reasons" text NOT NULL,
	"dissent" text,
	"decided_by" uuid NOT NULL,
	"decided_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "dispute_decisions_uq" UNIQUE("dispute_id"),
	CONSTRAINT "dispute_decisions_outcome_ck" CHECK ("dispute_decisions"."outcome" in ('single', 'joint')),
	CONSTRAINT "dispute_decisions_bodies_ck" CHECK (case "dispute_decisions"."outcome" when 'single' then cardinality("dispute_decisions"."agency_ids") = 1 else cardinality("dispute_decisions"."agency_ids") between 2 and 10 end),
	CONSTRAINT "dispute_decisions_basis_ck" CHECK (char_length(btrim("dispute_decisions"."legal_basis")) between 2 and 300),
	CONSTRAINT "dispute_decisions_reasons_ck" CHECK (char_length(btrim("dispute_decisions"."reasons")) between 2 and 4000)
);
--> statement-breakpoint
CREATE TABLE "dispute_opinions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"dispute_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"agency_id" text NOT NULL,
	"version" integer NOT NULL,
	"opinion" text NOT NULL,
	"legal_basis" text NOT NULL,
	"proposed_agency_id" text NOT NULL,
	"letter_number" text,
	"letter_on" date,
	"given_by" uuid NOT NULL,
	"given_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "dispute_opinions_version_uq" UNIQUE("dispute_id","agency_id","version"),
	CONSTRAINT "dispute_opinions_text_ck" CHECK (char_length(btrim("dispute_opinions"."opinion")) between 2 and 4000),
	CONSTRAINT "dispute_opinions_basis_ck" CHECK (char_length(btrim("dispute_opinions"."legal_basis")) between 2 and 300),
	CONSTRAINT "dispute_opinions_letter_ck" CHECK (("dispute_opinions"."letter_number" is null) = ("dispute_opinions"."letter_on" is null))
);
--> statement-breakpoint
CREATE TABLE "dispute_parties" (
	"id" uuid PRIMARY KEY NOT NULL,
	"dispute_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"agency_id" text NOT NULL,
	"why" text NOT NULL,
	"joined_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "dispute_parties_uq" UNIQUE("dispute_id","agency_id"),
	CONSTRAINT "dispute_parties_why_ck" CHECK ("dispute_parties"."why" in ('returned', 'proposed', 'held', 'invited', 'decided'))
);
--> statement-breakpoint
CREATE TABLE "dispute_records" (
	"id" uuid PRIMARY KEY NOT NULL,
	"dispute_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"held_on" date NOT NULL,
	"people" text NOT NULL,
	"summary" text NOT NULL,
	"document_number" text,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "dispute_records_kind_ck" CHECK ("dispute_records"."kind" in ('meeting', 'expert', 'reminder', 'escalated', 'answered')),
	CONSTRAINT "dispute_records_answer_ck" CHECK ("dispute_records"."kind" not in ('escalated', 'answered') or "dispute_records"."document_number" is not null)
);
--> statement-breakpoint
CREATE TABLE "dispute_reopenings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"dispute_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"agency_id" text NOT NULL,
	"facts" text NOT NULL,
	"legal_basis" text NOT NULL,
	"asked_by" uuid NOT NULL,
	"asked_at" timestamp (3) with time zone NOT NULL,
	"outcome" text,
	"answer" text,
	"answered_by" uuid,
	"answered_at" timestamp (3) with time zone,
	CONSTRAINT "dispute_reopenings_uq" UNIQUE("dispute_id"),
	CONSTRAINT "dispute_reopenings_facts_ck" CHECK (char_length(btrim("dispute_reopenings"."facts")) between 2 and 4000),
	CONSTRAINT "dispute_reopenings_basis_ck" CHECK (char_length(btrim("dispute_reopenings"."legal_basis")) between 2 and 300),
	CONSTRAINT "dispute_reopenings_outcome_ck" CHECK ("dispute_reopenings"."outcome" is null or "dispute_reopenings"."outcome" in ('granted', 'refused')),
	CONSTRAINT "dispute_reopenings_answer_ck" CHECK (("dispute_reopenings"."outcome" is null) = ("dispute_reopenings"."answered_by" is null) and ("dispute_reopenings"."outcome" is null) = ("dispute_reopenings"."answered_at" is null) and ("dispute_reopenings"."outcome" is null) = ("dispute_reopenings"."answer" is null))
);
--> statement-breakpoint
CREATE TABLE "disputes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid NOT NULL,
	"lead_number" bigint NOT NULL,
	"subject_name" text NOT NULL,
	"cause" text NOT NULL,
	"reopens_id" uuid,
	"question" text NOT NULL,
	"mediator_id" text NOT NULL,
	"method" text NOT NULL,
	"clause" text NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"opened_by" uuid,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "disputes_lead_uq" UNIQUE("id","lead_id"),
	CONSTRAINT "disputes_reopens_uq" UNIQUE("reopens_id"),
	CONSTRAINT "disputes_cause_ck" CHECK ("disputes"."cause" in ('second_return', 'body', 'triage', 'new_facts')),
	CONSTRAINT "disputes_reopens_ck" CHECK (("disputes"."cause" = 'new_facts') = ("disputes"."reopens_id" is not null)),
	CONSTRAINT "disputes_status_ck" CHECK ("disputes"."status" in ('open', 'decided', 'dropped')),
	CONSTRAINT "disputes_ended_ck" CHECK (("disputes"."status" = 'open') = ("disputes"."ended_at" is null)),
	CONSTRAINT "disputes_question_ck" CHECK (char_length(btrim("disputes"."question")) between 2 and 500)
);
--> statement-breakpoint
CREATE TABLE "lead_returns" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid NOT NULL,
	"round" integer DEFAULT 0 NOT NULL,
	"ordinal" integer DEFAULT 1 NOT NULL,
	"agency_id" text NOT NULL,
	"proposed_agency_id" text NOT NULL,
	"legal_basis" text NOT NULL,
	"returned_by" uuid NOT NULL,
	"returned_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "lead_returns_turn_uq" UNIQUE("lead_id","round","ordinal"),
	CONSTRAINT "lead_returns_twice_ck" CHECK ("lead_returns"."ordinal" in (1, 2)),
	CONSTRAINT "lead_returns_basis_ck" CHECK (char_length(btrim("lead_returns"."legal_basis")) between 2 and 300)
);
--> statement-breakpoint
ALTER TABLE "dispute_decisions" ADD CONSTRAINT "dispute_decisions_dispute_fk" FOREIGN KEY ("dispute_id","lead_id") REFERENCES "public"."disputes"("id","lead_id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispute_decisions" ADD CONSTRAINT "dispute_decisions_staff_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispute_opinions" ADD CONSTRAINT "dispute_opinions_dispute_fk" FOREIGN KEY ("dispute_id","lead_id") REFERENCES "public"."disputes"("id","lead_id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispute_opinions" ADD CONSTRAINT "dispute_opinions_party_fk" FOREIGN KEY ("dispute_id","agency_id") REFERENCES "public"."dispute_parties"("dispute_id","agency_id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispute_opinions" ADD CONSTRAINT "dispute_opinions_proposed_fk" FOREIGN KEY ("proposed_agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispute_opinions" ADD CONSTRAINT "dispute_opinions_staff_fk" FOREIGN KEY ("given_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispute_parties" ADD CONSTRAINT "dispute_parties_dispute_fk" FOREIGN KEY ("dispute_id","lead_id") REFERENCES "public"."disputes"("id","lead_id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispute_parties" ADD CONSTRAINT "dispute_parties_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispute_records" ADD CONSTRAINT "dispute_records_dispute_fk" FOREIGN KEY ("dispute_id","lead_id") REFERENCES "public"."disputes"("id","lead_id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispute_records" ADD CONSTRAINT "dispute_records_staff_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispute_reopenings" ADD CONSTRAINT "dispute_reopenings_dispute_fk" FOREIGN KEY ("dispute_id","lead_id") REFERENCES "public"."disputes"("id","lead_id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispute_reopenings" ADD CONSTRAINT "dispute_reopenings_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispute_reopenings" ADD CONSTRAINT "dispute_reopenings_asker_fk" FOREIGN KEY ("asked_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispute_reopenings" ADD CONSTRAINT "dispute_reopenings_answerer_fk" FOREIGN KEY ("answered_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_reopens_fk" FOREIGN KEY ("reopens_id") REFERENCES "public"."disputes"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_mediator_fk" FOREIGN KEY ("mediator_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disputes" ADD CONSTRAINT "disputes_opener_fk" FOREIGN KEY ("opened_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_returns" ADD CONSTRAINT "lead_returns_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_returns" ADD CONSTRAINT "lead_returns_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_returns" ADD CONSTRAINT "lead_returns_proposed_fk" FOREIGN KEY ("proposed_agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_returns" ADD CONSTRAINT "lead_returns_staff_fk" FOREIGN KEY ("returned_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dispute_parties_agency_ix" ON "dispute_parties" USING btree ("agency_id","dispute_id");--> statement-breakpoint
CREATE INDEX "dispute_records_dispute_ix" ON "dispute_records" USING btree ("dispute_id","recorded_at");--> statement-breakpoint
CREATE UNIQUE INDEX "disputes_open_uq" ON "disputes" USING btree ("lead_id") WHERE status = 'open';--> statement-breakpoint
CREATE INDEX "disputes_list_ix" ON "disputes" USING btree ("status","opened_at","id");--> statement-breakpoint
-- One kind of mail more, beside whatever kinds there are.
DO $$
DECLARE kinds text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'staff_mails_kind_ck');
BEGIN
  ALTER TABLE staff_mails DROP CONSTRAINT staff_mails_kind_ck;
  EXECUTE 'ALTER TABLE staff_mails ADD CONSTRAINT staff_mails_kind_ck ' || replace(kinds, 'ARRAY[', 'ARRAY[''dispute''::text, ');
END $$;
--> statement-breakpoint
-- Leads under way keep the returns and disputes they have had.
INSERT INTO lead_returns (id, lead_id, round, ordinal, agency_id, proposed_agency_id, legal_basis, returned_by, returned_at)
SELECT gen_random_uuid(), b.lead_id, 0, b.nth, b.agency_id, b.proposed, b.basis, b.actor_id, b.at
  FROM (SELECT e.lead_id, s.agency_id, e.data->>'proposedBody' AS proposed, left(e.data->>'legalBasis', 300) AS basis, e.actor_id,
               coalesce(e.recorded_at, e.recorded_on::timestamptz) AS at,
               row_number() OVER (PARTITION BY e.lead_id ORDER BY e.seq) AS nth
          FROM events e JOIN staff s ON s.id = e.actor_id JOIN leads l ON l.id = e.lead_id
         WHERE e.action = 'lead.moved' AND 'returned' IN (e.data->>'to', e.data->>'asked') AND l.closed_at IS NULL
           -- One that has been through a dispute begins anew.
           AND (l.stage = 'disputed' OR NOT EXISTS (SELECT 1 FROM events d
             WHERE d.lead_id = l.id AND d.action = 'lead.moved' AND d.data->>'to' = 'disputed'))) b
 WHERE b.nth <= 2 AND char_length(btrim(b.basis)) >= 2 AND EXISTS (SELECT 1 FROM agencies a WHERE a.id = b.proposed);
--> statement-breakpoint
INSERT INTO disputes (id, lead_id, lead_number, subject_name, cause, question, mediator_id, method, clause, opened_at)
SELECT gen_random_uuid(), l.id, l.number, l.name, 'triage', '本线索应当由哪个部门牵头办理？', o.agency, o.method, o.clause, now()
  FROM leads l CROSS JOIN LATERAL (
    SELECT l.pack_id || '.' || coalesce(p.content #>> '{disagreement,agency}', p.content ->> 'leadingOffice') AS agency,
           coalesce(p.content #>> '{disagreement,method,zh}', '') AS method, coalesce(p.content #>> '{disagreement,clause}', '') AS clause
      FROM packs p WHERE p.pack_id = l.pack_id ORDER BY p.loaded_at DESC LIMIT 1) o
 WHERE l.stage = 'disputed' AND EXISTS (SELECT 1 FROM agencies a WHERE a.id = o.agency);
--> statement-breakpoint
INSERT INTO dispute_parties (id, dispute_id, lead_id, agency_id, why, joined_at)
SELECT gen_random_uuid(), d.id, d.lead_id, r.agency_id, 'returned', d.opened_at
  FROM disputes d JOIN lead_returns r ON r.lead_id = d.lead_id ON CONFLICT DO NOTHING;
--> statement-breakpoint
-- The disputes the acting person's body is heard in, but of leads kept to the leading office. Read as its owner, like
-- held_leads: a party need not hold the lead, and a policy must not ask `leads` through its own policies.
CREATE VIEW party_disputes AS
  SELECT p.dispute_id, p.lead_id FROM dispute_parties p JOIN leads l ON l.id = p.lead_id
   WHERE NOT l.leading_office_only AND p.agency_id = (SELECT acting_agency());
--> statement-breakpoint
-- Who sees a dispute: the leading office, auditors, and the bodies heard in it. A body that merely helps on the lead, or
-- holds it without being heard, sees none of it; whoever is recused from the lead neither.
DO $$
DECLARE guarded text; key text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['disputes','dispute_parties','dispute_opinions','dispute_records','dispute_decisions',
    'dispute_reopenings','lead_returns']
  LOOP
    key := CASE guarded WHEN 'disputes' THEN 'id' ELSE 'dispute_id' END;
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY portal ON %I USING ((SELECT acting_for_portal()))', guarded);
    EXECUTE format('CREATE POLICY recused ON %I AS RESTRICTIVE
      USING (lead_id <> ALL ((SELECT recused_leads())::uuid[]))', guarded);
    EXECUTE format('CREATE POLICY office_reads ON %I FOR SELECT
      USING ((SELECT acting_as(''triage_officer'', ''auditor'')))', guarded);
    IF guarded <> 'lead_returns' THEN
      EXECUTE format('CREATE POLICY party_reads ON %I FOR SELECT
        USING ((SELECT acting_as(''agency_officer'', ''agency_verifier''))
          AND EXISTS (SELECT 1 FROM party_disputes p WHERE p.dispute_id = %I.%I))', guarded, guarded, key);
    END IF;
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['disputes','dispute_parties']
  LOOP
    EXECUTE format('CREATE POLICY opens ON %I FOR INSERT WITH CHECK (
      (SELECT acting_as(''triage_officer'')) AND EXISTS (SELECT 1 FROM leads l WHERE l.id = %I.lead_id)
      OR (SELECT acting_as(''agency_officer'')) AND EXISTS (
        SELECT 1 FROM held_leads h WHERE h.lead_id = %I.lead_id AND h.leading))', guarded, guarded, guarded);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE POLICY triage_changes ON disputes FOR UPDATE USING ((SELECT acting_as('triage_officer')));
--> statement-breakpoint
CREATE POLICY agency_reads ON lead_returns FOR SELECT
  USING ((SELECT acting_as('agency_officer', 'agency_verifier'))
    AND EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = lead_returns.lead_id AND h.leading));
--> statement-breakpoint
CREATE POLICY party_reads ON lead_returns FOR SELECT
  USING ((SELECT acting_as('agency_officer', 'agency_verifier'))
    AND EXISTS (SELECT 1 FROM party_disputes p WHERE p.lead_id = lead_returns.lead_id));
--> statement-breakpoint
CREATE POLICY body_returns ON lead_returns FOR INSERT WITH CHECK (returned_by = (SELECT acting_staff()) AND (
  (SELECT acting_as('triage_officer')) AND EXISTS (SELECT 1 FROM leads l WHERE l.id = lead_returns.lead_id)
  OR (SELECT acting_as('agency_officer')) AND agency_id = (SELECT acting_agency()) AND EXISTS (
    SELECT 1 FROM held_leads h WHERE h.lead_id = lead_returns.lead_id AND h.leading)));
--> statement-breakpoint
-- A party speaks for itself; triage writes down what came by letter.
CREATE POLICY party_speaks ON dispute_opinions FOR INSERT WITH CHECK (given_by = (SELECT acting_staff()) AND (
  (SELECT acting_as('triage_officer')) AND letter_number IS NOT NULL
  OR (SELECT acting_as('agency_officer')) AND letter_number IS NULL AND agency_id = (SELECT acting_agency())
    AND EXISTS (SELECT 1 FROM party_disputes p WHERE p.dispute_id = dispute_opinions.dispute_id)));
--> statement-breakpoint
CREATE POLICY triage_records ON dispute_records FOR INSERT
  WITH CHECK (recorded_by = (SELECT acting_staff()) AND (SELECT acting_as('triage_officer')));
--> statement-breakpoint
CREATE POLICY triage_decides ON dispute_decisions FOR INSERT
  WITH CHECK (decided_by = (SELECT acting_staff()) AND (SELECT acting_as('triage_officer')));
--> statement-breakpoint
CREATE POLICY body_asks ON dispute_reopenings FOR INSERT WITH CHECK (asked_by = (SELECT acting_staff()) AND outcome IS NULL AND (
  (SELECT acting_as('triage_officer'))
  OR (SELECT acting_as('agency_officer')) AND agency_id = (SELECT acting_agency()) AND EXISTS (
    SELECT 1 FROM held_leads h WHERE h.lead_id = dispute_reopenings.lead_id AND h.leading)));
--> statement-breakpoint
CREATE POLICY triage_answers ON dispute_reopenings FOR UPDATE USING ((SELECT acting_as('triage_officer')));
--> statement-breakpoint
-- What happens in a dispute is told of the dispute, not of its lead, whose trail bodies read that are not heard in it.
CREATE POLICY disputes_by_parties ON events AS RESTRICTIVE FOR SELECT
  USING (subject_table <> 'disputes' OR (SELECT acting_staff()) IS NULL
    OR EXISTS (SELECT 1 FROM disputes d WHERE d.id::text = events.subject_id));
--> statement-breakpoint
-- Counting returns and asking for a decision must not depend on what the acting person sees.
CREATE FUNCTION return_round(of_lead uuid) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT count(*)::int FROM disputes WHERE lead_id = of_lead AND status <> 'open'
$$;
--> statement-breakpoint
CREATE FUNCTION returns_in_round(of_lead uuid) RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT count(*)::int FROM lead_returns WHERE lead_id = of_lead AND round = return_round(of_lead)
$$;
--> statement-breakpoint
CREATE FUNCTION dispute_was_decided(of_lead uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM disputes WHERE lead_id = of_lead AND status = 'decided')
$$;
--> statement-breakpoint
CREATE FUNCTION dispute_is_open(of_lead uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM disputes WHERE lead_id = of_lead AND status = 'open')
$$;
--> statement-breakpoint
-- Whether a body answers for itself: it has an officer with an account (decision 006).
CREATE FUNCTION has_officer(body text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM staff s JOIN staff_roles g ON g.staff_id = s.id
    WHERE s.agency_id = body AND s.status = 'active' AND g.role = 'agency_officer' AND g.revoked_at IS NULL)
$$;
--> statement-breakpoint
-- Whatever the row says, the database counts.
CREATE FUNCTION count_return() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF dispute_was_decided(NEW.lead_id) THEN
    PERFORM refuse('lead_returns_decided', 'a lead that was decided on in a dispute is not returned');
  END IF;
  IF dispute_is_open(NEW.lead_id) THEN
    PERFORM refuse('lead_returns_disputed', 'a lead in a dispute is not returned');
  END IF;
  NEW.round := return_round(NEW.lead_id);
  NEW.ordinal := returns_in_round(NEW.lead_id) + 1;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER lead_returns_counted BEFORE INSERT ON lead_returns FOR EACH ROW EXECUTE FUNCTION count_return();
--> statement-breakpoint
-- A lead goes back only by a return that was counted, once a round; it leaves a dispute by decision, or by its own end.
CREATE FUNCTION keep_lead_from_ping_pong() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.stage = 'returned' AND (dispute_was_decided(NEW.id) OR returns_in_round(NEW.id) <> 1) THEN
    PERFORM refuse('leads_returned_once', 'a lead goes back once, on a stated ground; the second return opens a dispute');
  END IF;
  IF OLD.stage = 'disputed' AND NEW.stage NOT IN ('closed', 'rejected') AND dispute_is_open(NEW.id) THEN
    PERFORM refuse('leads_dispute_open', 'a lead stays in its dispute until it is decided');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER leads_ping_pong BEFORE UPDATE OF stage ON leads FOR EACH ROW
  WHEN (OLD.stage IS DISTINCT FROM NEW.stage) EXECUTE FUNCTION keep_lead_from_ping_pong();
--> statement-breakpoint
CREATE FUNCTION drop_dispute() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE disputes SET status = 'dropped', ended_at = NEW.closed_at, version = version + 1
   WHERE lead_id = NEW.id AND status = 'open';
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER leads_drop_dispute AFTER UPDATE OF closed_at ON leads FOR EACH ROW
  WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL) EXECUTE FUNCTION drop_dispute();
--> statement-breakpoint
CREATE FUNCTION keep_dispute() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> 'open' THEN
      PERFORM refuse('disputes_history', 'a dispute begins open');
    END IF;
    IF NEW.cause IN ('second_return', 'body') AND dispute_was_decided(NEW.lead_id) THEN
      PERFORM refuse('disputes_decided', 'after a decision a body asks, on new facts, to take the dispute up again');
    END IF;
    IF NEW.cause = 'second_return' AND returns_in_round(NEW.lead_id) <> 2 THEN
      PERFORM refuse('disputes_second_return', 'a second return is counted before its dispute opens');
    END IF;
    IF NEW.cause = 'new_facts' AND NOT EXISTS (SELECT 1 FROM disputes d JOIN dispute_reopenings r ON r.dispute_id = d.id
         WHERE d.id = NEW.reopens_id AND d.lead_id = NEW.lead_id AND r.outcome = 'granted') THEN
      PERFORM refuse('disputes_reopened', 'a decided dispute is taken up again when the leading office grants it');
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.status <> 'open' OR to_jsonb(NEW) - ARRAY['question', 'version', 'status', 'ended_at'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['question', 'version', 'status', 'ended_at'] THEN
    PERFORM refuse('disputes_history', 'of an open dispute the question changes, and that it ends');
  END IF;
  IF NEW.status = 'decided' AND NOT EXISTS (SELECT 1 FROM dispute_decisions d WHERE d.dispute_id = NEW.id)
     OR NEW.status = 'dropped' AND NOT EXISTS (SELECT 1 FROM leads l WHERE l.id = NEW.lead_id AND l.closed_at IS NOT NULL) THEN
    PERFORM refuse('disputes_history', 'a dispute ends by its decision or with its lead');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER disputes_history BEFORE INSERT OR UPDATE ON disputes FOR EACH ROW EXECUTE FUNCTION keep_dispute();
--> statement-breakpoint
CREATE FUNCTION require_open_dispute(of_dispute uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- Held, so that nothing is added while it is being decided.
  PERFORM 1 FROM disputes WHERE id = of_dispute AND status = 'open' FOR SHARE;
  IF NOT FOUND THEN
    PERFORM refuse('disputes_ended', 'nothing is added to a dispute that has come to its end');
  END IF;
END $$;
--> statement-breakpoint
CREATE FUNCTION keep_opinion() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM require_open_dispute(NEW.dispute_id);
  IF NEW.version <> 1 + coalesce((SELECT max(o.version) FROM dispute_opinions o
       WHERE o.dispute_id = NEW.dispute_id AND o.agency_id = NEW.agency_id), 0) THEN
    PERFORM refuse('dispute_opinions_version_uq', 'an opinion is replaced by its next version');
  END IF;
  IF NEW.letter_number IS NOT NULL AND has_officer(NEW.agency_id) THEN
    PERFORM refuse('dispute_opinions_own_voice', 'a body with an officer speaks for itself');
  END IF;
  IF NEW.letter_number IS NULL AND NOT EXISTS (SELECT 1 FROM staff s WHERE s.id = NEW.given_by AND s.agency_id = NEW.agency_id) THEN
    PERFORM refuse('dispute_opinions_own_voice', 'an opinion is given by one of the body, or comes by letter');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER dispute_opinions_version BEFORE INSERT ON dispute_opinions FOR EACH ROW EXECUTE FUNCTION keep_opinion();
--> statement-breakpoint
CREATE FUNCTION keep_dispute_record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM require_open_dispute(NEW.dispute_id);
  IF NEW.kind = 'answered' AND NOT EXISTS (SELECT 1 FROM dispute_records r
       WHERE r.dispute_id = NEW.dispute_id AND r.kind = 'escalated') THEN
    PERFORM refuse('dispute_records_escalated', 'the leading group answers what was put to it');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER dispute_records_order BEFORE INSERT ON dispute_records FOR EACH ROW EXECUTE FUNCTION keep_dispute_record();
--> statement-breakpoint
CREATE FUNCTION keep_dispute_party() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM require_open_dispute(NEW.dispute_id);
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER dispute_parties_open BEFORE INSERT ON dispute_parties FOR EACH ROW EXECUTE FUNCTION keep_dispute_party();
--> statement-breakpoint
-- Decided when every body was heard or reminded, by a person of the office without a part in it.
CREATE FUNCTION keep_decision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM disputes WHERE id = NEW.dispute_id AND status = 'open' FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM refuse('disputes_ended', 'a dispute is decided once');
  END IF;
  IF EXISTS (SELECT 1 FROM lead_recusals r WHERE r.lead_id = NEW.lead_id AND r.staff_id = NEW.decided_by AND r.ended_at IS NULL) THEN
    PERFORM refuse('dispute_decisions_recused', 'whoever is recused decides nothing');
  END IF;
  IF EXISTS (SELECT 1 FROM dispute_opinions o WHERE o.dispute_id = NEW.dispute_id AND o.given_by = NEW.decided_by
       AND o.letter_number IS NULL)
     OR EXISTS (SELECT 1 FROM lead_returns r JOIN staff s ON s.id = r.returned_by
       WHERE r.lead_id = NEW.lead_id AND r.returned_by = NEW.decided_by AND s.agency_id = r.agency_id) THEN
    PERFORM refuse('dispute_decisions_own_part', 'whoever spoke for a party does not decide');
  END IF;
  IF EXISTS (SELECT 1 FROM dispute_parties p WHERE p.dispute_id = NEW.dispute_id
       AND NOT EXISTS (SELECT 1 FROM dispute_opinions o WHERE o.dispute_id = p.dispute_id AND o.agency_id = p.agency_id))
     AND NOT EXISTS (SELECT 1 FROM dispute_records r WHERE r.dispute_id = NEW.dispute_id AND r.kind = 'reminder') THEN
    PERFORM refuse('dispute_decisions_unheard', 'every body is heard, or was reminded');
  END IF;
  IF NEW.by_group AND NOT EXISTS (SELECT 1 FROM dispute_records r WHERE r.dispute_id = NEW.dispute_id AND r.kind = 'answered') THEN
    PERFORM refuse('dispute_decisions_answered', 'the leading group has answered before its decision is carried out');
  END IF;
  IF (SELECT count(DISTINCT a.id) FROM agencies a WHERE a.id = ANY (NEW.agency_ids)) <> cardinality(NEW.agency_ids) THEN
    PERFORM refuse('dispute_decisions_bodies', 'a decision names bodies there are, each once');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER dispute_decisions_rules BEFORE INSERT ON dispute_decisions FOR EACH ROW EXECUTE FUNCTION keep_decision();
--> statement-breakpoint
-- The body decided upon may read why, though it was not heard; the dispute ends.
CREATE FUNCTION settle_dispute() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO dispute_parties (id, dispute_id, lead_id, agency_id, why, joined_at)
  SELECT gen_random_uuid(), NEW.dispute_id, NEW.lead_id, body, 'decided', NEW.decided_at FROM unnest(NEW.agency_ids) body
  ON CONFLICT (dispute_id, agency_id) DO NOTHING;
  UPDATE disputes SET status = 'decided', ended_at = NEW.decided_at, version = version + 1 WHERE id = NEW.dispute_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER dispute_decisions_settle AFTER INSERT ON dispute_decisions FOR EACH ROW EXECUTE FUNCTION settle_dispute();
--> statement-breakpoint
-- Once a decision, by a body it names, and not of a dispute that was itself taken up again; answered once.
CREATE FUNCTION keep_reopening() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT 1 FROM disputes d JOIN dispute_decisions c ON c.dispute_id = d.id
         WHERE d.id = NEW.dispute_id AND d.cause <> 'new_facts' AND NEW.agency_id = ANY (c.agency_ids)) THEN
      PERFORM refuse('dispute_reopenings_once', 'a body the decision names asks once');
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.outcome IS NOT NULL OR to_jsonb(NEW) - ARRAY['outcome', 'answer', 'answered_by', 'answered_at'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['outcome', 'answer', 'answered_by', 'answered_at']
     OR acting_staff() IS NOT NULL AND NEW.answered_by IS DISTINCT FROM acting_staff() OR NEW.answered_by = NEW.asked_by THEN
    PERFORM refuse('dispute_reopenings_history', 'a wish is answered once, by another person than who asked');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER dispute_reopenings_history BEFORE INSERT OR UPDATE ON dispute_reopenings
  FOR EACH ROW EXECUTE FUNCTION keep_reopening();
--> statement-breakpoint
-- Mail to the officers of the bodies heard, as definer: whoever's act it is reads neither their addresses nor the outbox.
CREATE FUNCTION mail_dispute(of_dispute uuid, about text, cause text, noted timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE of_lead uuid := (SELECT lead_id FROM disputes WHERE id = of_dispute);
BEGIN
  IF (acting_for_portal() OR of_lead <> ALL (recused_leads()) AND (acting_as('triage_officer')
      OR acting_as('agency_officer') AND EXISTS (SELECT 1 FROM party_disputes p WHERE p.dispute_id = of_dispute))) IS NOT TRUE THEN
    PERFORM refuse('staff_mails_dispute', 'those heard in a dispute are written to by the office and by each other''s acts');
  END IF;
  INSERT INTO staff_mails (id, staff_id, kind, data, cause_key, created_at, next_at)
  SELECT gen_random_uuid(), s.id, 'dispute', jsonb_build_object('dispute', of_dispute, 'about', about), cause, noted, noted
    FROM dispute_parties p JOIN leads l ON l.id = p.lead_id JOIN staff s ON s.agency_id = p.agency_id
   WHERE p.dispute_id = of_dispute AND NOT l.leading_office_only AND s.status = 'active' AND s.email IS NOT NULL
     AND EXISTS (SELECT 1 FROM staff_roles g
                  WHERE g.staff_id = s.id AND g.role = 'agency_officer' AND g.revoked_at IS NULL)
     AND NOT EXISTS (SELECT 1 FROM lead_recusals r
                      WHERE r.lead_id = p.lead_id AND r.staff_id = s.id AND r.ended_at IS NULL)
     AND (about = 'decided' OR NOT EXISTS (SELECT 1 FROM dispute_opinions o
                      WHERE o.dispute_id = p.dispute_id AND o.agency_id = p.agency_id))
  ON CONFLICT (kind, staff_id, cause_key) DO NOTHING;
END $$;
--> statement-breakpoint
-- What was said, recorded and decided stays, whoever asks.
DO $$
DECLARE kept text;
BEGIN
  FOREACH kept IN ARRAY ARRAY['lead_returns','dispute_parties','dispute_opinions','dispute_records','dispute_decisions']
  LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
      kept || '_no_change', kept);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      kept || '_no_truncate', kept);
  END LOOP;
END $$;
