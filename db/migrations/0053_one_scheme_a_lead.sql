-- As in 0034; and what a lead's stages award, one scheme's line awards (never twice for the same facts): two rules would
-- pay the same facts twice, and no interim reward follows the final one. Computations of one lead wait for each other.
CREATE OR REPLACE FUNCTION keep_pool() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE last reward_pools;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF to_jsonb(NEW) - 'status' IS DISTINCT FROM to_jsonb(OLD) - 'status' OR OLD.status = 'superseded' THEN
      PERFORM refuse('reward_pools_history', 'a computation is superseded, never edited');
    END IF;
    RETURN NEW;
  END IF;
  PERFORM pg_advisory_xact_lock(7301666, uuid_hash(NEW.lead_id));
  SELECT * INTO last FROM reward_pools WHERE lead_id = NEW.lead_id AND stage = NEW.stage ORDER BY version DESC LIMIT 1;
  IF NEW.status <> 'live' OR NEW.version <> coalesce(last.version, 0) + 1 OR NEW.supersedes_id IS DISTINCT FROM last.id THEN
    PERFORM refuse('reward_pools_history', 'a computation follows the one it supersedes');
  END IF;
  PERFORM 1 FROM findings f WHERE f.id = NEW.finding_id AND f.lead_id = NEW.lead_id AND f.status = 'verified'
     AND f.is_final FOR SHARE;
  IF NOT FOUND THEN
    PERFORM refuse('reward_pools_finding', 'a reward rests on a verified, final finding of its lead');
  END IF;
  IF NEW.record_hash IS NULL THEN
    PERFORM refuse('reward_pools_record', 'a computation is judged by questions that were answered');
  END IF;
  IF EXISTS (SELECT 1 FROM reward_pools p JOIN schemes s ON s.scheme_id = p.scheme_id AND s.version = p.scheme_version
      WHERE p.lead_id = NEW.lead_id AND p.status = 'live' AND p.stage <> NEW.stage
        AND (s.line <> (SELECT o.line FROM schemes o WHERE o.scheme_id = NEW.scheme_id AND o.version = NEW.scheme_version)
             OR NEW.stage = 'interim' AND p.stage = 'final')
        AND EXISTS (SELECT 1 FROM awards a WHERE a.pool_id = p.id AND a.status NOT IN ('rejected', 'superseded', 'revoked', 'lapsed'))) THEN
    PERFORM refuse('reward_pools_one_line', 'a lead is rewarded by one scheme');
  END IF;
  RETURN NEW;
END $$;
