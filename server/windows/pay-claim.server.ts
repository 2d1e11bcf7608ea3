import { and, count, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { agreedTo } from "~/forms/step-up-subjects";
import type { Database, Tx } from "~db/client.server";
import { claimCodes } from "~db/schema/claims";
import { ledgerTransactions } from "~db/schema/ledger";
import { payouts } from "~db/schema/payouts";
import { awards } from "~db/schema/rewards";
import { windowMovements, type payWindows } from "~db/schema/windows";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import { findBudgetAccounts } from "~server/ledger/find-accounts.server";
import { numberAfterCommit } from "~server/ledger/number-vouchers.server";
import { postTransaction } from "~server/ledger/post-transaction.server";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import { retryPosting } from "~server/ledger/retry-posting.server";
import type { StaffActor } from "~server/staff-auth/actor";
import type { RelyingParty } from "~server/staff-auth/relying-party";
import { requireStepUp } from "~server/staff-auth/step-up.server";
import { explainFault } from "./explain-fault.server";
import { judgeClaim, readByCode } from "./find-claim.server";
import { windowRefusal } from "./refusals.server";
import { lockWindow } from "./set-up-window.server";

/**
 * Cash against a claim code: in one transaction the code is spent, payable / window_cash is posted, the payout and the
 * window's movement are written and the award is paid. Of two clerks with one code one pays. Asks for the passkey on this
 * window and award first. Throws what `findClaim` throws of the award, `papers_first`, `float_short`, `day_counted`,
 * `clerk_apart`, those of the step-up. `code` is as `readClaimCode` gives it.
 */
export async function payClaim(
  db: Database,
  input: {
    readonly windowId: string;
    readonly awardId: string;
    readonly code: string;
    /** The passkey's answer for `window.pay` on this window and award. */
    readonly proof: unknown;
    readonly relyingParty: RelyingParty;
  },
  actor: StaffActor,
  clock: Clock,
): Promise<{ readonly slip: string; readonly transactionId: string }> {
  const { windowId, awardId, proof, relyingParty } = input;
  await requireStepUp(
    db,
    { ...agreedTo.windowPayment({ windowId, awardId }), proof, relyingParty, clock },
    actor,
  );
  return payAgainstCode(db, input, actor, clock);
}

/** The payment itself, once the clerk's passkey agreed to it (`payClaim`). */
export async function payAgainstCode(
  db: Database,
  input: { readonly windowId: string; readonly awardId: string; readonly code: string },
  actor: StaffActor,
  clock: Clock,
): Promise<{ readonly slip: string; readonly transactionId: string }> {
  const at = clock.now();
  const day = chinaDay(at);
  let attempt = 0;
  const done = await explainFault(
    retryPosting(() =>
      withActor(db, actor, async (tx) => {
        attempt += 1;
        const { person } = await requireFinanceRole(tx, actor, "window_clerk");
        const found = await readByCode(tx, input.code);
        if (found === null || found.award.id !== input.awardId) throw windowRefusal("code_unknown");
        const window = await lockWindow(tx, input.windowId);
        if (attempt > 1 && found.code.status === "spent") {
          const paid = await findPaid(tx, found.code.id, person.id);
          if (paid !== null) return paid;
        }
        judgeClaim(found, { fundId: window.fundId, today: day });
        if (found.claim.claimant === "heir" && found.claim.papersToo === null)
          throw windowRefusal("papers_first");
        await tx
          .update(claimCodes)
          .set({ status: "spent", endedOn: day })
          .where(eq(claimCodes.id, found.code.id));
        const { award } = found;
        const budget = await findBudgetAccounts(tx, award.budgetId, award.currency);
        const posted = await postTransaction(tx, {
          event: "award.paid",
          eventOn: day,
          fundId: budget.fundId,
          idempotencyKey: `award.paid:${found.code.id}`,
          awardId: award.id,
          actorId: person.id,
          entries: [
            {
              debit: budget.account("payable"),
              credit: budget.account("window_cash"),
              amountFen: award.amountFen,
            },
          ],
        });
        const slip = await nextSlip(tx, window, day);
        const of = { awardId: award.id, transactionId: posted.id };
        await tx.insert(windowMovements).values({
          id: uuidv7(),
          windowId: window.id,
          day,
          kind: "payment",
          amountFen: -award.amountFen,
          ...of,
          slip,
          codeName: award.codeName,
          staffId: person.id,
          recordedAt: at,
        });
        const payoutId = uuidv7();
        await tx.insert(payouts).values({
          id: payoutId,
          ...of,
          kind: "window",
          amountFen: award.amountFen,
          paidOn: day,
          reference: slip,
          status: "live",
          cashierId: person.id,
        });
        await tx.update(awards).set({ status: "paid" }).where(eq(awards.id, award.id));
        await recordEvent(
          tx,
          {
            action: "award.paid",
            subjectTable: "awards",
            subjectId: award.id,
            leadId: award.leadId,
            data: {
              payout: payoutId,
              transaction: posted.id,
              amountFen: award.amountFen.toString(),
              paidOn: day,
            },
            at,
          },
          actor,
        );
        return { slip, transactionId: posted.id };
      }),
    ),
    "cannot_pay",
  );
  await numberAfterCommit(db);
  return done;
}

/**
 * What this clerk paid for a code, where only the reply to it was lost. Asked by a second attempt of one act alone: to
 * a second act the code is spent, or cash would be handed out twice.
 */
async function findPaid(
  tx: Tx,
  codeId: string,
  staffId: string,
): Promise<{ slip: string; transactionId: string } | null> {
  const [paid] = await tx
    .select({ slip: windowMovements.slip, transactionId: windowMovements.transactionId })
    .from(windowMovements)
    .innerJoin(ledgerTransactions, eq(ledgerTransactions.id, windowMovements.transactionId))
    .where(
      and(
        eq(ledgerTransactions.idempotencyKey, `award.paid:${codeId}`),
        eq(windowMovements.staffId, staffId),
      ),
    );
  return paid === undefined || paid.slip === null
    ? null
    : { slip: paid.slip, transactionId: paid.transactionId };
}

/** `AB20260601-0001`: gapless within a window's day, for the window is held. */
async function nextSlip(tx: Tx, window: typeof payWindows.$inferSelect, day: string): Promise<string> {
  const [{ n } = { n: 0 }] = await tx
    .select({ n: count() })
    .from(windowMovements)
    .where(
      and(
        eq(windowMovements.windowId, window.id),
        eq(windowMovements.day, day),
        eq(windowMovements.kind, "payment"),
      ),
    );
  return `${window.code}${day.replaceAll("-", "")}-${String(n + 1).padStart(4, "0")}`;
}
