CREATE TABLE "deletion_batches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"policy_version" text NOT NULL,
	"state" text DEFAULT 'drawn' NOT NULL,
	"drawn_on" date NOT NULL,
	"items" integer NOT NULL,
	"set_sha256" "bytea" NOT NULL,
	"proposed_by" uuid,
	"proposed_at" timestamp (3) with time zone,
	"approved_by" uuid,
	"approved_at" timestamp (3) with time zone,
	"refused_by" uuid,
	"refused_at" timestamp (3) with time zone,
	"refusal" text,
	"done_at" timestamp (3) with time zone,
	CONSTRAINT "deletion_batches_state_ck" CHECK ("deletion_batches"."state" in ('drawn', 'proposed', 'approved', 'done', 'refused')),
	CONSTRAINT "deletion_batches_two_ck" CHECK ("deletion_batches"."approved_by" <> "deletion_batches"."proposed_by"),
	CONSTRAINT "deletion_batches_signed_ck" CHECK (("deletion_batches"."state" not in ('approved', 'done') or "deletion_batches"."approved_by" is not null and "deletion_batches"."proposed_by" is not null) and ("deletion_batches"."state" <> 'proposed' or "deletion_batches"."proposed_by" is not null and "deletion_batches"."approved_by" is null)),
	CONSTRAINT "deletion_batches_refused_ck" CHECK (("deletion_batches"."state" = 'refused') = ("deletion_batches"."refused_by" is not null) and ("deletion_batches"."refused_by" is null) = ("deletion_batches"."refusal" is null) and ("deletion_batches"."refusal" is null or char_length("deletion_batches"."refusal") between 2 and 300)),
	CONSTRAINT "deletion_batches_set_ck" CHECK (octet_length("deletion_batches"."set_sha256") = 32 and "deletion_batches"."items" > 0)
);
--> statement-breakpoint
CREATE TABLE "deletion_items" (
	"id" uuid PRIMARY KEY NOT NULL,
	"batch_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"tip_id" uuid NOT NULL,
	"category" text NOT NULL,
	"basis_on" date NOT NULL,
	"due_on" date NOT NULL,
	"lead_id" uuid,
	"closure_code" text,
	"messages" integer NOT NULL,
	"files" integer NOT NULL,
	"outcome" text,
	"outcome_on" date,
	CONSTRAINT "deletion_items_place_uq" UNIQUE("batch_id","ordinal"),
	CONSTRAINT "deletion_items_tip_uq" UNIQUE("batch_id","tip_id"),
	CONSTRAINT "deletion_items_category_ck" CHECK ("deletion_items"."category" in ('spam', 'unfounded', 'founded')),
	CONSTRAINT "deletion_items_due_ck" CHECK ("deletion_items"."due_on" > "deletion_items"."basis_on"),
	CONSTRAINT "deletion_items_outcome_ck" CHECK (("deletion_items"."outcome" is null) = ("deletion_items"."outcome_on" is null) and ("deletion_items"."outcome" is null or "deletion_items"."outcome" in ('destroyed', 'held', 'changed')))
);
--> statement-breakpoint
CREATE TABLE "legal_holds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid,
	"dossier_id" uuid,
	"reason" text NOT NULL,
	"placed_by" uuid NOT NULL,
	"placed_at" timestamp (3) with time zone NOT NULL,
	"ended_by" uuid,
	"ended_at" timestamp (3) with time zone,
	"end_reason" text,
	CONSTRAINT "legal_holds_on_ck" CHECK (("legal_holds"."lead_id" is null) <> ("legal_holds"."dossier_id" is null)),
	CONSTRAINT "legal_holds_reason_ck" CHECK (char_length("legal_holds"."reason") between 2 and 300),
	CONSTRAINT "legal_holds_end_ck" CHECK (("legal_holds"."ended_at" is null) = ("legal_holds"."ended_by" is null) and ("legal_holds"."ended_at" is null) = ("legal_holds"."end_reason" is null) and ("legal_holds"."end_reason" is null or char_length("legal_holds"."end_reason") between 2 and 300))
);
--> statement-breakpoint
CREATE TABLE "tombstones" (
	"tip_id" uuid PRIMARY KEY NOT NULL,
	"item_id" uuid NOT NULL,
	"policy_version" text NOT NULL,
	"category" text NOT NULL,
	"destroyed_on" date NOT NULL,
	"texts" integer NOT NULL,
	"keys" integer NOT NULL,
	"messages" integer NOT NULL,
	"files" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "registration_lists" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pack_id" text NOT NULL,
	"pack_version" text NOT NULL,
	"listed_on" date NOT NULL,
	"is_whole" boolean NOT NULL,
	"sha256" "bytea" NOT NULL,
	"rows" integer DEFAULT 0 NOT NULL,
	"bad" integer DEFAULT 0 NOT NULL,
	"matched" integer DEFAULT 0 NOT NULL,
	"added" integer DEFAULT 0 NOT NULL,
	"changed" integer DEFAULT 0 NOT NULL,
	"gone" integer DEFAULT 0 NOT NULL,
	"faults" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"loaded_by" uuid,
	"loaded_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "registration_lists_file_uq" UNIQUE("pack_id","pack_version","sha256"),
	CONSTRAINT "registration_lists_sha256_ck" CHECK (octet_length("registration_lists"."sha256") = 32)
);
--> statement-breakpoint
CREATE TABLE "watch_entries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pack_id" text NOT NULL,
	"entry_key" text NOT NULL,
	"uscc" text,
	"name" text NOT NULL,
	"folded_name" text NOT NULL,
	"address" text,
	"place_code" text,
	"representative" text,
	"scope" text,
	"registered_on" date,
	"state" text,
	"status" text DEFAULT 'to_look' NOT NULL,
	"status_reason" text,
	"status_by" uuid,
	"status_at" timestamp (3) with time zone,
	"lead_id" uuid,
	"version" integer DEFAULT 1 NOT NULL,
	"last_list_id" uuid NOT NULL,
	"gone_list_id" uuid,
	CONSTRAINT "watch_entries_key_uq" UNIQUE("pack_id","entry_key"),
	CONSTRAINT "watch_entries_status_ck" CHECK ("watch_entries"."status" in ('to_look', 'watching', 'cleared', 'lead_opened')),
	CONSTRAINT "watch_entries_reason_ck" CHECK ("watch_entries"."status" <> 'cleared' or char_length(coalesce("watch_entries"."status_reason", '')) between 2 and 300),
	CONSTRAINT "watch_entries_lead_ck" CHECK (("watch_entries"."status" = 'lead_opened') = ("watch_entries"."lead_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "watch_hits" (
	"id" uuid PRIMARY KEY NOT NULL,
	"entry_id" uuid NOT NULL,
	"list_id" uuid NOT NULL,
	"field" text NOT NULL,
	"keyword" text NOT NULL,
	"pack_version" text NOT NULL,
	CONSTRAINT "watch_hits_once_uq" UNIQUE("entry_id","field","keyword","pack_version"),
	CONSTRAINT "watch_hits_field_ck" CHECK ("watch_hits"."field" in ('name', 'scope'))
);
--> statement-breakpoint
CREATE TABLE "watch_versions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"entry_id" uuid NOT NULL,
	"list_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"facts" jsonb NOT NULL,
	CONSTRAINT "watch_versions_list_uq" UNIQUE("entry_id","list_id"),
	CONSTRAINT "watch_versions_kind_ck" CHECK ("watch_versions"."kind" in ('first', 'changed', 'gone', 'back'))
);
--> statement-breakpoint
ALTER TABLE "deletion_batches" ADD CONSTRAINT "deletion_batches_proposer_fk" FOREIGN KEY ("proposed_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deletion_batches" ADD CONSTRAINT "deletion_batches_approver_fk" FOREIGN KEY ("approved_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deletion_batches" ADD CONSTRAINT "deletion_batches_refuser_fk" FOREIGN KEY ("refused_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deletion_items" ADD CONSTRAINT "deletion_items_batch_fk" FOREIGN KEY ("batch_id") REFERENCES "public"."deletion_batches"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deletion_items" ADD CONSTRAINT "deletion_items_tip_fk" FOREIGN KEY ("tip_id") REFERENCES "public"."tips"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_holds" ADD CONSTRAINT "legal_holds_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_holds" ADD CONSTRAINT "legal_holds_dossier_fk" FOREIGN KEY ("dossier_id") REFERENCES "public"."dossiers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_holds" ADD CONSTRAINT "legal_holds_placer_fk" FOREIGN KEY ("placed_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_holds" ADD CONSTRAINT "legal_holds_ender_fk" FOREIGN KEY ("ended_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tombstones" ADD CONSTRAINT "tombstones_tip_fk" FOREIGN KEY ("tip_id") REFERENCES "public"."tips"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tombstones" ADD CONSTRAINT "tombstones_item_fk" FOREIGN KEY ("item_id") REFERENCES "public"."deletion_items"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "registration_lists" ADD CONSTRAINT "registration_lists_loader_fk" FOREIGN KEY ("loaded_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "watch_entries" ADD CONSTRAINT "watch_entries_last_list_fk" FOREIGN KEY ("last_list_id") REFERENCES "public"."registration_lists"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "watch_entries" ADD CONSTRAINT "watch_entries_gone_list_fk" FOREIGN KEY ("gone_list_id") REFERENCES "public"."registration_lists"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "watch_entries" ADD CONSTRAINT "watch_entries_decider_fk" FOREIGN KEY ("status_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "watch_entries" ADD CONSTRAINT "watch_entries_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "watch_hits" ADD CONSTRAINT "watch_hits_entry_fk" FOREIGN KEY ("entry_id") REFERENCES "public"."watch_entries"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "watch_hits" ADD CONSTRAINT "watch_hits_list_fk" FOREIGN KEY ("list_id") REFERENCES "public"."registration_lists"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "watch_versions" ADD CONSTRAINT "watch_versions_entry_fk" FOREIGN KEY ("entry_id") REFERENCES "public"."watch_entries"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "watch_versions" ADD CONSTRAINT "watch_versions_list_fk" FOREIGN KEY ("list_id") REFERENCES "public"."registration_lists"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "deletion_batches_open_uq" ON "deletion_batches" USING btree ((done_at is null)) WHERE state in ('drawn', 'proposed', 'approved');--> statement-breakpoint
CREATE INDEX "deletion_items_tip_ix" ON "deletion_items" USING btree ("tip_id");--> statement-breakpoint
CREATE UNIQUE INDEX "legal_holds_lead_uq" ON "legal_holds" USING btree ("lead_id") WHERE ended_at is null and lead_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "legal_holds_dossier_uq" ON "legal_holds" USING btree ("dossier_id") WHERE ended_at is null and dossier_id is not null;--> statement-breakpoint
CREATE INDEX "registration_lists_day_ix" ON "registration_lists" USING btree ("pack_id","listed_on");--> statement-breakpoint
CREATE INDEX "watch_entries_status_ix" ON "watch_entries" USING btree ("pack_id","status","id");--> statement-breakpoint
CREATE INDEX "watch_hits_keyword_ix" ON "watch_hits" USING btree ("keyword");--> statement-breakpoint
-- Who sees the new rows. The register and what is watched are the leading office's; auditors look on.
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['registration_lists','watch_entries','watch_hits','watch_versions',
    'legal_holds','deletion_batches','deletion_items','tombstones']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY portal ON %I USING ((SELECT acting_for_portal()))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['registration_lists','watch_entries','watch_hits','watch_versions']
  LOOP
    EXECUTE format('CREATE POLICY office_reads ON %I FOR SELECT
      USING ((SELECT acting_as(''triage_officer'', ''auditor'')))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['watch_entries','watch_hits','watch_versions']
  LOOP
    EXECUTE format('CREATE POLICY triage_adds ON %I FOR INSERT
      WITH CHECK ((SELECT acting_as(''triage_officer'')))', guarded);
  END LOOP;
  -- Whoever watches over retention; a conflict of interest outweighs every role (tombstones name no lead).
  FOREACH guarded IN ARRAY ARRAY['legal_holds','deletion_batches','deletion_items','tombstones']
  LOOP
    EXECUTE format('CREATE POLICY keepers_read ON %I FOR SELECT
      USING ((SELECT acting_as(''triage_officer'', ''administrator'', ''auditor'')))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['legal_holds','deletion_items']
  LOOP
    EXECUTE format('CREATE POLICY recused ON %I AS RESTRICTIVE
      USING ((lead_id <> ALL ((SELECT recused_leads())::uuid[])) IS NOT FALSE)', guarded);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE POLICY triage_adds ON registration_lists FOR INSERT
  WITH CHECK (loaded_by = (SELECT acting_staff()) AND (SELECT acting_as('triage_officer')));
--> statement-breakpoint
CREATE POLICY triage_finishes ON registration_lists FOR UPDATE
  USING (loaded_by = (SELECT acting_staff()) AND (SELECT acting_as('triage_officer')));
--> statement-breakpoint
CREATE POLICY triage_changes ON watch_entries FOR UPDATE USING ((SELECT acting_as('triage_officer')));
--> statement-breakpoint
CREATE POLICY triage_adds ON legal_holds FOR INSERT
  WITH CHECK (placed_by = (SELECT acting_staff()) AND (SELECT acting_as('triage_officer')));
--> statement-breakpoint
CREATE POLICY triage_ends ON legal_holds FOR UPDATE USING ((SELECT acting_as('triage_officer')));
--> statement-breakpoint
CREATE POLICY keepers_decide ON deletion_batches FOR UPDATE
  USING ((SELECT acting_as('triage_officer', 'administrator')));
--> statement-breakpoint
-- Hits and versions are only ever added to; a list is history once its counts are written.
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['watch_hits','watch_versions','tombstones']
  LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
      guarded || '_append_only', guarded);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      guarded || '_no_truncate', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['legal_holds','deletion_batches','deletion_items']
  LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
      guarded || '_append_only', guarded);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      guarded || '_no_truncate', guarded);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE FUNCTION keep_registration_list() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.finished_at IS NOT NULL OR (NEW.id, NEW.pack_id, NEW.pack_version, NEW.listed_on, NEW.is_whole, NEW.sha256)
     IS DISTINCT FROM (OLD.id, OLD.pack_id, OLD.pack_version, OLD.listed_on, OLD.is_whole, OLD.sha256) THEN
    PERFORM refuse('registration_lists_history', 'a list that was loaded is never changed');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER registration_lists_history BEFORE UPDATE ON registration_lists
  FOR EACH ROW EXECUTE FUNCTION keep_registration_list();
--> statement-breakpoint
-- A hold takes the row it is on, as a destruction does (destroy_tip): of the two one waits and then sees the other.
CREATE FUNCTION keep_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM 1 FROM leads WHERE id = NEW.lead_id FOR UPDATE;
    PERFORM 1 FROM dossiers WHERE id = NEW.dossier_id FOR UPDATE;
    IF NEW.ended_at IS NOT NULL OR acting_staff() IS NOT NULL AND NEW.placed_by IS DISTINCT FROM acting_staff() THEN
      PERFORM refuse('legal_holds_history', 'a hold bears the name of who places it, and lasts');
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.ended_at IS NOT NULL
     OR to_jsonb(NEW) - ARRAY['ended_by','ended_at','end_reason'] IS DISTINCT FROM
        to_jsonb(OLD) - ARRAY['ended_by','ended_at','end_reason']
     OR acting_staff() IS NOT NULL AND NEW.ended_by IS DISTINCT FROM acting_staff() THEN
    PERFORM refuse('legal_holds_history', 'a hold is only ever ended, once, in the name of who ends it');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER legal_holds_history BEFORE INSERT OR UPDATE ON legal_holds FOR EACH ROW EXECUTE FUNCTION keep_hold();
--> statement-breakpoint
CREATE FUNCTION under_hold(lead uuid, dossier uuid) RETURNS boolean LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM legal_holds h WHERE h.ended_at IS NULL AND (h.lead_id = lead OR h.dossier_id = dossier))
$$;
--> statement-breakpoint
-- For the triggers here alone, which ask as definer: whether a lead is held is not everybody's to ask.
REVOKE EXECUTE ON FUNCTION under_hold(uuid, uuid) FROM PUBLIC;
--> statement-breakpoint
-- What is under hold does not slip out of it by moving elsewhere.
CREATE FUNCTION keep_held_in_place() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  was uuid;
  becomes uuid;
BEGIN
  IF TG_TABLE_NAME = 'leads' THEN
    IF under_hold(NULL, OLD.dossier_id) AND NOT under_hold(OLD.id, NEW.dossier_id) THEN
      PERFORM refuse('legal_holds_moved', 'what is under hold stays where it is');
    END IF;
    RETURN NEW;
  END IF;
  SELECT dossier_id INTO was FROM leads WHERE id = OLD.lead_id;
  SELECT dossier_id INTO becomes FROM leads WHERE id = NEW.lead_id;
  IF under_hold(OLD.lead_id, was) AND NOT under_hold(NEW.lead_id, becomes) THEN
    PERFORM refuse('legal_holds_moved', 'what is under hold stays where it is');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER leads_stay_under_hold BEFORE UPDATE OF dossier_id ON leads FOR EACH ROW
  WHEN (OLD.dossier_id IS DISTINCT FROM NEW.dossier_id) EXECUTE FUNCTION keep_held_in_place();
--> statement-breakpoint
CREATE TRIGGER tips_stay_under_hold BEFORE UPDATE OF lead_id ON tips FOR EACH ROW
  WHEN (OLD.lead_id IS NOT NULL AND OLD.lead_id IS DISTINCT FROM NEW.lead_id) EXECUTE FUNCTION keep_held_in_place();
--> statement-breakpoint
CREATE FUNCTION holds_role(person uuid, wanted text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM staff_roles r JOIN staff s ON s.id = r.staff_id
   WHERE r.staff_id = person AND r.role = wanted AND r.revoked_at IS NULL AND s.status = 'active' FOR SHARE;
  RETURN FOUND;
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION holds_role(uuid, text) FROM PUBLIC;
--> statement-breakpoint
-- Drawn by the portal, proposed by triage, approved by another person who is an administrator, carried out by the
-- portal; refused by either before that. Whatever role the connection says it acts in, the person holds it now.
CREATE FUNCTION keep_deletion_batch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE step text := TG_OP;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'drawn' OR NOT acting_for_portal() THEN
      PERFORM refuse('deletion_batches_history', 'a set is drawn by the portal');
    END IF;
    RETURN NEW;
  END IF;
  step := OLD.state || '>' || NEW.state;
  IF (NEW.id, NEW.policy_version, NEW.drawn_on, NEW.items, NEW.set_sha256) IS DISTINCT FROM
     (OLD.id, OLD.policy_version, OLD.drawn_on, OLD.items, OLD.set_sha256)
     OR step NOT IN ('drawn>proposed', 'proposed>approved', 'approved>done', 'drawn>refused', 'proposed>refused')
     OR step <> 'drawn>proposed' AND (NEW.proposed_by, NEW.proposed_at) IS DISTINCT FROM (OLD.proposed_by, OLD.proposed_at)
     OR step <> 'proposed>approved' AND (NEW.approved_by, NEW.approved_at) IS DISTINCT FROM (OLD.approved_by, OLD.approved_at) THEN
    PERFORM refuse('deletion_batches_history', 'a set goes from one hand to the next and is never changed');
  END IF;
  IF step = 'drawn>proposed' AND (NEW.proposed_by IS DISTINCT FROM acting_staff()
       OR NOT holds_role(NEW.proposed_by, 'triage_officer')) THEN
    PERFORM refuse('deletion_batches_hands', 'a deletion is proposed by triage, in their own name');
  END IF;
  IF step = 'proposed>approved' AND (NEW.approved_by IS DISTINCT FROM acting_staff()
       OR NOT holds_role(NEW.approved_by, 'administrator')) THEN
    PERFORM refuse('deletion_batches_hands', 'a deletion is approved by an administrator, in their own name');
  END IF;
  IF NEW.state = 'refused' AND (NEW.refused_by IS DISTINCT FROM acting_staff()
       OR NOT (holds_role(NEW.refused_by, 'administrator') OR holds_role(NEW.refused_by, 'triage_officer'))) THEN
    PERFORM refuse('deletion_batches_hands', 'a deletion is refused by triage or an administrator, in their own name');
  END IF;
  IF NEW.state = 'done' AND (NOT acting_for_portal() OR EXISTS (
       SELECT 1 FROM deletion_items i WHERE i.batch_id = NEW.id AND i.outcome IS NULL)) THEN
    PERFORM refuse('deletion_batches_history', 'a set is done when each of its reports has an outcome');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER deletion_batches_history BEFORE INSERT OR UPDATE ON deletion_batches
  FOR EACH ROW EXECUTE FUNCTION keep_deletion_batch();
--> statement-breakpoint
-- The set is frozen with its drawing: later rows would be approved unseen. Only destroy_tip writes an outcome.
CREATE FUNCTION keep_deletion_item() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.outcome IS NOT NULL OR NOT acting_for_portal() OR NOT EXISTS (
         SELECT 1 FROM deletion_batches b WHERE b.id = NEW.batch_id AND b.state = 'drawn'
           AND NEW.due_on <= b.drawn_on AND NEW.ordinal BETWEEN 1 AND b.items) THEN
      PERFORM refuse('deletion_items_frozen', 'a set is frozen when it is drawn');
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.outcome IS NOT NULL OR NEW.outcome IS NULL
     OR to_jsonb(NEW) - ARRAY['outcome','outcome_on'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['outcome','outcome_on'] THEN
    PERFORM refuse('deletion_items_frozen', 'an item gets its outcome once');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER deletion_items_frozen BEFORE INSERT OR UPDATE ON deletion_items
  FOR EACH ROW EXECUTE FUNCTION keep_deletion_item();
--> statement-breakpoint
CREATE FUNCTION is_destroyed(tip uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM tombstones s WHERE s.tip_id = tip)
$$;
--> statement-breakpoint
-- What is sealed goes once a tombstone stands for it, and only so; tombstones are written by destroy_tip alone (the
-- application has no right to). The earlier guards stay as they are for every other row.
DROP TRIGGER sealed_values_append_only ON sealed_values;
--> statement-breakpoint
CREATE TRIGGER sealed_values_append_only BEFORE UPDATE ON sealed_values FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER sealed_values_kept BEFORE DELETE ON sealed_values FOR EACH ROW
  WHEN (NOT is_destroyed(OLD.owner_id)) EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
DROP TRIGGER sealed_keys_reader ON sealed_keys;
--> statement-breakpoint
CREATE TRIGGER sealed_keys_reader BEFORE DELETE ON sealed_keys FOR EACH ROW
  WHEN (NOT is_destroyed(OLD.owner_id)) EXECUTE FUNCTION keep_a_reader();
--> statement-breakpoint
DROP TRIGGER tip_files_history ON tip_files;
--> statement-breakpoint
CREATE TRIGGER tip_files_history BEFORE UPDATE ON tip_files FOR EACH ROW EXECUTE FUNCTION keep_file();
--> statement-breakpoint
CREATE TRIGGER tip_files_kept BEFORE DELETE ON tip_files FOR EACH ROW
  WHEN (OLD.tip_id IS NULL OR NOT is_destroyed(OLD.tip_id)) EXECUTE FUNCTION keep_file();
--> statement-breakpoint
CREATE TRIGGER tip_messages_kept BEFORE DELETE ON tip_messages FOR EACH ROW
  WHEN (NOT is_destroyed(OLD.tip_id)) EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- Nor does anything sealed come back for what was destroyed. Asked once a statement, not once a row: intake writes many.
-- After the rows, as a message's foreign key waits for a destruction under way: only then is it known.
CREATE FUNCTION refuse_after_destruction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE gone boolean;
BEGIN
  IF TG_TABLE_NAME = 'tip_messages' THEN
    SELECT EXISTS (SELECT 1 FROM fresh f JOIN tombstones s ON s.tip_id = f.tip_id) INTO gone;
  ELSE
    SELECT EXISTS (SELECT 1 FROM fresh f JOIN tombstones s ON s.tip_id = f.owner_id) INTO gone;
  END IF;
  IF gone THEN
    PERFORM refuse(TG_TABLE_NAME || '_destroyed', 'the content of this report was destroyed');
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER sealed_values_destroyed AFTER INSERT ON sealed_values REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_after_destruction();
--> statement-breakpoint
CREATE TRIGGER sealed_keys_destroyed AFTER INSERT ON sealed_keys REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_after_destruction();
--> statement-breakpoint
CREATE TRIGGER tip_messages_destroyed AFTER INSERT ON tip_messages REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_after_destruction();
--> statement-breakpoint
-- Destroys what is sealed of one report of an approved set, or says why not: `held`, or `changed` since the set was
-- frozen. Facts, order of arrival, events and awards stay. Files on disk are the caller's, after commit.
CREATE FUNCTION destroy_tip(item uuid, on_day date) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  i deletion_items;
  b deletion_batches;
  t tips;
  l leads;
  what text;
  n_texts int; n_keys int; n_messages int; n_files int;
BEGIN
  IF NOT acting_for_portal() THEN
    PERFORM refuse('deletion_items_hands', 'an approved set is carried out by the portal');
  END IF;
  SELECT * INTO i FROM deletion_items WHERE id = item FOR UPDATE;
  SELECT * INTO b FROM deletion_batches WHERE id = i.batch_id FOR SHARE;
  -- Another server was faster.
  IF i.outcome IS NOT NULL THEN RETURN NULL; END IF;
  IF i.id IS NULL OR b.state IS DISTINCT FROM 'approved' OR b.proposed_by IS NULL
     OR b.approved_by IS NULL OR b.proposed_by = b.approved_by OR i.due_on > b.drawn_on THEN
    PERFORM refuse('deletion_items_by_two', 'a report is destroyed once two people agreed to it');
  END IF;
  SELECT * INTO t FROM tips WHERE id = i.tip_id FOR UPDATE;
  SELECT * INTO l FROM leads WHERE id = t.lead_id FOR UPDATE;
  PERFORM 1 FROM dossiers WHERE id = l.dossier_id FOR UPDATE;
  SELECT count(*) INTO n_messages FROM tip_messages m WHERE m.tip_id = t.id;
  SELECT count(*) INTO n_files FROM tip_files f WHERE f.tip_id = t.id;
  what := CASE
    WHEN under_hold(l.id, l.dossier_id) THEN 'held'
    WHEN is_destroyed(t.id)
      OR t.lead_id IS DISTINCT FROM i.lead_id
      OR (n_messages, n_files) IS DISTINCT FROM (i.messages, i.files)
      OR i.category = 'spam' AND (t.spam IS DISTINCT FROM 'confirmed' OR t.arrived_on <> i.basis_on)
      OR i.category <> 'spam' AND (t.spam IS NOT NULL OR l.closure_code IS DISTINCT FROM i.closure_code
           OR (l.closed_at AT TIME ZONE 'Asia/Shanghai')::date IS DISTINCT FROM i.basis_on)
      OR EXISTS (SELECT 1 FROM awards a WHERE a.tip_id = t.id
           AND a.status IN ('drafted', 'prepared', 'reviewed', 'approved', 'accepted', 'posted'))
      OR EXISTS (SELECT 1 FROM identity_requests q WHERE q.tip_id = t.id AND q.status = 'waiting') THEN 'changed'
    ELSE 'destroyed' END;
  UPDATE deletion_items SET outcome = what, outcome_on = on_day WHERE id = item;
  IF what <> 'destroyed' THEN RETURN what; END IF;
  SELECT count(*) INTO n_texts FROM sealed_values v WHERE v.owner_table = 'tips' AND v.owner_id = t.id;
  SELECT count(*) INTO n_keys FROM sealed_keys k WHERE k.owner_table = 'tips' AND k.owner_id = t.id;
  INSERT INTO tombstones (tip_id, item_id, policy_version, category, destroyed_on, texts, keys, messages, files)
    VALUES (t.id, i.id, b.policy_version, i.category, on_day, n_texts, n_keys, n_messages, n_files);
  DELETE FROM tip_files WHERE tip_id = t.id;
  DELETE FROM tip_messages WHERE tip_id = t.id;
  DELETE FROM sealed_keys WHERE owner_table = 'tips' AND owner_id = t.id;
  DELETE FROM sealed_values WHERE owner_table = 'tips' AND owner_id = t.id;
  UPDATE tips SET receipt_closed_on = on_day, receipt_closed_why = 'expired'
   WHERE id = t.id AND receipt_closed_on IS NULL;
  RETURN what;
END $$;
