import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { chinaYear, type Clock } from "~server/clock";
import { requireFinanceRole } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";
import { computeCase, type CaseInput } from "./compute-case.server";
import type { RewardFlag } from "./compute-award";
import { explainAward, type ExplainedStep } from "./explain-award";
import { readStoredScheme } from "./load-scheme.server";
import { hashComputation } from "./write-voucher.server";

export type AssessmentPreview = {
  readonly amountFen: bigint;
  readonly currency: string;
  readonly steps: readonly ExplainedStep[];
  readonly shares: readonly {
    readonly tipId: string;
    /** Place among all who asked for a reward, from 1. */
    readonly place: number;
    readonly amountFen: bigint;
  }[];
  /** Who asked earlier and is left out together, for one reason. */
  readonly passedOver: number;
  readonly flags: readonly RewardFlag[];
  /** What assessAward takes as `expects`, so that what was seen is what is saved. */
  readonly hash: string;
};

/** Computes and saves nothing. Throws `wrong_role`, `needs_passkey`, and what computeCase throws. */
export async function previewAssessment(
  db: Database,
  input: CaseInput,
  actor: Actor,
  clock: Clock,
): Promise<AssessmentPreview> {
  return withActor(db, actor, async (tx) => {
    const { person } = await requireFinanceRole(tx, actor, "finance_preparer");
    const year = chinaYear(clock.now());
    const { rewardCase, scheme, computation, record, listed } = await computeCase(tx, input, person.id, year);
    return {
      amountFen: BigInt(computation.award),
      currency: computation.currency,
      steps: explainAward(readStoredScheme(scheme.content), rewardCase),
      shares: computation.shares.map((share) => ({
        tipId: share.id,
        place: listed.informants.find(({ tipId }) => tipId === share.id)?.place ?? 0,
        amountFen: BigInt(share.amount),
      })),
      flags: computation.flags,
      hash: hashComputation(rewardCase, computation, record.hash),
      passedOver: listed.passedOver,
    };
  });
}
