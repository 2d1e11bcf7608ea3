import { z } from "zod";
import { checkScheme } from "./check-scheme";
import { rateFormSchema } from "./rate-grammar";
import {
  amountBoundSchema,
  baseKeySchema,
  bracketFields,
  clauseSchema,
  currencySchema,
  identifierSchema,
  informantKindSchema,
  moneySchema,
  rateSchema,
  ruleFields,
  textSchema,
  stepNames,
} from "./scheme-parts";

/** A grade number, or null in a scheme (or a branch) that knows no grades. */
const gradeReference = z.int().min(1).max(9).nullable();

const gateSchema = z.discriminatedUnion("kind", [
  // `selected` is the base of whichever branch the case takes.
  z.strictObject({
    kind: z.literal("minimum"),
    ...ruleFields,
    base: z.union([baseKeySchema, z.literal("selected")]),
    at: amountBoundSchema,
  }),
  z.strictObject({ kind: z.literal("final"), ...ruleFields }),
  z.strictObject({ kind: z.literal("collected"), ...ruleFields }),
  z.strictObject({ kind: z.literal("kinds"), ...ruleFields, allowed: z.array(informantKindSchema).min(1) }),
  // The case carries no fact for these two: the officer excludes the informant, with the reason.
  z.strictObject({ kind: z.literal("naturalPersons"), ...ruleFields }),
  z.strictObject({ kind: z.literal("notKnownBefore"), ...ruleFields }),
]);
export type Gate = z.infer<typeof gateSchema>;

/** What a factor, an uplift or a cap depends on; null is every case. */
const conditionSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("caseClass"), id: identifierSchema }),
    z.strictObject({ kind: z.literal("informantKind"), id: informantKindSchema }),
    z.strictObject({ kind: z.literal("stage"), id: identifierSchema }),
  ])
  .nullable();
export type Condition = z.infer<typeof conditionSchema>;

/** Multiplies the amount. Null: the rule allows more, with consent, but names no number to compute with. */
const multiplierRule = z.strictObject({
  ...ruleFields,
  when: conditionSchema,
  multiplyBy: rateSchema.nullable(),
  consent: z.enum(["finance"]).nullable(),
});

const branchSchema = z.strictObject({
  ...ruleFields,
  // Null: the amount depends on no base (fixed and stage schemes).
  base: baseKeySchema.nullable(),
  rates: z.array(z.strictObject({ grade: gradeReference, ...ruleFields, form: rateFormSchema })).min(1),
  floors: z.array(
    z.strictObject({
      grade: gradeReference,
      ...ruleFields,
      amount: moneySchema,
      // Whether the floor is paid where there is no base at all.
      withoutBase: z.boolean(),
    }),
  ),
});

const capSchema = z.strictObject({
  ...ruleFields,
  when: conditionSchema,
  amount: moneySchema,
  lift: z.strictObject({ ...ruleFields, to: moneySchema, by: z.enum(["finance"]) }).nullable(),
});

const namedRule = z.strictObject({ id: identifierSchema, clause: clauseSchema, title: textSchema });

const isoDate = z.iso.date();

const structure = z.strictObject({
  id: identifierSchema,
  version: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$/),
  title: textSchema,
  /** The document's number; the clause of everything the document does not say otherwise. */
  document: clauseSchema,
  source: textSchema,
  jurisdiction: identifierSchema,
  currency: currencySchema,
  /** Dates of the tip that the version decides, both included (no retroactivity). */
  effective: z.strictObject({ from: isoDate, to: isoDate.nullable() }),
  /** A default of ours, not the jurisdiction's own rule: marked wherever it is shown. */
  editableDefault: z.boolean(),
  stepOrder: z.tuple(stepNames.map((name) => z.literal(name)) as LiteralTuple),
  grades: z.array(
    z.strictObject({
      grade: z.int().min(1).max(9),
      clause: clauseSchema,
      title: textSchema,
      criteria: textSchema,
    }),
  ),
  caseClasses: z.array(namedRule),
  stages: z.array(namedRule),
  gates: z.array(gateSchema),
  /** The primary base first, then its fallbacks in order: the first whose base is not zero decides. */
  branches: z.array(branchSchema).min(1),
  factors: z.array(multiplierRule),
  uplifts: z.array(multiplierRule),
  caps: z.array(capSchema),
  rounding: z.strictObject({ ...ruleFields, mode: z.enum(["half-up", "down"]) }),
  split: z.strictObject({
    ...ruleFields,
    /** `weights` also means equal shares where the case gives no weight. */
    by: z.enum(["equal", "weights"]),
    remainder: z.literal("largest"),
    ties: z.literal("earlier"),
  }),
  exclusions: z.array(namedRule),
  approval: z.strictObject({
    clause: clauseSchema,
    /** Preparer, reviewer and approver are never the same person. */
    differentPeople: z.literal(true),
    ladder: z
      .array(
        z.strictObject({
          ...bracketFields,
          steps: z.tuple([z.literal("prepare"), z.literal("review"), z.literal("approve")]),
          consult: z.array(z.enum(["finance"])),
          // 会签: two means that another approver signs between the review and the approval.
          approvers: z.union([z.literal(1), z.literal(2)]).optional(),
        }),
      )
      .min(1),
  }),
  claim: z.strictObject({
    clause: clauseSchema,
    /** Counted from the notice to the informant; null where the document does not say. */
    window: z
      .strictObject({ count: z.int().min(1), unit: z.enum(["day", "workingDay", "month"]) })
      .nullable(),
    lapses: z.boolean(),
    byProxy: z.boolean(),
    byHeir: z.boolean(),
    anonymous: z.enum(["claimCode", "none"]),
    /** The most that is paid in cash; absent where the document says nothing. */
    cash: z.strictObject({ clause: clauseSchema, most: moneySchema }).optional(),
  }),
  tax: z.strictObject({ clause: clauseSchema, taxable: z.boolean() }),
  clawback: z.strictObject({ clause: clauseSchema, note: textSchema, grounds: z.array(identifierSchema) }),
});

type LiteralTuple = [
  z.ZodLiteral<"gate">,
  z.ZodLiteral<"rate">,
  z.ZodLiteral<"factors">,
  z.ZodLiteral<"uplift">,
  z.ZodLiteral<"floor">,
  z.ZodLiteral<"cap">,
  z.ZodLiteral<"round">,
  z.ZodLiteral<"split">,
];

export type Scheme = z.infer<typeof structure>;
export type Branch = Scheme["branches"][number];

/**
 * One dated, versioned reward scheme, as its data file says it. Nothing is transformed, so a parsed
 * scheme is the JSON it came from and hashes alike. A scheme that contradicts itself is refused with
 * the clauses named.
 */
export const schemeSchema = structure.superRefine((scheme, context) => {
  for (const fault of checkScheme(scheme)) {
    context.addIssue({ code: "custom", path: fault.path, message: fault.reason, input: scheme });
  }
});
