CREATE TABLE "tip_files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lookup_id" "bytea" NOT NULL,
	"tip_id" uuid,
	"message_id" uuid,
	"ordinal" integer NOT NULL,
	"state" text NOT NULL,
	"chunks" integer DEFAULT 0 NOT NULL,
	"copy_chunks" integer DEFAULT 0 NOT NULL,
	"meta" "bytea",
	"added_on" date NOT NULL,
	CONSTRAINT "tip_files_lookup_ck" CHECK (octet_length("tip_files"."lookup_id") = 32),
	CONSTRAINT "tip_files_state_ck" CHECK ("tip_files"."state" in ('receiving', 'stored', 'refused', 'removed')),
	CONSTRAINT "tip_files_chunks_ck" CHECK ("tip_files"."chunks" >= 0 and "tip_files"."copy_chunks" >= 0),
	CONSTRAINT "tip_files_message_ck" CHECK ("tip_files"."message_id" is null or "tip_files"."tip_id" is not null),
	CONSTRAINT "tip_files_sent_ck" CHECK ("tip_files"."tip_id" is null or ("tip_files"."meta" is null and "tip_files"."state" = 'stored'))
);
--> statement-breakpoint
CREATE TABLE "tip_imports" (
	"external_key" "bytea" PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"imported_on" date NOT NULL,
	CONSTRAINT "tip_imports_key_ck" CHECK (octet_length("tip_imports"."external_key") = 32)
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tip_id" uuid NOT NULL,
	"status" text DEFAULT 'waiting' NOT NULL,
	"raised_on" date NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"fault" text,
	"handled_by" uuid,
	"handled_on" date,
	CONSTRAINT "notices_status_ck" CHECK ("notices"."status" in ('waiting', 'sending', 'sent', 'unsent', 'unknown', 'dropped'))
);
--> statement-breakpoint
CREATE TABLE "staff_mails" (
	"id" uuid PRIMARY KEY NOT NULL,
	"staff_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"data" jsonb NOT NULL,
	"cause_key" text NOT NULL,
	"status" text DEFAULT 'waiting' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"fault" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"next_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp (3) with time zone,
	CONSTRAINT "staff_mails_kind_ck" CHECK ("staff_mails"."kind" in ('enrolment', 'deadline', 'major')),
	CONSTRAINT "staff_mails_status_ck" CHECK ("staff_mails"."status" in ('waiting', 'sending', 'sent', 'unsent', 'unknown')),
	CONSTRAINT "staff_mails_data_ck" CHECK (octet_length("staff_mails"."data"::text) <= 1000)
);
--> statement-breakpoint
CREATE TABLE "tip_messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"tip_id" uuid NOT NULL,
	"message_no" bigint GENERATED ALWAYS AS IDENTITY (sequence name "tip_messages_message_no_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"direction" text NOT NULL,
	"kind" text NOT NULL,
	"written_by" uuid,
	"written_on" date NOT NULL,
	"read_on" date,
	"suite" text NOT NULL,
	"body" "bytea" NOT NULL,
	"content_enc" "bytea" NOT NULL,
	"content_body" "bytea" NOT NULL,
	"reply_enc" "bytea" NOT NULL,
	"reply_body" "bytea" NOT NULL,
	CONSTRAINT "tip_messages_no_uq" UNIQUE("message_no"),
	CONSTRAINT "tip_messages_direction_ck" CHECK (("tip_messages"."direction" = 'out') = ("tip_messages"."written_by" is not null)),
	CONSTRAINT "tip_messages_kind_ck" CHECK ("tip_messages"."direction" = 'in' and "tip_messages"."kind" in ('text', 'evidence', 'reopen') or "tip_messages"."direction" = 'out' and "tip_messages"."kind" in ('text', 'question')),
	CONSTRAINT "tip_messages_sealed_ck" CHECK (octet_length("tip_messages"."content_enc") = 32 and octet_length("tip_messages"."content_body") = 48 and octet_length("tip_messages"."reply_enc") = 32 and octet_length("tip_messages"."reply_body") = 48)
);
--> statement-breakpoint
ALTER TABLE "tips" DROP CONSTRAINT "tips_channel_ck";--> statement-breakpoint
ALTER TABLE "tips" ADD COLUMN "recorded_by" uuid;--> statement-breakpoint
ALTER TABLE "tips" ADD COLUMN "content_key" "bytea";--> statement-breakpoint
ALTER TABLE "tips" ADD COLUMN "reply_key" "bytea";--> statement-breakpoint
ALTER TABLE "staff" ADD COLUMN "email" text;--> statement-breakpoint
ALTER TABLE "tip_files" ADD CONSTRAINT "tip_files_tip_fk" FOREIGN KEY ("tip_id") REFERENCES "public"."tips"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tip_files" ADD CONSTRAINT "tip_files_message_fk" FOREIGN KEY ("message_id") REFERENCES "public"."tip_messages"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_tip_fk" FOREIGN KEY ("tip_id") REFERENCES "public"."tips"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_handler_fk" FOREIGN KEY ("handled_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_mails" ADD CONSTRAINT "staff_mails_staff_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tip_messages" ADD CONSTRAINT "tip_messages_tip_fk" FOREIGN KEY ("tip_id") REFERENCES "public"."tips"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tip_messages" ADD CONSTRAINT "tip_messages_writer_fk" FOREIGN KEY ("written_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "tip_files_lookup_ix" ON "tip_files" USING btree ("lookup_id","ordinal");--> statement-breakpoint
CREATE INDEX "tip_files_tip_ix" ON "tip_files" USING btree ("tip_id");--> statement-breakpoint
CREATE INDEX "tip_files_message_ix" ON "tip_files" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "tip_files_waiting_ix" ON "tip_files" USING btree ("added_on") WHERE tip_id is null;--> statement-breakpoint
CREATE UNIQUE INDEX "notices_waiting_uq" ON "notices" USING btree ("tip_id") WHERE status in ('waiting', 'sending');--> statement-breakpoint
CREATE INDEX "notices_queue_ix" ON "notices" USING btree ("raised_on","id") WHERE status in ('waiting', 'sending', 'unsent', 'unknown');--> statement-breakpoint
CREATE UNIQUE INDEX "staff_mails_cause_uq" ON "staff_mails" USING btree ("kind","staff_id","cause_key");--> statement-breakpoint
CREATE INDEX "staff_mails_queue_ix" ON "staff_mails" USING btree ("next_at") WHERE status in ('waiting', 'sending');--> statement-breakpoint
CREATE INDEX "tip_messages_tip_ix" ON "tip_messages" USING btree ("tip_id","message_no");--> statement-breakpoint
CREATE INDEX "tip_messages_unread_ix" ON "tip_messages" USING btree ("tip_id") WHERE direction = 'in' and read_on is null;--> statement-breakpoint
ALTER TABLE "tips" ADD CONSTRAINT "tips_recorder_fk" FOREIGN KEY ("recorded_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "tips_recorder_ix" ON "tips" USING btree ("recorded_by","arrival_no") WHERE recorded_by is not null;--> statement-breakpoint
ALTER TABLE "tips" ADD CONSTRAINT "tips_keys_ck" CHECK (octet_length("tips"."content_key") = 32 and octet_length("tips"."reply_key") = 32);--> statement-breakpoint
ALTER TABLE "tips" ADD CONSTRAINT "tips_channel_ck" CHECK ("tips"."channel" in ('web', 'hotline', 'letter', 'visit', 'fax', 'email', 'wechat', 'hotline_12345', 'credit_china', 'nifa'));--> statement-breakpoint
ALTER TABLE "staff" ADD CONSTRAINT "staff_email_ck" CHECK ("staff"."email" is null or "staff"."email" ~ '^[^@\s]{1,64}@[^@\s]{1,190}$');