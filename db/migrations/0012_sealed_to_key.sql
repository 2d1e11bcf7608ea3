-- Whether anything is still sealed to a role key, rows the asking person does not see included: the officer who ends
-- an old epoch's grants may be recused from the last lead sealed to it, and colleagues must keep what opens it.
CREATE FUNCTION sealed_to_key(role_key uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM sealed_keys k WHERE k.role_key_id = role_key)
      OR EXISTS (SELECT 1 FROM identity_requests i WHERE i.role_key_id = role_key AND i.status = 'waiting')
$$;
