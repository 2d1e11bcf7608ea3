import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { dossierDismissals } from "~db/schema/dossier-dismissals";
import { dossierAliases } from "~db/schema/dossiers";
import { dossiers, leads } from "~db/schema/leads";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { leadsInScope } from "~server/triage/lead-scope.server";
import type { DossierRow } from "./dossier-scope.server";
import { weighShared, type Link, type Shared } from "./find-links.server";
import { foldName, likeness, tellingGrams } from "./fold-name.server";

export type Suggestion = {
  readonly dossierId: string;
  readonly name: string;
  readonly version: number;
  readonly leadNumber: number;
  /** 0 to 100. */
  readonly score: number;
  /** Why: the name of it that is alike, and how much (0 to 100); what both have in common. */
  readonly likeName: { readonly name: string; readonly percent: number } | null;
  readonly shared: readonly Shared[];
};

const NAMES_READ = 400;
const SHOWN = 10;
/** A name must be this much alike to count at all, and the whole this much to be shown. */
const LEAST_LIKENESS = 0.5;
const LEAST_SCORE = 0.25;

/**
 * Dossiers that may be the same subject, with a score and the reasons, for triage and audit alone: they may tell of
 * leads and officials no body knows of. Nothing is merged by itself.
 */
export async function suggestMerges(
  tx: Tx,
  dossier: DossierRow,
  links: readonly Link[],
  actor: StaffActor,
): Promise<Suggestion[]> {
  if (!hasRole(actor, "triage_officer", "auditor") || dossier.mergedInto !== null) return [];
  const aliases = await namesOf(tx, [dossier.id]);
  const own = [foldName(dossier.name), ...aliases.map(({ folded }) => folded)];
  const { rows } = await tx.execute<{ id: string }>(
    sql`select f as id from find_like_named(${sql.param([...new Set(own.flatMap(tellingGrams))])}::text[],
          ${dossier.packId}, ${dossier.id}::uuid, ${NAMES_READ}::int) f`,
  );
  const ids = [...new Set([...rows.map(({ id }) => id), ...links.map(({ dossierId }) => dossierId)])];
  if (ids.length === 0) return [];
  const found = await tx
    .select({
      id: dossiers.id,
      name: dossiers.name,
      version: dossiers.version,
      leadNumber: sql<string>`max(${leads.number})`,
    })
    .from(dossiers)
    .innerJoin(leads, eq(leads.dossierId, dossiers.id))
    .where(
      and(
        inArray(dossiers.id, ids),
        isNull(dossiers.mergedInto),
        eq(dossiers.packId, dossier.packId),
        leadsInScope(actor),
        notDismissed(dossier.id),
      ),
    )
    .groupBy(dossiers.id);
  const others = await namesOf(
    tx,
    found.map(({ id }) => id),
  );
  return found
    .flatMap(({ id, name, version, leadNumber }) => {
      const names = [{ name, folded: foldName(name) }, ...others.filter(({ dossierId }) => dossierId === id)];
      const best = names
        .map((one) => ({ name: one.name, like: Math.max(...own.map((mine) => likeness(mine, one.folded))) }))
        .toSorted((a, b) => b.like - a.like)[0];
      const like = best !== undefined && best.like >= LEAST_LIKENESS ? best : null;
      const shared = links.find(({ dossierId }) => dossierId === id)?.shared ?? [];
      const score = Math.min(1, (like?.like ?? 0) * 0.6 + weighShared(shared));
      return score < LEAST_SCORE
        ? []
        : [
            {
              ...{ dossierId: id, name, version, shared, leadNumber: Number(leadNumber) },
              score: Math.round(score * 100),
              likeName: like && { name: like.name, percent: Math.round(like.like * 100) },
            },
          ];
    })
    .toSorted((a, b) => b.score - a.score || a.leadNumber - b.leadNumber)
    .slice(0, SHOWN);
}

/** Without those judged to be another subject. */
function notDismissed(dossierId: string) {
  return sql`not exists (select 1 from ${dossierDismissals} where ${dossierDismissals.endedAt} is null
    and ${dossierDismissals.oneId} = least(${dossiers.id}, ${dossierId}::uuid)
    and ${dossierDismissals.otherId} = greatest(${dossiers.id}, ${dossierId}::uuid))`;
}

async function namesOf(tx: Tx, dossierIds: readonly string[]) {
  if (dossierIds.length === 0) return [];
  return tx
    .select({ dossierId: dossierAliases.dossierId, name: dossierAliases.name, folded: dossierAliases.folded })
    .from(dossierAliases)
    .where(and(inArray(dossierAliases.dossierId, [...dossierIds]), isNull(dossierAliases.endedAt)))
    .limit(1_000);
}
