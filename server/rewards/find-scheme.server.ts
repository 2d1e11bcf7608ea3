import { and, asc, desc, eq, gte, isNull, lte, or, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { schemes } from "~db/schema/packs";
import { refusal } from "~server/ledger/refusals.server";

const inForceOn = (day: string) =>
  and(lte(schemes.effectiveFrom, day), or(isNull(schemes.effectiveTo), gte(schemes.effectiveTo, day)));

/**
 * The version that decides a report of that day (`YYYY-MM-DD`, China): of the scheme's line, the latest that had begun
 * and not ended. Rules do not reach back (立法法 第一百零四条), so a report is decided by the rules of its own day however
 * late it is assessed. Asked by an id of the line, the answer may bear another: csrc-old, asked for a day of 2026, is
 * csrc-2026. Throws `scheme_missing`.
 */
export async function findScheme(tx: Tx, schemeId: string, day: string) {
  const [scheme] = await tx
    .select()
    .from(schemes)
    .where(
      and(
        eq(schemes.line, sql`(select l.line from ${schemes} l where l.scheme_id = ${schemeId} limit 1)`),
        inForceOn(day),
      ),
    )
    .orderBy(desc(schemes.effectiveFrom))
    .limit(1);
  if (scheme === undefined) throw refusal("scheme_missing");
  return scheme;
}

/** The schemes in force on a day, one version of each line, by id. */
export async function listSchemesOn(tx: Tx, day: string) {
  const rows = await tx
    .selectDistinctOn([schemes.line], { id: schemes.schemeId, content: schemes.content })
    .from(schemes)
    .where(inForceOn(day))
    .orderBy(asc(schemes.line), desc(schemes.effectiveFrom));
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Why this version: the rule, its clause, and the days between which the version decides. */
export function whyThisVersion(
  scheme: { readonly version: string; readonly effectiveFrom: string; readonly effectiveTo: string | null },
  firstArrivedOn: string,
) {
  return {
    rule: "arrival-day",
    clause: "立法法 第一百零四条",
    /** The number is that of the text of 2023, cited from general knowledge: shown as this portal's reading. */
    reading: true,
    arrivedOn: firstArrivedOn,
    version: scheme.version,
    from: scheme.effectiveFrom,
    to: scheme.effectiveTo,
  } as const;
}
