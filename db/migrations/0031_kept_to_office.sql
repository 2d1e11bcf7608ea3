ALTER TABLE "dossiers" ADD COLUMN "name_office_only" boolean DEFAULT false NOT NULL;
--> statement-breakpoint
-- Who named a dossier was not kept. Of those before, every one that has, or had before a merge, a lead of the office or
-- a report about officials keeps its name to the office: bodies lose nothing, they read their own lead's.
ALTER TABLE dossiers DISABLE TRIGGER dossiers_history;
--> statement-breakpoint
UPDATE dossiers d SET name_office_only = true WHERE EXISTS (
  SELECT 1 FROM leads l WHERE (l.dossier_id = d.id OR EXISTS (SELECT 1 FROM dossier_merges m
        WHERE d.id IN (m.kept_id, m.merged_id) AND l.id = ANY (m.lead_ids)))
     AND (l.leading_office_only OR EXISTS (SELECT 1 FROM tips t WHERE t.lead_id = l.id AND t.concerns_official)));
--> statement-breakpoint
ALTER TABLE dossiers ENABLE TRIGGER dossiers_history;
--> statement-breakpoint
-- As in 0025, but a body finds a dossier by a name kept to the office no more, only by that of its own lead.
CREATE OR REPLACE FUNCTION find_dossiers(wanted text[], fragment text, leave_out integer, take integer, found_at_most integer)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  office boolean := acting_as('triage_officer', 'auditor');
  apart uuid[] := recused_leads();
BEGIN
  IF office AND wanted IS NULL THEN
    RETURN QUERY SELECT d.id FROM dossiers d
      WHERE d.merged_into IS NULL AND EXISTS (SELECT 1 FROM leads l WHERE l.dossier_id = d.id AND l.id <> ALL (apart))
      ORDER BY d.opened_on DESC, d.id DESC LIMIT take OFFSET leave_out;
  ELSIF office THEN
    RETURN QUERY WITH named AS (
        (SELECT d.id FROM dossiers d WHERE d.grams @> wanted AND position(fragment IN d.folded) > 0
            AND d.merged_into IS NULL LIMIT found_at_most)
        UNION
        (SELECT a.dossier_id FROM dossier_aliases a WHERE a.grams @> wanted AND position(fragment IN a.folded) > 0
            AND a.ended_at IS NULL LIMIT found_at_most))
      SELECT d.id FROM dossiers d JOIN named ON named.id = d.id
       WHERE d.merged_into IS NULL AND EXISTS (SELECT 1 FROM leads l WHERE l.dossier_id = d.id AND l.id <> ALL (apart))
       ORDER BY d.opened_on DESC, d.id DESC LIMIT take OFFSET leave_out;
  ELSIF acting_as('agency_officer', 'agency_verifier') THEN
    RETURN QUERY WITH mine AS (
        SELECT DISTINCT l.dossier_id FROM held_leads h JOIN leads l ON l.id = h.lead_id WHERE l.id <> ALL (apart))
      SELECT d.id FROM dossiers d JOIN mine ON mine.dossier_id = d.id
       WHERE d.merged_into IS NULL AND (wanted IS NULL OR NOT d.name_office_only AND position(fragment IN coalesce(d.folded, '')) > 0
          OR d.name_office_only AND EXISTS (SELECT 1 FROM held_leads h JOIN leads l ON l.id = h.lead_id
               WHERE l.dossier_id = d.id AND NOT l.leading_office_only AND l.id <> ALL (apart)
                 AND position(fragment IN fold_for_search(l.name)) > 0)
          OR EXISTS (SELECT 1 FROM dossier_aliases a WHERE a.dossier_id = d.id AND a.ended_at IS NULL
                        AND NOT a.office_only AND position(fragment IN a.folded) > 0))
       ORDER BY d.opened_on DESC, d.id DESC LIMIT take OFFSET leave_out;
  END IF;
END $$;
--> statement-breakpoint
-- What triage says of an alert is told of the alert alone: a lead's trail is read by the bodies that hold it. Whoever
-- reads the alert reads this; who is recused from its lead does not.
CREATE POLICY alerts_of_office ON events AS RESTRICTIVE FOR SELECT
  USING (subject_table <> 'alerts' OR (SELECT acting_staff()) IS NULL
    OR EXISTS (SELECT 1 FROM alerts o WHERE o.id = CASE WHEN events.subject_table = 'alerts'
      AND events.subject_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN events.subject_id::uuid END));
--> statement-breakpoint
-- 督办 concern the body urged and the office, and who works on a lead is the matter of each house: the trail of the lead
-- tells no more of them than the rows themselves do. Assignments from before name no row of theirs: the office's alone.
CREATE POLICY supervisions_of_body ON events AS RESTRICTIVE FOR SELECT
  USING (subject_table <> 'supervisions' OR (SELECT acting_staff()) IS NULL
    OR EXISTS (SELECT 1 FROM supervisions o WHERE o.id = CASE WHEN events.subject_table = 'supervisions'
      AND events.subject_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN events.subject_id::uuid END));
--> statement-breakpoint
CREATE POLICY assignments_of_house ON events AS RESTRICTIVE FOR SELECT
  USING (subject_table <> 'lead_assignments' AND action NOT IN ('lead.assigned', 'lead.unassigned')
    OR (SELECT acting_staff()) IS NULL OR (SELECT acting_as('triage_officer', 'auditor'))
    OR EXISTS (SELECT 1 FROM lead_assignments o WHERE o.id = CASE WHEN events.subject_table = 'lead_assignments'
      AND events.subject_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN events.subject_id::uuid END));
--> statement-breakpoint
-- Keys are phones and accounts too, and those of reports about officials and of leads a body does not hold stand among
-- them: a body reads what its own leads' reports name, there. Intake and the portal as before.
DROP POLICY board_reads ON dossier_keys;
--> statement-breakpoint
CREATE POLICY office_reads ON dossier_keys FOR SELECT
  USING ((SELECT acting_as('triage_officer', 'auditor'))
    AND EXISTS (SELECT 1 FROM leads l WHERE l.dossier_id = dossier_keys.dossier_id));
--> statement-breakpoint
-- What the office writes of a field of its own lead is counted apart: a body that went on from the version it sees was
-- refused for ever, and learned of one it does not see.
ALTER TABLE "dossier_fields" DROP CONSTRAINT "dossier_fields_version_uq";
--> statement-breakpoint
ALTER TABLE "dossier_fields" ADD CONSTRAINT "dossier_fields_version_uq" UNIQUE("dossier_id","field","office_only","version");
--> statement-breakpoint
-- As in 0026, and a card goes to the other pack with its lead: the kept numbers are by pack.
CREATE OR REPLACE FUNCTION refresh_lead_cards(of_lead uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  l leads%ROWTYPE;
  wanted text[];
  had text[];
  said text[];
BEGIN
  SELECT * INTO l FROM leads WHERE id = of_lead;
  wanted := CASE WHEN l.closure_code = 'duplicate' THEN '{}' ELSE ARRAY[''] || CASE WHEN l.leading_office_only THEN '{}'
    ELSE ARRAY(SELECT agency_id FROM lead_agencies WHERE lead_id = of_lead AND to_at IS NULL ORDER BY agency_id) END END;
  said := ARRAY(SELECT sector FROM lead_sectors WHERE lead_id = of_lead AND to_on IS NULL ORDER BY is_primary DESC, sector);
  had := ARRAY(SELECT reach FROM lead_cards WHERE lead_id = of_lead);
  IF NOT had <@ wanted THEN
    UPDATE lead_assignments SET ended_at = now()
     WHERE lead_id = of_lead AND ended_at IS NULL AND reach <> '' AND reach <> ALL (wanted);
    DELETE FROM lead_terms WHERE lead_id = of_lead AND reach <> '' AND reach <> ALL (wanted);
    DELETE FROM lead_cards WHERE lead_id = of_lead AND reach <> ALL (wanted);
  END IF;
  UPDATE lead_cards SET pack_id = l.pack_id, stage = l.stage, is_major = l.is_major, sectors = said, due_on = lead_due_on(l)
   WHERE lead_id = of_lead AND (pack_id, stage, is_major, sectors, due_on)
      IS DISTINCT FROM (l.pack_id, l.stage, l.is_major, said, lead_due_on(l));
  IF wanted <@ had THEN RETURN; END IF;
  INSERT INTO lead_cards (reach, lead_id, pack_id, number, stage, is_major, sectors, place, place_no, opened_on, due_on, assignee_id)
  SELECT r, l.id, l.pack_id, l.number, l.stage, l.is_major, said, p.place, p.place_no, l.opened_on, lead_due_on(l),
         (SELECT staff_id FROM lead_assignments a WHERE a.lead_id = of_lead AND a.reach = r AND a.ended_at IS NULL)
    FROM unnest(wanted) r LEFT JOIN LATERAL (
      SELECT coalesce(operating_at, registered_at, occurred_at) AS place, arrival_no AS place_no FROM tips
       WHERE lead_id = of_lead AND coalesce(operating_at, registered_at, occurred_at) IS NOT NULL
         AND (r = '' OR NOT concerns_official) ORDER BY arrival_no LIMIT 1) p ON true
   WHERE r <> ALL (had);
  INSERT INTO lead_terms (reach, term, number, lead_id, shared)
  SELECT r, t.term, t.number, of_lead, true FROM unnest(wanted) r
    JOIN lead_terms t ON t.lead_id = of_lead AND t.reach = '' AND t.shared
   WHERE r <> '' AND r <> ALL (had)
  ON CONFLICT (reach, term, number) DO NOTHING;
END $$;
--> statement-breakpoint
DROP TRIGGER leads_cards ON leads;
--> statement-breakpoint
CREATE TRIGGER leads_cards AFTER INSERT OR
  UPDATE OF pack_id, stage, is_major, leading_office_only, closure_code, name, accept_due_on, handle_due_on ON leads
  FOR EACH ROW EXECUTE FUNCTION keep_cards_of_lead();
--> statement-breakpoint
DROP TRIGGER lead_cards_recounted ON lead_cards;
--> statement-breakpoint
CREATE TRIGGER lead_cards_recounted AFTER UPDATE ON lead_cards FOR EACH ROW
  WHEN (OLD.stage <> NEW.stage OR OLD.pack_id <> NEW.pack_id) EXECUTE FUNCTION count_cards();
--> statement-breakpoint
UPDATE lead_cards c SET pack_id = l.pack_id FROM leads l WHERE l.id = c.lead_id AND l.pack_id <> c.pack_id;
