import { z } from "zod";
import { compare, parseFraction } from "~server/rewards/fraction";
import {
  clauseSchema,
  currencySchema,
  identifierSchema,
  moneySchema,
  rateSchema,
  ruleFields,
  shareSchema,
  textSchema,
} from "~server/rewards/scheme-parts";

/** Who is fined, on which amount, between which multiples of it, both ends included (以上、以下). */
const roleRule = z
  .strictObject({
    role: z.enum(["raiser", "assister"]),
    base: z.enum(["raised", "illegalGains"]),
    ...ruleFields,
    from: rateSchema,
    to: rateSchema,
  })
  .refine(({ from, to }) => compare(parseFraction(from), parseFraction(to)) <= 0, {
    error: "the range is empty",
    path: ["to"],
  });

/** A dated schedule of fines, as its data file says it, each rule with its clause. */
export const penaltyScheduleSchema = z.strictObject({
  id: identifierSchema,
  version: z.string().min(1).max(32),
  title: textSchema,
  document: clauseSchema,
  currency: currencySchema,
  effective: z.strictObject({ from: z.iso.date(), to: z.iso.date().nullable() }),
  roles: z.array(roleRule).min(1),
  /** Added for each day after the fine was due, never more than `atMost` of the fine. */
  lateFee: z.strictObject({ ...ruleFields, perDay: shareSchema, atMost: shareSchema }),
  order: z.strictObject({ clause: clauseSchema, note: textSchema }),
  /** What the documents at hand do not say, and this schedule goes by all the same. */
  readings: z.array(textSchema).optional(),
});
export type PenaltySchedule = z.infer<typeof penaltyScheduleSchema>;

const raiser = z.strictObject({ role: z.literal("raiser"), raised: moneySchema });
const assister = z.strictObject({ role: z.literal("assister"), illegalGains: moneySchema });
const fineCase = z.discriminatedUnion("role", [raiser, assister], {
  error: (issue) => (issue.code === "invalid_union" ? 'expected "raiser" or "assister"' : undefined),
});

const days = z
  .int({
    error: ({ input }) =>
      input === undefined ? undefined : "expected a whole number of days from 0 to 1000000",
  })
  .min(0)
  .max(1_000_000);
const lateCase = z.strictObject({ fine: moneySchema, daysLate: days });

/** Amounts in minor units. Either a fine is asked for, by its role, or the late fee on one already set. */
export type PenaltyCase = z.infer<typeof fineCase> | z.infer<typeof lateCase>;

/** The shape the input means to have, so that a fault is named by its own path. */
export function penaltyCaseSchema(input: unknown): z.ZodType<PenaltyCase> {
  const isLate =
    typeof input === "object" &&
    input !== null &&
    !("role" in input) &&
    ("fine" in input || "daysLate" in input);
  return isLate ? lateCase : fineCase;
}
