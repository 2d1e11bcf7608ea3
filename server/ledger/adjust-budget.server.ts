import type { Tx } from "~db/client.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import type { StaffActor } from "~server/staff-auth/actor";
import { findBudgetAccounts } from "./find-accounts.server";
import type { Asked } from "./ledger-requests";
import { openBudgetIn } from "./open-budget.server";
import { postTransaction } from "./post-transaction.server";
import { refusal } from "./refusals.server";

/** Who carries out an agreed request, and which; the posting's key is the request's. */
export type CarriedOut = { readonly requestId: string; readonly person: StaffActor; readonly clock: Clock };

/**
 * Changes an appropriation by what two agreed to: more is available / appropriation, less is its mirror. What is
 * promised stays covered: the database refuses a negative available. For agreeToRequest's transaction.
 */
export async function adjustBudget(
  tx: Tx,
  asked: Extract<Asked, { kind: "adjust" }>,
  { requestId, person, clock }: CarriedOut,
): Promise<void> {
  const budget = await findBudgetAccounts(tx, asked.budgetId);
  const more = asked.amountFen > 0n;
  const amountFen = more ? asked.amountFen : -asked.amountFen;
  const sides = [budget.account("available"), budget.account("appropriation")] as const;
  const [debit, credit] = more ? sides : ([sides[1], sides[0]] as const);
  const posted = await postTransaction(tx, {
    event: "budget.adjusted",
    eventOn: asked.eventOn,
    fundId: budget.fundId,
    idempotencyKey: `budget.adjusted:${requestId}`,
    actorId: person.id,
    requestId,
    entries: [{ debit, credit, amountFen }],
  });
  await recordEvent(
    tx,
    {
      action: "budget.adjusted",
      subjectTable: "budgets",
      subjectId: asked.budgetId,
      data: {
        transaction: posted.id,
        amountFen: amountFen.toString(),
        direction: more ? "more" : "less",
        eventOn: asked.eventOn,
        request: requestId,
      },
      at: clock.now(),
    },
    person,
  );
}

/** Opens a budget of the approver's own body with the appropriation two agreed to. */
export async function openApprovedBudget(
  tx: Tx,
  asked: Extract<Asked, { kind: "open" }>,
  { requestId, person, clock }: CarriedOut,
): Promise<void> {
  const opened = await openBudgetIn(
    tx,
    {
      packId: person.agencyId.split(".")[0] ?? "",
      agencyId: person.agencyId,
      source: asked.source,
      slug: asked.slug,
      fiscalYear: asked.fiscalYear,
    },
    person,
    clock,
  );
  if (!opened.isNew) throw refusal("open_taken");
  const budget = await findBudgetAccounts(tx, opened.budgetId);
  const posted = await postTransaction(tx, {
    event: "budget.approved",
    eventOn: asked.eventOn,
    fundId: opened.fundId,
    idempotencyKey: `budget.approved:${requestId}`,
    actorId: person.id,
    requestId,
    entries: [
      {
        debit: budget.account("available"),
        credit: budget.account("appropriation"),
        amountFen: asked.amountFen,
      },
    ],
  });
  await recordEvent(
    tx,
    {
      action: "budget.approved",
      subjectTable: "budgets",
      subjectId: opened.budgetId,
      data: {
        transaction: posted.id,
        amountFen: asked.amountFen.toString(),
        eventOn: asked.eventOn,
        request: requestId,
      },
      at: clock.now(),
    },
    person,
  );
}
