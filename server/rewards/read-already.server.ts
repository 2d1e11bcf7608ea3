import { and, eq, gte, ne, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { schemes } from "~db/schema/packs";
import { rewardPools } from "~db/schema/rewards";
import type { RewardCase } from "./case";
import type { Scheme } from "./scheme-grammar";

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
  const sum = sql<string>`coalesce(sum(${rewardPools.amountFen}), 0)::text`;
  const [ofCase] = await tx
    .select({ sum })
    .from(rewardPools)
    .where(
      and(eq(rewardPools.leadId, of.leadId), eq(rewardPools.status, "live"), ne(rewardPools.stage, of.stage)),
    );
  // A computation that this one replaces is not beside it.
  const [ofYear] = await tx
    .select({ sum })
    .from(rewardPools)
    .innerJoin(
      schemes,
      and(eq(schemes.schemeId, rewardPools.schemeId), eq(schemes.version, rewardPools.schemeVersion)),
    )
    .where(
      and(
        eq(schemes.line, of.line),
        eq(rewardPools.status, "live"),
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
