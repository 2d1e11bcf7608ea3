import { and, asc, desc, eq, inArray, isNull, or, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { events } from "~db/schema/events";
import { drafts, tips } from "~db/schema/intake";
import { leadAgencies, leads } from "~db/schema/leads";
import { tipMessages } from "~db/schema/messages";
import { awards } from "~db/schema/rewards";
import { agencies } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import type { Pack } from "~server/packs/grammar";
import type { Portal } from "~server/portal.server";
import { readAwardForReporter, type ReporterAward } from "~server/rewards/read-award-for-reporter.server";
import { reporterActor } from "~server/staff-auth/actor";
import { runningClock } from "~server/triage/list-board.server";
import type { ClosureCode, Stage } from "~server/triage/stages";
import { draftOfReceipt, tipOfReceipt } from "./find-by-receipt.server";

/** What a stage of the board is called towards the reporter. */
export type PublicStage =
  | "received"
  | "reviewing"
  | "assigned"
  | "investigating"
  | "verified"
  | "consulting"
  | "returned"
  | "closed"
  | "not_accepted";

const PUBLIC_STAGE: Record<Stage, PublicStage> = {
  new: "received",
  triage: "reviewing",
  dispatched: "assigned",
  investigating: "investigating",
  determined: "verified",
  disputed: "consulting",
  returned: "returned",
  closed: "closed",
  rejected: "not_accepted",
};

export type Department = { readonly zh: string; readonly en: string };

export type TimelineEntry = {
  /** YYYY-MM-DD in China. */
  readonly on: string;
  readonly key: PublicStage | "reopened" | "handed" | "award_approved" | "award_accepted" | "award_paid";
  readonly department: Department | null;
};

type Limit = Pick<Pack["limits"]["acceptance"], "days" | "kind">;

export type TipStatus = {
  readonly kind: "tip";
  readonly tipId: string;
  readonly mode: "anonymous" | "named";
  readonly subjectName: string;
  readonly sector: string;
  readonly arrivedOn: string;
  /** An agency or official is concerned: the leading office alone handles it, whoever holds its lead. */
  readonly official: boolean;
  readonly stage: PublicStage;
  /** Newest first. */
  readonly timeline: readonly TimelineEntry[];
  readonly department: Department | null;
  readonly nextDeadline: { readonly on: string; readonly kind: "accept" | "handle" } | null;
  /** How long a body has once the report is handed to it, by the plan. */
  readonly limits: Readonly<Record<"acceptance" | "handling", Limit>>;
  readonly closure: ClosureCode | "not_a_report" | null;
  readonly awards: readonly ReporterAward[];
};

/**
 * What a receipt opens: a tip and how it fares, a draft to go on with, or null for a receipt that is unknown,
 * withdrawn or expired, which are one and the same here.
 */
export async function readStatus(
  portal: Portal,
  input: { lookupId: Buffer },
): Promise<TipStatus | { kind: "draft" } | null> {
  const today = chinaDay(portal.clock.now());
  const reporter = reporterActor(input.lookupId);
  const packOf = (packId: string) => portal.packs.of(packId).pack;
  const found = await withActor(portal.db, reporter, (tx) => readTip(tx, input.lookupId, today, packOf));
  if (found === null || found.kind === "draft") return found;
  const mine = await readAwardForReporter(portal.db, { tipId: found.tipId }, reporter);
  const paid = mine.flatMap(({ acceptedOn, paidOn }): TimelineEntry[] => [
    ...(acceptedOn === null ? [] : [{ on: acceptedOn, key: "award_accepted" as const, department: null }]),
    ...(paidOn === null ? [] : [{ on: paidOn, key: "award_paid" as const, department: null }]),
  ]);
  const timeline = [...found.timeline, ...paid]
    .sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0))
    .reverse();
  return { ...found, timeline, awards: mine };
}

type PackOf = (packId: string) => Pack;

async function readTip(
  tx: Tx,
  lookupId: Buffer,
  today: string,
  packOf: PackOf,
): Promise<TipStatus | { kind: "draft" } | null> {
  const [tip] = await tx.select().from(tips).where(tipOfReceipt(lookupId));
  if (tip === undefined) {
    const draft = await tx
      .select({ on: drafts.startedOn })
      .from(drafts)
      .where(draftOfReceipt(lookupId, today));
    return draft.length > 0 ? { kind: "draft" } : null;
  }
  const [lead] = tip.leadId === null ? [] : await tx.select().from(leads).where(eq(leads.id, tip.leadId));
  const office = lead === undefined ? null : await officeInCharge(tx, lead, tip, packOf);
  const told = lead === undefined ? null : await readTimeline(tx, lead.id, tip, office);
  const head = {
    kind: "tip" as const,
    tipId: tip.id,
    mode: tip.mode as TipStatus["mode"],
    subjectName: tip.subjectName,
    sector: tip.sector,
    arrivedOn: tip.arrivedOn,
    official: tip.concernsOfficial,
    timeline: told?.entries ?? [received(tip.arrivedOn)],
    // Of the plan the report came under: the lead's own, at another level, is told with the lead's moves.
    limits: limitsOf(packOf(tip.packId)),
    awards: [],
  };
  // Triage looked and found no report: said so, since a person wrongly taken for a machine would wait for ever. A sender
  // of spam learns nothing of why, and nothing before a person has judged it.
  if (tip.spam === "confirmed") {
    const [judged] = await tx
      .select({ on: events.recordedOn })
      .from(events)
      .where(
        and(
          eq(events.subjectTable, "tips"),
          eq(events.subjectId, tip.id),
          eq(events.action, "tip.spam_confirmed"),
        ),
      )
      .orderBy(desc(events.seq))
      .limit(1);
    const on = judged?.on ?? tip.arrivedOn;
    const timeline = [...head.timeline, { on, key: "not_accepted" as const, department: null }];
    return {
      ...{ ...head, timeline, stage: "not_accepted", closure: "not_a_report" },
      ...{ department: null, nextDeadline: null },
    };
  }
  // Whoever sends a report about a platform must not learn from it at once how far others' reports have come; whom the
  // office has written to knows that somebody is at work.
  if (lead === undefined || (told?.moved !== true && !(await isWrittenTo(tx, tip.id)))) {
    // Nothing of the lead: not that another's report keeps it to the office, nor that another level has it. That their
    // own goes to the office they said themselves.
    const department = tip.concernsOfficial ? await officeOf(tx, packOf(tip.packId)) : null;
    return { ...head, stage: "received", department, nextDeadline: null, closure: null };
  }
  const due = runningClock(lead);
  return {
    ...head,
    limits: limitsOf(packOf(lead.packId)),
    stage: PUBLIC_STAGE[lead.stage as Stage],
    // While bodies argue who handles it, none is named: the last to hold it is one of them.
    department: office ?? (lead.stage === "disputed" ? null : await departmentOf(tx, lead.id)),
    nextDeadline: due === null ? null : { on: due, kind: lead.stage === "dispatched" ? "accept" : "handle" },
    closure: lead.closureCode as ClosureCode | null,
  };
}

/** Whether staff ever wrote to the reporter of this very tip. */
async function isWrittenTo(tx: Tx, tipId: string): Promise<boolean> {
  const written = await tx
    .select({ id: tipMessages.id })
    .from(tipMessages)
    .where(and(eq(tipMessages.tipId, tipId), eq(tipMessages.direction, "out")))
    .limit(1);
  return written.length > 0;
}

/**
 * Who is in charge of a report that accuses an agency or official, and of all on a lead kept to the leading office: that
 * office. Whoever holds the lead may be the body accused, and never sees the report. Null for any other.
 */
async function officeInCharge(
  tx: Tx,
  lead: typeof leads.$inferSelect,
  tip: { readonly concernsOfficial: boolean },
  packOf: PackOf,
): Promise<Department | null> {
  if (!tip.concernsOfficial && !lead.leadingOfficeOnly) return null;
  return officeOf(tx, packOf(lead.packId));
}

/** A pack's leading office. */
async function officeOf(tx: Tx, pack: Pack): Promise<Department | null> {
  const id = `${pack.id}.${pack.leadingOffice}`;
  return (await nameBodies(tx, [id])).get(id) ?? null;
}

async function departmentOf(tx: Tx, leadId: string): Promise<Department | null> {
  const [holder] = await tx
    .select({ zh: agencies.name, en: agencies.nameEn })
    .from(leadAgencies)
    .innerJoin(agencies, eq(agencies.id, leadAgencies.agencyId))
    .where(and(eq(leadAgencies.leadId, leadId), isNull(leadAgencies.toAt), eq(leadAgencies.relation, "lead")))
    .orderBy(asc(leadAgencies.id))
    .limit(1);
  return holder ?? null;
}

const TOLD = ["lead.moved", "lead.dispatched", "finding.verified"];

/**
 * The lead's moves as its reporters are told them: days and stages, no notes, no names, and nothing that happened
 * before this tip came to it (it would tell of other reports); only this tip's awards. `office` stands for any body. `moved` says whether anything
 * has been told of the lead since.
 */
async function readTimeline(
  tx: Tx,
  leadId: string,
  tip: { readonly id: string; readonly arrivedOn: string },
  office: Department | null,
): Promise<{ entries: TimelineEntry[]; moved: boolean }> {
  const own = await tx.select({ id: awards.id }).from(awards).where(eq(awards.tipId, tip.id));
  const rows = await tx
    .select({ on: events.recordedOn, action: events.action, subjectId: events.subjectId, data: events.data })
    .from(events)
    .where(
      and(
        eq(events.leadId, leadId),
        // Where this tip came to the lead (0016).
        sql`${events.seq} > (select acting_reporter_after())`,
        or(inArray(events.action, TOLD), eq(events.action, "award.approved")),
      ),
    )
    .orderBy(asc(events.seq));
  const bodies = await nameBodies(
    tx,
    rows.flatMap(({ data }) => leadBodyOf(data) ?? []),
  );
  const entries = rows.flatMap(({ on, action, subjectId, data }): TimelineEntry[] => {
    const told = data as { to?: string; reopened?: boolean; handed?: string };
    if (on < tip.arrivedOn) return [];
    if (action === "award.approved") {
      return own.some(({ id }) => id === subjectId) ? [{ on, key: "award_approved", department: null }] : [];
    }
    const to = told.to as Stage | undefined;
    if (to === undefined || !(to in PUBLIC_STAGE)) return [];
    const body = bodies.get(leadBodyOf(data) ?? "") ?? null;
    const department = body === null ? null : (office ?? body);
    if (told.handed !== undefined) return [{ on, key: "handed", department: null }];
    return [{ on, key: told.reopened === true ? "reopened" : PUBLIC_STAGE[to], department }];
  });
  return {
    entries: [received(tip.arrivedOn), ...entries],
    moved: rows.some(({ action }) => TOLD.includes(action)),
  };
}

/** The body a dispatch hands the lead to. */
function leadBodyOf(data: unknown): string | undefined {
  const { holders } = data as { holders?: readonly { agencyId: string; relation: string }[] };
  return holders?.find(({ relation }) => relation === "lead")?.agencyId;
}

async function nameBodies(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, Department>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select({ id: agencies.id, zh: agencies.name, en: agencies.nameEn })
    .from(agencies)
    .where(inArray(agencies.id, [...new Set(ids)]));
  return new Map(rows.map(({ id, zh, en }) => [id, { zh, en }]));
}

function limitsOf({ limits: { acceptance, handling } }: Pack): TipStatus["limits"] {
  return {
    acceptance: { days: acceptance.days, kind: acceptance.kind },
    handling: { days: handling.days, kind: handling.kind },
  };
}

function received(on: string): TimelineEntry {
  return { on, key: "received", department: null };
}
