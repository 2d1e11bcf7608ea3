-- Triage opens the lead of a report it takes out of the queue of suspected spam, as intake opens every other.
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['dossiers','dossier_keys','leads']
  LOOP
    EXECUTE format('CREATE POLICY triage_opens ON %I FOR INSERT
      WITH CHECK ((SELECT acting_as(''triage_officer'')))', guarded);
  END LOOP;
END $$;
--> statement-breakpoint
-- Auditors read who asked for whose identity, why, and what came of it. The shares in these rows open with the
-- custodians' keys alone.
CREATE POLICY audit_reads ON identity_requests FOR SELECT USING ((SELECT acting_as('auditor')));
--> statement-breakpoint
-- Why a report without a lead was set apart, for those who judge it.
CREATE POLICY queue_reads ON events FOR SELECT
  USING (subject_table = 'tips' AND lead_id IS NULL AND action LIKE 'tip.spam\_%'
    AND (SELECT acting_as('triage_officer')));
