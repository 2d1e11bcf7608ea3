-- A report that accuses an official stays with the leading office, also on a lead that other bodies hold: what it alone
-- brings about is told to the office, and to nobody else.
ALTER TABLE "leads" ADD COLUMN "kept_events_to" bigint;
--> statement-breakpoint
ALTER TABLE "leads" ADD COLUMN "kept_decisions_to" bigint;
--> statement-breakpoint
ALTER TABLE "alerts" DROP CONSTRAINT "alerts_kind_ck";
--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_kind_ck" CHECK ("alerts"."kind" in ('major','major_office','surge_lead','surge_place'));
--> statement-breakpoint
DROP INDEX "alerts_surge_uq";
--> statement-breakpoint
DROP INDEX "alerts_surge_open_uq";
--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_office_uq" ON "alerts" USING btree ("lead_id","rule") WHERE kind = 'major_office';
--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_surge_uq" ON "alerts" USING btree ("kind",coalesce(lead_id::text, place),"raised_on") WHERE kind in ('surge_lead', 'surge_place');
--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_surge_open_uq" ON "alerts" USING btree ("kind",coalesce(lead_id::text, place)) WHERE kind in ('surge_lead', 'surge_place') and acknowledged_at is null;
--> statement-breakpoint
CREATE INDEX "tips_official_ix" ON "tips" USING btree ("lead_id") WHERE concerns_official;
--> statement-breakpoint
-- As raise_alert (0027), of a lead that is not marked: its reports meet a threshold together with those that accuse an
-- official, and bodies that may hold it see no mark. Once a lead and cause; says which alert it raised, or null.
CREATE FUNCTION raise_office_alert(of_lead uuid, met text, with_figure text, noted date) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE raised uuid;
BEGIN
  IF (acting_for_portal() OR acting_as('triage_officer') AND of_lead <> ALL (recused_leads())
      OR of_lead = acting_intake_lead()) IS NOT TRUE THEN
    PERFORM refuse('alerts_raiser', 'a lead is called 重大 by the intake of its report or by triage');
  END IF;
  INSERT INTO alerts (id, kind, lead_id, rule, figure, raised_on)
  SELECT gen_random_uuid(), 'major_office', l.id, met, with_figure, noted FROM leads l
   WHERE l.id = of_lead AND NOT l.is_major AND NOT l.leading_office_only
     AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.lead_id = l.id AND a.rule = met AND a.kind = 'major')
  ON CONFLICT DO NOTHING RETURNING id INTO raised;
  RETURN raised;
END $$;
--> statement-breakpoint
-- As in 0021, and of such an alert. A mark that comes later is told again: then the lead itself is 重大.
CREATE OR REPLACE FUNCTION mail_major(of_lead uuid, noted timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (acting_for_portal() OR acting_as('triage_officer') AND of_lead <> ALL (recused_leads())
      OR of_lead = acting_intake_lead()) IS NOT TRUE THEN
    PERFORM refuse('staff_mails_major', 'a lead is called 重大 by the intake of its report or by triage');
  END IF;
  INSERT INTO staff_mails (id, staff_id, kind, data, cause_key, created_at, next_at)
  SELECT gen_random_uuid(), s.id, 'major', jsonb_build_object('lead', l.id, 'number', l.number),
         l.id::text || CASE WHEN l.is_major THEN '' ELSE ':office' END,
         date_trunc('day', noted, 'Asia/Shanghai'),
         date_trunc('day', noted, 'Asia/Shanghai')
    FROM leads l CROSS JOIN staff s
   WHERE l.id = of_lead AND s.status = 'active' AND s.email IS NOT NULL
     AND (l.is_major OR EXISTS (SELECT 1 FROM alerts a WHERE a.lead_id = l.id AND a.kind = 'major_office'))
     AND EXISTS (SELECT 1 FROM staff_roles g
                  WHERE g.staff_id = s.id AND g.role = 'triage_officer' AND g.revoked_at IS NULL)
     AND NOT EXISTS (SELECT 1 FROM lead_recusals r
                      WHERE r.lead_id = l.id AND r.staff_id = s.id AND r.ended_at IS NULL)
  ON CONFLICT (kind, staff_id, cause_key) DO NOTHING;
END $$;
--> statement-breakpoint
-- Intake tells of such an alert by the alert alone, whose trail only those read who read the alert (0031).
CREATE POLICY intake_alerts ON events FOR INSERT
  WITH CHECK (action = 'alert.raised_for_office' AND subject_table = 'alerts' AND lead_id IS NULL
    AND (SELECT acting_intake_lead()) IS NOT NULL);
--> statement-breakpoint
-- What was done and decided while a lead was the leading office's alone rests on the report that accuses an official:
-- once it is opened up, bodies read what follows. Held by the row of the lead, since a page reads only what it is given.
CREATE VIEW opened_leads AS SELECT id, kept_events_to, kept_decisions_to FROM leads WHERE kept_events_to IS NOT NULL;
--> statement-breakpoint
CREATE POLICY kept_to_office ON events AS RESTRICTIVE FOR SELECT
  USING (lead_id IS NULL OR (SELECT acting_staff()) IS NULL OR (SELECT acting_as('triage_officer', 'auditor'))
    OR NOT EXISTS (SELECT 1 FROM opened_leads o WHERE o.id = events.lead_id AND events.seq <= o.kept_events_to));
--> statement-breakpoint
CREATE POLICY kept_to_office ON routing_decisions AS RESTRICTIVE FOR SELECT
  USING ((SELECT acting_staff()) IS NULL OR (SELECT acting_as('triage_officer', 'auditor'))
    OR NOT EXISTS (SELECT 1 FROM opened_leads o
                    WHERE o.id = routing_decisions.lead_id AND routing_decisions.decision_no <= o.kept_decisions_to));
--> statement-breakpoint
-- An award for such a report, what was objected to it, and the computation it is a share of: bodies read the trail of
-- the lead, and would learn of the report from its reward, or from a share more than there are reports they see.
CREATE FUNCTION rewards_accuser(kind text, rewarded text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM awards a JOIN tips t ON t.id = a.tip_id AND t.concerns_official,
      (SELECT CASE WHEN rewarded ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN rewarded::uuid END AS id) r
    WHERE CASE kind WHEN 'awards' THEN a.id = r.id WHEN 'reward_pools' THEN a.pool_id = r.id
          ELSE EXISTS (SELECT 1 FROM award_objections o WHERE o.award_id = a.id AND o.id = r.id) END)
$$;
--> statement-breakpoint
CREATE POLICY officials_rewarded ON events AS RESTRICTIVE FOR SELECT
  USING (subject_table NOT IN ('awards', 'reward_pools', 'award_objections')
    OR (SELECT acting_staff() IS NULL OR NOT acting_as('agency_officer', 'agency_verifier')
      OR acting_as('triage_officer', 'auditor', 'finance_preparer', 'finance_reviewer', 'finance_approver', 'cashier'))
    OR NOT rewards_accuser(subject_table, subject_id));
--> statement-breakpoint
-- Whether the acting person has opened a lead since the last report they may see came to it (experience 22: no close
-- without viewing). As definer: looking is told of the lead's subject, and of reports that accuse an official no trail
-- tells but their own; a body is asked to look at nothing it does not see. A lead that shows no report asks for nothing.
CREATE FUNCTION viewed_by_me(of_lead uuid) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  office boolean := acting_as('triage_officer', 'auditor');
  came text[] := ARRAY['tip.received', 'tip.spam_cleared', 'tip.attached'];
  latest uuid;
  since bigint;
BEGIN
  SELECT id INTO latest FROM tips WHERE lead_id = of_lead AND (office OR NOT concerns_official)
   ORDER BY arrival_no DESC LIMIT 1;
  IF latest IS NULL THEN RETURN true; END IF;
  since := greatest(
    (SELECT max(seq) FROM events WHERE subject_table = 'tips' AND subject_id = latest::text AND action = ANY (came)),
    (SELECT seq FROM events WHERE lead_id = of_lead AND action = ANY (came || ARRAY['dossier.merged', 'dossier.unmerged'])
      ORDER BY seq DESC LIMIT 1),
    CASE WHEN office THEN (SELECT max(e.seq) FROM tips t JOIN events e ON e.subject_table = 'tips'
        AND e.subject_id = t.id::text AND e.action = ANY (came) WHERE t.lead_id = of_lead AND t.concerns_official) END,
    0);
  RETURN EXISTS (SELECT 1 FROM events WHERE subject_table = 'leads' AND subject_id = of_lead::text AND seq > since
    AND action IN ('tips.viewed', 'tips.facts_viewed') AND actor_id = acting_staff());
END $$;
--> statement-breakpoint
-- A reporter is told that triage took what they sent for no report, and on which day.
CREATE POLICY own_judgement ON events FOR SELECT
  USING (subject_table = 'tips' AND action = 'tip.spam_confirmed' AND subject_id = (SELECT acting_reporter_tip())::text);
--> statement-breakpoint
-- Leads opened up before: what is from the day of their opening or earlier stays with the office as well.
UPDATE leads l SET kept_events_to = e.seq, kept_decisions_to = coalesce((SELECT max(d.decision_no) FROM routing_decisions d
    WHERE d.lead_id = l.id AND d.decided_on <= e.recorded_on), 0)
  FROM (SELECT DISTINCT ON (subject_id) subject_id, seq, recorded_on FROM events
         WHERE action = 'lead.opened_up' AND subject_table = 'leads' ORDER BY subject_id, seq DESC) e
 WHERE e.subject_id = l.id::text;
