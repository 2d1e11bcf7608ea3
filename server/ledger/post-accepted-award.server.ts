import { and, desc, eq, isNull } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { awardObjections } from "~db/schema/assessments";
import { ledgerTransactions } from "~db/schema/ledger";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import { isHeld } from "~server/rewards/find-hold.server";
import type { Actor } from "~server/staff-auth/actor";
import { findBudgetAccounts } from "./find-accounts.server";
import { lockAward } from "./lock-award.server";
import { numberAfterCommit } from "./number-vouchers.server";
import { postTransaction } from "./post-transaction.server";
import { refusal } from "./refusals.server";
import { requireFinanceRole } from "./require-finance-role.server";
import { retryPosting } from "./retry-posting.server";

/**
 * Finance books an accepted award in both books (spent / encumbered, expense / payable), as an act of its own: the
 * informant's acceptance carries a date only and posts nothing. A second click is the first one's posting. Throws
 * `wrong_role`, `needs_passkey`, `waits_for_informant`, `ended`, `award_moved`, `award_held`,
 * `award_objected`, `not_found`.
 */
export async function postAcceptedAward(
  db: Database,
  input: { readonly awardId: string },
  actor: Actor,
  clock: Clock,
): Promise<{ transactionId: string; isNew: boolean }> {
  const done = await retryPosting(() =>
    withActor(db, actor, async (tx) => {
      const { person } = await requireFinanceRole(tx, actor, "finance_preparer", "finance_reviewer");
      const award = await lockAward(tx, input.awardId);
      if (award.status === "posted" || award.status === "paid") {
        const [known] = await tx
          .select({ id: ledgerTransactions.id })
          .from(ledgerTransactions)
          .where(and(eq(ledgerTransactions.awardId, award.id), eq(ledgerTransactions.event, "award.posted")))
          .orderBy(desc(ledgerTransactions.seq))
          .limit(1);
        if (known === undefined) throw refusal("award_moved");
        return { transactionId: known.id, isNew: false };
      }
      if (["drafted", "prepared", "reviewed"].includes(award.status)) throw refusal("award_moved");
      if (award.status === "approved") throw refusal("waits_for_informant");
      if (award.status !== "accepted") throw refusal("ended");
      if (await isHeld(tx, award.id)) throw refusal("award_held");
      const [objection] = await tx
        .select({ id: awardObjections.id })
        .from(awardObjections)
        .where(and(eq(awardObjections.awardId, award.id), isNull(awardObjections.outcome)));
      if (objection !== undefined) throw refusal("award_objected");
      const budget = await findBudgetAccounts(tx, award.budgetId, award.currency);
      const posted = await postTransaction(tx, {
        event: "award.posted",
        eventOn: chinaDay(clock.now()),
        fundId: budget.fundId,
        idempotencyKey: `award.posted:${award.id}`,
        awardId: award.id,
        movesAwardTo: "posted",
        actorId: person.id,
        entries: [
          {
            debit: budget.account("spent"),
            credit: budget.account("encumbered"),
            amountFen: award.amountFen,
          },
          { debit: budget.account("expense"), credit: budget.account("payable"), amountFen: award.amountFen },
        ],
      });
      await recordEvent(
        tx,
        {
          action: "award.posted",
          subjectTable: "awards",
          subjectId: award.id,
          leadId: award.leadId,
          data: { transaction: posted.id, amountFen: award.amountFen.toString() },
          at: clock.now(),
        },
        actor,
      );
      return { transactionId: posted.id, isNew: true };
    }),
  );
  await numberAfterCommit(db);
  return done;
}
