// Who is responsible on the ground: how a plan chooses between the seat and the place of business.
import { z } from "zod";
import { agencyId, bilingual, clause, ruleId, sectorId } from "~server/packs/grammar-parts";

export const territoryCode = z
  .string()
  .regex(/^[0-9A-Za-z]{4,12}$/, "must be a division code or a local code (4 to 12 letters and digits)");

/**
 * `provincial`: different codes go to the province (lead null), otherwise the default rule applies.
 * `crossRegion` is the clause on working together, cited when the two codes differ.
 */
const territoryRule = z.strictObject({
  id: ruleId,
  kind: z.enum(["registered", "operating", "both", "provincial"]),
  clause,
  crossRegion: clause.optional(),
  /** The office that is told (报省级联合办公室统筹); recorded for the board, not part of a decision. */
  reportTo: agencyId.optional(),
});

const territoryUnit = z.strictObject({
  code: territoryCode,
  name: bilingual,
  /** The unit above: another unit of the pack or a six-digit division. */
  parent: territoryCode,
  /** True for places without a six-digit code, such as a development zone's 管委会. */
  local: z.boolean().default(false),
  /** The responsible body on the ground. */
  authority: agencyId.optional(),
});

export const territory = z.strictObject({
  /** A code that begins with it is inside; null: every code is (nationwide and nameless plans). */
  prefix: z
    .string()
    .regex(/^\d{2,6}$/, "must be 2 to 6 digits, or null for any code")
    .nullable(),
  rule: territoryRule,
  sectorRules: z.array(territoryRule.extend({ sectors: z.array(sectorId).min(1) })).default([]),
  outside: z.strictObject({
    id: ruleId,
    clause,
    crossRegion: clause.optional(),
    reportTo: agencyId.optional(),
  }),
  fallback: z.strictObject({ id: ruleId, clause }),
  units: z.array(territoryUnit).default([]),
});
