-- A decision binds the bodies of the round it was made in: when the lead has since been handed to another pack or
-- opened again it is routed anew, and whoever gets it then may return it like any other lead.
CREATE OR REPLACE FUNCTION dispute_was_decided(of_lead uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM disputes d WHERE d.lead_id = of_lead AND d.status = 'decided'
    AND NOT EXISTS (SELECT 1 FROM events e WHERE e.lead_id = of_lead AND e.action = 'lead.moved'
      AND (e.data->>'handed' IS NOT NULL OR e.data->>'reopened' = 'true') AND e.recorded_at >= d.ended_at))
$$;
--> statement-breakpoint
-- What the merge of two dossiers ended of the lead it emptied comes back when the merge is undone: only what the merge
-- wrote down, and only while it is being undone (the lead is open again, the merge not yet marked).
CREATE FUNCTION ended_by_merge(of_lead uuid, of_row uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM dossier_merges m JOIN leads l ON l.id = of_lead AND l.closed_at IS NULL
    WHERE m.undone_at IS NULL AND m.before #>> '{joined,from,id}' = of_lead::text
      AND (m.before -> 'clocks' ? of_row::text OR m.before -> 'pauses' ? of_row::text))
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION keep_clock() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF to_jsonb(NEW) - ARRAY['due_on', 'calendar_no', 'ended_on', 'extended_days'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['due_on', 'calendar_no', 'ended_on', 'extended_days']
     OR OLD.ended_on IS NOT NULL AND (NEW.ended_on IS NOT NULL OR NOT ended_by_merge(NEW.lead_id, NEW.id))
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
CREATE OR REPLACE FUNCTION keep_pause() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
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
  IF OLD.to_on IS NOT NULL AND (NEW.to_on IS NOT NULL OR NOT ended_by_merge(NEW.lead_id, NEW.id))
     OR to_jsonb(NEW) - 'to_on' IS DISTINCT FROM to_jsonb(OLD) - 'to_on' THEN
    PERFORM refuse('clock_pauses_history', 'a pause is only ever ended');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- As definer: triage undoes the merge, and a body's own assignments are not triage's to make otherwise. Whoever could no
-- longer be put on the lead (keep_assignment, 0026) is left out.
CREATE FUNCTION restore_assignments(of_merge uuid, noted timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF acting_as('triage_officer') IS NOT TRUE THEN
    PERFORM refuse('lead_assignments_by', 'triage undoes a merge');
  END IF;
  INSERT INTO lead_assignments (id, lead_id, reach, staff_id, how, assigned_by, from_at)
  SELECT gen_random_uuid(), c.lead_id, c.reach, s.id, 'assigned', acting_staff(), noted
    FROM dossier_merges m CROSS JOIN jsonb_to_recordset(m.before -> 'assignments') AS a (reach text, "staffId" uuid)
    JOIN lead_cards c ON c.lead_id = (m.before #>> '{joined,from,id}')::uuid AND c.reach = a.reach
    JOIN staff s ON s.id = a."staffId" AND s.status = 'active'
   WHERE m.id = of_merge AND m.undone_at IS NULL AND c.lead_id <> ALL (recused_leads())
     AND EXISTS (SELECT 1 FROM staff_roles r WHERE r.staff_id = s.id AND r.revoked_at IS NULL
           AND CASE WHEN a.reach = '' THEN r.role = 'triage_officer' ELSE r.role = 'agency_officer' AND s.agency_id = a.reach END)
     AND NOT EXISTS (SELECT 1 FROM lead_recusals q WHERE q.lead_id = c.lead_id AND q.staff_id = s.id AND q.ended_at IS NULL)
     AND NOT EXISTS (SELECT 1 FROM lead_assignments o WHERE o.lead_id = c.lead_id AND o.reach = a.reach AND o.ended_at IS NULL);
END $$;
