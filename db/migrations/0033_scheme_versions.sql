CREATE TABLE "scheme_proposals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"scheme_id" text NOT NULL,
	"version" text NOT NULL,
	"line" text NOT NULL,
	"sha256" text NOT NULL,
	"content" jsonb NOT NULL,
	"effective_from" date NOT NULL,
	"source" text NOT NULL,
	"brought_by" uuid,
	"brought_at" timestamp (3) with time zone NOT NULL,
	"requested_by" uuid,
	"requested_at" timestamp (3) with time zone,
	"reason" text,
	"outcome" text,
	"decided_by" uuid,
	"decided_at" timestamp (3) with time zone,
	"answer" text,
	CONSTRAINT "scheme_proposals_source_ck" CHECK ("scheme_proposals"."source" in ('release','upload')),
	CONSTRAINT "scheme_proposals_bringer_ck" CHECK (("scheme_proposals"."source" = 'upload') = ("scheme_proposals"."brought_by" is not null)),
	CONSTRAINT "scheme_proposals_requested_ck" CHECK (("scheme_proposals"."requested_by" is null) = ("scheme_proposals"."requested_at" is null) and ("scheme_proposals"."requested_by" is null) = ("scheme_proposals"."reason" is null)),
	CONSTRAINT "scheme_proposals_reason_ck" CHECK ("scheme_proposals"."reason" is null or char_length("scheme_proposals"."reason") between 2 and 300),
	CONSTRAINT "scheme_proposals_answer_ck" CHECK ("scheme_proposals"."answer" is null or char_length("scheme_proposals"."answer") between 2 and 300),
	CONSTRAINT "scheme_proposals_outcome_ck" CHECK ("scheme_proposals"."outcome" is null or "scheme_proposals"."outcome" in ('agreed','refused','withdrawn')),
	CONSTRAINT "scheme_proposals_decided_ck" CHECK (("scheme_proposals"."outcome" is null) = ("scheme_proposals"."decided_at" is null) and ("scheme_proposals"."outcome" is null) = ("scheme_proposals"."decided_by" is null)),
	CONSTRAINT "scheme_proposals_two_ck" CHECK ("scheme_proposals"."outcome" is distinct from 'agreed' or "scheme_proposals"."requested_by" is not null and "scheme_proposals"."decided_by" <> "scheme_proposals"."requested_by")
);
--> statement-breakpoint
ALTER TABLE "schemes" ADD COLUMN "line" text GENERATED ALWAYS AS (coalesce(content->>'line', scheme_id)) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "scheme_proposals" ADD CONSTRAINT "scheme_proposals_bringer_fk" FOREIGN KEY ("brought_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scheme_proposals" ADD CONSTRAINT "scheme_proposals_requester_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scheme_proposals" ADD CONSTRAINT "scheme_proposals_decider_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "scheme_proposals_open_uq" ON "scheme_proposals" USING btree ("line") WHERE outcome is null;--> statement-breakpoint
CREATE INDEX "scheme_proposals_brought_ix" ON "scheme_proposals" USING btree ("brought_at");--> statement-breakpoint
ALTER TABLE scheme_proposals ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY portal ON scheme_proposals USING ((SELECT acting_for_portal()));
--> statement-breakpoint
CREATE POLICY administrators ON scheme_proposals USING ((SELECT acting_as('administrator')));
--> statement-breakpoint
-- Whoever computes, signs or audits rewards sees which rules are on their way.
CREATE POLICY money_reads ON scheme_proposals FOR SELECT USING ((SELECT acting_as(
  'finance_preparer', 'finance_reviewer', 'finance_approver', 'auditor')));
--> statement-breakpoint
-- As keep_pack_proposal (0024): brought and asked for in the name of whoever acts, answered once.
CREATE FUNCTION keep_scheme_proposal() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE later CONSTANT text[] := ARRAY['requested_by', 'requested_at', 'reason', 'outcome', 'decided_by', 'decided_at', 'answer'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM refuse('scheme_proposals_history', 'a proposal is kept whatever became of it');
  ELSIF TG_OP = 'INSERT' THEN
    IF NEW.outcome IS NOT NULL OR NEW.requested_by IS NOT NULL OR NEW.brought_by IS DISTINCT FROM acting_staff()
       OR NEW.line IS DISTINCT FROM coalesce(NEW.content->>'line', NEW.scheme_id)
       OR NEW.effective_from IS DISTINCT FROM (NEW.content->'effective'->>'from')::date THEN
      PERFORM refuse('scheme_proposals_history', 'a proposal bears the name of who brings it and waits to be asked for');
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.outcome IS NOT NULL OR to_jsonb(NEW) - later IS DISTINCT FROM to_jsonb(OLD) - later
     OR OLD.requested_by IS NOT NULL
        AND (NEW.requested_by, NEW.requested_at, NEW.reason) IS DISTINCT FROM (OLD.requested_by, OLD.requested_at, OLD.reason)
     OR OLD.requested_by IS NULL AND NEW.requested_by IS NOT NULL AND NEW.requested_by IS DISTINCT FROM acting_staff()
     OR NEW.decided_by IS NOT NULL AND NEW.decided_by IS DISTINCT FROM acting_staff() THEN
    PERFORM refuse('scheme_proposals_history', 'a proposal is asked for once and answered once, by whoever acts');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER scheme_proposals_history BEFORE INSERT OR UPDATE OR DELETE ON scheme_proposals
  FOR EACH ROW EXECUTE FUNCTION keep_scheme_proposal();
--> statement-breakpoint
-- A version is stored when it comes into force and never before, so the stored versions of a line are those that decide.
-- Each begins after the one before it began, and after that one's own end: a day has one version at most. Without a
-- proposal two people agreed on, only the portal itself stores one, and only the first of a scheme.
CREATE FUNCTION keep_scheme_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE of_line text := coalesce(NEW.content->>'line', NEW.scheme_id);
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('schemes ' || of_line));
  -- What is stored already stays as it is; the insert itself says so.
  IF EXISTS (SELECT 1 FROM schemes s WHERE s.scheme_id = NEW.scheme_id AND s.version = NEW.version) THEN
    RETURN NEW;
  END IF;
  IF (NEW.content->>'id', NEW.content->>'version') IS DISTINCT FROM (NEW.scheme_id, NEW.version)
     OR (NEW.content->'effective'->>'from')::date IS DISTINCT FROM NEW.effective_from
     OR (NEW.content->'effective'->>'to')::date IS DISTINCT FROM NEW.effective_to THEN
    PERFORM refuse('schemes_content', 'a version is stored under what its own file says');
  END IF;
  IF EXISTS (SELECT 1 FROM schemes s WHERE s.scheme_id = NEW.scheme_id AND s.line <> of_line) THEN
    PERFORM refuse('schemes_line', 'a scheme stays in its line');
  END IF;
  IF EXISTS (SELECT 1 FROM schemes s WHERE s.line = of_line
       AND (NEW.effective_from <= s.effective_from OR NEW.effective_from <= s.effective_to)) THEN
    PERFORM refuse('schemes_order', 'a version begins after those before it');
  END IF;
  IF NOT EXISTS (SELECT 1 FROM scheme_proposals p WHERE p.scheme_id = NEW.scheme_id AND p.version = NEW.version
       AND p.sha256 = NEW.sha256 AND p.outcome = 'agreed' AND p.decided_by = acting_staff()
       AND p.requested_by <> acting_staff())
     AND (acting_staff() IS NOT NULL
       OR EXISTS (SELECT 1 FROM schemes s WHERE s.scheme_id = NEW.scheme_id)) THEN
    PERFORM refuse('schemes_by_two', 'a version is asked for by one administrator and agreed to by another');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER schemes_order BEFORE INSERT ON schemes FOR EACH ROW EXECUTE FUNCTION keep_scheme_order();
--> statement-breakpoint
-- The one door an administrator has to `schemes` (0016); it takes what it writes from the proposal.
CREATE FUNCTION put_scheme_in_force(proposal uuid, at timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE p scheme_proposals%ROWTYPE;
BEGIN
  SELECT * INTO p FROM scheme_proposals WHERE id = proposal;
  IF p.id IS NULL OR NOT acting_as('administrator') OR p.outcome IS DISTINCT FROM 'agreed'
     OR p.decided_by IS DISTINCT FROM acting_staff() THEN
    PERFORM refuse('schemes_by_two', 'a version is asked for by one administrator and agreed to by another');
  END IF;
  IF EXISTS (SELECT 1 FROM schemes s WHERE s.scheme_id = p.scheme_id AND s.version = p.version) THEN
    PERFORM refuse('schemes_version_taken', 'this version is stored already');
  END IF;
  INSERT INTO schemes (scheme_id, version, sha256, content, effective_from, effective_to, loaded_at)
    VALUES (p.scheme_id, p.version, p.sha256, p.content, p.effective_from, (p.content->'effective'->>'to')::date, at);
END $$;
