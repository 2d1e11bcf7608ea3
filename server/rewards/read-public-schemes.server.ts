import { asc, desc, eq, lte, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { schemes } from "~db/schema/packs";
import { withActor } from "~db/with-actor.server";
import { REPORTER } from "~server/staff-auth/actor";
import { readStoredScheme } from "./load-scheme.server";
import type { Scheme } from "./scheme-grammar";
import type { Text } from "./scheme-parts";

export type PublicScheme = {
  readonly scheme: Scheme;
  /** The id of the scheme that took its place by `today`; null where it still decides. */
  readonly supersededBy: string | null;
};

/** A scheme by its id, in its version that began last on or before `today`; null for an id not stored. */
export async function readPublicScheme(
  db: Database,
  of: { readonly id: string; readonly today: string },
): Promise<PublicScheme | null> {
  return withActor(db, REPORTER, async (tx) => {
    const [row] = await tx
      .select()
      .from(schemes)
      .where(eq(schemes.schemeId, of.id))
      .orderBy(
        sql`${schemes.effectiveFrom} > ${of.today}`,
        sql`abs(${schemes.effectiveFrom} - ${of.today}::date)`,
      )
      .limit(1);
    if (row === undefined) return null;
    const [latest] = await tx
      .select({ id: schemes.schemeId })
      .from(schemes)
      .where(sql`${schemes.line} = ${row.line} and ${lte(schemes.effectiveFrom, of.today)}`)
      .orderBy(desc(schemes.effectiveFrom))
      .limit(1);
    const scheme = readStoredScheme(row.content);
    return { scheme, supersededBy: latest === undefined || latest.id === of.id ? null : latest.id };
  });
}

/** Every scheme of the portal by its title, in the order of ids. */
export async function listPublicSchemes(db: Database): Promise<{ id: string; title: Text }[]> {
  return withActor(db, REPORTER, (tx) =>
    tx
      .selectDistinctOn([schemes.schemeId], {
        id: schemes.schemeId,
        title: sql<Text>`${schemes.content}->'title'`,
      })
      .from(schemes)
      .orderBy(asc(schemes.schemeId), desc(schemes.effectiveFrom)),
  );
}
