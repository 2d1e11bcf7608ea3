-- Guards that no table definition can say. Each refusal names its rule in the constraint field, so that code and
-- tests match on `constraint`, never on a message.

-- Append-only: not even the owner changes or removes a row by accident. Truncate is refused too.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append-only' USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;
--> statement-breakpoint
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['events','packs','schemes','vouchers','approval_steps','accounts','funds','budgets',
    'ledger_transactions','ledger_entries','voucher_numbers','routing_decisions']
  LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
      guarded || '_append_only', guarded);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      guarded || '_no_truncate', guarded);
  END LOOP;
END $$;
--> statement-breakpoint
-- Who gives roles must not touch money or names (product.md, administrator; ledger invariant 9). The staff row is
-- locked so that two grants racing for one person are seen one after the other.
CREATE FUNCTION keep_administrators_apart() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  barred CONSTANT text[] := ARRAY['finance_preparer','finance_reviewer','finance_approver','cashier','window_clerk','identity_custodian'];
BEGIN
  IF NEW.revoked_at IS NOT NULL THEN RETURN NEW; END IF;
  PERFORM 1 FROM staff WHERE id = NEW.staff_id FOR UPDATE;
  IF NEW.role = 'administrator' AND EXISTS (SELECT 1 FROM staff_roles r WHERE r.staff_id = NEW.staff_id
       AND r.revoked_at IS NULL AND r.role = ANY (barred))
     OR NEW.role = ANY (barred) AND EXISTS (SELECT 1 FROM staff_roles r WHERE r.staff_id = NEW.staff_id
       AND r.revoked_at IS NULL AND r.role = 'administrator') THEN
    RAISE EXCEPTION 'administrators hold no finance or custodian role'
      USING ERRCODE = '23514', CONSTRAINT = 'staff_roles_administrator_apart';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER staff_roles_administrator_apart BEFORE INSERT OR UPDATE ON staff_roles
  FOR EACH ROW EXECUTE FUNCTION keep_administrators_apart();
--> statement-breakpoint
-- A grant is history: only its end may be written, once.
CREATE FUNCTION keep_grant_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.revoked_at IS NOT NULL OR (NEW.id, NEW.staff_id, NEW.role, NEW.granted_at) IS DISTINCT FROM
     (OLD.id, OLD.staff_id, OLD.role, OLD.granted_at) OR NEW.granted_by IS DISTINCT FROM OLD.granted_by THEN
    RAISE EXCEPTION 'a role grant is only ever ended' USING ERRCODE = '23514', CONSTRAINT = 'staff_roles_history';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER staff_roles_history BEFORE UPDATE ON staff_roles FOR EACH ROW EXECUTE FUNCTION keep_grant_history();
--> statement-breakpoint
-- A passkey keeps its key; a revoked one stays revoked.
CREATE FUNCTION keep_passkey() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.staff_id, NEW.credential_id, NEW.public_key, NEW.kind) IS DISTINCT FROM
     (OLD.staff_id, OLD.credential_id, OLD.public_key, OLD.kind)
     OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) THEN
    RAISE EXCEPTION 'a passkey is never changed' USING ERRCODE = '23514', CONSTRAINT = 'passkeys_history';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER passkeys_history BEFORE UPDATE ON passkeys FOR EACH ROW EXECUTE FUNCTION keep_passkey();
--> statement-breakpoint
-- A finding, once verified, is evidence: only its being superseded may be written. Nobody unsettles one in between.
CREATE FUNCTION keep_finding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.lead_id, NEW.version, NEW.entity_class, NEW.decision_number, NEW.decided_on, NEW.is_final, NEW.recorded_by)
     IS DISTINCT FROM
     (OLD.id, OLD.lead_id, OLD.version, OLD.entity_class, OLD.decision_number, OLD.decided_on, OLD.is_final, OLD.recorded_by)
     OR (NEW.illegal_amount_fen, NEW.penalty_fen, NEW.illegal_gains_fen, NEW.collected_fen) IS DISTINCT FROM
        (OLD.illegal_amount_fen, OLD.penalty_fen, OLD.illegal_gains_fen, OLD.collected_fen)
     OR (OLD.status = 'verified' AND (NEW.status <> 'superseded' OR NEW.verified_by IS DISTINCT FROM OLD.verified_by))
     OR OLD.status IN ('rejected', 'superseded') THEN
    RAISE EXCEPTION 'a finding is replaced, never edited' USING ERRCODE = '23514', CONSTRAINT = 'findings_history';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER findings_history BEFORE UPDATE ON findings FOR EACH ROW EXECUTE FUNCTION keep_finding();
--> statement-breakpoint
-- A tip's facts and order of arrival stay as the reporter gave them; only the lead it hangs on may change.
CREATE FUNCTION keep_tip() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - 'lead_id' IS DISTINCT FROM to_jsonb(OLD) - 'lead_id' THEN
    RAISE EXCEPTION 'a tip is never edited' USING ERRCODE = '23514', CONSTRAINT = 'tips_history';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER tips_history BEFORE UPDATE ON tips FOR EACH ROW EXECUTE FUNCTION keep_tip();
