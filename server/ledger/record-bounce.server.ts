import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import type { Actor } from "~server/staff-auth/actor";
import { bouncePayment } from "./bounce-payment.server";
import { explainFault } from "./explain-fault.server";
import { numberAfterCommit } from "./number-vouchers.server";
import { requireFinanceRole } from "./require-finance-role.server";
import { retryPosting } from "./retry-posting.server";

/**
 * A cashier records that the bank sent back a payment made by hand: treasury / payable. The award is payable again, and
 * may be paid anew by an order of its own. A payment that went by a batch bounces by the bank's line alone
 * (match-line, handle-line). Throws `bounce_by_bank`, `wrong_role`, `needs_passkey`, `not_paid`, `date_invalid`,
 * `period_closed`, `bounce_clawed_back`, `not_found`.
 */
export async function recordBounce(
  db: Database,
  input: { readonly payoutId: string; readonly bouncedOn: string },
  actor: Actor,
  clock: Clock,
): Promise<{ transactionId: string; isNew: boolean }> {
  const work = () =>
    withActor(db, actor, async (tx) => {
      const { person } = await requireFinanceRole(tx, actor, "cashier");
      return bouncePayment(tx, input, person, clock);
    });
  // An award that was ordered back stays paid: what the bank returns is money of the claw-back.
  const done = await explainFault(() => retryPosting(work), { awards_clawback: "bounce_clawed_back" });
  await numberAfterCommit(db);
  return done;
}
