import { z } from "zod";

/**
 * What a bank's line says: `out` and `in` are booked; `returned` came back after it had gone; `rejected` never left;
 * `pending` is not booked yet.
 */
export const BANK_STATUSES = ["out", "in", "returned", "rejected", "pending"] as const;
export type BankStatus = (typeof BANK_STATUSES)[number];

/** Lines of one statement at most. */
export const MAX_STATEMENT_LINES = 5000;

/**
 * All that leaves the cashier's browser of a bank's line (invariant 17). An end-to-end id is ours by its shape or it is
 * not sent: whatever else stands in that field of the bank's file could be anybody's.
 */
export const statementLine = z.strictObject({
  endToEndId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .nullable(),
  /** 分, above zero; the status tells the direction. */
  amountFen: z.string().regex(/^[1-9]\d{0,14}$/),
  date: z.iso.date(),
  status: z.enum(BANK_STATUSES),
});
export type StatementLine = z.infer<typeof statementLine>;
