import { z } from "zod";

/**
 * What a bank's line says: `out` and `in` are booked; `returned` came back after it had gone; `rejected` never left;
 * `pending` is not booked yet.
 */
export const BANK_STATUSES = ["out", "in", "returned", "rejected", "pending"] as const;
export type BankStatus = (typeof BANK_STATUSES)[number];

/**
 * The letters of a reference of an order to pay by hand (`HD2026-KXWQBRTM`), as a class of a pattern: told apart on paper,
 * and without a vowel, so that no name written in Latin letters behind such a year is taken for one (invariant 17).
 */
export const ORDER_LETTERS = "[BCDFGHJ-NPQRTV-Z]{8}";

/** Lines of one statement at most. */
export const MAX_STATEMENT_LINES = 5000;

/**
 * All that leaves the cashier's browser of a bank's line (invariant 17). An end-to-end id, or the reference of an order to
 * pay by hand, is ours by its shape or it is not sent: whatever else stands in that field of the bank's file could be
 * anybody's.
 */
export const statementLine = z.strictObject({
  endToEndId: z
    .string()
    .regex(new RegExp(`^(?:[0-9a-f]{32}|HD20\\d{2}-${ORDER_LETTERS})$`))
    .nullable(),
  /** 分, above zero; the status tells the direction. */
  amountFen: z.string().regex(/^[1-9]\d{0,14}$/),
  date: z.iso.date(),
  status: z.enum(BANK_STATUSES),
});
export type StatementLine = z.infer<typeof statementLine>;
