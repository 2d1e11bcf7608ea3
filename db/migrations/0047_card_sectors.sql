CREATE TABLE "card_sectors" (
	"reach" text NOT NULL,
	"sector" text NOT NULL,
	"stage" text NOT NULL,
	"is_major" boolean NOT NULL,
	"number" bigint NOT NULL,
	"lead_id" uuid NOT NULL,
	CONSTRAINT "card_sectors_pk" PRIMARY KEY("reach","sector","stage","is_major","number","lead_id")
);
--> statement-breakpoint
-- A board of one sector was read by looking at every card of each column, and counted by fetching up to a thousand of
-- that sector from among the others: four times as dear with a hundred times as many. Now each card stands here once a
-- sector, under a key in the order of the board; it is written with the card, by whoever changes it.
CREATE FUNCTION keep_card_sectors() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM card_sectors k WHERE k.reach = OLD.reach AND k.sector = ANY (OLD.sectors) AND k.stage = OLD.stage
      AND k.is_major = OLD.is_major AND k.number = OLD.number AND k.lead_id = OLD.lead_id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO card_sectors (reach, sector, stage, is_major, number, lead_id)
    SELECT DISTINCT NEW.reach, s.sector, NEW.stage, NEW.is_major, NEW.number, NEW.lead_id FROM unnest(NEW.sectors) s(sector);
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER lead_cards_sectors_added AFTER INSERT ON lead_cards FOR EACH ROW
  WHEN (NEW.sectors <> '{}') EXECUTE FUNCTION keep_card_sectors();
--> statement-breakpoint
CREATE TRIGGER lead_cards_sectors_dropped AFTER DELETE ON lead_cards FOR EACH ROW
  WHEN (OLD.sectors <> '{}') EXECUTE FUNCTION keep_card_sectors();
--> statement-breakpoint
CREATE TRIGGER lead_cards_sectors_changed AFTER UPDATE ON lead_cards FOR EACH ROW
  WHEN ((OLD.sectors, OLD.stage, OLD.is_major, OLD.number) IS DISTINCT FROM (NEW.sectors, NEW.stage, NEW.is_major, NEW.number))
  EXECUTE FUNCTION keep_card_sectors();
--> statement-breakpoint
INSERT INTO card_sectors (reach, sector, stage, is_major, number, lead_id)
SELECT DISTINCT c.reach, s.sector, c.stage, c.is_major, c.number, c.lead_id FROM lead_cards c, unnest(c.sectors) s(sector);
--> statement-breakpoint
-- Read as the cards are (0026).
ALTER TABLE card_sectors ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY portal ON card_sectors USING ((SELECT acting_for_portal()));
--> statement-breakpoint
CREATE POLICY recused ON card_sectors AS RESTRICTIVE USING (lead_id <> ALL ((SELECT recused_leads())::uuid[]));
--> statement-breakpoint
CREATE POLICY office_reads ON card_sectors FOR SELECT USING ((SELECT acting_as('triage_officer', 'auditor')));
--> statement-breakpoint
CREATE POLICY agency_reads ON card_sectors FOR SELECT USING (reach = (SELECT acting_agency())
  AND (SELECT acting_as('agency_officer', 'agency_verifier')));
--> statement-breakpoint
-- As in 0040, but for the office's search by a part of a name: it fetched a thousand of all that bear it, whichever came,
-- and sorted those. The newest dossiers are looked through first, which fills the page where many bear it; else all that
-- bear it are found by their names' index. Either way the page is that of the whole list, however many bear it.
CREATE OR REPLACE FUNCTION find_dossiers(wanted text[], fragment text, leave_out integer, take integer, found_at_most integer)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  office boolean := acting_as('triage_officer', 'auditor');
  apart uuid[] := recused_leads();
  own text := acting_agency();
  many CONSTANT integer := 2000;
  newest CONSTANT integer := 1000;
  page uuid[];
  told uuid[];
BEGIN
  IF office AND wanted IS NULL THEN
    RETURN QUERY SELECT d.id FROM dossiers d
      WHERE d.merged_into IS NULL AND EXISTS (SELECT 1 FROM leads l WHERE l.dossier_id = d.id AND l.id <> ALL (apart))
      ORDER BY d.opened_on DESC, d.id DESC LIMIT take OFFSET leave_out;
  ELSIF office THEN
    told := ARRAY(SELECT a.dossier_id FROM dossier_aliases a WHERE a.grams @> wanted AND position(fragment IN a.folded) > 0
        AND a.ended_at IS NULL LIMIT found_at_most);
    page := ARRAY(SELECT w.id FROM (
          SELECT d.id, d.opened_on, d.folded FROM dossiers d WHERE d.merged_into IS NULL
           ORDER BY d.opened_on DESC, d.id DESC LIMIT greatest(newest, 20 * (leave_out + take))) w
        WHERE (position(fragment IN w.folded) > 0 OR w.id = ANY (told))
          AND (SELECT true FROM leads l WHERE l.dossier_id = w.id AND l.id <> ALL (apart) LIMIT 1)
        ORDER BY w.opened_on DESC, w.id DESC LIMIT take OFFSET leave_out);
    IF cardinality(page) = take THEN
      RETURN QUERY SELECT unnest(page);
      RETURN;
    END IF;
    RETURN QUERY SELECT m.id FROM (
        SELECT d.id, d.opened_on FROM dossiers d
         WHERE d.merged_into IS NULL AND d.id IN (
               SELECT n.id FROM dossiers n WHERE n.grams @> wanted AND position(fragment IN n.folded) > 0
               UNION SELECT unnest(told))
         ORDER BY d.opened_on DESC, d.id DESC OFFSET 0) m
       WHERE (SELECT true FROM leads l WHERE l.dossier_id = m.id AND l.id <> ALL (apart) LIMIT 1)
       ORDER BY m.opened_on DESC, m.id DESC LIMIT take OFFSET leave_out;
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
-- Of the messages nobody has opened each was weighed by row-level security, which asks for its report, its lead and its
-- holders, before it was known whose it is: the dearest part of a board. Now the few on the leads asked for are found
-- first, here, and weighed by that security afterwards. It names a report to nobody
-- but those who may read its messages.
CREATE FUNCTION tips_with_news(of_leads uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  WITH asking AS MATERIALIZED (SELECT acting_for_portal() AS portal, acting_as('triage_officer') AS office,
    acting_as('agency_officer', 'agency_verifier') AS body, acting_agency() AS agency, recused_leads() AS apart)
  SELECT t.id FROM asking a, (
      SELECT m.tip_id FROM tip_messages m WHERE m.direction = 'in' AND m.read_on IS NULL
      UNION SELECT m.tip_id FROM tip_messages m WHERE m.kind = 'reopen' AND m.outcome IS NULL) n
    JOIN tips t ON t.id = n.tip_id
   WHERE t.lead_id = ANY (of_leads) AND (a.portal OR t.lead_id <> ALL (a.apart) AND (a.office OR a.body AND NOT t.concerns_official
     AND EXISTS (SELECT 1 FROM leads l JOIN lead_agencies h ON h.lead_id = l.id AND h.agency_id = a.agency AND h.to_at IS NULL
         AND h.relation IN ('lead', 'co_lead') WHERE l.id = t.lead_id AND NOT l.leading_office_only)))
$$;
