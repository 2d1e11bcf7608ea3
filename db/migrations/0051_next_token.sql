-- A session's new token waits beside the one in use until it is used: an answer that is lost signs nobody out.
ALTER TABLE "staff_sessions" ADD COLUMN "next_token_hash" "bytea";--> statement-breakpoint
ALTER TABLE "staff_sessions" ADD COLUMN "next_token_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "staff_sessions" ADD CONSTRAINT "staff_sessions_next_uq" UNIQUE("next_token_hash");--> statement-breakpoint
ALTER TABLE "staff_sessions" ADD CONSTRAINT "staff_sessions_next_ck" CHECK (("staff_sessions"."next_token_hash" is null) = ("staff_sessions"."next_token_at" is null));