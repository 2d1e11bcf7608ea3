CREATE TABLE "rule_starts" (
	"rule" text PRIMARY KEY NOT NULL,
	"after_seq" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE rule_starts ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY portal ON rule_starts USING ((SELECT acting_for_portal()));
--> statement-breakpoint
-- Before 0035 budgets, revocations and payments by hand, and their returns, had one person's word for them: ledger:verify
-- does not ask of that time for requests that nobody could make.
INSERT INTO rule_starts (rule, after_seq) SELECT 'acts_by_two', coalesce(max(seq), 0) FROM ledger_transactions;
