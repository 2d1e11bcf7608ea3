import { and, desc, eq, inArray } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { schemes } from "~db/schema/packs";
import { awardObjections } from "~db/schema/assessments";
import { payouts } from "~db/schema/payouts";
import { awards, rewardPools } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { readOwnClaims, type OwnClaim } from "~server/claims/read-own-claims.server";
import type { ReporterActor } from "~server/staff-auth/actor";
import { storedCaseSchema } from "./case";
import type { AwardComputation, AwardStep } from "./compute-award";
import { describeSituation } from "./evaluate-gates";
import { explainAward } from "./explain-award";
import { readStoredScheme } from "./load-scheme.server";
import type { BaseKey } from "./scheme-parts";

/** What an informant sees: from approval on. What is still being decided, or was not granted, is not shown. */
const SHOWN = ["approved", "accepted", "posted", "paid", "lapsed", "revoked"] as const;

export type ReporterAward = {
  readonly id: string;
  readonly amountFen: bigint;
  readonly currency: string;
  readonly status: (typeof SHOWN)[number];
  readonly acceptedOn: string | null;
  readonly paidOn: string | null;
  /** The bank sent a payment back, and no other has been made yet. */
  readonly bounced: boolean;
  /** How it is received; null where there is nothing to claim any more. */
  readonly claim: OwnClaim | null;
  readonly scheme: {
    readonly id: string;
    readonly version: string;
    readonly title: { zh: string; en: string } | null;
  };
  /** The computation of the whole award, of which the informant's share is a part. */
  readonly poolAmountFen: bigint;
  /** What the amount the first step starts from is; null where the scheme starts from none. */
  readonly base: BaseKey | null;
  /** `ruled` is false where the scheme has no rule for the step, which then cites the document alone. */
  readonly steps: readonly (AwardStep & { readonly ruled: boolean })[];
  readonly flags: AwardComputation["flags"];
  /** What this informant objected to, the latest first, with the office's answer. */
  readonly objections: readonly OwnObjection[];
  readonly mayObject: boolean;
};

export type OwnObjection = {
  readonly statedOn: string;
  readonly dueOn: string;
  readonly outcome: "kept" | "reassessed" | null;
  readonly answer: string | null;
};

/** The awards of one tip, which the receipt opened; never another informant's share. */
export async function readAwardForReporter(
  db: Database,
  input: { readonly tipId: string },
  reporter: ReporterActor,
): Promise<ReporterAward[]> {
  return withActor(db, reporter, async (tx) => {
    const rows = await tx
      .select({ award: awards, pool: rewardPools, scheme: schemes.content, paidOn: payouts.paidOn })
      .from(awards)
      .innerJoin(rewardPools, eq(rewardPools.id, awards.poolId))
      .innerJoin(
        schemes,
        and(eq(schemes.schemeId, rewardPools.schemeId), eq(schemes.version, rewardPools.schemeVersion)),
      )
      .leftJoin(payouts, and(eq(payouts.awardId, awards.id), eq(payouts.status, "live")))
      .where(and(eq(awards.tipId, input.tipId), inArray(awards.status, [...SHOWN])))
      .orderBy(desc(awards.id));
    const returned = await tx
      .select({ awardId: payouts.awardId })
      .from(payouts)
      .innerJoin(awards, eq(awards.id, payouts.awardId))
      .where(and(eq(awards.tipId, input.tipId), eq(payouts.status, "bounced")));
    const claims = await readOwnClaims(tx);
    const stated = await tx
      .select()
      .from(awardObjections)
      .where(eq(awardObjections.tipId, input.tipId))
      .orderBy(desc(awardObjections.statedOn), desc(awardObjections.id));
    return rows.map(({ award, pool, scheme, paidOn }) => {
      const computation = pool.computation as AwardComputation;
      const stored = readStoredScheme(scheme);
      const rewardCase = storedCaseSchema.parse(pool.caseInput);
      const explained = explainAward(stored, rewardCase);
      return {
        id: award.id,
        amountFen: award.amountFen,
        currency: pool.currency,
        status: award.status as ReporterAward["status"],
        acceptedOn: award.acceptedOn,
        paidOn,
        bounced: award.status === "posted" && returned.some(({ awardId }) => awardId === award.id),
        claim: claims(award, stored.claim),
        scheme: {
          id: pool.schemeId,
          version: pool.schemeVersion,
          title: stored.title,
        },
        poolAmountFen: pool.amountFen,
        base: describeSituation(stored, rewardCase).branch.base,
        steps: computation.steps.map((step) => ({
          ...step,
          ruled: explained.some((each) => each.step === step.step && each.title !== null),
        })),
        flags: computation.flags,
        ...ownObjections(award, stated),
      };
    });
  });
}

/** Whether one may still object is judged anew when they do: after acceptance the days count too. */
function ownObjections(
  award: typeof awards.$inferSelect,
  stated: readonly (typeof awardObjections.$inferSelect)[],
): Pick<ReporterAward, "objections" | "mayObject"> {
  const own = stated.filter(({ awardId }) => awardId === award.id);
  return {
    objections: own.map(({ statedOn, dueOn, outcome, answer }) => ({
      ...{ statedOn, dueOn, answer, outcome: outcome as OwnObjection["outcome"] },
    })),
    mayObject:
      ["approved", "accepted"].includes(award.status) && own.every(({ outcome }) => outcome !== null),
  };
}
