import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { windowMovements } from "~db/schema/windows";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import { findFundAccounts } from "~server/ledger/find-accounts.server";
import { numberAfterCommit } from "~server/ledger/number-vouchers.server";
import { postTransaction } from "~server/ledger/post-transaction.server";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import { explainFault } from "./explain-fault.server";
import { windowRefusal } from "./refusals.server";
import { lockWindow } from "./set-up-window.server";

/**
 * A cashier or approver tops up a window's float (window_cash / treasury) or takes some back (treasury / window_cash),
 * dated today. The same `requestKey` again is the same movement. Throws `wrong_role`, `needs_passkey`, `amount_invalid`,
 * `window_unknown`, `float_short`, `day_counted`.
 */
export async function moveCash(
  db: Database,
  input: {
    readonly windowId: string;
    readonly kind: "top_up" | "return";
    /** 分, above zero. */
    readonly amountFen: bigint;
    /** A uuid made with the form. */
    readonly requestKey: string;
  },
  actor: Actor,
  clock: Clock,
): Promise<{ transactionId: string; isNew: boolean }> {
  const at = clock.now();
  const day = chinaDay(at);
  const done = await explainFault(
    withActor(db, actor, async (tx) => {
      const { person } = await requireFinanceRole(tx, actor, "cashier", "finance_approver");
      if (input.amountFen <= 0n) throw windowRefusal("amount_invalid");
      const window = await lockWindow(tx, input.windowId);
      const account = await findFundAccounts(tx, window.fundId);
      const [cash, treasury] = [account("window_cash"), account("treasury")];
      const intoWindow = input.kind === "top_up";
      const event = intoWindow ? "float.topped_up" : "float.returned";
      const posted = await postTransaction(tx, {
        event,
        eventOn: day,
        fundId: window.fundId,
        idempotencyKey: `${event}:${input.requestKey}`,
        actorId: person.id,
        entries: [
          {
            debit: intoWindow ? cash : treasury,
            credit: intoWindow ? treasury : cash,
            amountFen: input.amountFen,
          },
        ],
      });
      if (!posted.isNew) return { transactionId: posted.id, isNew: false };
      await tx.insert(windowMovements).values({
        id: uuidv7(),
        windowId: window.id,
        day,
        kind: input.kind,
        amountFen: intoWindow ? input.amountFen : -input.amountFen,
        transactionId: posted.id,
        staffId: person.id,
        recordedAt: at,
      });
      await recordEvent(
        tx,
        {
          action: event,
          subjectTable: "funds",
          subjectId: window.fundId,
          data: {
            transaction: posted.id,
            amountFen: input.amountFen.toString(),
            eventOn: day,
            window: window.code,
          },
          at,
        },
        actor,
      );
      return { transactionId: posted.id, isNew: true };
    }),
  );
  await numberAfterCommit(db);
  return done;
}
