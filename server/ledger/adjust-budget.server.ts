import { eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { ledgerEntries, ledgerTransactions } from "~db/schema/ledger";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
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
  if (asked.corrects !== undefined) {
    return correctBudget(tx, { ...asked, corrects: asked.corrects }, { requestId, person, clock });
  }
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

type Correction = Extract<Asked, { kind: "adjust" }> & { readonly corrects: string };

/**
 * The one entry of an appropriation that a correction undoes. Throws `correction_refused` where it is no such entry of
 * this budget, was undone before, or has another amount; `not_found`.
 */
export async function readWrongEntry(tx: Tx, asked: Correction) {
  const [wrong] = await tx.select().from(ledgerTransactions).where(eq(ledgerTransactions.id, asked.corrects));
  if (wrong === undefined) throw notFound();
  const [entry] = await tx.select().from(ledgerEntries).where(eq(ledgerEntries.transactionId, wrong.id));
  const budget = await findBudgetAccounts(tx, asked.budgetId);
  const available = budget.account("available");
  const undone = await tx
    .select({ id: ledgerTransactions.id })
    .from(ledgerTransactions)
    .where(eq(ledgerTransactions.correctsId, wrong.id));
  const isOwn = entry?.debitAccountId === available || entry?.creditAccountId === available;
  const mirrored = entry?.debitAccountId === available ? -entry.amountFen : entry?.amountFen;
  if (!wrong.event.startsWith("budget.") || !isOwn || mirrored !== asked.amountFen || undone.length > 0) {
    throw refusal("correction_refused");
  }
  return { wrong, entry };
}

/** Undoes an entry of an appropriation by its mirror, naming it (invariant 4). */
async function correctBudget(
  tx: Tx,
  asked: Correction,
  { requestId, person, clock }: CarriedOut,
): Promise<void> {
  const { wrong, entry } = await readWrongEntry(tx, asked);
  const posted = await postTransaction(tx, {
    event: "correction",
    eventOn: asked.eventOn,
    fundId: wrong.fundId,
    idempotencyKey: `correction:${wrong.id}`,
    correctsId: wrong.id,
    actorId: person.id,
    requestId,
    entries: [{ debit: entry.creditAccountId, credit: entry.debitAccountId, amountFen: entry.amountFen }],
  });
  await recordEvent(
    tx,
    {
      action: "ledger.corrected",
      subjectTable: "ledger_transactions",
      subjectId: wrong.id,
      data: { transaction: posted.id, eventOn: asked.eventOn, request: requestId },
      at: clock.now(),
    },
    person,
  );
}

/** Opens a budget of the body two agreed to with the appropriation they agreed to. */
export async function openApprovedBudget(
  tx: Tx,
  asked: Extract<Asked, { kind: "open" }>,
  { requestId, person, clock }: CarriedOut,
): Promise<void> {
  const agencyId = asked.agency ?? person.agencyId;
  const opened = await openBudgetIn(
    tx,
    {
      packId: agencyId.split(".")[0] ?? "",
      agencyId,
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
