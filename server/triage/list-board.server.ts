import { and, asc, eq, inArray, isNull, sql, type SQL } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { Database, Tx } from "~db/client.server";
import { cardSectors } from "~db/schema/card-sectors";
import { leadCards } from "~db/schema/board";
import { leadAgencies, leads } from "~db/schema/leads";
import { agencies, staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { countUnreadByLead, NOTHING_UNREAD } from "~server/messages/count-unread.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { boardReach } from "./board-reach.server";
import { countTips } from "./count-tips.server";
import { actsForTheLead, findActingLeads } from "./lead-scope.server";
import { boardOrder, narrowBoard, type BoardFilters, type BoardSort } from "./narrow-board.server";
import { STAGES, BETWEEN_BODIES, movesFrom, type Move, type Stage } from "./stages";

export type BoardCard = {
  readonly id: string;
  readonly packId: string;
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
  /** Who works on it, for the body (or the leading office) whose board this is. */
  readonly assignee: { readonly id: string; readonly name: string } | null;
  /** Messages of its reporters nobody has opened; those this person may read. */
  readonly unread: number;
  /** Wishes of its reporters to have it opened again. */
  readonly wishes: number;
  readonly moves: readonly Move[];
};

export type BoardColumn = {
  readonly stage: Stage;
  readonly count: number;
  /** Set where a filtered column holds more than `count`, which is then COUNTED_UP_TO. */
  readonly more: boolean;
  readonly cards: readonly BoardCard[];
};

/** Cards a column shows at first; the rest is a link to the column alone. */
export const CARDS_A_COLUMN = 12;
/** Cards a page of one column alone. */
export const CARDS_A_PAGE = 60;
/** A filtered column is counted so far and no further; the whole board's counts are kept and always exact. */
export const COUNTED_UP_TO = 1_000;

export type BoardView = {
  readonly filters: BoardFilters;
  readonly sort?: BoardSort;
  readonly stage?: Stage;
  readonly page?: number;
};

/**
 * The board as this person may see it: every column with its count and its first cards, by default 重大 first, then
 * newest. With `stage` only that column, `page` by `page` of 60.
 */
export async function listBoard(db: Database, input: BoardView, actor: StaffActor): Promise<BoardColumn[]> {
  const shown = input.stage === undefined ? STAGES : [input.stage];
  const reach = boardReach(actor);
  if (reach === null) return shown.map((stage) => ({ stage, count: 0, more: false, cards: [] }));
  return withActor(db, actor, async (tx) => {
    const { sector, ...others } = input.filters;
    const rest = await narrowBoard(tx, others);
    const narrowed = [...(await narrowBoard(tx, { sector })), ...rest];
    const sort = input.sort ?? "newest";
    const whole: Cards = {
      from: sql`${leadCards}`,
      where: and(eq(leadCards.reach, reach), ...narrowed),
      ...{ stage: leadCards.stage, leadId: leadCards.leadId, order: sql.join(boardOrder(sort), sql`, `) },
    };
    const ofSector = sector ? cardsOfSector({ reach, sector, narrowed: rest }) : null;
    const counts =
      narrowed.length === 0 ? await countKept(tx, reach) : await countFiltered(tx, ofSector ?? whole, shown);
    const limit = input.stage === undefined ? CARDS_A_COLUMN : CARDS_A_PAGE;
    const offset = input.stage === undefined ? 0 : Math.max(0, (input.page ?? 1) - 1) * CARDS_A_PAGE;
    const { from, where, stage, leadId, order } = (sort === "newest" ? ofSector : null) ?? whole;
    const filled = shown.filter((stage) => (counts.get(stage) ?? 0) > 0);
    // One index read a column, all in one question.
    const { rows: found } = await tx.execute<{ stage: string; id: string }>(sql`
      select asked.stage, shown.id from ${stagesOf(filled)} asked(stage), lateral (
        select ${leadId} as id, row_number() over (order by ${order}) as at from ${from}
         where ${where} and ${stage} = asked.stage order by ${order} limit ${limit} offset ${offset}) shown
       order by asked.stage, shown.at`);
    const cards = await readCards(tx, { leadIds: found.map(({ id }) => id), reach }, actor);
    return shown.map((stage) => {
      const count = counts.get(stage) ?? 0;
      return {
        stage,
        count: Math.min(count, narrowed.length === 0 ? count : COUNTED_UP_TO),
        more: narrowed.length > 0 && count > COUNTED_UP_TO,
        cards: found.flatMap((row) => (row.stage === stage ? (cards.get(row.id) ?? []) : [])),
      };
    });
  });
}

/** Cards to count and to read in an order. */
type Cards = {
  readonly from: SQL;
  readonly where: SQL | undefined;
  readonly stage: PgColumn;
  readonly leadId: PgColumn;
  readonly order: SQL;
};

/** The cards of one sector, newest first, by the key they have of their own (0047): what else narrows is asked of each card. */
function cardsOfSector(of: { reach: string; sector: string; narrowed: readonly SQL[] }): Cards {
  const { reach, sector, narrowed } = of;
  const own = cardSectors;
  const card = and(
    ...[eq(leadCards.reach, own.reach), eq(leadCards.stage, own.stage), eq(leadCards.isMajor, own.isMajor)],
    ...[eq(leadCards.number, own.number), eq(leadCards.leadId, own.leadId)],
  );
  return {
    from: narrowed.length === 0 ? sql`${own}` : sql`${own} join ${leadCards} on ${card}`,
    where: and(eq(own.reach, reach), eq(own.sector, sector), ...narrowed),
    ...{ stage: own.stage, leadId: own.leadId, order: sql`${own.isMajor} desc, ${own.number} desc` },
  };
}

/** The kept numbers, settled and since, less the leads this person is recused from. */
async function countKept(tx: Tx, reach: string): Promise<ReadonlyMap<string, number>> {
  const { rows } = await tx.execute<{ stage: string; cards: string }>(sql`
    select stage, sum(cards) as cards from (
      select stage, cards from board_counts where reach = ${reach}
      union all select stage, cards from board_deltas where reach = ${reach}
      union all select stage, -cards from recused_cards(${reach})) told
     group by stage`);
  return new Map(rows.map(({ stage, cards }) => [stage, Number(cards)]));
}

/** In the order of an index, which is then read as far as is counted: without one, all there is would be collected first. */
async function countFiltered(
  tx: Tx,
  { from, where, stage, order }: Cards,
  stages: readonly Stage[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await tx.execute<{ stage: string; n: number }>(sql`
    select asked.stage, counted.n from ${stagesOf(stages)} asked(stage), lateral (
      select count(*)::int as n from (select 1 from ${from}
       where ${where} and ${stage} = asked.stage order by ${order} limit ${COUNTED_UP_TO + 1}) some_cards) counted`);
  return new Map(rows.map(({ stage, n }) => [stage, n]));
}

function stagesOf(stages: readonly Stage[]): SQL {
  return sql`unnest(${sql.param(stages)}::text[])`;
}

/** Cards by lead id, of leads on this reach; all that hangs on them in a query each. */
export async function readCards(
  tx: Tx,
  input: { leadIds: readonly string[]; reach: string },
  actor: StaffActor,
): Promise<ReadonlyMap<string, BoardCard>> {
  const { leadIds, reach } = input;
  if (leadIds.length === 0) return new Map();
  const ids = [...leadIds];
  const rows = await tx
    .select({
      lead: leads,
      sectors: leadCards.sectors,
      place: leadCards.place,
      assigneeId: leadCards.assigneeId,
      assignee: staff.displayName,
    })
    .from(leadCards)
    .innerJoin(leads, eq(leads.id, leadCards.leadId))
    .leftJoin(staff, eq(staff.id, leadCards.assigneeId))
    .where(and(eq(leadCards.reach, reach), inArray(leadCards.leadId, ids)));
  const holders = await tx
    .select({ leadId: leadAgencies.leadId, name: agencies.name })
    .from(leadAgencies)
    .innerJoin(agencies, eq(agencies.id, leadAgencies.agencyId))
    .where(
      and(inArray(leadAgencies.leadId, ids), isNull(leadAgencies.toAt), eq(leadAgencies.relation, "lead")),
    )
    .orderBy(asc(leadAgencies.id));
  const tipCounts = await countTips(tx, ids);
  const waiting = await countUnreadByLead(tx, ids);
  const acting = await findActingLeads(tx, ids, actor);
  return new Map(
    rows.map(({ lead, sectors, place, assigneeId, assignee }) => [
      lead.id,
      {
        id: lead.id,
        packId: lead.packId,
        number: lead.number,
        version: lead.version,
        name: lead.name,
        stage: lead.stage as Stage,
        isMajor: lead.isMajor,
        sector: sectors[0] ?? null,
        place,
        leadAgencies: holders.filter(({ leadId }) => leadId === lead.id).map(({ name }) => name),
        tipCount: tipCounts.get(lead.id) ?? 0,
        openedOn: lead.openedOn,
        dueOn: runningClock(lead),
        closureCode: lead.closureCode,
        assignee: assigneeId === null ? null : { id: assigneeId, name: assignee ?? "" },
        ...(waiting.get(lead.id) ?? NOTHING_UNREAD),
        moves: movesOf(lead, acting.has(lead.id), actor),
      },
    ]),
  );
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
  lead: { id: string; stage: string; leadingOfficeOnly: boolean },
  actor: StaffActor,
): Promise<Move[]> {
  if (!hasRole(actor, "triage_officer", "agency_officer")) return [];
  return movesOf(lead, await actsForTheLead(tx, lead.id, actor), actor);
}

function movesOf(
  lead: { readonly stage: string; readonly leadingOfficeOnly: boolean },
  actsForIt: boolean,
  actor: StaffActor,
): Move[] {
  const triage = hasRole(actor, "triage_officer");
  return movesFrom(lead.stage as Stage).filter(
    ({ to, roles }) =>
      !(lead.leadingOfficeOnly && BETWEEN_BODIES.includes(to)) &&
      ((triage && roles.includes("triage_officer")) || (actsForIt && roles.includes("agency_officer"))),
  );
}
