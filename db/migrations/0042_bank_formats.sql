CREATE TABLE "format_proposals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" text NOT NULL,
	"sha256" text NOT NULL,
	"content" jsonb NOT NULL,
	"brought_by" uuid NOT NULL,
	"brought_at" timestamp (3) with time zone NOT NULL,
	"requested_by" uuid,
	"requested_at" timestamp (3) with time zone,
	"reason" text,
	"outcome" text,
	"decided_by" uuid,
	"decided_at" timestamp (3) with time zone,
	"answer" text,
	CONSTRAINT "format_proposals_requested_ck" CHECK (("format_proposals"."requested_by" is null) = ("format_proposals"."requested_at" is null) and ("format_proposals"."requested_by" is null) = ("format_proposals"."reason" is null)),
	CONSTRAINT "format_proposals_reason_ck" CHECK ("format_proposals"."reason" is null or char_length("format_proposals"."reason") between 2 and 300),
	CONSTRAINT "format_proposals_answer_ck" CHECK ("format_proposals"."answer" is null or char_length("format_proposals"."answer") between 2 and 300),
	CONSTRAINT "format_proposals_outcome_ck" CHECK ("format_proposals"."outcome" is null or "format_proposals"."outcome" in ('agreed','refused','withdrawn')),
	CONSTRAINT "format_proposals_decided_ck" CHECK (("format_proposals"."outcome" is null) = ("format_proposals"."decided_at" is null) and ("format_proposals"."outcome" is null) = ("format_proposals"."decided_by" is null)),
	CONSTRAINT "format_proposals_two_ck" CHECK ("format_proposals"."outcome" is distinct from 'agreed' or "format_proposals"."requested_by" is not null and "format_proposals"."decided_by" <> "format_proposals"."requested_by")
);
--> statement-breakpoint
ALTER TABLE "format_proposals" ADD CONSTRAINT "format_proposals_bringer_fk" FOREIGN KEY ("brought_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "format_proposals" ADD CONSTRAINT "format_proposals_requester_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "format_proposals" ADD CONSTRAINT "format_proposals_decider_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "format_proposals_version_uq" ON "format_proposals" USING btree ("version");--> statement-breakpoint
CREATE UNIQUE INDEX "format_proposals_open_uq" ON "format_proposals" USING btree ((true)) WHERE outcome is null;--> statement-breakpoint
CREATE INDEX "format_proposals_brought_ix" ON "format_proposals" USING btree ("brought_at");--> statement-breakpoint
ALTER TABLE format_proposals ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY portal ON format_proposals USING ((SELECT acting_for_portal()));
--> statement-breakpoint
CREATE POLICY administrators ON format_proposals USING ((SELECT acting_as('administrator')));
--> statement-breakpoint
-- Files are made and statements read by the format in force; whoever pays, signs or audits sees which that is.
CREATE POLICY money_reads ON format_proposals FOR SELECT USING ((SELECT acting_as(
  'cashier', 'finance_preparer', 'finance_reviewer', 'finance_approver', 'auditor')));
--> statement-breakpoint
-- As keep_scheme_proposal (0033): written and asked for in the name of whoever acts, answered once, kept for ever. The
-- one agreed to last is in force, so the days of agreement follow each other.
CREATE FUNCTION keep_format_proposal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE later CONSTANT text[] := ARRAY['requested_by', 'requested_at', 'reason', 'outcome', 'decided_by', 'decided_at', 'answer'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM refuse('format_proposals_history', 'a proposal is kept whatever became of it');
  ELSIF TG_OP = 'INSERT' THEN
    IF NEW.outcome IS NOT NULL OR NEW.requested_by IS NOT NULL OR NEW.brought_by IS DISTINCT FROM acting_staff() THEN
      PERFORM refuse('format_proposals_history', 'a proposal bears the name of who brings it and waits to be asked for');
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.outcome IS NOT NULL OR to_jsonb(NEW) - later IS DISTINCT FROM to_jsonb(OLD) - later
     OR OLD.requested_by IS NOT NULL
        AND (NEW.requested_by, NEW.requested_at, NEW.reason) IS DISTINCT FROM (OLD.requested_by, OLD.requested_at, OLD.reason)
     OR OLD.requested_by IS NULL AND NEW.requested_by IS NOT NULL AND NEW.requested_by IS DISTINCT FROM acting_staff()
     OR NEW.decided_by IS NOT NULL AND NEW.decided_by IS DISTINCT FROM acting_staff()
     OR NEW.outcome = 'agreed' AND EXISTS (SELECT 1 FROM format_proposals p
          WHERE p.outcome = 'agreed' AND p.decided_at > NEW.decided_at) THEN
    PERFORM refuse('format_proposals_history', 'a proposal is asked for once and answered once, by whoever acts');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER format_proposals_history BEFORE INSERT OR UPDATE OR DELETE ON format_proposals
  FOR EACH ROW EXECUTE FUNCTION keep_format_proposal();
