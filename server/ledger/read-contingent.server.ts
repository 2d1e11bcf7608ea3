import { sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { computeAward } from "~server/rewards/compute-award";
import { loadScheme } from "~server/rewards/load-scheme.server";
import { RewardInputError } from "~server/rewards/reward-errors";
import type { Actor } from "~server/staff-auth/actor";
import { requireMoneyReader } from "./require-finance-role.server";

/** The grade the estimate supposes: the middle one. */
export const CONTINGENT_GRADE = 2;

export type Contingent = {
  readonly schemeId: string;
  readonly schemeTitle: string;
  readonly grade: number;
  /** Findings recorded or verified whose reward is not computed yet; at most 2,000 are looked at. */
  readonly leads: number;
  /** What they would come to, in 分: the scheme's award at that grade, one anonymous informant each. */
  readonly likelyFen: bigint;
};

/**
 * An estimate of rewards that may come (contingent, in no book): by the office's scheme at a stated grade. Says a count
 * and a sum only. Throws `not_found` for who may not see money.
 */
export async function readContingent(db: Database, actor: Actor): Promise<Contingent> {
  const rows = await withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const found = await tx.execute<{
      illegal: string | null;
      penalty: string | null;
      collected: string | null;
    }>(
      sql`select illegal_amount_fen::text as illegal, penalty_fen::text as penalty, collected_fen::text as collected
            from contingent_findings()`,
    );
    return found.rows;
  });
  const { scheme } = loadScheme("jinhua-default");
  let likelyFen = 0n;
  for (const { illegal, penalty, collected } of rows) {
    try {
      const { award } = computeAward(scheme, {
        grade: CONTINGENT_GRADE,
        bases: { illegalAmount: illegal, fundraising: illegal, penalty, collected },
        informants: [{ id: "informant", kind: "anonymous" }],
        final: true,
      });
      likelyFen += BigInt(award);
    } catch (error) {
      // A finding the scheme has no award for adds nothing to the estimate.
      if (!(error instanceof RewardInputError)) throw error;
    }
  }
  const schemeTitle = scheme.title.zh;
  return { schemeId: "jinhua-default", schemeTitle, grade: CONTINGENT_GRADE, leads: rows.length, likelyFen };
}
