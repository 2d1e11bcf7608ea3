-- An operator of the intake desk sees the reports they took down themselves: their rows, nothing that is sealed, no
-- lead, and nobody else's (product.md, 接线员).
CREATE POLICY recorder_reads ON tips FOR SELECT
  USING ((SELECT acting_as('hotline_operator')) AND recorded_by = (SELECT acting_staff()));
