import { and, asc, eq } from "drizzle-orm";
import { validate } from "uuid";
import type { Database } from "~db/client.server";
import { approvalSetRows, approvalSets } from "~db/schema/approvals";
import { leads } from "~db/schema/leads";
import { awards, rewardPools } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { refusalSentence, type RefusalCode } from "~server/ledger/refusals.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { capitalAmount } from "./capital-amount";
import type { BulkAction } from "./choose-vouchers.server";

export type ChosenRow = {
  readonly ordinal: number;
  readonly awardId: string;
  readonly codeName: string;
  readonly amountFen: bigint;
  /** 大写金额; null for a currency that has none. */
  readonly capitalAmount: string | null;
  readonly leadNumber: number | null;
  readonly leadName: string | null;
  readonly action: BulkAction;
  /** `signed`, `left_out`, the code of what kept it from being signed, or null until its turn comes. */
  readonly result: string | null;
  /** The sentence of a refusal. */
  readonly why: string | null;
};

/** One's own chosen vouchers, row by row. Throws `not_found`. */
export async function readChosen(
  db: Database,
  input: { readonly setId: string },
  actor: StaffActor,
): Promise<{ setId: string; madeAt: Date; rows: ChosenRow[] }> {
  if (!validate(input.setId)) throw notFound();
  return withActor(db, actor, async (tx) => {
    const [set] = await tx
      .select()
      .from(approvalSets)
      .where(and(eq(approvalSets.id, input.setId), eq(approvalSets.staffId, actor.id)));
    if (set === undefined) throw notFound();
    const rows = await tx
      .select({
        row: approvalSetRows,
        codeName: awards.codeName,
        amountFen: awards.amountFen,
        currency: rewardPools.currency,
        leadNumber: leads.number,
        leadName: leads.name,
      })
      .from(approvalSetRows)
      .innerJoin(awards, eq(awards.id, approvalSetRows.awardId))
      .innerJoin(rewardPools, eq(rewardPools.id, awards.poolId))
      .leftJoin(leads, eq(leads.id, awards.leadId))
      .where(eq(approvalSetRows.setId, set.id))
      .orderBy(asc(approvalSetRows.ordinal));
    return {
      setId: set.id,
      madeAt: set.madeAt,
      rows: rows.map(({ row, currency, ...rest }) => ({
        ...rest,
        ordinal: row.ordinal,
        awardId: row.awardId,
        capitalAmount: currency === "CNY" ? capitalAmount(rest.amountFen) : null,
        action: row.action as BulkAction,
        result: row.result,
        why: sentenceOf(row.result),
      })),
    };
  });
}

function sentenceOf(result: string | null): string | null {
  if (result === null || result === "signed" || result === "left_out") return null;
  return refusalSentence(result as RefusalCode) ?? null;
}
