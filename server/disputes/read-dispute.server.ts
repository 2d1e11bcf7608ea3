import { and, asc, desc, eq, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import {
  disputeDecisions,
  disputeOpinions,
  disputeParties,
  disputeRecords,
  disputeReopenings,
  disputes,
  leadReturns,
} from "~db/schema/disputes";
import { events } from "~db/schema/events";
import { leads } from "~db/schema/leads";
import { agencies, staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { actsForTheLead, leadsInScope, type LeadRow } from "~server/triage/lead-scope.server";
import { disputesInScope, findDispute, type DisputeRow } from "./dispute-scope.server";
import { leadingBodies } from "./record-return.server";
import { weighDispute } from "./weigh-dispute.server";

/** More than a dispute ever has; a page is never longer. */
const AT_MOST = 200;

export type DisputePartyRow = {
  readonly agencyId: string;
  readonly name: string;
  readonly why: string;
  readonly joinedAt: Date;
  readonly hasOfficer: boolean;
};

export type DisputePage = {
  readonly leadId: string;
  readonly number: number;
  readonly name: string;
  /** The lead itself, where this person sees it: a party need not. */
  readonly lead: LeadRow | null;
  /** Whether a dispute runs; all that a body on the lead learns that is not heard in it. */
  readonly runs: boolean;
  readonly dispute: DisputeRow | null;
  readonly opener: string | null;
  readonly mediator: string;
  /** All disputes of the lead, newest first. */
  readonly all: readonly { id: string; openedAt: Date; status: string }[];
  readonly parties: readonly DisputePartyRow[];
  readonly returns: readonly (typeof leadReturns.$inferSelect & { person: string })[];
  /** Each wording of the question but the live one, oldest first, and who replaced it when. */
  readonly questions: readonly { id: string; question: string; at: Date; person: string }[];
  /** Every version, oldest first. */
  readonly opinions: readonly (typeof disputeOpinions.$inferSelect & { person: string })[];
  readonly records: readonly (typeof disputeRecords.$inferSelect & { person: string })[];
  readonly decision: (typeof disputeDecisions.$inferSelect & { person: string }) | null;
  readonly reopening:
    (typeof disputeReopenings.$inferSelect & { person: string; answerer: string | null }) | null;
  /** The body in whose name this person may ask to take the dispute up again; null where there is none. */
  readonly asksFor: string | null;
};

/**
 * A lead's dispute (the latest, or the one named) with everything said and done in it, for the leading office, auditors
 * and the bodies heard. Whoever sees the lead and is not heard learns that a dispute runs; anybody else gets a 404.
 */
export async function readDispute(
  db: Database,
  input: { leadId: string; disputeId?: string | null },
  actor: StaffActor,
): Promise<DisputePage> {
  return withActor(db, actor, async (tx) => {
    if (!/^[0-9a-f-]{36}$/.test(input.leadId)) throw notFound();
    const [lead = null] = await tx
      .select()
      .from(leads)
      .where(and(eq(leads.id, input.leadId), leadsInScope(actor)));
    const dispute = await findDispute(tx, input, actor);
    if (dispute === null) {
      if (lead === null || input.disputeId) throw notFound();
      const { open } = await weighDispute(tx, lead.id);
      return { ...NOTHING, leadId: lead.id, number: lead.number, name: lead.name, lead, runs: open };
    }
    const [mediator] = await tx
      .select({ name: agencies.name })
      .from(agencies)
      .where(eq(agencies.id, dispute.mediatorId));
    return {
      leadId: dispute.leadId,
      number: dispute.leadNumber,
      name: dispute.subjectName,
      lead,
      runs: dispute.status === "open",
      dispute,
      opener: dispute.openedBy === null ? null : await nameOf(tx, dispute.openedBy),
      mediator: mediator?.name ?? "",
      all: await tx
        .select({ id: disputes.id, openedAt: disputes.openedAt, status: disputes.status })
        .from(disputes)
        .where(and(eq(disputes.leadId, dispute.leadId), disputesInScope(actor)))
        .orderBy(desc(disputes.openedAt), desc(disputes.id))
        .limit(20),
      parties: await readParties(tx, dispute.id),
      returns: dispute.cause === "second_return" ? await readReturns(tx, dispute) : [],
      questions: await readQuestions(tx, dispute.id),
      opinions: await readOpinions(tx, dispute.id),
      records: await readRecords(tx, dispute.id),
      decision: await readDecision(tx, dispute.id),
      reopening: await readReopening(tx, dispute.id),
      asksFor: lead === null ? null : await asksFor(tx, { lead, dispute }, actor),
    };
  });
}

const NOTHING = {
  ...{
    dispute: null,
    opener: null,
    mediator: "",
    all: [],
    parties: [],
    returns: [],
    questions: [],
    opinions: [],
  },
  ...{ records: [], decision: null, reopening: null, asksFor: null },
} as const;

function readParties(tx: Tx, disputeId: string): Promise<DisputePartyRow[]> {
  return tx
    .select({
      agencyId: disputeParties.agencyId,
      name: agencies.name,
      why: disputeParties.why,
      joinedAt: disputeParties.joinedAt,
      hasOfficer: sql<boolean>`has_officer(${disputeParties.agencyId})`,
    })
    .from(disputeParties)
    .innerJoin(agencies, eq(agencies.id, disputeParties.agencyId))
    .where(eq(disputeParties.disputeId, disputeId))
    .orderBy(asc(disputeParties.joinedAt), asc(disputeParties.id))
    .limit(AT_MOST);
}

/** The two returns that brought the lead here. */
async function readReturns(tx: Tx, dispute: DisputeRow): Promise<DisputePage["returns"]> {
  const rows = await tx
    .select({ row: leadReturns, person: staff.displayName })
    .from(leadReturns)
    .innerJoin(staff, eq(staff.id, leadReturns.returnedBy))
    .where(
      and(
        eq(leadReturns.leadId, dispute.leadId),
        sql`${leadReturns.returnedAt} <= ${dispute.openedAt.toISOString()}::timestamptz`,
      ),
    )
    .orderBy(desc(leadReturns.round), desc(leadReturns.ordinal))
    .limit(2);
  return rows.map(({ row, person }) => ({ ...row, person })).reverse();
}

async function readQuestions(tx: Tx, disputeId: string): Promise<DisputePage["questions"]> {
  const rows = await tx
    .select({
      id: events.id,
      question: sql<string>`${events.data} ->> 'before'`,
      at: sql<Date>`${events.recordedAt}`.mapWith(events.recordedAt),
      person: sql<string>`coalesce(${events.actorSnapshot} ->> 'name', '')`,
    })
    .from(events)
    .where(
      and(
        eq(events.subjectTable, "disputes"),
        eq(events.subjectId, disputeId),
        eq(events.action, "dispute.question_changed"),
      ),
    )
    .orderBy(asc(events.seq))
    .limit(AT_MOST);
  return rows;
}

async function readOpinions(tx: Tx, disputeId: string): Promise<DisputePage["opinions"]> {
  const rows = await tx
    .select({ row: disputeOpinions, person: staff.displayName })
    .from(disputeOpinions)
    .innerJoin(staff, eq(staff.id, disputeOpinions.givenBy))
    .where(eq(disputeOpinions.disputeId, disputeId))
    .orderBy(desc(disputeOpinions.givenAt), desc(disputeOpinions.id))
    .limit(AT_MOST);
  return rows.map(({ row, person }) => ({ ...row, person })).reverse();
}

async function readRecords(tx: Tx, disputeId: string): Promise<DisputePage["records"]> {
  const rows = await tx
    .select({ row: disputeRecords, person: staff.displayName })
    .from(disputeRecords)
    .innerJoin(staff, eq(staff.id, disputeRecords.recordedBy))
    .where(eq(disputeRecords.disputeId, disputeId))
    .orderBy(desc(disputeRecords.recordedAt), desc(disputeRecords.id))
    .limit(AT_MOST);
  return rows.map(({ row, person }) => ({ ...row, person })).reverse();
}

async function readDecision(tx: Tx, disputeId: string): Promise<DisputePage["decision"]> {
  const [found] = await tx
    .select({ row: disputeDecisions, person: staff.displayName })
    .from(disputeDecisions)
    .innerJoin(staff, eq(staff.id, disputeDecisions.decidedBy))
    .where(eq(disputeDecisions.disputeId, disputeId));
  return found === undefined ? null : { ...found.row, person: found.person };
}

async function readReopening(tx: Tx, disputeId: string): Promise<DisputePage["reopening"]> {
  const [found] = await tx
    .select({ row: disputeReopenings, person: staff.displayName })
    .from(disputeReopenings)
    .innerJoin(staff, eq(staff.id, disputeReopenings.askedBy))
    .where(eq(disputeReopenings.disputeId, disputeId));
  if (found === undefined) return null;
  const { row, person } = found;
  return { ...row, person, answerer: row.answeredBy === null ? null : await nameOf(tx, row.answeredBy) };
}

async function nameOf(tx: Tx, staffId: string): Promise<string | null> {
  const [row] = await tx.select({ name: staff.displayName }).from(staff).where(eq(staff.id, staffId));
  return row?.name ?? null;
}

async function asksFor(
  tx: Tx,
  { lead, dispute }: { lead: LeadRow; dispute: DisputeRow },
  actor: StaffActor,
): Promise<string | null> {
  if (dispute.status !== "decided" || dispute.cause === "new_facts") return null;
  if (!["dispatched", "investigating"].includes(lead.stage)) return null;
  if ((await readReopening(tx, dispute.id)) !== null || !(await actsForTheLead(tx, lead.id, actor)))
    return null;
  const leading = await leadingBodies(tx, lead.id);
  const body = leading.includes(actor.agencyId) ? actor.agencyId : (leading[0] ?? "");
  const decision = await readDecision(tx, dispute.id);
  return decision?.agencyIds.includes(body) === true ? body : null;
}
