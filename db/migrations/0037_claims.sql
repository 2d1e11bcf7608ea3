CREATE TABLE "award_claims" (
	"award_id" uuid PRIMARY KEY NOT NULL,
	"told_on" date NOT NULL,
	"claim_by" date,
	"cash_most_fen" bigint,
	"extended_to" date,
	"extended_reason" text,
	"extended_by" uuid,
	"reminded_on" date,
	"way" text,
	"chosen_on" date,
	"claimant" text,
	"papers_kind" text,
	"papers_by" uuid,
	"papers_too" uuid,
	"papers_on" date,
	"papers_voided_on" date,
	CONSTRAINT "award_claims_way_ck" CHECK ("award_claims"."way" in ('transfer','window')),
	CONSTRAINT "award_claims_chosen_ck" CHECK (("award_claims"."way" is null) = ("award_claims"."chosen_on" is null)),
	CONSTRAINT "award_claims_claimant_ck" CHECK ("award_claims"."claimant" in ('self','proxy','heir')),
	CONSTRAINT "award_claims_proxy_ck" CHECK (not ("award_claims"."way" = 'transfer' and "award_claims"."claimant" = 'proxy')),
	CONSTRAINT "award_claims_claimant_chosen_ck" CHECK (("award_claims"."way" is null) = ("award_claims"."claimant" is null)),
	CONSTRAINT "award_claims_window_ck" CHECK ("award_claims"."claim_by" is null or "award_claims"."claim_by" >= "award_claims"."told_on"),
	CONSTRAINT "award_claims_extended_ck" CHECK (("award_claims"."extended_to" is null) = ("award_claims"."extended_reason" is null) and ("award_claims"."extended_to" is null) = ("award_claims"."extended_by" is null) and ("award_claims"."extended_to" is null or "award_claims"."extended_to" > "award_claims"."claim_by")),
	CONSTRAINT "award_claims_reason_ck" CHECK (char_length("award_claims"."extended_reason") between 5 and 300 and regexp_replace("award_claims"."extended_reason", '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}'),
	CONSTRAINT "award_claims_papers_ck" CHECK (("award_claims"."papers_kind" is null) = ("award_claims"."papers_by" is null) and ("award_claims"."papers_too" is null) = ("award_claims"."papers_on" is null) and ("award_claims"."papers_too" is null or "award_claims"."papers_by" is not null and "award_claims"."papers_too" <> "award_claims"."papers_by")),
	CONSTRAINT "award_claims_papers_kind_ck" CHECK ("award_claims"."papers_kind" in ('notarised_inheritance','court_decision','village_proof','other_legal'))
);
--> statement-breakpoint
CREATE TABLE "claim_codes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"award_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"hash" "bytea" NOT NULL,
	"made_on" date NOT NULL,
	"ends_on" date NOT NULL,
	"status" text NOT NULL,
	"ended_on" date,
	CONSTRAINT "claim_codes_hash_uq" UNIQUE("hash"),
	CONSTRAINT "claim_codes_number_uq" UNIQUE("award_id","number"),
	CONSTRAINT "claim_codes_hash_ck" CHECK (octet_length("claim_codes"."hash") = 32),
	CONSTRAINT "claim_codes_number_ck" CHECK ("claim_codes"."number" between 1 and 100),
	CONSTRAINT "claim_codes_status_ck" CHECK ("claim_codes"."status" in ('live','dead','spent')),
	CONSTRAINT "claim_codes_ended_ck" CHECK (("claim_codes"."status" = 'live') = ("claim_codes"."ended_on" is null)),
	CONSTRAINT "claim_codes_days_ck" CHECK ("claim_codes"."ends_on" >= "claim_codes"."made_on")
);
--> statement-breakpoint
CREATE TABLE "payee_details" (
	"id" uuid PRIMARY KEY NOT NULL,
	"award_id" uuid NOT NULL,
	"suite" text NOT NULL,
	"body" "bytea",
	"sealed_on" date NOT NULL,
	"shredded_on" date,
	"shredded_why" text,
	CONSTRAINT "payee_details_shredded_ck" CHECK (("payee_details"."shredded_on" is null) = ("payee_details"."body" is not null)),
	CONSTRAINT "payee_details_why_ck" CHECK (("payee_details"."shredded_on" is null) = ("payee_details"."shredded_why" is null)),
	CONSTRAINT "payee_details_reason_ck" CHECK ("payee_details"."shredded_why" in ('settled','replaced','ended')),
	CONSTRAINT "payee_details_size_ck" CHECK (octet_length("payee_details"."body") = 4124)
);
--> statement-breakpoint
CREATE TABLE "payee_releases" (
	"payee_id" uuid NOT NULL,
	"batch_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"role_key_id" uuid NOT NULL,
	"enc" "bytea" NOT NULL,
	"body" "bytea" NOT NULL,
	"released_by" uuid NOT NULL,
	"released_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "payee_releases_pk" PRIMARY KEY("payee_id","batch_id"),
	CONSTRAINT "payee_releases_two_ck" CHECK ("payee_releases"."person_id" <> "payee_releases"."released_by"),
	CONSTRAINT "payee_releases_enc_ck" CHECK (octet_length("payee_releases"."enc") = 32 and octet_length("payee_releases"."body") = 48)
);
--> statement-breakpoint
CREATE TABLE "pay_windows" (
	"id" uuid PRIMARY KEY NOT NULL,
	"fund_id" uuid NOT NULL,
	"code" text NOT NULL,
	"name_zh" text NOT NULL,
	"name_en" text NOT NULL,
	"address_zh" text NOT NULL,
	"address_en" text NOT NULL,
	"hours_zh" text NOT NULL,
	"hours_en" text NOT NULL,
	"status" text NOT NULL,
	"proposed_by" uuid NOT NULL,
	"proposed_at" timestamp (3) with time zone NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp (3) with time zone,
	"closed_by" uuid,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "pay_windows_code_uq" UNIQUE("code"),
	CONSTRAINT "pay_windows_code_ck" CHECK ("pay_windows"."code" ~ '^[A-Z]{2}$'),
	CONSTRAINT "pay_windows_status_ck" CHECK ("pay_windows"."status" in ('proposed','open','refused','closed')),
	CONSTRAINT "pay_windows_decided_ck" CHECK (("pay_windows"."status" = 'proposed') = ("pay_windows"."decided_by" is null) and ("pay_windows"."decided_by" is null) = ("pay_windows"."decided_at" is null)),
	CONSTRAINT "pay_windows_two_ck" CHECK ("pay_windows"."decided_by" is distinct from "pay_windows"."proposed_by"),
	CONSTRAINT "pay_windows_closed_ck" CHECK (("pay_windows"."status" = 'closed') = ("pay_windows"."closed_by" is not null) and ("pay_windows"."closed_by" is null) = ("pay_windows"."closed_at" is null)),
	CONSTRAINT "pay_windows_words_ck" CHECK (char_length("pay_windows"."name_zh") between 2 and 60 and char_length("pay_windows"."name_en") between 2 and 80 and char_length("pay_windows"."address_zh") between 4 and 120 and char_length("pay_windows"."address_en") between 4 and 160 and char_length("pay_windows"."hours_zh") between 4 and 80 and char_length("pay_windows"."hours_en") between 4 and 80)
);
--> statement-breakpoint
CREATE TABLE "window_days" (
	"window_id" uuid NOT NULL,
	"day" date NOT NULL,
	"counted_fen" bigint NOT NULL,
	"book_fen" bigint NOT NULL,
	"explanation" text,
	"status" text NOT NULL,
	"counted_by" uuid NOT NULL,
	"counted_at" timestamp (3) with time zone NOT NULL,
	"agreed_by" uuid,
	"agreed_at" timestamp (3) with time zone,
	CONSTRAINT "window_days_pk" PRIMARY KEY("window_id","day"),
	CONSTRAINT "window_days_counted_ck" CHECK ("window_days"."counted_fen" >= 0),
	CONSTRAINT "window_days_status_ck" CHECK ("window_days"."status" in ('counted','closed')),
	CONSTRAINT "window_days_explained_ck" CHECK ("window_days"."counted_fen" = "window_days"."book_fen" or char_length(coalesce("window_days"."explanation", '')) between 5 and 300),
	CONSTRAINT "window_days_two_ck" CHECK (("window_days"."agreed_by" is null) = ("window_days"."agreed_at" is null) and "window_days"."agreed_by" is distinct from "window_days"."counted_by" and ("window_days"."status" = 'counted' or "window_days"."counted_fen" = "window_days"."book_fen" or "window_days"."agreed_by" is not null)),
	CONSTRAINT "window_days_plain_ck" CHECK (regexp_replace("window_days"."explanation", '[-.:_/,·— 　]', '', 'g') !~ '[0-9０-９]{11}')
);
--> statement-breakpoint
CREATE TABLE "window_guards" (
	"window_id" uuid PRIMARY KEY NOT NULL,
	"wrong" integer DEFAULT 0 NOT NULL,
	"last_wrong_at" timestamp (3) with time zone,
	"locked_at" timestamp (3) with time zone,
	"unlocked_by" uuid,
	"unlocked_at" timestamp (3) with time zone,
	CONSTRAINT "window_guards_wrong_ck" CHECK ("window_guards"."wrong" >= 0)
);
--> statement-breakpoint
CREATE TABLE "window_movements" (
	"id" uuid PRIMARY KEY NOT NULL,
	"window_id" uuid NOT NULL,
	"day" date NOT NULL,
	"kind" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"transaction_id" uuid NOT NULL,
	"award_id" uuid,
	"slip" text,
	"code_name" text,
	"staff_id" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "window_movements_transaction_uq" UNIQUE("transaction_id"),
	CONSTRAINT "window_movements_slip_uq" UNIQUE("slip"),
	CONSTRAINT "window_movements_kind_ck" CHECK ("window_movements"."kind" in ('top_up','return','payment')),
	CONSTRAINT "window_movements_sign_ck" CHECK (case when "window_movements"."kind" = 'top_up' then "window_movements"."amount_fen" > 0 else "window_movements"."amount_fen" < 0 end),
	CONSTRAINT "window_movements_payment_ck" CHECK (("window_movements"."kind" = 'payment') = ("window_movements"."award_id" is not null) and ("window_movements"."kind" = 'payment') = ("window_movements"."slip" is not null) and ("window_movements"."kind" = 'payment') = ("window_movements"."code_name" is not null)),
	CONSTRAINT "window_movements_slip_ck" CHECK ("window_movements"."slip" ~ '^[A-Z]{2}[0-9]{8}-[0-9]{4}$')
);
--> statement-breakpoint
ALTER TABLE "payouts" DROP CONSTRAINT "payouts_kind_ck";--> statement-breakpoint
ALTER TABLE "award_claims" ADD CONSTRAINT "award_claims_award_fk" FOREIGN KEY ("award_id") REFERENCES "public"."awards"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "award_claims" ADD CONSTRAINT "award_claims_extender_fk" FOREIGN KEY ("extended_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "award_claims" ADD CONSTRAINT "award_claims_papers_by_fk" FOREIGN KEY ("papers_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "award_claims" ADD CONSTRAINT "award_claims_papers_too_fk" FOREIGN KEY ("papers_too") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "claim_codes" ADD CONSTRAINT "claim_codes_award_fk" FOREIGN KEY ("award_id") REFERENCES "public"."awards"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payee_details" ADD CONSTRAINT "payee_details_award_fk" FOREIGN KEY ("award_id") REFERENCES "public"."awards"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payee_releases" ADD CONSTRAINT "payee_releases_payee_fk" FOREIGN KEY ("payee_id") REFERENCES "public"."payee_details"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payee_releases" ADD CONSTRAINT "payee_releases_person_fk" FOREIGN KEY ("person_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payee_releases" ADD CONSTRAINT "payee_releases_releaser_fk" FOREIGN KEY ("released_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payee_releases" ADD CONSTRAINT "payee_releases_key_fk" FOREIGN KEY ("role_key_id") REFERENCES "public"."role_keys"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pay_windows" ADD CONSTRAINT "pay_windows_fund_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pay_windows" ADD CONSTRAINT "pay_windows_proposer_fk" FOREIGN KEY ("proposed_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pay_windows" ADD CONSTRAINT "pay_windows_decider_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pay_windows" ADD CONSTRAINT "pay_windows_closer_fk" FOREIGN KEY ("closed_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "window_days" ADD CONSTRAINT "window_days_window_fk" FOREIGN KEY ("window_id") REFERENCES "public"."pay_windows"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "window_days" ADD CONSTRAINT "window_days_counter_fk" FOREIGN KEY ("counted_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "window_days" ADD CONSTRAINT "window_days_agreer_fk" FOREIGN KEY ("agreed_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "window_guards" ADD CONSTRAINT "window_guards_window_fk" FOREIGN KEY ("window_id") REFERENCES "public"."pay_windows"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "window_guards" ADD CONSTRAINT "window_guards_unlocker_fk" FOREIGN KEY ("unlocked_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "window_movements" ADD CONSTRAINT "window_movements_window_fk" FOREIGN KEY ("window_id") REFERENCES "public"."pay_windows"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "window_movements" ADD CONSTRAINT "window_movements_transaction_fk" FOREIGN KEY ("transaction_id") REFERENCES "public"."ledger_transactions"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "window_movements" ADD CONSTRAINT "window_movements_award_fk" FOREIGN KEY ("award_id") REFERENCES "public"."awards"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "window_movements" ADD CONSTRAINT "window_movements_staff_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "award_claims_due_ix" ON "award_claims" USING btree ("claim_by");--> statement-breakpoint
CREATE UNIQUE INDEX "claim_codes_live_uq" ON "claim_codes" USING btree ("award_id") WHERE status = 'live';--> statement-breakpoint
CREATE UNIQUE INDEX "claim_codes_spent_uq" ON "claim_codes" USING btree ("award_id") WHERE status = 'spent';--> statement-breakpoint
CREATE INDEX "payee_details_award_ix" ON "payee_details" USING btree ("award_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payee_details_live_uq" ON "payee_details" USING btree ("award_id") WHERE shredded_on is null;--> statement-breakpoint
CREATE INDEX "payee_releases_batch_ix" ON "payee_releases" USING btree ("batch_id");--> statement-breakpoint
CREATE INDEX "pay_windows_fund_ix" ON "pay_windows" USING btree ("fund_id");--> statement-breakpoint
CREATE INDEX "window_movements_day_ix" ON "window_movements" USING btree ("window_id","day");--> statement-breakpoint
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_kind_ck" CHECK ("payouts"."kind" in ('transfer','window'));--> statement-breakpoint
-- From here on: what no table definition says of claims and windows. Refusals name their rule.
-- A claim: told once; a way is chosen until the award is paid; an extension and the papers are set once each.
CREATE FUNCTION keep_claim() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  a awards;
  voided boolean;
BEGIN
  SELECT * INTO a FROM awards WHERE id = NEW.award_id FOR UPDATE;
  IF TG_OP = 'INSERT' THEN
    IF a.status NOT IN ('approved', 'accepted', 'posted')
       OR (NEW.way, NEW.extended_to, NEW.papers_by, NEW.papers_voided_on, NEW.reminded_on)
          IS DISTINCT FROM (NULL::text, NULL::date, NULL::uuid, NULL::date, NULL::date) THEN
      PERFORM refuse('award_claims_begin', 'there is news of an award once it is approved, and nothing is chosen yet');
    END IF;
    RETURN NEW;
  END IF;
  -- What two saw counts for where the money goes now: another way voids it here, another account or code from there
  -- (void_papers).
  IF NEW.way IS DISTINCT FROM OLD.way AND OLD.papers_by IS NOT NULL THEN
    NEW.papers_kind := NULL; NEW.papers_by := NULL; NEW.papers_too := NULL; NEW.papers_on := NULL;
    NEW.papers_voided_on := NEW.chosen_on;
    voided := true;
  ELSE
    voided := pg_trigger_depth() > 1 AND NEW.papers_voided_on IS NOT NULL
      AND (NEW.papers_kind, NEW.papers_by, NEW.papers_too, NEW.papers_on) IS NOT DISTINCT FROM (NULL::text, NULL::uuid, NULL::uuid, NULL::date);
  END IF;
  IF NOT voided AND NEW.papers_voided_on IS DISTINCT FROM OLD.papers_voided_on THEN
    PERFORM refuse('award_claims_papers', 'papers are void when what they were seen for is replaced');
  END IF;
  IF (NEW.award_id, NEW.told_on, NEW.claim_by, NEW.cash_most_fen) IS DISTINCT FROM (OLD.award_id, OLD.told_on, OLD.claim_by, OLD.cash_most_fen)
     OR NOT voided AND OLD.papers_too IS NOT NULL AND (NEW.papers_kind, NEW.papers_by, NEW.papers_too, NEW.papers_on)
        IS DISTINCT FROM (OLD.papers_kind, OLD.papers_by, OLD.papers_too, OLD.papers_on)
     OR OLD.extended_to IS NOT NULL AND NEW.extended_to IS DISTINCT FROM OLD.extended_to AND NOT coalesce(NEW.extended_to > OLD.extended_to, false) THEN
    PERFORM refuse('award_claims_history', 'what an informant was told stays');
  END IF;
  IF NEW.extended_to IS DISTINCT FROM OLD.extended_to AND a.status <> 'approved' THEN
    PERFORM refuse('award_claims_extended', 'only what still waits to be accepted is extended');
  END IF;
  IF (NEW.way, NEW.chosen_on, NEW.claimant) IS DISTINCT FROM (OLD.way, OLD.chosen_on, OLD.claimant) THEN
    IF a.status NOT IN ('accepted', 'posted') OR NEW.way IS NULL THEN
      PERFORM refuse('award_claims_chosen', 'a way is chosen between acceptance and payment');
    END IF;
    IF NEW.way = 'window' AND a.amount_fen > NEW.cash_most_fen THEN
      PERFORM refuse('award_claims_cash', 'what is above the cash limit is not paid at a window');
    END IF;
    IF (OLD.papers_by IS NOT NULL OR OLD.papers_voided_on IS NOT NULL) AND NEW.claimant <> 'heir' THEN
      PERFORM refuse('award_claims_heir', 'whose papers were seen stays an heir');
    END IF;
  END IF;
  IF voided THEN
    RETURN NEW;
  END IF;
  IF NEW.papers_by IS DISTINCT FROM OLD.papers_by AND NEW.claimant IS DISTINCT FROM 'heir' THEN
    PERFORM refuse('award_claims_heir', 'papers are an heir''s');
  END IF;
  -- Each who saw them says so in their own name, and nobody who pays a transfer.
  IF NEW.papers_by IS DISTINCT FROM OLD.papers_by AND (NEW.papers_by IS DISTINCT FROM acting_staff() OR NEW.papers_too IS NOT NULL)
     OR NEW.papers_too IS DISTINCT FROM OLD.papers_too AND NEW.papers_too IS DISTINCT FROM acting_staff()
     OR NEW.papers_by IS DISTINCT FROM OLD.papers_by AND OLD.papers_by IS NOT NULL
     OR (NEW.papers_by, NEW.papers_too) IS DISTINCT FROM (OLD.papers_by, OLD.papers_too) AND NOT EXISTS (
       SELECT 1 FROM staff_roles r JOIN staff s ON s.id = r.staff_id WHERE r.staff_id = acting_staff() AND r.revoked_at IS NULL
         AND s.status = 'active' AND r.role = ANY (CASE NEW.way WHEN 'window' THEN ARRAY['window_clerk']
           ELSE ARRAY['finance_preparer', 'finance_reviewer', 'finance_approver'] END)) THEN
    PERFORM refuse('award_claims_papers', 'papers are seen by two, each in their own name');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER award_claims_keep BEFORE INSERT OR UPDATE ON award_claims FOR EACH ROW EXECUTE FUNCTION keep_claim();
--> statement-breakpoint
-- Nothing lapses before its last day is over: the posting that releases the money is dated after it. An award nobody
-- was told of, or without a window, does not lapse at all.
CREATE FUNCTION keep_lapse() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM award_claims c JOIN ledger_transactions t ON t.award_id = c.award_id
      WHERE c.award_id = NEW.id AND t.event = 'award.lapsed' AND t.event_on > coalesce(c.extended_to, c.claim_by)) THEN
    PERFORM refuse('awards_claim_window', 'an award lapses after the last day its informant was told');
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER awards_claim_window AFTER UPDATE ON awards DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.status = 'lapsed' AND OLD.status <> 'lapsed') EXECUTE FUNCTION keep_lapse();
--> statement-breakpoint
-- And nothing is accepted after it.
CREATE FUNCTION keep_acceptance_in_window() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM award_claims c WHERE c.award_id = NEW.id AND NEW.accepted_on > coalesce(c.extended_to, c.claim_by)) THEN
    PERFORM refuse('awards_claim_window', 'an award is accepted up to its last day');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER awards_accepted_in_window BEFORE UPDATE ON awards FOR EACH ROW
  WHEN (NEW.status = 'accepted' AND OLD.status = 'approved') EXECUTE FUNCTION keep_acceptance_in_window();
--> statement-breakpoint
-- Invariant 16: a code begins live, ends once, and is spent by a payment at a window or not at all.
CREATE FUNCTION keep_claim_code() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM 1 FROM awards WHERE id = NEW.award_id FOR UPDATE;
    IF NEW.status <> 'live' OR NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM claim_codes WHERE award_id = NEW.award_id)
       OR NOT EXISTS (SELECT 1 FROM award_claims c JOIN awards a ON a.id = c.award_id
            WHERE c.award_id = NEW.award_id AND c.way = 'window' AND a.status IN ('accepted', 'posted')) THEN
      PERFORM refuse('claim_codes_begin', 'a code is made for an award that waits to be paid at a window');
    END IF;
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) - 'status' - 'ended_on' IS DISTINCT FROM to_jsonb(OLD) - 'status' - 'ended_on' OR OLD.status <> 'live' THEN
    PERFORM refuse('claim_codes_history', 'a code ends once and is never made live again');
  END IF;
  IF NEW.status = 'spent' AND NEW.ended_on > OLD.ends_on THEN
    PERFORM refuse('claim_codes_over', 'a code is good up to its last day');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER claim_codes_keep BEFORE INSERT OR UPDATE ON claim_codes FOR EACH ROW EXECUTE FUNCTION keep_claim_code();
--> statement-breakpoint
CREATE FUNCTION judge_spent_code() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM payouts p WHERE p.award_id = NEW.award_id AND p.kind = 'window' AND p.paid_on = NEW.ended_on) THEN
    PERFORM refuse('claim_codes_paid', 'a code is spent by the payment it is spent for');
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER claim_codes_paid AFTER UPDATE ON claim_codes DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.status = 'spent') EXECUTE FUNCTION judge_spent_code();
--> statement-breakpoint
-- A payee record is written once and shredded once; with it go its shares and whatever was released of them.
CREATE FUNCTION keep_payee() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM 1 FROM awards a JOIN award_claims c ON c.award_id = a.id WHERE a.id = NEW.award_id
       AND a.status IN ('accepted', 'posted') AND c.way = 'transfer' FOR UPDATE OF a;
    IF NOT FOUND OR NEW.shredded_on IS NOT NULL THEN
      PERFORM refuse('payee_details_begin', 'where to is told for an award that is accepted and goes by transfer');
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.shredded_on IS NOT NULL OR NEW.shredded_on IS NULL
     OR to_jsonb(NEW) - ARRAY['body', 'shredded_on', 'shredded_why'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['body', 'shredded_on', 'shredded_why'] THEN
    PERFORM refuse('payee_details_history', 'a payee record is shredded, never edited');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER payee_details_keep BEFORE INSERT OR UPDATE ON payee_details FOR EACH ROW EXECUTE FUNCTION keep_payee();
--> statement-breakpoint
-- Two people saw an heir's papers for this account, or with this code on the counter. Where another takes its place, they
-- agreed to something else: what they noted is void and is asked for again.
CREATE FUNCTION void_papers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE award_claims SET papers_kind = NULL, papers_by = NULL, papers_too = NULL, papers_on = NULL,
         papers_voided_on = (to_jsonb(NEW) ->> CASE TG_TABLE_NAME WHEN 'payee_details' THEN 'sealed_on' ELSE 'made_on' END)::date
   WHERE award_id = NEW.award_id AND papers_by IS NOT NULL;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER payee_details_papers AFTER INSERT ON payee_details FOR EACH ROW EXECUTE FUNCTION void_papers();
--> statement-breakpoint
CREATE TRIGGER claim_codes_papers AFTER INSERT ON claim_codes FOR EACH ROW EXECUTE FUNCTION void_papers();
--> statement-breakpoint
CREATE FUNCTION shred_payee_keys() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  DELETE FROM sealed_keys WHERE owner_table = 'payee_details' AND owner_id = NEW.id;
  DELETE FROM payee_releases WHERE payee_id = NEW.id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER payee_details_shred AFTER UPDATE ON payee_details FOR EACH ROW
  WHEN (NEW.shredded_on IS NOT NULL AND OLD.shredded_on IS NULL) EXECUTE FUNCTION shred_payee_keys();
--> statement-breakpoint
CREATE FUNCTION is_shredded(payee uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM payee_details WHERE id = payee AND shredded_on IS NOT NULL)
$$;
--> statement-breakpoint
-- The last reader of a record's key may go with the record, of payees as of destroyed reports.
DROP TRIGGER sealed_keys_reader ON sealed_keys;
--> statement-breakpoint
CREATE TRIGGER sealed_keys_reader BEFORE DELETE ON sealed_keys FOR EACH ROW
  WHEN (NOT is_destroyed(OLD.owner_id) AND NOT (OLD.owner_table = 'payee_details' AND is_shredded(OLD.owner_id)))
  EXECUTE FUNCTION keep_a_reader();
--> statement-breakpoint
-- Two shares and never a whole key: approvers hold `a`, cashiers `b`, of a record that still stands.
CREATE FUNCTION keep_payee_share() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.record <> 'payee' OR NOT EXISTS (SELECT 1 FROM role_keys r WHERE r.id = NEW.role_key_id
       AND r.slot = CASE NEW.part WHEN 'a' THEN 'approver' WHEN 'b' THEN 'cashier' END)
     OR NOT EXISTS (SELECT 1 FROM payee_details d WHERE d.id = NEW.owner_id AND d.shredded_on IS NULL) THEN
    PERFORM refuse('sealed_keys_payee', 'a payee''s key lies in two shares, one with the approvers, one with the cashiers');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER sealed_keys_payee BEFORE INSERT ON sealed_keys FOR EACH ROW
  WHEN (NEW.owner_table = 'payee_details') EXECUTE FUNCTION keep_payee_share();
--> statement-breakpoint
-- Invariants 7 and 16 for one payment: the award's amount, its own posting, a live hand of the right office that signed
-- nothing, and the way the informant chose. A window pays against the code it spends, out of its own box.
CREATE OR REPLACE FUNCTION keep_payout() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  a awards;
  c award_claims;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF to_jsonb(NEW) - 'status' IS DISTINCT FROM to_jsonb(OLD) - 'status' OR OLD.status = 'bounced' THEN
      PERFORM refuse('payouts_history', 'a payment is bounced once, never edited');
    END IF;
    IF NEW.status = 'bounced' AND NEW.kind = 'window' THEN
      PERFORM refuse('payouts_cash', 'cash that was handed over does not bounce');
    END IF;
    RETURN NEW;
  END IF;
  SELECT * INTO a FROM awards WHERE id = NEW.award_id FOR UPDATE;
  SELECT * INTO c FROM award_claims WHERE award_id = NEW.award_id FOR UPDATE;
  IF NEW.status <> 'live' OR NEW.amount_fen <> a.amount_fen OR NEW.paid_on < a.accepted_on THEN
    PERFORM refuse('payouts_award', 'a payment is of the award''s amount, after its acceptance');
  END IF;
  IF NOT EXISTS (SELECT 1 FROM ledger_transactions t
      JOIN ledger_entries e ON e.transaction_id = t.id JOIN accounts k ON k.id = e.credit_account_id
      WHERE t.id = NEW.transaction_id AND t.event = 'award.paid' AND t.award_id = NEW.award_id
        AND t.actor_id = NEW.cashier_id AND t.event_on = NEW.paid_on
        AND k.kind = CASE NEW.kind WHEN 'window' THEN 'window_cash' ELSE 'treasury' END) THEN
    PERFORM refuse('payouts_transaction', 'a payment has its own posting');
  END IF;
  IF NEW.kind = 'window' AND c.way IS DISTINCT FROM 'window' OR c.way IS NOT NULL AND c.way <> NEW.kind THEN
    PERFORM refuse('payouts_way', 'an award is paid the way its informant chose');
  END IF;
  IF c.claimant = 'heir' AND c.papers_too IS NULL THEN
    PERFORM refuse('payouts_heir', 'an heir is paid once two have seen the papers');
  END IF;
  IF NEW.kind = 'window' AND NOT EXISTS (SELECT 1 FROM claim_codes k WHERE k.award_id = NEW.award_id
      AND k.status = 'spent' AND k.ended_on = NEW.paid_on) THEN
    PERFORM refuse('payouts_code', 'a window pays against a code it spends');
  END IF;
  PERFORM 1 FROM staff_roles r JOIN staff s ON s.id = r.staff_id WHERE r.staff_id = NEW.cashier_id AND s.status = 'active'
     AND r.role = CASE NEW.kind WHEN 'window' THEN 'window_clerk' ELSE 'cashier' END AND r.revoked_at IS NULL FOR SHARE OF r;
  IF NOT FOUND OR signed_voucher(NEW.award_id, NEW.cashier_id) THEN
    PERFORM refuse('payouts_cashier', 'a cashier pays, who signed nothing on the voucher');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE FUNCTION judge_window_payout() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM window_movements m WHERE m.transaction_id = NEW.transaction_id AND m.kind = 'payment'
      AND m.award_id = NEW.award_id AND m.amount_fen = -NEW.amount_fen AND m.slip = NEW.reference) THEN
    PERFORM refuse('payouts_box', 'a payment at a window comes out of that window''s box');
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE CONSTRAINT TRIGGER payouts_box AFTER INSERT ON payouts DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.kind = 'window') EXECUTE FUNCTION judge_window_payout();
--> statement-breakpoint
-- A window: proposed by one, opened by another, closed once. Its words stay as they were agreed.
CREATE FUNCTION keep_window() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> 'proposed' THEN
      PERFORM refuse('pay_windows_begin', 'a window is proposed first');
    END IF;
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) - ARRAY['status', 'decided_by', 'decided_at', 'closed_by', 'closed_at']
       IS DISTINCT FROM to_jsonb(OLD) - ARRAY['status', 'decided_by', 'decided_at', 'closed_by', 'closed_at']
     OR NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (('proposed', 'open'), ('proposed', 'refused'), ('open', 'closed'))
     OR OLD.decided_by IS NOT NULL AND NEW.decided_by IS DISTINCT FROM OLD.decided_by
     OR OLD.closed_by IS NOT NULL AND NEW.closed_by IS DISTINCT FROM OLD.closed_by THEN
    PERFORM refuse('pay_windows_history', 'a window is opened by a second person and closed once');
  END IF;
  IF NEW.status = 'closed' AND (SELECT coalesce(sum(m.amount_fen), 0) FROM window_movements m WHERE m.window_id = NEW.id) <> 0 THEN
    PERFORM refuse('pay_windows_empty', 'a window is closed with an empty box');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER pay_windows_keep BEFORE INSERT OR UPDATE ON pay_windows FOR EACH ROW EXECUTE FUNCTION keep_window();
--> statement-breakpoint
CREATE FUNCTION guard_new_window() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO window_guards (window_id) VALUES (NEW.id);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER pay_windows_guard AFTER INSERT ON pay_windows FOR EACH ROW EXECUTE FUNCTION guard_new_window();
--> statement-breakpoint
-- Invariants 5 and 20 for one box: what a window holds is never below nothing, and nothing joins a day that was counted.
CREATE FUNCTION keep_movement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE w pay_windows;
BEGIN
  SELECT * INTO w FROM pay_windows WHERE id = NEW.window_id FOR UPDATE;
  IF w.status <> 'open' THEN
    PERFORM refuse('window_movements_open', 'cash moves at an open window');
  END IF;
  IF EXISTS (SELECT 1 FROM window_days d WHERE d.window_id = NEW.window_id AND d.day >= NEW.day) THEN
    PERFORM refuse('window_movements_day', 'nothing is dated in a day that was counted');
  END IF;
  IF NOT EXISTS (SELECT 1 FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id
      JOIN accounts d ON d.id = e.debit_account_id JOIN accounts c ON c.id = e.credit_account_id
      WHERE t.id = NEW.transaction_id AND t.fund_id = w.fund_id AND t.event_on = NEW.day AND t.actor_id = NEW.staff_id
        AND t.award_id IS NOT DISTINCT FROM NEW.award_id AND e.amount_fen = abs(NEW.amount_fen)
        AND t.event = CASE NEW.kind WHEN 'top_up' THEN 'float.topped_up' WHEN 'return' THEN 'float.returned' ELSE 'award.paid' END
        AND CASE NEW.kind WHEN 'top_up' THEN d.kind ELSE c.kind END = 'window_cash') THEN
    PERFORM refuse('window_movements_posting', 'cash moves with its posting');
  END IF;
  IF (SELECT coalesce(sum(m.amount_fen), 0) FROM window_movements m WHERE m.window_id = NEW.window_id) + NEW.amount_fen < 0 THEN
    PERFORM refuse('window_movements_float', 'a window hands out no more than it holds');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER window_movements_keep BEFORE INSERT ON window_movements FOR EACH ROW EXECUTE FUNCTION keep_movement();
--> statement-breakpoint
CREATE TRIGGER window_movements_append_only BEFORE UPDATE OR DELETE ON window_movements FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE FUNCTION keep_window_day() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM pay_windows WHERE id = NEW.window_id FOR UPDATE;
  IF TG_OP = 'INSERT' THEN
    IF NEW.agreed_by IS NOT NULL OR EXISTS (SELECT 1 FROM window_days d WHERE d.window_id = NEW.window_id AND d.day >= NEW.day)
       OR EXISTS (SELECT 1 FROM window_days d WHERE d.window_id = NEW.window_id AND d.status = 'counted') THEN
      PERFORM refuse('window_days_order', 'days are counted one after the other');
    END IF;
    IF NEW.book_fen <> (SELECT coalesce(sum(m.amount_fen), 0) FROM window_movements m WHERE m.window_id = NEW.window_id)
       OR EXISTS (SELECT 1 FROM window_movements m WHERE m.window_id = NEW.window_id AND m.day > NEW.day) THEN
      PERFORM refuse('window_days_book', 'what was counted stands against what the book says');
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.status = 'closed' OR to_jsonb(NEW) - ARRAY['status', 'agreed_by', 'agreed_at'] IS DISTINCT FROM to_jsonb(OLD) - ARRAY['status', 'agreed_by', 'agreed_at'] THEN
    PERFORM refuse('window_days_history', 'a counted day is closed, never edited');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER window_days_keep BEFORE INSERT OR UPDATE ON window_days FOR EACH ROW EXECUTE FUNCTION keep_window_day();
--> statement-breakpoint
DO $$
DECLARE guarded text;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['award_claims','claim_codes','payee_details','pay_windows','window_guards','window_movements','window_days']
  LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', guarded || '_stays', guarded);
    EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', guarded || '_no_truncate', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['award_claims','claim_codes','payee_details','payee_releases','pay_windows','window_guards',
    'window_movements','window_days']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('CREATE POLICY portal ON %I USING ((SELECT acting_for_portal()))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['award_claims','window_movements','window_days','window_guards']
  LOOP
    EXECUTE format('CREATE POLICY money_reads ON %I FOR SELECT USING ((SELECT acting_as(
      ''finance_preparer'', ''finance_reviewer'', ''finance_approver'', ''cashier'', ''auditor'')))', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['window_movements','window_days','window_guards','funds','budgets','accounts']
  LOOP
    EXECUTE format('CREATE POLICY clerk_reads ON %I FOR SELECT USING ((SELECT acting_as(''window_clerk'')))', guarded);
  END LOOP;
END $$;
--> statement-breakpoint
-- The code on the counter: a clerk sees of awards and codes the one whose code was typed in this transaction, and
-- nothing else (app.claim_hash, in hex).
CREATE FUNCTION acting_claim_award() RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT c.award_id FROM claim_codes c WHERE acting_as('window_clerk')
     AND c.hash = decode(nullif(current_setting('app.claim_hash', true), ''), 'hex')
$$;
--> statement-breakpoint
CREATE FUNCTION acting_claim_pool() RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT a.pool_id FROM awards a WHERE a.id = (SELECT acting_claim_award())
$$;
--> statement-breakpoint
CREATE FUNCTION acting_reporter_payees() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT ARRAY(SELECT d.id FROM payee_details d JOIN awards a ON a.id = d.award_id WHERE a.tip_id = (SELECT acting_reporter_tip()))
$$;
--> statement-breakpoint
-- Which windows can pay an award is for its informant to know; of budgets and funds they read nothing else.
CREATE FUNCTION acting_reporter_fund(of_award uuid) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT b.fund_id FROM awards a JOIN budgets b ON b.id = a.budget_id
   WHERE a.id = of_award AND a.tip_id = (SELECT acting_reporter_tip())
$$;
--> statement-breakpoint
CREATE POLICY clerk_reads ON award_claims FOR SELECT USING (award_id = (SELECT acting_claim_award()));
--> statement-breakpoint
CREATE POLICY clerk_changes ON award_claims FOR UPDATE USING (award_id = (SELECT acting_claim_award()));
--> statement-breakpoint
CREATE POLICY finance_changes ON award_claims FOR UPDATE
  USING ((SELECT acting_as('finance_preparer', 'finance_reviewer', 'finance_approver')));
--> statement-breakpoint
CREATE POLICY clerk_reads ON claim_codes FOR SELECT USING (award_id = (SELECT acting_claim_award()));
--> statement-breakpoint
CREATE POLICY clerk_spends ON claim_codes FOR UPDATE USING (award_id = (SELECT acting_claim_award()));
--> statement-breakpoint
CREATE POLICY clerk_reads ON awards FOR SELECT USING (id = (SELECT acting_claim_award()));
--> statement-breakpoint
CREATE POLICY clerk_pays ON awards FOR UPDATE USING (id = (SELECT acting_claim_award()))
  WITH CHECK (id = (SELECT acting_claim_award()) AND status = 'paid');
--> statement-breakpoint
-- Which year's budget its money sits in.
CREATE POLICY clerk_reads ON award_carries FOR SELECT USING (award_id = (SELECT acting_claim_award()));
--> statement-breakpoint
CREATE POLICY clerk_reads ON reward_pools FOR SELECT USING (id = (SELECT acting_claim_pool()));
--> statement-breakpoint
CREATE POLICY clerk_reads ON payouts FOR SELECT USING (kind = 'window' AND (SELECT acting_as('window_clerk')));
--> statement-breakpoint
CREATE POLICY clerk_adds ON payouts FOR INSERT
  WITH CHECK (kind = 'window' AND cashier_id = (SELECT acting_staff()) AND (SELECT acting_as('window_clerk')));
--> statement-breakpoint
CREATE POLICY clerk_reads ON ledger_transactions FOR SELECT
  USING (actor_id = (SELECT acting_staff()) AND (SELECT acting_as('window_clerk')));
--> statement-breakpoint
CREATE POLICY clerk_adds ON ledger_transactions FOR INSERT
  WITH CHECK (event = 'award.paid' AND actor_id = (SELECT acting_staff()) AND (SELECT acting_as('window_clerk')));
--> statement-breakpoint
-- An entry joins only what its own database transaction wrote (ledger_entries_join), and of that a clerk writes payments alone.
CREATE POLICY clerk_adds ON ledger_entries FOR INSERT WITH CHECK ((SELECT acting_as('window_clerk')));
--> statement-breakpoint
-- The informant, by their receipt: the claim, its code (never readable again: a hash) and where to.
CREATE POLICY reporter_reads ON award_claims FOR SELECT USING (award_id = ANY ((SELECT acting_reporter_awards())::uuid[]));
--> statement-breakpoint
CREATE POLICY reporter_adds ON award_claims FOR INSERT WITH CHECK (award_id = ANY ((SELECT acting_reporter_awards())::uuid[]));
--> statement-breakpoint
CREATE POLICY reporter_changes ON award_claims FOR UPDATE USING (award_id = ANY ((SELECT acting_reporter_awards())::uuid[]));
--> statement-breakpoint
CREATE POLICY reporter_reads ON claim_codes FOR SELECT USING (award_id = ANY ((SELECT acting_reporter_awards())::uuid[]));
--> statement-breakpoint
CREATE POLICY reporter_adds ON claim_codes FOR INSERT WITH CHECK (award_id = ANY ((SELECT acting_reporter_awards())::uuid[]));
--> statement-breakpoint
CREATE POLICY reporter_changes ON claim_codes FOR UPDATE USING (award_id = ANY ((SELECT acting_reporter_awards())::uuid[]))
  WITH CHECK (award_id = ANY ((SELECT acting_reporter_awards())::uuid[]) AND status = 'dead');
--> statement-breakpoint
CREATE POLICY reporter_reads ON payee_details FOR SELECT USING (award_id = ANY ((SELECT acting_reporter_awards())::uuid[]));
--> statement-breakpoint
CREATE POLICY reporter_adds ON payee_details FOR INSERT WITH CHECK (award_id = ANY ((SELECT acting_reporter_awards())::uuid[]));
--> statement-breakpoint
CREATE POLICY reporter_changes ON payee_details FOR UPDATE USING (award_id = ANY ((SELECT acting_reporter_awards())::uuid[]));
--> statement-breakpoint
CREATE POLICY reporter_adds ON sealed_keys FOR INSERT
  WITH CHECK (owner_table = 'payee_details' AND owner_id = ANY ((SELECT acting_reporter_payees())::uuid[]));
--> statement-breakpoint
-- What a reporter may not write of their own claim: the deadline and the papers are the office's.
CREATE FUNCTION keep_claim_from_reporter() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE own text[] := ARRAY['way', 'chosen_on', 'claimant'];
BEGIN
  -- What their choice voids is no choice of theirs: keep_claim and void_papers write it.
  IF NEW.papers_by IS NULL THEN
    own := own || ARRAY['papers_kind', 'papers_by', 'papers_too', 'papers_on', 'papers_voided_on'];
  END IF;
  IF to_jsonb(NEW) - own IS DISTINCT FROM to_jsonb(OLD) - own THEN
    PERFORM refuse('award_claims_history', 'an informant chooses the way and nothing else');
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER award_claims_of_reporter BEFORE UPDATE ON award_claims FOR EACH ROW
  WHEN (current_setting('app.actor_kind', true) = 'reporter') EXECUTE FUNCTION keep_claim_from_reporter();
--> statement-breakpoint
-- The sealed record: those who hold a share of its key, the cashier also ends it.
CREATE POLICY payers_read ON payee_details FOR SELECT USING ((SELECT acting_as('finance_approver', 'cashier')));
--> statement-breakpoint
CREATE POLICY cashier_shreds ON payee_details FOR UPDATE USING ((SELECT acting_as('cashier')));
--> statement-breakpoint
CREATE POLICY payee_keys ON sealed_keys USING (owner_table = 'payee_details'
  AND (part = 'a' AND (SELECT acting_as('finance_approver')) OR part = 'b' AND (SELECT acting_as('cashier'))));
--> statement-breakpoint
CREATE POLICY approver_releases ON payee_releases FOR INSERT
  WITH CHECK (released_by = (SELECT acting_staff()) AND (SELECT acting_as('finance_approver')));
--> statement-breakpoint
CREATE POLICY approver_reads ON payee_releases FOR SELECT
  USING (released_by = (SELECT acting_staff()) AND (SELECT acting_as('finance_approver')));
--> statement-breakpoint
CREATE POLICY cashier_reads ON payee_releases FOR SELECT
  USING (person_id = (SELECT acting_staff()) AND (SELECT acting_as('cashier')));
--> statement-breakpoint
-- Windows are public once open; staff see those being set up.
CREATE POLICY published ON pay_windows FOR SELECT USING (status = 'open' AND (SELECT acting_for_anybody()));
--> statement-breakpoint
CREATE POLICY staff_reads ON pay_windows FOR SELECT USING ((SELECT acting_staff()) IS NOT NULL);
--> statement-breakpoint
CREATE POLICY office_proposes ON pay_windows FOR INSERT WITH CHECK (proposed_by = (SELECT acting_staff())
  AND (SELECT acting_as('administrator', 'finance_preparer', 'finance_reviewer', 'finance_approver')));
--> statement-breakpoint
-- Administrators and finance decide; who pays or counts holds the row meanwhile.
CREATE POLICY office_decides ON pay_windows FOR UPDATE
  USING ((SELECT acting_as('administrator', 'finance_preparer', 'finance_reviewer', 'finance_approver', 'cashier', 'window_clerk')))
  WITH CHECK ((SELECT acting_as('administrator', 'finance_preparer', 'finance_reviewer', 'finance_approver')));
--> statement-breakpoint
CREATE POLICY office_reads ON funds FOR SELECT USING ((SELECT acting_as('administrator')));
--> statement-breakpoint
CREATE POLICY counts_wrong ON window_guards FOR UPDATE
  USING ((SELECT acting_as('window_clerk', 'cashier', 'finance_preparer', 'finance_reviewer', 'finance_approver')));
--> statement-breakpoint
CREATE POLICY own_adds ON window_movements FOR INSERT
  WITH CHECK (staff_id = (SELECT acting_staff()) AND (SELECT acting_as('window_clerk', 'cashier', 'finance_approver')));
--> statement-breakpoint
CREATE POLICY own_counts ON window_days FOR INSERT
  WITH CHECK (counted_by = (SELECT acting_staff()) AND (SELECT acting_as('window_clerk')));
--> statement-breakpoint
CREATE POLICY second_agrees ON window_days FOR UPDATE
  USING ((SELECT acting_as('window_clerk', 'cashier', 'finance_preparer', 'finance_reviewer', 'finance_approver')))
  WITH CHECK (agreed_by = (SELECT acting_staff()));
--> statement-breakpoint
-- A conflict of interest outweighs every role.
CREATE POLICY recused ON award_claims AS RESTRICTIVE
  USING (NOT (SELECT acting_is_recused()) OR EXISTS (SELECT 1 FROM awards a WHERE a.id = award_claims.award_id));
--> statement-breakpoint
CREATE POLICY recused ON payee_details AS RESTRICTIVE
  USING (NOT (SELECT acting_is_recused()) OR EXISTS (SELECT 1 FROM awards a WHERE a.id = payee_details.award_id));
