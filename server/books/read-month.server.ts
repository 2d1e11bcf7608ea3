import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { requireMoneyReader } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import type { Month } from "./month";
import { VOUCHERS_A_PART, countVouchers, readVouchers, type BookVoucher } from "./read-vouchers.server";

export const ROWS_A_PAGE = 50;

export type BookMonth = {
  readonly count: number;
  /** Postings of the month that wait for their number. */
  readonly waiting: number;
  /** What one row of the page says. */
  readonly rows: readonly Pick<
    BookVoucher,
    "number" | "name" | "event" | "eventOn" | "codeName" | "entries"
  >[];
  /** The number the next page begins with; null on the last. */
  readonly next: number | null;
  /** First numbers of the parts a month's vouchers are printed in. */
  readonly parts: readonly { readonly from: number; readonly to: number }[];
};

/** A month's vouchers from a number on, a page of them. Throws `not_found` for who may not see money. */
export async function readMonth(
  db: Database,
  { month, from }: { month: Month; from: number },
  actor: Actor,
): Promise<BookMonth> {
  return withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const { count, first, last, waiting } = await countVouchers(tx, month);
    const found = await readVouchers(tx, { month, from });
    const rows = found.slice(0, ROWS_A_PAGE);
    return {
      count,
      waiting,
      rows,
      next: found.length > ROWS_A_PAGE ? (found[ROWS_A_PAGE]?.number ?? null) : null,
      parts: first === null || last === null ? [] : listParts(first, last),
    };
  });
}

/** Numbers of a month may lie between those of others (a posting dated back): a part is a span of numbers. */
function listParts(first: number, last: number): { from: number; to: number }[] {
  const parts = [];
  for (let from = first; from <= last; from += VOUCHERS_A_PART) {
    parts.push({ from, to: Math.min(from + VOUCHERS_A_PART - 1, last) });
  }
  return parts;
}
