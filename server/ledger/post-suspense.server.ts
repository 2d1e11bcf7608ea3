import { eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { ledgerTransactions } from "~db/schema/ledger";
import type { Clock } from "~server/clock";
import type { Actor } from "~server/staff-auth/actor";
import { moveMoney, type MovedMoney } from "./move-money.server";
import { refusal } from "./refusals.server";

/** A line of the bank's statement: `lineId` is its uuid here, `direction` as the bank booked it. */
export type SuspenseLine = MovedMoney & { readonly direction: "in" | "out"; readonly lineId: string };

/**
 * A bank line that matches nothing: money that came is treasury / suspense, money that went is suspense / treasury.
 * Once a line. Throws `amount_invalid`, `key_reused`, `not_found`.
 */
export function postUnmatched(tx: Tx, input: SuspenseLine, actor: Actor, clock: Clock) {
  const came = input.direction === "in";
  return moveMoney(
    tx,
    {
      ...input,
      event: "bank.unmatched",
      debit: came ? "treasury" : "suspense",
      credit: came ? "suspense" : "treasury",
      key: input.lineId,
      told: { line: input.lineId },
    },
    actor,
    clock,
  );
}

/**
 * The line found its match: what `postUnmatched` booked is taken back, and what it really is is posted by its own
 * event besides. `direction` is the line's own. Throws `not_unmatched` where the line was not booked as unmatched with
 * this amount and direction.
 */
export async function postMatched(tx: Tx, input: SuspenseLine, actor: Actor, clock: Clock) {
  const [booked] = await tx
    .select({ fundId: ledgerTransactions.fundId })
    .from(ledgerTransactions)
    .where(eq(ledgerTransactions.idempotencyKey, `bank.unmatched:${input.lineId}`));
  if (booked?.fundId !== input.fundId) throw refusal("not_unmatched");
  const came = input.direction === "in";
  return moveMoney(
    tx,
    {
      ...input,
      event: "bank.matched",
      debit: came ? "suspense" : "treasury",
      credit: came ? "treasury" : "suspense",
      key: input.lineId,
      told: { line: input.lineId },
    },
    actor,
    clock,
  );
}
