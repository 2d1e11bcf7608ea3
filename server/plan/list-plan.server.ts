import { and, asc, desc, eq, inArray, isNull } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { planDeadlines, planRounds, planStates } from "~db/schema/plan";
import { agencies, staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import { notFound } from "~server/errors.server";
import type { Pack } from "~server/packs/grammar";
import { successorOn } from "~server/packs/look-up-pack";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";

/** How far a body is: `late` passed and not done; `done_late` done after the day. */
export type PlanState = "done" | "done_late" | "late" | "not_yet";

export type PlanPhase = {
  readonly id: string;
  readonly title: string;
  readonly dueOn: string;
  /** Whom it is for: how many bodies, and how far they are. */
  readonly bodies: number;
  readonly done: number;
  readonly late: number;
};

export type PlanBody = {
  readonly agencyId: string;
  readonly name: string;
  readonly state: PlanState;
  readonly stateOn: string | null;
  readonly note: string | null;
  readonly person: string | null;
};

export type PlanView = {
  readonly round: { readonly title: string } | null;
  readonly phases: readonly PlanPhase[];
  /** Of the phase asked for. */
  readonly bodies: readonly PlanBody[];
};

/**
 * The bodies a phase gives work, as of a day (YYYY-MM-DD); ids as `pack.agency`. One for certain sectors: those that lead
 * one of them (the leading office where the plan has no row for any). One for all: those that lead a sector, and the
 * leading office.
 */
export function planBodies(pack: Pack, day: string, sectors: readonly string[] | null = null): string[] {
  const leading = pack.rows
    .filter(({ sector }) => sectors === null || sectors.includes(sector))
    .flatMap(({ rules }) => rules.flatMap(({ lead }) => lead ?? []));
  const all = sectors === null || leading.length === 0 ? [...leading, pack.leadingOffice] : leading;
  return [...new Set(all.map((id) => `${pack.id}.${successorOn(pack, id, day)}`))];
}

export function stateOf(of: {
  done: boolean;
  stateOn: string | null;
  dueOn: string;
  today: string;
}): PlanState {
  if (of.done) return of.stateOn !== null && of.stateOn > of.dueOn ? "done_late" : "done";
  return of.dueOn < of.today ? "late" : "not_yet";
}

/** The running round with each phase's progress; an agency's people see their own body's. */
export async function listPlan(
  db: Database,
  input: { readonly pack: Pack; readonly phaseId: string | null; readonly at: Date },
  actor: StaffActor,
): Promise<PlanView> {
  const office = hasRole(actor, "triage_officer", "auditor");
  if (!office && !hasRole(actor, "agency_officer", "agency_verifier")) throw notFound();
  const today = chinaDay(input.at);
  const bodiesOf = (sectors: readonly string[] | null) =>
    planBodies(input.pack, today, sectors).filter((id) => office || id === actor.agencyId);
  return withActor(db, actor, async (tx) => {
    const [round] = await tx
      .select()
      .from(planRounds)
      .where(and(eq(planRounds.packId, input.pack.id), isNull(planRounds.endedAt)));
    if (round === undefined) return { round: null, phases: [], bodies: [] };
    const rows = await tx
      .select()
      .from(planDeadlines)
      .where(eq(planDeadlines.roundId, round.id))
      .orderBy(asc(planDeadlines.dueOn), asc(planDeadlines.id));
    // A body is not shown what is for others' sectors.
    const phases = rows.filter(({ sectors }) => bodiesOf(sectors).length > 0);
    const latest = await latestStates(
      tx,
      phases.map(({ id }) => id),
    );
    const of = (phaseId: string, agencyId: string) => latest.get(`${phaseId} ${agencyId}`) ?? null;
    const judge = (phase: { id: string; dueOn: string }, agencyId: string): PlanState => {
      const row = of(phase.id, agencyId);
      return stateOf({
        done: row?.state === "done",
        stateOn: row?.stateOn ?? null,
        dueOn: phase.dueOn,
        today,
      });
    };
    const asked = phases.find(({ id }) => id === input.phaseId);
    const bodies = asked === undefined ? [] : bodiesOf(asked.sectors);
    const names =
      asked === undefined || bodies.length === 0
        ? []
        : await tx
            .select({ id: agencies.id, name: agencies.name })
            .from(agencies)
            .where(inArray(agencies.id, bodies));
    return {
      round: { title: round.title },
      phases: phases.map(({ id, title, dueOn, sectors }) => {
        const states = bodiesOf(sectors).map((agencyId) => judge({ id, dueOn }, agencyId));
        return {
          id,
          title,
          dueOn,
          bodies: states.length,
          done: states.filter((state) => state === "done" || state === "done_late").length,
          late: states.filter((state) => state === "late").length,
        };
      }),
      bodies:
        asked === undefined
          ? []
          : bodies.map((agencyId) => {
              const row = of(asked.id, agencyId);
              return {
                agencyId,
                name: names.find(({ id }) => id === agencyId)?.name ?? agencyId,
                state: judge(asked, agencyId),
                stateOn: row?.stateOn ?? null,
                note: row?.note ?? null,
                person: row?.person ?? null,
              };
            }),
    };
  });
}

type StateRow = { state: string; stateOn: string; note: string | null; person: string };

/** The last record of each body and phase. */
async function latestStates(tx: Tx, phases: readonly string[]): Promise<Map<string, StateRow>> {
  if (phases.length === 0) return new Map();
  const rows = await tx
    .selectDistinctOn([planStates.deadlineId, planStates.agencyId], {
      deadlineId: planStates.deadlineId,
      agencyId: planStates.agencyId,
      state: planStates.state,
      stateOn: planStates.stateOn,
      note: planStates.note,
      person: staff.displayName,
    })
    .from(planStates)
    .innerJoin(staff, eq(staff.id, planStates.recordedBy))
    .where(inArray(planStates.deadlineId, [...phases]))
    .orderBy(planStates.deadlineId, planStates.agencyId, desc(planStates.recordedAt), desc(planStates.id));
  return new Map(rows.map((row) => [`${row.deadlineId} ${row.agencyId}`, row]));
}
