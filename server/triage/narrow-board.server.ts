import { and, asc, desc, eq, gte, isNull, lt, lte, sql, type SQL } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { leadCards } from "~db/schema/board";
import { lastDayNear } from "~server/clocks/due-day";
import { lastNearDay } from "~server/clocks/near-clocks.server";
import { NEAR_AT_MOST } from "~server/clocks/near-days";
import { readCalendar } from "~server/clocks/read-calendar.server";
import { literalLike } from "./literal-like";

export type BoardFilters = {
  readonly packId?: string;
  readonly sector?: string;
  readonly agencyId?: string;
  /** A division code; everything below it counts. */
  readonly place?: string;
  /** 分类处置 of its settled finding. */
  readonly entityClass?: string;
  readonly majorOnly?: boolean;
  /** By the running clock, measured from `today`: passed, or near by the days of its limit (`nearDays`). */
  readonly due?: "over" | "near";
  /** A person's id, or `none`. */
  readonly assignee?: string;
  /** Leads with a message nobody has opened, or a wish to open them again. */
  readonly newsOnly?: boolean;
  /** Opened on this day or before it, YYYY-MM-DD. */
  readonly openedBy?: string;
  /** Part of the subject's name. */
  readonly name?: string;
  /** YYYY-MM-DD; needed by `due`. */
  readonly today?: string;
};

export const BOARD_SORTS = ["newest", "oldest", "due"] as const;
export type BoardSort = (typeof BOARD_SORTS)[number];

/** The conditions of a view on lead_cards, beside its reach. */
export async function narrowBoard(tx: Tx, filters: BoardFilters): Promise<SQL[]> {
  const all: SQL[] = [];
  const { packId, sector, agencyId, place, entityClass, assignee, today } = filters;
  if (packId) all.push(eq(leadCards.packId, packId));
  if (sector) all.push(sql`${sector} = any (${leadCards.sectors})`);
  if (agencyId) {
    all.push(
      sql`exists (select 1 from lead_agencies h where h.lead_id = ${leadCards.leadId} and h.to_at is null and h.agency_id = ${agencyId})`,
    );
  }
  if (place) all.push(sql`${leadCards.place} like ${`${literalLike(belowOf(place))}%`}`);
  if (entityClass) {
    all.push(
      sql`exists (select 1 from findings f where f.lead_id = ${leadCards.leadId} and f.status = 'verified' and f.entity_class = ${entityClass})`,
    );
  }
  if (filters.majorOnly) all.push(eq(leadCards.isMajor, true));
  if (filters.due === "over" && today) all.push(lt(leadCards.dueOn, today));
  if (filters.due === "near" && today) all.push(await dueNear(tx, today));
  if (assignee === "none") all.push(isNull(leadCards.assigneeId));
  else if (assignee) all.push(eq(leadCards.assigneeId, assignee));
  if (filters.newsOnly) {
    all.push(
      sql`${leadCards.leadId} in (select t.lead_id from tip_messages m join tips t on t.id = m.tip_id
        where m.direction = 'in' and m.read_on is null or m.kind = 'reopen' and m.outcome is null)`,
    );
  }
  if (filters.openedBy) all.push(lte(leadCards.openedOn, filters.openedBy));
  if (filters.name) {
    all.push(
      sql`exists (select 1 from leads l where l.id = ${leadCards.leadId} and l.name ilike ${`%${literalLike(filters.name)}%`})`,
    );
    // Two characters are looked up; signs the index folds away are left to the comparison above.
    all.push(
      sql`(length(fold_for_search(${filters.name})) < 2 or ${leadCards.leadId} in (select g.lead_id from lead_terms g
        where g.reach = ${leadCards.reach} and g.term = 'g:' || left(fold_for_search(${filters.name}), 2)))`,
    );
  }
  return all;
}

/** A limit is near from further off where days off lie between: around 国庆 by more than a week. */
async function dueNear(tx: Tx, today: string): Promise<SQL> {
  const { calendar } = await readCalendar(tx);
  const limitDays = sql`(select c.limit_days from lead_clocks c where c.lead_id = ${leadCards.leadId} and c.ended_on is null
    and c.kind = case when ${leadCards.stage} = 'dispatched' then 'accept' else 'handle' end
    and c.due_on = ${leadCards.dueOn} limit 1)`;
  // No limit reaches further than the longest does: the index finds these.
  return sql`${and(gte(leadCards.dueOn, today), lte(leadCards.dueOn, lastDayNear(calendar, NEAR_AT_MOST, today)))}
    and ${leadCards.dueOn} <= ${lastNearDay(calendar, today, limitDays)}`;
}

/** A province's or a city's code ends in zeros, and what lies below it begins as it does. */
function belowOf(code: string): string {
  return /^\d{6}$/.test(code) ? code.replace(/(?:00){1,2}$/, "") : code;
}

export function boardOrder(sort: BoardSort): SQL[] {
  switch (sort) {
    case "newest":
      return [desc(leadCards.isMajor), desc(leadCards.number)];
    case "oldest":
      return [asc(leadCards.number)];
    case "due":
      return [asc(leadCards.dueOn), asc(leadCards.number)];
  }
}
