CREATE TABLE "recovery_key_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"public_key" "bytea" NOT NULL,
	"requested_by" uuid NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"outcome" text,
	"decided_by" uuid,
	"decided_at" timestamp (3) with time zone,
	CONSTRAINT "recovery_key_requests_public_ck" CHECK (octet_length("recovery_key_requests"."public_key") = 32),
	CONSTRAINT "recovery_key_requests_outcome_ck" CHECK ("recovery_key_requests"."outcome" is null or "recovery_key_requests"."outcome" in ('confirmed','refused')),
	CONSTRAINT "recovery_key_requests_decided_ck" CHECK (("recovery_key_requests"."outcome" is null) = ("recovery_key_requests"."decided_by" is null) and ("recovery_key_requests"."outcome" is null) = ("recovery_key_requests"."decided_at" is null)),
	CONSTRAINT "recovery_key_requests_two_ck" CHECK ("recovery_key_requests"."outcome" is distinct from 'confirmed' or "recovery_key_requests"."decided_by" is distinct from "recovery_key_requests"."requested_by")
);
--> statement-breakpoint
ALTER TABLE "recovery_key_requests" ADD CONSTRAINT "recovery_key_requests_requester_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_key_requests" ADD CONSTRAINT "recovery_key_requests_decider_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "recovery_key_requests_open_uq" ON "recovery_key_requests" USING btree ((outcome is null)) WHERE outcome is null;--> statement-breakpoint
-- The recovery key opens every role's key: whoever registered it alone could register one they hold. A second
-- administrator, who saw the fingerprint on the machine that made it, confirms it; only then does it become a key.
ALTER TABLE recovery_key_requests ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY portal ON recovery_key_requests USING ((SELECT acting_for_portal()));
--> statement-breakpoint
CREATE POLICY administrators ON recovery_key_requests USING ((SELECT acting_as('administrator')));
--> statement-breakpoint
CREATE POLICY audit_reads ON recovery_key_requests FOR SELECT USING ((SELECT acting_as('auditor')));
--> statement-breakpoint
-- A request is born open, in the name of who asks, and answered once by the person acting.
CREATE FUNCTION keep_recovery_key_request() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.outcome IS NOT NULL
       OR acting_staff() IS NOT NULL AND NEW.requested_by IS DISTINCT FROM acting_staff() THEN
      PERFORM refuse('recovery_key_requests_history', 'a request bears the name of who asks and waits for an answer');
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.outcome IS NOT NULL OR to_jsonb(NEW) - ARRAY['outcome', 'decided_by', 'decided_at'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['outcome', 'decided_by', 'decided_at']
     OR acting_staff() IS NOT NULL AND NEW.decided_by IS DISTINCT FROM acting_staff() THEN
    PERFORM refuse('recovery_key_requests_history', 'a request is answered once');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER recovery_key_requests_history BEFORE INSERT OR UPDATE ON recovery_key_requests
  FOR EACH ROW EXECUTE FUNCTION keep_recovery_key_request();
--> statement-breakpoint
-- Only the portal itself (the demo's seed) makes a recovery key without two people.
CREATE FUNCTION keep_recovery_by_two() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.slot = 'recovery' AND acting_staff() IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM recovery_key_requests q WHERE q.id = NEW.id AND q.public_key = NEW.public_key
         AND q.outcome = 'confirmed' AND q.decided_by = acting_staff() AND q.requested_by <> acting_staff()) THEN
    PERFORM refuse('role_keys_recovery_by_two', 'the recovery key is registered by one administrator and confirmed by another');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER role_keys_recovery_by_two BEFORE INSERT ON role_keys
  FOR EACH ROW EXECUTE FUNCTION keep_recovery_by_two();
