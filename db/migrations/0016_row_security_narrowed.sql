-- Row-level security for every table, and narrow for whoever is not staff: a forgotten `where` on the public side
-- returns nothing of anybody else's. `portal` (jobs, seeding, the command line) is for the system alone. A reporter's
-- transaction names the receipt it was opened with (app.lookup_id); intake's names the receipt of the report it takes
-- in; the gate's (sign-in, enrolment, session guard) reaches what tells who comes, and no more.
CREATE OR REPLACE FUNCTION acting_for_portal() RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(current_setting('app.actor_kind', true) = 'system', false)
$$;
--> statement-breakpoint
CREATE FUNCTION acting_for_gate() RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(current_setting('app.actor_kind', true) = 'gate', false)
$$;
--> statement-breakpoint
CREATE FUNCTION acting_for_anybody() RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(current_setting('app.actor_kind', true) IN ('system', 'staff', 'reporter', 'intake', 'gate'), false)
$$;
--> statement-breakpoint
-- The lookup id of the receipt a `reporter` or `intake` transaction works for; null for everybody else.
CREATE FUNCTION acting_receipt(kind text) RETURNS bytea LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN kind IN ('reporter', 'intake') AND current_setting('app.actor_kind', true) = kind
    THEN decode(nullif(current_setting('app.lookup_id', true), ''), 'hex') END
$$;
--> statement-breakpoint
-- What a receipt opens, asked as definer, once a statement: a policy that asked `tips` itself would go through the
-- policies of `tips` in turn. A withdrawn or expired receipt opens nothing, but may still be closed and told of
-- (`even_closed`). Tables that hang on a tip use acting_reporter_tip().
CREATE FUNCTION acting_reporter_tip(even_closed boolean DEFAULT false) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.id FROM tips t WHERE t.lookup_id = (SELECT acting_receipt('reporter')) AND (even_closed OR t.receipt_closed_on IS NULL)
$$;
--> statement-breakpoint
CREATE FUNCTION acting_reporter_lead() RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.lead_id FROM tips t WHERE t.lookup_id = (SELECT acting_receipt('reporter')) AND t.receipt_closed_on IS NULL
$$;
--> statement-breakpoint
-- What happened to a lead before the reporter's own tip came would tell of other reports.
CREATE FUNCTION acting_reporter_since() RETURNS date LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.arrived_on FROM tips t WHERE t.lookup_id = (SELECT acting_receipt('reporter')) AND t.receipt_closed_on IS NULL
$$;
--> statement-breakpoint
-- The place in the trail where their tip came to its lead. Days are too coarse: who sends a report today would learn
-- how far a platform's case had come this morning. A tip from before the trail told it has its day.
CREATE FUNCTION acting_reporter_after() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT coalesce(
    (SELECT max(e.seq) FROM events e WHERE e.subject_table = 'tips' AND e.subject_id = t.id::text
       AND e.action IN ('tip.received', 'tip.spam_cleared', 'tip.attached')),
    (SELECT max(e.seq) FROM events e WHERE e.lead_id = t.lead_id AND e.recorded_on < t.arrived_on), 0)
    FROM tips t WHERE t.lookup_id = (SELECT acting_receipt('reporter')) AND t.receipt_closed_on IS NULL
$$;
--> statement-breakpoint
CREATE FUNCTION acting_reporter_awards() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT ARRAY(SELECT a.id FROM awards a WHERE a.tip_id = (SELECT acting_reporter_tip()))
$$;
--> statement-breakpoint
CREATE FUNCTION acting_reporter_pools() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT ARRAY(SELECT a.pool_id FROM awards a WHERE a.tip_id = (SELECT acting_reporter_tip()))
$$;
--> statement-breakpoint
CREATE FUNCTION acting_intake_tip() RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.id FROM tips t WHERE t.lookup_id = (SELECT acting_receipt('intake'))
$$;
--> statement-breakpoint
CREATE FUNCTION acting_intake_lead() RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT t.lead_id FROM tips t WHERE t.lookup_id = (SELECT acting_receipt('intake'))
$$;
--> statement-breakpoint
-- The slots a person's roles let them be a member of: server/secrecy/slots.ts says the same (a test compares them).
CREATE FUNCTION acting_slots() RETURNS text[] LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT CASE WHEN acting_as('triage_officer') THEN ARRAY['triage'] ELSE '{}' END
      || CASE WHEN acting_as('notice_desk') THEN ARRAY['notice_desk'] ELSE '{}' END
      || CASE WHEN acting_as('identity_custodian') THEN ARRAY['custodian_a', 'custodian_b'] ELSE '{}' END
      || CASE WHEN acting_as('finance_approver') THEN ARRAY['approver'] ELSE '{}' END
      || CASE WHEN acting_as('cashier') THEN ARRAY['cashier'] ELSE '{}' END
      || CASE WHEN acting_as('agency_officer', 'agency_verifier') THEN ARRAY['agency:' || acting_agency()] ELSE '{}' END
$$;
--> statement-breakpoint
CREATE FUNCTION acting_role_keys() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT ARRAY(SELECT k.id FROM role_keys k WHERE k.slot = ANY ((SELECT acting_slots())::text[]))
$$;
--> statement-breakpoint
CREATE FUNCTION acting_personal_keys() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT ARRAY(SELECT k.id FROM personal_keys k WHERE k.staff_id = (SELECT acting_staff()))
$$;
--> statement-breakpoint
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['drafts','role_keys','personal_keys','personal_key_wraps','key_grants',
    'staff','staff_roles','role_requests','staff_sessions','enrolment_links','webauthn_challenges','passkeys',
    'reward_pools','awards','vouchers','approval_steps','payouts','funds','budgets','accounts','account_balances',
    'ledger_transactions','ledger_entries','voucher_numbers','voucher_queue','event_chain',
    'agencies','packs','schemes','settings','posting_rules','audit_roots']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY portal ON %I USING ((SELECT acting_for_portal()))', guarded);
  END LOOP;
  -- Public knowledge: the pack, the schemes, the bodies' names, the published roots. Only the portal itself writes it.
  FOREACH guarded IN ARRAY ARRAY['agencies','packs','schemes','settings','posting_rules','audit_roots']
  LOOP
    EXECUTE format('CREATE POLICY published ON %I FOR SELECT USING ((SELECT acting_for_anybody()))', guarded);
  END LOOP;
  -- Who looks at money: the finance roles, the cashier who pays, and auditors (server/ledger, requireMoneyReader).
  FOREACH guarded IN ARRAY ARRAY['reward_pools','awards','vouchers','approval_steps','payouts','funds','budgets','accounts',
    'account_balances','ledger_transactions','ledger_entries','voucher_numbers']
  LOOP
    EXECUTE format('CREATE POLICY money_reads ON %I FOR SELECT USING ((SELECT acting_as(
      ''finance_preparer'', ''finance_reviewer'', ''finance_approver'', ''cashier'', ''auditor'')))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['awards','vouchers']
  LOOP
    EXECUTE format('CREATE POLICY preparer_adds ON %I FOR INSERT
      WITH CHECK ((SELECT acting_as(''finance_preparer'')))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['funds','budgets','accounts']
  LOOP
    EXECUTE format('CREATE POLICY approver_opens ON %I FOR INSERT
      WITH CHECK ((SELECT acting_as(''finance_approver'')))', guarded);
  END LOOP;
  -- A conflict of interest outweighs every role, on the reward of a lead as on the lead.
  FOREACH guarded IN ARRAY ARRAY['reward_pools','awards']
  LOOP
    EXECUTE format('CREATE POLICY recused ON %I AS RESTRICTIVE
      USING (lead_id <> ALL ((SELECT recused_leads())::uuid[]))', guarded);
  END LOOP;
  -- The gate looks a person up by a token, a passkey or a link, and opens a session.
  FOREACH guarded IN ARRAY ARRAY['staff','staff_roles','staff_sessions','enrolment_links','webauthn_challenges','passkeys']
  LOOP
    EXECUTE format('CREATE POLICY gate_reads ON %I FOR SELECT USING ((SELECT acting_for_gate()))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['staff_sessions','enrolment_links','webauthn_challenges','passkeys']
  LOOP
    EXECUTE format('CREATE POLICY gate_changes ON %I FOR UPDATE USING ((SELECT acting_for_gate()))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['staff_sessions','webauthn_challenges','passkeys']
  LOOP
    EXECUTE format('CREATE POLICY gate_adds ON %I FOR INSERT WITH CHECK ((SELECT acting_for_gate()))', guarded);
  END LOOP;
END $$;
--> statement-breakpoint
-- Held while a session is opened for them; nothing about the person is written.
CREATE POLICY gate_locks ON staff FOR UPDATE USING ((SELECT acting_for_gate())) WITH CHECK (false);
--> statement-breakpoint
CREATE POLICY gate_clears ON webauthn_challenges FOR DELETE USING (purpose = 'sign_in' AND (SELECT acting_for_gate()));
--> statement-breakpoint
CREATE POLICY gate_acts ON events FOR INSERT
  WITH CHECK (subject_table = 'staff' AND lead_id IS NULL AND action LIKE 'staff.%' AND actor_kind <> 'reporter'
    AND (SELECT acting_for_gate()));
--> statement-breakpoint
-- A reporter: the draft and the tip of their receipt; of its lead the stage, the body that leads it and the moves since
-- it came; their awards with the computation they are shares of, and what was paid. Nothing sealed.
CREATE POLICY reporter_reads ON drafts FOR SELECT USING (lookup_id = (SELECT acting_receipt('reporter')));
--> statement-breakpoint
CREATE POLICY reporter_adds ON drafts FOR INSERT WITH CHECK (lookup_id = (SELECT acting_receipt('reporter')));
--> statement-breakpoint
CREATE POLICY reporter_changes ON drafts FOR UPDATE USING (lookup_id = (SELECT acting_receipt('reporter')));
--> statement-breakpoint
CREATE POLICY reporter_reads ON tips FOR SELECT USING (lookup_id = (SELECT acting_receipt('reporter')));
--> statement-breakpoint
CREATE POLICY reporter_withdraws ON tips FOR UPDATE USING (lookup_id = (SELECT acting_receipt('reporter')))
  WITH CHECK (lookup_id = (SELECT acting_receipt('reporter')) AND receipt_closed_why = 'withdrawn');
--> statement-breakpoint
CREATE POLICY reporter_reads ON tip_identifiers FOR SELECT USING (tip_id = (SELECT acting_reporter_tip()));
--> statement-breakpoint
CREATE POLICY reporter_reads ON leads FOR SELECT USING (id = (SELECT acting_reporter_lead()));
--> statement-breakpoint
CREATE POLICY reporter_reads ON lead_agencies FOR SELECT
  USING (relation = 'lead' AND to_at IS NULL AND lead_id = (SELECT acting_reporter_lead()));
--> statement-breakpoint
CREATE POLICY reporter_reads ON events FOR SELECT
  USING (lead_id = (SELECT acting_reporter_lead()) AND seq > (SELECT acting_reporter_after())
    AND recorded_on >= (SELECT acting_reporter_since())
    AND (action IN ('lead.moved', 'lead.dispatched', 'finding.verified')
      OR action = 'award.approved' AND subject_id = ANY ((SELECT acting_reporter_awards())::text[])));
--> statement-breakpoint
CREATE POLICY reporter_acts ON events FOR INSERT
  WITH CHECK (actor_kind = 'reporter' AND (
    subject_table = 'tips' AND subject_id = (SELECT acting_reporter_tip(true))::text
    OR subject_table = 'awards' AND subject_id = ANY ((SELECT acting_reporter_awards())::text[])));
--> statement-breakpoint
CREATE POLICY reporter_reads ON awards FOR SELECT USING (tip_id = (SELECT acting_reporter_tip()));
--> statement-breakpoint
CREATE POLICY reporter_accepts ON awards FOR UPDATE USING (tip_id = (SELECT acting_reporter_tip()))
  WITH CHECK (tip_id = (SELECT acting_reporter_tip()) AND status = 'accepted');
--> statement-breakpoint
CREATE POLICY reporter_reads ON reward_pools FOR SELECT USING (id = ANY ((SELECT acting_reporter_pools())::uuid[]));
--> statement-breakpoint
CREATE POLICY reporter_reads ON payouts FOR SELECT USING (award_id = ANY ((SELECT acting_reporter_awards())::uuid[]));
--> statement-breakpoint
-- The policy lets a reporter write to their tip; this lets them write nothing but that they take it back.
CREATE FUNCTION keep_tip_from_reporter() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF (NEW.lead_id, NEW.spam) IS DISTINCT FROM (OLD.lead_id, OLD.spam) THEN
    PERFORM refuse('tips_history', 'a reporter only ever takes a tip back');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER tips_of_reporter BEFORE UPDATE ON tips FOR EACH ROW
  WHEN (current_setting('app.actor_kind', true) = 'reporter') EXECUTE FUNCTION keep_tip_from_reporter();
--> statement-breakpoint
-- Intake of one report: finds the dossier by its keys, joins or opens a lead, writes the report of its receipt, sealed,
-- counts the reports of that lead and may raise it. It reads nothing sealed.
CREATE POLICY intake_reads ON drafts FOR SELECT USING (lookup_id = (SELECT acting_receipt('intake')));
--> statement-breakpoint
CREATE POLICY intake_holds ON drafts FOR UPDATE USING (lookup_id = (SELECT acting_receipt('intake')));
--> statement-breakpoint
CREATE POLICY intake_clears ON drafts FOR DELETE USING (lookup_id = (SELECT acting_receipt('intake')));
--> statement-breakpoint
CREATE POLICY intake_reads ON tips FOR SELECT
  USING (lookup_id = (SELECT acting_receipt('intake')) OR lead_id = (SELECT acting_intake_lead()));
--> statement-breakpoint
CREATE POLICY intake_adds ON tips FOR INSERT
  WITH CHECK (lookup_id = (SELECT acting_receipt('intake')) AND receipt_closed_on IS NULL);
--> statement-breakpoint
CREATE POLICY intake_adds ON tip_identifiers FOR INSERT WITH CHECK (tip_id = (SELECT acting_intake_tip()));
--> statement-breakpoint
CREATE POLICY intake_reads ON dossier_keys FOR SELECT USING ((SELECT acting_receipt('intake')) IS NOT NULL);
--> statement-breakpoint
CREATE POLICY intake_adds ON dossier_keys FOR INSERT WITH CHECK ((SELECT acting_receipt('intake')) IS NOT NULL);
--> statement-breakpoint
CREATE POLICY intake_adds ON dossiers FOR INSERT WITH CHECK ((SELECT acting_receipt('intake')) IS NOT NULL);
--> statement-breakpoint
-- Of other leads only whether a dossier has an open one to join.
CREATE POLICY intake_reads ON leads FOR SELECT
  USING (closed_at IS NULL AND (SELECT acting_receipt('intake')) IS NOT NULL);
--> statement-breakpoint
CREATE POLICY intake_adds ON leads FOR INSERT
  WITH CHECK (stage = 'new' AND (SELECT acting_receipt('intake')) IS NOT NULL);
--> statement-breakpoint
CREATE POLICY intake_raises ON leads FOR UPDATE USING (id = (SELECT acting_intake_lead()));
--> statement-breakpoint
CREATE POLICY intake_reads ON lead_sectors FOR SELECT USING (lead_id = (SELECT acting_intake_lead()));
--> statement-breakpoint
-- A lead is opened before its report is written.
CREATE POLICY intake_adds ON lead_sectors FOR INSERT WITH CHECK ((SELECT acting_receipt('intake')) IS NOT NULL
  AND EXISTS (SELECT 1 FROM leads l WHERE l.id = lead_sectors.lead_id AND l.stage = 'new'));
--> statement-breakpoint
CREATE POLICY intake_reads ON lead_agencies FOR SELECT
  USING (to_at IS NULL AND lead_id = (SELECT acting_intake_lead()));
--> statement-breakpoint
CREATE POLICY intake_adds ON routing_decisions FOR INSERT
  WITH CHECK (kind = 'proposed' AND lead_id = (SELECT acting_intake_lead()));
--> statement-breakpoint
CREATE POLICY intake_adds ON sealed_values FOR INSERT
  WITH CHECK (owner_table = 'tips' AND owner_id = (SELECT acting_intake_tip()));
--> statement-breakpoint
CREATE POLICY intake_adds ON sealed_keys FOR INSERT
  WITH CHECK (owner_table = 'tips' AND owner_id = (SELECT acting_intake_tip()));
--> statement-breakpoint
-- In the reporter's name, or in that of who took the report down.
CREATE POLICY intake_acts ON events FOR INSERT
  WITH CHECK (action IN ('tip.received', 'tip.spam_suspected', 'lead.major_raised')
    AND (subject_table, subject_id) IN (('tips', (SELECT acting_intake_tip())::text), ('leads', (SELECT acting_intake_lead())::text))
    -- What accuses an official is told of no lead, whose bodies read its trail.
    AND (lead_id IS NULL AND subject_table = 'tips' OR lead_id IS NOT DISTINCT FROM (SELECT acting_intake_lead())));
--> statement-breakpoint
-- Public halves of the live keys: what tips are sealed to, and whether the portal is open.
CREATE POLICY live_halves ON role_keys FOR SELECT USING (retired_at IS NULL AND (SELECT acting_for_anybody()));
--> statement-breakpoint
CREATE POLICY staff_reads ON role_keys FOR SELECT USING ((SELECT acting_staff()) IS NOT NULL);
--> statement-breakpoint
CREATE POLICY members_make ON role_keys FOR INSERT
  WITH CHECK (made_by = (SELECT acting_staff()) AND (slot = ANY ((SELECT acting_slots())::text[])
    OR slot = 'recovery' AND (SELECT acting_as('administrator'))));
--> statement-breakpoint
-- Administrators mark a key as due for rotation when somebody leaves.
CREATE POLICY members_change ON role_keys FOR UPDATE
  USING (slot = ANY ((SELECT acting_slots())::text[]) OR (SELECT acting_as('administrator')));
--> statement-breakpoint
CREATE POLICY staff_reads ON personal_keys FOR SELECT USING ((SELECT acting_staff()) IS NOT NULL);
--> statement-breakpoint
CREATE POLICY own_adds ON personal_keys FOR INSERT WITH CHECK (staff_id = (SELECT acting_staff()));
--> statement-breakpoint
CREATE POLICY own_changes ON personal_keys FOR UPDATE USING (staff_id = (SELECT acting_staff()));
--> statement-breakpoint
-- Nobody but their owner, not even an administrator, has a use for a wrapped private key.
CREATE POLICY own ON personal_key_wraps USING (personal_key_id = ANY ((SELECT acting_personal_keys())::uuid[]));
--> statement-breakpoint
-- One's own grants, and who holds the keys of one's slots, so that a key can be handed on to who lacks it.
CREATE POLICY own_reads ON key_grants FOR SELECT USING (personal_key_id = ANY ((SELECT acting_personal_keys())::uuid[]));
--> statement-breakpoint
CREATE POLICY members_read ON key_grants FOR SELECT USING (role_key_id = ANY ((SELECT acting_role_keys())::uuid[]));
--> statement-breakpoint
CREATE POLICY overseers_read ON key_grants FOR SELECT USING ((SELECT acting_as('administrator', 'auditor')));
--> statement-breakpoint
CREATE POLICY members_hand_on ON key_grants FOR INSERT
  WITH CHECK (granted_by = (SELECT acting_staff()) AND role_key_id = ANY ((SELECT acting_role_keys())::uuid[]));
--> statement-breakpoint
-- Ended with one's own key, with an old epoch, or by the administrator who takes the role back.
CREATE POLICY ends ON key_grants FOR UPDATE
  USING (personal_key_id = ANY ((SELECT acting_personal_keys())::uuid[])
    OR role_key_id = ANY ((SELECT acting_role_keys())::uuid[]) OR (SELECT acting_as('administrator')));
--> statement-breakpoint
-- People. Names and offices are known in the house; anybody may hold a colleague's row while they hand a key on.
CREATE POLICY staff_reads ON staff FOR SELECT USING ((SELECT acting_staff()) IS NOT NULL);
--> statement-breakpoint
CREATE POLICY administrators_add ON staff FOR INSERT WITH CHECK ((SELECT acting_as('administrator')));
--> statement-breakpoint
CREATE POLICY staff_locks ON staff FOR UPDATE USING ((SELECT acting_staff()) IS NOT NULL)
  WITH CHECK ((SELECT acting_as('administrator')));
--> statement-breakpoint
CREATE POLICY staff_reads ON staff_roles FOR SELECT USING ((SELECT acting_staff()) IS NOT NULL);
--> statement-breakpoint
CREATE POLICY administrators_add ON staff_roles FOR INSERT WITH CHECK ((SELECT acting_as('administrator')));
--> statement-breakpoint
CREATE POLICY administrators_change ON staff_roles FOR UPDATE USING ((SELECT acting_as('administrator')));
--> statement-breakpoint
CREATE POLICY administrators ON role_requests USING ((SELECT acting_as('administrator')));
--> statement-breakpoint
CREATE POLICY auditors ON role_requests FOR SELECT USING ((SELECT acting_as('auditor')));
--> statement-breakpoint
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['staff_sessions','enrolment_links','webauthn_challenges','passkeys']
  LOOP
    EXECUTE format('CREATE POLICY own_reads ON %I FOR SELECT USING (staff_id = (SELECT acting_staff()))', guarded);
    EXECUTE format('CREATE POLICY own_changes ON %I FOR UPDATE USING (staff_id = (SELECT acting_staff()))', guarded);
  END LOOP;
  -- A session is opened at the gate alone.
  FOREACH guarded IN ARRAY ARRAY['enrolment_links','webauthn_challenges','passkeys']
  LOOP
    EXECUTE format('CREATE POLICY own_adds ON %I FOR INSERT WITH CHECK (staff_id = (SELECT acting_staff()))', guarded);
  END LOOP;
  -- Who manages people sees when they last came and what they sign in with, and ends it; auditors look on.
  FOREACH guarded IN ARRAY ARRAY['staff_sessions','enrolment_links','passkeys']
  LOOP
    EXECUTE format('CREATE POLICY overseers_read ON %I FOR SELECT
      USING ((SELECT acting_as(''administrator'', ''auditor'')))', guarded);
    EXECUTE format('CREATE POLICY administrators_end ON %I FOR UPDATE
      USING ((SELECT acting_as(''administrator'')))', guarded);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE POLICY administrators_add ON enrolment_links FOR INSERT
  WITH CHECK (created_by = (SELECT acting_staff()) AND (SELECT acting_as('administrator')));
--> statement-breakpoint
-- Money: each hand writes what is its own. What follows from it (balances, the queue of numbers) triggers write.
CREATE POLICY preparer_adds ON reward_pools FOR INSERT
  WITH CHECK (computed_by = (SELECT acting_staff()) AND (SELECT acting_as('finance_preparer')));
--> statement-breakpoint
CREATE POLICY preparer_retires ON reward_pools FOR UPDATE USING ((SELECT acting_as('finance_preparer')));
--> statement-breakpoint
CREATE POLICY money_moves ON awards FOR UPDATE
  USING ((SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver', 'cashier')));
--> statement-breakpoint
CREATE POLICY own_adds ON approval_steps FOR INSERT WITH CHECK (actor_id = (SELECT acting_staff())
  AND (SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver')));
--> statement-breakpoint
CREATE POLICY cashier_adds ON payouts FOR INSERT
  WITH CHECK (cashier_id = (SELECT acting_staff()) AND (SELECT acting_as('cashier')));
--> statement-breakpoint
CREATE POLICY cashier_changes ON payouts FOR UPDATE USING ((SELECT acting_as('cashier')));
--> statement-breakpoint
CREATE POLICY own_adds ON ledger_transactions FOR INSERT WITH CHECK (actor_id = (SELECT acting_staff())
  AND (SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver', 'cashier')));
--> statement-breakpoint
CREATE POLICY money_adds ON ledger_entries FOR INSERT
  WITH CHECK ((SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver', 'cashier')));
--> statement-breakpoint
CREATE POLICY audit_reads ON event_chain FOR SELECT USING ((SELECT acting_as('auditor')));
--> statement-breakpoint
-- A passkey that ends takes its wraps with it: who ends it sees no wrap.
CREATE FUNCTION end_wraps_of_passkey() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE personal_key_wraps SET revoked_at = NEW.revoked_at WHERE passkey_id = NEW.id AND revoked_at IS NULL;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER passkeys_end_wraps AFTER UPDATE OF revoked_at ON passkeys FOR EACH ROW
  WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION end_wraps_of_passkey();
--> statement-breakpoint
-- These judge rows the acting person may not see.
ALTER FUNCTION keep_administrators_apart() SECURITY DEFINER;
--> statement-breakpoint
-- Whether somebody is an administrator now, held until the transaction ends.
CREATE FUNCTION administers(person uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM staff_roles r JOIN staff s ON s.id = r.staff_id
   WHERE r.staff_id = person AND r.role = 'administrator' AND r.revoked_at IS NULL AND s.status = 'active' FOR SHARE;
  RETURN FOUND;
END $$;
--> statement-breakpoint
-- For the triggers below alone, which ask as definer.
REVOKE EXECUTE ON FUNCTION administers(uuid) FROM PUBLIC;
--> statement-breakpoint
-- Whatever role the connection says it acts in: who gives, asks for or answers is an administrator at that moment.
CREATE FUNCTION keep_grant_with_administrators() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.granted_by IS NOT NULL AND NOT administers(NEW.granted_by)
     OR NEW.requested_by IS NOT NULL AND NOT administers(NEW.requested_by) THEN
    PERFORM refuse('staff_roles_by_administrator', 'a role is asked for and given by administrators');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER staff_roles_by_administrator BEFORE INSERT ON staff_roles
  FOR EACH ROW EXECUTE FUNCTION keep_grant_with_administrators();
--> statement-breakpoint
CREATE FUNCTION keep_end_with_administrators() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF acting_staff() IS NOT NULL AND NEW.revoked_by IS DISTINCT FROM acting_staff()
     OR NEW.revoked_by IS NOT NULL AND NOT administers(NEW.revoked_by) THEN
    PERFORM refuse('staff_roles_by_administrator', 'a role is taken back by an administrator, in their name');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER staff_roles_ended_by_administrator BEFORE UPDATE ON staff_roles
  FOR EACH ROW EXECUTE FUNCTION keep_end_with_administrators();
--> statement-breakpoint
CREATE FUNCTION keep_request_with_administrators() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.requested_by IS NOT NULL AND NOT administers(NEW.requested_by)
     OR TG_OP = 'UPDATE' AND NEW.decided_by IS NOT NULL AND NOT administers(NEW.decided_by) THEN
    PERFORM refuse('role_requests_by_administrator', 'a role is asked for and answered by administrators');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER role_requests_with_administrators BEFORE INSERT OR UPDATE ON role_requests
  FOR EACH ROW EXECUTE FUNCTION keep_request_with_administrators();
--> statement-breakpoint
-- What a reporter says and sends after the report, under their receipt alone; files wait under it for the report too.
CREATE POLICY own_receipt ON tip_files
  USING (lookup_id = (SELECT acting_receipt('reporter')) AND (tip_id IS NULL OR tip_id = (SELECT acting_reporter_tip())));
--> statement-breakpoint
CREATE POLICY intake_reads ON tip_files FOR SELECT USING (lookup_id = (SELECT acting_receipt('intake')));
--> statement-breakpoint
CREATE POLICY intake_sends ON tip_files FOR UPDATE USING (lookup_id = (SELECT acting_receipt('intake')))
  WITH CHECK (lookup_id = (SELECT acting_receipt('intake'))
    AND (tip_id = (SELECT acting_intake_tip()) OR tip_id IS NULL AND state = 'removed'));
--> statement-breakpoint
CREATE POLICY own_receipt_reads ON tip_messages FOR SELECT USING (tip_id = (SELECT acting_reporter_tip()));
--> statement-breakpoint
CREATE POLICY own_receipt_adds ON tip_messages FOR INSERT
  WITH CHECK (direction = 'in' AND tip_id = (SELECT acting_reporter_tip()));
--> statement-breakpoint
CREATE POLICY own_receipt_marks ON tip_messages FOR UPDATE
  USING (direction = 'out' AND tip_id = (SELECT acting_reporter_tip()));
--> statement-breakpoint
-- A tip that accuses an official, in the trail: of its events only the leading office reads, on whatever lead.
CREATE FUNCTION accuses_official(tip text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM tips t WHERE t.concerns_official
    AND t.id = CASE WHEN tip ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN tip::uuid END)
$$;
--> statement-breakpoint
CREATE POLICY officials ON events AS RESTRICTIVE FOR SELECT
  USING (subject_table <> 'tips' OR (SELECT acting_staff() IS NULL OR acting_as('triage_officer', 'auditor'))
    OR NOT accuses_official(subject_id));
--> statement-breakpoint
-- As for the contact itself (0013).
CREATE POLICY recused ON notices AS RESTRICTIVE
  USING (NOT (SELECT acting_is_recused()) OR NOT recused_from_tip(tip_id));
