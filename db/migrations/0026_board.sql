CREATE TABLE "board_counts" (
	"reach" text NOT NULL,
	"pack_id" text NOT NULL,
	"stage" text NOT NULL,
	"cards" bigint NOT NULL,
	CONSTRAINT "board_counts_pk" PRIMARY KEY("reach","pack_id","stage")
);
--> statement-breakpoint
CREATE TABLE "board_deltas" (
	"reach" text NOT NULL,
	"pack_id" text NOT NULL,
	"stage" text NOT NULL,
	"cards" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "board_habits" (
	"staff_id" uuid PRIMARY KEY NOT NULL,
	"default_view_id" uuid,
	"shortcuts_off" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "board_options" (
	"agency_id" text PRIMARY KEY NOT NULL,
	"stage_limits" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"person_limit" integer,
	"in_turn" boolean DEFAULT false NOT NULL,
	"set_by" uuid NOT NULL,
	"set_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "board_options_person_ck" CHECK ("board_options"."person_limit" between 1 and 999)
);
--> statement-breakpoint
CREATE TABLE "bulk_rows" (
	"set_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"version" integer NOT NULL,
	"result" text,
	CONSTRAINT "bulk_rows_pk" PRIMARY KEY("set_id","lead_id"),
	CONSTRAINT "bulk_rows_ordinal_ck" CHECK ("bulk_rows"."ordinal" between 1 and 500)
);
--> statement-breakpoint
CREATE TABLE "bulk_sets" (
	"id" uuid PRIMARY KEY NOT NULL,
	"staff_id" uuid NOT NULL,
	"made_at" timestamp (3) with time zone NOT NULL,
	"act" jsonb,
	"started_at" timestamp (3) with time zone,
	CONSTRAINT "bulk_sets_started_ck" CHECK (("bulk_sets"."act" is null) = ("bulk_sets"."started_at" is null))
);
--> statement-breakpoint
CREATE TABLE "lead_assignments" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid NOT NULL,
	"reach" text NOT NULL,
	"staff_id" uuid NOT NULL,
	"how" text NOT NULL,
	"assigned_by" uuid NOT NULL,
	"from_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"ended_by" uuid,
	CONSTRAINT "lead_assignments_how_ck" CHECK ("lead_assignments"."how" in ('taken', 'assigned', 'handed_over', 'in_turn')),
	CONSTRAINT "lead_assignments_taken_ck" CHECK ("lead_assignments"."how" <> 'taken' or "lead_assignments"."assigned_by" = "lead_assignments"."staff_id"),
	CONSTRAINT "lead_assignments_ended_ck" CHECK ("lead_assignments"."ended_by" is null or "lead_assignments"."ended_at" is not null)
);
--> statement-breakpoint
CREATE TABLE "lead_cards" (
	"reach" text NOT NULL,
	"lead_id" uuid NOT NULL,
	"pack_id" text NOT NULL,
	"number" bigint NOT NULL,
	"stage" text NOT NULL,
	"is_major" boolean NOT NULL,
	"sectors" text[] NOT NULL,
	"place" text,
	"place_no" bigint,
	"opened_on" date NOT NULL,
	"due_on" date,
	"assignee_id" uuid,
	CONSTRAINT "lead_cards_pk" PRIMARY KEY("reach","lead_id")
);
--> statement-breakpoint
CREATE TABLE "lead_changes" (
	"lead_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"field" text NOT NULL,
	"was" text,
	"becomes" text,
	"changed_by" uuid,
	"changed_on" date NOT NULL,
	"changed_at" timestamp (3) with time zone,
	CONSTRAINT "lead_changes_pk" PRIMARY KEY("lead_id","version","field"),
	CONSTRAINT "lead_changes_time_ck" CHECK ("lead_changes"."changed_by" is not null or "lead_changes"."changed_at" is null)
);
--> statement-breakpoint
CREATE TABLE "lead_terms" (
	"reach" text NOT NULL,
	"term" text NOT NULL,
	"number" bigint NOT NULL,
	"lead_id" uuid NOT NULL,
	"shared" boolean NOT NULL,
	CONSTRAINT "lead_terms_pk" PRIMARY KEY("reach","term","number")
);
--> statement-breakpoint
CREATE TABLE "lead_tip_counts" (
	"lead_id" uuid NOT NULL,
	"official" boolean NOT NULL,
	"tips" bigint NOT NULL,
	CONSTRAINT "lead_tip_counts_pk" PRIMARY KEY("lead_id","official")
);
--> statement-breakpoint
CREATE TABLE "lead_tip_deltas" (
	"lead_id" uuid NOT NULL,
	"official" boolean NOT NULL,
	"tips" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "saved_views" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"agency_id" text NOT NULL,
	"name" text NOT NULL,
	"query" text NOT NULL,
	"shared" boolean NOT NULL,
	"threshold" integer,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "saved_views_name_ck" CHECK (char_length("saved_views"."name") between 1 and 30),
	CONSTRAINT "saved_views_query_ck" CHECK (char_length("saved_views"."query") <= 1000),
	CONSTRAINT "saved_views_threshold_ck" CHECK ("saved_views"."threshold" between 0 and 9999)
);
--> statement-breakpoint
ALTER TABLE "board_habits" ADD CONSTRAINT "board_habits_staff_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "board_habits" ADD CONSTRAINT "board_habits_view_fk" FOREIGN KEY ("default_view_id") REFERENCES "public"."saved_views"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "board_options" ADD CONSTRAINT "board_options_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "board_options" ADD CONSTRAINT "board_options_by_fk" FOREIGN KEY ("set_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_rows" ADD CONSTRAINT "bulk_rows_set_fk" FOREIGN KEY ("set_id") REFERENCES "public"."bulk_sets"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_rows" ADD CONSTRAINT "bulk_rows_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "bulk_sets" ADD CONSTRAINT "bulk_sets_staff_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_assignments" ADD CONSTRAINT "lead_assignments_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_assignments" ADD CONSTRAINT "lead_assignments_staff_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_assignments" ADD CONSTRAINT "lead_assignments_by_fk" FOREIGN KEY ("assigned_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_assignments" ADD CONSTRAINT "lead_assignments_ender_fk" FOREIGN KEY ("ended_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_cards" ADD CONSTRAINT "lead_cards_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_changes" ADD CONSTRAINT "lead_changes_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_changes" ADD CONSTRAINT "lead_changes_staff_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_terms" ADD CONSTRAINT "lead_terms_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_tip_counts" ADD CONSTRAINT "lead_tip_counts_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "saved_views" ADD CONSTRAINT "saved_views_owner_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "saved_views" ADD CONSTRAINT "saved_views_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "board_deltas_ix" ON "board_deltas" USING btree ("reach");--> statement-breakpoint
CREATE INDEX "bulk_sets_staff_ix" ON "bulk_sets" USING btree ("staff_id","made_at");--> statement-breakpoint
CREATE UNIQUE INDEX "lead_assignments_live_uq" ON "lead_assignments" USING btree ("lead_id","reach") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "lead_assignments_lead_ix" ON "lead_assignments" USING btree ("lead_id","from_at");--> statement-breakpoint
CREATE INDEX "lead_assignments_staff_ix" ON "lead_assignments" USING btree ("reach","staff_id","from_at");--> statement-breakpoint
CREATE INDEX "lead_cards_lead_ix" ON "lead_cards" USING btree ("lead_id");--> statement-breakpoint
CREATE INDEX "lead_cards_number_ix" ON "lead_cards" USING btree ("reach","number");--> statement-breakpoint
CREATE INDEX "lead_cards_stage_ix" ON "lead_cards" USING btree ("reach","stage","is_major","number");--> statement-breakpoint
CREATE INDEX "lead_cards_oldest_ix" ON "lead_cards" USING btree ("reach","stage","number");--> statement-breakpoint
CREATE INDEX "lead_cards_due_ix" ON "lead_cards" USING btree ("reach","stage","due_on","number");--> statement-breakpoint
CREATE INDEX "lead_cards_assignee_ix" ON "lead_cards" USING btree ("reach","assignee_id","stage") WHERE assignee_id is not null;--> statement-breakpoint
CREATE INDEX "lead_terms_lead_ix" ON "lead_terms" USING btree ("lead_id","reach","term");--> statement-breakpoint
CREATE INDEX "lead_tip_deltas_ix" ON "lead_tip_deltas" USING btree ("lead_id");--> statement-breakpoint
CREATE UNIQUE INDEX "saved_views_name_uq" ON "saved_views" USING btree ("owner_id","name");--> statement-breakpoint
CREATE INDEX "saved_views_agency_ix" ON "saved_views" USING btree ("agency_id") WHERE shared;--> statement-breakpoint
-- What stands on whose board, what it is found by, and how many there are, is kept by triggers: a board is then one
-- index read in its order, and no count runs over all leads or all reports of one. They run as definer, since whoever
-- brings a change about (a report that comes, a body that returns a lead) need not see all it touches.
CREATE FUNCTION fold_for_search(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT left(regexp_replace(lower(normalize(said, NFKC)), '[[:space:][:punct:]、。《》〈〉“”‘’【】〔〕「」『』·—…￥]+', '', 'g'), 100)
$$;
--> statement-breakpoint
CREATE FUNCTION name_terms(said text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(term), '{}') FROM (SELECT fold_for_search(said) AS folded) f, LATERAL (
    SELECT 'n:' || folded AS term WHERE length(folded) >= 2
    UNION SELECT 'g:' || substr(folded, at, 2) FROM generate_series(1, length(folded) - 1) at) t
$$;
--> statement-breakpoint
CREATE FUNCTION tip_terms(of_tip uuid) RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT term), '{}') FROM (
    SELECT unnest(name_terms(subject_name)) AS term FROM tips WHERE id = of_tip
    UNION ALL SELECT 'k:uscc:' || uscc FROM tips WHERE id = of_tip AND uscc IS NOT NULL
    UNION ALL SELECT unnest(name_terms(value)) FROM tip_identifiers WHERE tip_id = of_tip AND kind = 'app'
    UNION ALL SELECT 'k:' || kind || ':' || left(key, 200) FROM tip_identifiers
     WHERE tip_id = of_tip AND kind IN ('site', 'phone', 'account')) said
$$;
--> statement-breakpoint
-- A thousand terms a lead at most: a flood of reports with ever new names on one subject stops there.
CREATE FUNCTION note_lead_terms(of_lead uuid, terms text[], official boolean) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE of_number bigint;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM unnest(terms) t WHERE NOT EXISTS (SELECT 1 FROM lead_terms k
       WHERE k.lead_id = of_lead AND k.reach = '' AND k.term = t AND (k.shared OR official)))
     OR (SELECT count(*) FROM (SELECT 1 FROM lead_terms WHERE lead_id = of_lead AND reach = '' LIMIT 1000) k) >= 1000 THEN
    RETURN;
  END IF;
  SELECT number INTO of_number FROM leads WHERE id = of_lead;
  -- In one order, so that two reports which bring the same names wait for each other and never around.
  INSERT INTO lead_terms (reach, term, number, lead_id, shared)
  SELECT '', t, of_number, of_lead, NOT official FROM (SELECT DISTINCT t FROM unnest(terms) t ORDER BY t) sorted
  ON CONFLICT (reach, term, number) DO UPDATE SET shared = true WHERE excluded.shared AND NOT lead_terms.shared;
  IF NOT official THEN
    INSERT INTO lead_terms (reach, term, number, lead_id, shared)
    SELECT c.reach, t, of_number, of_lead, true
      FROM lead_cards c CROSS JOIN (SELECT DISTINCT t FROM unnest(terms) t) said
     WHERE c.lead_id = of_lead AND c.reach <> '' ORDER BY c.reach, t
    ON CONFLICT (reach, term, number) DO NOTHING;
  END IF;
END $$;
--> statement-breakpoint
-- Brings a lead's cards in line with what it is now; called for every change of lead, holder or sector.
CREATE FUNCTION refresh_lead_cards(of_lead uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  l leads%ROWTYPE;
  wanted text[];
  had text[];
  said text[];
BEGIN
  SELECT * INTO l FROM leads WHERE id = of_lead;
  wanted := CASE WHEN l.closure_code = 'duplicate' THEN '{}' ELSE ARRAY[''] || CASE WHEN l.leading_office_only THEN '{}'
    ELSE ARRAY(SELECT agency_id FROM lead_agencies WHERE lead_id = of_lead AND to_at IS NULL ORDER BY agency_id) END END;
  said := ARRAY(SELECT sector FROM lead_sectors WHERE lead_id = of_lead AND to_on IS NULL ORDER BY is_primary DESC, sector);
  had := ARRAY(SELECT reach FROM lead_cards WHERE lead_id = of_lead);
  IF NOT had <@ wanted THEN
    UPDATE lead_assignments SET ended_at = now()
     WHERE lead_id = of_lead AND ended_at IS NULL AND reach <> '' AND reach <> ALL (wanted);
    DELETE FROM lead_terms WHERE lead_id = of_lead AND reach <> '' AND reach <> ALL (wanted);
    DELETE FROM lead_cards WHERE lead_id = of_lead AND reach <> ALL (wanted);
  END IF;
  UPDATE lead_cards SET stage = l.stage, is_major = l.is_major, sectors = said, due_on = lead_due_on(l)
   WHERE lead_id = of_lead
     AND (stage, is_major, sectors, due_on) IS DISTINCT FROM (l.stage, l.is_major, said, lead_due_on(l));
  IF wanted <@ had THEN RETURN; END IF;
  INSERT INTO lead_cards (reach, lead_id, pack_id, number, stage, is_major, sectors, place, place_no, opened_on, due_on, assignee_id)
  SELECT r, l.id, l.pack_id, l.number, l.stage, l.is_major, said, p.place, p.place_no, l.opened_on, lead_due_on(l),
         (SELECT staff_id FROM lead_assignments a WHERE a.lead_id = of_lead AND a.reach = r AND a.ended_at IS NULL)
    FROM unnest(wanted) r LEFT JOIN LATERAL (
      SELECT coalesce(operating_at, registered_at, occurred_at) AS place, arrival_no AS place_no FROM tips
       WHERE lead_id = of_lead AND coalesce(operating_at, registered_at, occurred_at) IS NOT NULL
         AND (r = '' OR NOT concerns_official) ORDER BY arrival_no LIMIT 1) p ON true
   WHERE r <> ALL (had);
  INSERT INTO lead_terms (reach, term, number, lead_id, shared)
  SELECT r, t.term, t.number, of_lead, true FROM unnest(wanted) r
    JOIN lead_terms t ON t.lead_id = of_lead AND t.reach = '' AND t.shared
   WHERE r <> '' AND r <> ALL (had)
  ON CONFLICT (reach, term, number) DO NOTHING;
END $$;
--> statement-breakpoint
-- The clock that runs, as server/triage says it (runningClock).
CREATE FUNCTION lead_due_on(l leads) RETURNS date LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN l.stage = 'dispatched' THEN l.accept_due_on
    WHEN l.stage IN ('investigating', 'determined') THEN l.handle_due_on END
$$;
--> statement-breakpoint
CREATE FUNCTION keep_cards_of_lead() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM refresh_lead_cards(NEW.id);
  IF TG_OP = 'INSERT' OR NEW.name <> OLD.name THEN
    PERFORM note_lead_terms(NEW.id, name_terms(NEW.name), false);
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER leads_cards AFTER INSERT OR
  UPDATE OF stage, is_major, leading_office_only, closure_code, name, accept_due_on, handle_due_on ON leads
  FOR EACH ROW EXECUTE FUNCTION keep_cards_of_lead();
--> statement-breakpoint
CREATE FUNCTION keep_cards() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM refresh_lead_cards(NEW.lead_id);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER lead_agencies_cards AFTER INSERT OR UPDATE ON lead_agencies FOR EACH ROW EXECUTE FUNCTION keep_cards();
--> statement-breakpoint
CREATE TRIGGER lead_sectors_cards AFTER INSERT OR UPDATE ON lead_sectors FOR EACH ROW EXECUTE FUNCTION keep_cards();
--> statement-breakpoint
CREATE FUNCTION count_cards() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO board_deltas (reach, pack_id, stage, cards) VALUES (OLD.reach, OLD.pack_id, OLD.stage, -1);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO board_deltas (reach, pack_id, stage, cards) VALUES (NEW.reach, NEW.pack_id, NEW.stage, 1);
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER lead_cards_counted AFTER INSERT OR DELETE ON lead_cards FOR EACH ROW EXECUTE FUNCTION count_cards();
--> statement-breakpoint
CREATE TRIGGER lead_cards_recounted AFTER UPDATE ON lead_cards FOR EACH ROW
  WHEN (OLD.stage <> NEW.stage) EXECUTE FUNCTION count_cards();
--> statement-breakpoint
-- What a report adds to its lead: one to its number, its place where it is the first that names one, its terms.
CREATE FUNCTION join_tip(t tips) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE named text := coalesce(t.operating_at, t.registered_at, t.occurred_at);
BEGIN
  INSERT INTO lead_tip_deltas (lead_id, official, tips) VALUES (t.lead_id, t.concerns_official, 1);
  IF named IS NOT NULL THEN
    UPDATE lead_cards SET place = named, place_no = t.arrival_no
     WHERE lead_id = t.lead_id AND (reach = '' OR NOT t.concerns_official) AND (place_no IS NULL OR place_no > t.arrival_no);
  END IF;
  PERFORM note_lead_terms(t.lead_id, tip_terms(t.id), t.concerns_official);
END $$;
--> statement-breakpoint
-- And what it takes with it to another.
CREATE FUNCTION leave_tip(t tips) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  open_terms text[];
  kept_terms text[];
BEGIN
  INSERT INTO lead_tip_deltas (lead_id, official, tips) VALUES (t.lead_id, t.concerns_official, -1);
  UPDATE lead_cards c SET (place, place_no) = (
      SELECT coalesce(operating_at, registered_at, occurred_at), arrival_no FROM tips
       WHERE lead_id = t.lead_id AND id <> t.id AND coalesce(operating_at, registered_at, occurred_at) IS NOT NULL
         AND (c.reach = '' OR NOT concerns_official) ORDER BY arrival_no LIMIT 1)
   WHERE c.lead_id = t.lead_id AND c.place_no = t.arrival_no;
  -- What it was found by goes where no other report says it, nor the lead's name. Beyond 200 reports nobody looks: a
  -- search may then find the lead by one word too many.
  IF (SELECT count(*) FROM (SELECT 1 FROM tips WHERE lead_id = t.lead_id LIMIT 202) o) > 201 THEN RETURN; END IF;
  open_terms := ARRAY(SELECT unnest(tip_terms(id)) FROM tips WHERE lead_id = t.lead_id AND id <> t.id AND NOT concerns_official)
    || ARRAY(SELECT unnest(name_terms(name)) FROM leads WHERE id = t.lead_id);
  kept_terms := ARRAY(SELECT unnest(tip_terms(id)) FROM tips WHERE lead_id = t.lead_id AND id <> t.id AND concerns_official);
  DELETE FROM lead_terms WHERE lead_id = t.lead_id AND term = ANY (tip_terms(t.id)) AND term <> ALL (open_terms)
    AND (reach <> '' OR term <> ALL (kept_terms));
  UPDATE lead_terms SET shared = false WHERE lead_id = t.lead_id AND shared AND term = ANY (tip_terms(t.id))
    AND term <> ALL (open_terms);
END $$;
--> statement-breakpoint
CREATE FUNCTION keep_tip_on_card() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.lead_id IS NOT NULL THEN PERFORM leave_tip(OLD); END IF;
  IF NEW.lead_id IS NOT NULL THEN PERFORM join_tip(NEW); END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER tips_card_added AFTER INSERT ON tips FOR EACH ROW
  WHEN (NEW.lead_id IS NOT NULL) EXECUTE FUNCTION keep_tip_on_card();
--> statement-breakpoint
CREATE TRIGGER tips_card_moved AFTER UPDATE OF lead_id ON tips FOR EACH ROW
  WHEN (OLD.lead_id IS DISTINCT FROM NEW.lead_id) EXECUTE FUNCTION keep_tip_on_card();
--> statement-breakpoint
CREATE FUNCTION keep_identifier_on_card() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE t tips%ROWTYPE;
BEGIN
  SELECT * INTO t FROM tips WHERE id = NEW.tip_id;
  IF t.lead_id IS NOT NULL THEN
    PERFORM note_lead_terms(t.lead_id, CASE WHEN NEW.kind = 'app' THEN name_terms(NEW.value)
      ELSE ARRAY['k:' || NEW.kind || ':' || left(NEW.key, 200)] END, t.concerns_official);
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER tip_identifiers_card AFTER INSERT ON tip_identifiers FOR EACH ROW
  WHEN (NEW.kind IN ('site', 'app', 'phone', 'account')) EXECUTE FUNCTION keep_identifier_on_card();
--> statement-breakpoint
-- Numbers since the last settling become part of the settled ones; a reader sees either, never both. One at a time.
CREATE FUNCTION settle_board_counts() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT acting_for_portal() THEN
    PERFORM refuse('board_counts_settler', 'the portal itself settles the counts');
  END IF;
  PERFORM pg_advisory_xact_lock(7301651);
  WITH gone AS (DELETE FROM board_deltas RETURNING *), summed AS (
    SELECT reach, pack_id, stage, sum(cards) AS cards FROM gone GROUP BY 1, 2, 3)
  INSERT INTO board_counts AS c (reach, pack_id, stage, cards) SELECT reach, pack_id, stage, cards FROM summed
  ON CONFLICT (reach, pack_id, stage) DO UPDATE SET cards = c.cards + excluded.cards;
  WITH gone AS (DELETE FROM lead_tip_deltas RETURNING *), summed AS (
    SELECT lead_id, official, sum(tips) AS tips FROM gone GROUP BY 1, 2)
  INSERT INTO lead_tip_counts AS c (lead_id, official, tips) SELECT lead_id, official, tips FROM summed
  ON CONFLICT (lead_id, official) DO UPDATE SET tips = c.tips + excluded.tips;
END $$;
--> statement-breakpoint
-- Everything above made anew from what it is made from: for what was there before, and to compare with in tests.
CREATE FUNCTION rebuild_board() RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM lead_terms;
  DELETE FROM lead_cards;
  INSERT INTO lead_cards (reach, lead_id, pack_id, number, stage, is_major, sectors, place, place_no, opened_on, due_on, assignee_id)
  SELECT r.reach, l.id, l.pack_id, l.number, l.stage, l.is_major,
         coalesce(s.sectors, '{}'), p.place, p.place_no, l.opened_on, lead_due_on(l), a.staff_id
    FROM leads l
    JOIN (SELECT id AS lead_id, '' AS reach FROM leads UNION ALL
          SELECT h.lead_id, h.agency_id FROM lead_agencies h JOIN leads k ON k.id = h.lead_id
           WHERE h.to_at IS NULL AND NOT k.leading_office_only) r ON r.lead_id = l.id
    LEFT JOIN (SELECT lead_id, array_agg(sector ORDER BY is_primary DESC, sector) AS sectors
                 FROM lead_sectors WHERE to_on IS NULL GROUP BY 1) s ON s.lead_id = l.id
    LEFT JOIN lead_assignments a ON a.lead_id = l.id AND a.reach = r.reach AND a.ended_at IS NULL
    LEFT JOIN LATERAL (SELECT coalesce(operating_at, registered_at, occurred_at) AS place, arrival_no AS place_no FROM tips
       WHERE lead_id = l.id AND coalesce(operating_at, registered_at, occurred_at) IS NOT NULL
         AND (r.reach = '' OR NOT concerns_official) ORDER BY arrival_no LIMIT 1) p ON true
   WHERE l.closure_code IS DISTINCT FROM 'duplicate';
  INSERT INTO lead_terms (reach, term, number, lead_id, shared)
  SELECT '', term, number, lead_id, bool_or(shared) FROM (
    SELECT unnest(name_terms(l.name)) AS term, l.number, l.id AS lead_id, true AS shared FROM leads l
    UNION ALL SELECT unnest(name_terms(t.subject_name)), l.number, l.id, NOT t.concerns_official
      FROM (SELECT DISTINCT lead_id, subject_name, concerns_official FROM tips) t JOIN leads l ON l.id = t.lead_id
    UNION ALL SELECT 'k:uscc:' || t.uscc, l.number, l.id, NOT t.concerns_official
      FROM tips t JOIN leads l ON l.id = t.lead_id WHERE t.uscc IS NOT NULL
    UNION ALL SELECT unnest(CASE WHEN i.kind = 'app' THEN name_terms(i.value) ELSE ARRAY['k:' || i.kind || ':' || left(i.key, 200)] END),
           l.number, l.id, NOT t.concerns_official
      FROM tip_identifiers i JOIN tips t ON t.id = i.tip_id JOIN leads l ON l.id = t.lead_id
     WHERE i.kind IN ('site', 'app', 'phone', 'account')) said
   GROUP BY term, number, lead_id;
  INSERT INTO lead_terms (reach, term, number, lead_id, shared)
  SELECT c.reach, t.term, t.number, t.lead_id, true
    FROM lead_cards c JOIN lead_terms t ON t.lead_id = c.lead_id AND t.reach = '' AND t.shared WHERE c.reach <> '';
  DELETE FROM board_deltas;
  DELETE FROM board_counts;
  INSERT INTO board_counts SELECT reach, pack_id, stage, count(*) FROM lead_cards GROUP BY 1, 2, 3;
  DELETE FROM lead_tip_deltas;
  DELETE FROM lead_tip_counts;
  INSERT INTO lead_tip_counts SELECT lead_id, concerns_official, count(*) FROM tips WHERE lead_id IS NOT NULL GROUP BY 1, 2;
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION refresh_lead_cards(uuid), note_lead_terms(uuid, text[], boolean), tip_terms(uuid), join_tip(tips),
  leave_tip(tips), rebuild_board() FROM PUBLIC;
--> statement-breakpoint
SELECT rebuild_board();
--> statement-breakpoint
-- What each version changed, and who. A report that comes leaves a day alone.
CREATE FUNCTION note_lead_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE told integer := 0;
BEGIN
  INSERT INTO lead_changes (lead_id, version, field, was, becomes, changed_by, changed_on, changed_at)
  SELECT NEW.id, NEW.version, c.field, c.was, c.becomes, acting_staff(), (now() AT TIME ZONE 'Asia/Shanghai')::date,
         CASE WHEN acting_staff() IS NOT NULL THEN now() END
    FROM (VALUES ('stage', OLD.stage, NEW.stage), ('name', OLD.name, NEW.name),
                 ('major', OLD.is_major::text, NEW.is_major::text),
                 ('accept_due', OLD.accept_due_on::text, NEW.accept_due_on::text),
                 ('handle_due', OLD.handle_due_on::text, NEW.handle_due_on::text),
                 ('closure', OLD.closure_code, NEW.closure_code)) c (field, was, becomes)
   WHERE c.was IS DISTINCT FROM c.becomes
  ON CONFLICT (lead_id, version, field) DO UPDATE SET becomes = excluded.becomes;
  GET DIAGNOSTICS told = ROW_COUNT;
  -- Who may see a lead is told by no field: a body would learn that it was kept from it.
  IF told = 0 THEN
    INSERT INTO lead_changes (lead_id, version, field, changed_by, changed_on, changed_at)
    VALUES (NEW.id, NEW.version, 'other', acting_staff(), (now() AT TIME ZONE 'Asia/Shanghai')::date,
            CASE WHEN acting_staff() IS NOT NULL THEN now() END)
    ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER leads_changes AFTER UPDATE ON leads FOR EACH ROW
  WHEN (NEW.version > OLD.version) EXECUTE FUNCTION note_lead_changes();
--> statement-breakpoint
-- Somebody is put on a lead only where they would see it anyway: an active officer of the body that holds it (or of
-- triage, for the leading office), not recused from it. An assignment gives no sight by itself.
CREATE FUNCTION keep_assignment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR to_jsonb(NEW) - ARRAY['ended_at', 'ended_by'] IS DISTINCT FROM
       to_jsonb(OLD) - ARRAY['ended_at', 'ended_by'] THEN
      PERFORM refuse('lead_assignments_history', 'an assignment is only ever ended');
    END IF;
    RETURN NEW;
  END IF;
  IF acting_staff() IS NOT NULL AND NEW.assigned_by <> acting_staff() THEN
    PERFORM refuse('lead_assignments_by', 'an assignment bears the name of who makes it');
  END IF;
  IF NOT EXISTS (SELECT 1 FROM staff s JOIN staff_roles r ON r.staff_id = s.id AND r.revoked_at IS NULL
       WHERE s.id = NEW.staff_id AND s.status = 'active'
         AND CASE WHEN NEW.reach = '' THEN r.role = 'triage_officer'
             ELSE r.role = 'agency_officer' AND s.agency_id = NEW.reach END)
     OR EXISTS (SELECT 1 FROM lead_recusals q WHERE q.lead_id = NEW.lead_id AND q.staff_id = NEW.staff_id AND q.ended_at IS NULL)
     OR NOT EXISTS (SELECT 1 FROM lead_cards c WHERE c.reach = NEW.reach AND c.lead_id = NEW.lead_id) THEN
    PERFORM refuse('lead_assignments_person', 'only an officer of a body that holds the lead, not recused, works on it');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER lead_assignments_kept BEFORE INSERT OR UPDATE ON lead_assignments
  FOR EACH ROW EXECUTE FUNCTION keep_assignment();
--> statement-breakpoint
CREATE FUNCTION show_assignee() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE lead_cards SET assignee_id = (SELECT staff_id FROM lead_assignments a
      WHERE a.lead_id = NEW.lead_id AND a.reach = NEW.reach AND a.ended_at IS NULL)
   WHERE reach = NEW.reach AND lead_id = NEW.lead_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER lead_assignments_shown AFTER INSERT OR UPDATE ON lead_assignments
  FOR EACH ROW EXECUTE FUNCTION show_assignee();
--> statement-breakpoint
-- Whoever steps back from a lead no longer works on it.
CREATE FUNCTION end_assignment_of_recused() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE lead_assignments SET ended_at = now()
   WHERE lead_id = NEW.lead_id AND staff_id = NEW.staff_id AND ended_at IS NULL;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER lead_recusals_assignment AFTER INSERT ON lead_recusals
  FOR EACH ROW EXECUTE FUNCTION end_assignment_of_recused();
--> statement-breakpoint
-- Who may be put on a lead of one's own board. As definer: a body's officers do not see who is recused, and are not told.
CREATE FUNCTION assignable_staff(of_lead uuid, of_reach text) RETURNS TABLE (staff_id uuid, open_cards bigint, last_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT s.id, (SELECT count(*) FROM lead_cards c WHERE c.reach = of_reach AND c.assignee_id = s.id
                  AND c.stage NOT IN ('closed', 'rejected')),
         (SELECT max(a.from_at) FROM lead_assignments a WHERE a.reach = of_reach AND a.staff_id = s.id)
    FROM staff s
   WHERE s.status = 'active'
     AND CASE WHEN of_reach = '' THEN acting_as('triage_officer') ELSE acting_as('agency_officer') AND of_reach = acting_agency() END
     AND EXISTS (SELECT 1 FROM staff_roles r WHERE r.staff_id = s.id AND r.revoked_at IS NULL
           AND CASE WHEN of_reach = '' THEN r.role = 'triage_officer' ELSE r.role = 'agency_officer' AND s.agency_id = of_reach END)
     AND EXISTS (SELECT 1 FROM lead_cards c WHERE c.reach = of_reach AND c.lead_id = of_lead)
     AND of_lead <> ALL (recused_leads())
     AND NOT EXISTS (SELECT 1 FROM lead_recusals q WHERE q.lead_id = of_lead AND q.staff_id = s.id AND q.ended_at IS NULL)
$$;
--> statement-breakpoint
-- What the kept numbers hold of leads the person is recused from: nobody sees those rows themselves.
CREATE FUNCTION recused_cards(of_reach text) RETURNS TABLE (stage text, cards bigint) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.stage, count(*) FROM lead_cards c
   WHERE c.reach = of_reach AND c.lead_id = ANY (recused_leads())
     AND (of_reach = acting_agency() OR acting_as('triage_officer', 'auditor')) GROUP BY c.stage
$$;
--> statement-breakpoint
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['lead_cards','lead_terms','board_counts','board_deltas','lead_tip_counts','lead_tip_deltas',
    'lead_assignments','lead_changes','saved_views','board_habits','board_options','bulk_sets','bulk_rows']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY portal ON %I USING ((SELECT acting_for_portal()))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['lead_cards','lead_terms','lead_tip_counts','lead_tip_deltas','lead_assignments','lead_changes']
  LOOP
    EXECUTE format('CREATE POLICY recused ON %I AS RESTRICTIVE USING (lead_id <> ALL ((SELECT recused_leads())::uuid[]))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['lead_cards','lead_terms','board_counts','board_deltas','lead_tip_counts','lead_tip_deltas',
    'lead_assignments','lead_changes']
  LOOP
    EXECUTE format('CREATE POLICY office_reads ON %I FOR SELECT
      USING ((SELECT acting_as(''triage_officer'', ''auditor'')))', guarded);
  END LOOP;
  -- A body's own rows: those of leads it does not hold, or that are kept from it, do not exist.
  FOREACH guarded IN ARRAY ARRAY['lead_cards','lead_terms','board_counts','board_deltas']
  LOOP
    EXECUTE format('CREATE POLICY agency_reads ON %I FOR SELECT USING (reach = (SELECT acting_agency())
      AND (SELECT acting_as(''agency_officer'', ''agency_verifier'')))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['lead_tip_counts','lead_tip_deltas']
  LOOP
    EXECUTE format('CREATE POLICY agency_reads ON %I FOR SELECT USING (NOT official
      AND (SELECT acting_as(''agency_officer'', ''agency_verifier''))
      AND EXISTS (SELECT 1 FROM lead_cards c WHERE c.lead_id = %I.lead_id AND c.reach = (SELECT acting_agency())))', guarded, guarded);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE POLICY agency_reads ON lead_assignments FOR SELECT USING (reach = (SELECT acting_agency())
  AND (SELECT acting_as('agency_officer', 'agency_verifier'))
  AND EXISTS (SELECT 1 FROM lead_cards c WHERE c.lead_id = lead_assignments.lead_id AND c.reach = lead_assignments.reach));
--> statement-breakpoint
CREATE POLICY officers_add ON lead_assignments FOR INSERT WITH CHECK (assigned_by = (SELECT acting_staff())
  AND (reach = '' AND (SELECT acting_as('triage_officer'))
    OR reach = (SELECT acting_agency()) AND (SELECT acting_as('agency_officer')))
  AND EXISTS (SELECT 1 FROM lead_cards c WHERE c.lead_id = lead_assignments.lead_id AND c.reach = lead_assignments.reach));
--> statement-breakpoint
CREATE POLICY officers_end ON lead_assignments FOR UPDATE USING (
  reach = '' AND (SELECT acting_as('triage_officer'))
    OR reach = (SELECT acting_agency()) AND (SELECT acting_as('agency_officer'))
      AND EXISTS (SELECT 1 FROM lead_cards c WHERE c.lead_id = lead_assignments.lead_id AND c.reach = lead_assignments.reach));
--> statement-breakpoint
CREATE POLICY agency_reads ON lead_changes FOR SELECT USING ((SELECT acting_as('agency_officer', 'agency_verifier'))
  AND EXISTS (SELECT 1 FROM lead_cards c WHERE c.lead_id = lead_changes.lead_id AND c.reach = (SELECT acting_agency())));
--> statement-breakpoint
CREATE POLICY own ON saved_views USING (owner_id = (SELECT acting_staff()))
  WITH CHECK (owner_id = (SELECT acting_staff()) AND agency_id = (SELECT acting_agency()));
--> statement-breakpoint
CREATE POLICY colleagues_read ON saved_views FOR SELECT USING (shared AND agency_id = (SELECT acting_agency()));
--> statement-breakpoint
CREATE POLICY own ON board_habits USING (staff_id = (SELECT acting_staff()));
--> statement-breakpoint
CREATE POLICY house_reads ON board_options FOR SELECT USING (agency_id = (SELECT acting_agency()));
--> statement-breakpoint
CREATE POLICY officers_add ON board_options FOR INSERT WITH CHECK (agency_id = (SELECT acting_agency())
  AND set_by = (SELECT acting_staff()) AND (SELECT acting_as('triage_officer', 'agency_officer')));
--> statement-breakpoint
CREATE POLICY officers_change ON board_options FOR UPDATE USING (agency_id = (SELECT acting_agency())
  AND (SELECT acting_as('triage_officer', 'agency_officer'))) WITH CHECK (set_by = (SELECT acting_staff()));
--> statement-breakpoint
CREATE POLICY own ON bulk_sets USING (staff_id = (SELECT acting_staff()));
--> statement-breakpoint
CREATE POLICY own ON bulk_rows USING (EXISTS (SELECT 1 FROM bulk_sets s WHERE s.id = bulk_rows.set_id));
