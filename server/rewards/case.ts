import { z } from "zod";
import { baseKeys, informantKindSchema, moneySchema, type BaseKey } from "./scheme-parts";

/*
 * What the input means where it is silent. A missing optional fact, null, and (for amounts and
 * weights) zero are one and the same fact:
 * - a base of "0" is no base, so a scheme falls back from it;
 * - a weight of 0 is no weight, and where nobody who may receive has one the shares are equal; beside
 *   someone's positive weight it earns nothing;
 * - `order` is the exception, since 0 is a place in a queue: informants with an order come first, by
 *   it; those without follow in the order of the list.
 * `informants` itself is not optional: an award for nobody is never computed by oversight. An empty
 * list is a statement, and awards "0".
 * - `already` is what earlier decisions awarded, in minor units: in this case (earlier stages, an award that later
 *   collection adds to) and in this year, for limits that run over more than one decision (decision 024).
 * A fact the scheme has no use for (a stage in a scheme without stages, a choice where the rate is
 * fixed, a lift of a cap that nobody may lift) changes nothing.
 */

/** Minor units of the scheme's currency. */
const baseSchema = moneySchema.nullish();

const bases = Object.fromEntries(baseKeys.map((key) => [key, baseSchema])) as Record<
  BaseKey,
  typeof baseSchema
>;

const label = (what: string) =>
  z
    .string()
    .regex(/\S/, { error: `${what} is empty` })
    .max(200);

const decimal = /^(0|[1-9]\d{0,39})(\.\d{1,20})?$/;

const NO_WEIGHT = "expected a weight of 0 or more";

/**
 * A JSON number is read by its shortest decimal text, exactly: 0.1 is one tenth, and the same bytes
 * give the same shares again. A number that only prints with an exponent is refused.
 */
const weightSchema = z
  .union([z.number(), z.string()], { error: NO_WEIGHT })
  .refine((weight) => decimal.test(String(weight)), { error: NO_WEIGHT });

/** A whole number within bounds, its refusal in our words: the library's would be read by whoever writes a case. */
function whole(least: number, most = Number.MAX_SAFE_INTEGER) {
  const bounds = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  const error = `expected a whole number ${bounds}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

const NO_CHOICE = "expected a rate as a decimal string, or an amount in minor units";

const informantSchema = z.strictObject({
  id: label("id"),
  kind: informantKindSchema,
  weight: weightSchema.nullish(),
  /**
   * Joint reporters (联名), marked or by a group's name. The mark explains the split and does not
   * change it: shares are equal unless weights are given.
   */
  joint: z
    .union([z.boolean(), label("joint")], { error: "expected true, false or the name of a group" })
    .nullish(),
  order: whole(0).nullish(),
  /** The reason, in the officer's words. An empty reason is not one. */
  excluded: label("excluded").nullish(),
});
export type Informant = z.infer<typeof informantSchema>;

/**
 * Which reading of the rules a computation was made by. What is stored without one was made by the first, and is
 * replayed by it for ever, byte for byte:
 * - 1 multiplied by an uplift that needs finance's consent whether or not there was any, and cited the first of several;
 * - 2 multiplies by it with `approvalRef` alone, and cites every one that held.
 */
const editions = [1, 2] as const;
export const LATEST_EDITION = 2;

const facts = z.strictObject({
  grade: whole(1, 9).nullish(),
  bases: z.strictObject(bases).nullish(),
  informants: z.array(informantSchema).max(10_000),
  final: z.boolean().nullish(),
  stage: label("stage").nullish(),
  caseClass: label("caseClass").nullish(),
  /** The assessor's reasoned choice: a rate (`"0.15"`) or an amount in minor units, as the range asks. */
  chosen: z.string({ error: NO_CHOICE }).regex(decimal, { error: NO_CHOICE }).nullish(),
  capLifted: z.boolean().nullish(),
  approvalRef: label("approvalRef").nullish(),
  already: z.strictObject({ case: moneySchema.nullish(), year: moneySchema.nullish() }).nullish(),
});

function refuseContradictions(value: z.infer<typeof facts>, context: z.RefinementCtx): void {
  if (value.capLifted && !value.approvalRef) {
    context.addIssue({
      code: "custom",
      path: ["approvalRef"],
      message: "a lifted cap needs its approval's reference",
      input: value,
    });
  }
  const seen = new Set<string>();
  for (const [at, { id }] of value.informants.entries()) {
    if (seen.has(id)) {
      context.addIssue({
        code: "custom",
        path: ["informants", at, "id"],
        message: `${JSON.stringify(id)} is listed twice`,
        input: value,
      });
    }
    seen.add(id);
  }
}

/** The facts of a case as they arrive; they are computed by the latest edition. */
export const caseSchema = facts.superRefine(refuseContradictions);

/** The same as they are stored, with the edition they were computed by. */
export const storedCaseSchema = facts
  .extend({ edition: z.literal(editions).default(1) })
  .superRefine(refuseContradictions);

/** The facts one award is computed from. */
export type RewardCase = z.infer<typeof caseSchema> & { edition?: (typeof editions)[number] };
