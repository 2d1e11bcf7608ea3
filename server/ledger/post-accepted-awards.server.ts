import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { awardHolds } from "~db/schema/approvals";
import { awardObjections } from "~db/schema/assessments";
import { budgets } from "~db/schema/ledger";
import { awardCarries } from "~db/schema/ledger-acts";
import { awards, rewardPools } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { recordEvents } from "~server/audit/record-event.server";
import { chinaDay, type Clock } from "~server/clock";
import { DomainError, databaseFault } from "~server/errors.server";
import type { Actor } from "~server/staff-auth/actor";
import { findBudgetAccounts, type BudgetAccounts } from "./find-accounts.server";
import { numberAfterCommit } from "./number-vouchers.server";
import { postAcceptedAward } from "./post-accepted-award.server";
import { postTransactions } from "./post-transaction.server";
import { requireFinanceRole } from "./require-finance-role.server";
import { retryPosting } from "./retry-posting.server";

/** Awards of one database transaction: a fault takes no more than these back. */
const AT_ONCE = 500;

/** What became of one award: booked now, booked before, or refused with the sentence the person reads. */
export type PostedAward = {
  readonly awardId: string;
  readonly outcome: "posted" | "already" | "refused";
  readonly refusal: { readonly code: string; readonly message: string } | null;
};

/**
 * Finance books many accepted awards as one signed-in act, each exactly as postAcceptedAward does: same posting, same
 * key, same event. Answers what became of every award, in the order of their ids; one that is refused (held, objected
 * to, not accepted, somebody's recusal) hinders no other. Throws `wrong_role`, `needs_passkey`.
 */
export async function postAcceptedAwards(
  db: Database,
  input: { readonly awardIds: readonly string[] },
  actor: Actor,
  clock: Clock,
  onProgress: (done: number) => void = () => undefined,
): Promise<PostedAward[]> {
  const ids = [...new Set(input.awardIds)].sort();
  await withActor(db, actor, (tx) => requireFinanceRole(tx, actor, "finance_preparer", "finance_reviewer"));
  const results: PostedAward[] = [];
  // One chunk is numbered and sealed while the next is booked.
  const numbers = numberBeside(db);
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const chunk = ids.slice(from, from + AT_ONCE);
    const done = await postChunk(db, chunk, actor, clock);
    if (done.size > 0) await numbers.next();
    for (const awardId of chunk) {
      results.push(
        done.has(awardId)
          ? { awardId, outcome: "posted", refusal: null }
          : // What the chunk left out is asked one by one, which says why.
            await postOne(db, awardId, actor, clock),
      );
    }
    onProgress(results.length);
  }
  await numbers.end();
  return results;
}

function numberBeside(db: Database): { next(): Promise<void>; end(): Promise<void> } {
  let running: Promise<void> = Promise.resolve();
  return {
    async next() {
      await running;
      running = numberAfterCommit(db);
      // Its fault is met by whoever waits for it.
      running.catch(() => undefined);
    },
    end: () => running,
  };
}

/** Books those of a chunk that may be booked; none where the database refuses one of them. */
async function postChunk(
  db: Database,
  chunk: readonly string[],
  actor: Actor,
  clock: Clock,
): Promise<ReadonlySet<string>> {
  try {
    return await retryPosting(() => withActor(db, actor, (tx) => postReady(tx, chunk, actor, clock)));
  } catch (error) {
    if (error instanceof DomainError || databaseFault(error).constraint !== undefined) return new Set();
    throw error;
  }
}

async function postReady(
  tx: Tx,
  chunk: readonly string[],
  actor: Actor,
  clock: Clock,
): Promise<ReadonlySet<string>> {
  const { person } = await requireFinanceRole(tx, actor, "finance_preparer", "finance_reviewer");
  const ready = await lockReady(tx, chunk);
  if (ready.length === 0) return new Set();
  const books = new Map<string, BudgetAccounts>();
  for (const { budgetId, currency } of ready) {
    const key = `${budgetId} ${currency}`;
    if (!books.has(key)) books.set(key, await findBudgetAccounts(tx, budgetId, currency));
  }
  const posted = await postTransactions(
    tx,
    ready.flatMap(({ id, budgetId, currency, amountFen }) => {
      const budget = books.get(`${budgetId} ${currency}`);
      if (budget === undefined) return [];
      const { fundId } = budget;
      return {
        event: "award.posted" as const,
        eventOn: chinaDay(clock.now()),
        fundId,
        idempotencyKey: `award.posted:${id}`,
        awardId: id,
        actorId: person.id,
        entries: [
          { debit: budget.account("spent"), credit: budget.account("encumbered"), amountFen },
          { debit: budget.account("expense"), credit: budget.account("payable"), amountFen },
        ],
      };
    }),
  );
  await tx
    .update(awards)
    .set({ status: "posted" })
    .where(
      inArray(
        awards.id,
        ready.map(({ id }) => id),
      ),
    );
  await recordEvents(
    tx,
    ready.map(({ id, leadId, amountFen }, at) => ({
      action: "award.posted",
      subjectTable: "awards",
      subjectId: id,
      leadId,
      data: { transaction: posted[at]?.id, amountFen: amountFen.toString() },
      at: clock.now(),
    })),
    actor,
  );
  return new Set(ready.map(({ id }) => id));
}

/** Holds the chunk's awards in the order of their ids and answers those that wait to be booked. */
async function lockReady(tx: Tx, chunk: readonly string[]) {
  const locked = await tx
    .select({
      id: awards.id,
      leadId: awards.leadId,
      poolId: awards.poolId,
      budgetId: awards.budgetId,
      amountFen: awards.amountFen,
      status: awards.status,
    })
    .from(awards)
    .where(inArray(awards.id, [...chunk]))
    .orderBy(asc(awards.id))
    .for("update");
  const accepted = locked.filter(({ status }) => status === "accepted");
  if (accepted.length === 0) return [];
  const ids = accepted.map(({ id }) => id);
  const stopped = new Set(
    [
      await tx
        .select({ id: awardHolds.awardId })
        .from(awardHolds)
        .where(and(inArray(awardHolds.awardId, ids), isNull(awardHolds.liftedAt))),
      await tx
        .select({ id: awardObjections.awardId })
        .from(awardObjections)
        .where(and(inArray(awardObjections.awardId, ids), isNull(awardObjections.outcome))),
    ].flatMap((rows) => rows.map(({ id }) => id)),
  );
  const pools = await tx
    .select({ id: rewardPools.id, currency: rewardPools.currency })
    .from(rewardPools)
    .where(
      inArray(
        rewardPools.id,
        accepted.map(({ poolId }) => poolId),
      ),
    );
  const currencies = new Map(pools.map(({ id, currency }) => [id, currency]));
  // After a carry-over the money is in a later year's budget (lockAward): the last one wins.
  const carried = await tx
    .select({ awardId: awardCarries.awardId, budgetId: awardCarries.toBudgetId })
    .from(awardCarries)
    .innerJoin(budgets, eq(budgets.id, awardCarries.toBudgetId))
    .where(inArray(awardCarries.awardId, ids))
    .orderBy(asc(budgets.fiscalYear));
  const budgetOf = new Map(carried.map(({ awardId, budgetId }) => [awardId, budgetId]));
  return accepted.flatMap((award) => {
    const currency = currencies.get(award.poolId);
    if (stopped.has(award.id) || currency === undefined) return [];
    return { ...award, currency, budgetId: budgetOf.get(award.id) ?? award.budgetId };
  });
}

async function postOne(db: Database, awardId: string, actor: Actor, clock: Clock): Promise<PostedAward> {
  try {
    const { isNew } = await postAcceptedAward(db, { awardId }, actor, clock);
    return { awardId, outcome: isNew ? "posted" : "already", refusal: null };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { awardId, outcome: "refused", refusal: { code: error.code, message: error.publicMessage } };
  }
}
