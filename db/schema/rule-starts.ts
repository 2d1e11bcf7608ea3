import { bigint, pgTable, text } from "drizzle-orm/pg-core";

/**
 * From which posting on a rule of the ledger holds that came later than the ledger: what was posted before it is judged by
 * the rules of its own time. Written by migrations alone.
 */
export const ruleStarts = pgTable("rule_starts", {
  rule: text("rule").primaryKey(),
  /** The last posting (`ledger_transactions.seq`) before the rule; 0 where there was none. */
  afterSeq: bigint("after_seq", { mode: "bigint" }).notNull(),
});
