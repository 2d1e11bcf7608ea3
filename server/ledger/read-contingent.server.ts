import { sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { chinaDay, type Clock } from "~server/clock";
import { DomainError } from "~server/errors.server";
import { computeAward } from "~server/rewards/compute-award";
import { findScheme } from "~server/rewards/find-scheme.server";
import { listShippedSchemeIds, loadScheme, readStoredScheme } from "~server/rewards/load-scheme.server";
import { localScheme } from "~server/rewards/local-scheme";
import { RewardInputError } from "~server/rewards/reward-errors";
import type { Scheme } from "~server/rewards/scheme-grammar";
import type { Actor } from "~server/staff-auth/actor";
import { requireMoneyReader } from "./require-finance-role.server";

/** What the database looks at of either kind (contingent_findings, contingent_leads). */
const CONTINGENT_MOST = 2_000;

export type Contingent = {
  readonly schemeId: string;
  readonly schemeTitle: string;
  /** The grade the estimate supposes, the middle one; null in a scheme without grades. */
  readonly grade: number | null;
  /** The informant it supposes: an anonymous one where the scheme rewards those. */
  readonly informant: "anonymous" | "named";
  /** Findings recorded or verified whose reward is not computed yet; at most `CONTINGENT_MOST` are looked at. */
  readonly leads: number;
  /** Whether that many were looked at, and there may be more. */
  readonly more: boolean;
  /** What they would come to, in 分: the scheme's award at that grade, one such informant each. */
  readonly likelyFen: bigint;
  /** Leads being looked into, without a finding, whose informants ask for a reward; at most as many are counted. */
  readonly verifying: {
    readonly leads: number;
    readonly more: boolean;
    /** What a lead decided in the last 365 days was awarded on average, in 分; null where none was. */
    readonly averageFen: bigint | null;
    /** That for each of them, in 分. */
    readonly likelyFen: bigint;
  };
};

const YEAR_MS = 365 * 24 * 3_600_000;

/**
 * An estimate of rewards that may come (contingent, in no book): of findings by the pack's own scheme at a stated
 * grade, of leads still being looked into by what leads were awarded lately. Says counts and sums only. Throws
 * `not_found` for who may not see money.
 */
export async function readContingent(
  db: Database,
  input: { readonly schemeId: string },
  actor: Actor,
  clock: Clock,
): Promise<Contingent> {
  const { rows, scheme, ahead } = await withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const found = await tx.execute<{
      illegal: string | null;
      penalty: string | null;
      collected: string | null;
    }>(
      sql`select illegal_amount_fen::text as illegal, penalty_fen::text as penalty, collected_fen::text as collected
            from contingent_findings()`,
    );
    const since = new Date(clock.now().getTime() - YEAR_MS).toISOString();
    const { rows: ahead } = await tx.execute<{ leads: string; decided: string; awarded: string }>(
      sql`select leads::text, decided::text, awarded_fen::text as awarded from contingent_leads(${since}::timestamptz)`,
    );
    return {
      rows: found.rows,
      ahead: ahead[0],
      scheme: await schemeInForce(tx, input.schemeId, chinaDay(clock.now())),
    };
  });
  const grade = middleGrade(scheme);
  const informant = rewardsAnonymous(scheme) ? "anonymous" : "named";
  let likelyFen = 0n;
  for (const { illegal, penalty, collected } of rows) {
    try {
      const { award } = computeAward(scheme, {
        grade,
        bases: { illegalAmount: illegal, fundraising: illegal, penalty, collected },
        informants: [{ id: "informant", kind: informant }],
        final: true,
      });
      likelyFen += BigInt(award);
    } catch (error) {
      // A finding the scheme has no award for adds nothing to the estimate.
      if (!(error instanceof RewardInputError)) throw error;
    }
  }
  return {
    ...{ schemeId: scheme.id, schemeTitle: scheme.title.zh, grade, informant },
    ...{ leads: rows.length, more: rows.length >= CONTINGENT_MOST, likelyFen },
    verifying: weighVerifying(ahead ?? { leads: "0", decided: "0", awarded: "0" }),
  };
}

function weighVerifying(ahead: { leads: string; decided: string; awarded: string }): Contingent["verifying"] {
  const [leads, decided] = [Number(ahead.leads), BigInt(ahead.decided)];
  const averageFen = decided === 0n ? null : BigInt(ahead.awarded) / decided;
  return { leads, more: leads >= CONTINGENT_MOST, averageFen, likelyFen: BigInt(leads) * (averageFen ?? 0n) };
}

/** What two agreed to, in the version that decides reports of today; as it is shipped, where none is stored yet. */
async function schemeInForce(tx: Tx, schemeId: string, today: string): Promise<Scheme> {
  try {
    return readStoredScheme((await findScheme(tx, schemeId, today)).content);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "scheme_missing") throw error;
  }
  // A pack may name a scheme nobody has brought yet: the estimate goes by the default until somebody does.
  return loadScheme(listShippedSchemeIds().includes(schemeId) ? schemeId : localScheme({ localReward: null }))
    .scheme;
}

function middleGrade({ grades }: Scheme): number | null {
  const sorted = grades.map(({ grade }) => grade).toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

function rewardsAnonymous({ gates }: Scheme): boolean {
  return gates.every((gate) => gate.kind !== "kinds" || gate.allowed.includes("anonymous"));
}
