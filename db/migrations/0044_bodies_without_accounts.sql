-- A version that comes into force names its bodies as they are called on that day, not as the
-- document of its year prints them: the plan's word stays in the pack, where decisions cite it. As ownNameOn
-- (server/packs/look-up-pack.ts) tells it: the latest name that has begun and not ended, else the document's.
CREATE OR REPLACE FUNCTION put_pack_in_force(proposal uuid, at timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  p pack_proposals%ROWTYPE;
  today text := to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD');
BEGIN
  SELECT * INTO p FROM pack_proposals WHERE id = proposal;
  IF p.id IS NULL OR NOT acting_as('administrator') OR p.outcome IS DISTINCT FROM 'agreed'
     OR p.decided_by IS DISTINCT FROM acting_staff() THEN
    PERFORM refuse('pack_effects_by_two', 'a version is asked for by one administrator and agreed to by another');
  END IF;
  INSERT INTO packs (pack_id, version, sha256, content, loaded_at)
    VALUES (p.pack_id, p.version, p.sha256, p.content, at) ON CONFLICT DO NOTHING;
  IF NOT EXISTS (SELECT 1 FROM packs k WHERE k.pack_id = p.pack_id AND k.version = p.version AND k.sha256 = p.sha256) THEN
    PERFORM refuse('packs_version_taken', 'other rules already bear this version');
  END IF;
  INSERT INTO agencies (id, pack_id, slug, name, name_en)
    SELECT p.pack_id || '.' || (a.agency->>'id'), p.pack_id, a.agency->>'id', n.name->>'name', n.name->>'en'
      FROM jsonb_array_elements(p.content->'agencies') AS a(agency)
      CROSS JOIN LATERAL (
        SELECT e.name
          FROM jsonb_array_elements(a.agency->'names') WITH ORDINALITY AS e(name, at)
          CROSS JOIN LATERAL (SELECT coalesce(e.name->>'from', '') COLLATE "C" <= today
            AND (e.name->>'until' IS NULL OR today <= (e.name->>'until') COLLATE "C") AS borne) b
         ORDER BY b.borne DESC,
                  CASE WHEN b.borne THEN coalesce(e.name->>'from', '') COLLATE "C" END DESC,
                  CASE WHEN b.borne THEN e.at END DESC,
                  (e.name->'document' = 'true'::jsonb) IS TRUE DESC, e.at
         LIMIT 1) n
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_en = excluded.name_en
      WHERE (agencies.name, agencies.name_en) IS DISTINCT FROM (excluded.name, excluded.name_en);
  INSERT INTO portal_packs (pack_id, parent_id, joined_at) VALUES (p.pack_id, p.parent_id, at) ON CONFLICT DO NOTHING;
  INSERT INTO pack_effects (pack_id, version, proposal_id, effective_at) VALUES (p.pack_id, p.version, p.id, at);
END $$;
--> statement-breakpoint
-- A body without accounts decides by a letter; one triage officer enters what it says and another checks it. Whoever
-- enters a finding enters it unverified, and whoever verifies one puts their own name to it: two people, whatever a
-- query says (findings_two_people_ck).
CREATE POLICY triage_adds ON findings FOR INSERT
  WITH CHECK ((SELECT acting_as('triage_officer')) AND recorded_by = (SELECT acting_staff())
    AND EXISTS (SELECT 1 FROM leads l WHERE l.id = findings.lead_id) AND led_without_accounts(lead_id));
--> statement-breakpoint
CREATE POLICY triage_changes ON findings FOR UPDATE
  USING ((SELECT acting_as('triage_officer'))
    AND EXISTS (SELECT 1 FROM leads l WHERE l.id = findings.lead_id) AND led_without_accounts(lead_id));
--> statement-breakpoint
CREATE POLICY unverified ON findings AS RESTRICTIVE FOR INSERT
  WITH CHECK ((SELECT acting_for_portal()) OR status = 'recorded' AND verified_by IS NULL);
--> statement-breakpoint
CREATE POLICY own_hand ON findings AS RESTRICTIVE FOR UPDATE USING (true)
  WITH CHECK ((SELECT acting_for_portal()) OR status NOT IN ('verified', 'rejected') OR verified_by = (SELECT acting_staff()));
--> statement-breakpoint
ALTER TABLE "handling_letters" ADD COLUMN "recipient_agency_id" text;--> statement-breakpoint
ALTER TABLE "handling_letters" ADD CONSTRAINT "handling_letters_recipient_fk" FOREIGN KEY ("recipient_agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "handling_letters" ADD CONSTRAINT "handling_letters_forwarded_ck" CHECK ("handling_letters"."kind" = 'forward' or "handling_letters"."recipient_agency_id" is null);
--> statement-breakpoint
-- Whether a body holds a lead now, in whatever part, and nobody there has an account to act with. As definer: it asks of
-- other bodies' staff.
CREATE FUNCTION holds_without_accounts(of_lead uuid, body text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM lead_agencies h WHERE h.lead_id = of_lead AND h.agency_id = body AND h.to_at IS NULL)
     AND NOT EXISTS (SELECT 1 FROM staff s JOIN staff_roles r ON r.staff_id = s.id AND r.role = 'agency_officer'
                        AND r.revoked_at IS NULL WHERE s.agency_id = body AND s.status = 'active')
$$;
--> statement-breakpoint
-- 公安, 信访, a co-leading or a cooperating body without accounts is written to as the leading one is: what counts is the
-- body the letter goes to. Other letters triage issues only where it acts for the bodies that lead.
DROP POLICY triage_adds ON handling_letters;
--> statement-breakpoint
CREATE POLICY triage_adds ON handling_letters FOR INSERT
  WITH CHECK ((SELECT acting_as('triage_officer')) AND recorded_by = (SELECT acting_staff())
    AND EXISTS (SELECT 1 FROM leads l WHERE l.id = handling_letters.lead_id)
    AND CASE kind WHEN 'forward' THEN recipient_agency_id IS NOT NULL
          AND holds_without_accounts(lead_id, recipient_agency_id)
        ELSE led_without_accounts(lead_id) END);
