CREATE TABLE "events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "events_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"recorded_on" date NOT NULL,
	"recorded_at" timestamp (3) with time zone,
	"actor_kind" text NOT NULL,
	"actor_id" uuid,
	"actor_snapshot" jsonb,
	"action" text NOT NULL,
	"lead_id" uuid,
	"subject_table" text NOT NULL,
	"subject_id" text NOT NULL,
	"data" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "events_actor_ck" CHECK ("events"."actor_kind" in ('reporter','staff','system')),
	CONSTRAINT "events_staff_ck" CHECK (("events"."actor_kind" = 'staff') = ("events"."actor_id" is not null)),
	CONSTRAINT "events_reporter_time_ck" CHECK ("events"."actor_kind" <> 'reporter' or "events"."recorded_at" is null)
);
--> statement-breakpoint
CREATE TABLE "findings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid NOT NULL,
	"version" integer NOT NULL,
	"supersedes_id" uuid,
	"status" text NOT NULL,
	"entity_class" text NOT NULL,
	"illegal_amount_fen" bigint,
	"penalty_fen" bigint,
	"illegal_gains_fen" bigint,
	"collected_fen" bigint,
	"decision_number" text NOT NULL,
	"decided_on" date NOT NULL,
	"is_final" boolean NOT NULL,
	"recorded_by" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"verified_by" uuid,
	"verified_at" timestamp (3) with time zone,
	"rejected_reason" text,
	CONSTRAINT "findings_status_ck" CHECK ("findings"."status" in ('recorded','verified','rejected','superseded')),
	CONSTRAINT "findings_class_ck" CHECK ("findings"."entity_class" in ('compliant','rectify','ban')),
	CONSTRAINT "findings_two_people_ck" CHECK ("findings"."verified_by" is null or "findings"."verified_by" <> "findings"."recorded_by"),
	CONSTRAINT "findings_verified_ck" CHECK ("findings"."status" <> 'verified' or ("findings"."verified_by" is not null and "findings"."verified_at" is not null)),
	CONSTRAINT "findings_amounts_ck" CHECK (coalesce("findings"."illegal_amount_fen", 0) >= 0 and coalesce("findings"."penalty_fen", 0) >= 0 and coalesce("findings"."illegal_gains_fen", 0) >= 0 and coalesce("findings"."collected_fen", 0) >= 0)
);
--> statement-breakpoint
CREATE TABLE "drafts" (
	"lookup_id" "bytea" PRIMARY KEY NOT NULL,
	"suite" text NOT NULL,
	"body" "bytea" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"started_on" date NOT NULL,
	"expires_on" date NOT NULL,
	CONSTRAINT "drafts_lookup_ck" CHECK (octet_length("drafts"."lookup_id") = 32)
);
--> statement-breakpoint
CREATE TABLE "sealed_values" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_table" text NOT NULL,
	"owner_id" uuid NOT NULL,
	"field" text NOT NULL,
	"suite" text NOT NULL,
	"body" "bytea" NOT NULL,
	CONSTRAINT "sealed_values_field_uq" UNIQUE("owner_table","owner_id","field")
);
--> statement-breakpoint
CREATE TABLE "tip_identifiers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tip_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"key" text NOT NULL,
	CONSTRAINT "tip_identifiers_kind_ck" CHECK ("tip_identifiers"."kind" in ('site', 'app', 'person', 'phone', 'account'))
);
--> statement-breakpoint
CREATE TABLE "tips" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lookup_id" "bytea" NOT NULL,
	"pack_id" text NOT NULL,
	"pack_version" text NOT NULL,
	"channel" text NOT NULL,
	"language" text NOT NULL,
	"mode" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_name" text NOT NULL,
	"uscc" text,
	"registered_at" text,
	"operating_at" text,
	"occurred_at" text,
	"sector" text NOT NULL,
	"red_lines" text[] NOT NULL,
	"started_on" text,
	"ongoing" text,
	"alleged_fen" bigint,
	"people" integer,
	"suspected_crime" boolean DEFAULT false NOT NULL,
	"wants_reward" boolean NOT NULL,
	"concerns_official" boolean DEFAULT false NOT NULL,
	"arrived_on" date NOT NULL,
	"arrival_no" bigint GENERATED ALWAYS AS IDENTITY (sequence name "tips_arrival_no_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"lead_id" uuid,
	CONSTRAINT "tips_lookup_uq" UNIQUE("lookup_id"),
	CONSTRAINT "tips_arrival_uq" UNIQUE("arrival_no"),
	CONSTRAINT "tips_lookup_ck" CHECK (octet_length("tips"."lookup_id") = 32),
	CONSTRAINT "tips_mode_ck" CHECK ("tips"."mode" in ('anonymous', 'named')),
	CONSTRAINT "tips_channel_ck" CHECK ("tips"."channel" in ('web', 'hotline')),
	CONSTRAINT "tips_language_ck" CHECK ("tips"."language" in ('zh-CN', 'en')),
	CONSTRAINT "tips_alleged_ck" CHECK ("tips"."alleged_fen" is null or "tips"."alleged_fen" >= 0),
	CONSTRAINT "tips_people_ck" CHECK ("tips"."people" is null or "tips"."people" >= 0)
);
--> statement-breakpoint
CREATE TABLE "dossier_keys" (
	"pack_id" text NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"dossier_id" uuid NOT NULL,
	CONSTRAINT "dossier_keys_pk" PRIMARY KEY("pack_id","kind","key"),
	CONSTRAINT "dossier_keys_kind_ck" CHECK ("dossier_keys"."kind" in ('uscc', 'site'))
);
--> statement-breakpoint
CREATE TABLE "dossiers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pack_id" text NOT NULL,
	"name" text NOT NULL,
	"opened_on" date NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lead_agencies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid NOT NULL,
	"agency_id" text NOT NULL,
	"relation" text NOT NULL,
	"from_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"to_at" timestamp (3) with time zone,
	CONSTRAINT "lead_agencies_relation_ck" CHECK ("lead_agencies"."relation" in ('lead','co_lead','cooperating','also'))
);
--> statement-breakpoint
CREATE TABLE "lead_sectors" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid NOT NULL,
	"sector" text NOT NULL,
	"is_primary" boolean NOT NULL,
	"from_on" date NOT NULL,
	"to_on" date
);
--> statement-breakpoint
CREATE TABLE "leads" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" bigint GENERATED ALWAYS AS IDENTITY (sequence name "leads_number_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"pack_id" text NOT NULL,
	"dossier_id" uuid NOT NULL,
	"name" text NOT NULL,
	"stage" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"is_major" boolean DEFAULT false NOT NULL,
	"leading_office_only" boolean DEFAULT false NOT NULL,
	"opened_on" date NOT NULL,
	"dispatched_at" timestamp (3) with time zone,
	"accept_due_on" date,
	"handle_due_on" date,
	"closure_code" text,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "leads_number_uq" UNIQUE("number"),
	CONSTRAINT "leads_stage_ck" CHECK ("leads"."stage" in ('new','triage','dispatched','investigating','determined','closed','disputed','rejected','returned')),
	CONSTRAINT "leads_closure_ck" CHECK ("leads"."closure_code" is null or "leads"."closure_code" in ('substantiated','unsubstantiated','rejected','transferred','duplicate','insufficient')),
	CONSTRAINT "leads_closed_ck" CHECK (("leads"."stage" in ('closed','rejected')) = ("leads"."closed_at" is not null)),
	CONSTRAINT "leads_closed_code_ck" CHECK (("leads"."closed_at" is not null) = ("leads"."closure_code" is not null))
);
--> statement-breakpoint
CREATE TABLE "routing_decisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"pack_id" text NOT NULL,
	"pack_version" text NOT NULL,
	"pack_sha256" text NOT NULL,
	"facts" jsonb NOT NULL,
	"decision" jsonb NOT NULL,
	"overridden" boolean DEFAULT false NOT NULL,
	"reason" text,
	"decided_by" uuid,
	"decided_on" date NOT NULL,
	"decision_no" bigint GENERATED ALWAYS AS IDENTITY (sequence name "routing_decisions_decision_no_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	CONSTRAINT "routing_decisions_kind_ck" CHECK ("routing_decisions"."kind" in ('proposed','confirmed')),
	CONSTRAINT "routing_decisions_by_ck" CHECK (("routing_decisions"."kind" = 'confirmed') = ("routing_decisions"."decided_by" is not null)),
	CONSTRAINT "routing_decisions_reason_ck" CHECK (not "routing_decisions"."overridden" or "routing_decisions"."reason" is not null)
);
--> statement-breakpoint
CREATE TABLE "account_balances" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"debit_fen" bigint DEFAULT 0 NOT NULL,
	"credit_fen" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"book" text NOT NULL,
	"kind" text NOT NULL,
	"fund_id" uuid NOT NULL,
	"budget_id" uuid,
	"currency" text DEFAULT 'CNY' NOT NULL,
	CONSTRAINT "accounts_kind_ck" CHECK (("accounts"."book" = 'budget' and "accounts"."budget_id" is not null and "accounts"."kind" in ('appropriation','available','encumbered','spent')) or ("accounts"."book" = 'financial' and "accounts"."budget_id" is null and "accounts"."kind" in ('expense','payable','treasury','window_cash','recoverable','suspense','funding')))
);
--> statement-breakpoint
CREATE TABLE "budgets" (
	"id" uuid PRIMARY KEY NOT NULL,
	"fund_id" uuid NOT NULL,
	"fiscal_year" integer NOT NULL,
	CONSTRAINT "budgets_year_uq" UNIQUE("fund_id","fiscal_year"),
	CONSTRAINT "budgets_year_ck" CHECK ("budgets"."fiscal_year" between 2000 and 2200)
);
--> statement-breakpoint
CREATE TABLE "funds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pack_id" text NOT NULL,
	"agency_id" text NOT NULL,
	"source" text NOT NULL,
	"slug" text NOT NULL,
	CONSTRAINT "funds_source_uq" UNIQUE("agency_id","source"),
	CONSTRAINT "funds_slug_uq" UNIQUE("slug"),
	CONSTRAINT "funds_slug_ck" CHECK ("funds"."slug" ~ '^[a-z][a-z0-9-]{1,40}$')
);
--> statement-breakpoint
CREATE TABLE "ledger_entries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"transaction_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"debit_account_id" uuid NOT NULL,
	"credit_account_id" uuid NOT NULL,
	"amount_fen" bigint NOT NULL,
	CONSTRAINT "ledger_entries_line_uq" UNIQUE("transaction_id","line"),
	CONSTRAINT "ledger_entries_amount_ck" CHECK ("ledger_entries"."amount_fen" > 0),
	CONSTRAINT "ledger_entries_sides_ck" CHECK ("ledger_entries"."debit_account_id" <> "ledger_entries"."credit_account_id")
);
--> statement-breakpoint
CREATE TABLE "ledger_transactions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event" text NOT NULL,
	"event_on" date NOT NULL,
	"recorded_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"fund_id" uuid NOT NULL,
	"idempotency_key" text NOT NULL,
	"corrects_id" uuid,
	"award_id" uuid,
	"actor_id" uuid,
	CONSTRAINT "ledger_transactions_idempotency_uq" UNIQUE("idempotency_key"),
	CONSTRAINT "ledger_transactions_corrects_uq" UNIQUE("corrects_id")
);
--> statement-breakpoint
CREATE TABLE "posting_rules" (
	"event" text NOT NULL,
	"debit_kind" text NOT NULL,
	"credit_kind" text NOT NULL,
	CONSTRAINT "posting_rules_pk" PRIMARY KEY("event","debit_kind","credit_kind")
);
--> statement-breakpoint
CREATE TABLE "voucher_numbers" (
	"fiscal_year" integer NOT NULL,
	"number" integer NOT NULL,
	"transaction_id" uuid NOT NULL,
	CONSTRAINT "voucher_numbers_pk" PRIMARY KEY("fiscal_year","number"),
	CONSTRAINT "voucher_numbers_transaction_uq" UNIQUE("transaction_id"),
	CONSTRAINT "voucher_numbers_positive_ck" CHECK ("voucher_numbers"."number" > 0)
);
--> statement-breakpoint
CREATE TABLE "packs" (
	"pack_id" text NOT NULL,
	"version" text NOT NULL,
	"sha256" text NOT NULL,
	"content" jsonb NOT NULL,
	"loaded_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "packs_pk" PRIMARY KEY("pack_id","version")
);
--> statement-breakpoint
CREATE TABLE "schemes" (
	"scheme_id" text NOT NULL,
	"version" text NOT NULL,
	"sha256" text NOT NULL,
	"content" jsonb NOT NULL,
	"effective_from" date NOT NULL,
	"effective_to" date,
	"loaded_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "schemes_pk" PRIMARY KEY("scheme_id","version")
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"set_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payouts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"award_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"paid_on" date NOT NULL,
	"reference" text NOT NULL,
	"status" text NOT NULL,
	"transaction_id" uuid NOT NULL,
	"cashier_id" uuid NOT NULL,
	"recorded_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "payouts_kind_ck" CHECK ("payouts"."kind" in ('transfer')),
	CONSTRAINT "payouts_status_ck" CHECK ("payouts"."status" in ('live','bounced')),
	CONSTRAINT "payouts_amount_ck" CHECK ("payouts"."amount_fen" > 0),
	CONSTRAINT "payouts_reference_ck" CHECK ("payouts"."reference" ~ '^[A-Z]{2}[A-Z0-9-]{4,30}$' and "payouts"."reference" !~ '[0-9]{15}')
);
--> statement-breakpoint
CREATE TABLE "approval_steps" (
	"id" uuid PRIMARY KEY NOT NULL,
	"voucher_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"action" text NOT NULL,
	"actor_id" uuid NOT NULL,
	"role_grant_id" uuid NOT NULL,
	"role_grant_snapshot" jsonb NOT NULL,
	"passkey_id" uuid NOT NULL,
	"credential_id" text NOT NULL,
	"public_key" "bytea" NOT NULL,
	"nonce" text NOT NULL,
	"previous_hash" "bytea",
	"signed_body" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"authenticator_data" "bytea" NOT NULL,
	"client_data_json" "bytea" NOT NULL,
	"signature" "bytea" NOT NULL,
	"rp_id" text NOT NULL,
	"origin" text NOT NULL,
	"reason" text,
	"signed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "approval_steps_position_uq" UNIQUE("voucher_id","position"),
	CONSTRAINT "approval_steps_actor_uq" UNIQUE("voucher_id","actor_id"),
	CONSTRAINT "approval_steps_nonce_uq" UNIQUE("nonce"),
	CONSTRAINT "approval_steps_action_ck" CHECK ("approval_steps"."action" in ('prepare','review','approve','reject')),
	CONSTRAINT "approval_steps_hash_ck" CHECK ("approval_steps"."hash" = sha256(convert_to("approval_steps"."signed_body", 'UTF8'))),
	CONSTRAINT "approval_steps_first_ck" CHECK (("approval_steps"."position" = 1) = ("approval_steps"."previous_hash" is null)),
	CONSTRAINT "approval_steps_reason_ck" CHECK ("approval_steps"."action" <> 'reject' or "approval_steps"."reason" is not null)
);
--> statement-breakpoint
CREATE TABLE "awards" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pool_id" uuid NOT NULL,
	"lead_id" uuid NOT NULL,
	"tip_id" uuid NOT NULL,
	"stage" text NOT NULL,
	"version" integer NOT NULL,
	"supersedes_id" uuid,
	"code_name" text NOT NULL,
	"amount_fen" bigint NOT NULL,
	"budget_id" uuid NOT NULL,
	"status" text NOT NULL,
	"accepted_on" date,
	CONSTRAINT "awards_code_uq" UNIQUE("code_name"),
	CONSTRAINT "awards_amount_ck" CHECK ("awards"."amount_fen" > 0),
	CONSTRAINT "awards_status_ck" CHECK ("awards"."status" in ('drafted','prepared','reviewed','approved','accepted','posted','paid','rejected','superseded','revoked','lapsed')),
	CONSTRAINT "awards_accepted_ck" CHECK ("awards"."status" not in ('accepted','posted','paid') or "awards"."accepted_on" is not null)
);
--> statement-breakpoint
CREATE TABLE "reward_pools" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid NOT NULL,
	"finding_id" uuid NOT NULL,
	"pack_id" text NOT NULL,
	"stage" text NOT NULL,
	"version" integer NOT NULL,
	"supersedes_id" uuid,
	"status" text NOT NULL,
	"scheme_id" text NOT NULL,
	"scheme_version" text NOT NULL,
	"case_input" jsonb NOT NULL,
	"computation" jsonb NOT NULL,
	"amount_fen" bigint NOT NULL,
	"currency" text DEFAULT 'CNY' NOT NULL,
	"consultation_ref" text,
	"computed_by" uuid NOT NULL,
	"computed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reward_pools_status_ck" CHECK ("reward_pools"."status" in ('live','superseded')),
	CONSTRAINT "reward_pools_stage_ck" CHECK ("reward_pools"."stage" in ('interim','final','supplement')),
	CONSTRAINT "reward_pools_amount_ck" CHECK ("reward_pools"."amount_fen" >= 0)
);
--> statement-breakpoint
CREATE TABLE "vouchers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"award_id" uuid NOT NULL,
	"body" text NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "vouchers_award_uq" UNIQUE("award_id"),
	CONSTRAINT "vouchers_hash_ck" CHECK ("vouchers"."hash" = sha256(convert_to("vouchers"."body", 'UTF8')))
);
--> statement-breakpoint
CREATE TABLE "agencies" (
	"id" text PRIMARY KEY NOT NULL,
	"pack_id" text NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"name_en" text NOT NULL,
	"valid_from" date,
	"valid_to" date,
	"successor_id" text,
	CONSTRAINT "agencies_slug_uq" UNIQUE("pack_id","slug")
);
--> statement-breakpoint
CREATE TABLE "enrolment_links" (
	"id" uuid PRIMARY KEY NOT NULL,
	"staff_id" uuid NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"created_by" uuid,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	CONSTRAINT "enrolment_links_token_uq" UNIQUE("token_hash"),
	CONSTRAINT "enrolment_links_expiry_ck" CHECK ("enrolment_links"."expires_at" > "enrolment_links"."created_at")
);
--> statement-breakpoint
CREATE TABLE "passkeys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"staff_id" uuid NOT NULL,
	"credential_id" text NOT NULL,
	"public_key" "bytea" NOT NULL,
	"sign_count" bigint DEFAULT 0 NOT NULL,
	"transports" text[] DEFAULT '{}' NOT NULL,
	"backed_up" boolean DEFAULT false NOT NULL,
	"prf_capable" boolean DEFAULT false NOT NULL,
	"kind" text DEFAULT 'passkey' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "passkeys_credential_uq" UNIQUE("credential_id"),
	CONSTRAINT "passkeys_kind_ck" CHECK ("passkeys"."kind" in ('passkey', 'seed')),
	CONSTRAINT "passkeys_seed_revoked_ck" CHECK ("passkeys"."kind" <> 'seed' or "passkeys"."revoked_at" is not null)
);
--> statement-breakpoint
CREATE TABLE "staff" (
	"id" uuid PRIMARY KEY NOT NULL,
	"display_name" text NOT NULL,
	"agency_id" text NOT NULL,
	"is_demo" boolean DEFAULT false NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "staff_status_ck" CHECK ("staff"."status" in ('active', 'suspended')),
	CONSTRAINT "staff_name_ck" CHECK (char_length("staff"."display_name") between 1 and 60)
);
--> statement-breakpoint
CREATE TABLE "staff_roles" (
	"id" uuid PRIMARY KEY NOT NULL,
	"staff_id" uuid NOT NULL,
	"role" text NOT NULL,
	"granted_by" uuid,
	"granted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"revoked_by" uuid,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "staff_roles_role_ck" CHECK ("staff_roles"."role" in ('hotline_operator','notice_desk','triage_officer','agency_officer','agency_verifier','finance_preparer','finance_reviewer','finance_approver','cashier','window_clerk','identity_custodian','auditor','administrator')),
	CONSTRAINT "staff_roles_own_grant_ck" CHECK ("staff_roles"."granted_by" is null or "staff_roles"."granted_by" <> "staff_roles"."staff_id")
);
--> statement-breakpoint
CREATE TABLE "staff_sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"staff_id" uuid NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"method" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "staff_sessions_token_uq" UNIQUE("token_hash"),
	CONSTRAINT "staff_sessions_method_ck" CHECK ("staff_sessions"."method" in ('passkey', 'demo'))
);
--> statement-breakpoint
CREATE TABLE "webauthn_challenges" (
	"id" uuid PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"staff_id" uuid,
	"challenge" text NOT NULL,
	"context" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	CONSTRAINT "webauthn_challenges_challenge_uq" UNIQUE("challenge"),
	CONSTRAINT "webauthn_challenges_purpose_ck" CHECK ("webauthn_challenges"."purpose" in ('enrol', 'sign_in', 'sign'))
);
--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "findings" ADD CONSTRAINT "findings_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "findings" ADD CONSTRAINT "findings_supersedes_fk" FOREIGN KEY ("supersedes_id") REFERENCES "public"."findings"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "findings" ADD CONSTRAINT "findings_recorder_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "findings" ADD CONSTRAINT "findings_verifier_fk" FOREIGN KEY ("verified_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tip_identifiers" ADD CONSTRAINT "tip_identifiers_tip_fk" FOREIGN KEY ("tip_id") REFERENCES "public"."tips"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tips" ADD CONSTRAINT "tips_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_keys" ADD CONSTRAINT "dossier_keys_dossier_fk" FOREIGN KEY ("dossier_id") REFERENCES "public"."dossiers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_agencies" ADD CONSTRAINT "lead_agencies_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_agencies" ADD CONSTRAINT "lead_agencies_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_sectors" ADD CONSTRAINT "lead_sectors_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "leads" ADD CONSTRAINT "leads_dossier_fk" FOREIGN KEY ("dossier_id") REFERENCES "public"."dossiers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "routing_decisions" ADD CONSTRAINT "routing_decisions_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "routing_decisions" ADD CONSTRAINT "routing_decisions_staff_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_balances" ADD CONSTRAINT "account_balances_account_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_fund_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_budget_fk" FOREIGN KEY ("budget_id") REFERENCES "public"."budgets"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "budgets" ADD CONSTRAINT "budgets_fund_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "funds" ADD CONSTRAINT "funds_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_transaction_fk" FOREIGN KEY ("transaction_id") REFERENCES "public"."ledger_transactions"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_debit_fk" FOREIGN KEY ("debit_account_id") REFERENCES "public"."accounts"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_entries_credit_fk" FOREIGN KEY ("credit_account_id") REFERENCES "public"."accounts"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_transactions" ADD CONSTRAINT "ledger_transactions_fund_fk" FOREIGN KEY ("fund_id") REFERENCES "public"."funds"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_transactions" ADD CONSTRAINT "ledger_transactions_corrects_fk" FOREIGN KEY ("corrects_id") REFERENCES "public"."ledger_transactions"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ledger_transactions" ADD CONSTRAINT "ledger_transactions_actor_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "voucher_numbers" ADD CONSTRAINT "voucher_numbers_transaction_fk" FOREIGN KEY ("transaction_id") REFERENCES "public"."ledger_transactions"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_award_fk" FOREIGN KEY ("award_id") REFERENCES "public"."awards"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_transaction_fk" FOREIGN KEY ("transaction_id") REFERENCES "public"."ledger_transactions"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payouts" ADD CONSTRAINT "payouts_cashier_fk" FOREIGN KEY ("cashier_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_steps" ADD CONSTRAINT "approval_steps_voucher_fk" FOREIGN KEY ("voucher_id") REFERENCES "public"."vouchers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_steps" ADD CONSTRAINT "approval_steps_actor_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_steps" ADD CONSTRAINT "approval_steps_grant_fk" FOREIGN KEY ("role_grant_id") REFERENCES "public"."staff_roles"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_steps" ADD CONSTRAINT "approval_steps_passkey_fk" FOREIGN KEY ("passkey_id") REFERENCES "public"."passkeys"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "awards" ADD CONSTRAINT "awards_pool_fk" FOREIGN KEY ("pool_id") REFERENCES "public"."reward_pools"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "awards" ADD CONSTRAINT "awards_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "awards" ADD CONSTRAINT "awards_tip_fk" FOREIGN KEY ("tip_id") REFERENCES "public"."tips"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "awards" ADD CONSTRAINT "awards_budget_fk" FOREIGN KEY ("budget_id") REFERENCES "public"."budgets"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "awards" ADD CONSTRAINT "awards_supersedes_fk" FOREIGN KEY ("supersedes_id") REFERENCES "public"."awards"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reward_pools" ADD CONSTRAINT "reward_pools_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reward_pools" ADD CONSTRAINT "reward_pools_finding_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."findings"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reward_pools" ADD CONSTRAINT "reward_pools_scheme_fk" FOREIGN KEY ("scheme_id","scheme_version") REFERENCES "public"."schemes"("scheme_id","version") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reward_pools" ADD CONSTRAINT "reward_pools_supersedes_fk" FOREIGN KEY ("supersedes_id") REFERENCES "public"."reward_pools"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reward_pools" ADD CONSTRAINT "reward_pools_staff_fk" FOREIGN KEY ("computed_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "vouchers" ADD CONSTRAINT "vouchers_award_fk" FOREIGN KEY ("award_id") REFERENCES "public"."awards"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agencies" ADD CONSTRAINT "agencies_successor_fk" FOREIGN KEY ("successor_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrolment_links" ADD CONSTRAINT "enrolment_links_staff_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "enrolment_links" ADD CONSTRAINT "enrolment_links_creator_fk" FOREIGN KEY ("created_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passkeys" ADD CONSTRAINT "passkeys_staff_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff" ADD CONSTRAINT "staff_agency_fk" FOREIGN KEY ("agency_id") REFERENCES "public"."agencies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_roles" ADD CONSTRAINT "staff_roles_staff_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_roles" ADD CONSTRAINT "staff_roles_granter_fk" FOREIGN KEY ("granted_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_roles" ADD CONSTRAINT "staff_roles_revoker_fk" FOREIGN KEY ("revoked_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_sessions" ADD CONSTRAINT "staff_sessions_staff_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webauthn_challenges" ADD CONSTRAINT "webauthn_challenges_staff_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "events_lead_ix" ON "events" USING btree ("lead_id","seq");--> statement-breakpoint
CREATE INDEX "events_subject_ix" ON "events" USING btree ("subject_table","subject_id","seq");--> statement-breakpoint
CREATE INDEX "findings_lead_ix" ON "findings" USING btree ("lead_id","version");--> statement-breakpoint
CREATE UNIQUE INDEX "findings_version_uq" ON "findings" USING btree ("lead_id","version");--> statement-breakpoint
CREATE UNIQUE INDEX "findings_live_uq" ON "findings" USING btree ("lead_id") WHERE status in ('recorded','verified');--> statement-breakpoint
CREATE INDEX "drafts_expiry_ix" ON "drafts" USING btree ("expires_on");--> statement-breakpoint
CREATE INDEX "tip_identifiers_tip_ix" ON "tip_identifiers" USING btree ("tip_id");--> statement-breakpoint
CREATE INDEX "tip_identifiers_key_ix" ON "tip_identifiers" USING btree ("kind","key");--> statement-breakpoint
CREATE INDEX "tips_lead_ix" ON "tips" USING btree ("lead_id","arrival_no");--> statement-breakpoint
CREATE INDEX "tips_lead_day_ix" ON "tips" USING btree ("lead_id","arrived_on");--> statement-breakpoint
CREATE INDEX "dossier_keys_dossier_ix" ON "dossier_keys" USING btree ("dossier_id");--> statement-breakpoint
CREATE UNIQUE INDEX "lead_agencies_live_uq" ON "lead_agencies" USING btree ("lead_id","agency_id") WHERE to_at is null;--> statement-breakpoint
CREATE INDEX "lead_agencies_agency_ix" ON "lead_agencies" USING btree ("agency_id","lead_id");--> statement-breakpoint
CREATE UNIQUE INDEX "lead_sectors_live_uq" ON "lead_sectors" USING btree ("lead_id","sector") WHERE to_on is null;--> statement-breakpoint
CREATE UNIQUE INDEX "lead_sectors_primary_uq" ON "lead_sectors" USING btree ("lead_id") WHERE to_on is null and is_primary;--> statement-breakpoint
CREATE UNIQUE INDEX "leads_open_uq" ON "leads" USING btree ("dossier_id") WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX "leads_board_ix" ON "leads" USING btree ("stage","is_major","number");--> statement-breakpoint
CREATE INDEX "routing_decisions_lead_ix" ON "routing_decisions" USING btree ("lead_id","decision_no");--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_budget_uq" ON "accounts" USING btree ("budget_id","kind","currency") WHERE book = 'budget';--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_financial_uq" ON "accounts" USING btree ("fund_id","kind","currency") WHERE book = 'financial';--> statement-breakpoint
CREATE INDEX "ledger_entries_debit_ix" ON "ledger_entries" USING btree ("debit_account_id");--> statement-breakpoint
CREATE INDEX "ledger_entries_credit_ix" ON "ledger_entries" USING btree ("credit_account_id");--> statement-breakpoint
CREATE INDEX "ledger_transactions_award_ix" ON "ledger_transactions" USING btree ("award_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payouts_live_uq" ON "payouts" USING btree ("award_id") WHERE status = 'live';--> statement-breakpoint
CREATE UNIQUE INDEX "payouts_reference_uq" ON "payouts" USING btree ("reference");--> statement-breakpoint
CREATE UNIQUE INDEX "awards_live_uq" ON "awards" USING btree ("lead_id","tip_id","stage") WHERE status not in ('rejected','superseded','revoked','lapsed');--> statement-breakpoint
CREATE INDEX "awards_tip_ix" ON "awards" USING btree ("tip_id");--> statement-breakpoint
CREATE INDEX "awards_queue_ix" ON "awards" USING btree ("status","id");--> statement-breakpoint
CREATE UNIQUE INDEX "reward_pools_live_uq" ON "reward_pools" USING btree ("lead_id","stage") WHERE status = 'live';--> statement-breakpoint
CREATE UNIQUE INDEX "reward_pools_version_uq" ON "reward_pools" USING btree ("lead_id","stage","version");--> statement-breakpoint
CREATE INDEX "passkeys_staff_ix" ON "passkeys" USING btree ("staff_id");--> statement-breakpoint
CREATE UNIQUE INDEX "staff_roles_live_uq" ON "staff_roles" USING btree ("staff_id","role") WHERE revoked_at is null;--> statement-breakpoint
CREATE INDEX "staff_sessions_staff_ix" ON "staff_sessions" USING btree ("staff_id");--> statement-breakpoint
CREATE INDEX "webauthn_challenges_expiry_ix" ON "webauthn_challenges" USING btree ("expires_at");