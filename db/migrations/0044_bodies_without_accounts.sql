-- A version that comes into force names its bodies as they are called on that day, not as the
-- document of its year prints them: the plan's word stays in the pack, where decisions cite it. As ownNameOn
-- (server/packs/look-up-pack.ts) tells it: the latest name that has begun and not ended, else the document's.
CREATE OR REPLACE FUNCTION put_pack_in_force(proposal uuid, at timestamptz) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  p pack_proposals%ROWTYPE;
  today text := to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD');
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
      CROSS JOIN LATERAL (
        SELECT e.name
          FROM jsonb_array_elements(a.agency->'names') WITH ORDINALITY AS e(name, at)
          CROSS JOIN LATERAL (SELECT coalesce(e.name->>'from', '') COLLATE "C" <= today
            AND (e.name->>'until' IS NULL OR today <= (e.name->>'until') COLLATE "C") AS borne) b
         ORDER BY b.borne DESC,
                  CASE WHEN b.borne THEN coalesce(e.name->>'from', '') COLLATE "C" END DESC,
                  CASE WHEN b.borne THEN e.at END DESC,
                  (e.name->'document' = 'true'::jsonb) IS TRUE DESC, e.at
         LIMIT 1) n
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_en = excluded.name_en
      WHERE (agencies.name, agencies.name_en) IS DISTINCT FROM (excluded.name, excluded.name_en);
  INSERT INTO portal_packs (pack_id, parent_id, joined_at) VALUES (p.pack_id, p.parent_id, at) ON CONFLICT DO NOTHING;
  INSERT INTO pack_effects (pack_id, version, proposal_id, effective_at) VALUES (p.pack_id, p.version, p.id, at);
END $$;
