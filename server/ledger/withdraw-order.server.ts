import { eq } from "drizzle-orm";
import { validate } from "uuid";
import type { Database } from "~db/client.server";
import { ledgerRequests } from "~db/schema/ledger-acts";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import type { Actor } from "~server/staff-auth/actor";
import { digestRequest } from "./ask-request.server";
import { explainFault } from "./explain-fault.server";
import { lockAward } from "./lock-award.server";
import { refusal } from "./refusals.server";
import { requireFinanceRole } from "./require-finance-role.server";
import { retryPosting } from "./retry-posting.server";

/**
 * Whoever asked for an order to pay by hand, or agreed to it, takes it back before it is carried out: its award is free for
 * a batch again, its informant's claim may change. `reason`: 5 to 300 characters, no person's name. The same again is the
 * same. Throws `wrong_role`, `needs_passkey`, `reason_required`, `order_not_yours`, `order_spent`, `request_settled`,
 * `not_found`.
 */
export async function withdrawOrder(
  db: Database,
  input: { readonly requestId: string; readonly reason: string },
  actor: Actor,
  clock: Clock,
): Promise<{ isNew: boolean }> {
  return explainFault(() =>
    retryPosting(() =>
      withActor(db, actor, async (tx) => {
        const roles = ["finance_preparer", "finance_reviewer", "finance_approver"] as const;
        const { person } = await requireFinanceRole(tx, actor, ...roles);
        const length = [...input.reason].length;
        if (length < 5 || length > 300) throw refusal("reason_required");
        const find = () => tx.select().from(ledgerRequests).where(eq(ledgerRequests.id, input.requestId));
        const [seen] = validate(input.requestId) ? await find() : [];
        if (seen?.kind !== "pay" || seen.awardId === null) throw notFound();
        // The award first, as a payment of it does: of the two one goes first.
        await lockAward(tx, seen.awardId);
        const [order] = await find().for("update");
        if (order === undefined) throw notFound();
        if (order.endedBy === person.id) return { isNew: false };
        if (order.outcome !== "agreed" || order.endedBy !== null) throw refusal("request_settled");
        if (person.id !== order.requestedBy && person.id !== order.decidedBy)
          throw refusal("order_not_yours");
        await tx
          .update(ledgerRequests)
          .set({ endedBy: person.id, endedAt: clock.now(), endedWhy: input.reason })
          .where(eq(ledgerRequests.id, order.id));
        await recordEvent(
          tx,
          {
            action: "ledger.order_withdrawn",
            subjectTable: "ledger_requests",
            subjectId: order.id,
            data: { kind: order.kind, digest: digestRequest(order) },
            at: clock.now(),
          },
          actor,
        );
        return { isNew: true };
      }),
    ),
  );
}
