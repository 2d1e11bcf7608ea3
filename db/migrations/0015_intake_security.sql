-- Who sees the rows of part 3, and what of them may change. As in 0007: a query that forgets to ask returns nothing.
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['tip_files','tip_messages','tip_imports','notices','staff_mails']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY portal ON %I USING ((SELECT acting_for_portal()))', guarded);
  END LOOP;
  -- Files and messages are content: triage, and the bodies that lead the lead (recusals bind through `tips`).
  FOREACH guarded IN ARRAY ARRAY['tip_files','tip_messages']
  LOOP
    EXECUTE format('CREATE POLICY content_reads ON %I FOR SELECT USING (
      (SELECT acting_as(''triage_officer'')) AND EXISTS (SELECT 1 FROM tips t WHERE t.id = %I.tip_id)
      OR (SELECT acting_as(''agency_officer'', ''agency_verifier'')) AND EXISTS (
        SELECT 1 FROM tips t JOIN held_leads h ON h.lead_id = t.lead_id AND h.leading
         WHERE t.id = %I.tip_id AND NOT t.concerns_official))', guarded, guarded, guarded);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE POLICY content_writes ON tip_messages FOR INSERT WITH CHECK (
  direction = 'out' AND written_by = (SELECT acting_staff()) AND (
    (SELECT acting_as('triage_officer')) AND EXISTS (SELECT 1 FROM tips t WHERE t.id = tip_messages.tip_id)
    OR (SELECT acting_as('agency_officer')) AND EXISTS (
      SELECT 1 FROM tips t JOIN held_leads h ON h.lead_id = t.lead_id AND h.leading
       WHERE t.id = tip_messages.tip_id AND NOT t.concerns_official)));
--> statement-breakpoint
CREATE POLICY content_marks ON tip_messages FOR UPDATE USING (
  (SELECT acting_as('triage_officer')) AND EXISTS (SELECT 1 FROM tips t WHERE t.id = tip_messages.tip_id)
  OR (SELECT acting_as('agency_officer', 'agency_verifier')) AND EXISTS (
    SELECT 1 FROM tips t JOIN held_leads h ON h.lead_id = t.lead_id AND h.leading
     WHERE t.id = tip_messages.tip_id AND NOT t.concerns_official));
--> statement-breakpoint
CREATE POLICY desk ON notices USING ((SELECT acting_as('notice_desk')));
--> statement-breakpoint
-- What was said stays said; the other side's first look is noted once.
CREATE FUNCTION keep_message() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.read_on IS NOT NULL OR to_jsonb(NEW) - 'read_on' IS DISTINCT FROM to_jsonb(OLD) - 'read_on' THEN
    PERFORM refuse('tip_messages_history', 'a message is never edited');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER tip_messages_history BEFORE UPDATE ON tip_messages FOR EACH ROW EXECUTE FUNCTION keep_message();
--> statement-breakpoint
-- A file that was sent stays as it was sent; one that was not goes with its draft.
CREATE FUNCTION keep_file() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.tip_id IS NOT NULL THEN
    PERFORM refuse('tip_files_history', 'a file that was sent is never changed');
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
--> statement-breakpoint
CREATE TRIGGER tip_files_history BEFORE UPDATE OR DELETE ON tip_files FOR EACH ROW EXECUTE FUNCTION keep_file();
