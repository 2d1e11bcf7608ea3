import type { Tx } from "~db/client.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { findFundAccounts } from "~server/ledger/find-accounts.server";
import { postTransaction } from "~server/ledger/post-transaction.server";
import type { Actor } from "~server/staff-auth/actor";

export type BankMovement = {
  readonly fundId: string;
  /** Of the bank's line: whether money came or left. */
  readonly direction: "in" | "out";
  /** 分, above zero. */
  readonly amountFen: bigint;
  /** The bank's value date. */
  readonly eventOn: string;
  /** The bank line's id; one line is booked once. */
  readonly lineId: string;
};

/** Money the bank moved that nothing of ours explains: treasury / suspense, or the mirror. */
export async function postUnmatched(
  tx: Tx,
  movement: BankMovement,
  actor: Actor,
  clock: Clock,
): Promise<void> {
  await post(tx, "bank.unmatched", movement, movement.direction === "in", actor, clock);
}

/** The line was explained: what postUnmatched booked is booked back. The real event is posted by its own act. */
export async function postMatched(tx: Tx, movement: BankMovement, actor: Actor, clock: Clock): Promise<void> {
  await post(tx, "bank.matched", movement, movement.direction === "out", actor, clock);
}

async function post(
  tx: Tx,
  event: "bank.unmatched" | "bank.matched",
  { fundId, amountFen, eventOn, lineId }: BankMovement,
  toTreasury: boolean,
  actor: Actor,
  clock: Clock,
): Promise<void> {
  const account = await findFundAccounts(tx, fundId);
  const [treasury, suspense] = [account("treasury"), account("suspense")];
  const posted = await postTransaction(tx, {
    event,
    eventOn,
    fundId,
    idempotencyKey: `${event}:${lineId}`,
    actorId: actor.kind === "staff" ? actor.id : "",
    entries: [
      toTreasury
        ? { debit: treasury, credit: suspense, amountFen }
        : { debit: suspense, credit: treasury, amountFen },
    ],
  });
  if (!posted.isNew) return;
  await recordEvent(
    tx,
    {
      action: event,
      subjectTable: "funds",
      subjectId: fundId,
      data: { transaction: posted.id, amountFen: amountFen.toString(), eventOn },
      at: clock.now(),
    },
    actor,
  );
}
