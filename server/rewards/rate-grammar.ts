import { z } from "zod";
import {
  amountBoundSchema,
  baseKeySchema,
  bracketFields,
  identifierSchema,
  moneySchema,
  rateBoundSchema,
  ruleFields,
  shareSchema,
  textSchema,
} from "./scheme-parts";

const fixedForm = z.strictObject({ kind: z.literal("fixed"), amount: moneySchema });
const percentForm = z.strictObject({ kind: z.literal("percent"), rate: shareSchema });

/** The assessor chooses within the range, with written reasons, and the case carries the choice. */
const amountRangeForm = z.strictObject({
  kind: z.literal("amountRange"),
  from: amountBoundSchema,
  to: amountBoundSchema,
});
const rateRangeForm = z.strictObject({
  kind: z.literal("rateRange"),
  from: rateBoundSchema,
  to: rateBoundSchema,
});

export const outcomeSchema = z.discriminatedUnion("kind", [
  fixedForm,
  percentForm,
  amountRangeForm,
  rateRangeForm,
]);
export type Outcome = z.infer<typeof outcomeSchema>;

/** One bracket decides for the whole base. */
const bracketsForm = z.strictObject({
  kind: z.literal("brackets"),
  brackets: z.array(z.strictObject({ ...bracketFields, outcome: outcomeSchema })).min(1),
});

/** Each bracket's rate applies to the part of the base that lies inside it. */
const marginalForm = z.strictObject({
  kind: z.literal("marginal"),
  brackets: z.array(z.strictObject({ ...bracketFields, rate: shareSchema })).min(1),
});

/** The amount is paid for every informant who may receive. */
const perHeadForm = z.strictObject({ kind: z.literal("perHead"), amount: moneySchema });

/**
 * Each stage (acceptance, filing, …) pays its own award and adds to the stages before it. A case
 * computes one stage; what earlier stages paid is the ledger's knowledge, not the case's.
 */
const stagesForm = z.strictObject({
  kind: z.literal("stages"),
  stages: z
    .array(
      z.strictObject({
        id: identifierSchema,
        ...ruleFields,
        minimum: z.strictObject({ base: baseKeySchema, at: amountBoundSchema }).nullable(),
        outcome: outcomeSchema,
      }),
    )
    .min(1),
});

/** A certificate or commendation: no money. */
const nonMonetaryForm = z.strictObject({ kind: z.literal("nonMonetary"), honour: textSchema });

export const rateFormSchema = z.discriminatedUnion("kind", [
  fixedForm,
  percentForm,
  amountRangeForm,
  rateRangeForm,
  bracketsForm,
  marginalForm,
  perHeadForm,
  stagesForm,
  nonMonetaryForm,
]);
export type RateForm = z.infer<typeof rateFormSchema>;
