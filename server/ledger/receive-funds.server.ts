import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import type { Actor } from "~server/staff-auth/actor";
import { findFundAccounts } from "./find-accounts.server";
import { numberAfterCommit } from "./number-vouchers.server";
import { postTransaction } from "./post-transaction.server";
import { refusal } from "./refusals.server";
import { requireFinanceRole } from "./require-finance-role.server";

export type ReceiveFundsInput = {
  readonly fundId: string;
  /** 分, above zero. */
  readonly amountFen: bigint;
  /** The day the money came in, not later than today. */
  readonly eventOn: string;
  readonly requestKey: string;
};

/**
 * Enters money the treasury paid in: treasury / funding. Throws `wrong_role`, `needs_passkey`, `amount_invalid`,
 * `date_invalid`, `key_reused`, `not_found`.
 */
export async function receiveFunds(
  db: Database,
  input: ReceiveFundsInput,
  actor: Actor,
  clock: Clock,
): Promise<{ transactionId: string; isNew: boolean }> {
  const done = await withActor(db, actor, async (tx) => {
    const { person } = await requireFinanceRole(tx, actor, "finance_approver");
    if (input.amountFen <= 0n) throw refusal("amount_invalid");
    if (input.eventOn > chinaDay(clock.now())) throw refusal("date_invalid");
    const account = await findFundAccounts(tx, input.fundId);
    const posted = await postTransaction(tx, {
      event: "funds.received",
      eventOn: input.eventOn,
      fundId: input.fundId,
      idempotencyKey: `funds.received:${input.requestKey}`,
      actorId: person.id,
      entries: [{ debit: account("treasury"), credit: account("funding"), amountFen: input.amountFen }],
    });
    if (posted.isNew) {
      await recordEvent(
        tx,
        {
          action: "funds.received",
          subjectTable: "funds",
          subjectId: input.fundId,
          data: { transaction: posted.id, amountFen: input.amountFen.toString() },
          at: clock.now(),
        },
        actor,
      );
    }
    return { transactionId: posted.id, isNew: posted.isNew };
  });
  await numberAfterCommit(db);
  return done;
}
