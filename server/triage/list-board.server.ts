import { and, asc, count, desc, eq, inArray, isNull, sql, type SQL } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { leadAgencies, leadSectors, leads } from "~db/schema/leads";
import { agencies } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { countUnreadByLead, NOTHING_UNREAD } from "~server/messages/count-unread.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { actsForTheLead, leadsInScope } from "./lead-scope.server";
import { STAGES, movesFrom, type Move, type Stage } from "./stages";

export type BoardCard = {
  readonly id: string;
  readonly number: number;
  readonly version: number;
  readonly name: string;
  readonly stage: Stage;
  readonly isMajor: boolean;
  readonly sector: string | null;
  /** Code of the operating or registered place of its first tip. */
  readonly place: string | null;
  readonly leadAgencies: readonly string[];
  readonly tipCount: number;
  readonly openedOn: string;
  /** The day its running clock ends, if one runs: acceptance while 转办, handling while 核查. */
  readonly dueOn: string | null;
  readonly closureCode: string | null;
  /** Messages of its reporters nobody has opened; those this person may read. */
  readonly unread: number;
  /** Wishes of its reporters to have it opened again. */
  readonly wishes: number;
  readonly moves: readonly Move[];
};

export type BoardColumn = {
  readonly stage: Stage;
  readonly count: number;
  readonly cards: readonly BoardCard[];
};

export type BoardFilters = {
  readonly sector?: string;
  readonly agencyId?: string;
  readonly majorOnly?: boolean;
  /** Leads with a message nobody has opened, or a wish to open them again. */
  readonly newsOnly?: boolean;
  /** Part of the subject's name. */
  readonly name?: string;
};

/** Cards a column shows at first; the rest is a link to the column alone. */
export const CARDS_A_COLUMN = 12;
/** Cards a page of one column alone. */
export const CARDS_A_PAGE = 60;

/**
 * The board as this person may see it: every column with its exact count and its first cards, 重大 first, then newest.
 * With `stage` only that column, `page` by `page` of 60.
 */
export async function listBoard(
  db: Database,
  input: { filters: BoardFilters; stage?: Stage; page?: number },
  actor: StaffActor,
): Promise<BoardColumn[]> {
  return withActor(db, actor, async (tx) => {
    // A lead emptied by merging its tips elsewhere has left the board.
    const merged = sql`${leads.closureCode} is distinct from 'duplicate'`;
    const where = and(leadsInScope(actor), merged, ...conditions(input.filters));
    const counted = await tx
      .select({ stage: leads.stage, count: count() })
      .from(leads)
      .where(where)
      .groupBy(leads.stage);
    const counts = new Map(counted.map((row) => [row.stage, row.count]));
    const shown = input.stage === undefined ? STAGES : [input.stage];
    const limit = input.stage === undefined ? CARDS_A_COLUMN : CARDS_A_PAGE;
    const offset = input.stage === undefined ? 0 : Math.max(0, (input.page ?? 1) - 1) * CARDS_A_PAGE;
    const columns: BoardColumn[] = [];
    for (const stage of shown) {
      const rows = counts.has(stage)
        ? await tx
            .select()
            .from(leads)
            .where(and(where, eq(leads.stage, stage)))
            .orderBy(desc(leads.isMajor), desc(leads.number))
            .limit(limit)
            .offset(offset)
        : [];
      columns.push({ stage, count: counts.get(stage) ?? 0, cards: await toCards(tx, rows, actor) });
    }
    return columns;
  });
}

function conditions(filters: BoardFilters): SQL[] {
  const all: SQL[] = [];
  if (filters.sector) {
    all.push(
      sql`exists (select 1 from ${leadSectors} where ${leadSectors.leadId} = ${leads.id} and ${leadSectors.toOn} is null and ${leadSectors.sector} = ${filters.sector})`,
    );
  }
  if (filters.agencyId) {
    all.push(
      sql`exists (select 1 from ${leadAgencies} where ${leadAgencies.leadId} = ${leads.id} and ${leadAgencies.toAt} is null and ${leadAgencies.agencyId} = ${filters.agencyId})`,
    );
  }
  if (filters.majorOnly) all.push(eq(leads.isMajor, true));
  if (filters.newsOnly) {
    all.push(
      sql`${leads.id} in (select t.lead_id from tip_messages m join tips t on t.id = m.tip_id
        where m.direction = 'in' and m.read_on is null or m.kind = 'reopen' and m.outcome is null)`,
    );
  }
  if (filters.name) {
    const literal = filters.name.replace(/[\\%_]/g, (sign) => `\\${sign}`);
    all.push(sql`${leads.name} ilike ${`%${literal}%`}`);
  }
  return all;
}

async function toCards(tx: Tx, rows: (typeof leads.$inferSelect)[], actor: StaffActor): Promise<BoardCard[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const sectors = await tx
    .select({ leadId: leadSectors.leadId, sector: leadSectors.sector })
    .from(leadSectors)
    .where(and(inArray(leadSectors.leadId, ids), isNull(leadSectors.toOn), eq(leadSectors.isPrimary, true)));
  const holders = await tx
    .select({ leadId: leadAgencies.leadId, name: agencies.name })
    .from(leadAgencies)
    .innerJoin(agencies, eq(agencies.id, leadAgencies.agencyId))
    .where(
      and(inArray(leadAgencies.leadId, ids), isNull(leadAgencies.toAt), eq(leadAgencies.relation, "lead")),
    )
    .orderBy(asc(leadAgencies.id));
  const reports = await tx
    .select({
      leadId: tips.leadId,
      count: count(),
      place: sql<
        string | null
      >`(array_agg(coalesce(operating_at, registered_at, occurred_at) order by arrival_no)
        filter (where coalesce(operating_at, registered_at, occurred_at) is not null))[1]`,
    })
    .from(tips)
    .where(inArray(tips.leadId, ids))
    .groupBy(tips.leadId);
  const waiting = await countUnreadByLead(tx, ids);
  const cards: BoardCard[] = [];
  for (const row of rows) {
    const stage = row.stage as Stage;
    const report = reports.find(({ leadId }) => leadId === row.id);
    cards.push({
      id: row.id,
      number: row.number,
      version: row.version,
      name: row.name,
      stage,
      isMajor: row.isMajor,
      sector: sectors.find(({ leadId }) => leadId === row.id)?.sector ?? null,
      place: report?.place ?? null,
      leadAgencies: holders.filter(({ leadId }) => leadId === row.id).map(({ name }) => name),
      tipCount: report?.count ?? 0,
      openedOn: row.openedOn,
      dueOn: runningClock(row),
      closureCode: row.closureCode,
      ...(waiting.get(row.id) ?? NOTHING_UNREAD),
      moves: await allowedMoves(tx, row, actor),
    });
  }
  return cards;
}

/** The clock that runs now: 受理 after dispatch, 办理 while investigating and determining. */
export function runningClock(lead: {
  stage: string;
  acceptDueOn: string | null;
  handleDueOn: string | null;
}): string | null {
  if (lead.stage === "dispatched") return lead.acceptDueOn;
  return lead.stage === "investigating" || lead.stage === "determined" ? lead.handleDueOn : null;
}

/** The moves this person may make on this lead now; an agency that only helps makes none. */
export async function allowedMoves(
  tx: Tx,
  lead: { id: string; stage: string },
  actor: StaffActor,
): Promise<Move[]> {
  if (!hasRole(actor, "triage_officer", "agency_officer")) return [];
  const triage = hasRole(actor, "triage_officer");
  const agency = await actsForTheLead(tx, lead.id, actor);
  return movesFrom(lead.stage as Stage).filter(
    ({ roles }) =>
      (triage && roles.includes("triage_officer")) || (agency && roles.includes("agency_officer")),
  );
}
