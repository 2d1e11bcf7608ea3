import { and, eq, sql } from "drizzle-orm";
import { boardQuery, filtersOf } from "~/forms/board-view";
import type { Tx } from "~db/client.server";
import { leadCards } from "~db/schema/board";
import type { StaffActor } from "~server/staff-auth/actor";
import { boardReach } from "./board-reach.server";
import { narrowBoard } from "./narrow-board.server";

/**
 * Whether a kept view holds more cards than its threshold in the sight of this person, for whom the transaction runs.
 * Counts one past the threshold and no further; a view without one, or a person without a board, never does. `today` is
 * YYYY-MM-DD in China.
 */
export async function weighView(
  tx: Tx,
  view: { readonly query: string; readonly threshold: number | null; readonly today: string },
  actor: StaffActor,
): Promise<boolean> {
  const reach = boardReach(actor);
  const { threshold } = view;
  if (reach === null || threshold === null) return false;
  const asked = boardQuery.parse(Object.fromEntries(new URLSearchParams(view.query)));
  const some = tx
    .select({ one: sql`1` })
    .from(leadCards)
    .where(
      and(
        eq(leadCards.reach, reach),
        asked.stage === undefined ? undefined : eq(leadCards.stage, asked.stage),
        ...(await narrowBoard(tx, filtersOf(asked, view.today, actor.id))),
      ),
    )
    .limit(threshold + 1);
  const { rows } = await tx.execute<{ n: number }>(sql`select count(*)::int as n from (${some}) counted`);
  return (rows[0]?.n ?? 0) > threshold;
}
