CREATE TABLE "news" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid NOT NULL,
	"noted_on" date NOT NULL,
	"after_no" bigint DEFAULT 0 NOT NULL,
	"until_no" bigint NOT NULL,
	CONSTRAINT "news_place_ck" CHECK ("news"."after_no" >= 0 and "news"."after_no" <= "news"."until_no")
);
--> statement-breakpoint
DROP INDEX "notices_waiting_uq";--> statement-breakpoint
ALTER TABLE "news" ADD CONSTRAINT "news_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "notices_waiting_uq" ON "notices" USING btree ("tip_id") WHERE status = 'waiting';
--> statement-breakpoint
-- News of a lead is one row in its act's transaction; the portal alone reads it and makes the notices afterwards.
ALTER TABLE news ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY portal ON news USING ((SELECT acting_for_portal()));
--> statement-breakpoint
CREATE OR REPLACE FUNCTION note_news_of_lead(of_lead uuid, noted date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM require_news_teller();
  IF may_tell_news(of_lead) IS NOT TRUE THEN RETURN; END IF;
  INSERT INTO news (id, lead_id, noted_on, until_no)
  SELECT gen_random_uuid(), of_lead, noted, t.arrival_no
    FROM tips t WHERE t.lead_id = of_lead ORDER BY t.arrival_no DESC LIMIT 1;
END $$;
--> statement-breakpoint
-- What is new while a mail is under way waits for a mail of its own: that one may have been read already.
CREATE OR REPLACE FUNCTION note_news_of_tips(tip_ids uuid[], noted date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM require_news_teller();
  INSERT INTO notices (id, tip_id, raised_on, language)
  SELECT gen_random_uuid(), t.id, noted, t.language
    FROM tips t JOIN sealed_values v ON v.owner_table = 'tips' AND v.owner_id = t.id AND v.field = 'contact'
   WHERE t.id = ANY (tip_ids) AND may_tell_news(t.lead_id) AND t.receipt_closed_on IS NULL
  ON CONFLICT (tip_id) WHERE status = 'waiting' DO NOTHING;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION keep_notice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE closed date;
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM refuse('notices_history', 'a notice begins by waiting');
  END IF;
  IF ROW (NEW.id, NEW.tip_id, NEW.raised_on, NEW.language) IS DISTINCT FROM
     ROW (OLD.id, OLD.tip_id, OLD.raised_on, OLD.language) THEN
    PERFORM refuse('notices_history', 'what a notice is about stays');
  END IF;
  IF NEW.status <> OLD.status AND NOT (CASE OLD.status
      WHEN 'waiting' THEN NEW.status IN ('sending', 'dropped')
      WHEN 'sending' THEN NEW.status IN ('sent', 'unsent', 'unknown', 'waiting')
      WHEN 'unsent' THEN NEW.status IN ('waiting', 'dropped')
      WHEN 'unknown' THEN NEW.status IN ('waiting', 'dropped')
      ELSE false END) THEN
    PERFORM refuse('notices_history', 'a notice is sent once');
  END IF;
  -- Its receipt was closed while the mail was under way. Held, so that a closing at this moment is waited for.
  IF OLD.status = 'sending' AND NEW.status IN ('waiting', 'unsent', 'unknown') THEN
    SELECT t.receipt_closed_on INTO closed FROM tips t WHERE t.id = NEW.tip_id FOR SHARE;
    IF closed IS NOT NULL THEN NEW.status := 'dropped'; END IF;
  END IF;
  -- Later news waits already, and is told for both.
  IF OLD.status = 'sending' AND NEW.status = 'waiting' AND EXISTS (
      SELECT 1 FROM notices n WHERE n.tip_id = NEW.tip_id AND n.status = 'waiting' AND n.id <> NEW.id) THEN
    NEW.status := 'dropped';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- Files sent with messages: 20 of a report on a day, however many forms come at once. The lock is the thread's
-- (enter-thread).
CREATE FUNCTION limit_message_files() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('tip_messages ' || NEW.tip_id, 0));
  IF (SELECT count(*) FROM tip_files f WHERE f.tip_id = NEW.tip_id AND f.message_id IS NOT NULL
       AND f.added_on = NEW.added_on AND f.id <> NEW.id) >= 20 THEN
    PERFORM refuse('tip_files_day', 'messages of one report bring 20 files a day');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER tip_files_day BEFORE INSERT OR UPDATE OF message_id ON tip_files FOR EACH ROW
  WHEN (NEW.message_id IS NOT NULL) EXECUTE FUNCTION limit_message_files();
--> statement-breakpoint
-- Intake reads nobody's roles. It may ask whether somebody takes reports down at this moment, and is told that alone;
-- whoever takes the role away meanwhile waits until the report is in.
CREATE FUNCTION takes_reports_down(of_staff uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF acting_receipt('intake') IS NULL THEN RETURN false; END IF;
  PERFORM 1 FROM staff s WHERE s.id = of_staff AND s.status = 'active' FOR SHARE;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM 1 FROM staff_roles g
    WHERE g.staff_id = of_staff AND g.role = 'hotline_operator' AND g.revoked_at IS NULL FOR SHARE;
  RETURN FOUND;
END $$;
--> statement-breakpoint
-- A mail about 重大 may be born from a report's arrival: it has a day, whatever becomes of it.
UPDATE staff_mails SET next_at = created_at, attempts = least(attempts, 1),
  sent_at = CASE WHEN sent_at IS NULL THEN NULL ELSE created_at END WHERE kind = 'major';
--> statement-breakpoint
ALTER TABLE "staff_mails" ADD CONSTRAINT "staff_mails_major_ck" CHECK ("staff_mails"."kind" <> 'major' or "staff_mails"."next_at" = "staff_mails"."created_at" and coalesce("staff_mails"."sent_at", "staff_mails"."created_at") = "staff_mails"."created_at" and "staff_mails"."attempts" <= 1);
