import { and, asc, eq, isNull } from "drizzle-orm";
import { validate } from "uuid";
import type { Database } from "~db/client.server";
import { bulkRows, bulkSets, leadCards } from "~db/schema/board";
import { leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { databaseFault, DomainError, notFound } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { assignLead, assigningReach, type AssignTo } from "./assign-lead.server";
import { boardReach } from "./board-reach.server";
import { setStarted } from "./freeze-set.server";
import { moveLead } from "./move-lead.server";
import { listColleagues } from "./list-people.server";
import { movesFrom, STAGES, type ClosureCode, type MoveNeed, type Stage } from "./stages";

export type BulkAct =
  | { readonly kind: "assign"; readonly to: AssignTo }
  | {
      readonly kind: "move";
      readonly to: Stage;
      readonly note: string | null;
      readonly legalBasis: string | null;
      readonly proposedBody: string | null;
      readonly closureCode: ClosureCode | null;
    };

/**
 * Does one thing to every lead of a frozen set, one transaction a lead: what changed since it was chosen is skipped and
 * said so, and a refusal or failure of one leaves the others. A set is acted on once; what was cut off is taken up by
 * `resumeSet`. Throws `set_started`; 404 for another's set.
 */
export async function actOnSet(
  portal: Pick<Portal, "db" | "log">,
  input: { readonly setId: string; readonly act: BulkAct; readonly at: Date },
  actor: StaffActor,
): Promise<{ done: number; skipped: number }> {
  const { db } = portal;
  if (!validate(input.setId)) throw notFound();
  await withActor(db, actor, async (tx) => {
    const [set] = await tx.select().from(bulkSets).where(eq(bulkSets.id, input.setId)).for("update");
    if (set === undefined) throw notFound();
    if (set.startedAt !== null) throw setStarted();
    await tx
      .update(bulkSets)
      .set({ act: input.act, startedAt: input.at })
      .where(eq(bulkSets.id, input.setId));
  });
  return carryOutRows(portal, input, actor);
}

/** The rows of a set that have no result yet, one after the other; a result once written stays. */
export async function carryOutRows(
  portal: Pick<Portal, "db" | "log">,
  input: { readonly setId: string; readonly act: BulkAct; readonly at: Date },
  actor: StaffActor,
): Promise<{ done: number; skipped: number }> {
  const { db } = portal;
  const rows = await withActor(db, actor, (tx) =>
    tx
      .select({ leadId: bulkRows.leadId, version: bulkRows.version })
      .from(bulkRows)
      .where(and(eq(bulkRows.setId, input.setId), isNull(bulkRows.result)))
      .orderBy(asc(bulkRows.ordinal)),
  );
  let done = 0;
  for (const row of rows) {
    const result = await actOnOne(portal, { ...row, act: input.act, at: input.at }, actor);
    if (result === "done") done += 1;
    await withActor(db, actor, (tx) =>
      tx
        .update(bulkRows)
        .set({ result })
        .where(
          and(eq(bulkRows.setId, input.setId), eq(bulkRows.leadId, row.leadId), isNull(bulkRows.result)),
        ),
    );
  }
  return { done, skipped: rows.length - done };
}

async function actOnOne(
  { db, log }: Pick<Portal, "db" | "log">,
  row: { leadId: string; version: number; act: BulkAct; at: Date },
  actor: StaffActor,
): Promise<string> {
  const { leadId, version, act, at } = row;
  try {
    if (act.kind === "assign") await assignLead(db, { leadId, version, to: act.to, at }, actor);
    else {
      const { to, note, legalBasis, proposedBody, closureCode } = act;
      await moveLead(db, { leadId, version, to, note, legalBasis, proposedBody, closureCode, at }, actor);
    }
    return "done";
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    // The set is acted on once: what fails on one lead must not leave the others undone for good.
    const { code, constraint } = databaseFault(error);
    log.error({ code: code ?? "unknown", constraint }, "bulk act failed on one lead");
    return "failed";
  }
}

export type BulkSet = {
  readonly id: string;
  readonly act: BulkAct | null;
  readonly rows: readonly {
    readonly leadId: string;
    readonly number: number;
    readonly name: string;
    readonly stage: Stage;
    readonly changed: boolean;
    readonly result: string | null;
  }[];
  /** Chosen leads the person no longer sees. */
  readonly gone: number;
  /** Where these leads may be moved to by the rules of the board, with what each move needs. */
  readonly moves: readonly { readonly to: Stage; readonly needs: readonly MoveNeed[] }[];
  /** Colleagues an act may give leads to. */
  readonly people: readonly { readonly id: string; readonly name: string }[];
};

/** A set of one's own with what it holds now and what became of it; 404 for anybody else's. */
export async function readSet(db: Database, setId: string, actor: StaffActor): Promise<BulkSet> {
  const reach = boardReach(actor);
  if (!validate(setId) || reach === null) throw notFound();
  return withActor(db, actor, async (tx) => {
    const [set] = await tx.select().from(bulkSets).where(eq(bulkSets.id, setId));
    if (set === undefined) throw notFound();
    const all = await tx
      .select({ leadId: bulkRows.leadId, version: bulkRows.version, result: bulkRows.result })
      .from(bulkRows)
      .where(eq(bulkRows.setId, setId))
      .orderBy(asc(bulkRows.ordinal));
    const seen = await tx
      .select({
        id: leads.id,
        number: leads.number,
        name: leads.name,
        stage: leads.stage,
        version: leads.version,
      })
      .from(bulkRows)
      .innerJoin(leadCards, and(eq(leadCards.leadId, bulkRows.leadId), eq(leadCards.reach, reach)))
      .innerJoin(leads, eq(leads.id, bulkRows.leadId))
      .where(eq(bulkRows.setId, setId));
    const byId = new Map(seen.map((lead) => [lead.id, lead]));
    const rows = all.flatMap(({ leadId, version, result }) => {
      const lead = byId.get(leadId);
      if (lead === undefined) return [];
      const { number, name, stage } = lead;
      return [{ leadId, number, name, stage: stage as Stage, changed: lead.version !== version, result }];
    });
    const mine = assigningReach(actor);
    const people = mine === null ? [] : await listColleagues(tx, mine);
    return {
      id: set.id,
      act: set.act as BulkAct | null,
      rows,
      gone: all.length - rows.length,
      moves: movesOfAll(rows.map(({ stage }) => stage)),
      people,
    };
  });
}

/** A stage some of the leads may go to, with all that any of those moves needs; never one that needs a route. */
function movesOfAll(stages: readonly Stage[]): { to: Stage; needs: MoveNeed[] }[] {
  const moves = [...new Set(stages)].flatMap(movesFrom).filter(({ needs }) => !needs.includes("route"));
  return STAGES.flatMap((to) => {
    const own = moves.filter((move) => move.to === to);
    return own.length === 0 ? [] : [{ to, needs: [...new Set(own.flatMap(({ needs }) => needs))] }];
  });
}
