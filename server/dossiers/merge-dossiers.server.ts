import { eq, inArray, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { dossierAliases, dossierMerges, dossierMergeTips } from "~db/schema/dossiers";
import { tips } from "~db/schema/intake";
import { dossiers, leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { DomainError, notFound } from "~server/errors.server";
import type { Pack } from "~server/packs/grammar";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { raiseMajor } from "~server/triage/raise-major.server";
import { refuseEnding } from "~server/triage/refuse-ending.server";
import {
  lockLeads,
  readDossierInScope,
  refuseHeld,
  refuseRecused,
  type DossierRow,
} from "./dossier-scope.server";
import { foldName, gramsOf } from "./fold-name.server";
import { leadAsBefore, type MergeRecord } from "./merge-record";
import { moveTips } from "./move-tips.server";
import { readRunning } from "./restore-running.server";

type Lead = typeof leads.$inferSelect;

/**
 * Triage finds two dossiers to be one subject: `mergedId` goes into `keptId`. Its leads hang on the dossier kept from
 * now on, its names become aliases there, reports with its keys find the dossier kept. If both have an open lead, the
 * merged one's tips go to the kept one's and it ends as a duplicate. Keys, fields, holders, clocks, arrival numbers and
 * ranks stay as they are, so that `unmergeDossiers` restores everything. Refusals: `same_dossier`, `already_merged`,
 * `stale_dossier`, `recused`, `kept_to_office`, `lead_in_dispute`, `lead_has_findings`, `tip_has_award`.
 */
export async function mergeDossiers(
  db: Database,
  pack: Pack,
  input: {
    keptId: string;
    mergedId: string;
    /** The versions the page showed. */
    keptVersion: number;
    mergedVersion: number;
    reason: string;
    at: Date;
  },
  actor: StaffActor,
): Promise<{ mergeId: string }> {
  const done = withActor(db, actor, async (tx) => {
    if (!hasRole(actor, "triage_officer")) throw notFound();
    const { keptId, mergedId, at } = input;
    if (keptId === mergedId) throw new DomainError("same_dossier", 400, "两个编号属于同一份档案，不必合并。");
    const both = new Map<string, DossierRow>();
    // Locked in id order, so that two officers merging towards each other wait instead of failing.
    for (const id of [keptId, mergedId].sort())
      both.set(id, await readDossierInScope(tx, id, actor, { lock: true }));
    const [kept, merged] = [both.get(keptId), both.get(mergedId)];
    if (kept === undefined || merged === undefined) throw notFound();
    if (kept.mergedInto !== null || merged.mergedInto !== null)
      throw new DomainError("already_merged", 409, "其中一份档案已经并入其他档案，请刷新后再办理。");
    if (kept.version !== input.keptVersion || merged.version !== input.mergedVersion)
      throw new DomainError("stale_dossier", 409, "档案刚刚被他人修改过，请刷新后核对再办理。");
    await refuseRecused(tx, [keptId, mergedId]);
    const all = await lockLeads(tx, [keptId, mergedId]);
    const joined = await judgeOpenLeads(tx, all, keptId, mergedId);
    const moved = all.filter(({ dossierId }) => dossierId === mergedId);

    const mergeId = uuidv7();
    const before: MergeRecord = {
      moved: moved.map(leadAsBefore),
      joined: joined && { into: leadAsBefore(joined.into), from: leadAsBefore(joined.from) },
      lastArrival: await readLastArrival(tx),
      ...(await readRunning(tx, joined?.from.id ?? null)),
    };
    await tx.insert(dossierMerges).values({
      id: mergeId,
      ...{ keptId, mergedId, before, reason: input.reason },
      mergedBy: actor.id,
      mergedAt: at,
      leadIds: all.map(({ id }) => id),
    });
    await takeNames(tx, { kept, merged, mergeId, leads: moved, at }, actor);
    if (joined !== null) await joinLeads(tx, { ...joined, mergeId, at }, actor);
    // A merged dossier takes no lead any more, and the dossier kept only one open one: intake that races finds it.
    await tx
      .update(dossiers)
      .set({ mergedInto: keptId, version: sql`${dossiers.version} + 1` })
      .where(eq(dossiers.id, mergedId));
    await tx
      .update(dossiers)
      .set({ version: sql`${dossiers.version} + 1` })
      .where(eq(dossiers.id, keptId));
    if (moved.length > 0) {
      await tx
        .update(leads)
        .set({ dossierId: keptId })
        .where(
          inArray(
            leads.id,
            moved.map(({ id }) => id),
          ),
        );
    }
    await tellMerge(
      tx,
      { action: "dossier.merged", mergeId, keptId, mergedId, note: input.reason, leads: all, at },
      actor,
    );
    if (joined !== null)
      await raiseMajor(tx, { leadId: joined.into.id, pack, today: chinaDay(at), at, mergeId }, actor);
    return { mergeId };
  });
  return done.catch(refuseHeld);
}

/** The two open leads that become one, or null where at most one of the dossiers has one. */
async function judgeOpenLeads(
  tx: Tx,
  all: readonly Lead[],
  keptId: string,
  mergedId: string,
): Promise<{ into: Lead; from: Lead } | null> {
  const openOf = (dossierId: string) =>
    all.find((lead) => lead.dossierId === dossierId && lead.closedAt === null);
  const [into, from] = [openOf(keptId), openOf(mergedId)];
  if (into === undefined || from === undefined) return null;
  if (into.leadingOfficeOnly !== from.leadingOfficeOnly)
    throw new DomainError(
      "kept_to_office",
      409,
      "其中一条在办线索仅限领导小组办公室可见，另一条不限。请先把可见范围改为一致，再合并。",
    );
  await refuseEnding(tx, from.id);
  return { into, from };
}

async function readLastArrival(tx: Tx): Promise<number> {
  const [row] = await tx
    .select({ last: sql<number>`coalesce(max(${tips.arrivalNo}), 0)::float8` })
    .from(tips);
  return row?.last ?? 0;
}

async function joinLeads(
  tx: Tx,
  input: { into: Lead; from: Lead; mergeId: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  const { into, from, mergeId, at } = input;
  // Both leads' tips: what comes later is told apart by not being among them.
  await tx.execute(
    sql`insert into ${dossierMergeTips} (merge_id, tip_id, lead_id)
        select ${mergeId}::uuid, id, lead_id from ${tips} where lead_id in (${into.id}::uuid, ${from.id}::uuid)`,
  );
  const own = await tx
    .select({ id: tips.id })
    .from(tips)
    .where(eq(tips.leadId, from.id))
    .orderBy(tips.arrivalNo);
  await moveTips(tx, { tipIds: own.map(({ id }) => id), from: from.id, to: into.id, mergeId, at }, actor);
  await tx
    .update(leads)
    .set({ stage: "closed", closureCode: "duplicate", closedAt: at, version: sql`${leads.version} + 1` })
    .where(eq(leads.id, from.id));
  await tx
    .update(leads)
    .set({ version: sql`${leads.version} + 1` })
    .where(eq(leads.id, into.id));
}

/** The merged dossier's own name and its aliases become aliases of the dossier kept, unless it has them already. */
async function takeNames(
  tx: Tx,
  input: { kept: DossierRow; merged: DossierRow; mergeId: string; leads: readonly Lead[]; at: Date },
  actor: StaffActor,
): Promise<void> {
  const { kept, merged, mergeId, at } = input;
  const officeOnly = await knownToOfficeAlone(tx, input.leads);
  const aliases = await tx
    .select({ name: dossierAliases.name, officeOnly: dossierAliases.officeOnly })
    .from(dossierAliases)
    .where(sql`${dossierAliases.dossierId} = ${merged.id} and ${dossierAliases.endedAt} is null`);
  const keptName = foldName(kept.name);
  for (const one of [{ name: merged.name, officeOnly: merged.nameOfficeOnly }, ...aliases]) {
    const folded = foldName(one.name);
    if (folded === keptName || [...one.name].length < 2) continue;
    await tx
      .insert(dossierAliases)
      .values({
        id: uuidv7(),
        dossierId: kept.id,
        name: [...one.name].slice(0, 100).join(""),
        ...{ folded, grams: gramsOf(folded), mergeId },
        officeOnly: officeOnly || one.officeOnly,
        addedBy: actor.id,
        addedAt: at,
      })
      .onConflictDoNothing();
  }
}

/** Whether names of a dossier come from leads that bodies do not see, or from reports about officials. */
async function knownToOfficeAlone(tx: Tx, from: readonly Lead[]): Promise<boolean> {
  if (from.some(({ leadingOfficeOnly }) => leadingOfficeOnly)) return true;
  const first = from.toSorted((a, b) => a.number - b.number)[0];
  if (first === undefined) return false;
  // A dossier has the name its first report gave.
  const [tip] = await tx
    .select({ concernsOfficial: tips.concernsOfficial })
    .from(tips)
    .where(eq(tips.leadId, first.id))
    .orderBy(tips.arrivalNo)
    .limit(1);
  return tip?.concernsOfficial === true;
}

/**
 * Tells a merge, or its undoing, on every lead it touched: ids, no name. The bodies that hold a lead read its trail, so
 * the reason stays with the merge itself where a lead of the leading office alone is among them.
 */
export async function tellMerge(
  tx: Tx,
  input: {
    action: "dossier.merged" | "dossier.unmerged";
    mergeId: string;
    keptId: string;
    mergedId: string;
    note: string;
    leads: readonly { id: string; leadingOfficeOnly: boolean }[];
    at: Date;
  },
  actor: StaffActor,
): Promise<void> {
  const { action, mergeId, keptId, mergedId, at } = input;
  const told = input.leads.some(({ leadingOfficeOnly }) => leadingOfficeOnly) ? {} : { note: input.note };
  for (const lead of input.leads) {
    await recordEvent(
      tx,
      {
        action,
        subjectTable: "dossiers",
        subjectId: keptId,
        leadId: lead.id,
        data: { merge: mergeId, kept: keptId, merged: mergedId, ...told },
        at,
      },
      actor,
    );
  }
}
