import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { lineDecisions } from "~db/schema/bank-statements";
import { payoutBatches, payoutLines } from "~db/schema/payout-batches";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import type { BatchLine } from "./lock-batch.server";
import { explainPayoutFault, payoutRefusal } from "./refusals.server";

/**
 * The cashier says that what became of a sent line is not known. It stays live: nobody pays its award meanwhile and
 * nothing is sent again by itself. Throws `wrong_role`, `not_your_batch`, `line_moved`.
 */
export async function markUnknown(
  db: Database,
  input: { readonly lineId: string },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  await explainPayoutFault(
    withActor(db, actor, async (tx) => {
      const { person } = await requireFinanceRole(tx, actor, "cashier");
      const line = await findLine(tx, input.lineId);
      const [batch] = await tx.select().from(payoutBatches).where(eq(payoutBatches.id, line.batchId));
      if (batch?.cashierId !== person.id) throw payoutRefusal("not_your_batch");
      if (line.state === "unknown") return;
      if (line.state !== "sent") throw payoutRefusal("line_moved");
      await tx.update(payoutLines).set({ state: "unknown" }).where(eq(payoutLines.id, line.id));
      await note(tx, "payout_line.unknown", line, {}, actor, clock);
    }),
  );
}

/**
 * One person says, with the number of the bank's answer, that a line of unknown outcome did not go out. It changes
 * nothing until another agrees. Throws `wrong_role`, `line_moved`.
 */
export async function sayNotSent(
  db: Database,
  input: { readonly lineId: string; readonly bankAnswer: string },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  await explainPayoutFault(
    withActor(db, actor, async (tx) => {
      const roles = ["finance_preparer", "finance_reviewer", "finance_approver", "cashier"] as const;
      const { person } = await requireFinanceRole(tx, actor, ...roles);
      const line = await findLine(tx, input.lineId);
      if (line.state !== "unknown") throw payoutRefusal("line_moved");
      await tx.insert(lineDecisions).values({
        id: uuidv7(),
        lineId: line.id,
        what: "not_sent",
        bankAnswer: input.bankAnswer,
        saidBy: person.id,
        saidAt: clock.now(),
      });
      await note(tx, "payout_line.said_not_sent", line, { bankAnswer: input.bankAnswer }, actor, clock);
    }),
  );
}

/**
 * A second person, who reviews or approves, agrees: the line ends and its award is free for a new batch. Throws
 * `wrong_role`, `decide_apart`, `line_moved`.
 */
export async function agreeNotSent(
  db: Database,
  input: { readonly lineId: string },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  await explainPayoutFault(
    withActor(db, actor, async (tx) => {
      const { person } = await requireFinanceRole(tx, actor, "finance_reviewer", "finance_approver");
      const line = await findLine(tx, input.lineId);
      const [said] = await tx.select().from(lineDecisions).where(eq(lineDecisions.lineId, line.id));
      if (said === undefined || line.state !== "unknown") throw payoutRefusal("line_moved");
      if (said.saidBy === person.id) throw payoutRefusal("decide_apart");
      const agreed = await tx
        .update(lineDecisions)
        .set({ agreedBy: person.id, agreedAt: clock.now() })
        .where(and(eq(lineDecisions.id, said.id), isNull(lineDecisions.agreedBy)))
        .returning({ id: lineDecisions.id });
      // Somebody else agreed at the same moment: theirs is the second hand.
      if (agreed.length === 0) throw payoutRefusal("line_moved");
      await note(tx, "payout_line.not_sent", line, { bankAnswer: said.bankAnswer }, actor, clock);
    }),
  );
}

/** The database holds the line when its state or a decision on it is written. */
async function findLine(tx: Tx, lineId: string): Promise<BatchLine> {
  const [line] = await tx.select().from(payoutLines).where(eq(payoutLines.id, lineId));
  if (line === undefined) throw notFound();
  return line;
}

async function note(
  tx: Tx,
  action: string,
  line: BatchLine,
  data: Record<string, unknown>,
  actor: Actor,
  clock: Clock,
): Promise<void> {
  const subject = { subjectTable: "payout_batches", subjectId: line.batchId };
  await recordEvent(
    tx,
    { action, ...subject, data: { reference: line.reference, ...data }, at: clock.now() },
    actor,
  );
}
