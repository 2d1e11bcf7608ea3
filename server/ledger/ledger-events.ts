/** The events of the ledger's event table; which accounts each may post is data the database checks (`posting_rules`). */
export type LedgerEvent =
  | "budget.approved"
  | "budget.adjusted"
  | "funds.received"
  | "award.encumbered"
  | "award.posted"
  | "award.paid"
  | "award.bounced"
  | "award.lapsed"
  | "award.revoked"
  | "award.posting_revoked"
  | "float.topped_up"
  | "float.returned"
  | "clawback.ordered"
  | "clawback.received"
  | "clawback.received_later"
  | "clawback.written_off"
  | "bank.unmatched"
  | "bank.matched"
  | "year.lapsed"
  | "year.available_carried"
  | "year.encumbered_carried"
  | "correction";

export type AccountKind =
  | "appropriation"
  | "available"
  | "encumbered"
  | "spent"
  | "expense"
  | "payable"
  | "treasury"
  | "window_cash"
  | "recoverable"
  | "suspense"
  | "funding";

export const BUDGET_KINDS = ["appropriation", "available", "encumbered", "spent"] as const;

export const FINANCIAL_KINDS = [
  "expense",
  "payable",
  "treasury",
  "window_cash",
  "recoverable",
  "suspense",
  "funding",
] as const;

/** Kinds whose balance grows on the credit side; all others grow on the debit side. */
const CREDIT_NORMAL: ReadonlySet<string> = new Set(["appropriation", "payable", "suspense", "funding"]);

/** The balance as people speak of it, in 分: positive on the account's own side. */
export function naturalBalance(kind: string, debitFen: bigint, creditFen: bigint): bigint {
  return CREDIT_NORMAL.has(kind) ? creditFen - debitFen : debitFen - creditFen;
}

/** Kinds that may at no moment be overdrawn (invariant 5). */
export const NEVER_NEGATIVE: ReadonlySet<string> = new Set([
  "available",
  "encumbered",
  "payable",
  "window_cash",
]);
