// What the router is told about a tip. Client-safe: the simulator checks the same schema.
import { z } from "zod";
import { sectorId } from "~server/packs/grammar-parts";
import type { Pack } from "~server/packs/grammar";

const SIX_DIGITS = /^\d{6}$/;

const absent = <T extends z.ZodType>(schema: T) => schema.nullable().default(null);

const count = z.int("must be a whole number").min(0, "must not be negative");

const code = z
  .string("must be a code as a string, or null")
  .regex(/^[0-9A-Za-z]{4,12}$/, "must be a six-digit division code or a code of the pack");

/** 分, as digits; 40 digits are beyond any amount and keep a hostile number small. */
const fen = z
  .string("must be a string of digits (分)")
  .regex(/^(0|[1-9]\d{0,39})$/, "must be a string of digits (分)");

/** Missing and null are the same: the fact is not known. */
function orElse<S extends z.ZodType>(schema: S, value: z.output<S>) {
  return schema.nullish().transform((given): z.output<S> => given ?? value);
}

/**
 * The input of the `route` command. Sectors are required (a reporter who cannot tell says
 * `unknown`); everything else missing means false, 0 or null. Unknown keys are errors.
 * `occurred` stands in for `operating` when that is absent.
 */
export const routingFacts = z.strictObject(
  {
    sectors: z.array(sectorId, "must be a list of sectors").min(1, "must name at least one sector"),
    registered: absent(code),
    operating: absent(code),
    occurred: absent(code),
    allegedFen: orElse(fen, "0"),
    people: orElse(count, 0),
    tipsLast7Days: orElse(count, 0),
    suspectedCrime: orElse(z.boolean(), false),
    petition: orElse(z.boolean(), false),
    /** What the business is in substance (穿透), in the pack's words: 证券, 保险资管 … */
    substance: absent(z.string().trim().min(1, "must not be empty").max(60, "at most 60 characters")),
    licensed: absent(z.boolean()),
    nested: orElse(z.boolean(), false),
  },
  { error: (issue) => (issue.code === "invalid_type" ? "must be a JSON object" : undefined) },
);

export type RoutingFacts = z.output<typeof routingFacts>;

/** The facts schema of one pack: codes that are not six digits must be on the pack's own list. */
export function routingFactsFor(pack: Pack) {
  const local = new Set(pack.territory.units.map((unit) => unit.code));
  return routingFacts.superRefine((facts, context) => {
    for (const key of ["registered", "operating", "occurred"] as const) {
      const value = facts[key];
      if (value === null || SIX_DIGITS.test(value) || local.has(value)) continue;
      context.addIssue({
        code: "custom",
        path: [key],
        message: `unknown territory ${JSON.stringify(value)}`,
      });
    }
  });
}
