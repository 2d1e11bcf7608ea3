ALTER TABLE "dispute_parties" DROP CONSTRAINT "dispute_parties_why_ck";--> statement-breakpoint
ALTER TABLE "dispute_parties" ADD CONSTRAINT "dispute_parties_why_ck" CHECK ("dispute_parties"."why" in ('returned', 'proposed', 'held', 'invited', 'decided', 'succeeded'));
--> statement-breakpoint
-- Bodies are reorganised while disputes run (agencies.valid_to and successor_id, kept from the packs in force): the office
-- waits for the successor, where that is heard, and no more for the body that has ceased.
CREATE OR REPLACE FUNCTION keep_decision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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
  IF EXISTS (SELECT 1 FROM dispute_parties p JOIN agencies a ON a.id = p.agency_id WHERE p.dispute_id = NEW.dispute_id
       AND NOT EXISTS (SELECT 1 FROM dispute_opinions o WHERE o.dispute_id = p.dispute_id AND o.agency_id = p.agency_id)
       AND NOT EXISTS (SELECT 1 FROM dispute_parties h WHERE h.dispute_id = p.dispute_id AND h.agency_id = a.successor_id))
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
-- A lead emptied by a merge has no days any more, of its handling neither: nobody would be reminded of them by a lead
-- that no board shows. Undoing the merge brings back what it wrote down (ended_by_merge, 0032). Things kept are decided on
-- first, as before a lead is closed: the law counts seven days whatever becomes of the lead.
CREATE OR REPLACE FUNCTION end_clocks_of_lead() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  ended date := (NEW.closed_at AT TIME ZONE 'Asia/Shanghai')::date;
  over text[] := ARRAY['accept', 'handle', 'rectify', 'follow_up', 'repayment_plan', 'answer'];
BEGIN
  IF EXISTS (SELECT 1 FROM preservations k WHERE k.lead_id = NEW.id
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
-- Leads emptied before: the merge that did it writes down what runs until now, so that undoing it brings that back too.
ALTER TABLE dossier_merges DISABLE TRIGGER dossier_merges_history;
--> statement-breakpoint
UPDATE dossier_merges m SET before = jsonb_set(m.before, '{clocks}', coalesce(m.before -> 'clocks', '[]'::jsonb) || r.ids)
  FROM (SELECT c.lead_id, jsonb_agg(c.id::text ORDER BY c.id) AS ids FROM lead_clocks c JOIN leads l ON l.id = c.lead_id
         WHERE l.closure_code = 'duplicate' AND c.ended_on IS NULL AND c.kind IN ('rectify', 'follow_up', 'repayment_plan', 'answer')
         GROUP BY c.lead_id) r
 WHERE m.undone_at IS NULL AND m.before #>> '{joined,from,id}' = r.lead_id::text;
--> statement-breakpoint
ALTER TABLE dossier_merges ENABLE TRIGGER dossier_merges_history;
--> statement-breakpoint
UPDATE lead_clocks c SET ended_on = greatest((l.closed_at AT TIME ZONE 'Asia/Shanghai')::date, c.started_on)
  FROM leads l WHERE l.id = c.lead_id AND l.closure_code = 'duplicate' AND c.ended_on IS NULL
   AND c.kind IN ('rectify', 'follow_up', 'repayment_plan', 'answer');
--> statement-breakpoint
-- Whether a row was made while its lead was the leading office's alone, as the trail tells (0043). As definer: whom it is
-- kept from reads nothing of that trail.
CREATE FUNCTION told_while_kept(of_lead uuid, kind text, of_row uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM leads l JOIN events e ON e.subject_table = kind AND e.subject_id = of_row::text
     AND e.seq <= l.kept_events_to WHERE l.id = of_lead AND l.kept_events_to IS NOT NULL)
$$;
--> statement-breakpoint
-- A day of handling is the office's own where it began then, or what it counts for did: the office may serve a letter, or
-- give it more days, after the lead was opened up.
CREATE FUNCTION clock_of_office(of_lead uuid, of_clock uuid, of_subject text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM leads l JOIN events e ON (e.subject_table, e.subject_id) IN (('lead_clocks', of_clock::text),
       ('handling_letters', split_part(of_subject, ':', 1)), ('lead_measures', split_part(of_subject, ':', 1)))
     AND e.seq <= l.kept_events_to WHERE l.id = of_lead AND l.kept_events_to IS NOT NULL)
$$;
--> statement-breakpoint
-- Measures and letters of that time rest on the report that accuses an official: bodies that get the lead once it is
-- opened up read what follows. Things preserved are not kept from them: they must be decided on before the lead ends.
CREATE POLICY kept_to_office ON handling_letters AS RESTRICTIVE FOR SELECT
  USING ((SELECT acting_staff()) IS NULL OR (SELECT acting_as('triage_officer', 'auditor'))
    OR NOT EXISTS (SELECT 1 FROM opened_leads o WHERE o.id = handling_letters.lead_id
      AND told_while_kept(o.id, 'handling_letters', handling_letters.id)));
--> statement-breakpoint
CREATE POLICY kept_to_office ON letter_steps AS RESTRICTIVE FOR SELECT
  USING ((SELECT acting_staff()) IS NULL OR (SELECT acting_as('triage_officer', 'auditor'))
    OR NOT EXISTS (SELECT 1 FROM opened_leads o WHERE o.id = letter_steps.lead_id
      AND told_while_kept(o.id, 'handling_letters', letter_steps.letter_id)));
--> statement-breakpoint
CREATE POLICY kept_to_office ON lead_measures AS RESTRICTIVE FOR SELECT
  USING ((SELECT acting_staff()) IS NULL OR (SELECT acting_as('triage_officer', 'auditor'))
    OR NOT EXISTS (SELECT 1 FROM opened_leads o WHERE o.id = lead_measures.lead_id
      AND told_while_kept(o.id, 'lead_measures', lead_measures.measure_id)));
--> statement-breakpoint
CREATE POLICY kept_to_office ON lead_clocks AS RESTRICTIVE FOR SELECT
  USING (kind NOT IN ('rectify', 'follow_up', 'repayment_plan', 'answer')
    OR (SELECT acting_staff()) IS NULL OR (SELECT acting_as('triage_officer', 'auditor'))
    OR NOT EXISTS (SELECT 1 FROM opened_leads o WHERE o.id = lead_clocks.lead_id
      AND clock_of_office(o.id, lead_clocks.id, lead_clocks.subject)));
--> statement-breakpoint
-- Nobody else sees them: the office goes on with what it began.
CREATE POLICY office_continues ON letter_steps FOR INSERT
  WITH CHECK ((SELECT acting_as('triage_officer')) AND recorded_by = (SELECT acting_staff())
    AND EXISTS (SELECT 1 FROM leads l WHERE l.id = letter_steps.lead_id)
    AND told_while_kept(lead_id, 'handling_letters', letter_id));
--> statement-breakpoint
CREATE POLICY office_continues ON lead_measures FOR INSERT
  WITH CHECK ((SELECT acting_as('triage_officer')) AND recorded_by = (SELECT acting_staff())
    AND EXISTS (SELECT 1 FROM leads l WHERE l.id = lead_measures.lead_id)
    AND told_while_kept(lead_id, 'lead_measures', measure_id));
