import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { windowMovements } from "~db/schema/windows";
import { withActor } from "~db/with-actor.server";
import { chinaDay, type Clock } from "~server/clock";
import { returnFloat, topUpFloat } from "~server/ledger/move-float.server";
import { numberAfterCommit } from "~server/ledger/number-vouchers.server";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import { retryPosting } from "~server/ledger/retry-posting.server";
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
    retryPosting(() =>
      withActor(db, actor, async (tx) => {
        const { person } = await requireFinanceRole(tx, actor, "cashier", "finance_approver");
        if (input.amountFen <= 0n) throw windowRefusal("amount_invalid");
        const window = await lockWindow(tx, input.windowId);
        const intoWindow = input.kind === "top_up";
        const move = intoWindow ? topUpFloat : returnFloat;
        const { fundId, code } = window;
        const { amountFen, requestKey } = input;
        const posted = await move(
          tx,
          { fundId, amountFen, eventOn: day, requestKey, told: { window: code } },
          actor,
          clock,
        );
        const { transactionId, isNew } = posted;
        if (!isNew) return posted;
        await tx.insert(windowMovements).values({
          id: uuidv7(),
          windowId: window.id,
          day,
          kind: input.kind,
          amountFen: intoWindow ? input.amountFen : -input.amountFen,
          transactionId,
          staffId: person.id,
          recordedAt: at,
        });
        return posted;
      }),
    ),
  );
  await numberAfterCommit(db);
  return done;
}
