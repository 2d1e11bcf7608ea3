import { asc, eq, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Database } from "~db/client.server";
import { clockExtensions, clockPauses, leadClocks } from "~db/schema/clocks";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import type { StaffActor } from "~server/staff-auth/actor";
import { actsForTheLead, readLeadInScope } from "~server/triage/lead-scope.server";
import type { ClockKind, PauseCause } from "./clock-kinds";
import { mayDecide } from "./decide-extension.server";
import { daysLeft, daysToGo, type DaysToGo, type LimitKind } from "./due-day";
import { readCalendar } from "./read-calendar.server";

/** Clocks a page shows at most, running ones first. */
const SHOWN = 40;

/** One clock of a lead. Days are YYYY-MM-DD. */
export type ClockView = {
  readonly id: string;
  readonly kind: ClockKind;
  readonly startedOn: string;
  readonly limitDays: number;
  readonly limitKind: LimitKind;
  readonly extendedDays: number;
  readonly clause: string | null;
  /** null while it stands still. */
  readonly dueOn: string | null;
  readonly endedOn: string | null;
  /** How far its end is away; null when it has ended or stands still. */
  readonly toGo: DaysToGo | null;
  /** Days of its limit that are left when it runs on; of a clock that stands still. */
  readonly left: number | null;
  /** Whether its last day lies in a year without a published list. */
  readonly provisional: boolean;
};

export type PauseView = {
  readonly id: string;
  readonly clockId: string;
  readonly cause: PauseCause;
  readonly reason: string | null;
  readonly fromOn: string;
  readonly untilOn: string | null;
  readonly toOn: string | null;
  readonly person: string | null;
};

export type ExtensionView = {
  readonly id: string;
  readonly clockId: string;
  readonly days: number;
  readonly reason: string;
  readonly asker: string;
  readonly decider: string | null;
  readonly outcome: "granted" | "refused" | null;
  /** Whether the person looking on asked for it. */
  readonly own: boolean;
};

/** A lead's clocks, running first, with what stopped and extended them. 404 out of this person's sight. */
export async function readLeadClocks(
  db: Database,
  input: { readonly leadId: string; readonly at: Date },
  actor: StaffActor,
): Promise<{ clocks: ClockView[]; pauses: PauseView[]; extensions: ExtensionView[] }> {
  const today = chinaDay(input.at);
  return withActor(db, actor, async (tx) => {
    const lead = await readLeadInScope(tx, input.leadId, actor);
    const { calendar } = await readCalendar(tx);
    const rows = await tx
      .select()
      .from(leadClocks)
      .where(eq(leadClocks.leadId, lead.id))
      .orderBy(sql`${leadClocks.endedOn} is not null`, asc(leadClocks.startedOn), asc(leadClocks.id))
      .limit(SHOWN);
    const pauses = await tx
      .select({ row: clockPauses, person: staff.displayName })
      .from(clockPauses)
      .leftJoin(staff, eq(staff.id, clockPauses.pausedBy))
      .where(eq(clockPauses.leadId, lead.id))
      .orderBy(asc(clockPauses.fromOn), asc(clockPauses.id))
      .limit(SHOWN * 4);
    const decider = alias(staff, "decider");
    const extensions = await tx
      .select({ row: clockExtensions, asker: staff.displayName, decider: decider.displayName })
      .from(clockExtensions)
      .innerJoin(staff, eq(staff.id, clockExtensions.askedBy))
      .leftJoin(decider, eq(decider.id, clockExtensions.decidedBy))
      .where(eq(clockExtensions.leadId, lead.id))
      .orderBy(asc(clockExtensions.askedAt))
      .limit(SHOWN * 2);
    return {
      clocks: rows.map((row) => {
        const running = row.endedOn === null;
        const terms = {
          startedOn: row.startedOn,
          limitKind: row.limitKind as LimitKind,
          days: row.limitDays + row.extendedDays,
          pauses: pauses.flatMap((one) => (one.row.clockId === row.id ? [one.row] : [])),
        };
        return {
          id: row.id,
          kind: row.kind as ClockKind,
          startedOn: row.startedOn,
          limitDays: row.limitDays,
          limitKind: terms.limitKind,
          extendedDays: row.extendedDays,
          clause: row.clause,
          dueOn: row.dueOn,
          endedOn: row.endedOn,
          toGo:
            running && row.dueOn !== null
              ? daysToGo(calendar, { ...row, dueOn: row.dueOn, limitKind: terms.limitKind }, today)
              : null,
          left: running && row.dueOn === null ? daysLeft(calendar, terms, today) : null,
          provisional: running && row.dueOn !== null && !calendar.isPublished(Number(row.dueOn.slice(0, 4))),
        };
      }),
      pauses: pauses.map(({ row, person }) => ({
        id: row.id,
        clockId: row.clockId,
        cause: row.cause as PauseCause,
        reason: row.reason,
        fromOn: row.fromOn,
        untilOn: row.untilOn,
        toOn: row.toOn,
        person,
      })),
      extensions: extensions.map((one) => ({
        id: one.row.id,
        clockId: one.row.clockId,
        days: one.row.days,
        reason: one.row.reason,
        asker: one.asker,
        decider: one.decider,
        outcome: one.row.outcome as ExtensionView["outcome"],
        own: one.row.askedBy === actor.id,
      })),
    };
  });
}

export type ClockPage = Awaited<ReturnType<typeof readLeadClocks>> & {
  readonly number: number;
  readonly name: string;
  /** Clocks this person may ask an extension for now, with its days. */
  readonly extendable: readonly { readonly clockId: string; readonly days: number }[];
  readonly decides: boolean;
};

/** The page of a lead's clocks: what there is, and what this person may do about it. */
export async function readClockPage(
  db: Database,
  input: { readonly leadId: string; readonly at: Date },
  actor: StaffActor,
): Promise<ClockPage> {
  const view = await readLeadClocks(db, input, actor);
  const today = chinaDay(input.at);
  return withActor(db, actor, async (tx) => {
    const lead = await readLeadInScope(tx, input.leadId, actor);
    const asks = await actsForTheLead(tx, lead.id, actor);
    const running = asks ? await tx.select().from(leadClocks).where(eq(leadClocks.leadId, lead.id)) : [];
    return {
      ...view,
      number: lead.number,
      name: lead.name,
      decides: await mayDecide(tx, lead.id, actor),
      extendable: running.flatMap(({ id, endedOn, dueOn, extensionDays }) =>
        endedOn === null &&
        extensionDays > 0 &&
        (dueOn === null || dueOn >= today) &&
        !view.extensions.some(({ clockId, outcome }) => clockId === id && outcome !== "refused")
          ? [{ clockId: id, days: extensionDays }]
          : [],
      ),
    };
  });
}
