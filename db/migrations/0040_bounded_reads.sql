CREATE TABLE "key_waits" (
	"tip_id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid NOT NULL
);
--> statement-breakpoint
ALTER TABLE "key_waits" ADD CONSTRAINT "key_waits_tip_fk" FOREIGN KEY ("tip_id") REFERENCES "public"."tips"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_waits" ADD CONSTRAINT "key_waits_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "key_waits_lead_ix" ON "key_waits" USING btree ("lead_id");--> statement-breakpoint
CREATE INDEX "tips_alleged_ix" ON "tips" USING btree ("lead_id","alleged_fen") WHERE alleged_fen is not null;--> statement-breakpoint
CREATE INDEX "tips_people_ix" ON "tips" USING btree ("lead_id","people") WHERE people is not null;--> statement-breakpoint
CREATE INDEX "tips_crime_ix" ON "tips" USING btree ("lead_id") WHERE suspected_crime;--> statement-breakpoint
CREATE INDEX "leads_closed_ix" ON "leads" USING btree ("closed_at") WHERE closed_at is not null;--> statement-breakpoint
-- Leads whose bodies wait for content keys were found by looking through all reports of all open leads, at each opening
-- of the board. Now whatever may make a body wait notes the report here, and the portal drops it again once nothing is
-- missing: what is read is never more than waits, and what came in the last minute. A note too many costs a look; one
-- too few would hide work, so each way to a missing key has a trigger.
ALTER TABLE key_waits ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY portal ON key_waits USING ((SELECT acting_for_portal()));--> statement-breakpoint
CREATE POLICY triage_reads ON key_waits FOR SELECT USING ((SELECT acting_as('triage_officer')));--> statement-breakpoint
CREATE POLICY recused ON key_waits AS RESTRICTIVE USING (lead_id <> ALL ((SELECT recused_leads())::uuid[]));--> statement-breakpoint
CREATE FUNCTION note_key_waits(of_lead uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  -- Shared with each other, not with the settling: it must not drop as needless what only becomes needed with this.
  PERFORM pg_advisory_xact_lock_shared(7301665);
  INSERT INTO key_waits (tip_id, lead_id) SELECT t.id, t.lead_id FROM tips t WHERE t.lead_id = of_lead AND NOT t.concerns_official
  ON CONFLICT (tip_id) DO UPDATE SET lead_id = excluded.lead_id;
END $$;
--> statement-breakpoint
-- A report on a lead that is held, or that comes to one. While it is on its way in, whoever takes the lead waits for the
-- lead's row, or is seen here.
CREATE FUNCTION note_wait_of_tip() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM lead_agencies h WHERE h.lead_id = NEW.lead_id AND h.to_at IS NULL AND h.relation IN ('lead', 'co_lead')) THEN
    INSERT INTO key_waits (tip_id, lead_id) VALUES (NEW.id, NEW.lead_id)
    ON CONFLICT (tip_id) DO UPDATE SET lead_id = excluded.lead_id;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER tips_key_wait_added AFTER INSERT ON tips FOR EACH ROW
  WHEN (NEW.lead_id IS NOT NULL AND NOT NEW.concerns_official) EXECUTE FUNCTION note_wait_of_tip();
--> statement-breakpoint
CREATE TRIGGER tips_key_wait_moved AFTER UPDATE OF lead_id, concerns_official ON tips FOR EACH ROW
  WHEN (NEW.lead_id IS NOT NULL AND NOT NEW.concerns_official
    AND (OLD.lead_id IS DISTINCT FROM NEW.lead_id OR OLD.concerns_official)) EXECUTE FUNCTION note_wait_of_tip();
--> statement-breakpoint
CREATE FUNCTION note_waits_of_holder() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM note_key_waits(NEW.lead_id);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER lead_agencies_key_waits AFTER INSERT OR UPDATE OF relation, to_at, lead_id, agency_id ON lead_agencies FOR EACH ROW
  WHEN (NEW.to_at IS NULL AND NEW.relation IN ('lead', 'co_lead')) EXECUTE FUNCTION note_waits_of_holder();
--> statement-breakpoint
CREATE FUNCTION note_waits_of_lead() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM lead_agencies h WHERE h.lead_id = NEW.id AND h.to_at IS NULL) THEN
    PERFORM note_key_waits(NEW.id);
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- A lead opened again, or opened up to the bodies.
CREATE TRIGGER leads_key_waits AFTER UPDATE OF closed_at, leading_office_only ON leads FOR EACH ROW
  WHEN (NEW.closed_at IS NULL AND NOT NEW.leading_office_only
    AND (OLD.closed_at IS NOT NULL OR OLD.leading_office_only)) EXECUTE FUNCTION note_waits_of_lead();
--> statement-breakpoint
-- A new key of a body: all that it leads.
CREATE FUNCTION note_waits_of_key() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM note_key_waits(h.lead_id) FROM lead_agencies h JOIN leads l ON l.id = h.lead_id AND l.closed_at IS NULL
   WHERE h.agency_id = substr(NEW.slot, 8) AND h.to_at IS NULL AND h.relation IN ('lead', 'co_lead');
  -- Also where it leads nothing yet: a report on its way in may have noted itself.
  PERFORM pg_advisory_xact_lock_shared(7301665);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER role_keys_key_waits AFTER INSERT OR UPDATE OF retired_at ON role_keys FOR EACH ROW
  WHEN (NEW.retired_at IS NULL AND NEW.slot LIKE 'agency:%') EXECUTE FUNCTION note_waits_of_key();
--> statement-breakpoint
-- Whether a body that leads the report's lead has a live key the content is not sealed to, as server/secrecy asks it.
CREATE FUNCTION waits_for_key(of_tip uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM tips t
      JOIN leads l ON l.id = t.lead_id AND NOT l.leading_office_only AND l.closed_at IS NULL
      JOIN lead_agencies h ON h.lead_id = l.id AND h.to_at IS NULL AND h.relation IN ('lead', 'co_lead')
      JOIN role_keys r ON r.slot = 'agency:' || h.agency_id AND r.retired_at IS NULL
     WHERE t.id = of_tip AND NOT t.concerns_official
       AND EXISTS (SELECT 1 FROM sealed_keys o WHERE o.owner_table = 'tips' AND o.owner_id = t.id AND o.record = 'content')
       AND NOT EXISTS (SELECT 1 FROM sealed_keys k WHERE k.owner_table = 'tips' AND k.owner_id = t.id
                          AND k.record = 'content' AND k.role_key_id = r.id))
$$;
--> statement-breakpoint
-- Drops the notes nothing waits for any more, so many at a time. Not while somebody takes a lead or makes a key, whose
-- act is not seen yet; and each note is locked before its need is read, so that whoever notes it anew meanwhile waits.
CREATE FUNCTION settle_key_waits(at_most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  noted uuid[];
  dropped integer;
BEGIN
  IF NOT acting_for_portal() THEN
    PERFORM refuse('key_waits_settler', 'the portal itself settles what waits for keys');
  END IF;
  IF NOT pg_try_advisory_xact_lock(7301665) THEN RETURN 0; END IF;
  noted := ARRAY(SELECT w.tip_id FROM key_waits w WHERE NOT waits_for_key(w.tip_id) LIMIT at_most FOR UPDATE SKIP LOCKED);
  DELETE FROM key_waits w WHERE w.tip_id = ANY (noted) AND NOT waits_for_key(w.tip_id);
  GET DIAGNOSTICS dropped = ROW_COUNT;
  RETURN dropped;
END $$;
--> statement-breakpoint
-- Noted anew from what there is: for what came before, and to compare with in tests.
CREATE FUNCTION rebuild_key_waits() RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM key_waits;
  INSERT INTO key_waits (tip_id, lead_id)
  SELECT DISTINCT t.id, t.lead_id FROM tips t
    JOIN leads l ON l.id = t.lead_id AND NOT l.leading_office_only AND l.closed_at IS NULL
    JOIN lead_agencies h ON h.lead_id = l.id AND h.to_at IS NULL AND h.relation IN ('lead', 'co_lead')
    JOIN role_keys r ON r.slot = 'agency:' || h.agency_id AND r.retired_at IS NULL
   WHERE NOT t.concerns_official
     AND EXISTS (SELECT 1 FROM sealed_keys o WHERE o.owner_table = 'tips' AND o.owner_id = t.id AND o.record = 'content')
     AND NOT EXISTS (SELECT 1 FROM sealed_keys k WHERE k.owner_table = 'tips' AND k.owner_id = t.id
                        AND k.record = 'content' AND k.role_key_id = r.id);
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION note_key_waits(uuid), waits_for_key(uuid), rebuild_key_waits() FROM PUBLIC;
--> statement-breakpoint
SELECT rebuild_key_waits();
--> statement-breakpoint
CREATE INDEX dossiers_office_name_ix ON dossiers (id) WHERE name_office_only;
--> statement-breakpoint
-- As in 0031, but for a body that holds many leads: its dossiers were all read and sorted for each page. Few are still
-- collected; of many, and of a fragment that many names share, dossiers are walked in the order of the list until a page
-- is full. Each is asked for a lead of the body's by itself: EXISTS would be planned as a join over all leads there are.
CREATE OR REPLACE FUNCTION find_dossiers(wanted text[], fragment text, leave_out integer, take integer, found_at_most integer)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  office boolean := acting_as('triage_officer', 'auditor');
  apart uuid[] := recused_leads();
  own text := acting_agency();
  many CONSTANT integer := 2000;
  told uuid[];
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
  ELSIF NOT acting_as('agency_officer', 'agency_verifier') THEN
    RETURN;
  ELSIF (SELECT count(*) FROM (SELECT 1 FROM lead_cards c WHERE c.reach = own LIMIT many) held) < many THEN
    RETURN QUERY WITH mine AS (
        SELECT DISTINCT l.dossier_id FROM held_leads h JOIN leads l ON l.id = h.lead_id WHERE l.id <> ALL (apart))
      SELECT d.id FROM dossiers d JOIN mine ON mine.dossier_id = d.id
       WHERE d.merged_into IS NULL AND (wanted IS NULL OR NOT d.name_office_only AND position(fragment IN coalesce(d.folded, '')) > 0
          OR d.name_office_only AND EXISTS (SELECT 1 FROM held_leads h JOIN leads l ON l.id = h.lead_id
               WHERE l.dossier_id = d.id AND NOT l.leading_office_only AND l.id <> ALL (apart)
                 AND position(fragment IN fold_for_search(l.name)) > 0)
          OR EXISTS (SELECT 1 FROM dossier_aliases a WHERE a.dossier_id = d.id AND a.ended_at IS NULL
                        AND NOT a.office_only AND position(fragment IN a.folded) > 0))
       ORDER BY d.opened_on DESC, d.id DESC LIMIT take OFFSET leave_out;
  ELSIF wanted IS NULL THEN
    RETURN QUERY SELECT d.id FROM dossiers d
      WHERE d.merged_into IS NULL AND EXISTS (SELECT 1 FROM leads l JOIN lead_agencies h ON h.lead_id = l.id AND h.agency_id = own AND h.to_at IS NULL
               WHERE l.dossier_id = d.id AND NOT l.leading_office_only AND l.id <> ALL (apart))
      ORDER BY d.opened_on DESC, d.id DESC LIMIT take OFFSET leave_out;
  ELSE
    -- Names the office keeps, found by that of a lead of the body's own; there are few, and an index of them. And aliases.
    told := ARRAY(SELECT d.id FROM dossiers d WHERE d.name_office_only AND d.merged_into IS NULL
          AND (SELECT true FROM leads l JOIN lead_agencies h ON h.lead_id = l.id AND h.agency_id = own AND h.to_at IS NULL
                WHERE l.dossier_id = d.id AND NOT l.leading_office_only AND l.id <> ALL (apart)
                  AND position(fragment IN fold_for_search(l.name)) > 0 LIMIT 1) LIMIT found_at_most)
      || ARRAY(SELECT a.dossier_id FROM dossier_aliases a WHERE a.grams @> wanted AND position(fragment IN a.folded) > 0
          AND a.ended_at IS NULL AND NOT a.office_only
          AND (SELECT true FROM leads l JOIN lead_agencies h ON h.lead_id = l.id AND h.agency_id = own AND h.to_at IS NULL
                WHERE l.dossier_id = a.dossier_id AND NOT l.leading_office_only AND l.id <> ALL (apart) LIMIT 1) LIMIT found_at_most);
    IF (SELECT count(*) FROM (SELECT 1 FROM dossiers d WHERE d.grams @> wanted LIMIT many) alike) < many THEN
      told := told || ARRAY(SELECT d.id FROM dossiers d WHERE d.grams @> wanted AND position(fragment IN d.folded) > 0 AND NOT d.name_office_only);
      RETURN QUERY SELECT d.id FROM dossiers d
        WHERE d.id = ANY (told) AND d.merged_into IS NULL
          AND (SELECT true FROM leads l JOIN lead_agencies h ON h.lead_id = l.id AND h.agency_id = own AND h.to_at IS NULL
                WHERE l.dossier_id = d.id AND NOT l.leading_office_only AND l.id <> ALL (apart) LIMIT 1)
        ORDER BY d.opened_on DESC, d.id DESC LIMIT take OFFSET leave_out;
    ELSE
      RETURN QUERY SELECT d.id FROM dossiers d
        WHERE d.merged_into IS NULL AND (NOT d.name_office_only AND position(fragment IN coalesce(d.folded, '')) > 0 OR d.id = ANY (told))
          AND (SELECT true FROM leads l JOIN lead_agencies h ON h.lead_id = l.id AND h.agency_id = own AND h.to_at IS NULL
                WHERE l.dossier_id = d.id AND NOT l.leading_office_only AND l.id <> ALL (apart) LIMIT 1)
        ORDER BY d.opened_on DESC, d.id DESC LIMIT take OFFSET leave_out;
    END IF;
  END IF;
END $$;
--> statement-breakpoint
-- As before, row by row: an EXISTS here was hashed over all leads there are, as soon as a lead had a thousand events.
ALTER POLICY lead_reads ON events USING (lead_id IS NOT NULL
  AND (SELECT acting_as('triage_officer', 'agency_officer', 'agency_verifier'))
  AND (SELECT l.id FROM leads l WHERE l.id = events.lead_id) IS NOT NULL);
