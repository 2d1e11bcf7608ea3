import { z } from "zod";
import { checkScheme } from "./check-scheme";
import { rateFormSchema } from "./rate-grammar";
import { sayInEnglish, type SchemeFault } from "./scheme-faults";
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
  shareSchema,
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
    // Such as a higher limit only once the money has come in.
    z.strictObject({ kind: z.literal("reaches"), base: baseKeySchema, at: amountBoundSchema }),
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
  /** What the base is made of. One with a `base` of its own that counts is added to the branch's. */
  components: z
    .array(z.strictObject({ ...ruleFields, counts: z.boolean(), base: baseKeySchema.nullable() }))
    .optional(),
  rates: z.array(z.strictObject({ grade: gradeReference, ...ruleFields, form: rateFormSchema })).min(1),
  floors: z.array(
    z.strictObject({
      grade: gradeReference,
      ...ruleFields,
      amount: moneySchema,
      // Whether the floor is paid where there is no base at all.
      withoutBase: z.boolean(),
      /** Of the floors of a grade that hold, the highest binds. */
      when: conditionSchema.optional(),
    }),
  ),
});

/**
 * `case` (where nothing is said) limits all that is ever awarded in one case, `year` what is awarded in one year,
 * `informant` what one informant receives. Of several of one kind the most generous that holds binds; those of
 * different kinds all bind. A limit is an amount, or a share of one of the case's amounts, never both.
 */
const capSchema = z.strictObject({
  ...ruleFields,
  when: conditionSchema,
  per: z.enum(["case", "year", "informant"]).optional(),
  amount: moneySchema.nullable(),
  share: z.strictObject({ of: baseKeySchema, rate: shareSchema }).optional(),
  lift: z.strictObject({ ...ruleFields, to: moneySchema, by: z.enum(["finance"]) }).nullable(),
});

const namedRule = z.strictObject({ id: identifierSchema, clause: clauseSchema, title: textSchema });

/** `exceptKinds`: informants whom the exclusion spares, such as insiders among the participants. */
const exclusionRule = namedRule.extend({ exceptKinds: z.array(informantKindSchema).min(1).optional() });

/** A term the document sets its offices or the informant. */
const termRule = z.strictObject({
  ...ruleFields,
  count: z.int().min(1),
  unit: z.enum(["day", "workingDay", "month"]),
});

const isoDate = z.iso.date();

const structure = z.strictObject({
  id: identifierSchema,
  /** Schemes that follow each other under different ids share a line; alone, a scheme is its own. */
  line: identifierSchema.optional(),
  /** The scheme it takes the place of. */
  supersedes: z.strictObject({ id: identifierSchema, clause: clauseSchema }).optional(),
  version: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.-]{0,31}$/),
  title: textSchema,
  /** The document's number; the clause of everything the document does not say otherwise. */
  document: clauseSchema,
  source: textSchema,
  jurisdiction: identifierSchema,
  currency: currencySchema,
  /** Dates of the tip that the version decides, both included (no retroactivity). */
  effective: z.strictObject({
    from: isoDate,
    to: isoDate.nullable(),
    /** Where the source does not give the day: how it was set. */
    note: textSchema.optional(),
  }),
  /** What the document leaves open and how this file reads it. */
  readings: z.array(textSchema).optional(),
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
    by: z.enum(["equal", "weights", "first"]),
    /** With `first`: the part of the award for later informants whose additions were weighed as useful. */
    later: z.strictObject({ ...ruleFields, share: shareSchema }).optional(),
    remainder: z.literal("largest"),
    ties: z.literal("earlier"),
  }),
  exclusions: z.array(exclusionRule),
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
    /** The document's own way to know an anonymous informant again. */
    identityCode: z.strictObject({ ...ruleFields, password: z.boolean() }).optional(),
    /** Above it no cash is paid. */
    cashUpTo: z.strictObject({ ...ruleFields, amount: moneySchema }).optional(),
  }),
  terms: z.array(termRule).optional(),
  /** Money that comes in later is computed anew on the whole, less what was awarded before. */
  supplement: z.strictObject({ ...ruleFields, on: baseKeySchema }).optional(),
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
export type Cap = Scheme["caps"][number];

/**
 * One dated, versioned reward scheme, as its data file says it. Nothing is transformed, so a parsed
 * scheme is the JSON it came from and hashes alike. A scheme that contradicts itself is refused with
 * the clauses named.
 */
export const schemeSchema = structure.superRefine((scheme, context) => {
  for (const { path, ...fault } of checkScheme(scheme)) {
    const message = sayInEnglish(fault, scheme.currency);
    const params: RefusedParts = { fault: { ...fault, currency: scheme.currency } };
    context.addIssue({ code: "custom", path: [...path], message, input: scheme, params });
  }
});

/** What a refusal carries besides its sentence, for a page that says it in another language. */
export type RefusedParts = { fault: SchemeFault & { currency: Scheme["currency"] } };

/**
 * A version that is stored: it was checked when it was brought. A check added since does not reach back, since a used
 * version never changes and what it decided must stay readable and replayable.
 */
export const storedSchemeSchema = structure;
