-- Rows written under the earlier rule are append-only and stay as they are: NOT VALID binds every new one.
ALTER TABLE "ledger_transactions" DROP CONSTRAINT "ledger_transactions_key_ck";--> statement-breakpoint
ALTER TABLE "funds" ADD CONSTRAINT "funds_plain_ck" CHECK (regexp_replace("funds"."source", '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}' and replace("funds"."slug", '-', '') !~ '[0-9]{11}') NOT VALID;--> statement-breakpoint
ALTER TABLE "ledger_transactions" ADD CONSTRAINT "ledger_transactions_key_ck" CHECK ("ledger_transactions"."idempotency_key" ~ '^[a-z_.]+:[a-z0-9-]{1,64}(:[0-9]{1,4})?$' and ("ledger_transactions"."idempotency_key" ~ '^[a-z_.]+:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(:[0-9]{1,4})?$' or regexp_replace("ledger_transactions"."idempotency_key", '[-:._]', '', 'g') !~ '[0-9]{11}')) NOT VALID;
--> statement-breakpoint
-- A reward is signed on evidence that stands. The finding is held until commit: superseding it meanwhile waits, and
-- then sees the award approved. Fires after approval_steps_keep, which holds the award first.
CREATE FUNCTION keep_step_evidence() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE f findings;
BEGIN
  IF NEW.action = 'reject' THEN RETURN NEW; END IF;
  SELECT found.* INTO f FROM findings found JOIN reward_pools p ON p.finding_id = found.id
    JOIN awards a ON a.pool_id = p.id JOIN vouchers v ON v.award_id = a.id
   WHERE v.id = NEW.voucher_id FOR SHARE OF found;
  IF (f.status = 'verified' AND f.is_final) IS NOT TRUE THEN
    PERFORM refuse('approval_steps_finding_stands', 'a reward is signed only while its finding stands');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER approval_steps_stands BEFORE INSERT ON approval_steps FOR EACH ROW EXECUTE FUNCTION keep_step_evidence();
--> statement-breakpoint
-- The other side: the row is locked before this runs, so every signature on it has committed or will wait.
CREATE FUNCTION keep_rewarded_finding() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.status = 'verified' AND NEW.status <> 'verified' AND EXISTS (
       SELECT 1 FROM reward_pools p JOIN awards a ON a.pool_id = p.id
        WHERE p.finding_id = OLD.id AND a.status IN ('approved', 'accepted', 'posted', 'paid')) THEN
    PERFORM refuse('findings_rewarded', 'a finding is not replaced under an approved reward');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER findings_rewarded BEFORE UPDATE ON findings FOR EACH ROW EXECUTE FUNCTION keep_rewarded_finding();
--> statement-breakpoint
-- A tip with an award, whatever became of it, stays on its lead: elsewhere it could be rewarded again.
CREATE OR REPLACE FUNCTION keep_tip() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF to_jsonb(NEW) - 'lead_id' IS DISTINCT FROM to_jsonb(OLD) - 'lead_id' THEN
    PERFORM refuse('tips_history', 'a tip is never edited');
  END IF;
  IF NEW.lead_id IS DISTINCT FROM OLD.lead_id AND EXISTS (SELECT 1 FROM awards a WHERE a.tip_id = OLD.id) THEN
    PERFORM refuse('tips_awarded', 'a tip with an award stays on its lead');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- Holds the tip until commit (a foreign key would let its lead change meanwhile), so that of an award and a move one
-- sees the other. Fires before awards_history, which compares the award with its tip.
CREATE FUNCTION keep_award_tip() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM tips WHERE id = NEW.tip_id FOR SHARE;
  IF EXISTS (SELECT 1 FROM awards a WHERE a.tip_id = NEW.tip_id AND a.stage = NEW.stage AND a.lead_id <> NEW.lead_id
       AND a.status NOT IN ('rejected', 'superseded', 'revoked', 'lapsed')) THEN
    PERFORM refuse('awards_tip_once', 'a tip is rewarded once a stage, on one lead');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER awards_held_tip BEFORE INSERT ON awards FOR EACH ROW EXECUTE FUNCTION keep_award_tip();
