import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { planDeadlines, planRounds, planStates } from "~db/schema/plan";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { databaseFault, DomainError, notFound } from "~server/errors.server";
import type { Pack } from "~server/packs/grammar";
import { readPackInForce } from "~server/packs/read-stored-pack.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { planBodies } from "./list-plan.server";
import { shiftYears } from "./phase-days";

/**
 * Opens a round of the plan: its phases as the pack has them, their days so many years on. Refusals: `not_found` for
 * anyone but triage, `round_running` (409) while another round of the pack runs.
 */
export async function openRound(
  db: Database,
  input: { readonly pack: Pack; readonly title: string; readonly years: number; readonly at: Date },
  actor: StaffActor,
): Promise<void> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  const opened = withActor(db, actor, async (tx) => {
    const inForce = await readPackInForce(tx, input.pack.id, null);
    const pack = inForce === null || inForce.pack.version === input.pack.version ? input.pack : inForce.pack;
    const roundId = uuidv7();
    await tx.insert(planRounds).values({
      id: roundId,
      packId: pack.id,
      title: input.title,
      openedBy: actor.id,
      openedAt: input.at,
    });
    await tx.insert(planDeadlines).values(
      pack.dates.map(({ id, task, due, sectors }) => ({
        id: uuidv7(),
        roundId,
        phase: id,
        title: task.zh,
        dueOn: shiftYears(due, input.years),
        sectors: sectors === undefined ? null : [...sectors],
      })),
    );
    await record(
      tx,
      { action: "plan.round_opened", id: roundId, data: { note: input.title }, at: input.at },
      actor,
    );
  });
  await opened.catch((error: unknown) => {
    if (databaseFault(error).constraint !== "plan_rounds_running_uq") throw error;
    throw new DomainError("round_running", 409, "本轮安排已经设定。如需另设一轮，请先结束本轮。");
  });
}

/** Ends the running round of a pack; what was recorded stays. 404 where none runs. */
export async function endRound(
  db: Database,
  input: { readonly packId: string; readonly at: Date },
  actor: StaffActor,
): Promise<void> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  await withActor(db, actor, async (tx) => {
    const [ended] = await tx
      .update(planRounds)
      .set({ endedAt: input.at })
      .where(and(eq(planRounds.packId, input.packId), isNull(planRounds.endedAt)))
      .returning({ id: planRounds.id });
    if (ended === undefined) throw notFound();
    await record(tx, { action: "plan.round_ended", id: ended.id, data: {}, at: input.at }, actor);
  });
}

/** Moves the day of a phase of a running round. 404 for anyone but triage and for phases of rounds that ended. */
export async function movePhase(
  db: Database,
  input: { readonly deadlineId: string; readonly dueOn: string; readonly at: Date },
  actor: StaffActor,
): Promise<void> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  await withActor(db, actor, async (tx) => {
    const phase = await runningPhase(tx, input.deadlineId);
    await tx.update(planDeadlines).set({ dueOn: input.dueOn }).where(eq(planDeadlines.id, phase.id));
    const data = { phase: phase.title, before: phase.dueOn, due: input.dueOn };
    await record(tx, { action: "plan.day_moved", id: phase.id, data, at: input.at }, actor);
  });
}

/**
 * Records how far a body is with a phase; the last record counts. Refusals: `not_found` for a phase of another plan and
 * for a body the phase is not asked of, `future_day` (400) for a day to come.
 */
export async function recordState(
  db: Database,
  input: {
    readonly deadlineId: string;
    readonly agencyId: string;
    readonly pack: Pack;
    readonly state: "done" | "not_yet";
    readonly stateOn: string;
    readonly note: string | null;
    readonly at: Date;
  },
  actor: StaffActor,
): Promise<void> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  if (input.stateOn > chinaDay(input.at)) {
    throw new DomainError("future_day", 400, "日期不能晚于今天，请更正后再保存。");
  }
  await withActor(db, actor, async (tx) => {
    const phase = await runningPhase(tx, input.deadlineId);
    const pack = (await readPackInForce(tx, input.pack.id, null))?.pack ?? input.pack;
    const asked = phase.packId === pack.id ? planBodies(pack, chinaDay(input.at), phase.sectors) : [];
    if (!asked.includes(input.agencyId)) throw notFound();
    const id = uuidv7();
    await tx.insert(planStates).values({
      id,
      deadlineId: phase.id,
      agencyId: input.agencyId,
      state: input.state,
      stateOn: input.stateOn,
      note: input.note,
      recordedBy: actor.id,
      recordedAt: input.at,
    });
    const data = {
      phase: phase.title,
      agency: input.agencyId,
      ...(input.note === null ? {} : { note: input.note }),
    };
    await record(tx, { action: "plan.state_recorded", id, data, at: input.at }, actor);
  });
}

type Phase = { id: string; title: string; dueOn: string; packId: string; sectors: string[] | null };

async function runningPhase(tx: Tx, id: string): Promise<Phase> {
  const { title, dueOn, sectors } = planDeadlines;
  const [phase] = await tx
    .select({ id: planDeadlines.id, title, dueOn, sectors, packId: planRounds.packId })
    .from(planDeadlines)
    .innerJoin(planRounds, and(eq(planRounds.id, planDeadlines.roundId), isNull(planRounds.endedAt)))
    .where(eq(planDeadlines.id, id));
  if (phase === undefined) throw notFound();
  return phase;
}

type PlanAct = {
  readonly action: "plan.round_opened" | "plan.round_ended" | "plan.day_moved" | "plan.state_recorded";
  readonly id: string;
  readonly data: Record<string, unknown>;
  readonly at: Date;
};

function record(tx: Tx, act: PlanAct, actor: StaffActor): Promise<void> {
  const subjectTable = act.action.startsWith("plan.round") ? "plan_rounds" : "plan_deadlines";
  const { action, data, at } = act;
  return recordEvent(tx, { action, subjectTable, subjectId: act.id, data, at }, actor);
}
