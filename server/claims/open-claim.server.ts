import { and, asc, desc, eq, isNull } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { awardClaims } from "~db/schema/claims";
import { schemes } from "~db/schema/packs";
import { approvalSteps, awards, rewardPools, vouchers } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { addDays, chinaDay, type Clock } from "~server/clock";
import { readCalendar } from "~server/clocks/read-calendar.server";
import { readStoredScheme } from "~server/rewards/load-scheme.server";
import type { Scheme } from "~server/rewards/scheme-grammar";
import { systemActor } from "~server/staff-auth/actor";
import { claimDay } from "./claim-day";

export type Claim = typeof awardClaims.$inferSelect;

/** How the scheme of an award lets it be claimed. Throws where the award has no scheme, which the database excludes. */
export async function readClaimRules(tx: Tx, poolId: string): Promise<Scheme["claim"]> {
  const [row] = await tx
    .select({ content: schemes.content })
    .from(rewardPools)
    .innerJoin(
      schemes,
      and(eq(schemes.schemeId, rewardPools.schemeId), eq(schemes.version, rewardPools.schemeVersion)),
    )
    .where(eq(rewardPools.id, poolId));
  if (row === undefined) throw new Error("an award has a scheme");
  return readStoredScheme(row.content).claim;
}

/**
 * The claim of an approved award, opened with `today` as the day of its notice where nobody opened it yet, and held.
 * Call it with the award locked. `today` is the day in China.
 */
export async function openClaim(
  tx: Tx,
  award: { readonly id: string; readonly poolId: string },
  today: string,
): Promise<Claim> {
  const find = () => tx.select().from(awardClaims).where(eq(awardClaims.awardId, award.id)).for("update");
  const [known] = await find();
  if (known !== undefined) return known;
  const rules = await readClaimRules(tx, award.poolId);
  const { calendar } = await readCalendar(tx);
  await tx
    .insert(awardClaims)
    .values({
      awardId: award.id,
      toldOn: today,
      claimBy: claimDay(calendar, today, rules),
      cashMostFen: rules.cashUpTo === undefined ? null : BigInt(rules.cashUpTo.amount),
    })
    .onConflictDoNothing();
  const [opened] = await find();
  if (opened === undefined) throw new Error("a claim was just opened");
  return opened;
}

const A_RUN = 200;

/**
 * Opens the claims of awards approved since the last run. The notice stands on the page from the last signature, whose
 * day is the notice's; where the run comes later than the day after, it is today: nobody's time runs while their page
 * names no last day.
 */
export async function openClaims(db: Database, clock: Clock): Promise<{ opened: number }> {
  const today = chinaDay(clock.now());
  const actor = systemActor("open-claims");
  const waiting = await withActor(db, actor, (tx) =>
    tx
      .select({ id: awards.id })
      .from(awards)
      .leftJoin(awardClaims, eq(awardClaims.awardId, awards.id))
      .where(and(eq(awards.status, "approved"), isNull(awardClaims.awardId)))
      .orderBy(asc(awards.id))
      .limit(A_RUN),
  );
  let opened = 0;
  for (const { id } of waiting) {
    opened += await withActor(db, actor, async (tx) => {
      const [award] = await tx.select().from(awards).where(eq(awards.id, id)).for("update");
      if (award?.status !== "approved") return 0;
      await openClaim(tx, award, await noticeDay(tx, id, today));
      return 1;
    });
  }
  return { opened };
}

async function noticeDay(tx: Tx, awardId: string, today: string): Promise<string> {
  const [last] = await tx
    .select({ at: approvalSteps.signedAt })
    .from(approvalSteps)
    .innerJoin(vouchers, eq(vouchers.id, approvalSteps.voucherId))
    .where(and(eq(vouchers.awardId, awardId), eq(approvalSteps.action, "approve")))
    .orderBy(desc(approvalSteps.signedAt))
    .limit(1);
  const signedOn = last === undefined ? today : chinaDay(last.at);
  return signedOn < addDays(today, -1) || signedOn > today ? today : signedOn;
}

/** The day a claim ends: the extended one where there is one. */
export function lastDayOf(claim: Pick<Claim, "claimBy" | "extendedTo">): string | null {
  return claim.extendedTo ?? claim.claimBy;
}
