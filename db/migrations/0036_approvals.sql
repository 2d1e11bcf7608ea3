CREATE TABLE "approval_delegations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"role_grant_id" uuid NOT NULL,
	"of_staff" uuid NOT NULL,
	"deputy_id" uuid NOT NULL,
	"from_on" date NOT NULL,
	"until_on" date NOT NULL,
	"body" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"named_at" timestamp (3) with time zone NOT NULL,
	"accepted_at" timestamp (3) with time zone,
	"ended_by" uuid,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "approval_delegations_apart_ck" CHECK ("approval_delegations"."deputy_id" <> "approval_delegations"."of_staff"),
	CONSTRAINT "approval_delegations_days_ck" CHECK ("approval_delegations"."until_on" between "approval_delegations"."from_on" and "approval_delegations"."from_on" + 92),
	CONSTRAINT "approval_delegations_hash_ck" CHECK ("approval_delegations"."hash" = sha256(convert_to("approval_delegations"."body", 'UTF8'))),
	CONSTRAINT "approval_delegations_ended_ck" CHECK (("approval_delegations"."ended_at" is null) = ("approval_delegations"."ended_by" is null))
);
--> statement-breakpoint
CREATE TABLE "approval_limits" (
	"id" uuid PRIMARY KEY NOT NULL,
	"role_grant_id" uuid NOT NULL,
	"limit_fen" bigint,
	"requested_by" uuid NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"outcome" text,
	"decided_by" uuid,
	"decided_at" timestamp (3) with time zone,
	CONSTRAINT "approval_limits_amount_ck" CHECK ("approval_limits"."limit_fen" is null or "approval_limits"."limit_fen" > 0),
	CONSTRAINT "approval_limits_outcome_ck" CHECK ("approval_limits"."outcome" is null or "approval_limits"."outcome" in ('granted','refused')),
	CONSTRAINT "approval_limits_decided_ck" CHECK (("approval_limits"."outcome" is null) = ("approval_limits"."decided_by" is null) and ("approval_limits"."outcome" is null) = ("approval_limits"."decided_at" is null)),
	CONSTRAINT "approval_limits_two_ck" CHECK ("approval_limits"."outcome" is distinct from 'granted' or "approval_limits"."decided_by" <> "approval_limits"."requested_by")
);
--> statement-breakpoint
CREATE TABLE "approval_set_rows" (
	"set_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"award_id" uuid NOT NULL,
	"action" text NOT NULL,
	"voucher_hash" "bytea" NOT NULL,
	"previous_hash" "bytea",
	"result" text,
	CONSTRAINT "approval_set_rows_pk" PRIMARY KEY("set_id","ordinal"),
	CONSTRAINT "approval_set_rows_award_uq" UNIQUE("set_id","award_id"),
	CONSTRAINT "approval_set_rows_ordinal_ck" CHECK ("approval_set_rows"."ordinal" between 1 and 50),
	CONSTRAINT "approval_set_rows_action_ck" CHECK ("approval_set_rows"."action" in ('prepare','review','countersign','approve')),
	CONSTRAINT "approval_set_rows_result_ck" CHECK ("approval_set_rows"."result" ~ '^[a-z_]{3,40}$')
);
--> statement-breakpoint
CREATE TABLE "approval_sets" (
	"id" uuid PRIMARY KEY NOT NULL,
	"staff_id" uuid NOT NULL,
	"made_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "award_holds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"award_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"placed_by" uuid NOT NULL,
	"placed_at" timestamp (3) with time zone NOT NULL,
	"lift_reason" text,
	"lifted_by" uuid,
	"lifted_at" timestamp (3) with time zone,
	CONSTRAINT "award_holds_two_ck" CHECK ("award_holds"."lifted_by" <> "award_holds"."placed_by"),
	CONSTRAINT "award_holds_lifted_ck" CHECK (("award_holds"."lifted_at" is null) = ("award_holds"."lifted_by" is null) and ("award_holds"."lifted_at" is null) = ("award_holds"."lift_reason" is null)),
	CONSTRAINT "award_holds_reason_ck" CHECK (char_length("award_holds"."reason") between 5 and 300 and regexp_replace("award_holds"."reason", '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}'),
	CONSTRAINT "award_holds_lift_reason_ck" CHECK (char_length("award_holds"."lift_reason") between 5 and 300 and regexp_replace("award_holds"."lift_reason", '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}')
);
--> statement-breakpoint
CREATE TABLE "countersignatures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"voucher_id" uuid NOT NULL,
	"action" text NOT NULL,
	"actor_id" uuid NOT NULL,
	"role_grant_id" uuid NOT NULL,
	"role_grant_snapshot" jsonb NOT NULL,
	"delegation_id" uuid,
	"passkey_id" uuid NOT NULL,
	"credential_id" text NOT NULL,
	"public_key" "bytea" NOT NULL,
	"nonce" text NOT NULL,
	"previous_hash" "bytea" NOT NULL,
	"signed_body" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"authenticator_data" "bytea" NOT NULL,
	"client_data_json" "bytea" NOT NULL,
	"signature" "bytea" NOT NULL,
	"rp_id" text NOT NULL,
	"origin" text NOT NULL,
	"signed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "countersignatures_voucher_uq" UNIQUE("voucher_id"),
	CONSTRAINT "countersignatures_nonce_uq" UNIQUE("nonce"),
	CONSTRAINT "countersignatures_action_ck" CHECK ("countersignatures"."action" = 'countersign'),
	CONSTRAINT "countersignatures_hash_ck" CHECK ("countersignatures"."hash" = sha256(convert_to("countersignatures"."signed_body", 'UTF8'))),
	CONSTRAINT "countersignatures_nonce_ck" CHECK ("countersignatures"."nonce" ~ ('^[A-Za-z0-9_-]{22,64}' || case when "countersignatures"."delegation_id" is null then '$' else '~[0-9a-f]{64}$' end))
);
--> statement-breakpoint
ALTER TABLE "approval_steps" DROP CONSTRAINT "approval_steps_signed_reason_ck";--> statement-breakpoint
ALTER TABLE "approval_steps" ADD COLUMN "delegation_id" uuid;--> statement-breakpoint
ALTER TABLE "approval_delegations" ADD CONSTRAINT "approval_delegations_grant_fk" FOREIGN KEY ("role_grant_id") REFERENCES "public"."staff_roles"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_delegations" ADD CONSTRAINT "approval_delegations_of_fk" FOREIGN KEY ("of_staff") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_delegations" ADD CONSTRAINT "approval_delegations_deputy_fk" FOREIGN KEY ("deputy_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_delegations" ADD CONSTRAINT "approval_delegations_ender_fk" FOREIGN KEY ("ended_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_limits" ADD CONSTRAINT "approval_limits_grant_fk" FOREIGN KEY ("role_grant_id") REFERENCES "public"."staff_roles"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_limits" ADD CONSTRAINT "approval_limits_requester_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_limits" ADD CONSTRAINT "approval_limits_decider_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_set_rows" ADD CONSTRAINT "approval_set_rows_set_fk" FOREIGN KEY ("set_id") REFERENCES "public"."approval_sets"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_set_rows" ADD CONSTRAINT "approval_set_rows_award_fk" FOREIGN KEY ("award_id") REFERENCES "public"."awards"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_sets" ADD CONSTRAINT "approval_sets_staff_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "award_holds" ADD CONSTRAINT "award_holds_award_fk" FOREIGN KEY ("award_id") REFERENCES "public"."awards"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "award_holds" ADD CONSTRAINT "award_holds_placer_fk" FOREIGN KEY ("placed_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "award_holds" ADD CONSTRAINT "award_holds_lifter_fk" FOREIGN KEY ("lifted_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "countersignatures" ADD CONSTRAINT "countersignatures_voucher_fk" FOREIGN KEY ("voucher_id") REFERENCES "public"."vouchers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "countersignatures" ADD CONSTRAINT "countersignatures_actor_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "countersignatures" ADD CONSTRAINT "countersignatures_grant_fk" FOREIGN KEY ("role_grant_id") REFERENCES "public"."staff_roles"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "countersignatures" ADD CONSTRAINT "countersignatures_delegation_fk" FOREIGN KEY ("delegation_id") REFERENCES "public"."approval_delegations"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "countersignatures" ADD CONSTRAINT "countersignatures_passkey_fk" FOREIGN KEY ("passkey_id") REFERENCES "public"."passkeys"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "approval_delegations_live_uq" ON "approval_delegations" USING btree ("role_grant_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "approval_delegations_deputy_ix" ON "approval_delegations" USING btree ("deputy_id");--> statement-breakpoint
CREATE UNIQUE INDEX "approval_limits_open_uq" ON "approval_limits" USING btree ("role_grant_id") WHERE outcome is null;--> statement-breakpoint
CREATE INDEX "approval_sets_staff_ix" ON "approval_sets" USING btree ("staff_id","made_at");--> statement-breakpoint
CREATE UNIQUE INDEX "award_holds_live_uq" ON "award_holds" USING btree ("award_id") WHERE lifted_at is null;--> statement-breakpoint
ALTER TABLE "approval_steps" ADD CONSTRAINT "approval_steps_signed_reason_ck" CHECK ("approval_steps"."nonce" ~ ('^[A-Za-z0-9_-]{22,64}' || case when "approval_steps"."action" = 'reject' then '[.]' || encode(sha256(convert_to("approval_steps"."reason", 'UTF8')), 'hex') else '' end || case when "approval_steps"."delegation_id" is null then '$' else '~[0-9a-f]{64}$' end));--> statement-breakpoint
ALTER TABLE "approval_steps" ADD CONSTRAINT "approval_steps_delegation_fk" FOREIGN KEY ("delegation_id") REFERENCES "approval_delegations"("id") ON DELETE restrict;
--> statement-breakpoint
-- The rows of approvals: who looks at money reads them; each hand writes its own; administrators read and give limits
-- and see who stands in for whom.
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['countersignatures','approval_limits','award_holds','approval_delegations','approval_sets',
    'approval_set_rows']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY portal ON %I USING ((SELECT acting_for_portal()))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['countersignatures','approval_limits','award_holds','approval_delegations']
  LOOP
    EXECUTE format('CREATE POLICY money_reads ON %I FOR SELECT USING ((SELECT acting_as(
      ''finance_preparer'', ''finance_reviewer'', ''finance_approver'', ''cashier'', ''auditor'')))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['approval_limits','approval_delegations']
  LOOP
    EXECUTE format('CREATE POLICY administrators_read ON %I FOR SELECT USING ((SELECT acting_as(''administrator'')))', guarded);
  END LOOP;
END $$;
--> statement-breakpoint
CREATE POLICY own_adds ON countersignatures FOR INSERT WITH CHECK (actor_id = (SELECT acting_staff())
  AND (SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver')));
--> statement-breakpoint
CREATE POLICY administrator_asks ON approval_limits FOR INSERT
  WITH CHECK (requested_by = (SELECT acting_staff()) AND (SELECT acting_as('administrator')));
--> statement-breakpoint
CREATE POLICY administrator_gives ON approval_limits FOR UPDATE USING ((SELECT acting_as('administrator')))
  WITH CHECK (decided_by = (SELECT acting_staff()));
--> statement-breakpoint
CREATE POLICY own_adds ON award_holds FOR INSERT WITH CHECK (placed_by = (SELECT acting_staff())
  AND (SELECT acting_as('finance_reviewer', 'finance_approver')));
--> statement-breakpoint
CREATE POLICY another_lifts ON award_holds FOR UPDATE USING ((SELECT acting_as('finance_reviewer', 'finance_approver')))
  WITH CHECK (lifted_by = (SELECT acting_staff()));
--> statement-breakpoint
CREATE POLICY own_adds ON approval_delegations FOR INSERT WITH CHECK (of_staff = (SELECT acting_staff())
  AND (SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver')));
--> statement-breakpoint
CREATE POLICY parties_move ON approval_delegations FOR UPDATE USING ((SELECT acting_staff()) IN (of_staff, deputy_id)
  OR (SELECT acting_as('administrator')));
--> statement-breakpoint
CREATE POLICY own ON approval_sets USING (staff_id = (SELECT acting_staff()));
--> statement-breakpoint
CREATE POLICY own ON approval_set_rows
  USING (EXISTS (SELECT 1 FROM approval_sets s WHERE s.id = set_id AND s.staff_id = (SELECT acting_staff())));
--> statement-breakpoint
CREATE TRIGGER countersignatures_append_only BEFORE UPDATE OR DELETE ON countersignatures
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER countersignatures_no_truncate BEFORE TRUNCATE ON countersignatures
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- Called with the award locked: a hold is placed under the same lock.
CREATE FUNCTION refuse_held(award uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM award_holds h WHERE h.award_id = award AND h.lifted_at IS NULL) THEN
    PERFORM refuse('awards_held', 'a held award stands still');
  END IF;
END $$;
--> statement-breakpoint
-- Invariant 11. What decides who must approve: the whole case of the award, and everything the same informant has live
-- on the same lead, over stages and versions, in the scheme's currency. The larger of the two, in its minor units.
CREATE FUNCTION ladder_amount(a awards) RETURNS numeric LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT greatest(p.amount_fen, (SELECT sum(o.amount_fen) FROM awards o JOIN reward_pools q ON q.id = o.pool_id
      WHERE o.lead_id = a.lead_id AND o.tip_id = a.tip_id AND q.currency = p.currency
        AND o.status NOT IN ('rejected', 'superseded', 'revoked', 'lapsed')))
    FROM reward_pools p WHERE p.id = a.pool_id
$$;
--> statement-breakpoint
-- The one rung of the scheme's ladder an amount stands on; its ends say whether they are included (民法典 1259).
CREATE FUNCTION ladder_rung(a awards, amount numeric) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT rung FROM reward_pools p JOIN schemes s ON s.scheme_id = p.scheme_id AND s.version = p.scheme_version
    CROSS JOIN LATERAL jsonb_array_elements(s.content #> '{approval,ladder}') rung
   WHERE p.id = a.pool_id
     AND (rung -> 'from' = 'null' OR amount > (rung #>> '{from,value}')::numeric
       OR amount = (rung #>> '{from,value}')::numeric AND (rung #>> '{from,inclusive}')::boolean)
     AND (rung -> 'to' = 'null' OR amount < (rung #>> '{to,value}')::numeric
       OR amount = (rung #>> '{to,value}')::numeric AND (rung #>> '{to,inclusive}')::boolean)
   LIMIT 1
$$;
--> statement-breakpoint
-- The limit in force on a grant; null for none.
CREATE FUNCTION grant_limit(of_grant uuid) RETURNS bigint LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT l.limit_fen FROM approval_limits l WHERE l.role_grant_id = of_grant AND l.outcome = 'granted'
   ORDER BY l.decided_at DESC, l.id DESC LIMIT 1
$$;
--> statement-breakpoint
-- Whether somebody signed an award's voucher in any place: themselves, as a second approver, or through a deputy. Who did
-- neither pays it out nor is its cashier (会计法 37).
CREATE FUNCTION signed_voucher(award uuid, person uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM vouchers v JOIN (
      SELECT voucher_id, actor_id, delegation_id FROM approval_steps
      UNION ALL SELECT voucher_id, actor_id, delegation_id FROM countersignatures) s ON s.voucher_id = v.id
    LEFT JOIN approval_delegations d ON d.id = s.delegation_id
    WHERE v.award_id = award AND (s.actor_id = person OR d.of_staff = person))
$$;
--> statement-breakpoint
-- Invariants 9 to 11 for one signed act, of the chain or a countersignature: `s` is its row, `last` the hash it follows,
-- `needed` the role it is taken in. The caller holds the award.
CREATE FUNCTION check_signed_act(s approval_steps, v vouchers, a awards, last bytea, needed text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  person staff;
  g staff_roles;
  k passkeys;
  d approval_delegations;
  client jsonb;
  signers uuid[];
  amount numeric;
  reach bigint;
BEGIN
  IF s.previous_hash IS DISTINCT FROM last THEN
    PERFORM refuse('approval_steps_chain', 'a step names the hash of the one before it');
  END IF;
  -- Canonical JSON (RFC 8785): keys in order, no spaces; none of the values needs escaping.
  IF s.signed_body <> format('{"action":"%s","actor":"%s","nonce":"%s","previousApprovalHash":%s,"voucherHash":"%s"}',
      s.action, s.actor_id, s.nonce, coalesce('"' || encode(last, 'hex') || '"', 'null'), encode(v.hash, 'hex')) THEN
    PERFORM refuse('approval_steps_body', 'the signed words are those of the step');
  END IF;
  BEGIN
    client := convert_from(s.client_data_json, 'UTF8')::jsonb;
  EXCEPTION WHEN OTHERS THEN
    client := 'null';
  END;
  IF (client ->> 'type' = 'webauthn.get' AND client ->> 'origin' = s.origin
      AND client ->> 'challenge' = rtrim(translate(encode(s.hash, 'base64'), '+/', '-_'), '=')) IS NOT TRUE THEN
    PERFORM refuse('approval_steps_challenge', 'the passkey signed these words, on this site');
  END IF;
  -- Bits 1 and 4 of the flags: a person was there, and was verified (WebAuthn 6.1).
  IF octet_length(s.authenticator_data) < 37 OR substring(s.authenticator_data FROM 1 FOR 32) <> sha256(convert_to(s.rp_id, 'UTF8'))
     OR get_byte(s.authenticator_data, 32) & 5 <> 5 OR octet_length(s.signature) < 8 THEN
    PERFORM refuse('approval_steps_authenticator', 'the passkey verified a person for this site');
  END IF;
  SELECT * INTO person FROM staff WHERE id = s.actor_id FOR SHARE;
  SELECT * INTO g FROM staff_roles WHERE id = s.role_grant_id FOR SHARE;
  IF person.status <> 'active' OR g.role <> needed OR g.revoked_at IS NOT NULL
     OR s.delegation_id IS NULL AND (g.staff_id <> s.actor_id OR s.role_grant_snapshot ? 'delegation')
     OR NOT s.role_grant_snapshot @> jsonb_build_object('id', g.id, 'staffId', g.staff_id, 'role', g.role) THEN
    PERFORM refuse('approval_steps_role', 'the step is taken under a live grant of its role');
  END IF;
  signers := ARRAY[s.actor_id];
  IF s.delegation_id IS NOT NULL THEN
    -- Held until commit: ending it meanwhile waits or wins.
    SELECT * INTO d FROM approval_delegations WHERE id = s.delegation_id FOR SHARE;
    -- Two administrators trusted the deputy with money already; the absent person must still be somebody who could sign.
    IF (d.role_grant_id = g.id AND d.of_staff = g.staff_id AND d.deputy_id = s.actor_id AND d.accepted_at <= s.signed_at
        AND d.ended_at IS NULL AND (s.signed_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN d.from_on AND d.until_on
        AND EXISTS (SELECT 1 FROM staff o WHERE o.id = d.of_staff AND o.status = 'active')
        AND EXISTS (SELECT 1 FROM staff_roles r WHERE r.staff_id = s.actor_id AND r.revoked_at IS NULL
          AND r.role IN ('finance_preparer', 'finance_reviewer', 'finance_approver'))
        AND split_part(s.nonce, '~', 2) = encode(d.hash, 'hex')
        AND s.role_grant_snapshot #>> '{delegation,body}' = d.body) IS NOT TRUE THEN
      PERFORM refuse('approval_steps_delegation', 'a deputy signs within the days and in the words both agreed on');
    END IF;
    signers := signers || d.of_staff;
  END IF;
  -- 会计法 37: who handles cash keeps no books; product.md: who gives roles touches no money. Of both people.
  IF EXISTS (SELECT 1 FROM staff_roles r WHERE r.staff_id = ANY (signers) AND r.revoked_at IS NULL
       AND r.role IN ('administrator', 'cashier', 'window_clerk')) THEN
    PERFORM refuse('approval_steps_apart', 'administrators and cashiers sign no voucher');
  END IF;
  IF EXISTS (SELECT 1 FROM reward_pools p JOIN findings f ON f.id = p.finding_id WHERE p.id = a.pool_id
      AND (f.verified_by = ANY (signers) OR f.recorded_by = ANY (signers))) THEN
    PERFORM refuse('approval_steps_finding_apart', 'who found the facts does not reward them');
  END IF;
  IF EXISTS (SELECT 1 FROM lead_recusals r WHERE r.lead_id = a.lead_id AND r.staff_id = ANY (signers) AND r.ended_at IS NULL) THEN
    PERFORM refuse('approval_steps_recused', 'who is recused from a lead signs nothing of it, nor does a deputy for them');
  END IF;
  IF s.action <> 'prepare' AND EXISTS (SELECT 1 FROM reward_pools p WHERE p.id = a.pool_id AND p.computed_by = ANY (signers)) THEN
    PERFORM refuse('approval_steps_assessor_apart', 'who computed the award neither reviews nor approves it');
  END IF;
  SELECT * INTO k FROM passkeys WHERE id = s.passkey_id FOR SHARE;
  -- Demo history is signed with throw-away keys that are revoked from birth; only demo people have them.
  IF k.staff_id <> s.actor_id OR k.credential_id <> s.credential_id OR k.public_key <> s.public_key
     OR (k.revoked_at IS NOT NULL AND NOT (k.kind = 'seed' AND person.is_demo)) THEN
    PERFORM refuse('approval_steps_passkey', 'the step is signed with a live passkey of its actor');
  END IF;
  -- One person, one signature, whether their own or given for them.
  IF EXISTS (SELECT 1 FROM (
       SELECT o.actor_id, o.delegation_id FROM approval_steps o WHERE o.voucher_id = v.id
       UNION ALL SELECT o.actor_id, o.delegation_id FROM countersignatures o WHERE o.voucher_id = v.id) o
       LEFT JOIN approval_delegations e ON e.id = o.delegation_id
      WHERE o.actor_id = ANY (signers) OR e.of_staff = ANY (signers)) THEN
    PERFORM refuse('approval_steps_actor_uq', 'nobody signs a voucher twice, nor for somebody who signed it');
  END IF;
  IF s.action = 'reject' THEN RETURN; END IF;
  PERFORM refuse_held(a.id);
  amount := ladder_amount(a);
  IF ladder_rung(a, amount) -> 'consult' ? 'finance'
     AND NOT EXISTS (SELECT 1 FROM reward_pools p WHERE p.id = a.pool_id AND p.consultation_ref IS NOT NULL) THEN
    PERFORM refuse('approval_steps_consulted', 'what the ladder asks about is asked, and the answer''s number recorded, first');
  END IF;
  IF s.action IN ('approve', 'countersign') THEN
    -- A deputy who is an approver too is bound by the lower of the two limits.
    SELECT min(grant_limit(r.id)) INTO reach FROM staff_roles r WHERE r.id = g.id
      OR r.staff_id = s.actor_id AND r.role = 'finance_approver' AND r.revoked_at IS NULL;
    IF amount > reach THEN
      PERFORM refuse('approval_steps_limit', 'an approver approves up to the limit of their grant');
    END IF;
    IF reach IS NOT NULL AND s.role_grant_snapshot ->> 'limitFen' IS DISTINCT FROM reach::text THEN
      PERFORM refuse('approval_steps_role', 'the step is taken under a live grant of its role');
    END IF;
  END IF;
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION check_signed_act(approval_steps, vouchers, awards, bytea, text) FROM PUBLIC;
--> statement-breakpoint
-- As in 0002, with the ladder (invariant 11), deputies and holds.
CREATE OR REPLACE FUNCTION keep_approval_step() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v vouchers;
  a awards;
  last approval_steps;
  second bytea;
BEGIN
  SELECT * INTO v FROM vouchers WHERE id = NEW.voucher_id;
  SELECT * INTO a FROM awards WHERE id = v.award_id FOR UPDATE;
  SELECT * INTO last FROM approval_steps WHERE voucher_id = NEW.voucher_id ORDER BY position DESC LIMIT 1;
  IF last.action IN ('approve', 'reject') OR a.status IN ('superseded', 'revoked', 'lapsed') THEN
    PERFORM refuse('approval_steps_closed', 'nothing is signed after the end');
  END IF;
  IF NEW.position <> coalesce(last.position, 0) + 1 OR NEW.action <> ALL (CASE NEW.position
      WHEN 1 THEN ARRAY['prepare'] WHEN 2 THEN ARRAY['review', 'reject'] WHEN 3 THEN ARRAY['approve', 'reject']
      ELSE ARRAY[]::text[] END) THEN
    PERFORM refuse('approval_steps_order', 'prepare, then review, then approve');
  END IF;
  IF NEW.position = 3 THEN
    SELECT c.hash INTO second FROM countersignatures c WHERE c.voucher_id = NEW.voucher_id;
  END IF;
  PERFORM check_signed_act(NEW, v, a, coalesce(second, last.hash),
    CASE NEW.position WHEN 1 THEN 'finance_preparer' WHEN 2 THEN 'finance_reviewer' ELSE 'finance_approver' END);
  IF NEW.action = 'approve' AND second IS NULL
     AND coalesce((ladder_rung(a, ladder_amount(a)) ->> 'approvers')::int, 1) > 1 THEN
    PERFORM refuse('approval_steps_countersigned', 'where the ladder asks for two approvers, one has signed before');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE FUNCTION keep_countersignature() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  v vouchers;
  a awards;
  last approval_steps;
BEGIN
  SELECT * INTO v FROM vouchers WHERE id = NEW.voucher_id;
  SELECT * INTO a FROM awards WHERE id = v.award_id FOR UPDATE;
  SELECT * INTO last FROM approval_steps WHERE voucher_id = NEW.voucher_id ORDER BY position DESC LIMIT 1;
  IF a.status <> 'reviewed' OR last.action IS DISTINCT FROM 'review' THEN
    PERFORM refuse('countersignatures_order', 'a second approver signs between the review and the approval');
  END IF;
  IF coalesce((ladder_rung(a, ladder_amount(a)) ->> 'approvers')::int, 1) < 2 THEN
    PERFORM refuse('countersignatures_asked', 'the ladder asks for no second approver');
  END IF;
  PERFORM check_signed_act(jsonb_populate_record(NULL::approval_steps, to_jsonb(NEW)), v, a, last.hash, 'finance_approver');
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER countersignatures_keep BEFORE INSERT ON countersignatures
  FOR EACH ROW EXECUTE FUNCTION keep_countersignature();
--> statement-breakpoint
CREATE TRIGGER countersignatures_stands BEFORE INSERT ON countersignatures
  FOR EACH ROW EXECUTE FUNCTION keep_step_evidence();
--> statement-breakpoint
-- A limit is asked for by one live administrator and given by another, of a live approver's grant, neither of them its
-- holder. The grant is held, so that a signature under it comes before or after, never between.
CREATE FUNCTION keep_approval_limit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE g staff_roles;
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.outcome IS NOT NULL OR to_jsonb(NEW) - ARRAY['outcome', 'decided_by', 'decided_at']
     IS DISTINCT FROM to_jsonb(OLD) - ARRAY['outcome', 'decided_by', 'decided_at'])
     OR TG_OP = 'INSERT' AND NEW.outcome IS NOT NULL THEN
    PERFORM refuse('approval_limits_history', 'a limit is asked for, and answered once');
  END IF;
  SELECT * INTO g FROM staff_roles WHERE id = NEW.role_grant_id FOR UPDATE;
  IF TG_OP = 'INSERT' AND (g.role <> 'finance_approver' OR g.revoked_at IS NOT NULL) THEN
    PERFORM refuse('approval_limits_grant', 'a limit is of a live approver');
  END IF;
  IF g.staff_id IN (NEW.requested_by, NEW.decided_by) OR EXISTS (
       SELECT 1 FROM unnest(ARRAY[NEW.requested_by, NEW.decided_by]) person
        WHERE person IS NOT NULL AND NOT (NEW.outcome IS NOT DISTINCT FROM 'refused' AND person = NEW.requested_by)
          AND NOT EXISTS (SELECT 1 FROM staff_roles r JOIN staff p ON p.id = r.staff_id WHERE r.staff_id = person
            AND r.role = 'administrator' AND r.revoked_at IS NULL AND p.status = 'active')) THEN
    PERFORM refuse('approval_limits_by', 'administrators give limits, and none to themselves');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER approval_limits_keep BEFORE INSERT OR UPDATE ON approval_limits
  FOR EACH ROW EXECUTE FUNCTION keep_approval_limit();
--> statement-breakpoint
-- A hold is placed on an award that is not at its end, by a live reviewer or approver, and lifted once, by another.
CREATE FUNCTION keep_award_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  a awards;
  who uuid;
BEGIN
  IF TG_OP = 'UPDATE' AND (OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL
     OR to_jsonb(NEW) - ARRAY['lifted_by', 'lifted_at', 'lift_reason'] IS DISTINCT FROM
        to_jsonb(OLD) - ARRAY['lifted_by', 'lifted_at', 'lift_reason'])
     OR TG_OP = 'INSERT' AND NEW.lifted_at IS NOT NULL THEN
    PERFORM refuse('award_holds_history', 'a hold is placed, and lifted once');
  END IF;
  SELECT * INTO a FROM awards WHERE id = NEW.award_id FOR UPDATE;
  IF TG_OP = 'INSERT' AND a.status NOT IN ('drafted', 'prepared', 'reviewed', 'approved', 'accepted', 'posted') THEN
    PERFORM refuse('award_holds_award', 'what is at its end is not held');
  END IF;
  who := CASE TG_OP WHEN 'INSERT' THEN NEW.placed_by ELSE NEW.lifted_by END;
  PERFORM 1 FROM staff_roles r JOIN staff p ON p.id = r.staff_id WHERE r.staff_id = who AND p.status = 'active'
     AND r.revoked_at IS NULL AND r.role IN ('finance_reviewer', 'finance_approver') FOR SHARE OF r;
  IF NOT FOUND THEN
    PERFORM refuse('award_holds_by', 'reviewers and approvers place and lift holds');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER award_holds_keep BEFORE INSERT OR UPDATE ON award_holds FOR EACH ROW EXECUTE FUNCTION keep_award_hold();
--> statement-breakpoint
-- The row is locked before this runs. An informant may accept meanwhile (it moves no money); a bounce is a bank's fact;
-- rejecting, replacing and revoking end what is held.
CREATE FUNCTION keep_held_award() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.status <> OLD.status AND NEW.status IN ('prepared', 'reviewed', 'approved', 'posted', 'paid', 'lapsed')
     AND NOT (OLD.status = 'paid' AND NEW.status = 'posted') THEN
    PERFORM refuse_held(NEW.id);
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER awards_held BEFORE UPDATE ON awards FOR EACH ROW EXECUTE FUNCTION keep_held_award();
--> statement-breakpoint
CREATE FUNCTION keep_held_from_payment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM awards WHERE id = NEW.award_id FOR UPDATE;
  PERFORM refuse_held(NEW.award_id);
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER payouts_held BEFORE INSERT ON payouts FOR EACH ROW EXECUTE FUNCTION keep_held_from_payment();
--> statement-breakpoint
-- A deputy is named by the grant's holder, agrees, and is let go by either or by an administrator; the words are those of
-- the row. Days that are over end it by themselves.
CREATE FUNCTION keep_delegation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  g staff_roles;
  moving text[] := ARRAY['accepted_at', 'ended_by', 'ended_at'];
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.ended_at IS NOT NULL OR to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving
       OR OLD.accepted_at IS NOT NULL AND NEW.accepted_at IS DISTINCT FROM OLD.accepted_at THEN
      PERFORM refuse('approval_delegations_history', 'a delegation is agreed to once, and ended');
    END IF;
    IF NEW.accepted_at IS DISTINCT FROM OLD.accepted_at AND acting_staff() IS NOT NULL AND acting_staff() <> NEW.deputy_id
       OR NEW.ended_at IS NOT NULL AND acting_staff() IS NOT NULL AND NEW.ended_by <> acting_staff()
       OR NEW.ended_by IS NOT NULL AND NEW.ended_by NOT IN (NEW.of_staff, NEW.deputy_id) AND NOT EXISTS (
         SELECT 1 FROM staff_roles r WHERE r.staff_id = NEW.ended_by AND r.role = 'administrator' AND r.revoked_at IS NULL) THEN
      PERFORM refuse('approval_delegations_by', 'the deputy agrees; either of the two or an administrator ends it');
    END IF;
    IF NEW.ended_at IS NOT NULL THEN RETURN NEW; END IF;
  ELSIF NEW.accepted_at IS NOT NULL OR NEW.ended_at IS NOT NULL THEN
    PERFORM refuse('approval_delegations_history', 'a delegation begins without the deputy''s word');
  END IF;
  SELECT * INTO g FROM staff_roles WHERE id = NEW.role_grant_id FOR SHARE;
  IF g.staff_id <> NEW.of_staff OR g.revoked_at IS NOT NULL
     OR g.role NOT IN ('finance_preparer', 'finance_reviewer', 'finance_approver') THEN
    PERFORM refuse('approval_delegations_grant', 'one''s own live grant of a finance role is stood in for');
  END IF;
  IF NOT EXISTS (SELECT 1 FROM staff_roles r JOIN staff p ON p.id = r.staff_id WHERE r.staff_id = NEW.deputy_id
       AND p.status = 'active' AND r.revoked_at IS NULL AND r.role IN ('finance_preparer', 'finance_reviewer', 'finance_approver'))
     OR EXISTS (SELECT 1 FROM staff_roles r WHERE r.staff_id = NEW.deputy_id AND r.revoked_at IS NULL
       AND r.role IN ('administrator', 'cashier', 'window_clerk')) THEN
    PERFORM refuse('approval_delegations_deputy', 'a deputy is trusted with finance already, and with nothing that bars it');
  END IF;
  IF NEW.body::jsonb <> jsonb_build_object('kind', 'approval-delegation/1', 'delegation', NEW.id, 'grant', NEW.role_grant_id,
      'role', g.role, 'of', NEW.of_staff, 'deputy', NEW.deputy_id, 'from', NEW.from_on, 'until', NEW.until_on) THEN
    PERFORM refuse('approval_delegations_body', 'a delegation''s words are those of its row');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER approval_delegations_keep BEFORE INSERT OR UPDATE ON approval_delegations
  FOR EACH ROW EXECUTE FUNCTION keep_delegation();
--> statement-breakpoint
-- A row of a set is frozen, and answered once.
CREATE FUNCTION keep_set_row() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.result IS NOT NULL OR NEW.result IS NULL OR to_jsonb(NEW) - 'result' IS DISTINCT FROM to_jsonb(OLD) - 'result' THEN
    PERFORM refuse('approval_set_rows_history', 'a chosen voucher is answered once, never changed');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER approval_set_rows_history BEFORE UPDATE ON approval_set_rows
  FOR EACH ROW EXECUTE FUNCTION keep_set_row();
