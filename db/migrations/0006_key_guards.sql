-- Keys are history. Each refusal names its rule in the constraint field.

-- The chain and its roots are only ever added to.
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['event_chain','audit_roots']
  LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
      guarded || '_append_only', guarded);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      guarded || '_no_truncate', guarded);
  END LOOP;
END $$;
--> statement-breakpoint
-- A sealed value is never rewritten: whoever holds a public key could otherwise swap one text for another.
CREATE TRIGGER sealed_values_append_only BEFORE UPDATE OR DELETE ON sealed_values
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER sealed_keys_no_update BEFORE UPDATE ON sealed_keys FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- A data key may go only when another live recipient of the same record and part stays: nothing becomes unreadable.
CREATE FUNCTION keep_a_reader() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM sealed_keys k JOIN role_keys r ON r.id = k.role_key_id
       JOIN role_keys gone ON gone.id = OLD.role_key_id AND gone.slot = r.slot
       WHERE k.owner_table = OLD.owner_table AND k.owner_id = OLD.owner_id AND k.record = OLD.record
         AND k.part = OLD.part AND k.id <> OLD.id AND r.retired_at IS NULL) THEN
    RAISE EXCEPTION 'a record keeps a reader' USING ERRCODE = '23514', CONSTRAINT = 'sealed_keys_reader';
  END IF;
  RETURN OLD;
END $$;
--> statement-breakpoint
CREATE TRIGGER sealed_keys_reader BEFORE DELETE ON sealed_keys FOR EACH ROW EXECUTE FUNCTION keep_a_reader();
--> statement-breakpoint
-- A role key keeps its slot, epoch and public half; it is marked for rotation, and retired once.
CREATE FUNCTION keep_role_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.slot, NEW.epoch, NEW.public_key, NEW.made_at) IS DISTINCT FROM
     (OLD.id, OLD.slot, OLD.epoch, OLD.public_key, OLD.made_at) OR NEW.made_by IS DISTINCT FROM OLD.made_by
     OR (OLD.retired_at IS NOT NULL AND NEW.retired_at IS DISTINCT FROM OLD.retired_at) THEN
    RAISE EXCEPTION 'a role key is never changed' USING ERRCODE = '23514', CONSTRAINT = 'role_keys_history';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER role_keys_history BEFORE UPDATE ON role_keys FOR EACH ROW EXECUTE FUNCTION keep_role_key();
--> statement-breakpoint
CREATE FUNCTION keep_personal_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.staff_id, NEW.public_key, NEW.made_at) IS DISTINCT FROM
     (OLD.id, OLD.staff_id, OLD.public_key, OLD.made_at)
     OR (OLD.retired_at IS NOT NULL AND NEW.retired_at IS DISTINCT FROM OLD.retired_at) THEN
    RAISE EXCEPTION 'a personal key is never changed' USING ERRCODE = '23514', CONSTRAINT = 'personal_keys_history';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER personal_keys_history BEFORE UPDATE ON personal_keys
  FOR EACH ROW EXECUTE FUNCTION keep_personal_key();
--> statement-breakpoint
-- Wraps and grants only ever end, once.
CREATE FUNCTION keep_only_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - 'revoked_at' IS DISTINCT FROM to_jsonb(OLD) - 'revoked_at' OR OLD.revoked_at IS NOT NULL THEN
    RAISE EXCEPTION 'only ever ended' USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_history';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER personal_key_wraps_history BEFORE UPDATE ON personal_key_wraps
  FOR EACH ROW EXECUTE FUNCTION keep_only_end();
--> statement-breakpoint
CREATE TRIGGER key_grants_history BEFORE UPDATE ON key_grants FOR EACH ROW EXECUTE FUNCTION keep_only_end();
--> statement-breakpoint
-- Nobody holds both sides of the identity vault, not even one after the other with an old key: whoever ever held one
-- side never gets the other. The staff row is locked so that two grants racing for one person are seen in turn.
CREATE FUNCTION keep_vault_sides_apart() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  person uuid;
  side text;
BEGIN
  IF NEW.personal_key_id IS NULL THEN RETURN NEW; END IF;
  SELECT slot INTO side FROM role_keys WHERE id = NEW.role_key_id;
  IF side NOT IN ('custodian_a', 'custodian_b') THEN RETURN NEW; END IF;
  SELECT staff_id INTO person FROM personal_keys WHERE id = NEW.personal_key_id;
  PERFORM 1 FROM staff WHERE id = person FOR UPDATE;
  IF EXISTS (SELECT 1 FROM key_grants g JOIN personal_keys p ON p.id = g.personal_key_id
       JOIN role_keys r ON r.id = g.role_key_id
       WHERE p.staff_id = person AND r.slot IN ('custodian_a', 'custodian_b') AND r.slot <> side) THEN
    RAISE EXCEPTION 'one person holds one side of the identity vault'
      USING ERRCODE = '23514', CONSTRAINT = 'key_grants_vault_sides';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER key_grants_vault_sides BEFORE INSERT ON key_grants
  FOR EACH ROW EXECUTE FUNCTION keep_vault_sides_apart();
--> statement-breakpoint
-- A wish to open an identity is answered once; what was asked, why and by whom stays.
CREATE FUNCTION keep_identity_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'waiting'
     OR (NEW.id, NEW.tip_id, NEW.reason, NEW.side, NEW.requested_by, NEW.requested_at, NEW.expires_at, NEW.role_key_id)
     IS DISTINCT FROM
     (OLD.id, OLD.tip_id, OLD.reason, OLD.side, OLD.requested_by, OLD.requested_at, OLD.expires_at, OLD.role_key_id) THEN
    RAISE EXCEPTION 'an identity request is answered once'
      USING ERRCODE = '23514', CONSTRAINT = 'identity_requests_history';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER identity_requests_history BEFORE UPDATE ON identity_requests
  FOR EACH ROW EXECUTE FUNCTION keep_identity_request();
--> statement-breakpoint
-- A tip's facts and order of arrival stay as the reporter gave them; its lead, its spam mark and its receipt's end
-- may be written, a closed receipt never opens again.
CREATE OR REPLACE FUNCTION keep_tip() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF to_jsonb(NEW) - ARRAY['lead_id','spam','receipt_closed_on','receipt_closed_why'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['lead_id','spam','receipt_closed_on','receipt_closed_why']
     OR (OLD.receipt_closed_on IS NOT NULL AND (NEW.receipt_closed_on, NEW.receipt_closed_why) IS DISTINCT FROM
        (OLD.receipt_closed_on, OLD.receipt_closed_why)) THEN
    PERFORM refuse('tips_history', 'a tip is never edited');
  END IF;
  IF NEW.lead_id IS DISTINCT FROM OLD.lead_id AND EXISTS (SELECT 1 FROM awards a WHERE a.tip_id = OLD.id) THEN
    PERFORM refuse('tips_awarded', 'a tip with an award stays on its lead');
  END IF;
  RETURN NEW;
END $$;
