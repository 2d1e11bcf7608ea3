import { eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { awardObjections } from "~db/schema/assessments";
import { rewardPools } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import { lockAward } from "~server/ledger/lock-award.server";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import { assessmentRefusal } from "./assessment-refusals.server";

/**
 * Upholds an award that was objected to, with the answer its informant reads. Whoever computed the award does not
 * answer alone for it. (An objection that is right is answered by a new computation, assessAward.) Throws `wrong_role`,
 * `needs_passkey`, `not_found`, `objection_answered`, `objection_apart`.
 */
export async function answerObjection(
  db: Database,
  input: { readonly objectionId: string; readonly answer: string },
  actor: Actor,
  clock: Clock,
): Promise<{ awardId: string }> {
  return withActor(db, actor, async (tx) => {
    const { person } = await requireFinanceRole(
      tx,
      actor,
      "finance_reviewer",
      "finance_approver",
      "finance_preparer",
    );
    const [seen] = await tx.select().from(awardObjections).where(eq(awardObjections.id, input.objectionId));
    if (seen === undefined) throw notFound();
    // The award first, as an acceptance and a new computation hold it.
    const award = await lockAward(tx, seen.awardId);
    const [objection] = await tx
      .select()
      .from(awardObjections)
      .where(eq(awardObjections.id, seen.id))
      .for("update");
    if (objection === undefined || objection.outcome !== null) throw assessmentRefusal("objection_answered");
    const [pool] = await tx
      .select({ computedBy: rewardPools.computedBy })
      .from(rewardPools)
      .where(eq(rewardPools.id, award.poolId));
    if (pool?.computedBy === person.id) throw assessmentRefusal("objection_apart");
    const at = clock.now();
    await tx
      .update(awardObjections)
      .set({ outcome: "kept", answer: input.answer, answeredBy: person.id, answeredAt: at })
      .where(eq(awardObjections.id, objection.id));
    await recordEvent(
      tx,
      {
        ...{ action: "award.objection_answered", subjectTable: "award_objections", subjectId: objection.id },
        ...{ leadId: objection.leadId, data: { outcome: "kept" }, at },
      },
      actor,
    );
    return { awardId: award.id };
  });
}
