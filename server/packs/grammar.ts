// The jurisdiction pack: who leads what, under which clause. Data only; one folder per pack.
// Client-safe: the public form and the simulator read the same grammar as the server.
import { z } from "zod";
import {
  agency,
  agencyId,
  bilingual,
  bodyRule,
  calendarDate,
  clause,
  fallbackRule,
  recordedBodies,
  row,
  ruleId,
  sectorId,
  text,
  threshold,
} from "~server/packs/grammar-parts";
import { territory } from "~server/packs/grammar-territory";

const sector = z.strictObject({
  id: sectorId,
  title: bilingual,
  /** One or two short sentences for someone who has never heard the official word. */
  help: bilingual,
  /** Offered first on the public form. */
  common: z.boolean().default(false),
  /** Intake may seal straight to the lead agency, without waiting for triage. */
  direct: z.boolean().default(false),
});

const redLineItem = z.strictObject({
  id: z.string().regex(/^[a-z0-9_]+(\.[a-z0-9_]+)+$/, "must be an id such as p2p.cash_pool"),
  text: bilingual,
  /** The same in the words of somebody who has never read the plan. */
  help: bilingual.optional(),
});

/** One checklist for the sectors it is offered in. */
export const redLineList = z.strictObject({
  sectors: z.array(sectorId).min(1),
  items: z.array(redLineItem).min(1),
});

const nameScreening = z.strictObject({
  keywords: z.array(text),
  /** Words the plan screens for in some sectors only (exchanges: 交易市场, 贵金属). */
  sectorKeywords: z
    .array(z.strictObject({ sectors: z.array(sectorId).min(1), keywords: z.array(text).min(1) }))
    .default([]),
  /** A keyword inside one of these phrases is no hit (投资 in 投资担保). */
  exempt: z.array(z.strictObject({ keyword: text, phrases: z.array(text).min(1) })).default([]),
});

const deadline = z.strictObject({
  id: z.string().regex(/^[a-z0-9_]+$/, "must be an id such as clean_up"),
  task: bilingual,
  due: calendarDate,
  clause: clause.optional(),
  sectors: z.array(sectorId).min(1).optional(),
  /** What the document prints, where that is no date (9月31日) or vaguer (7月中旬). */
  printed: text.optional(),
});

const hotline = z.strictObject({
  agency: agencyId,
  number: z.string().regex(/^[0-9]{3,5}(-[0-9]{3,8})*$/, "must be digits and dashes"),
  hours: bilingual,
  /** Demo numbers say so and hold the exchange 0000, which nobody can dial. */
  fictitious: z.boolean(),
});

/** Duties the plan gives beside leading a sector; recorded, never part of a decision. */
const duty = z.strictObject({
  id: ruleId,
  kind: z.enum([
    "hotline",
    "platform_search",
    "name_screening",
    "bulletin",
    "meeting",
    "experts",
    "one_file_per_entity",
    "one_plan_per_entity",
    "entity_classes",
    "unfair_competition",
    "monitoring",
    "reward_fund",
    "other",
  ]),
  clause,
  text: bilingual,
  agencies: z.array(agencyId).default([]),
});

const channel = z.strictObject({
  id: z.string().regex(/^[a-z0-9_]+$/, "must be an id such as credit_china"),
  name: bilingual,
  clause: clause.optional(),
});

export const packShape = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be a pack id such as jinhua"),
  version: z.string().regex(/^\d{4}\.\d+$/, "must be a version such as 2016.1"),
  title: bilingual,
  /** The document's number, or the collection and part it is printed in. */
  document: text,
  /** The day (or month, or year) whose arrangement the pack describes. */
  asOf: calendarDate,
  agencies: z.array(agency).min(1),
  leadingOffice: agencyId,
  rows: z.array(row).min(1),
  /** Optional only here: `checkPack` refuses a pack without it and says what it would leave open. */
  fallback: fallbackRule.optional(),
  /**
   * Who takes a nested business whose duties are hard to define (业务嵌套、职责难界定), whatever its sector. A row
   * that speaks of nesting itself, and a sector without a row, are left as they are.
   */
  nested: fallbackRule.optional(),
  crossCuts: z.strictObject({ crime: bodyRule.nullable(), petition: bodyRule.nullable() }),
  disagreement: bodyRule.extend({ method: bilingual }).nullable(),
  publicity: recordedBodies.nullable(),
  supporting: recordedBodies.nullable(),
  /** What the plan leaves as it was (不改变、不替代……现行处置制度安排). */
  reservation: z.strictObject({ clause, text: bilingual }).nullable().default(null),
  territory,
  escalation: z.strictObject({
    /** No plan gives a number: pages show the thresholds as a setting of this office. */
    setting: z.literal(true),
    /** What the plan says in words. */
    text: bilingual.optional(),
    thresholds: z.array(threshold).min(1),
  }),
  sectors: z.array(sector).min(1),
  redLines: z.array(redLineList).default([]),
  unfairCompetition: z.array(redLineItem).min(1),
  nameScreening,
  dates: z.array(deadline).default([]),
  duties: z.array(duty).default([]),
  hotlines: z.array(hotline).default([]),
  channels: z.array(channel).default([]),
  localReward: z.strictObject({ clause, text: bilingual, scheme: text.optional() }).nullable(),
});

type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** What a pack's files hold. */
export type PackSource = z.input<typeof packShape>;
type PackShape = z.output<typeof packShape>;
/** A pack that `checkPack` accepted. */
export type Pack = DeepReadonly<
  Omit<PackShape, "fallback"> & { fallback: NonNullable<PackShape["fallback"]> }
>;
export type PackRow = Pack["rows"][number];
export type RowRule = PackRow["rules"][number];
export type Condition = NonNullable<RowRule["when"]>;
export type Threshold = Pack["escalation"]["thresholds"][number];
export type RedLineItem = Pack["unfairCompetition"][number];
