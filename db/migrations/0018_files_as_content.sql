-- The list of a report's files is content like its text: the same people read it.
ALTER POLICY content_reads ON sealed_values
  USING (owner_table = 'tips' AND field IN ('narrative', 'details', 'files') AND (
    (SELECT acting_as('triage_officer')) AND EXISTS (SELECT 1 FROM tips t WHERE t.id = sealed_values.owner_id)
    OR (SELECT acting_as('agency_officer', 'agency_verifier')) AND EXISTS (
      SELECT 1 FROM tips t JOIN held_leads h ON h.lead_id = t.lead_id AND h.leading
       WHERE t.id = sealed_values.owner_id AND NOT t.concerns_official)));
