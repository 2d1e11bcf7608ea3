import { createHash } from "node:crypto";
import { inArray, max, eq, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { insertRows } from "~db/insert-rows.server";
import { budgets } from "~db/schema/ledger";
import { payoutBatches, payoutLines } from "~db/schema/payout-batches";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { canonicalJson } from "~server/canonical-json";
import { chinaYear, type Clock } from "~server/clock";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import { batchNumber, lineReference } from "./lock-batch.server";
import { explainPayoutFault, payoutRefusal } from "./refusals.server";

/** Lines of one batch at most: what a cashier's browser opens in a minute. */
export const MAX_BATCH_LINES = 500;

/**
 * Freezes posted awards that go by transfer into a batch for one cashier: canonical JSON, hashed, numbered within its
 * year (invariant 15). The awards are held in the order of their ids, so that of two batches that want one, one takes
 * it. Throws `wrong_role`, `needs_passkey`, `batch_empty`, `batch_fund`, `line_taken`, `cashier_unfit`, `cashier_missing`.
 */
export async function freezeBatch(
  db: Database,
  input: { readonly awardIds: readonly string[]; readonly cashierId: string },
  actor: Actor,
  clock: Clock,
): Promise<{ batchId: string }> {
  const awardIds = [...new Set(input.awardIds)].sort();
  return explainPayoutFault(
    withActor(db, actor, async (tx) => {
      const { person } = await requireFinanceRole(tx, actor, "finance_preparer", "finance_reviewer");
      if (awardIds.length === 0 || awardIds.length > MAX_BATCH_LINES) throw payoutRefusal("batch_empty");
      const chosen = await lockAwards(tx, awardIds);
      if (chosen.length !== awardIds.length) throw payoutRefusal("line_taken");
      const [fundId, ...others] = [...new Set(chosen.map((each) => each.fundId))];
      if (fundId === undefined || others.length > 0) throw payoutRefusal("batch_fund");
      const year = chinaYear(clock.now());
      await tx.execute(sql`select pg_advisory_xact_lock(hashtext('payout_batches'), ${year}::int)`);
      const [last] = await tx
        .select({ no: max(payoutBatches.no) })
        .from(payoutBatches)
        .where(eq(payoutBatches.year, year));
      const batch = { id: uuidv7(), year, no: (last?.no ?? 0) + 1, fundId, cashierId: input.cashierId };
      const lines = chosen.map(({ id, codeName, amountFen }, at) => ({
        id: uuidv7(),
        batchId: batch.id,
        position: at + 1,
        awardId: id,
        codeName,
        amountFen,
        reference: lineReference(batch, at + 1),
        state: "frozen",
      }));
      const body = canonicalJson({
        batch: batchNumber(batch),
        fund: fundId,
        currency: "CNY",
        cashier: input.cashierId,
        preparedBy: person.id,
        total: lines.reduce((sum, { amountFen }) => sum + amountFen, 0n).toString(),
        lines: lines.map(({ id, awardId, codeName, amountFen, reference }) => ({
          line: id,
          award: awardId,
          codeName,
          amount: amountFen.toString(),
          reference,
        })),
      });
      const hash = createHash("sha256").update(body, "utf8").digest();
      await tx.insert(payoutBatches).values({
        ...batch,
        body,
        hash,
        status: "frozen",
        preparedBy: person.id,
        preparedAt: clock.now(),
      });
      await insertRows(tx, payoutLines, lines);
      await recordEvent(
        tx,
        {
          action: "batch.frozen",
          subjectTable: "payout_batches",
          subjectId: batch.id,
          data: { batch: batchNumber(batch), hash: hash.toString("hex"), lines: lines.length },
          at: clock.now(),
        },
        actor,
      );
      return { batchId: batch.id };
    }),
  );
}

async function lockAwards(tx: Tx, ids: readonly string[]) {
  const rows = await tx
    .select({
      id: awards.id,
      codeName: awards.codeName,
      amountFen: awards.amountFen,
      budgetId: awards.budgetId,
    })
    .from(awards)
    .where(inArray(awards.id, [...ids]))
    .orderBy(awards.id)
    .for("update");
  const funds = await tx
    .select({ id: budgets.id, fundId: budgets.fundId })
    .from(budgets)
    .where(
      inArray(
        budgets.id,
        rows.map(({ budgetId }) => budgetId),
      ),
    );
  // A carry-over moves money between years of one fund: the fund is the award's for good.
  return rows.map((row) => ({ ...row, fundId: funds.find(({ id }) => id === row.budgetId)?.fundId ?? "" }));
}
