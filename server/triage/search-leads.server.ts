import { sql, type SQL } from "drizzle-orm";
import { siteHost } from "~/forms/site-address";
import { cleanUscc } from "~/forms/uscc";
import type { Database, Tx } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { boardReach } from "./board-reach.server";
import { readCards, type BoardCard } from "./list-board.server";
import { literalLike } from "./literal-like";

export const FOUND_A_PAGE = 20;
/** A search is counted, and paged, no further: who finds more narrows the words. */
export const FOUND_UP_TO = 1000;

export type SearchResult = {
  /** Exact up to FOUND_UP_TO. */
  readonly count: number;
  readonly more: boolean;
  readonly cards: readonly BoardCard[];
};

const NOTHING: SearchResult = { count: 0, more: false, cards: [] };

/**
 * Leads by what is known of their subject, newest first: number, any two neighbouring characters of a name (the lead's,
 * its reports', an app's), 统一社会信用代码, site, phone or account, or the name of a body that holds it. Only what the
 * person may see: each reach has terms of its own, and a body's know nothing a report accusing an official said.
 */
export async function searchLeads(
  db: Database,
  input: { readonly text: string; readonly page: number },
  actor: StaffActor,
): Promise<SearchResult> {
  const reach = boardReach(actor);
  if (reach === null || input.text.trim() === "") return NOTHING;
  return withActor(db, actor, async (tx) => {
    const asked = await askedFor(tx, input.text.trim(), reach);
    if (asked.length === 0) return NOTHING;
    // Each way is read from its index, newest first, and no further than the whole may be.
    const ways = asked.map((way) => sql`(${way} order by number desc limit ${FOUND_UP_TO + 1})`);
    // A body's terms go with its cards; the office's stay where a merge emptied the lead. Such a card is asked for lead by
    // lead: EXISTS would be planned as a join over all cards of the board.
    const onBoard =
      reach === ""
        ? sql`(select true from lead_cards c where c.reach = ${reach} and c.lead_id = found.id)`
        : sql`true`;
    const { rows } = await tx.execute<{ id: string }>(sql`
      select id from (${sql.join(ways, sql` union `)}) found where ${onBoard}
       order by number desc limit ${FOUND_UP_TO + 1}`);
    const ids = rows.map(({ id }) => id);
    const from = (Math.max(1, input.page) - 1) * FOUND_A_PAGE;
    const shown = ids.slice(0, FOUND_UP_TO).slice(from, from + FOUND_A_PAGE);
    const cards = await readCards(tx, { leadIds: shown, reach }, actor);
    return {
      count: Math.min(ids.length, FOUND_UP_TO),
      more: ids.length > FOUND_UP_TO,
      cards: shown.flatMap((id) => cards.get(id) ?? []),
    };
  });
}

/** The queries for `number` and `id` that answer a text, each on this reach. */
async function askedFor(tx: Tx, text: string, reach: string): Promise<SQL[]> {
  const ways: SQL[] = [];
  const number = /^(?:线索\s*)?([1-9]\d{0,11})$/.exec(text.normalize("NFKC"))?.[1];
  if (number !== undefined) {
    ways.push(
      sql`select number, lead_id as id from lead_cards where reach = ${reach} and number = ${number}::bigint`,
    );
  }
  const digits = text
    .normalize("NFKC")
    .replace(/[^0-9a-z@]/gi, "")
    .toLowerCase();
  const host = siteHost(text);
  const keys = [
    `k:uscc:${cleanUscc(text)}`,
    ...(host === null ? [] : [`k:site:${host}`]),
    ...(digits.length >= 5 ? [`k:phone:${digits}`, `k:account:${digits}`] : []),
  ];
  for (const key of keys) {
    ways.push(sql`select number, lead_id as id from lead_terms where reach = ${reach} and term = ${key}`);
  }
  const { rows } = await tx.execute<{ folded: string }>(sql`select fold_for_search(${text}) as folded`);
  const folded = rows[0]?.folded ?? "";
  if ([...folded].length >= 2) {
    ways.push(await byName(tx, folded, reach));
    const { rows: bodies } = await tx.execute<{ id: string }>(
      sql`select id from agencies where name ilike ${`%${literalLike(text)}%`} order by id limit 10`,
    );
    for (const { id } of bodies) ways.push(byHolder(id, reach));
  }
  return ways;
}

/** By a part of a name: walks the rarest pair of neighbours and keeps what has the others, and the whole. */
async function byName(tx: Tx, folded: string, reach: string): Promise<SQL> {
  const signs = [...folded].slice(0, 20);
  const pairs = [...new Set(signs.slice(1).map((sign, at) => `g:${signs[at] ?? ""}${sign}`))];
  const counted: { pair: string; n: number }[] = [];
  for (const pair of pairs.length === 1 ? [] : pairs) {
    const { rows } = await tx.execute<{ n: number }>(sql`select count(*)::int as n from (
      select 1 from lead_terms where reach = ${reach} and term = ${pair} limit ${FOUND_UP_TO}) counted`);
    counted.push({ pair, n: rows[0]?.n ?? 0 });
  }
  const [rarest = pairs[0] ?? "", ...others] = counted.toSorted((a, b) => a.n - b.n).map(({ pair }) => pair);
  const also = others.map(
    (pair) =>
      sql` and exists (select 1 from lead_terms o where o.reach = ${reach} and o.term = ${pair} and o.number = t.number)`,
  );
  const whole =
    pairs.length === 1
      ? sql``
      : sql` and exists (select 1 from lead_terms n where n.lead_id = t.lead_id and n.reach = ${reach}
          and n.term like ${`n:%${literalLike(signs.join(""))}%`})`;
  return sql`select number, lead_id as id from lead_terms t where reach = ${reach} and term = ${rarest}${sql.join(also)}${whole}`;
}

function byHolder(agencyId: string, reach: string): SQL {
  if (agencyId === reach || reach === "") {
    return sql`select number, lead_id as id from lead_cards where reach = ${agencyId}`;
  }
  return sql`select c.number, c.lead_id as id from lead_cards c where c.reach = ${reach} and exists (
    select 1 from lead_agencies h where h.lead_id = c.lead_id and h.agency_id = ${agencyId} and h.to_at is null)`;
}
