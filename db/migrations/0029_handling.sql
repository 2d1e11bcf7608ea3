CREATE TABLE "handling_letters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"agency_id" text NOT NULL,
	"year" integer NOT NULL,
	"no" integer NOT NULL,
	"recipient" text NOT NULL,
	"facts" jsonb NOT NULL,
	"limit_days" integer,
	"limit_kind" text,
	"issued_on" date NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "handling_letters_no_uq" UNIQUE("agency_id","kind","year","no"),
	CONSTRAINT "handling_letters_lead_uq" UNIQUE("id","lead_id"),
	CONSTRAINT "handling_letters_kind_ck" CHECK ("handling_letters"."kind" in ('rectify','repayment','forward','sites','transfer')),
	CONSTRAINT "handling_letters_recipient_ck" CHECK (char_length("handling_letters"."recipient") between 2 and 100),
	CONSTRAINT "handling_letters_limit_ck" CHECK (("handling_letters"."limit_days" is null) = ("handling_letters"."limit_kind" is null) and ("handling_letters"."limit_days" is null or "handling_letters"."limit_days" between 1 and 365 and "handling_letters"."limit_kind" in ('working','calendar'))),
	CONSTRAINT "handling_letters_asks_ck" CHECK ("handling_letters"."kind" not in ('rectify','repayment') or "handling_letters"."limit_days" is not null)
);
--> statement-breakpoint
CREATE TABLE "lead_measures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid NOT NULL,
	"measure_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"kind" text NOT NULL,
	"taken_on" date NOT NULL,
	"agency_id" text NOT NULL,
	"legal_basis" text NOT NULL,
	"summary" text NOT NULL,
	"document_number" text,
	"outcome" text,
	"review_on" date,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "lead_measures_version_uq" UNIQUE("measure_id","version"),
	CONSTRAINT "lead_measures_kind_ck" CHECK ("lead_measures"."kind" in ('interview','warning','rectify_order','licence','close_down','transfer','online','supervision','other')),
	CONSTRAINT "lead_measures_version_ck" CHECK ("lead_measures"."version" >= 1),
	CONSTRAINT "lead_measures_basis_ck" CHECK (char_length("lead_measures"."legal_basis") between 2 and 200),
	CONSTRAINT "lead_measures_summary_ck" CHECK (char_length("lead_measures"."summary") between 2 and 1000),
	CONSTRAINT "lead_measures_number_ck" CHECK (char_length("lead_measures"."document_number") between 2 and 100),
	CONSTRAINT "lead_measures_outcome_ck" CHECK (char_length("lead_measures"."outcome") between 2 and 1000),
	CONSTRAINT "lead_measures_review_ck" CHECK (("lead_measures"."kind" = 'supervision') = ("lead_measures"."review_on" is not null) and ("lead_measures"."review_on" is null or "lead_measures"."review_on" >= "lead_measures"."taken_on"))
);
--> statement-breakpoint
CREATE TABLE "letter_counters" (
	"agency_id" text NOT NULL,
	"kind" text NOT NULL,
	"year" integer NOT NULL,
	"last" integer NOT NULL,
	CONSTRAINT "letter_counters_pk" PRIMARY KEY("agency_id","kind","year")
);
--> statement-breakpoint
CREATE TABLE "letter_steps" (
	"id" uuid PRIMARY KEY NOT NULL,
	"step_no" bigint GENERATED ALWAYS AS IDENTITY (sequence name "letter_steps_step_no_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"letter_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"on_day" date NOT NULL,
	"result" text,
	"extend_days" integer,
	"document_number" text,
	"note" text,
	"sha256" "bytea",
	"files" integer,
	"bytes" bigint,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "letter_steps_no_uq" UNIQUE("step_no"),
	CONSTRAINT "letter_steps_kind_ck" CHECK ("letter_steps"."kind" in ('served','reminded','answered','received','judged','review','closed','bundle','receipt')),
	CONSTRAINT "letter_steps_result_ck" CHECK (case "letter_steps"."kind" when 'review' then "letter_steps"."result" in ('done','partly','not_done')
          when 'judged' then "letter_steps"."result" in ('accepted','refused') when 'receipt' then "letter_steps"."result" in ('accepted','refused')
          when 'closed' then "letter_steps"."result" in ('done','ban') else "letter_steps"."result" is null end is true),
	CONSTRAINT "letter_steps_extend_ck" CHECK ("letter_steps"."extend_days" is null or "letter_steps"."kind" = 'review' and "letter_steps"."result" <> 'done' and "letter_steps"."extend_days" between 1 and 365),
	CONSTRAINT "letter_steps_bundle_ck" CHECK (("letter_steps"."kind" = 'bundle') = ("letter_steps"."sha256" is not null) and ("letter_steps"."kind" = 'bundle') = ("letter_steps"."files" is not null)
          and ("letter_steps"."kind" = 'bundle') = ("letter_steps"."bytes" is not null)
          and ("letter_steps"."sha256" is null or octet_length("letter_steps"."sha256") = 32 and "letter_steps"."files" between 0 and 1000 and "letter_steps"."bytes" >= 0)),
	CONSTRAINT "letter_steps_receipt_ck" CHECK ("letter_steps"."kind" <> 'receipt' or (case "letter_steps"."result" when 'accepted' then "letter_steps"."document_number" is not null else "letter_steps"."note" is not null end)),
	CONSTRAINT "letter_steps_note_ck" CHECK (char_length("letter_steps"."note") between 2 and 1000),
	CONSTRAINT "letter_steps_number_ck" CHECK (char_length("letter_steps"."document_number") between 2 and 100)
);
--> statement-breakpoint
CREATE TABLE "preservation_steps" (
	"id" uuid PRIMARY KEY NOT NULL,
	"step_no" bigint GENERATED ALWAYS AS IDENTITY (sequence name "preservation_steps_step_no_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"preservation_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"on_day" date NOT NULL,
	"from_holder" text,
	"to_holder" text,
	"decision" text,
	"reason" text NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "preservation_steps_no_uq" UNIQUE("step_no"),
	CONSTRAINT "preservation_steps_kind_ck" CHECK ("preservation_steps"."kind" in ('handover','decided')),
	CONSTRAINT "preservation_steps_holders_ck" CHECK (("preservation_steps"."kind" = 'handover') = ("preservation_steps"."from_holder" is not null) and ("preservation_steps"."kind" = 'handover') = ("preservation_steps"."to_holder" is not null)
          and ("preservation_steps"."to_holder" is null or char_length("preservation_steps"."to_holder") between 2 and 100 and "preservation_steps"."to_holder" <> "preservation_steps"."from_holder")),
	CONSTRAINT "preservation_steps_decision_ck" CHECK (("preservation_steps"."kind" = 'decided') = ("preservation_steps"."decision" is not null) and ("preservation_steps"."decision" is null or "preservation_steps"."decision" in ('return','seize','appraise','transfer','confiscate'))),
	CONSTRAINT "preservation_steps_reason_ck" CHECK (char_length("preservation_steps"."reason") between 2 and 500)
);
--> statement-breakpoint
CREATE TABLE "preservations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid NOT NULL,
	"agency_id" text NOT NULL,
	"item" text NOT NULL,
	"quantity" text NOT NULL,
	"place" text NOT NULL,
	"holder" text NOT NULL,
	"legal_basis" text NOT NULL,
	"sha256" "bytea",
	"taken_on" date NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "preservations_lead_uq" UNIQUE("id","lead_id"),
	CONSTRAINT "preservations_item_ck" CHECK (char_length("preservations"."item") between 2 and 200),
	CONSTRAINT "preservations_quantity_ck" CHECK (char_length("preservations"."quantity") between 1 and 50),
	CONSTRAINT "preservations_place_ck" CHECK (char_length("preservations"."place") between 2 and 200),
	CONSTRAINT "preservations_holder_ck" CHECK (char_length("preservations"."holder") between 2 and 100),
	CONSTRAINT "preservations_basis_ck" CHECK (char_length("preservations"."legal_basis") between 2 and 200),
	CONSTRAINT "preservations_sha256_ck" CHECK (octet_length("preservations"."sha256") = 32)
);
--> statement-breakpoint
ALTER TABLE "handling_letters" ADD CONSTRAINT "handling_letters_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "handling_letters" ADD CONSTRAINT "handling_letters_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "handling_letters" ADD CONSTRAINT "handling_letters_staff_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_measures" ADD CONSTRAINT "lead_measures_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_measures" ADD CONSTRAINT "lead_measures_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_measures" ADD CONSTRAINT "lead_measures_staff_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "letter_counters" ADD CONSTRAINT "letter_counters_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "letter_steps" ADD CONSTRAINT "letter_steps_letter_fk" FOREIGN KEY ("letter_id","lead_id") REFERENCES "public"."handling_letters"("id","lead_id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "letter_steps" ADD CONSTRAINT "letter_steps_staff_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "preservation_steps" ADD CONSTRAINT "preservation_steps_of_fk" FOREIGN KEY ("preservation_id","lead_id") REFERENCES "public"."preservations"("id","lead_id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "preservation_steps" ADD CONSTRAINT "preservation_steps_staff_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "preservations" ADD CONSTRAINT "preservations_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "preservations" ADD CONSTRAINT "preservations_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "preservations" ADD CONSTRAINT "preservations_staff_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "handling_letters_lead_ix" ON "handling_letters" USING btree ("lead_id","id");--> statement-breakpoint
CREATE INDEX "lead_measures_lead_ix" ON "lead_measures" USING btree ("lead_id","measure_id");--> statement-breakpoint
CREATE INDEX "letter_steps_letter_ix" ON "letter_steps" USING btree ("letter_id","step_no");--> statement-breakpoint
CREATE UNIQUE INDEX "letter_steps_extended_uq" ON "letter_steps" USING btree ("letter_id") WHERE extend_days is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "letter_steps_served_uq" ON "letter_steps" USING btree ("letter_id") WHERE kind = 'served';--> statement-breakpoint
CREATE INDEX "preservation_steps_of_ix" ON "preservation_steps" USING btree ("preservation_id","step_no");--> statement-breakpoint
CREATE UNIQUE INDEX "preservation_steps_decided_uq" ON "preservation_steps" USING btree ("preservation_id") WHERE kind = 'decided';--> statement-breakpoint
CREATE INDEX "preservations_lead_ix" ON "preservations" USING btree ("lead_id","id");
--> statement-breakpoint
-- Whether nobody of the bodies that lead a lead has an account to act with. As definer: it asks of other bodies' staff.
CREATE FUNCTION led_without_accounts(of_lead uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM lead_agencies h
                  WHERE h.lead_id = of_lead AND h.to_at IS NULL AND h.relation IN ('lead','co_lead'))
     AND NOT EXISTS (SELECT 1 FROM lead_agencies h JOIN staff s ON s.agency_id = h.agency_id AND s.status = 'active'
                       JOIN staff_roles r ON r.staff_id = s.id AND r.role = 'agency_officer' AND r.revoked_at IS NULL
                      WHERE h.lead_id = of_lead AND h.to_at IS NULL AND h.relation IN ('lead','co_lead'))
$$;
--> statement-breakpoint
-- What was done is added to, never changed.
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['lead_measures','handling_letters','letter_steps','preservations','preservation_steps']
  LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
      guarded || '_append_only', guarded);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      guarded || '_no_truncate', guarded);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY portal ON %I USING ((SELECT acting_for_portal()))', guarded);
    -- A conflict of interest outweighs every role.
    EXECUTE format('CREATE POLICY recused ON %I AS RESTRICTIVE
      USING ((lead_id <> ALL ((SELECT recused_leads())::uuid[])) IS NOT FALSE)', guarded);
    EXECUTE format('CREATE POLICY office_reads ON %I FOR SELECT
      USING ((SELECT acting_as(''triage_officer'', ''auditor'')))', guarded);
    -- Only the bodies that lead: those that merely help handle nothing and see nothing of it.
    EXECUTE format('CREATE POLICY agency_reads ON %I FOR SELECT
      USING ((SELECT acting_as(''agency_officer'', ''agency_verifier''))
        AND EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = %I.lead_id AND h.leading))', guarded, guarded);
    EXECUTE format('CREATE POLICY agency_adds ON %I FOR INSERT
      WITH CHECK ((SELECT acting_as(''agency_officer'')) AND recorded_by = (SELECT acting_staff())
        AND EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = %I.lead_id AND h.leading))', guarded, guarded);
    -- For bodies without accounts alone; what became of a 转办函 is the office's to record whatever came since.
    EXECUTE format('CREATE POLICY triage_adds ON %I FOR INSERT
      WITH CHECK ((SELECT acting_as(''triage_officer'')) AND recorded_by = (SELECT acting_staff())
        AND EXISTS (SELECT 1 FROM leads l WHERE l.id = %I.lead_id) AND (led_without_accounts(lead_id) %s))',
      guarded, guarded, CASE guarded WHEN 'letter_steps' THEN
        'OR EXISTS (SELECT 1 FROM handling_letters f WHERE f.id = letter_steps.letter_id AND f.kind = ''forward'')' END);
  END LOOP;
END $$;
--> statement-breakpoint
-- Nor do bodies that only help learn of it from the trail or from the clocks of these acts.
CREATE POLICY handling_kept ON lead_clocks AS RESTRICTIVE FOR SELECT
  USING (kind IN ('accept','handle','dispute') OR (SELECT acting_for_portal())
    OR (SELECT acting_as('triage_officer', 'auditor'))
    OR EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = lead_clocks.lead_id AND h.leading));
--> statement-breakpoint
CREATE POLICY handling_kept ON events AS RESTRICTIVE FOR SELECT
  USING ((split_part(action, '.', 1) NOT IN ('letter','measure','preservation')
      AND coalesce(data->>'clock', '') NOT IN ('rectify','follow_up','preservation','repayment_plan','answer'))
    OR (SELECT acting_for_portal()) OR (SELECT acting_as('triage_officer', 'auditor'))
    OR EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = events.lead_id AND h.leading));
--> statement-breakpoint
-- An officer numbers and keeps things for their own body alone.
CREATE POLICY own_body ON handling_letters AS RESTRICTIVE FOR INSERT
  WITH CHECK ((SELECT acting_for_portal()) OR (SELECT acting_as('triage_officer')) OR agency_id = (SELECT acting_agency()));
--> statement-breakpoint
CREATE POLICY own_body ON preservations AS RESTRICTIVE FOR INSERT
  WITH CHECK ((SELECT acting_for_portal()) OR (SELECT acting_as('triage_officer')) OR agency_id = (SELECT acting_agency()));
--> statement-breakpoint
ALTER TABLE letter_counters ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY portal ON letter_counters USING ((SELECT acting_for_portal()));
--> statement-breakpoint
-- The number is the database's to give: the next of its body, kind and year, held by the counter's row until the letter
-- is there, so that two at once do not share one and a letter that failed leaves no gap.
CREATE FUNCTION number_letter() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  NEW.year := extract(year FROM NEW.issued_on)::integer;
  INSERT INTO letter_counters AS c (agency_id, kind, year, last) VALUES (NEW.agency_id, NEW.kind, NEW.year, 1)
    ON CONFLICT (agency_id, kind, year) DO UPDATE SET last = c.last + 1
    RETURNING last INTO NEW.no;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER handling_letters_number BEFORE INSERT ON handling_letters FOR EACH ROW EXECUTE FUNCTION number_letter();
--> statement-breakpoint
-- Versions of a measure follow each other on one lead and stay of one kind.
CREATE FUNCTION keep_measure_versions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  last lead_measures%ROWTYPE;
BEGIN
  SELECT * INTO last FROM lead_measures m WHERE m.measure_id = NEW.measure_id ORDER BY m.version DESC LIMIT 1;
  IF NEW.version > 20 THEN
    PERFORM refuse('lead_measures_many', 'a measure has no more than 20 versions');
  END IF;
  IF NEW.version <> coalesce(last.version, 0) + 1
     OR last.id IS NOT NULL AND (last.lead_id <> NEW.lead_id OR last.kind <> NEW.kind OR last.agency_id <> NEW.agency_id) THEN
    PERFORM refuse('lead_measures_version', 'a measure''s versions follow each other on its lead');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER lead_measures_version BEFORE INSERT ON lead_measures FOR EACH ROW EXECUTE FUNCTION keep_measure_versions();
--> statement-breakpoint
-- A letter's steps are those of its kind, in order, and none follows its end.
CREATE FUNCTION keep_letter_steps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  of_kind text;
  issued date;
BEGIN
  SELECT l.kind, l.issued_on INTO of_kind, issued FROM handling_letters l WHERE l.id = NEW.letter_id FOR UPDATE;
  IF of_kind IS NULL OR NEW.on_day < issued OR NEW.kind <> ALL (CASE of_kind
       WHEN 'rectify' THEN ARRAY['served','review','closed'] WHEN 'repayment' THEN ARRAY['served','received','judged']
       WHEN 'transfer' THEN ARRAY['bundle','receipt'] ELSE ARRAY['served','reminded','answered'] END) THEN
    PERFORM refuse('letter_steps_of_kind', 'this letter has no such step, or not on that day');
  END IF;
  IF EXISTS (SELECT 1 FROM letter_steps s WHERE s.letter_id = NEW.letter_id
               AND (s.kind IN ('closed','judged') OR s.kind = 'receipt' AND s.result = 'accepted')) THEN
    PERFORM refuse('letter_steps_ended', 'the letter has come to its end');
  END IF;
  -- What is shown of a letter at once stays bounded.
  IF (SELECT count(*) FROM letter_steps s WHERE s.letter_id = NEW.letter_id) >= 60 THEN
    PERFORM refuse('letter_steps_many', 'a letter has no more than 60 steps');
  END IF;
  IF NEW.kind NOT IN ('served','bundle','receipt')
     AND NOT EXISTS (SELECT 1 FROM letter_steps s WHERE s.letter_id = NEW.letter_id AND s.kind = 'served') THEN
    PERFORM refuse('letter_steps_served', 'the letter was not handed over yet');
  END IF;
  IF NEW.kind = 'judged'
     AND NOT EXISTS (SELECT 1 FROM letter_steps s WHERE s.letter_id = NEW.letter_id AND s.kind = 'received') THEN
    PERFORM refuse('letter_steps_received', 'no plan was handed in yet');
  END IF;
  IF NEW.kind = 'closed' AND NOT EXISTS (
       SELECT 1 FROM letter_steps s WHERE s.letter_id = NEW.letter_id AND s.kind = 'review' AND s.step_no =
         (SELECT max(r.step_no) FROM letter_steps r WHERE r.letter_id = NEW.letter_id AND r.kind = 'review')
         AND (s.result = 'done') = (NEW.result = 'done')) THEN
    PERFORM refuse('letter_steps_reviewed', 'a notice ends as its last follow-up found');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER letter_steps_rules BEFORE INSERT ON letter_steps FOR EACH ROW EXECUTE FUNCTION keep_letter_steps();
--> statement-breakpoint
-- An unbroken chain: a thing is handed over by whoever holds it, not before they got it, and not after the decision.
CREATE FUNCTION keep_custody() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  holds text;
  since date;
BEGIN
  SELECT p.holder, p.taken_on INTO holds, since FROM preservations p WHERE p.id = NEW.preservation_id FOR UPDATE;
  IF EXISTS (SELECT 1 FROM preservation_steps s WHERE s.preservation_id = NEW.preservation_id AND s.kind = 'decided') THEN
    PERFORM refuse('preservation_steps_ended', 'what to do with it was decided');
  END IF;
  IF (SELECT count(*) FROM preservation_steps s WHERE s.preservation_id = NEW.preservation_id) >= 60 THEN
    PERFORM refuse('preservation_steps_many', 'a thing changes hands no more than 59 times');
  END IF;
  SELECT s.to_holder, s.on_day INTO holds, since FROM (
    SELECT holds AS to_holder, since AS on_day, 0 AS step_no
    UNION ALL
    SELECT s.to_holder, s.on_day, s.step_no FROM preservation_steps s WHERE s.preservation_id = NEW.preservation_id
  ) s ORDER BY s.step_no DESC LIMIT 1;
  IF NEW.on_day < since OR NEW.kind = 'handover' AND NEW.from_holder IS DISTINCT FROM holds THEN
    PERFORM refuse('preservation_steps_chain', 'it is handed over by who holds it, in the order of days');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER preservation_steps_chain BEFORE INSERT ON preservation_steps FOR EACH ROW EXECUTE FUNCTION keep_custody();
