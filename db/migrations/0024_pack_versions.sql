CREATE TABLE "pack_effects" (
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "pack_effects_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"pack_id" text NOT NULL,
	"version" text NOT NULL,
	"proposal_id" uuid,
	"effective_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "pack_effects_pk" PRIMARY KEY("seq"),
	CONSTRAINT "pack_effects_proposal_uq" UNIQUE("proposal_id")
);
--> statement-breakpoint
CREATE TABLE "pack_proposals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pack_id" text NOT NULL,
	"version" text NOT NULL,
	"sha256" text NOT NULL,
	"content" jsonb NOT NULL,
	"parent_id" text,
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
	CONSTRAINT "pack_proposals_source_ck" CHECK ("pack_proposals"."source" in ('folder','upload')),
	CONSTRAINT "pack_proposals_bringer_ck" CHECK (("pack_proposals"."source" = 'upload') = ("pack_proposals"."brought_by" is not null)),
	CONSTRAINT "pack_proposals_requested_ck" CHECK (("pack_proposals"."requested_by" is null) = ("pack_proposals"."requested_at" is null) and ("pack_proposals"."requested_by" is null) = ("pack_proposals"."reason" is null)),
	CONSTRAINT "pack_proposals_reason_ck" CHECK ("pack_proposals"."reason" is null or char_length("pack_proposals"."reason") between 2 and 300),
	CONSTRAINT "pack_proposals_answer_ck" CHECK ("pack_proposals"."answer" is null or char_length("pack_proposals"."answer") between 2 and 300),
	CONSTRAINT "pack_proposals_outcome_ck" CHECK ("pack_proposals"."outcome" is null or "pack_proposals"."outcome" in ('agreed','refused','withdrawn','replaced')),
	CONSTRAINT "pack_proposals_decided_ck" CHECK (("pack_proposals"."outcome" is null) = ("pack_proposals"."decided_at" is null) and (coalesce("pack_proposals"."outcome", 'replaced') = 'replaced') = ("pack_proposals"."decided_by" is null)),
	CONSTRAINT "pack_proposals_two_ck" CHECK ("pack_proposals"."outcome" is distinct from 'agreed' or "pack_proposals"."requested_by" is not null and "pack_proposals"."decided_by" <> "pack_proposals"."requested_by")
);
--> statement-breakpoint
CREATE TABLE "portal_packs" (
	"pack_id" text NOT NULL,
	"parent_id" text,
	"joined_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "portal_packs_pk" PRIMARY KEY("pack_id"),
	CONSTRAINT "portal_packs_parent_ck" CHECK ("portal_packs"."parent_id" is distinct from "portal_packs"."pack_id")
);
--> statement-breakpoint
ALTER TABLE "pack_effects" ADD CONSTRAINT "pack_effects_pack_fk" FOREIGN KEY ("pack_id","version") REFERENCES "public"."packs"("pack_id","version") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pack_effects" ADD CONSTRAINT "pack_effects_proposal_fk" FOREIGN KEY ("proposal_id") REFERENCES "public"."pack_proposals"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pack_proposals" ADD CONSTRAINT "pack_proposals_bringer_fk" FOREIGN KEY ("brought_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pack_proposals" ADD CONSTRAINT "pack_proposals_requester_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pack_proposals" ADD CONSTRAINT "pack_proposals_decider_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "portal_packs" ADD CONSTRAINT "portal_packs_parent_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."portal_packs"("pack_id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "pack_effects_pack_ix" ON "pack_effects" USING btree ("pack_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "pack_proposals_open_uq" ON "pack_proposals" USING btree ("pack_id") WHERE outcome is null;--> statement-breakpoint
CREATE INDEX "pack_proposals_brought_ix" ON "pack_proposals" USING btree ("brought_at");--> statement-breakpoint
CREATE INDEX "routing_decisions_pack_ix" ON "routing_decisions" USING btree ("pack_id","decided_on","decision_no");--> statement-breakpoint
-- What ran before this migration stays in force: each pack's versions in the order they were loaded.
INSERT INTO pack_effects (pack_id, version, effective_at) SELECT pack_id, version, loaded_at FROM packs ORDER BY loaded_at;
--> statement-breakpoint
INSERT INTO portal_packs (pack_id, joined_at) SELECT pack_id, min(loaded_at) FROM packs GROUP BY pack_id;
--> statement-breakpoint
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['pack_proposals','pack_effects','portal_packs']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY portal ON %I USING ((SELECT acting_for_portal()))', guarded);
  END LOOP;
  -- Which rules decide is public knowledge, as the rules themselves are.
  FOREACH guarded IN ARRAY ARRAY['pack_effects','portal_packs']
  LOOP
    EXECUTE format('CREATE POLICY published ON %I FOR SELECT USING ((SELECT acting_for_anybody()))', guarded);
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
      guarded || '_append_only', guarded);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      guarded || '_no_truncate', guarded);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE POLICY administrators ON pack_proposals USING ((SELECT acting_as('administrator')));
--> statement-breakpoint
CREATE POLICY office_reads ON pack_proposals FOR SELECT USING ((SELECT acting_as('triage_officer', 'auditor')));
--> statement-breakpoint
-- A proposal is brought and asked for in the name of whoever acts, keeps its rules, and is answered once.
CREATE FUNCTION keep_pack_proposal() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE later CONSTANT text[] := ARRAY['requested_by', 'requested_at', 'reason', 'outcome', 'decided_by', 'decided_at', 'answer'];
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.outcome IS NOT NULL OR NEW.requested_by IS NOT NULL OR NEW.brought_by IS DISTINCT FROM acting_staff() THEN
      PERFORM refuse('pack_proposals_history', 'a proposal bears the name of who brings it and waits to be asked for');
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.outcome IS NOT NULL OR to_jsonb(NEW) - later IS DISTINCT FROM to_jsonb(OLD) - later
     OR OLD.requested_by IS NOT NULL
        AND (NEW.requested_by, NEW.requested_at, NEW.reason) IS DISTINCT FROM (OLD.requested_by, OLD.requested_at, OLD.reason)
     OR OLD.requested_by IS NULL AND NEW.requested_by IS NOT NULL AND NEW.requested_by IS DISTINCT FROM acting_staff()
     OR NEW.decided_by IS NOT NULL AND NEW.decided_by IS DISTINCT FROM acting_staff() THEN
    PERFORM refuse('pack_proposals_history', 'a proposal is asked for once and answered once, by whoever acts');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER pack_proposals_history BEFORE INSERT OR UPDATE ON pack_proposals
  FOR EACH ROW EXECUTE FUNCTION keep_pack_proposal();
--> statement-breakpoint
CREATE FUNCTION refuse_dropped_proposal() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM refuse('pack_proposals_history', 'a proposal is kept whatever became of it');
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER pack_proposals_kept BEFORE DELETE ON pack_proposals
  FOR EACH ROW EXECUTE FUNCTION refuse_dropped_proposal();
--> statement-breakpoint
-- Rules change hands of two: a version takes effect by a proposal that one administrator asked for and the one acting
-- agreed to. Without a proposal only the portal itself puts a pack in force, and only its first version.
CREATE FUNCTION keep_pack_by_two() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.proposal_id IS NULL THEN
    IF NOT acting_for_portal() AND acting_staff() IS NOT NULL
       OR EXISTS (SELECT 1 FROM pack_effects e WHERE e.pack_id = NEW.pack_id) THEN
      PERFORM refuse('pack_effects_by_two', 'only the first version of a pack takes effect by itself');
    END IF;
  ELSIF NOT EXISTS (SELECT 1 FROM pack_proposals p JOIN packs k ON k.pack_id = p.pack_id AND k.version = p.version
           AND k.sha256 = p.sha256
          WHERE p.id = NEW.proposal_id AND p.pack_id = NEW.pack_id AND p.version = NEW.version AND p.outcome = 'agreed'
            AND p.decided_by = acting_staff() AND p.requested_by <> acting_staff()) THEN
    PERFORM refuse('pack_effects_by_two', 'a version is asked for by one administrator and agreed to by another');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER pack_effects_by_two BEFORE INSERT ON pack_effects FOR EACH ROW EXECUTE FUNCTION keep_pack_by_two();
--> statement-breakpoint
-- Packs, bodies and what is in force are written by the portal alone (0016); this is the one door an administrator has,
-- and it takes what they write from the proposal, not from them.
CREATE FUNCTION put_pack_in_force(proposal uuid, at timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE p pack_proposals%ROWTYPE;
BEGIN
  SELECT * INTO p FROM pack_proposals WHERE id = proposal;
  IF p.id IS NULL OR NOT acting_as('administrator') OR p.outcome IS DISTINCT FROM 'agreed'
     OR p.decided_by IS DISTINCT FROM acting_staff() THEN
    PERFORM refuse('pack_effects_by_two', 'a version is asked for by one administrator and agreed to by another');
  END IF;
  INSERT INTO packs (pack_id, version, sha256, content, loaded_at)
    VALUES (p.pack_id, p.version, p.sha256, p.content, at) ON CONFLICT DO NOTHING;
  IF NOT EXISTS (SELECT 1 FROM packs k WHERE k.pack_id = p.pack_id AND k.version = p.version AND k.sha256 = p.sha256) THEN
    PERFORM refuse('packs_version_taken', 'other rules already bear this version');
  END IF;
  INSERT INTO agencies (id, pack_id, slug, name, name_en)
    SELECT p.pack_id || '.' || (a.agency->>'id'), p.pack_id, a.agency->>'id', n.name->>'name', n.name->>'en'
      FROM jsonb_array_elements(p.content->'agencies') AS a(agency)
      CROSS JOIN LATERAL (SELECT e.name FROM jsonb_array_elements(a.agency->'names') WITH ORDINALITY AS e(name, at)
        ORDER BY (e.name->'document' = 'true'::jsonb) IS TRUE DESC, e.at LIMIT 1) n
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_en = excluded.name_en
      WHERE (agencies.name, agencies.name_en) IS DISTINCT FROM (excluded.name, excluded.name_en);
  INSERT INTO portal_packs (pack_id, parent_id, joined_at) VALUES (p.pack_id, p.parent_id, at) ON CONFLICT DO NOTHING;
  INSERT INTO pack_effects (pack_id, version, proposal_id, effective_at) VALUES (p.pack_id, p.version, p.id, at);
END $$;
