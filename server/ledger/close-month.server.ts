import { desc, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { ledgerTransactions } from "~db/schema/ledger";
import { periodClosings } from "~db/schema/ledger-acts";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import type { CarriedOut } from "./adjust-budget.server";
import type { Asked } from "./ledger-requests";
import { refusal } from "./refusals.server";

/** The last closed month and the one whose turn it is (`YYYY-MM`); null where there is none yet. */
export async function readMonths(tx: Tx): Promise<{ last: string | null; next: string | null }> {
  const [closed] = await tx
    .select({ month: periodClosings.month })
    .from(periodClosings)
    .orderBy(desc(periodClosings.month))
    .limit(1);
  if (closed !== undefined) return { last: closed.month, next: monthAfter(closed.month) };
  const [first] = await tx
    .select({ month: sql<string | null>`to_char(min(${ledgerTransactions.eventOn}), 'YYYY-MM')` })
    .from(ledgerTransactions);
  return { last: null, next: first?.month ?? null };
}

export function monthAfter(month: string): string {
  const [year = 0, at = 0] = month.split("-").map(Number);
  return at === 12 ? `${year + 1}-01` : `${year}-${String(at + 1).padStart(2, "0")}`;
}

/** A month is closed when it is over and all before it are. Throws `month_running`, `month_closed`, `month_order`. */
export async function judgeMonth(tx: Tx, month: string, clock: Clock): Promise<void> {
  if (month >= chinaDay(clock.now()).slice(0, 7)) throw refusal("month_running");
  const { last, next } = await readMonths(tx);
  if (last !== null && month <= last) throw refusal("month_closed");
  if (month !== next) throw refusal("month_order");
}

/**
 * Closes a month by what two agreed to: from its commit on the database refuses every posting dated in it (invariant
 * 20). There is no way to open it again: corrections are dated in an open month.
 */
export async function closeMonth(
  tx: Tx,
  asked: Extract<Asked, { kind: "close_month" }>,
  { requestId, person, clock }: CarriedOut,
): Promise<void> {
  await tx.insert(periodClosings).values({ month: asked.month, requestId, closedAt: clock.now() });
  await recordEvent(
    tx,
    {
      action: "ledger.month_closed",
      subjectTable: "period_closings",
      subjectId: asked.month,
      data: { request: requestId },
      at: clock.now(),
    },
    person,
  );
}
