CREATE TABLE "arrival_ranks" (
	"arrival_no" bigint PRIMARY KEY NOT NULL,
	"tip_id" uuid NOT NULL,
	"lead_id" uuid,
	"rank" bigint,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "arrival_ranks_tip_uq" UNIQUE("tip_id"),
	CONSTRAINT "arrival_ranks_rank_uq" UNIQUE("lead_id","rank"),
	CONSTRAINT "arrival_ranks_rank_ck" CHECK (("arrival_ranks"."lead_id" is null) = ("arrival_ranks"."rank" is null) and ("arrival_ranks"."rank" is null or "arrival_ranks"."rank" >= 1)),
	CONSTRAINT "arrival_ranks_hash_ck" CHECK (octet_length("arrival_ranks"."hash") = 32)
);
--> statement-breakpoint
CREATE TABLE "dossier_aliases" (
	"id" uuid PRIMARY KEY NOT NULL,
	"dossier_id" uuid NOT NULL,
	"name" text NOT NULL,
	"folded" text NOT NULL,
	"grams" text[] NOT NULL,
	"merge_id" uuid,
	"office_only" boolean NOT NULL,
	"added_by" uuid NOT NULL,
	"added_at" timestamp (3) with time zone NOT NULL,
	"ended_by" uuid,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "dossier_aliases_name_ck" CHECK (char_length("dossier_aliases"."name") between 2 and 100),
	CONSTRAINT "dossier_aliases_ended_ck" CHECK (("dossier_aliases"."ended_at" is null) = ("dossier_aliases"."ended_by" is null))
);
--> statement-breakpoint
CREATE TABLE "dossier_fields" (
	"id" uuid PRIMARY KEY NOT NULL,
	"dossier_id" uuid NOT NULL,
	"field" text NOT NULL,
	"version" integer NOT NULL,
	"value" text NOT NULL,
	"source" text NOT NULL,
	"match_key" text,
	"office_only" boolean NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "dossier_fields_version_uq" UNIQUE("dossier_id","field","version"),
	CONSTRAINT "dossier_fields_field_ck" CHECK ("dossier_fields"."field" in ('shareholders','controller','legal_representative','registered_capital','registered_address','operating_address','branches','stores','products','loan_balance','lenders','trade_volume','customers','operating_model','operating_state','violations','risks')),
	CONSTRAINT "dossier_fields_value_ck" CHECK (char_length("dossier_fields"."value") <= 2000),
	CONSTRAINT "dossier_fields_source_ck" CHECK (char_length("dossier_fields"."source") between 2 and 200),
	CONSTRAINT "dossier_fields_version_ck" CHECK ("dossier_fields"."version" >= 1)
);
--> statement-breakpoint
CREATE TABLE "dossier_merge_tips" (
	"merge_id" uuid NOT NULL,
	"tip_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	CONSTRAINT "dossier_merge_tips_pk" PRIMARY KEY("merge_id","tip_id")
);
--> statement-breakpoint
CREATE TABLE "dossier_merges" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kept_id" uuid NOT NULL,
	"merged_id" uuid NOT NULL,
	"merge_no" bigint GENERATED ALWAYS AS IDENTITY (sequence name "dossier_merges_merge_no_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"reason" text NOT NULL,
	"merged_by" uuid NOT NULL,
	"merged_at" timestamp (3) with time zone NOT NULL,
	"lead_ids" uuid[] NOT NULL,
	"before" jsonb NOT NULL,
	"undone_by" uuid,
	"undone_at" timestamp (3) with time zone,
	"undo_reason" text,
	"undo_result" jsonb,
	CONSTRAINT "dossier_merges_two_ck" CHECK ("dossier_merges"."kept_id" <> "dossier_merges"."merged_id"),
	CONSTRAINT "dossier_merges_reason_ck" CHECK (char_length("dossier_merges"."reason") between 2 and 300),
	CONSTRAINT "dossier_merges_undone_ck" CHECK (("dossier_merges"."undone_at" is null) = ("dossier_merges"."undone_by" is null) and ("dossier_merges"."undone_at" is null) = ("dossier_merges"."undo_reason" is null))
);
--> statement-breakpoint
ALTER TABLE "dossier_keys" DROP CONSTRAINT "dossier_keys_kind_ck";--> statement-breakpoint
ALTER TABLE "dossiers" ADD COLUMN "merged_into" uuid;--> statement-breakpoint
ALTER TABLE "dossiers" ADD COLUMN "version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "dossiers" ADD COLUMN "folded" text;--> statement-breakpoint
ALTER TABLE "dossiers" ADD COLUMN "grams" text[];--> statement-breakpoint
ALTER TABLE "arrival_ranks" ADD CONSTRAINT "arrival_ranks_tip_fk" FOREIGN KEY ("tip_id") REFERENCES "public"."tips"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "arrival_ranks" ADD CONSTRAINT "arrival_ranks_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_aliases" ADD CONSTRAINT "dossier_aliases_dossier_fk" FOREIGN KEY ("dossier_id") REFERENCES "public"."dossiers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_aliases" ADD CONSTRAINT "dossier_aliases_merge_fk" FOREIGN KEY ("merge_id") REFERENCES "public"."dossier_merges"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_aliases" ADD CONSTRAINT "dossier_aliases_by_fk" FOREIGN KEY ("added_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_aliases" ADD CONSTRAINT "dossier_aliases_ender_fk" FOREIGN KEY ("ended_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_fields" ADD CONSTRAINT "dossier_fields_dossier_fk" FOREIGN KEY ("dossier_id") REFERENCES "public"."dossiers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_fields" ADD CONSTRAINT "dossier_fields_by_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_merge_tips" ADD CONSTRAINT "dossier_merge_tips_merge_fk" FOREIGN KEY ("merge_id") REFERENCES "public"."dossier_merges"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_merge_tips" ADD CONSTRAINT "dossier_merge_tips_tip_fk" FOREIGN KEY ("tip_id") REFERENCES "public"."tips"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_merge_tips" ADD CONSTRAINT "dossier_merge_tips_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_merges" ADD CONSTRAINT "dossier_merges_kept_fk" FOREIGN KEY ("kept_id") REFERENCES "public"."dossiers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_merges" ADD CONSTRAINT "dossier_merges_merged_fk" FOREIGN KEY ("merged_id") REFERENCES "public"."dossiers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_merges" ADD CONSTRAINT "dossier_merges_by_fk" FOREIGN KEY ("merged_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_merges" ADD CONSTRAINT "dossier_merges_undoer_fk" FOREIGN KEY ("undone_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "dossier_aliases_live_uq" ON "dossier_aliases" USING btree ("dossier_id","folded") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "dossier_aliases_grams_ix" ON "dossier_aliases" USING gin ("grams");--> statement-breakpoint
CREATE INDEX "dossier_fields_match_ix" ON "dossier_fields" USING btree ("match_key");--> statement-breakpoint
CREATE INDEX "dossier_merge_tips_lead_ix" ON "dossier_merge_tips" USING btree ("merge_id","lead_id");--> statement-breakpoint
CREATE UNIQUE INDEX "dossier_merges_live_uq" ON "dossier_merges" USING btree ("merged_id") WHERE undone_at is null;--> statement-breakpoint
CREATE INDEX "dossier_merges_kept_ix" ON "dossier_merges" USING btree ("kept_id","merge_no");--> statement-breakpoint
CREATE INDEX "dossier_merges_merged_ix" ON "dossier_merges" USING btree ("merged_id","merge_no");--> statement-breakpoint
ALTER TABLE "dossiers" ADD CONSTRAINT "dossiers_merged_fk" FOREIGN KEY ("merged_into") REFERENCES "public"."dossiers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dossiers_merged_ix" ON "dossiers" USING btree ("merged_into") WHERE merged_into is not null;--> statement-breakpoint
CREATE INDEX "dossiers_grams_ix" ON "dossiers" USING gin ("grams");--> statement-breakpoint
CREATE INDEX "dossiers_list_ix" ON "dossiers" USING btree ("opened_on","id");--> statement-breakpoint
CREATE INDEX "dossiers_unindexed_ix" ON "dossiers" USING btree ("id") WHERE grams is null;--> statement-breakpoint
CREATE INDEX "leads_dossier_ix" ON "leads" USING btree ("dossier_id","number");--> statement-breakpoint
ALTER TABLE "dossier_keys" ADD CONSTRAINT "dossier_keys_kind_ck" CHECK ("dossier_keys"."kind" in ('uscc', 'site', 'app', 'account', 'phone'));--> statement-breakpoint
ALTER TABLE "dossiers" ADD CONSTRAINT "dossiers_merged_ck" CHECK ("dossiers"."merged_into" is null or "dossiers"."merged_into" <> "dossiers"."id");--> statement-breakpoint
-- Who sees the rows of dossiers, and what of them may change. As in 0007: a query that forgets to ask returns nothing.
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['dossier_merges','dossier_merge_tips','dossier_aliases','dossier_fields','arrival_ranks']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY portal ON %I USING ((SELECT acting_for_portal()))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['dossier_merge_tips','dossier_fields','arrival_ranks']
  LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
      guarded || '_append_only', guarded);
  END LOOP;
END $$;
--> statement-breakpoint
-- Merges tell of leads on both sides: triage and audit only, and nobody who is recused from one of them.
CREATE POLICY office_reads ON dossier_merges FOR SELECT
  USING ((SELECT acting_as('triage_officer', 'auditor')) AND NOT lead_ids && (SELECT recused_leads())::uuid[]);
--> statement-breakpoint
CREATE POLICY triage_merges ON dossier_merges FOR INSERT
  WITH CHECK ((SELECT acting_as('triage_officer')) AND merged_by = (SELECT acting_staff()));
--> statement-breakpoint
CREATE POLICY triage_undoes ON dossier_merges FOR UPDATE
  USING ((SELECT acting_as('triage_officer')) AND NOT lead_ids && (SELECT recused_leads())::uuid[]);
--> statement-breakpoint
CREATE POLICY office_reads ON dossier_merge_tips FOR SELECT
  USING ((SELECT acting_as('triage_officer', 'auditor'))
    AND EXISTS (SELECT 1 FROM dossier_merges m WHERE m.id = dossier_merge_tips.merge_id));
--> statement-breakpoint
CREATE POLICY triage_adds ON dossier_merge_tips FOR INSERT
  WITH CHECK ((SELECT acting_as('triage_officer'))
    AND EXISTS (SELECT 1 FROM dossier_merges m WHERE m.id = dossier_merge_tips.merge_id));
--> statement-breakpoint
-- A merged dossier has no lead of its own any more; whoever may read of its merges reads its name and keys.
CREATE POLICY merged_reads ON dossiers FOR SELECT
  USING ((SELECT acting_as('triage_officer', 'auditor'))
    AND EXISTS (SELECT 1 FROM dossier_merges m WHERE m.merged_id = dossiers.id));
--> statement-breakpoint
CREATE POLICY merged_reads ON dossier_keys FOR SELECT
  USING ((SELECT acting_as('triage_officer', 'auditor'))
    AND EXISTS (SELECT 1 FROM dossier_merges m WHERE m.merged_id = dossier_keys.dossier_id));
--> statement-breakpoint
CREATE POLICY triage_changes ON dossiers FOR UPDATE USING ((SELECT acting_as('triage_officer')));
--> statement-breakpoint
-- Names and fields go with the dossier (its policies ask for a lead one sees); what is known from a lead of the
-- leading office alone stays with the office.
CREATE POLICY board_reads ON dossier_aliases FOR SELECT
  USING (EXISTS (SELECT 1 FROM dossiers d WHERE d.id = dossier_aliases.dossier_id)
    AND ((SELECT acting_as('triage_officer', 'auditor')) OR NOT office_only));
--> statement-breakpoint
CREATE POLICY triage_adds ON dossier_aliases FOR INSERT
  WITH CHECK ((SELECT acting_as('triage_officer')) AND added_by = (SELECT acting_staff())
    AND EXISTS (SELECT 1 FROM dossiers d WHERE d.id = dossier_aliases.dossier_id));
--> statement-breakpoint
CREATE POLICY triage_ends ON dossier_aliases FOR UPDATE
  USING ((SELECT acting_as('triage_officer')) AND EXISTS (SELECT 1 FROM dossiers d WHERE d.id = dossier_aliases.dossier_id));
--> statement-breakpoint
CREATE POLICY board_reads ON dossier_fields FOR SELECT
  USING (EXISTS (SELECT 1 FROM dossiers d WHERE d.id = dossier_fields.dossier_id)
    AND ((SELECT acting_as('triage_officer', 'auditor')) OR NOT office_only));
--> statement-breakpoint
CREATE POLICY triage_adds ON dossier_fields FOR INSERT
  WITH CHECK ((SELECT acting_as('triage_officer')) AND recorded_by = (SELECT acting_staff())
    AND EXISTS (SELECT 1 FROM dossiers d WHERE d.id = dossier_fields.dossier_id));
--> statement-breakpoint
CREATE POLICY agency_adds ON dossier_fields FOR INSERT
  WITH CHECK ((SELECT acting_as('agency_officer')) AND recorded_by = (SELECT acting_staff()) AND NOT office_only
    AND EXISTS (SELECT 1 FROM leads l JOIN held_leads h ON h.lead_id = l.id AND h.leading
                 WHERE l.dossier_id = dossier_fields.dossier_id));
--> statement-breakpoint
-- A gap in the ranks a body sees would tell it of a report it does not: the register is the office's.
CREATE POLICY office_reads ON arrival_ranks FOR SELECT USING ((SELECT acting_as('triage_officer', 'auditor')));
--> statement-breakpoint
CREATE POLICY recused ON arrival_ranks AS RESTRICTIVE
  USING ((lead_id <> ALL ((SELECT recused_leads())::uuid[])) IS NOT FALSE);
--> statement-breakpoint
-- The dossier another was merged into, however often; itself where it stands alone. As definer: intake reads no dossier.
CREATE FUNCTION root_dossier(of_dossier uuid) RETURNS uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  here uuid := of_dossier;
  up uuid;
BEGIN
  LOOP
    SELECT d.merged_into INTO up FROM dossiers d WHERE d.id = here;
    IF up IS NULL THEN RETURN here; END IF;
    here := up;
  END LOOP;
END $$;
--> statement-breakpoint
-- No lead begins in, or comes to, a dossier that was merged away. The lock waits for a merge under way; whoever loses
-- to it runs again and finds the dossier kept.
CREATE FUNCTION keep_leads_in_live_dossiers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  up uuid;
BEGIN
  SELECT d.merged_into INTO up FROM dossiers d WHERE d.id = NEW.dossier_id FOR KEY SHARE;
  IF up IS NOT NULL THEN
    PERFORM refuse('leads_dossier_merged', 'this dossier was merged into another');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER leads_dossier_merged BEFORE INSERT OR UPDATE OF dossier_id ON leads
  FOR EACH ROW EXECUTE FUNCTION keep_leads_in_live_dossiers();
--> statement-breakpoint
-- Of a dossier only its merge and the index of its name change; it merges into one that stands by itself.
CREATE FUNCTION keep_dossier() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF to_jsonb(NEW) - ARRAY['merged_into','version','folded','grams'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['merged_into','version','folded','grams'] OR NEW.version < OLD.version THEN
    PERFORM refuse('dossiers_history', 'of a dossier only its merge and its index change');
  END IF;
  IF NEW.merged_into IS DISTINCT FROM OLD.merged_into THEN
    IF OLD.merged_into IS NOT NULL AND NEW.merged_into IS NOT NULL THEN
      PERFORM refuse('dossiers_merged_once', 'a merged dossier is set apart before it is merged again');
    END IF;
    IF NEW.merged_into IS NOT NULL AND EXISTS (
         SELECT 1 FROM dossiers d WHERE d.id = NEW.merged_into AND (d.merged_into IS NOT NULL OR d.pack_id <> NEW.pack_id)) THEN
      PERFORM refuse('dossiers_merged_target', 'a dossier is merged into one that stands by itself');
    END IF;
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER dossiers_history BEFORE UPDATE ON dossiers FOR EACH ROW EXECUTE FUNCTION keep_dossier();
--> statement-breakpoint
-- What was merged, by whom and why, stays; it is undone once, in the name of who does it.
CREATE FUNCTION keep_dossier_merge() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL
     OR acting_staff() IS NOT NULL AND NEW.undone_by IS DISTINCT FROM acting_staff()
     OR to_jsonb(NEW) - ARRAY['undone_by','undone_at','undo_reason','undo_result'] IS DISTINCT FROM
        to_jsonb(OLD) - ARRAY['undone_by','undone_at','undo_reason','undo_result'] THEN
    PERFORM refuse('dossier_merges_history', 'a merge is undone once and never edited');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER dossier_merges_history BEFORE UPDATE ON dossier_merges FOR EACH ROW EXECUTE FUNCTION keep_dossier_merge();
--> statement-breakpoint
CREATE FUNCTION keep_dossier_alias() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL OR to_jsonb(NEW) - ARRAY['ended_by','ended_at'] IS DISTINCT FROM
     to_jsonb(OLD) - ARRAY['ended_by','ended_at'] THEN
    PERFORM refuse('dossier_aliases_history', 'an alias is only ever ended');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER dossier_aliases_history BEFORE UPDATE ON dossier_aliases FOR EACH ROW EXECUTE FUNCTION keep_dossier_alias();
--> statement-breakpoint
-- The register grows at its end only, by tips with their own numbers, and a lead's ranks are 1, 2, 3 … in that order.
CREATE FUNCTION keep_arrival_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM arrival_ranks r WHERE r.arrival_no >= NEW.arrival_no)
     OR NOT EXISTS (SELECT 1 FROM tips t WHERE t.id = NEW.tip_id AND t.arrival_no = NEW.arrival_no)
     OR NEW.rank IS NOT NULL AND NEW.rank <> 1 + coalesce(
          (SELECT r.rank FROM arrival_ranks r WHERE r.lead_id = NEW.lead_id ORDER BY r.rank DESC LIMIT 1), 0) THEN
    PERFORM refuse('arrival_ranks_order', 'arrivals are registered in their order, without gaps on a lead');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER arrival_ranks_order BEFORE INSERT ON arrival_ranks FOR EACH ROW EXECUTE FUNCTION keep_arrival_order();
--> statement-breakpoint
-- No tip comes to a lead that ended as a duplicate: what races with a merge waits for it here (the foreign key would
-- take the same lock), runs again and finds the lead that went on.
CREATE FUNCTION keep_tips_off_duplicates() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  ended text;
BEGIN
  SELECT l.closure_code INTO ended FROM leads l WHERE l.id = NEW.lead_id FOR KEY SHARE;
  IF ended = 'duplicate' THEN
    PERFORM refuse('tips_lead_duplicate', 'this lead ended as a duplicate');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER tips_lead_duplicate BEFORE INSERT OR UPDATE OF lead_id ON tips
  FOR EACH ROW WHEN (NEW.lead_id IS NOT NULL) EXECUTE FUNCTION keep_tips_off_duplicates();
--> statement-breakpoint
-- Dossiers a person sees, newest first, by a fragment of a name. As definer, with the scope of `dossiers`' policies
-- asked here: under row-level security the index on pairs of characters could not be used (array operators are not
-- leakproof). Returns ids only; the caller reads the rows under their policies again. At most `found_at_most` names
-- are looked at.
CREATE FUNCTION find_dossiers(wanted text[], fragment text, leave_out integer, take integer, found_at_most integer)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  office boolean := acting_as('triage_officer', 'auditor');
  apart uuid[] := recused_leads();
BEGIN
  IF office AND wanted IS NULL THEN
    RETURN QUERY SELECT d.id FROM dossiers d
      WHERE d.merged_into IS NULL AND EXISTS (SELECT 1 FROM leads l WHERE l.dossier_id = d.id AND l.id <> ALL (apart))
      ORDER BY d.opened_on DESC, d.id DESC LIMIT take OFFSET leave_out;
  ELSIF office THEN
    RETURN QUERY WITH named AS (
        (SELECT d.id FROM dossiers d WHERE d.grams @> wanted AND position(fragment IN d.folded) > 0
            AND d.merged_into IS NULL LIMIT found_at_most)
        UNION
        (SELECT a.dossier_id FROM dossier_aliases a WHERE a.grams @> wanted AND position(fragment IN a.folded) > 0
            AND a.ended_at IS NULL LIMIT found_at_most))
      SELECT d.id FROM dossiers d JOIN named ON named.id = d.id
       WHERE d.merged_into IS NULL AND EXISTS (SELECT 1 FROM leads l WHERE l.dossier_id = d.id AND l.id <> ALL (apart))
       ORDER BY d.opened_on DESC, d.id DESC LIMIT take OFFSET leave_out;
  ELSIF acting_as('agency_officer', 'agency_verifier') THEN
    RETURN QUERY WITH mine AS (
        SELECT DISTINCT l.dossier_id FROM held_leads h JOIN leads l ON l.id = h.lead_id WHERE l.id <> ALL (apart))
      SELECT d.id FROM dossiers d JOIN mine ON mine.dossier_id = d.id
       WHERE d.merged_into IS NULL AND (wanted IS NULL OR position(fragment IN coalesce(d.folded, '')) > 0
          OR EXISTS (SELECT 1 FROM dossier_aliases a WHERE a.dossier_id = d.id AND a.ended_at IS NULL
                        AND NOT a.office_only AND position(fragment IN a.folded) > 0))
       ORDER BY d.opened_on DESC, d.id DESC LIMIT take OFFSET leave_out;
  END IF;
END $$;
--> statement-breakpoint
-- Dossiers whose name or alias shares pairs of characters, for triage and audit alone; scored by the caller.
CREATE FUNCTION find_like_named(telling text[], of_pack text, not_this uuid, take integer)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  apart uuid[] := recused_leads();
BEGIN
  IF NOT acting_as('triage_officer', 'auditor') THEN RETURN; END IF;
  RETURN QUERY WITH named AS (
      (SELECT d.id FROM dossiers d WHERE d.grams && telling AND d.merged_into IS NULL LIMIT take)
      UNION
      (SELECT a.dossier_id FROM dossier_aliases a WHERE a.grams && telling AND a.ended_at IS NULL LIMIT take))
    SELECT d.id FROM dossiers d JOIN named ON named.id = d.id
     WHERE d.merged_into IS NULL AND d.pack_id = of_pack AND d.id <> not_this
       AND EXISTS (SELECT 1 FROM leads l WHERE l.dossier_id = d.id AND l.id <> ALL (apart));
END $$;
--> statement-breakpoint
-- Whether the acting person is recused from any lead of these dossiers: what they do not see they do not merge.
CREATE FUNCTION recused_from_dossiers(of_dossiers uuid[]) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM leads l WHERE l.dossier_id = ANY (of_dossiers) AND l.id = ANY (recused_leads()))
$$;
