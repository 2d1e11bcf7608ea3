import { and, eq, gte, ne, notInArray, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { schemes } from "~db/schema/packs";
import { awards, rewardPools } from "~db/schema/rewards";
import type { RewardCase } from "./case";
import type { Scheme } from "./scheme-grammar";

/** Awards that came to nothing were not awarded. */
const UNDONE = ["rejected", "superseded", "revoked"];

/**
 * What earlier decisions awarded, where the scheme's limits run over several: the live computations of the lead's other
 * stages, and those of the line computed since the first of January (China). Undefined where no rule asks.
 */
export async function readAlready(
  tx: Tx,
  of: { readonly leadId: string; readonly stage: string; readonly line: string; readonly year: number },
  scheme: Scheme,
): Promise<RewardCase["already"]> {
  const perYear = scheme.caps.some(({ per }) => per === "year");
  const perCase = scheme.stages.length > 0 || scheme.supplement !== undefined;
  if (!perYear && !perCase) return undefined;
  const sum = sql<string>`coalesce(sum(${awards.amountFen}), 0)::text`;
  const counts = and(eq(rewardPools.status, "live"), notInArray(awards.status, UNDONE));
  const [ofCase] = await tx
    .select({ sum })
    .from(rewardPools)
    .innerJoin(awards, eq(awards.poolId, rewardPools.id))
    .where(and(eq(rewardPools.leadId, of.leadId), counts, ne(rewardPools.stage, of.stage)));
  // A computation that this one replaces is not beside it.
  const [ofYear] = await tx
    .select({ sum })
    .from(rewardPools)
    .innerJoin(awards, eq(awards.poolId, rewardPools.id))
    .innerJoin(
      schemes,
      and(eq(schemes.schemeId, rewardPools.schemeId), eq(schemes.version, rewardPools.schemeVersion)),
    )
    .where(
      and(
        eq(schemes.line, of.line),
        counts,
        gte(rewardPools.computedAt, new Date(`${of.year}-01-01T00:00:00+08:00`)),
        sql`not (${rewardPools.leadId} = ${of.leadId} and ${rewardPools.stage} = ${of.stage})`,
      ),
    );
  const already = {
    ...(perCase && ofCase && ofCase.sum !== "0" ? { case: ofCase.sum } : {}),
    ...(perYear && ofYear && ofYear.sum !== "0" ? { year: ofYear.sum } : {}),
  };
  return Object.keys(already).length === 0 ? undefined : already;
}
