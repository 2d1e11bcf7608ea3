-- A decision binds the bodies of the round it was made in: when the lead has since been handed to another pack or
-- opened again it is routed anew, and whoever gets it then may return it like any other lead.
CREATE OR REPLACE FUNCTION dispute_was_decided(of_lead uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM disputes d WHERE d.lead_id = of_lead AND d.status = 'decided'
    AND NOT EXISTS (SELECT 1 FROM events e WHERE e.lead_id = of_lead AND e.action = 'lead.moved'
      AND (e.data->>'handed' IS NOT NULL OR e.data->>'reopened' = 'true') AND e.recorded_at >= d.ended_at))
$$;
