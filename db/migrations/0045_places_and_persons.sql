-- A place is a code of a list; "online" and "not known" are answers too. The first report that names a place says where a
-- lead is, whatever others answered before it, and of a report's own answers the first that names one: filtering the board
-- by a place missed every lead whose operating place was not known.
CREATE FUNCTION names_place(said text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(said ~ '^[0-9A-Z]*[0-9][0-9A-Z]*$', false);
--> statement-breakpoint
CREATE FUNCTION place_of(operating text, registered text, occurred text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN names_place(operating) THEN operating WHEN names_place(registered) THEN registered
  WHEN names_place(occurred) THEN occurred ELSE coalesce(operating, registered, occurred) END;
--> statement-breakpoint
-- Of the reports that stay, the first that names a place, else the first that says anything; two questions, so that each
-- ends at the first it finds. "own": whether reports about officials count too.
CREATE FUNCTION place_of_lead(of_lead uuid, without uuid, own boolean) RETURNS TABLE (place text, place_no bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT place_of(t.operating_at, t.registered_at, t.occurred_at), t.arrival_no FROM tips t
   WHERE t.lead_id = of_lead AND t.id IS DISTINCT FROM without AND (own OR NOT t.concerns_official)
     AND names_place(place_of(t.operating_at, t.registered_at, t.occurred_at)) ORDER BY t.arrival_no LIMIT 1;
  IF FOUND THEN RETURN; END IF;
  RETURN QUERY SELECT place_of(t.operating_at, t.registered_at, t.occurred_at), t.arrival_no FROM tips t
   WHERE t.lead_id = of_lead AND t.id IS DISTINCT FROM without AND (own OR NOT t.concerns_official)
     AND place_of(t.operating_at, t.registered_at, t.occurred_at) IS NOT NULL ORDER BY t.arrival_no LIMIT 1;
END $$;
--> statement-breakpoint
-- As its like (0026): for the triggers alone.
REVOKE EXECUTE ON FUNCTION place_of_lead(uuid, uuid, boolean) FROM PUBLIC;
--> statement-breakpoint
-- The person named as responsible is searched for as a name is.
CREATE OR REPLACE FUNCTION tip_terms(of_tip uuid) RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT term), '{}') FROM (
    SELECT unnest(name_terms(subject_name)) AS term FROM tips WHERE id = of_tip
    UNION ALL SELECT 'k:uscc:' || uscc FROM tips WHERE id = of_tip AND uscc IS NOT NULL
    UNION ALL SELECT unnest(name_terms(value)) FROM tip_identifiers WHERE tip_id = of_tip AND kind IN ('app', 'person')
    UNION ALL SELECT 'k:' || kind || ':' || left(key, 200) FROM tip_identifiers
     WHERE tip_id = of_tip AND kind IN ('site', 'phone', 'account')) said
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION refresh_lead_cards(of_lead uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
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
  UPDATE lead_cards SET pack_id = l.pack_id, stage = l.stage, is_major = l.is_major, sectors = said, due_on = lead_due_on(l)
   WHERE lead_id = of_lead AND (pack_id, stage, is_major, sectors, due_on)
      IS DISTINCT FROM (l.pack_id, l.stage, l.is_major, said, lead_due_on(l));
  IF wanted <@ had THEN RETURN; END IF;
  INSERT INTO lead_cards (reach, lead_id, pack_id, number, stage, is_major, sectors, place, place_no, opened_on, due_on, assignee_id)
  SELECT r, l.id, l.pack_id, l.number, l.stage, l.is_major, said, p.place, p.place_no, l.opened_on, lead_due_on(l),
         (SELECT staff_id FROM lead_assignments a WHERE a.lead_id = of_lead AND a.reach = r AND a.ended_at IS NULL)
    FROM unnest(wanted) r LEFT JOIN LATERAL place_of_lead(of_lead, NULL, r = '') p ON true
   WHERE r <> ALL (had);
  INSERT INTO lead_terms (reach, term, number, lead_id, shared)
  SELECT r, t.term, t.number, of_lead, true FROM unnest(wanted) r
    JOIN lead_terms t ON t.lead_id = of_lead AND t.reach = '' AND t.shared
   WHERE r <> '' AND r <> ALL (had)
  ON CONFLICT (reach, term, number) DO NOTHING;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION join_tip(t tips) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE named text := place_of(t.operating_at, t.registered_at, t.occurred_at);
BEGIN
  INSERT INTO lead_tip_deltas (lead_id, official, tips) VALUES (t.lead_id, t.concerns_official, 1);
  IF named IS NOT NULL THEN
    UPDATE lead_cards SET place = named, place_no = t.arrival_no
     WHERE lead_id = t.lead_id AND (reach = '' OR NOT t.concerns_official)
       AND (place_no IS NULL OR (NOT names_place(named), t.arrival_no) < (NOT names_place(place), place_no));
  END IF;
  PERFORM note_lead_terms(t.lead_id, tip_terms(t.id), t.concerns_official);
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION leave_tip(t tips) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  open_terms text[];
  kept_terms text[];
BEGIN
  INSERT INTO lead_tip_deltas (lead_id, official, tips) VALUES (t.lead_id, t.concerns_official, -1);
  UPDATE lead_cards c SET (place, place_no) = (
      SELECT p.place, p.place_no FROM (VALUES (1)) always LEFT JOIN place_of_lead(t.lead_id, t.id, c.reach = '') p ON true)
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
CREATE OR REPLACE FUNCTION join_tips() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  INSERT INTO lead_tip_deltas (lead_id, official, tips)
  SELECT t.lead_id, t.concerns_official, count(*) FROM fresh t WHERE t.lead_id IS NOT NULL GROUP BY 1, 2;
  -- The first report that names a place; of those about officials only the leading office's own card knows.
  UPDATE lead_cards c SET place = p.place, place_no = p.place_no
    FROM (SELECT DISTINCT ON (o.own, t.lead_id) o.own, t.lead_id, t.arrival_no AS place_no,
                 place_of(t.operating_at, t.registered_at, t.occurred_at) AS place
            FROM fresh t CROSS JOIN (VALUES (true), (false)) o(own)
           WHERE t.lead_id IS NOT NULL AND place_of(t.operating_at, t.registered_at, t.occurred_at) IS NOT NULL
             AND (o.own OR NOT t.concerns_official)
           ORDER BY o.own, t.lead_id, names_place(place_of(t.operating_at, t.registered_at, t.occurred_at)) DESC, t.arrival_no) p
   WHERE c.lead_id = p.lead_id AND (c.reach = '') = p.own AND (c.place_no IS NULL OR (NOT names_place(p.place), p.place_no) < (NOT names_place(c.place), c.place_no));
  -- A report that calls the subject as the lead does says nothing new.
  PERFORM note_terms_of_leads(array_agg(s.lead_id), array_agg(k.term), array_agg(NOT s.official))
     FROM (SELECT DISTINCT t.lead_id, t.concerns_official AS official, t.uscc, nullif(t.subject_name,
                  (SELECT l.name FROM leads l WHERE l.id = t.lead_id)) AS name
             FROM fresh t WHERE t.lead_id IS NOT NULL) s
     CROSS JOIN LATERAL (SELECT unnest(name_terms(s.name)) AS term WHERE s.name IS NOT NULL
                         UNION ALL SELECT 'k:uscc:' || s.uscc WHERE s.uscc IS NOT NULL) k HAVING count(*) > 0;
  INSERT INTO key_waits (tip_id, lead_id)
  SELECT t.id, t.lead_id
    FROM (SELECT d.lead_id FROM (SELECT DISTINCT f.lead_id FROM fresh f WHERE f.lead_id IS NOT NULL AND NOT f.concerns_official) d
           WHERE (SELECT true FROM lead_agencies h
                   WHERE h.lead_id = d.lead_id AND h.to_at IS NULL AND h.relation IN ('lead', 'co_lead') LIMIT 1)) held
    JOIN fresh t ON t.lead_id = held.lead_id AND NOT t.concerns_official
  ON CONFLICT (tip_id) DO UPDATE SET lead_id = excluded.lead_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION join_identifiers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  PERFORM note_terms_of_leads(array_agg(t.lead_id), array_agg(k.term), array_agg(NOT t.concerns_official))
     FROM fresh i JOIN tips t ON t.id = i.tip_id AND t.lead_id IS NOT NULL
     CROSS JOIN LATERAL unnest(CASE WHEN i.kind IN ('app', 'person') THEN name_terms(i.value)
       ELSE ARRAY['k:' || i.kind || ':' || left(i.key, 200)] END) k(term)
    WHERE i.kind IN ('site', 'app', 'person', 'phone', 'account') HAVING count(*) > 0;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION rebuild_board() RETURNS void LANGUAGE plpgsql
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
    LEFT JOIN LATERAL place_of_lead(l.id, NULL, r.reach = '') p ON true
   WHERE l.closure_code IS DISTINCT FROM 'duplicate';
  INSERT INTO lead_terms (reach, term, number, lead_id, shared)
  SELECT '', term, number, lead_id, bool_or(shared) FROM (
    SELECT unnest(name_terms(l.name)) AS term, l.number, l.id AS lead_id, true AS shared FROM leads l
    UNION ALL SELECT unnest(name_terms(t.subject_name)), l.number, l.id, NOT t.concerns_official
      FROM (SELECT DISTINCT lead_id, subject_name, concerns_official FROM tips) t JOIN leads l ON l.id = t.lead_id
    UNION ALL SELECT 'k:uscc:' || t.uscc, l.number, l.id, NOT t.concerns_official
      FROM tips t JOIN leads l ON l.id = t.lead_id WHERE t.uscc IS NOT NULL
    UNION ALL SELECT unnest(CASE WHEN i.kind IN ('app', 'person') THEN name_terms(i.value) ELSE ARRAY['k:' || i.kind || ':' || left(i.key, 200)] END),
           l.number, l.id, NOT t.concerns_official
      FROM tip_identifiers i JOIN tips t ON t.id = i.tip_id JOIN leads l ON l.id = t.lead_id
     WHERE i.kind IN ('site', 'app', 'person', 'phone', 'account')) said
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
CREATE OR REPLACE FUNCTION tally_new_tips() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO tip_tally_deltas (kind, key, day, tips)
  SELECT 'lead', lead_id::text, arrived_on, count(*) FROM came WHERE lead_id IS NOT NULL GROUP BY 2, 3
  UNION ALL
  SELECT 'place', place_of(operating_at, registered_at, occurred_at), arrived_on, count(*) FROM came
   WHERE lead_id IS NOT NULL AND names_place(place_of(operating_at, registered_at, occurred_at)) GROUP BY 2, 3;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION tally_moved_tip() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE place text := place_of(NEW.operating_at, NEW.registered_at, NEW.occurred_at);
BEGIN
  INSERT INTO tip_tally_deltas (kind, key, day, tips)
  SELECT moved.kind, moved.key, NEW.arrived_on, sum(moved.tips)
    FROM (VALUES ('lead', OLD.lead_id::text, -1), ('lead', NEW.lead_id::text, 1),
                 ('place', CASE WHEN OLD.lead_id IS NOT NULL THEN place END, -1),
                 ('place', CASE WHEN NEW.lead_id IS NOT NULL THEN place END, 1)) moved (kind, key, tips)
   WHERE moved.kind = 'lead' AND moved.key IS NOT NULL OR names_place(moved.key)
   GROUP BY 1, 2 HAVING sum(moved.tips) <> 0;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- What was there before, made anew; of a fresh database nothing.
DO $$ BEGIN IF EXISTS (SELECT 1 FROM leads) THEN PERFORM rebuild_board(); END IF; END $$;
