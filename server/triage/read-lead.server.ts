import { and, asc, count, desc, eq, getTableColumns, inArray, isNull, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { events } from "~db/schema/events";
import { findings } from "~db/schema/findings";
import { tipIdentifiers, tips } from "~db/schema/intake";
import { leadAgencies, leadSectors, routingDecisions } from "~db/schema/leads";
import { agencies, staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { movesBesideDispute, weighDispute } from "~server/disputes/weigh-dispute.server";
import {
  countThreads,
  EMPTY_THREAD,
  findTipsWithNews,
  type ThreadCount,
  type TipWithNews,
} from "~server/messages/count-threads.server";
import { replayDecision, type Replay } from "~server/routing/replay-decision.server";
import { readSealed } from "~server/secrecy/read-sealed.server";
import type { SealedView } from "~server/secrecy/sealed-view";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { countTips } from "./count-tips.server";
import { listRecusals, type Recusal } from "./end-recusal.server";
import { allowedMoves, runningClock } from "./list-board.server";
import {
  actsForTheLead,
  leadsTheLead,
  readLeadInScope,
  readsTheTips,
  verifiesForTheLead,
  type LeadRow,
} from "./lead-scope.server";
import type { Move } from "./stages";

export const TIPS_A_PAGE = 10;
export const EVENTS_A_PAGE = 50;
/** Events of a lead are counted so far; one more stands for "more than that". */
export const EVENTS_COUNTED = 1000;

/** All of a tip but the receipt's lookup id, which no page ever needs. */
const { lookupId: _receipt, ...tipColumns } = getTableColumns(tips);

export type LeadTip = Omit<typeof tips.$inferSelect, "lookupId"> & {
  /** Place in the order of arrival within this lead, from 1. */
  readonly rank: number;
  readonly identifiers: readonly { kind: string; value: string }[];
  readonly narrative: SealedView;
  readonly details: SealedView;
  /** The list of its files, `FileMeta[]`. */
  readonly files: SealedView;
  /** What was said since; null for whoever does not read the tips. */
  readonly thread: ThreadCount | null;
};

export type LeadPage = {
  readonly lead: LeadRow;
  /** YYYY-MM-DD in China; dates the names of bodies. */
  readonly today: string;
  readonly dueOn: string | null;
  readonly sectors: readonly { sector: string; isPrimary: boolean }[];
  /** `after`: the body that ceased, whose place on this lead it took. */
  readonly holders: readonly {
    agencyId: string;
    name: string;
    relation: string;
    since: Date;
    after: { id: string; name: string } | null;
  }[];
  readonly tipCount: number;
  readonly tips: readonly LeadTip[];
  /** Tips whose reporters wrote something nobody has opened, or wish it opened again; the first 20. */
  readonly news: readonly TipWithNews[];
  /** Whether this person may read what reporters wrote. */
  readonly readsTips: boolean;
  readonly proposed: typeof routingDecisions.$inferSelect | null;
  readonly confirmed: typeof routingDecisions.$inferSelect | null;
  /** What each comes out as when decided anew by its own version of the rules. */
  readonly replays: { readonly proposed: Replay | null; readonly confirmed: Replay | null };
  readonly findings: readonly (typeof findings.$inferSelect & {
    recorder: string;
    verifier: string | null;
  })[];
  /** Newest first. */
  readonly history: readonly (typeof events.$inferSelect)[];
  readonly historyCount: number;
  readonly moves: readonly Move[];
  /** Whether a dispute about it runs now. */
  readonly disputeOpen: boolean;
  /** Who keeps away from it now, and why; for triage and audit. */
  readonly recusals: readonly Recusal[];
  readonly mayRecordFinding: boolean;
  readonly mayVerifyFinding: boolean;
  /** As triage, for bodies without accounts. */
  readonly findsForBody: boolean;
};

/**
 * One lead as this person may see it. Narratives are handed out, still sealed, to triage and to the bodies that lead
 * it; auditors and helping bodies see structured facts. That somebody looked is itself an event, and which of the two. `tipsPage` null reads no tips.
 */
export async function readLead(
  db: Database,
  input: { leadId: string; tipsPage: number | null; at: Date },
  actor: StaffActor,
): Promise<LeadPage> {
  return withActor(db, actor, async (tx) => {
    const lead = await readLeadInScope(tx, input.leadId, actor);
    const leading = await leadsTheLead(tx, lead.id, actor);
    const reads = await readsTheTips(tx, lead.id, actor);
    const tipCount = (await countTips(tx, [lead.id])).get(lead.id) ?? 0;
    const page =
      input.tipsPage === null
        ? []
        : await readTips(tx, { leadId: lead.id, page: Math.max(1, input.tipsPage), reads }, actor);
    const decisions = await latestDecisions(tx, lead.id);
    const found = await readFindings(tx, lead.id);
    const history = await tx
      .select()
      .from(events)
      .where(eq(events.leadId, lead.id))
      .orderBy(desc(events.seq))
      .limit(EVENTS_A_PAGE);
    // A flooded lead has as many events as reports: counted no further than anybody would read.
    const some = tx
      .select({ one: sql`1` })
      .from(events)
      .where(eq(events.leadId, lead.id))
      .limit(EVENTS_COUNTED + 1)
      .as("some");
    const [{ historyCount } = { historyCount: 0 }] = await tx.select({ historyCount: count() }).from(some);
    if (page.length > 0) {
      await recordEvent(
        tx,
        {
          action: reads ? "tips.viewed" : "tips.facts_viewed",
          subjectTable: "leads",
          subjectId: lead.id,
          data: { page: input.tipsPage, tips: page.length },
          at: input.at,
        },
        actor,
      );
    }
    return {
      lead,
      today: chinaDay(input.at),
      dueOn: runningClock(lead),
      sectors: await tx
        .select({ sector: leadSectors.sector, isPrimary: leadSectors.isPrimary })
        .from(leadSectors)
        .where(and(eq(leadSectors.leadId, lead.id), isNull(leadSectors.toOn))),
      holders: await tx
        .select({
          agencyId: agencies.id,
          name: agencies.name,
          relation: leadAgencies.relation,
          since: leadAgencies.fromAt,
          after: sql<{ id: string; name: string } | null>`(
            select json_build_object('id', a.id, 'name', a.name) from lead_agencies p join agencies a on a.id = p.agency_id
             where p.lead_id = ${leadAgencies.leadId} and p.relation = ${leadAgencies.relation}
               and p.to_at >= ${leadAgencies.fromAt}
               and a.successor_id = ${leadAgencies.agencyId} and a.valid_to is not null
             order by p.to_at desc limit 1)`,
        })
        .from(leadAgencies)
        .innerJoin(agencies, eq(agencies.id, leadAgencies.agencyId))
        .where(and(eq(leadAgencies.leadId, lead.id), isNull(leadAgencies.toAt)))
        .orderBy(asc(leadAgencies.id)),
      tipCount,
      tips: page,
      news: reads ? await findTipsWithNews(tx, lead.id) : [],
      readsTips: reads,
      ...decisions,
      replays: {
        proposed: decisions.proposed && (await replayDecision(tx, decisions.proposed)),
        confirmed: decisions.confirmed && (await replayDecision(tx, decisions.confirmed)),
      },
      findings: found,
      history,
      historyCount,
      moves: await movesBesideDispute(tx, lead.id, await allowedMoves(tx, lead, actor), actor),
      disputeOpen: (await weighDispute(tx, lead.id)).open,
      recusals: hasRole(actor, "triage_officer", "auditor") ? await listRecusals(tx, lead.id) : [],
      mayRecordFinding:
        ["investigating", "determined"].includes(lead.stage) && (await actsForTheLead(tx, lead.id, actor)),
      mayVerifyFinding: await verifiesForTheLead(tx, lead.id, actor),
      findsForBody: !leading && (await actsForTheLead(tx, lead.id, actor)),
    };
  });
}

async function readTips(
  tx: Tx,
  input: { leadId: string; page: number; reads: boolean },
  actor: StaffActor,
): Promise<LeadTip[]> {
  const offset = (input.page - 1) * TIPS_A_PAGE;
  const rows = await tx
    .select(tipColumns)
    .from(tips)
    .where(eq(tips.leadId, input.leadId))
    .orderBy(asc(tips.arrivalNo))
    .limit(TIPS_A_PAGE)
    .offset(offset);
  if (rows.length === 0) return [];
  const tipIds = rows.map(({ id }) => id);
  const marks = await tx
    .select({ tipId: tipIdentifiers.tipId, kind: tipIdentifiers.kind, value: tipIdentifiers.value })
    .from(tipIdentifiers)
    .where(inArray(tipIdentifiers.tipId, tipIds));
  const sealed = input.reads
    ? await readSealed(tx, { tipIds, fields: ["narrative", "details", "files"] }, actor)
    : (): SealedView => ({ state: "not_yours" });
  const threads = input.reads ? await countThreads(tx, tipIds) : null;
  return rows.map((row, at) => ({
    ...row,
    rank: offset + at + 1,
    identifiers: marks.filter(({ tipId }) => tipId === row.id).map(({ kind, value }) => ({ kind, value })),
    narrative: sealed(row.id, "narrative"),
    details: sealed(row.id, "details"),
    files: sealed(row.id, "files"),
    thread: threads === null ? null : (threads.get(row.id) ?? EMPTY_THREAD),
  }));
}

async function latestDecisions(tx: Tx, leadId: string): Promise<Pick<LeadPage, "proposed" | "confirmed">> {
  const latest = async (kind: "proposed" | "confirmed") =>
    (
      await tx
        .select()
        .from(routingDecisions)
        .where(and(eq(routingDecisions.leadId, leadId), eq(routingDecisions.kind, kind)))
        .orderBy(desc(routingDecisions.decisionNo))
        .limit(1)
    )[0] ?? null;
  return { proposed: await latest("proposed"), confirmed: await latest("confirmed") };
}

async function readFindings(tx: Tx, leadId: string): Promise<LeadPage["findings"]> {
  const rows = await tx
    .select()
    .from(findings)
    .where(eq(findings.leadId, leadId))
    .orderBy(desc(findings.version));
  const people = rows.flatMap(({ recordedBy, verifiedBy }) => [
    recordedBy,
    ...(verifiedBy ? [verifiedBy] : []),
  ]);
  const names =
    people.length === 0
      ? []
      : await tx
          .select({ id: staff.id, name: staff.displayName })
          .from(staff)
          .where(inArray(staff.id, people));
  const nameOf = (id: string | null) => names.find((person) => person.id === id)?.name ?? null;
  return rows.map((row) => ({
    ...row,
    recorder: nameOf(row.recordedBy) ?? "",
    verifier: nameOf(row.verifiedBy),
  }));
}
