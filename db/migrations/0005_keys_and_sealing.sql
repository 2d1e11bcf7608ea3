CREATE TABLE "audit_roots" (
	"day" date PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL,
	"hash" "bytea" NOT NULL,
	"made_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "audit_roots_hash_ck" CHECK (octet_length("audit_roots"."hash") = 32)
);
--> statement-breakpoint
CREATE TABLE "event_chain" (
	"position" bigint PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "event_chain_event_uq" UNIQUE("event_id"),
	CONSTRAINT "event_chain_hash_ck" CHECK (octet_length("event_chain"."hash") = 32)
);
--> statement-breakpoint
CREATE TABLE "key_grants" (
	"id" uuid PRIMARY KEY NOT NULL,
	"role_key_id" uuid NOT NULL,
	"personal_key_id" uuid,
	"recovery_key_id" uuid,
	"enc" "bytea" NOT NULL,
	"body" "bytea" NOT NULL,
	"granted_by" uuid,
	"granted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "key_grants_to_ck" CHECK (("key_grants"."personal_key_id" is null) <> ("key_grants"."recovery_key_id" is null)),
	CONSTRAINT "key_grants_enc_ck" CHECK (octet_length("key_grants"."enc") = 32 and octet_length("key_grants"."body") = 48)
);
--> statement-breakpoint
CREATE TABLE "personal_key_wraps" (
	"id" uuid PRIMARY KEY NOT NULL,
	"personal_key_id" uuid NOT NULL,
	"method" text NOT NULL,
	"passkey_id" uuid,
	"salt" "bytea" NOT NULL,
	"body" "bytea" NOT NULL,
	"made_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "personal_key_wraps_method_ck" CHECK ("personal_key_wraps"."method" in ('passkey','recovery_code','demo_passphrase')),
	CONSTRAINT "personal_key_wraps_passkey_ck" CHECK (("personal_key_wraps"."method" = 'passkey') = ("personal_key_wraps"."passkey_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "personal_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"staff_id" uuid NOT NULL,
	"public_key" "bytea" NOT NULL,
	"made_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"retired_at" timestamp (3) with time zone,
	CONSTRAINT "personal_keys_public_ck" CHECK (octet_length("personal_keys"."public_key") = 32)
);
--> statement-breakpoint
CREATE TABLE "role_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"slot" text NOT NULL,
	"epoch" integer NOT NULL,
	"public_key" "bytea" NOT NULL,
	"made_by" uuid,
	"made_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"rotation_due_since" timestamp (3) with time zone,
	"retired_at" timestamp (3) with time zone,
	CONSTRAINT "role_keys_epoch_uq" UNIQUE("slot","epoch"),
	CONSTRAINT "role_keys_public_ck" CHECK (octet_length("role_keys"."public_key") = 32),
	CONSTRAINT "role_keys_epoch_ck" CHECK ("role_keys"."epoch" >= 1),
	CONSTRAINT "role_keys_slot_ck" CHECK ("role_keys"."slot" in ('triage','notice_desk','custodian_a','custodian_b','approver','cashier','recovery') or "role_keys"."slot" like 'agency:%')
);
--> statement-breakpoint
CREATE TABLE "lead_recusals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lead_id" uuid NOT NULL,
	"staff_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"declared_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"ended_by" uuid,
	CONSTRAINT "lead_recusals_reason_ck" CHECK (char_length("lead_recusals"."reason") between 2 and 300),
	CONSTRAINT "lead_recusals_ended_ck" CHECK (("lead_recusals"."ended_at" is null) = ("lead_recusals"."ended_by" is null)),
	CONSTRAINT "lead_recusals_not_own_end_ck" CHECK ("lead_recusals"."ended_by" is null or "lead_recusals"."ended_by" <> "lead_recusals"."staff_id")
);
--> statement-breakpoint
CREATE TABLE "identity_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tip_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"side" text NOT NULL,
	"requested_by" uuid NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"role_key_id" uuid NOT NULL,
	"enc" "bytea",
	"body" "bytea",
	"status" text DEFAULT 'waiting' NOT NULL,
	"answered_by" uuid,
	"answered_at" timestamp (3) with time zone,
	"answer" text,
	CONSTRAINT "identity_requests_side_ck" CHECK ("identity_requests"."side" in ('a','b')),
	CONSTRAINT "identity_requests_status_ck" CHECK ("identity_requests"."status" in ('waiting','opened','declined','expired')),
	CONSTRAINT "identity_requests_reason_ck" CHECK (char_length("identity_requests"."reason") between 10 and 500),
	CONSTRAINT "identity_requests_two_ck" CHECK ("identity_requests"."answered_by" is null or "identity_requests"."answered_by" <> "identity_requests"."requested_by"),
	CONSTRAINT "identity_requests_answer_ck" CHECK (("identity_requests"."status" in ('opened','declined')) = ("identity_requests"."answered_by" is not null)),
	CONSTRAINT "identity_requests_share_ck" CHECK ("identity_requests"."status" = 'waiting' or ("identity_requests"."enc" is null and "identity_requests"."body" is null))
);
--> statement-breakpoint
CREATE TABLE "sealed_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_table" text NOT NULL,
	"owner_id" uuid NOT NULL,
	"record" text NOT NULL,
	"part" text NOT NULL,
	"role_key_id" uuid NOT NULL,
	"suite" text NOT NULL,
	"enc" "bytea" NOT NULL,
	"body" "bytea" NOT NULL,
	CONSTRAINT "sealed_keys_recipient_uq" UNIQUE("owner_table","owner_id","record","part","role_key_id"),
	CONSTRAINT "sealed_keys_part_ck" CHECK ("sealed_keys"."part" in ('whole','a','b')),
	CONSTRAINT "sealed_keys_enc_ck" CHECK (octet_length("sealed_keys"."enc") = 32 and octet_length("sealed_keys"."body") = 48)
);
--> statement-breakpoint
CREATE TABLE "role_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"staff_id" uuid NOT NULL,
	"role" text NOT NULL,
	"requested_by" uuid,
	"requested_at" timestamp (3) with time zone NOT NULL,
	"outcome" text,
	"decided_by" uuid,
	"decided_at" timestamp (3) with time zone,
	CONSTRAINT "role_requests_outcome_ck" CHECK ("role_requests"."outcome" is null or "role_requests"."outcome" in ('granted','refused')),
	CONSTRAINT "role_requests_decided_ck" CHECK (("role_requests"."outcome" is null) = ("role_requests"."decided_by" is null)),
	CONSTRAINT "role_requests_own_ck" CHECK ("role_requests"."requested_by" is null or "role_requests"."requested_by" <> "role_requests"."staff_id"),
	CONSTRAINT "role_requests_two_ck" CHECK ("role_requests"."outcome" is distinct from 'granted' or "role_requests"."decided_by" is distinct from "role_requests"."requested_by"),
	CONSTRAINT "role_requests_decider_ck" CHECK ("role_requests"."decided_by" is null or "role_requests"."decided_by" <> "role_requests"."staff_id")
);
--> statement-breakpoint
ALTER TABLE "webauthn_challenges" DROP CONSTRAINT "webauthn_challenges_purpose_ck";--> statement-breakpoint
ALTER TABLE "tips" ADD COLUMN "spam" text;--> statement-breakpoint
ALTER TABLE "tips" ADD COLUMN "receipt_closed_on" date;--> statement-breakpoint
ALTER TABLE "tips" ADD COLUMN "receipt_closed_why" text;--> statement-breakpoint
ALTER TABLE "passkeys" ADD COLUMN "label" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "staff_roles" ADD COLUMN "requested_by" uuid;--> statement-breakpoint
ALTER TABLE "audit_roots" ADD CONSTRAINT "audit_roots_position_fk" FOREIGN KEY ("position") REFERENCES "public"."event_chain"("position") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "event_chain" ADD CONSTRAINT "event_chain_event_fk" FOREIGN KEY ("event_id") REFERENCES "public"."events"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_grants" ADD CONSTRAINT "key_grants_role_key_fk" FOREIGN KEY ("role_key_id") REFERENCES "public"."role_keys"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_grants" ADD CONSTRAINT "key_grants_personal_key_fk" FOREIGN KEY ("personal_key_id") REFERENCES "public"."personal_keys"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_grants" ADD CONSTRAINT "key_grants_recovery_key_fk" FOREIGN KEY ("recovery_key_id") REFERENCES "public"."role_keys"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_grants" ADD CONSTRAINT "key_grants_granter_fk" FOREIGN KEY ("granted_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "personal_key_wraps" ADD CONSTRAINT "personal_key_wraps_key_fk" FOREIGN KEY ("personal_key_id") REFERENCES "public"."personal_keys"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "personal_key_wraps" ADD CONSTRAINT "personal_key_wraps_passkey_fk" FOREIGN KEY ("passkey_id") REFERENCES "public"."passkeys"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "personal_keys" ADD CONSTRAINT "personal_keys_staff_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_keys" ADD CONSTRAINT "role_keys_maker_fk" FOREIGN KEY ("made_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_recusals" ADD CONSTRAINT "lead_recusals_lead_fk" FOREIGN KEY ("lead_id") REFERENCES "public"."leads"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_recusals" ADD CONSTRAINT "lead_recusals_staff_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lead_recusals" ADD CONSTRAINT "lead_recusals_ender_fk" FOREIGN KEY ("ended_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity_requests" ADD CONSTRAINT "identity_requests_tip_fk" FOREIGN KEY ("tip_id") REFERENCES "public"."tips"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity_requests" ADD CONSTRAINT "identity_requests_requester_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity_requests" ADD CONSTRAINT "identity_requests_answerer_fk" FOREIGN KEY ("answered_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity_requests" ADD CONSTRAINT "identity_requests_role_key_fk" FOREIGN KEY ("role_key_id") REFERENCES "public"."role_keys"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sealed_keys" ADD CONSTRAINT "sealed_keys_role_key_fk" FOREIGN KEY ("role_key_id") REFERENCES "public"."role_keys"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_requests" ADD CONSTRAINT "role_requests_staff_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_requests" ADD CONSTRAINT "role_requests_requester_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_requests" ADD CONSTRAINT "role_requests_decider_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "key_grants_person_uq" ON "key_grants" USING btree ("role_key_id","personal_key_id") WHERE revoked_at is null and personal_key_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "key_grants_recovery_uq" ON "key_grants" USING btree ("role_key_id","recovery_key_id") WHERE revoked_at is null and recovery_key_id is not null;--> statement-breakpoint
CREATE INDEX "personal_key_wraps_key_ix" ON "personal_key_wraps" USING btree ("personal_key_id");--> statement-breakpoint
CREATE UNIQUE INDEX "personal_key_wraps_passkey_uq" ON "personal_key_wraps" USING btree ("personal_key_id","passkey_id") WHERE revoked_at is null and passkey_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "personal_key_wraps_code_uq" ON "personal_key_wraps" USING btree ("personal_key_id","method") WHERE revoked_at is null and passkey_id is null;--> statement-breakpoint
CREATE UNIQUE INDEX "personal_keys_live_uq" ON "personal_keys" USING btree ("staff_id") WHERE retired_at is null;--> statement-breakpoint
CREATE INDEX "personal_keys_staff_ix" ON "personal_keys" USING btree ("staff_id");--> statement-breakpoint
CREATE UNIQUE INDEX "role_keys_live_uq" ON "role_keys" USING btree ("slot") WHERE retired_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "lead_recusals_live_uq" ON "lead_recusals" USING btree ("lead_id","staff_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "lead_recusals_staff_ix" ON "lead_recusals" USING btree ("staff_id","lead_id");--> statement-breakpoint
CREATE INDEX "identity_requests_waiting_ix" ON "identity_requests" USING btree ("requested_at") WHERE status = 'waiting';--> statement-breakpoint
CREATE INDEX "identity_requests_tip_ix" ON "identity_requests" USING btree ("tip_id");--> statement-breakpoint
CREATE INDEX "sealed_keys_role_key_ix" ON "sealed_keys" USING btree ("role_key_id","owner_id");--> statement-breakpoint
CREATE UNIQUE INDEX "role_requests_open_uq" ON "role_requests" USING btree ("staff_id","role") WHERE outcome is null;--> statement-breakpoint
ALTER TABLE "staff_roles" ADD CONSTRAINT "staff_roles_requester_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "tips_spam_ix" ON "tips" USING btree ("arrival_no") WHERE spam = 'suspected';--> statement-breakpoint
ALTER TABLE "tips" ADD CONSTRAINT "tips_spam_ck" CHECK ("tips"."spam" is null or "tips"."spam" in ('suspected','confirmed'));--> statement-breakpoint
ALTER TABLE "tips" ADD CONSTRAINT "tips_receipt_closed_ck" CHECK (("tips"."receipt_closed_on" is null) = ("tips"."receipt_closed_why" is null) and ("tips"."receipt_closed_why" is null or "tips"."receipt_closed_why" in ('withdrawn','expired')));--> statement-breakpoint
ALTER TABLE "webauthn_challenges" ADD CONSTRAINT "webauthn_challenges_purpose_ck" CHECK ("webauthn_challenges"."purpose" in ('enrol', 'sign_in', 'sign', 'step_up'));