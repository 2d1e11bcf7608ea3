-- A wrap that ended is emptied: a lost authenticator or an old recovery code opens nothing of what is stored from then
-- on. (Backups still hold it, which is why the role keys it led to are due for rotation.) Fires after the history check.
CREATE FUNCTION empty_ended_wrap() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.revoked_at IS NOT NULL THEN
    NEW.salt := ''::bytea;
    NEW.body := ''::bytea;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER personal_key_wraps_wipe BEFORE UPDATE ON personal_key_wraps
  FOR EACH ROW EXECUTE FUNCTION empty_ended_wrap();
--> statement-breakpoint
-- A recusal reaches the reporter's identity and contact too, whatever other role the person holds.
CREATE FUNCTION recused_from_tip(tip uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM tips t JOIN lead_recusals r ON r.lead_id = t.lead_id AND r.ended_at IS NULL
    WHERE t.id = tip AND r.staff_id = acting_staff())
$$;
--> statement-breakpoint
CREATE FUNCTION acting_is_recused() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM lead_recusals WHERE staff_id = acting_staff() AND ended_at IS NULL)
$$;
--> statement-breakpoint
CREATE POLICY recused ON sealed_values AS RESTRICTIVE
  USING (NOT (SELECT acting_is_recused()) OR NOT recused_from_tip(owner_id));
--> statement-breakpoint
CREATE POLICY recused ON sealed_keys AS RESTRICTIVE
  USING (NOT (SELECT acting_is_recused()) OR NOT recused_from_tip(owner_id));
--> statement-breakpoint
CREATE POLICY recused ON identity_requests AS RESTRICTIVE
  USING (NOT (SELECT acting_is_recused()) OR NOT recused_from_tip(tip_id));
--> statement-breakpoint
-- Who names administrators alone could name one of straw and be two: that grant needs two as well. An operator at the
-- command line names the first.
CREATE OR REPLACE FUNCTION keep_two_administrators() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  needs_two CONSTANT text[] := ARRAY['finance_preparer','finance_reviewer','finance_approver','cashier','window_clerk','identity_custodian','administrator'];
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
