import { and, inArray, isNull, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { dossierAliases } from "~db/schema/dossiers";
import { leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { leadsInScope } from "~server/triage/lead-scope.server";
import { foldName, gramsOf } from "./fold-name.server";
import { readShownNames } from "./read-shown-names.server";

export const DOSSIERS_A_PAGE = 20;
/** A search looks at so many names at most: a fragment that many names share is to be typed longer. */
export const FOUND_AT_MOST = 1_000;

export type ListedDossier = {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly openedOn: string;
  /** Of the leads this person sees. */
  readonly leadCount: number;
  readonly openLead: { readonly id: string; readonly number: number } | null;
};

/**
 * One page of the dossiers this person sees, newest first, all or by a fragment of a name (2 characters and more;
 * traditional and full-width forms do not matter). `more` says whether another page follows; nothing is counted.
 */
export async function listDossiers(
  db: Database,
  input: { fragment: string; page: number },
  actor: StaffActor,
): Promise<{ dossiers: readonly ListedDossier[]; more: boolean; tooShort: boolean }> {
  const fragment = foldName(input.fragment);
  const tooShort = input.fragment !== "" && [...fragment].length < 2;
  if (tooShort) return { dossiers: [], more: false, tooShort };
  const wanted = input.fragment === "" ? null : gramsOf(fragment);
  return withActor(db, actor, async (tx) => {
    const { rows } = await tx.execute<{ id: string }>(
      sql`select f as id from find_dossiers(${sql.param(wanted)}::text[], ${fragment}, ${
        (input.page - 1) * DOSSIERS_A_PAGE
      }::int, ${DOSSIERS_A_PAGE + 1}::int, ${FOUND_AT_MOST}::int) f`,
    );
    const ids = rows.map(({ id }) => id);
    return {
      dossiers: await describe(tx, ids.slice(0, DOSSIERS_A_PAGE), actor),
      more: ids.length > DOSSIERS_A_PAGE,
      tooShort,
    };
  });
}

/** Names and leads of dossiers, in the order asked for, as far as this person sees them. */
async function describe(tx: Tx, ids: readonly string[], actor: StaffActor): Promise<ListedDossier[]> {
  if (ids.length === 0) return [];
  const shown = await readShownNames(tx, ids, actor);
  const aliases = await tx
    .select({ dossierId: dossierAliases.dossierId, name: dossierAliases.name })
    .from(dossierAliases)
    .where(and(inArray(dossierAliases.dossierId, [...ids]), isNull(dossierAliases.endedAt)))
    .orderBy(dossierAliases.addedAt)
    .limit(200);
  const own = await tx
    .select({
      dossierId: leads.dossierId,
      count: sql<number>`count(*)::int`,
      openId: sql<string | null>`min(${leads.id}::text) filter (where ${leads.closedAt} is null)`,
      openNumber: sql<string | null>`min(${leads.number}) filter (where ${leads.closedAt} is null)`,
    })
    .from(leads)
    .where(and(inArray(leads.dossierId, [...ids]), leadsInScope(actor)))
    .groupBy(leads.dossierId);
  return ids.flatMap((id) => {
    const row = shown.get(id);
    const mine = own.find(({ dossierId }) => dossierId === id);
    if (row === undefined || mine === undefined) return [];
    const openLead = mine.openId === null ? null : { id: mine.openId, number: Number(mine.openNumber) };
    const names = aliases.filter(({ dossierId }) => dossierId === id).map(({ name }) => name);
    return [{ id, ...row, aliases: names.slice(0, 5), leadCount: mine.count, openLead }];
  });
}
