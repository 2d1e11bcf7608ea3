import { inArray } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { ledgerTransactions } from "~db/schema/ledger";
import { withActor } from "~db/with-actor.server";
import { chinaDay, type Clock } from "~server/clock";
import type { Actor } from "~server/staff-auth/actor";
import { judgeWriteOff, postForAward } from "./claw-back.server";
import type { EnteredMoney } from "./enter-money.server";
import { explainFault } from "./explain-fault.server";
import { findBudgetAccounts } from "./find-accounts.server";
import { lockAward, type LockedAward } from "./lock-award.server";
import { numberAfterCommit } from "./number-vouchers.server";
import { refusal } from "./refusals.server";
import { requireFinanceRole } from "./require-finance-role.server";
import { retryPosting } from "./retry-posting.server";

const RECEIVED = ["clawback.received", "clawback.received_later"] as const;

/**
 * Money ordered back came in, part or whole. In the year it was spent the budget may use it again (available / spent,
 * treasury / recoverable); in a later year it belongs to the treasury and is surrendered (treasury / recoverable, then
 * funding / treasury). One of finance enters it; the same request key is the same posting. Throws `wrong_role`,
 * `needs_passkey`, `date_invalid`, `clawback_settled`, `clawback_amount`, `period_closed`, `not_found`.
 */
export async function receiveClawback(
  db: Database,
  input: EnteredMoney & { readonly awardId: string },
  actor: Actor,
  clock: Clock,
): Promise<{ transactionId: string; isNew: boolean; later: boolean }> {
  const done = await explainFault(() =>
    retryPosting(() =>
      withActor(db, actor, async (tx) => {
        const { person } = await requireFinanceRole(tx, actor, "finance_approver");
        if (input.eventOn > chinaDay(clock.now())) throw refusal("date_invalid");
        const award = await judgeOrSame(tx, input);
        const budget = await findBudgetAccounts(tx, award.budgetId, award.currency);
        const year = Number(input.eventOn.slice(0, 4));
        if (year < budget.fiscalYear) throw refusal("date_invalid");
        const later = year > budget.fiscalYear;
        const posted = await postForAward(
          tx,
          award,
          budget,
          { person, clock },
          {
            event: later ? "clawback.received_later" : "clawback.received",
            eventOn: input.eventOn,
            amountFen: input.amountFen,
            key: input.requestKey,
            entries: later
              ? [
                  ["treasury", "recoverable"],
                  ["funding", "treasury"],
                ]
              : [
                  ["available", "spent"],
                  ["treasury", "recoverable"],
                ],
          },
        );
        return { ...posted, later };
      }),
    ),
  );
  await numberAfterCommit(db);
  return done;
}

/** A retry finds its own posting counted as settled already; the database judges the sum in any case. */
async function judgeOrSame(tx: Tx, input: EnteredMoney & { readonly awardId: string }): Promise<LockedAward> {
  const keys = RECEIVED.map((event) => `${event}:${input.requestKey}`);
  const [same] = await tx
    .select({ id: ledgerTransactions.id })
    .from(ledgerTransactions)
    .where(inArray(ledgerTransactions.idempotencyKey, keys));
  return same === undefined ? judgeWriteOff(tx, input) : lockAward(tx, input.awardId);
}
