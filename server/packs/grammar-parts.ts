// The small pieces of the pack grammar: texts, dates, agencies, conditions, rules.
import { z } from "zod";
import { SECTOR_IDS } from "~server/packs/sector-ids";

export const text = z.string().trim().min(1, "must not be empty");

/** What a citizen may read is written in both languages; the English is its own text. */
export const bilingual = z.strictObject({ zh: text, en: text });

export const sectorId = z.enum(SECTOR_IDS, {
  error: (issue) => `unknown sector ${JSON.stringify(issue.input) ?? "(missing)"}`,
});

export const agencyId = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be an agency id such as police");

export const ruleId = z
  .string()
  .regex(/^[a-z0-9-]+(\.[a-z0-9_-]+)+$/, "must be a rule id such as jinhua.sector.p2p");

/** The article to cite; where the document gives none, the document and its part. */
export const clause = text;

function isCalendarDate(value: string): boolean {
  const parts = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(value);
  if (!parts) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2] ?? 1), Number(parts[3] ?? 1)];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** YYYY, YYYY-MM or YYYY-MM-DD: plans often name a month only ("2016年7月中旬"). */
export const calendarDate = z
  .string()
  .refine(isCalendarDate, "must be a date that exists, as YYYY, YYYY-MM or YYYY-MM-DD");

/**
 * Bodies are reorganised. The name the document prints is the one a decision cites; later names are
 * kept beside it with the day (or year) they began, so that a citizen can find the office today.
 */
const agencyName = z.strictObject({
  name: text,
  en: text,
  from: calendarDate.optional(),
  until: calendarDate.optional(),
  document: z.literal(true).optional(),
  source: text.optional(),
});

export const agency = z.strictObject({
  id: agencyId,
  /** `class`: the plan names a kind of body (所在镇办, 金融管理部门), not one office. */
  kind: z.enum(["body", "class"]).default("body"),
  names: z.array(agencyName).min(1),
  /** The shorter form the document prints in its lists of responsible units (县金融办, there 金融办). */
  listedAs: text.optional(),
  /** 设在…: the body in which an office is seated. */
  seatedIn: agencyId.optional(),
  /** The bodies that staff a joint office (联合办公室). */
  members: z.array(agencyId).optional(),
  /** The body that took its duties over when it ceased to exist, and where that is laid down. */
  successor: z
    .strictObject({ agency: agencyId, from: calendarDate.optional(), clause: text.optional() })
    .optional(),
});

/**
 * All parts must hold. `substance` names some of the substances its row knows; "any" means that one is given at all,
 * "none" that none is.
 */
export const condition = z.strictObject({
  substance: z
    .union([z.array(text).min(1), z.enum(["any", "none"])], "must be a list of names, any, or none")
    .optional(),
  licensed: z.boolean().optional(),
  nested: z.boolean().optional(),
});

/**
 * One rule of a row. It names its bodies, or follows another sector's plan (`sameAs`): "unlicensed
 * but clearly p2p" is handled as p2p. Rules are tried in order; the first that holds decides.
 */
export const rowRule = z.strictObject({
  id: ruleId,
  clause,
  inferred: z.literal(true).optional(),
  when: condition.optional(),
  lead: z.array(agencyId).min(1).optional(),
  coLead: z.array(agencyId).default([]),
  cooperating: z.array(agencyId).default([]),
  sameAs: sectorId.optional(),
  /** The document's gloss (仅典当; 本地无对应监管部门): explains a rule, never part of a name. */
  note: text.optional(),
});

/** What a business may be in substance (穿透), by the plan's word for it and other words for the same. */
export const substance = z.strictObject({
  name: text,
  aliases: z.array(text).default([]),
  /** Nobody licenses it: a licence for it contradicts itself. */
  unlicensable: z.literal(true).optional(),
});

export const row = z.strictObject({
  sector: sectorId,
  /** Every substance the rules of this row tell apart. */
  substances: z.array(substance).min(1).optional(),
  rules: z.array(rowRule).min(1),
});

/** A rule that names one body. */
export const bodyRule = z.strictObject({
  id: ruleId,
  clause,
  inferred: z.literal(true).optional(),
  agency: agencyId,
});

/** Bodies that the plan names and a decision never does. */
export const recordedBodies = z.strictObject({ clause, agencies: z.array(agencyId).min(1) });

export const fallbackRule = z.strictObject({
  id: ruleId,
  clause,
  inferred: z.literal(true).optional(),
  lead: z.array(agencyId).min(1),
});

export const threshold = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("amount"),
    id: ruleId,
    clause,
    /** 分. */
    atLeast: z.string().regex(/^[1-9]\d*$/, "must be a string of digits, in 分"),
  }),
  z.strictObject({ kind: z.literal("people"), id: ruleId, clause, atLeast: z.int().min(1) }),
  z.strictObject({
    kind: z.literal("tips"),
    id: ruleId,
    clause,
    atLeast: z.int().min(1),
    windowDays: z.literal(7),
  }),
]);
