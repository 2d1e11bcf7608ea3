import { eq } from "drizzle-orm";
import { validate } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { ledgerRequests } from "~db/schema/ledger-acts";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, stopClock, type Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import type { Actor, StaffActor } from "~server/staff-auth/actor";
import { adjustBudget, openApprovedBudget } from "./adjust-budget.server";
import { askedOf, digestRequest, judgeAsked, type LedgerRequest } from "./ask-request.server";
import { bouncePayment } from "./bounce-payment.server";
import { orderClawback, revokeAward, writeOff } from "./claw-back.server";
import { closeMonth } from "./close-month.server";
import { closeYear } from "./close-year.server";
import { explainFault } from "./explain-fault.server";
import { countPayments, orderData } from "./order-payment.server";
import { numberAfterCommit } from "./number-vouchers.server";
import { refusal } from "./refusals.server";
import { requireFinanceRole } from "./require-finance-role.server";
import { retryPosting } from "./retry-posting.server";
import { endOrder } from "./end-order.server";

/**
 * A second person of finance, an approver, agrees: the act is carried out and posted in the same transaction, under the
 * request's own key, once. `digest` is what the page showed and the passkey confirmed. Throws `own_request`, `asker_left`,
 * `request_settled`, `request_changed`, `wrong_role`, `needs_passkey`, `decider_apart`, `insufficient_budget`
 * or `below_promised`, `period_closed`, `year_closed`, what the act is refused for, `not_found`.
 */
export async function agreeToRequest(
  db: Database,
  input: { readonly requestId: string; readonly digest: string },
  actor: Actor,
  running: Clock,
): Promise<{ isNew: boolean }> {
  const clock = stopClock(running);
  const done = await explainFault(
    () =>
      retryPosting(() =>
        withActor(db, actor, async (tx) => {
          const { person } = await requireFinanceRole(tx, actor, "finance_approver");
          const request = await lockRequest(tx, input.requestId);
          if (request.outcome === "agreed" && request.decidedBy === person.id) return { isNew: false };
          if (request.outcome !== null) throw refusal("request_settled");
          if (request.requestedBy === person.id) throw refusal("own_request");
          if (digestRequest(request) !== input.digest) throw refusal("request_changed");
          const asked = askedOf(request);
          await judgeAsked(tx, asked, clock);
          await settle(tx, request, { outcome: "agreed", answer: null }, person, clock);
          await carryOut(tx, request, person, clock);
          return { isNew: true };
        }),
      ),
    { account_balances_available_ck: "below_promised" },
  );
  await numberAfterCommit(db);
  return done;
}

/** Turns a request down, or takes one's own back. `answer`: why, 2 to 300 characters. Throws as above. */
export async function declineRequest(
  db: Database,
  input: { readonly requestId: string; readonly answer: string },
  actor: Actor,
  running: Clock,
): Promise<{ outcome: "refused" | "withdrawn" }> {
  const clock = stopClock(running);
  return explainFault(() =>
    retryPosting(() =>
      withActor(db, actor, async (tx) => {
        const { person } = await requireFinanceRole(
          tx,
          actor,
          "finance_preparer",
          "finance_reviewer",
          "finance_approver",
        );
        const request = await lockRequest(tx, input.requestId);
        const outcome = request.requestedBy === person.id ? "withdrawn" : "refused";
        if (request.outcome === outcome && request.decidedBy === person.id) return { outcome };
        if (request.outcome !== null) throw refusal("request_settled");
        await settle(tx, request, { outcome, answer: input.answer }, person, clock);
        return { outcome };
      }),
    ),
  );
}

async function lockRequest(tx: Tx, id: string): Promise<LedgerRequest> {
  const [request] = validate(id)
    ? await tx.select().from(ledgerRequests).where(eq(ledgerRequests.id, id)).for("update")
    : [];
  if (request === undefined) throw notFound();
  return request;
}

async function settle(
  tx: Tx,
  request: LedgerRequest,
  said: { outcome: "agreed" | "refused" | "withdrawn"; answer: string | null },
  person: StaffActor,
  clock: Clock,
): Promise<void> {
  await tx
    .update(ledgerRequests)
    .set({ ...said, decidedBy: person.id, decidedAt: clock.now() })
    .where(eq(ledgerRequests.id, request.id));
  await recordEvent(
    tx,
    {
      action: `ledger.request_${said.outcome}`,
      subjectTable: "ledger_requests",
      subjectId: request.id,
      data: { kind: request.kind, digest: digestRequest(request) },
      at: clock.now(),
    },
    person,
  );
}

async function carryOut(tx: Tx, request: LedgerRequest, person: StaffActor, clock: Clock): Promise<void> {
  const asked = askedOf(request);
  const of = { requestId: request.id, person, clock };
  switch (asked.kind) {
    case "open":
      return openApprovedBudget(tx, asked, of);
    case "adjust":
      return adjustBudget(tx, asked, of);
    case "revoke":
      return revokeAward(tx, asked, of);
    case "clawback":
      return orderClawback(tx, asked, of);
    case "write_off":
      return writeOff(tx, asked, of);
    case "close_month":
      return closeMonth(tx, asked, of);
    case "close_year":
      return closeYear(tx, asked, of);
    case "pay": {
      // The money moves when the cashier pays. An order somebody's payment overtook is for nothing.
      const { earlier, until } = orderData.parse(request.data);
      if ((await countPayments(tx, asked.awardId)) !== earlier) throw refusal("award_moved");
      if (until < chinaDay(clock.now())) throw refusal("order_over");
      return;
    }
    case "end_order":
      return endOrder(tx, asked, { ...of, reason: request.reason });
    case "bounce":
      await bouncePayment(
        tx,
        { payoutId: asked.payoutId, bouncedOn: asked.eventOn, requestId: request.id },
        person,
        clock,
      );
  }
}
