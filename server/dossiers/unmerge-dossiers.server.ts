import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { dossierAliases, dossierMerges } from "~db/schema/dossiers";
import { tipIdentifiers, tips } from "~db/schema/intake";
import { dossierKeys, dossiers, leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import { DomainError, notFound } from "~server/errors.server";
import type { Pack } from "~server/packs/grammar";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { raiseMajors } from "~server/triage/raise-major.server";
import { lockLeads, readDossierInScope, refuseHeld, refuseRecused } from "./dossier-scope.server";
import { dossierKeysOf } from "./identifying-key";
import { tellMerge } from "./merge-dossiers.server";
import { mergeRecord, type MergeRecord, type UndoResult } from "./merge-record";
import { moveTips } from "./move-tips.server";
import { restoreRunning } from "./restore-running.server";
import { settleMajor } from "./settle-major.server";

/**
 * Undoes a merge: leads, tips, stages, clocks, assignments and aliases return to where they
 * were; days of the merge do not count. Of tips that came in between, those with
 * keys of the dossier set apart alone follow it to its lead; all others stay where they came to, and so do tips
 * somebody moved elsewhere meanwhile. 重大 of both leads is weighed anew. The last merge of a dossier is undone first. Versions go on counting, so that a
 * page from before saves nothing. Refusals: `already_undone`, `later_merge`, `recused`, `lead_closed`, `lead_changed`,
 * `tip_has_award`.
 */
export async function unmergeDossiers(
  db: Database,
  pack: Pack,
  input: { mergeId: string; reason: string; at: Date },
  actor: StaffActor,
): Promise<UndoResult & { keptId: string; mergedId: string }> {
  const done = withActor(db, actor, async (tx) => {
    if (!hasRole(actor, "triage_officer") || !/^[0-9a-f-]{36}$/.test(input.mergeId)) throw notFound();
    const { at } = input;
    const [asked] = await tx.select().from(dossierMerges).where(eq(dossierMerges.id, input.mergeId));
    if (asked === undefined) throw notFound();
    const { keptId, mergedId } = asked;
    for (const id of [keptId, mergedId].sort()) await readDossierInScope(tx, id, actor, { lock: true });
    const [merge] = await tx
      .select()
      .from(dossierMerges)
      .where(eq(dossierMerges.id, input.mergeId))
      .for("update");
    if (merge === undefined || merge.undoneAt !== null)
      throw new DomainError("already_undone", 409, "这次合并已经撤销，请刷新查看。");
    await refuseLaterMerge(tx, keptId, merge.mergeNo);
    await refuseRecused(tx, [keptId]);
    const before = mergeRecord.parse(merge.before);
    const all = await lockLeads(tx, [keptId]);
    const parting = await judgeTips(tx, { merge: { id: merge.id, mergedId, before }, all });

    const stayed = parting === null ? await countSince(tx, all, before.lastArrival) : 0;

    await tx
      .update(dossiers)
      .set({ mergedInto: null, version: sql`${dossiers.version} + 1` })
      .where(eq(dossiers.id, mergedId));
    await tx
      .update(dossiers)
      .set({ version: sql`${dossiers.version} + 1` })
      .where(eq(dossiers.id, keptId));
    if (before.moved.length > 0) {
      await tx
        .update(leads)
        .set({ dossierId: mergedId })
        .where(
          inArray(
            leads.id,
            before.moved.map(({ id }) => id),
          ),
        );
    }
    if (before.joined !== null) {
      await reopen(tx, before.joined);
      await restoreRunning(tx, { merge, before, leadId: before.joined.from.id, at }, actor);
    }
    const result = await partTips(tx, { parting, stayed, mergeId: merge.id, at }, actor);
    if (before.joined !== null) {
      const { into, from } = before.joined;
      await settleMajor(tx, { pack, leadId: into.id, mergeId: merge.id, at }, actor);
      // The one set apart again has what followed it, and may meet a threshold it never met before.
      await raiseMajors(tx, { leadIds: [into.id, from.id], pack, today: chinaDay(at), at }, actor);
    }
    await tx
      .update(dossierAliases)
      .set({ endedAt: at, endedBy: actor.id })
      .where(and(eq(dossierAliases.mergeId, merge.id), isNull(dossierAliases.endedAt)));
    await tx
      .update(dossierMerges)
      .set({ undoneAt: at, undoneBy: actor.id, undoReason: input.reason, undoResult: result })
      .where(eq(dossierMerges.id, merge.id));
    const touched = all.filter(({ id }) => merge.leadIds.includes(id));
    const said = {
      action: "dossier.unmerged",
      mergeId: merge.id,
      keptId,
      mergedId,
      note: input.reason,
    } as const;
    await tellMerge(tx, { ...said, leads: touched, at }, actor);
    return { ...result, keptId, mergedId };
  });
  return done.catch(refuseHeld);
}

/** What was merged later rests on what was merged before. */
async function refuseLaterMerge(tx: Tx, keptId: string, mergeNo: bigint): Promise<void> {
  const [kept] = await tx
    .select({ mergedInto: dossiers.mergedInto })
    .from(dossiers)
    .where(eq(dossiers.id, keptId));
  const [last] = await tx
    .select({ mergeNo: dossierMerges.mergeNo })
    .from(dossierMerges)
    .where(and(eq(dossierMerges.keptId, keptId), isNull(dossierMerges.undoneAt)))
    .orderBy(desc(dossierMerges.mergeNo))
    .limit(1);
  if (kept?.mergedInto !== null || last?.mergeNo !== mergeNo)
    throw new DomainError("later_merge", 409, "此后这份档案又有过合并。请从最近一次合并开始，依次撤销。");
}

type Parting = {
  readonly into: string;
  readonly from: string;
  /** Tips that return, and of those that came since the ones that go with them. */
  readonly back: readonly string[];
  readonly followers: readonly string[];
  readonly since: number;
  readonly elsewhere: number;
};

/** Which tips go where once the dossiers are two again, judged while the merge still stands; null when none move. */
async function judgeTips(
  tx: Tx,
  input: {
    merge: { id: string; mergedId: string; before: MergeRecord };
    all: readonly (typeof leads.$inferSelect)[];
  },
): Promise<Parting | null> {
  const { merge, all } = input;
  const { joined } = merge.before;
  if (joined === null) return null;
  const [into, from] = [joined.into.id, joined.from.id];
  const lead = (id: string) => all.find((one) => one.id === id);
  if (lead(into)?.closedAt !== null)
    throw new DomainError(
      "lead_closed",
      409,
      "合并后的线索已经办结，不能再分开。如确需分开，请先重新打开这条线索。",
    );
  if (lead(from)?.closureCode !== "duplicate")
    throw new DomainError("lead_changed", 409, "被并入的线索此后有了变化，不能照原样恢复，请逐条归并举报。");
  const { rows: own } = await tx.execute<{ id: string; here: boolean }>(
    sql`select t.id, t.lead_id = ${into}::uuid as here from dossier_merge_tips m join tips t on t.id = m.tip_id
         where m.merge_id = ${merge.id}::uuid and m.lead_id = ${from}::uuid order by t.arrival_no`,
  );
  const back = own.filter(({ here }) => here).map(({ id }) => id);
  const since = await tx
    .select({ id: tips.id, uscc: tips.uscc, packId: tips.packId })
    .from(tips)
    .where(
      and(
        eq(tips.leadId, into),
        sql`not exists (select 1 from dossier_merge_tips m
             where m.merge_id = ${merge.id}::uuid and m.tip_id = ${tips.id})`,
      ),
    )
    .orderBy(tips.arrivalNo);
  const followers = await findFollowers(tx, since, merge.mergedId);
  return { into, from, back, followers, since: since.length, elsewhere: own.length - back.length };
}

/**
 * Where the merge made no two open leads one, none of the tips since is moved: the dossier set apart may have no open
 * lead to take them. They are counted, so that triage moves by hand what belongs there.
 */
async function countSince(
  tx: Tx,
  all: readonly { id: string }[],
  lastArrival: number | null,
): Promise<number> {
  if (lastArrival === null || all.length === 0) return 0;
  const since = and(
    inArray(
      tips.leadId,
      all.map(({ id }) => id),
    ),
    sql`${tips.arrivalNo} > ${lastArrival}`,
  );
  return tx.$count(tips, since);
}

async function partTips(
  tx: Tx,
  input: { parting: Parting | null; stayed: number; mergeId: string; at: Date },
  actor: StaffActor,
): Promise<UndoResult> {
  const { parting, stayed, mergeId, at } = input;
  if (parting === null) return { returned: 0, followed: 0, stayed, elsewhere: 0 };
  const move = { from: parting.into, to: parting.from, mergeId, at };
  const returned = await moveTips(tx, { ...move, tipIds: parting.back }, actor);
  const followed = await moveTips(tx, { ...move, tipIds: parting.followers }, actor);
  return { returned, followed, stayed: parting.since - followed, elsewhere: parting.elsewhere };
}

const BATCH = 500;

/** Of tips that came in between, those whose every known key is of the dossier set apart or of one merged into it. */
async function findFollowers(
  tx: Tx,
  since: readonly { id: string; uscc: string | null; packId: string }[],
  mergedId: string,
): Promise<string[]> {
  const followers: string[] = [];
  for (let done = 0; done < since.length; done += BATCH) {
    const batch = since.slice(done, done + BATCH);
    const marks = await tx
      .select({ tipId: tipIdentifiers.tipId, kind: tipIdentifiers.kind, key: tipIdentifiers.key })
      .from(tipIdentifiers)
      .where(
        inArray(
          tipIdentifiers.tipId,
          batch.map(({ id }) => id),
        ),
      );
    const keysOf = new Map(
      batch.map(({ id, uscc }) => [
        id,
        dossierKeysOf({ uscc, identifiers: marks.filter(({ tipId }) => tipId === id) }),
      ]),
    );
    const wanted = [...new Set([...keysOf.values()].flat().map(({ key }) => key))];
    const owners =
      wanted.length === 0
        ? []
        : await tx
            .select({
              kind: dossierKeys.kind,
              key: dossierKeys.key,
              packId: dossierKeys.packId,
              // While the merge still stands: whether the key came with the dossier that goes.
              goes: sql<boolean>`(with recursive up(id) as (select ${dossierKeys.dossierId}
                 union all select d.merged_into from dossiers d join up on d.id = up.id where d.merged_into is not null)
                 select exists (select 1 from up where up.id = ${mergedId}::uuid))`,
            })
            .from(dossierKeys)
            .where(inArray(dossierKeys.key, wanted));
    for (const { id, packId } of batch) {
      const sides = (keysOf.get(id) ?? []).flatMap(({ kind, key }) =>
        owners.filter((owner) => owner.kind === kind && owner.key === key && owner.packId === packId),
      );
      if (sides.length > 0 && sides.every(({ goes }) => goes)) followers.push(id);
    }
  }
  return followers;
}

/** The lead that ended as a duplicate is as it was. */
async function reopen(tx: Tx, { from }: NonNullable<MergeRecord["joined"]>): Promise<void> {
  const was = { stage: from.stage, closureCode: null, closedAt: null, isMajor: from.isMajor };
  await tx
    .update(leads)
    .set({ ...was, version: sql`${leads.version} + 1` })
    .where(eq(leads.id, from.id));
}
