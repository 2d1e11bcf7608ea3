import { and, desc, eq, gt, sql, type SQL } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { leads, routingDecisions } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { addDays } from "~server/clock";
import { notFound } from "~server/errors.server";
import type { Pack } from "~server/packs/grammar";
import { hasRole, systemActor, type StaffActor } from "~server/staff-auth/actor";
import { compareDecisions, type DecisionOutcome, type DecisionPart } from "./compare-decisions";
import { routingFactsFor } from "./facts";
import { routeLead } from "./route-lead";

/** How far back stored decisions are compared. */
export const DIFF_DAYS = 90;
export const CHANGES_A_PAGE = 20;
/** Decisions read at a time, and at most for one page of the list. */
const BATCH = 500;
const SCANNED = 10_000;

export type DecisionChange = {
  readonly decisionNo: string;
  /** null for an administrator, who sees no leads. */
  readonly lead: { readonly id: string; readonly number: number } | null;
  readonly kind: "proposed" | "confirmed";
  readonly decidedOn: string;
  readonly sector: string;
  readonly parts: readonly DecisionPart[];
  readonly before: DecisionOutcome;
  /** null where the new rules cannot take its facts. */
  readonly after: DecisionOutcome | null;
};

export type SectorCount = { readonly sector: string; readonly decisions: number; readonly changed: number };
/** How often a body would lead that did not, and the reverse. */
export type AgencyCount = { readonly agency: string; readonly gains: number; readonly loses: number };

export type DecisionDiff = {
  readonly decisions: number;
  readonly changed: number;
  /** Decisions whose facts the new rules could not take (a place of the pack's own that is gone); counted as changed. */
  readonly unreadable: number;
  readonly bySector: readonly SectorCount[];
  readonly byAgency: readonly AgencyCount[];
  readonly newlyMajor: number;
  readonly noLongerMajor: number;
};

type Asked = { readonly pack: Pack; readonly today: string };

const COUNTER = systemActor("simulate");

/**
 * Who sees which decisions: triage and auditors those of the leads in their sight, under their own row-level security;
 * an administrator, who sees no lead, figures and bodies alone, and nothing of leads kept to the leading office.
 */
function readAs<T>(
  db: Database,
  actor: StaffActor,
  work: (tx: Tx, scope: { seesLeads: boolean; limit: SQL | undefined }) => Promise<T>,
) {
  const seesLeads = hasRole(actor, "triage_officer", "auditor");
  if (!seesLeads && !hasRole(actor, "administrator")) throw notFound();
  const limit = seesLeads
    ? undefined
    : sql`not ${leads.leadingOfficeOnly} and ${routingDecisions.decisionNo} > coalesce(${leads.keptDecisionsTo}, 0)`;
  return withActor(db, seesLeads ? actor : COUNTER, (tx) => work(tx, { seesLeads, limit }));
}

type Place = { readonly day: string; readonly no: bigint };

/** The next decisions, newest first, after a place in that order. */
async function readBatch(tx: Tx, asked: Asked, after: Place | null, limit: SQL | undefined) {
  return tx
    .select({
      no: routingDecisions.decisionNo,
      leadId: routingDecisions.leadId,
      number: leads.number,
      kind: routingDecisions.kind,
      decidedOn: routingDecisions.decidedOn,
      facts: routingDecisions.facts,
      decision: routingDecisions.decision,
    })
    .from(routingDecisions)
    .innerJoin(leads, eq(leads.id, routingDecisions.leadId))
    .where(
      and(
        eq(routingDecisions.packId, asked.pack.id),
        gt(routingDecisions.decidedOn, addDays(asked.today, -DIFF_DAYS)),
        after === null
          ? undefined
          : sql`(${routingDecisions.decidedOn}, ${routingDecisions.decisionNo}) < (${after.day}::date, ${after.no}::bigint)`,
        limit,
      ),
    )
    .orderBy(desc(routingDecisions.decidedOn), desc(routingDecisions.decisionNo))
    .limit(BATCH);
}

type Row = Awaited<ReturnType<typeof readBatch>>[number];
type Compared = { readonly row: Row; readonly sector: string; readonly after: DecisionOutcome | null };

function outcomeOf(stored: unknown): DecisionOutcome {
  return stored as DecisionOutcome;
}

function decideAnew(pack: Pack, schema: ReturnType<typeof routingFactsFor>, row: Row): Compared {
  const facts = schema.safeParse(row.facts);
  const [sector] = (row.facts as { sectors?: readonly string[] }).sectors ?? [];
  return { row, sector: sector ?? "unknown", after: facts.success ? routeLead(pack, facts.data) : null };
}

/** How the stored decisions of the last 90 days would come out under a pack's rules. Memory for one batch at a time. */
export async function diffDecisions(db: Database, asked: Asked, actor: StaffActor): Promise<DecisionDiff> {
  const schema = routingFactsFor(asked.pack);
  return readAs(db, actor, async (tx, { limit }) => {
    const sectors = new Map<string, { decisions: number; changed: number }>();
    const bodies = new Map<string, { gains: number; loses: number }>();
    const sums = { decisions: 0, changed: 0, unreadable: 0, newlyMajor: 0, noLongerMajor: 0 };
    const body = (name: string) => {
      const counted = bodies.get(name) ?? { gains: 0, loses: 0 };
      bodies.set(name, counted);
      return counted;
    };
    for (let after: Place | null = null; ;) {
      const rows: Row[] = await readBatch(tx, asked, after, limit);
      for (const row of rows) {
        const { sector, after: now } = decideAnew(asked.pack, schema, row);
        const before = outcomeOf(row.decision);
        const counted = sectors.get(sector) ?? { decisions: 0, changed: 0 };
        sectors.set(sector, counted);
        counted.decisions += 1;
        sums.decisions += 1;
        if (now !== null && compareDecisions(before, now).length === 0) continue;
        counted.changed += 1;
        sums.changed += 1;
        if (now === null) {
          sums.unreadable += 1;
          continue;
        }
        for (const name of now.lead) if (!before.lead.includes(name)) body(name).gains += 1;
        for (const name of before.lead) if (!now.lead.includes(name)) body(name).loses += 1;
        if (now.escalate && !before.escalate) sums.newlyMajor += 1;
        if (before.escalate && !now.escalate) sums.noLongerMajor += 1;
      }
      const last: Row | undefined = rows.at(-1);
      if (last === undefined || rows.length < BATCH) break;
      after = { day: last.decidedOn, no: last.no };
    }
    return {
      ...sums,
      bySector: [...sectors]
        .map(([sector, counted]) => ({ sector, ...counted }))
        .sort((one, other) => other.changed - one.changed || (one.sector < other.sector ? -1 : 1)),
      byAgency: [...bodies]
        .map(([agency, counted]) => ({ agency, ...counted }))
        .sort((one, other) => other.gains + other.loses - one.gains - one.loses),
    };
  });
}

/**
 * One page of the decisions that would change, newest first. `after` is where the page before ended; `next` where this
 * one did, null at the end. Of very many unchanged decisions a page may hold fewer than it could, never too many reads.
 */
export async function listChanges(
  db: Database,
  asked: Asked & { readonly after: string | null },
  actor: StaffActor,
): Promise<{ changes: DecisionChange[]; next: string | null }> {
  const schema = routingFactsFor(asked.pack);
  return readAs(db, actor, async (tx, { seesLeads, limit }) => {
    const changes: DecisionChange[] = [];
    let at = readPlace(asked.after);
    for (let scanned = 0; scanned < SCANNED;) {
      const rows: Row[] = await readBatch(tx, asked, at, limit);
      for (const row of rows) {
        at = { day: row.decidedOn, no: row.no };
        const { sector, after } = decideAnew(asked.pack, schema, row);
        const before = outcomeOf(row.decision);
        const parts = after === null ? [] : compareDecisions(before, after);
        if (after !== null && parts.length === 0) continue;
        changes.push({
          decisionNo: String(row.no),
          lead: seesLeads ? { id: row.leadId, number: row.number } : null,
          kind: row.kind === "confirmed" ? "confirmed" : "proposed",
          ...{ decidedOn: row.decidedOn, sector, parts, before: only(before) },
          after: after && only(after),
        });
        if (changes.length === CHANGES_A_PAGE) return { changes, next: sayPlace(at) };
      }
      scanned += rows.length;
      if (rows.length < BATCH) return { changes, next: null };
    }
    return { changes, next: at === null ? null : sayPlace(at) };
  });
}

/** A page is not sent the facts that a decision cites. */
function only({ lead, coLead, cooperating, also, territory, escalate }: DecisionOutcome): DecisionOutcome {
  return { lead, coLead, cooperating, also, territory, escalate };
}

function sayPlace({ day, no }: Place): string {
  return `${day}.${no}`;
}

function readPlace(text: string | null): Place | null {
  const parts = /^(\d{4}-\d{2}-\d{2})\.(\d{1,18})$/.exec(text ?? "");
  if (!parts?.[1] || !parts[2] || Number.isNaN(Date.parse(parts[1])) || addDays(parts[1], 0) !== parts[1])
    return null;
  return { day: parts[1], no: BigInt(parts[2]) };
}
