-- Who sees which rows, held by the database as well: a query that forgets to ask returns nothing (secrecy.md). Each
-- transaction says for whom it works (db/with-actor.server.ts); a connection that says nothing sees nothing.
-- Policies bind the application role. The owner is above them, and with it triggers that run as definer and foreign
-- keys, which must judge rows the acting person does not see.

CREATE FUNCTION acting_for_portal() RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(current_setting('app.actor_kind', true) IN ('system', 'reporter'), false)
$$;
--> statement-breakpoint
CREATE FUNCTION acting_as(VARIADIC wanted text[]) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(current_setting('app.actor_kind', true) = 'staff'
    AND string_to_array(current_setting('app.roles', true), ',') && wanted, false)
$$;
--> statement-breakpoint
CREATE FUNCTION acting_staff() RETURNS uuid LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN current_setting('app.actor_kind', true) = 'staff'
    THEN nullif(current_setting('app.actor_id', true), '')::uuid END
$$;
--> statement-breakpoint
CREATE FUNCTION acting_agency() RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN current_setting('app.actor_kind', true) = 'staff'
    THEN nullif(current_setting('app.agency_id', true), '') END
$$;
--> statement-breakpoint
-- As definer: whoever is recused does not see their recusal's lead, nor the row that says so.
CREATE FUNCTION recused_leads() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT ARRAY(SELECT lead_id FROM lead_recusals WHERE staff_id = acting_staff() AND ended_at IS NULL)
$$;
--> statement-breakpoint
-- Views read as their owner, so that a policy of one table can ask another without asking its policy in turn, and
-- the planner still sees through them (a probe for one lead, a hash for a board).
CREATE VIEW held_leads AS
  SELECT h.lead_id, h.relation IN ('lead', 'co_lead') AS leading
    FROM lead_agencies h JOIN leads l ON l.id = h.lead_id
   WHERE h.to_at IS NULL AND NOT l.leading_office_only AND h.agency_id = (SELECT acting_agency());
--> statement-breakpoint
CREATE VIEW rewardable_leads AS SELECT f.lead_id FROM findings f WHERE f.status IN ('verified', 'superseded');
--> statement-breakpoint
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['leads','lead_agencies','lead_sectors','routing_decisions','lead_recusals','findings',
    'tips','tip_identifiers','sealed_values','sealed_keys','identity_requests','events','dossiers','dossier_keys']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    -- Intake and reporters (who see only what their receipt names), jobs, seeding, the command line.
    EXECUTE format('CREATE POLICY portal ON %I USING ((SELECT acting_for_portal()))', guarded);
  END LOOP;
  -- A conflict of interest outweighs every role.
  FOREACH guarded IN ARRAY ARRAY['lead_agencies','lead_sectors','routing_decisions','lead_recusals','findings','tips','events']
  LOOP
    EXECUTE format('CREATE POLICY recused ON %I AS RESTRICTIVE
      USING ((lead_id <> ALL ((SELECT recused_leads())::uuid[])) IS NOT FALSE)', guarded);
  END LOOP;
  -- The office sees every lead; triage moves them, auditors read.
  FOREACH guarded IN ARRAY ARRAY['leads','lead_agencies','lead_sectors','routing_decisions','lead_recusals','findings','tips']
  LOOP
    EXECUTE format('CREATE POLICY office_reads ON %I FOR SELECT
      USING ((SELECT acting_as(''triage_officer'', ''auditor'')))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['lead_agencies','lead_sectors','routing_decisions']
  LOOP
    EXECUTE format('CREATE POLICY triage_adds ON %I FOR INSERT
      WITH CHECK ((SELECT acting_as(''triage_officer''))
        AND EXISTS (SELECT 1 FROM leads l WHERE l.id = %I.lead_id))', guarded, guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['leads','lead_agencies','lead_sectors','lead_recusals','tips']
  LOOP
    EXECUTE format('CREATE POLICY triage_changes ON %I FOR UPDATE USING ((SELECT acting_as(''triage_officer'')))', guarded);
  END LOOP;
  -- A body sees what it holds now.
  FOREACH guarded IN ARRAY ARRAY['lead_agencies','lead_sectors','routing_decisions','findings']
  LOOP
    EXECUTE format('CREATE POLICY agency_reads ON %I FOR SELECT
      USING ((SELECT acting_as(''agency_officer'', ''agency_verifier''))
        AND EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = %I.lead_id))', guarded, guarded);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE POLICY recused ON leads AS RESTRICTIVE USING (id <> ALL ((SELECT recused_leads())::uuid[]));
--> statement-breakpoint
CREATE POLICY agency_reads ON leads FOR SELECT
  USING ((SELECT acting_as('agency_officer', 'agency_verifier'))
    AND EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = leads.id));
--> statement-breakpoint
CREATE POLICY agency_changes ON leads FOR UPDATE
  USING ((SELECT acting_as('agency_officer', 'agency_verifier'))
    AND EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = leads.id));
--> statement-breakpoint
-- Returning a lead ends every body's hold at once.
CREATE POLICY agency_changes ON lead_agencies FOR UPDATE
  USING ((SELECT acting_as('agency_officer'))
    AND EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = lead_agencies.lead_id AND h.leading));
--> statement-breakpoint
CREATE POLICY agency_adds ON findings FOR INSERT
  WITH CHECK ((SELECT acting_as('agency_officer')) AND recorded_by = (SELECT acting_staff())
    AND EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = findings.lead_id AND h.leading));
--> statement-breakpoint
CREATE POLICY agency_changes ON findings FOR UPDATE
  USING ((SELECT acting_as('agency_officer', 'agency_verifier'))
    AND EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = findings.lead_id AND h.leading));
--> statement-breakpoint
-- A tip that accuses an official stays with the leading office, whatever became of its lead.
CREATE POLICY agency_reads ON tips FOR SELECT
  USING ((SELECT acting_as('agency_officer', 'agency_verifier')) AND NOT concerns_official
    AND EXISTS (SELECT 1 FROM held_leads h WHERE h.lead_id = tips.lead_id));
--> statement-breakpoint
-- Rewards rest on settled findings and on who asked for one. The `locks` policies let a row be held while an award is
-- signed (row locks ask for the right to update); their check lets nothing be written.
CREATE POLICY finance_reads ON leads FOR SELECT
  USING ((SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver'))
    AND EXISTS (SELECT 1 FROM rewardable_leads r WHERE r.lead_id = leads.id));
--> statement-breakpoint
CREATE POLICY finance_locks ON leads FOR UPDATE
  USING ((SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver'))
    AND EXISTS (SELECT 1 FROM rewardable_leads r WHERE r.lead_id = leads.id))
  WITH CHECK (false);
--> statement-breakpoint
CREATE POLICY finance_reads ON findings FOR SELECT
  USING ((SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver'))
    AND status IN ('verified', 'superseded'));
--> statement-breakpoint
CREATE POLICY finance_locks ON findings FOR UPDATE
  USING ((SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver'))
    AND status IN ('verified', 'superseded'))
  WITH CHECK (false);
--> statement-breakpoint
CREATE POLICY finance_reads ON tips FOR SELECT
  USING ((SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver')) AND wants_reward
    AND EXISTS (SELECT 1 FROM rewardable_leads r WHERE r.lead_id = tips.lead_id));
--> statement-breakpoint
CREATE POLICY finance_locks ON tips FOR UPDATE
  USING ((SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver')) AND wants_reward
    AND EXISTS (SELECT 1 FROM rewardable_leads r WHERE r.lead_id = tips.lead_id))
  WITH CHECK (false);
--> statement-breakpoint
-- From here on a policy that asks `tips` or `leads` goes through their policies, recusals included.
CREATE POLICY board_reads ON tip_identifiers FOR SELECT
  USING ((SELECT acting_as('triage_officer', 'auditor', 'agency_officer', 'agency_verifier'))
    AND EXISTS (SELECT 1 FROM tips t WHERE t.id = tip_identifiers.tip_id));
--> statement-breakpoint
CREATE POLICY board_reads ON dossiers FOR SELECT
  USING ((SELECT acting_as('triage_officer', 'auditor', 'agency_officer', 'agency_verifier'))
    AND EXISTS (SELECT 1 FROM leads l WHERE l.dossier_id = dossiers.id));
--> statement-breakpoint
CREATE POLICY board_reads ON dossier_keys FOR SELECT
  USING ((SELECT acting_as('triage_officer', 'auditor', 'agency_officer', 'agency_verifier'))
    AND EXISTS (SELECT 1 FROM leads l WHERE l.dossier_id = dossier_keys.dossier_id));
--> statement-breakpoint
-- Declared for oneself, on a lead one sees; ended by triage (triage_changes).
CREATE POLICY own_conflict ON lead_recusals FOR INSERT
  WITH CHECK (staff_id = (SELECT acting_staff()) AND ended_at IS NULL
    AND EXISTS (SELECT 1 FROM leads l WHERE l.id = lead_recusals.lead_id));
--> statement-breakpoint
-- Sealed content: triage, and the bodies that lead the lead. Bodies that only help, and auditors, see none.
CREATE POLICY content_reads ON sealed_values FOR SELECT
  USING (owner_table = 'tips' AND field IN ('narrative', 'details') AND (
    (SELECT acting_as('triage_officer')) AND EXISTS (SELECT 1 FROM tips t WHERE t.id = sealed_values.owner_id)
    OR (SELECT acting_as('agency_officer', 'agency_verifier')) AND EXISTS (
      SELECT 1 FROM tips t JOIN held_leads h ON h.lead_id = t.lead_id AND h.leading
       WHERE t.id = sealed_values.owner_id AND NOT t.concerns_official)));
--> statement-breakpoint
CREATE POLICY identity_reads ON sealed_values FOR SELECT
  USING (owner_table = 'tips' AND field = 'identity' AND (SELECT acting_as('identity_custodian')));
--> statement-breakpoint
CREATE POLICY contact_reads ON sealed_values FOR SELECT
  USING (owner_table = 'tips' AND field = 'contact' AND (SELECT acting_as('notice_desk')));
--> statement-breakpoint
-- Data keys likewise; their readers also seal them on (to a body, to a new epoch) and drop what a retired key opened.
CREATE POLICY content_keys ON sealed_keys
  USING (owner_table = 'tips' AND record = 'content' AND (
    (SELECT acting_as('triage_officer')) AND EXISTS (SELECT 1 FROM tips t WHERE t.id = sealed_keys.owner_id)
    OR (SELECT acting_as('agency_officer', 'agency_verifier')) AND EXISTS (
      SELECT 1 FROM tips t JOIN held_leads h ON h.lead_id = t.lead_id AND h.leading
       WHERE t.id = sealed_keys.owner_id AND NOT t.concerns_official)));
--> statement-breakpoint
CREATE POLICY identity_keys ON sealed_keys
  USING (owner_table = 'tips' AND record = 'identity' AND (SELECT acting_as('identity_custodian')));
--> statement-breakpoint
CREATE POLICY contact_keys ON sealed_keys
  USING (owner_table = 'tips' AND record = 'contact' AND (SELECT acting_as('notice_desk')));
--> statement-breakpoint
CREATE POLICY custodians ON identity_requests USING ((SELECT acting_as('identity_custodian')));
--> statement-breakpoint
-- The trail. Everybody writes what they did themselves, on a lead they see or for an award they handle.
CREATE POLICY own_acts ON events FOR INSERT
  WITH CHECK (actor_kind = 'staff' AND actor_id = (SELECT acting_staff()) AND (lead_id IS NULL
    OR EXISTS (SELECT 1 FROM leads l WHERE l.id = events.lead_id)
    OR subject_table = 'awards' AND EXISTS (
      SELECT 1 FROM awards a WHERE a.id::text = events.subject_id AND a.lead_id = events.lead_id)));
--> statement-breakpoint
CREATE POLICY audit_reads ON events FOR SELECT USING ((SELECT acting_as('auditor')));
--> statement-breakpoint
CREATE POLICY lead_reads ON events FOR SELECT
  USING (lead_id IS NOT NULL AND (SELECT acting_as('triage_officer', 'agency_officer', 'agency_verifier'))
    AND EXISTS (SELECT 1 FROM leads l WHERE l.id = events.lead_id));
--> statement-breakpoint
CREATE POLICY award_reads ON events FOR SELECT
  USING (subject_table IN ('awards', 'reward_pools', 'budgets', 'funds', 'ledger_transactions')
    AND (SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver', 'cashier')));
--> statement-breakpoint
-- What is about people and keys alone, no lead and no tip.
CREATE POLICY house_reads ON events FOR SELECT
  USING (lead_id IS NULL AND subject_table NOT IN ('leads', 'tips') AND actor_kind <> 'reporter'
    AND (SELECT acting_staff()) IS NOT NULL);
--> statement-breakpoint
-- Looking at a lead's tips is told by its subject alone, so the restrictive policy on lead_id does not cover it.
CREATE POLICY recused_subject ON events AS RESTRICTIVE FOR SELECT
  USING (subject_table <> 'leads' OR subject_id <> ALL ((SELECT recused_leads())::text[]));
--> statement-breakpoint
-- A recusal's reason, person and beginning stay; it ends once.
CREATE FUNCTION keep_recusal() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL OR to_jsonb(NEW) - ARRAY['ended_at', 'ended_by'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['ended_at', 'ended_by'] THEN
    PERFORM refuse('lead_recusals_history', 'a recusal is only ever ended');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER lead_recusals_history BEFORE UPDATE ON lead_recusals FOR EACH ROW EXECUTE FUNCTION keep_recusal();
--> statement-breakpoint
-- Money and names need two administrators: one asks, another gives. An operator at the command line may ask (nobody's
-- name stands in requested_by), and one administrator gives. Only the portal itself (the demo's seed) gives alone.
CREATE FUNCTION keep_two_administrators() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  needs_two CONSTANT text[] := ARRAY['finance_preparer','finance_reviewer','finance_approver','cashier','window_clerk','identity_custodian'];
BEGIN
  IF acting_staff() IS NOT NULL AND NEW.granted_by IS DISTINCT FROM acting_staff() THEN
    PERFORM refuse('staff_roles_granter', 'a grant bears the name of who gives it');
  END IF;
  IF NEW.role <> ALL (needs_two) OR NEW.granted_by IS NULL THEN
    IF NEW.requested_by IS NOT NULL THEN
      PERFORM refuse('staff_roles_two_administrators', 'only a grant by two bears who asked');
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.requested_by IN (NEW.staff_id, NEW.granted_by) OR NEW.granted_by = NEW.staff_id OR NOT EXISTS (
       SELECT 1 FROM role_requests q WHERE q.staff_id = NEW.staff_id AND q.role = NEW.role AND q.outcome = 'granted'
         AND q.decided_by = NEW.granted_by AND q.decided_at = NEW.granted_at
         AND q.requested_by IS NOT DISTINCT FROM NEW.requested_by) THEN
    PERFORM refuse('staff_roles_two_administrators', 'this role is asked for by one administrator and given by another');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER staff_roles_two_administrators BEFORE INSERT ON staff_roles
  FOR EACH ROW EXECUTE FUNCTION keep_two_administrators();
--> statement-breakpoint
CREATE OR REPLACE FUNCTION keep_grant_history() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.revoked_at IS NOT NULL OR to_jsonb(NEW) - ARRAY['revoked_at', 'revoked_by'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['revoked_at', 'revoked_by'] THEN
    RAISE EXCEPTION 'a role grant is only ever ended' USING ERRCODE = '23514', CONSTRAINT = 'staff_roles_history';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- A request is born open, in the name of who asks, and answered once by the person acting.
CREATE FUNCTION keep_role_request() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.outcome IS NOT NULL
       OR acting_staff() IS NOT NULL AND NEW.requested_by IS DISTINCT FROM acting_staff() THEN
      PERFORM refuse('role_requests_history', 'a request bears the name of who asks and waits for an answer');
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.outcome IS NOT NULL OR to_jsonb(NEW) - ARRAY['outcome', 'decided_by', 'decided_at'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['outcome', 'decided_by', 'decided_at']
     OR acting_staff() IS NOT NULL AND NEW.decided_by IS DISTINCT FROM acting_staff() THEN
    PERFORM refuse('role_requests_history', 'a request is answered once');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER role_requests_history BEFORE INSERT OR UPDATE ON role_requests
  FOR EACH ROW EXECUTE FUNCTION keep_role_request();
