import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { bankLines, lineDecisions } from "~db/schema/bank-statements";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { numberAfterCommit } from "~server/ledger/number-vouchers.server";
import { postMatched } from "~server/ledger/post-suspense.server";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import { retryPosting } from "~server/ledger/retry-posting.server";
import type { Actor } from "~server/staff-auth/actor";
import { findBankLine, movementOf, noteLine } from "./find-bank-line.server";
import { explainPayoutFault, payoutRefusal } from "./refusals.server";

/** `matched`: a line in suspense was booked elsewhere. `dismissed`: a named double is the same line once more. */
export type SetAside = { readonly bankLineId: string; readonly what: "matched" | "dismissed" };

const stateOf = { matched: "suspense", dismissed: "named" } as const;

/**
 * A cashier proposes, with the reason, that a line of the bank is set aside without a payment of ours. Nothing is booked
 * until another agrees; meanwhile it may still be matched. `reason`: 5 to 300 characters. Throws `wrong_role`,
 * `line_moved`, `proposed_already`.
 */
export async function proposeAside(
  db: Database,
  input: SetAside & { readonly reason: string },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  await explainPayoutFault(
    withActor(db, actor, async (tx) => {
      const { person } = await requireFinanceRole(tx, actor, "cashier");
      const { line } = await findBankLine(tx, input.bankLineId, stateOf[input.what]);
      if (input.what === "dismissed" && line.fault !== "double") throw payoutRefusal("line_moved");
      await tx.insert(lineDecisions).values({
        id: uuidv7(),
        bankLineId: line.id,
        what: input.what,
        reason: input.reason,
        saidBy: person.id,
        saidAt: clock.now(),
      });
      await noteLine(tx, `bank_line.proposed_${input.what}`, line, actor, clock);
    }),
  );
}

/**
 * Who proposed it takes it back before another agrees: the line waits as before, and something else may be proposed. Throws
 * `not_your_proposal`, `wrong_role`, `line_moved`, `not_found`.
 */
export async function withdrawAside(
  db: Database,
  input: SetAside,
  actor: Actor,
  clock: Clock,
): Promise<void> {
  await explainPayoutFault(
    withActor(db, actor, async (tx) => {
      const { person } = await requireFinanceRole(tx, actor, "cashier");
      const { line } = await findBankLine(tx, input.bankLineId, stateOf[input.what]);
      const [said] = await tx.select().from(lineDecisions).where(standing(input));
      if (said === undefined) throw payoutRefusal("line_moved");
      if (said.saidBy !== person.id) throw payoutRefusal("not_your_proposal");
      const withdrawn = await tx
        .update(lineDecisions)
        .set({ withdrawnAt: clock.now() })
        .where(
          and(
            eq(lineDecisions.id, said.id),
            isNull(lineDecisions.agreedBy),
            isNull(lineDecisions.withdrawnAt),
          ),
        )
        .returning({ id: lineDecisions.id });
      // Somebody agreed at the same moment.
      if (withdrawn.length === 0) throw payoutRefusal("line_moved");
      await noteLine(tx, `bank_line.withdrew_${input.what}`, line, actor, clock);
    }),
  );
}

/** The proposal about a line that nobody took back. */
function standing(of: SetAside) {
  return and(
    eq(lineDecisions.bankLineId, of.bankLineId),
    eq(lineDecisions.what, of.what),
    isNull(lineDecisions.withdrawnAt),
  );
}

/**
 * A second person, who reviews or approves, agrees: a line in suspense is booked back, a double is dismissed. Throws
 * `wrong_role`, `decide_apart`, `line_moved`.
 */
export async function agreeAside(db: Database, input: SetAside, actor: Actor, clock: Clock): Promise<void> {
  await explainPayoutFault(
    retryPosting(() =>
      withActor(db, actor, async (tx) => {
        const { person } = await requireFinanceRole(tx, actor, "finance_reviewer", "finance_approver");
        const [said] = await tx.select().from(lineDecisions).where(standing(input));
        // An attempt before this one was carried out, and only its reply was lost.
        if (said?.agreedBy === person.id) return;
        const { line, fundId } = await findBankLine(tx, input.bankLineId, stateOf[input.what]);
        if (said === undefined) throw payoutRefusal("line_moved");
        if (said.saidBy === person.id) throw payoutRefusal("decide_apart");
        const agreed = await tx
          .update(lineDecisions)
          .set({ agreedBy: person.id, agreedAt: clock.now() })
          .where(
            and(
              eq(lineDecisions.id, said.id),
              isNull(lineDecisions.agreedBy),
              isNull(lineDecisions.withdrawnAt),
            ),
          )
          .returning({ id: lineDecisions.id });
        // Somebody else agreed at the same moment: theirs is the second hand.
        if (agreed.length === 0) throw payoutRefusal("line_moved");
        if (input.what === "matched")
          await postMatched(tx, await movementOf(tx, line, fundId, clock), actor, clock);
        await tx
          .update(bankLines)
          // Set aside without a payment of ours, whatever it was taken for before.
          .set({
            outcome: input.what,
            fault: null,
            payoutLineId: null,
            payoutId: null,
            handledBy: person.id,
            handledAt: clock.now(),
          })
          .where(and(eq(bankLines.id, line.id), eq(bankLines.outcome, stateOf[input.what])));
        await noteLine(tx, `bank_line.${input.what}`, line, actor, clock);
      }),
    ),
  );
  await numberAfterCommit(db);
}
