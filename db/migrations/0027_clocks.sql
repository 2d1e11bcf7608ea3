CREATE TABLE "alerts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"lead_id" uuid,
	"place" text,
	"rule" text NOT NULL,
	"figure" text NOT NULL,
	"raised_on" date NOT NULL,
	"acknowledged_by" uuid,
	"acknowledged_at" timestamp (3) with time zone,
	"note" text,
	CONSTRAINT "alerts_kind_ck" CHECK ("alerts"."kind" in ('major','surge_lead','surge_place')),
	CONSTRAINT "alerts_of_ck" CHECK (("alerts"."kind" = 'surge_place') = ("alerts"."lead_id" is null) and ("alerts"."kind" = 'surge_place') = ("alerts"."place" is not null)),
	CONSTRAINT "alerts_acknowledged_ck" CHECK (("alerts"."acknowledged_by" is null) = ("alerts"."acknowledged_at" is null)),
	CONSTRAINT "alerts_note_ck" CHECK ("alerts"."note" is null or char_length("alerts"."note") <= 300)
);
--> statement-breakpoint
CREATE TABLE "calendar_lists" (
	"id" uuid PRIMARY KEY NOT NULL,
	"list_no" bigint GENERATED ALWAYS AS IDENTITY (sequence name "calendar_lists_list_no_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"year" integer NOT NULL,
	"document" text NOT NULL,
	"days_off" date[] NOT NULL,
	"work_days" date[] NOT NULL,
	"entered_by" uuid NOT NULL,
	"entered_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "calendar_lists_no_uq" UNIQUE("list_no"),
	CONSTRAINT "calendar_lists_year_ck" CHECK ("calendar_lists"."year" between 2020 and 2100),
	CONSTRAINT "calendar_lists_document_ck" CHECK (char_length("calendar_lists"."document") between 4 and 100),
	CONSTRAINT "calendar_lists_days_ck" CHECK (cardinality("calendar_lists"."days_off") between 1 and 60 and cardinality("calendar_lists"."work_days") <= 30 and not "calendar_lists"."days_off" && "calendar_lists"."work_days")
);
--> statement-breakpoint
CREATE TABLE "clock_extensions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"clock_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"days" integer NOT NULL,
	"reason" text NOT NULL,
	"asked_by" uuid NOT NULL,
	"asked_at" timestamp (3) with time zone NOT NULL,
	"outcome" text,
	"decided_by" uuid,
	"decided_at" timestamp (3) with time zone,
	CONSTRAINT "clock_extensions_days_ck" CHECK ("clock_extensions"."days" between 1 and 400),
	CONSTRAINT "clock_extensions_reason_ck" CHECK (char_length("clock_extensions"."reason") between 2 and 300),
	CONSTRAINT "clock_extensions_outcome_ck" CHECK ("clock_extensions"."outcome" in ('granted','refused')),
	CONSTRAINT "clock_extensions_decided_ck" CHECK (("clock_extensions"."outcome" is null) = ("clock_extensions"."decided_by" is null) and ("clock_extensions"."outcome" is null) = ("clock_extensions"."decided_at" is null)),
	CONSTRAINT "clock_extensions_second_ck" CHECK ("clock_extensions"."decided_by" <> "clock_extensions"."asked_by")
);
--> statement-breakpoint
CREATE TABLE "clock_pauses" (
	"id" uuid PRIMARY KEY NOT NULL,
	"clock_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"cause" text NOT NULL,
	"reason" text,
	"from_on" date NOT NULL,
	"until_on" date,
	"to_on" date,
	"message_id" uuid,
	"paused_by" uuid,
	CONSTRAINT "clock_pauses_cause_ck" CHECK ("clock_pauses"."cause" in ('reporter','dispute','other')),
	CONSTRAINT "clock_pauses_why_ck" CHECK ("clock_pauses"."cause" <> 'other' or char_length("clock_pauses"."reason") between 2 and 300),
	CONSTRAINT "clock_pauses_reporter_ck" CHECK (("clock_pauses"."cause" = 'reporter') = ("clock_pauses"."message_id" is not null)),
	CONSTRAINT "clock_pauses_until_ck" CHECK (("clock_pauses"."cause" = 'reporter') = ("clock_pauses"."until_on" is not null)),
	CONSTRAINT "clock_pauses_days_ck" CHECK ("clock_pauses"."to_on" is null or "clock_pauses"."to_on" >= "clock_pauses"."from_on")
);
--> statement-breakpoint
CREATE TABLE "lead_clocks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject" text DEFAULT '' NOT NULL,
	"started_on" date NOT NULL,
	"limit_days" integer NOT NULL,
	"limit_kind" text NOT NULL,
	"clause" text,
	"extension_days" integer DEFAULT 0 NOT NULL,
	"wait_days" integer DEFAULT 10 NOT NULL,
	"wait_times" integer DEFAULT 0 NOT NULL,
	"extended_days" integer DEFAULT 0 NOT NULL,
	"due_on" date,
	"calendar_no" bigint DEFAULT 0 NOT NULL,
	"ended_on" date,
	"started_by" uuid,
	CONSTRAINT "lead_clocks_kind_ck" CHECK ("lead_clocks"."kind" in ('accept','handle','rectify','follow_up','preservation','repayment_plan','dispute','answer')),
	CONSTRAINT "lead_clocks_limit_ck" CHECK ("lead_clocks"."limit_days" between 1 and 400 and "lead_clocks"."limit_kind" in ('working','calendar')),
	CONSTRAINT "lead_clocks_extended_ck" CHECK ("lead_clocks"."extension_days" between 0 and 400 and "lead_clocks"."extended_days" between 0 and "lead_clocks"."extension_days"),
	CONSTRAINT "lead_clocks_wait_ck" CHECK ("lead_clocks"."wait_days" between 1 and 400 and "lead_clocks"."wait_times" between 0 and 10),
	CONSTRAINT "lead_clocks_ended_ck" CHECK ("lead_clocks"."ended_on" is null or "lead_clocks"."ended_on" >= "lead_clocks"."started_on")
);
--> statement-breakpoint
CREATE TABLE "supervisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"year" integer NOT NULL,
	"no" integer NOT NULL,
	"lead_id" uuid NOT NULL,
	"agency_id" text NOT NULL,
	"clock_kind" text NOT NULL,
	"due_on" date NOT NULL,
	"note" text NOT NULL,
	"answer_by" date NOT NULL,
	"issued_by" uuid NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"answer" text,
	"answered_by" uuid,
	"answered_at" timestamp (3) with time zone,
	CONSTRAINT "supervisions_no_uq" UNIQUE("year","no"),
	CONSTRAINT "supervisions_clock_ck" CHECK ("supervisions"."clock_kind" in ('accept','handle')),
	CONSTRAINT "supervisions_note_ck" CHECK (char_length("supervisions"."note") between 2 and 500),
	CONSTRAINT "supervisions_answer_ck" CHECK ("supervisions"."answer" is null or char_length("supervisions"."answer") between 2 and 1000),
	CONSTRAINT "supervisions_answered_ck" CHECK (("supervisions"."answer" is null) = ("supervisions"."answered_by" is null) and ("supervisions"."answer" is null) = ("supervisions"."answered_at" is null))
);
--> statement-breakpoint
CREATE TABLE "tip_tallies" (
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"day" date NOT NULL,
	"tips" integer NOT NULL,
	CONSTRAINT "tip_tallies_uq" UNIQUE("kind","key","day"),
	CONSTRAINT "tip_tallies_kind_ck" CHECK ("tip_tallies"."kind" in ('lead','place'))
);
--> statement-breakpoint
CREATE TABLE "plan_deadlines" (
	"id" uuid PRIMARY KEY NOT NULL,
	"round_id" uuid NOT NULL,
	"phase" text NOT NULL,
	"title" text NOT NULL,
	"due_on" date NOT NULL,
	CONSTRAINT "plan_deadlines_phase_uq" UNIQUE("round_id","phase")
);
--> statement-breakpoint
CREATE TABLE "plan_rounds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pack_id" text NOT NULL,
	"title" text NOT NULL,
	"opened_by" uuid NOT NULL,
	"opened_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "plan_rounds_title_ck" CHECK (char_length("plan_rounds"."title") between 2 and 60)
);
--> statement-breakpoint
CREATE TABLE "plan_states" (
	"id" uuid PRIMARY KEY NOT NULL,
	"deadline_id" uuid NOT NULL,
	"agency_id" text NOT NULL,
	"state" text NOT NULL,
	"state_on" date NOT NULL,
	"note" text,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "plan_states_state_ck" CHECK ("plan_states"."state" in ('done','not_yet')),
	CONSTRAINT "plan_states_note_ck" CHECK ("plan_states"."note" is null or char_length("plan_states"."note") <= 300)
);
--> statement-breakpoint
ALTER TABLE "staff_mails" DROP CONSTRAINT "staff_mails_kind_ck";--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_staff_fk" FOREIGN KEY ("acknowledged_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "calendar_lists" ADD CONSTRAINT "calendar_lists_staff_fk" FOREIGN KEY ("entered_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clock_extensions" ADD CONSTRAINT "clock_extensions_clock_fk" FOREIGN KEY ("clock_id") REFERENCES "public"."lead_clocks"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clock_extensions" ADD CONSTRAINT "clock_extensions_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clock_extensions" ADD CONSTRAINT "clock_extensions_asker_fk" FOREIGN KEY ("asked_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clock_extensions" ADD CONSTRAINT "clock_extensions_decider_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clock_pauses" ADD CONSTRAINT "clock_pauses_clock_fk" FOREIGN KEY ("clock_id") REFERENCES "public"."lead_clocks"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clock_pauses" ADD CONSTRAINT "clock_pauses_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clock_pauses" ADD CONSTRAINT "clock_pauses_message_fk" FOREIGN KEY ("message_id") REFERENCES "public"."tip_messages"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clock_pauses" ADD CONSTRAINT "clock_pauses_staff_fk" FOREIGN KEY ("paused_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_clocks" ADD CONSTRAINT "lead_clocks_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_clocks" ADD CONSTRAINT "lead_clocks_staff_fk" FOREIGN KEY ("started_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "supervisions" ADD CONSTRAINT "supervisions_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "supervisions" ADD CONSTRAINT "supervisions_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "supervisions" ADD CONSTRAINT "supervisions_issuer_fk" FOREIGN KEY ("issued_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "supervisions" ADD CONSTRAINT "supervisions_answerer_fk" FOREIGN KEY ("answered_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_deadlines" ADD CONSTRAINT "plan_deadlines_round_fk" FOREIGN KEY ("round_id") REFERENCES "public"."plan_rounds"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_rounds" ADD CONSTRAINT "plan_rounds_staff_fk" FOREIGN KEY ("opened_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_states" ADD CONSTRAINT "plan_states_deadline_fk" FOREIGN KEY ("deadline_id") REFERENCES "public"."plan_deadlines"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_states" ADD CONSTRAINT "plan_states_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plan_states" ADD CONSTRAINT "plan_states_staff_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_major_uq" ON "alerts" USING btree ("lead_id","rule") WHERE kind = 'major';--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_surge_uq" ON "alerts" USING btree ("kind",coalesce(lead_id::text, place),"raised_on") WHERE kind <> 'major';--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_surge_open_uq" ON "alerts" USING btree ("kind",coalesce(lead_id::text, place)) WHERE kind <> 'major' and acknowledged_at is null;--> statement-breakpoint
CREATE INDEX "alerts_open_ix" ON "alerts" USING btree ("raised_on","id") WHERE acknowledged_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "clock_extensions_once_uq" ON "clock_extensions" USING btree ("clock_id") WHERE outcome is distinct from 'refused';--> statement-breakpoint
CREATE INDEX "clock_extensions_lead_ix" ON "clock_extensions" USING btree ("lead_id");--> statement-breakpoint
CREATE UNIQUE INDEX "clock_pauses_open_uq" ON "clock_pauses" USING btree ("clock_id","cause") WHERE to_on is null;--> statement-breakpoint
CREATE INDEX "clock_pauses_lead_ix" ON "clock_pauses" USING btree ("lead_id");--> statement-breakpoint
CREATE UNIQUE INDEX "lead_clocks_running_uq" ON "lead_clocks" USING btree ("lead_id","kind","subject") WHERE ended_on is null;--> statement-breakpoint
CREATE INDEX "lead_clocks_calendar_ix" ON "lead_clocks" USING btree ("calendar_no","id") WHERE ended_on is null;--> statement-breakpoint
CREATE UNIQUE INDEX "supervisions_open_uq" ON "supervisions" USING btree ("lead_id","agency_id","clock_kind") WHERE answered_at is null;--> statement-breakpoint
CREATE INDEX "supervisions_agency_ix" ON "supervisions" USING btree ("agency_id","answered_at");--> statement-breakpoint
CREATE INDEX "tip_tallies_day_ix" ON "tip_tallies" USING btree ("day");--> statement-breakpoint
CREATE INDEX "plan_deadlines_due_ix" ON "plan_deadlines" USING btree ("due_on");--> statement-breakpoint
CREATE UNIQUE INDEX "plan_rounds_running_uq" ON "plan_rounds" USING btree ("pack_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "plan_states_latest_ix" ON "plan_states" USING btree ("deadline_id","agency_id","recorded_at");--> statement-breakpoint
CREATE INDEX "tips_day_ix" ON "tips" USING btree ("arrived_on");--> statement-breakpoint
ALTER TABLE "staff_mails" ADD CONSTRAINT "staff_mails_kind_ck" CHECK ("staff_mails"."kind" in ('enrolment', 'deadline', 'major', 'supervision', 'calendar', 'plan'));--> statement-breakpoint
-- What the board, the mails and reporters read of a lead's deadlines follows its clocks. As definer: whose act stops a
-- clock may not change the lead otherwise.
CREATE FUNCTION tell_lead_of_clock() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.kind = 'accept' THEN
    UPDATE leads SET accept_due_on = NEW.due_on WHERE id = NEW.lead_id AND accept_due_on IS DISTINCT FROM NEW.due_on;
  ELSE
    UPDATE leads SET handle_due_on = NEW.due_on WHERE id = NEW.lead_id AND handle_due_on IS DISTINCT FROM NEW.due_on;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER lead_clocks_tell AFTER INSERT OR UPDATE OF due_on ON lead_clocks FOR EACH ROW
  WHEN (NEW.kind IN ('accept', 'handle')) EXECUTE FUNCTION tell_lead_of_clock();
--> statement-breakpoint
-- However a lead is closed (办结, 不予受理, emptied by a merge), its 受理 and 办理 are over. What else runs (整改, 回头看)
-- goes on.
CREATE FUNCTION end_clocks_of_lead() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE ended date := (NEW.closed_at AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
  UPDATE clock_pauses p SET to_on = greatest(ended, p.from_on) FROM lead_clocks c
   WHERE c.id = p.clock_id AND c.lead_id = NEW.id AND c.kind IN ('accept', 'handle') AND c.ended_on IS NULL AND p.to_on IS NULL;
  UPDATE lead_clocks c SET ended_on = greatest(ended, c.started_on)
   WHERE c.lead_id = NEW.id AND c.kind IN ('accept', 'handle') AND c.ended_on IS NULL;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER leads_end_clocks AFTER UPDATE OF closed_at ON leads FOR EACH ROW
  WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL) EXECUTE FUNCTION end_clocks_of_lead();
--> statement-breakpoint
-- What a clock is and when it began stays; an end and an extension are never taken back.
CREATE FUNCTION keep_clock() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF to_jsonb(NEW) - ARRAY['due_on', 'calendar_no', 'ended_on', 'extended_days'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['due_on', 'calendar_no', 'ended_on', 'extended_days']
     OR OLD.ended_on IS NOT NULL
     OR OLD.extended_days <> 0 AND NEW.extended_days <> OLD.extended_days THEN
    PERFORM refuse('lead_clocks_history', 'a clock ends once, is extended once, and keeps its beginning');
  END IF;
  IF NEW.extended_days <> OLD.extended_days AND NOT EXISTS (
       SELECT 1 FROM clock_extensions e WHERE e.clock_id = NEW.id AND e.outcome = 'granted' AND e.days = NEW.extended_days) THEN
    PERFORM refuse('lead_clocks_extension', 'a clock is extended by what a second person agreed to');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER lead_clocks_history BEFORE UPDATE ON lead_clocks FOR EACH ROW EXECUTE FUNCTION keep_clock();
--> statement-breakpoint
CREATE FUNCTION keep_pause() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT 1 FROM lead_clocks c WHERE c.id = NEW.clock_id AND c.lead_id = NEW.lead_id AND c.ended_on IS NULL)
       OR NEW.to_on IS NOT NULL
       OR acting_staff() IS NOT NULL AND NEW.paused_by IS DISTINCT FROM acting_staff() THEN
      PERFORM refuse('clock_pauses_history', 'a clock that runs is stopped in the name of who stops it');
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.to_on IS NOT NULL OR to_jsonb(NEW) - 'to_on' IS DISTINCT FROM to_jsonb(OLD) - 'to_on' THEN
    PERFORM refuse('clock_pauses_history', 'a pause is only ever ended');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER clock_pauses_history BEFORE INSERT OR UPDATE ON clock_pauses FOR EACH ROW EXECUTE FUNCTION keep_pause();
--> statement-breakpoint
CREATE FUNCTION keep_extension() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.outcome IS NOT NULL OR acting_staff() IS NOT NULL AND NEW.asked_by IS DISTINCT FROM acting_staff()
       OR NOT EXISTS (SELECT 1 FROM lead_clocks c WHERE c.id = NEW.clock_id AND c.lead_id = NEW.lead_id AND c.ended_on IS NULL) THEN
      PERFORM refuse('clock_extensions_history', 'an extension of a clock that runs is asked for in one''s own name and waits');
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.outcome IS NOT NULL OR to_jsonb(NEW) - ARRAY['outcome', 'decided_by', 'decided_at'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['outcome', 'decided_by', 'decided_at']
     OR acting_staff() IS NOT NULL AND NEW.decided_by IS DISTINCT FROM acting_staff() THEN
    PERFORM refuse('clock_extensions_history', 'an extension is decided once, in the name of who decides');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER clock_extensions_history BEFORE INSERT OR UPDATE ON clock_extensions
  FOR EACH ROW EXECUTE FUNCTION keep_extension();
--> statement-breakpoint
-- Numbered without gaps, as definer: whoever is recused from a lead does not see its number is taken.
CREATE FUNCTION keep_supervision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.answer IS NOT NULL OR acting_staff() IS NOT NULL AND NEW.issued_by IS DISTINCT FROM acting_staff() THEN
      PERFORM refuse('supervisions_history', 'a 督办 is issued in one''s own name and waits for its answer');
    END IF;
    NEW.year := extract(year FROM NEW.issued_at AT TIME ZONE 'Asia/Shanghai');
    PERFORM pg_advisory_xact_lock(hashtextextended('supervisions', NEW.year));
    NEW.no := coalesce((SELECT max(s.no) FROM supervisions s WHERE s.year = NEW.year), 0) + 1;
    RETURN NEW;
  END IF;
  IF OLD.answer IS NOT NULL OR to_jsonb(NEW) - ARRAY['answer', 'answered_by', 'answered_at'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['answer', 'answered_by', 'answered_at']
     OR acting_staff() IS NOT NULL AND NEW.answered_by IS DISTINCT FROM acting_staff() THEN
    PERFORM refuse('supervisions_history', 'a 督办 is answered once, in the name of who answers');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER supervisions_history BEFORE INSERT OR UPDATE ON supervisions
  FOR EACH ROW EXECUTE FUNCTION keep_supervision();
--> statement-breakpoint
CREATE FUNCTION keep_alert() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.acknowledged_at IS NOT NULL OR to_jsonb(NEW) - ARRAY['acknowledged_by', 'acknowledged_at', 'note'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['acknowledged_by', 'acknowledged_at', 'note']
     OR acting_staff() IS NOT NULL AND NEW.acknowledged_by IS DISTINCT FROM acting_staff() THEN
    PERFORM refuse('alerts_history', 'an alert is acknowledged once, in one''s own name');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER alerts_history BEFORE UPDATE ON alerts FOR EACH ROW EXECUTE FUNCTION keep_alert();
--> statement-breakpoint
CREATE FUNCTION keep_round() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL OR to_jsonb(NEW) - 'ended_at' IS DISTINCT FROM to_jsonb(OLD) - 'ended_at' THEN
    PERFORM refuse('plan_rounds_history', 'a round is only ever ended');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER plan_rounds_history BEFORE UPDATE ON plan_rounds FOR EACH ROW EXECUTE FUNCTION keep_round();
--> statement-breakpoint
CREATE FUNCTION keep_phase() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF to_jsonb(NEW) - 'due_on' IS DISTINCT FROM to_jsonb(OLD) - 'due_on' THEN
    PERFORM refuse('plan_deadlines_history', 'of a phase only its day moves');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER plan_deadlines_history BEFORE UPDATE ON plan_deadlines FOR EACH ROW EXECUTE FUNCTION keep_phase();
--> statement-breakpoint
-- As mail_major (0021): whoever's act raises it sees no alert. Once a lead and cause, however many reports come at once.
CREATE FUNCTION raise_alert(of_lead uuid, met text, with_figure text, noted date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (acting_for_portal() OR acting_as('triage_officer') AND of_lead <> ALL (recused_leads())
      OR of_lead = acting_intake_lead()) IS NOT TRUE THEN
    PERFORM refuse('alerts_raiser', 'a lead is called 重大 by the intake of its report or by triage');
  END IF;
  INSERT INTO alerts (id, kind, lead_id, rule, figure, raised_on)
  SELECT gen_random_uuid(), 'major', l.id, met, with_figure, noted FROM leads l WHERE l.id = of_lead AND l.is_major
  ON CONFLICT DO NOTHING;
END $$;
--> statement-breakpoint
-- The body's officers are told; whoever urges it reads no address.
CREATE FUNCTION mail_supervision(of_supervision uuid, noted timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO staff_mails (id, staff_id, kind, data, cause_key, created_at, next_at)
  SELECT gen_random_uuid(), p.id, 'supervision', jsonb_build_object('supervision', s.id), s.id::text, noted, noted
    FROM supervisions s JOIN staff p ON p.agency_id = s.agency_id
   WHERE s.id = of_supervision AND (acting_for_portal() OR acting_as('triage_officer') AND s.issued_by = acting_staff())
     AND p.status = 'active' AND p.email IS NOT NULL
     AND EXISTS (SELECT 1 FROM staff_roles g WHERE g.staff_id = p.id AND g.revoked_at IS NULL
                  AND g.role IN ('agency_officer', 'agency_verifier'))
     AND NOT EXISTS (SELECT 1 FROM lead_recusals r
                      WHERE r.lead_id = s.lead_id AND r.staff_id = p.id AND r.ended_at IS NULL)
  ON CONFLICT (kind, staff_id, cause_key) DO NOTHING;
END $$;
--> statement-breakpoint
-- Leads under way when clocks came keep the deadlines they were given. A clock knows no other calendar than the one it
-- was made with; these were counted in calendar days.
INSERT INTO lead_clocks (id, lead_id, kind, started_on, limit_days, limit_kind, extension_days, wait_times, due_on)
SELECT gen_random_uuid(), l.id, c.kind, (l.dispatched_at AT TIME ZONE 'Asia/Shanghai')::date, c.days, 'calendar', c.more, 2,
       CASE c.kind WHEN 'accept' THEN l.accept_due_on ELSE l.handle_due_on END
  FROM leads l CROSS JOIN (VALUES ('accept', 15, 0), ('handle', 60, 30)) AS c (kind, days, more)
 WHERE l.dispatched_at IS NOT NULL AND l.accept_due_on IS NOT NULL AND l.handle_due_on IS NOT NULL
   AND l.closed_at IS NULL AND (c.kind = 'handle' OR l.stage = 'dispatched');
--> statement-breakpoint
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['calendar_lists','lead_clocks','clock_pauses','clock_extensions','supervisions','alerts',
    'tip_tallies','plan_rounds','plan_deadlines','plan_states']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY portal ON %I USING ((SELECT acting_for_portal()))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['lead_clocks','clock_pauses','clock_extensions','supervisions','alerts']
  LOOP
    EXECUTE format('CREATE POLICY recused ON %I AS RESTRICTIVE
      USING ((lead_id <> ALL ((SELECT recused_leads())::uuid[])) IS NOT FALSE)', guarded);
    EXECUTE format('CREATE POLICY office_reads ON %I FOR SELECT
      USING ((SELECT acting_as(''triage_officer'', ''auditor'')))', guarded);
    EXECUTE format('CREATE POLICY triage_changes ON %I FOR UPDATE USING ((SELECT acting_as(''triage_officer'')))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['lead_clocks','clock_pauses','clock_extensions','supervisions']
  LOOP
    EXECUTE format('CREATE POLICY triage_adds ON %I FOR INSERT
      WITH CHECK ((SELECT acting_as(''triage_officer''))
        AND EXISTS (SELECT 1 FROM leads l WHERE l.id = %I.lead_id))', guarded, guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['lead_clocks','clock_pauses','clock_extensions']
  LOOP
    EXECUTE format('CREATE POLICY agency_reads ON %I FOR SELECT
      USING ((SELECT acting_as(''agency_officer'', ''agency_verifier''))
        AND EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = %I.lead_id))', guarded, guarded);
    EXECUTE format('CREATE POLICY agency_adds ON %I FOR INSERT
      WITH CHECK ((SELECT acting_as(''agency_officer'', ''agency_verifier''))
        AND EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = %I.lead_id AND h.leading))', guarded, guarded);
    EXECUTE format('CREATE POLICY agency_changes ON %I FOR UPDATE
      USING ((SELECT acting_as(''agency_officer'', ''agency_verifier''))
        AND EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = %I.lead_id AND h.leading))', guarded, guarded);
  END LOOP;
  -- Public: the State Council's own lists. Phases of the plan concern every body.
  EXECUTE 'CREATE POLICY published ON calendar_lists FOR SELECT USING ((SELECT acting_for_anybody()))';
  FOREACH guarded IN ARRAY ARRAY['plan_rounds','plan_deadlines','plan_states']
  LOOP
    EXECUTE format('CREATE POLICY office_reads ON %I FOR SELECT
      USING ((SELECT acting_as(''triage_officer'', ''auditor'')))', guarded);
    EXECUTE format('CREATE POLICY triage_adds ON %I FOR INSERT WITH CHECK ((SELECT acting_as(''triage_officer'')))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['plan_rounds','plan_deadlines']
  LOOP
    EXECUTE format('CREATE POLICY agency_reads ON %I FOR SELECT
      USING ((SELECT acting_as(''agency_officer'', ''agency_verifier'')))', guarded);
    EXECUTE format('CREATE POLICY triage_changes ON %I FOR UPDATE USING ((SELECT acting_as(''triage_officer'')))', guarded);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE POLICY administrators_add ON calendar_lists FOR INSERT
  WITH CHECK (entered_by = (SELECT acting_staff()) AND (SELECT acting_as('administrator')));
--> statement-breakpoint
-- Its own 督办, of a lead it holds: what it lost it sees no more.
CREATE POLICY agency_reads ON supervisions FOR SELECT
  USING ((SELECT acting_as('agency_officer', 'agency_verifier')) AND agency_id = (SELECT acting_agency())
    AND EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = supervisions.lead_id));
--> statement-breakpoint
CREATE POLICY agency_answers ON supervisions FOR UPDATE
  USING ((SELECT acting_as('agency_officer')) AND agency_id = (SELECT acting_agency())
    AND EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = supervisions.lead_id AND h.leading));
--> statement-breakpoint
CREATE POLICY agency_reads ON plan_states FOR SELECT
  USING ((SELECT acting_as('agency_officer', 'agency_verifier')) AND agency_id = (SELECT acting_agency()));
