import type { Tx } from "~db/client.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import type { Actor } from "~server/staff-auth/actor";
import { findFundAccounts } from "./find-accounts.server";
import type { AccountKind, LedgerEvent } from "./ledger-events";
import { postTransaction } from "./post-transaction.server";
import { refusal } from "./refusals.server";

/** Money moved between two accounts of a fund. `amountFen` in 分; `eventOn` the day (`YYYY-MM-DD` in China). */
export type MovedMoney = {
  readonly fundId: string;
  readonly currency?: string;
  readonly amountFen: bigint;
  readonly eventOn: string;
};

/**
 * One posting of one line in a fund's financial book, once per key, with its event in the fund's history, inside the
 * caller's transaction. Throws `amount_invalid`, `key_reused`, `not_found`.
 */
export async function moveMoney(
  tx: Tx,
  input: MovedMoney & {
    readonly event: LedgerEvent;
    readonly debit: AccountKind;
    readonly credit: AccountKind;
    readonly key: string;
    /** What else the event tells; ids and plain words only. */
    readonly told?: Readonly<Record<string, string>>;
  },
  actor: Actor,
  clock: Clock,
): Promise<{ transactionId: string; isNew: boolean }> {
  if (input.amountFen <= 0n) throw refusal("amount_invalid");
  const account = await findFundAccounts(tx, input.fundId, input.currency);
  const posted = await postTransaction(tx, {
    event: input.event,
    eventOn: input.eventOn,
    fundId: input.fundId,
    idempotencyKey: `${input.event}:${input.key}`,
    actorId: actor.kind === "staff" ? actor.id : null,
    entries: [{ debit: account(input.debit), credit: account(input.credit), amountFen: input.amountFen }],
  });
  if (posted.isNew) {
    await recordEvent(
      tx,
      {
        action: input.event,
        subjectTable: "funds",
        subjectId: input.fundId,
        data: {
          ...input.told,
          transaction: posted.id,
          amountFen: input.amountFen.toString(),
          eventOn: input.eventOn,
        },
        at: clock.now(),
      },
      actor,
    );
  }
  return { transactionId: posted.id, isNew: posted.isNew };
}
