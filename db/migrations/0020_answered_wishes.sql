ALTER TABLE "tip_messages" ADD COLUMN "agency_id" text;--> statement-breakpoint
ALTER TABLE "tip_messages" ADD COLUMN "outcome" text;--> statement-breakpoint
ALTER TABLE "tip_messages" ADD COLUMN "outcome_on" date;--> statement-breakpoint
ALTER TABLE "tip_messages" ADD CONSTRAINT "tip_messages_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "tip_messages_wish_uq" ON "tip_messages" USING btree ("tip_id") WHERE kind = 'reopen' and outcome is null;--> statement-breakpoint
ALTER TABLE "tip_messages" ADD CONSTRAINT "tip_messages_outcome_ck" CHECK (("tip_messages"."outcome" is null) = ("tip_messages"."outcome_on" is null) and ("tip_messages"."outcome" is null or "tip_messages"."kind" = 'reopen' and "tip_messages"."outcome" in ('reopened', 'declined', 'lapsed')));--> statement-breakpoint
ALTER TABLE "tip_messages" ADD CONSTRAINT "tip_messages_body_ck" CHECK (("tip_messages"."written_by" is null) = ("tip_messages"."agency_id" is null));
--> statement-breakpoint
-- A wish to have the matter opened again is answered once, by triage (or for the portal); nothing else of a message
-- changes but the other side's first look.
CREATE OR REPLACE FUNCTION keep_message() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF to_jsonb(NEW) - ARRAY['read_on', 'outcome', 'outcome_on'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['read_on', 'outcome', 'outcome_on']
     OR OLD.read_on IS NOT NULL AND NEW.read_on IS DISTINCT FROM OLD.read_on
     OR OLD.outcome IS NOT NULL AND (NEW.outcome, NEW.outcome_on) IS DISTINCT FROM (OLD.outcome, OLD.outcome_on) THEN
    PERFORM refuse('tip_messages_history', 'a message is never edited');
  END IF;
  IF NEW.outcome IS DISTINCT FROM OLD.outcome AND acting_staff() IS NOT NULL AND NOT acting_as('triage_officer') THEN
    PERFORM refuse('tip_messages_answer', 'triage answers a wish to have a matter opened again');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- Nobody marks what they wrote themselves as read: staff look at what came in, reporters at what went out.
CREATE FUNCTION keep_message_reader() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.read_on IS DISTINCT FROM OLD.read_on AND
     (OLD.direction = 'out' AND acting_staff() IS NOT NULL
      OR OLD.direction = 'in' AND current_setting('app.actor_kind', true) = 'reporter') THEN
    PERFORM refuse('tip_messages_reader', 'a message is read by the other side');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER tip_messages_reader BEFORE UPDATE ON tip_messages FOR EACH ROW EXECUTE FUNCTION keep_message_reader();
--> statement-breakpoint
-- Staff write for the body they belong to, and no other.
CREATE POLICY own_body ON tip_messages AS RESTRICTIVE FOR INSERT
  WITH CHECK ((SELECT acting_staff()) IS NULL OR agency_id = (SELECT acting_agency()));
--> statement-breakpoint
-- A reporter marks answers as seen, and lets their own wish lapse with the receipt.
DROP POLICY own_receipt_marks ON tip_messages;
--> statement-breakpoint
CREATE POLICY own_receipt_marks ON tip_messages FOR UPDATE USING (tip_id = (SELECT acting_reporter_tip()))
  WITH CHECK (tip_id = (SELECT acting_reporter_tip()) AND (direction = 'out' OR outcome = 'lapsed'));
