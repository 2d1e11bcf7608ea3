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
--> statement-breakpoint
-- The clocks of handling are told and urged like 受理 and 办理; bodies that only help learn no more of them by a 督办 than
-- by the clock itself (0029, handling_kept).
ALTER TABLE "supervisions" DROP CONSTRAINT "supervisions_clock_ck";--> statement-breakpoint
ALTER TABLE "supervisions" ADD CONSTRAINT "supervisions_clock_ck" CHECK ("supervisions"."clock_kind" in ('accept','handle','rectify','follow_up','preservation','repayment_plan','answer'));
--> statement-breakpoint
CREATE POLICY handling_kept ON supervisions AS RESTRICTIVE FOR SELECT
  USING (clock_kind IN ('accept','handle') OR (SELECT acting_for_portal())
    OR (SELECT acting_as('triage_officer', 'auditor')) OR agency_id = (SELECT acting_agency())
    OR EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = supervisions.lead_id AND h.leading));
--> statement-breakpoint
CREATE INDEX "lead_clocks_handling_ix" ON "lead_clocks" USING btree ("due_on","lead_id") WHERE ended_on is null and kind in ('rectify','follow_up','preservation','repayment_plan','answer');
--> statement-breakpoint
-- A closed lead's days are over, those of its handling too; the exception is what the law keeps running: things kept
-- (先行登记保存) are decided on first. A lead emptied by a merge has not been dealt with: there only 受理 and 办理 end, as
-- before, for undoing the merge to bring back.
CREATE OR REPLACE FUNCTION end_clocks_of_lead() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  ended date := (NEW.closed_at AT TIME ZONE 'Asia/Shanghai')::date;
  over text[] := ARRAY['accept', 'handle'] || CASE WHEN NEW.closure_code IS DISTINCT FROM 'duplicate'
    THEN ARRAY['rectify', 'follow_up', 'repayment_plan', 'answer'] ELSE ARRAY[]::text[] END;
BEGIN
  IF NEW.closure_code IS DISTINCT FROM 'duplicate' AND EXISTS (
       SELECT 1 FROM preservations k WHERE k.lead_id = NEW.id
          AND NOT EXISTS (SELECT 1 FROM preservation_steps d WHERE d.preservation_id = k.id AND d.kind = 'decided')) THEN
    PERFORM refuse('leads_things_decided', 'things kept are decided on before their lead is closed');
  END IF;
  UPDATE clock_pauses p SET to_on = greatest(ended, p.from_on) FROM lead_clocks c
   WHERE c.id = p.clock_id AND c.lead_id = NEW.id AND c.kind = ANY (over) AND c.ended_on IS NULL AND p.to_on IS NULL;
  UPDATE lead_clocks c SET ended_on = greatest(ended, c.started_on)
   WHERE c.lead_id = NEW.id AND c.kind = ANY (over) AND c.ended_on IS NULL;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- Leads closed before: their days are over as well.
UPDATE lead_clocks c SET ended_on = greatest((l.closed_at AT TIME ZONE 'Asia/Shanghai')::date, c.started_on)
  FROM leads l WHERE l.id = c.lead_id AND l.closed_at IS NOT NULL AND l.closure_code IS DISTINCT FROM 'duplicate'
   AND c.kind IN ('rectify', 'follow_up', 'repayment_plan', 'answer') AND c.ended_on IS NULL;
--> statement-breakpoint
-- A phase of the plan may be for some sectors alone (江苏: 股权众筹清理 11-30): it is asked of the bodies that lead them.
ALTER TABLE "plan_deadlines" ADD COLUMN "sectors" text[];
--> statement-breakpoint
UPDATE plan_deadlines d SET sectors = ARRAY(SELECT jsonb_array_elements_text(e.date->'sectors'))
  FROM plan_rounds r JOIN packs p ON p.pack_id = r.pack_id CROSS JOIN LATERAL jsonb_array_elements(p.content->'dates') AS e(date)
 WHERE d.round_id = r.id AND r.ended_at IS NULL AND e.date->>'id' = d.phase AND jsonb_typeof(e.date->'sectors') = 'array';
--> statement-breakpoint
-- Whoever is suspended, or no longer has the role by which they were put on a lead, no longer works on it: their cards are
-- nobody's until somebody takes them.
CREATE FUNCTION end_assignments_of_staff() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE person uuid := CASE TG_TABLE_NAME WHEN 'staff' THEN (to_jsonb(NEW)->>'id')::uuid ELSE (to_jsonb(NEW)->>'staff_id')::uuid END;
BEGIN
  UPDATE lead_assignments a SET ended_at = greatest(now(), a.from_at)
   WHERE a.staff_id = person AND a.ended_at IS NULL
     AND NOT EXISTS (SELECT 1 FROM staff s JOIN staff_roles r ON r.staff_id = s.id AND r.revoked_at IS NULL
                      WHERE s.id = person AND s.status = 'active'
                        AND r.role = CASE a.reach WHEN '' THEN 'triage_officer' ELSE 'agency_officer' END);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER staff_end_assignments AFTER UPDATE OF status ON staff FOR EACH ROW
  WHEN (OLD.status = 'active' AND NEW.status <> 'active') EXECUTE FUNCTION end_assignments_of_staff();
--> statement-breakpoint
CREATE TRIGGER staff_roles_end_assignments AFTER UPDATE OF revoked_at ON staff_roles FOR EACH ROW
  WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION end_assignments_of_staff();
--> statement-breakpoint
-- Those who left before.
UPDATE lead_assignments a SET ended_at = greatest(now(), a.from_at)
 WHERE a.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM staff s JOIN staff_roles r ON r.staff_id = s.id AND r.revoked_at IS NULL
   WHERE s.id = a.staff_id AND s.status = 'active'
     AND r.role = CASE a.reach WHEN '' THEN 'triage_officer' ELSE 'agency_officer' END);
