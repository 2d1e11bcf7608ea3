import { sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";

export type Ladder = {
  /** What decides, in 分: the whole case, or all that the informant has live on the lead, whichever is more. */
  readonly amountFen: bigint;
  readonly clause: string;
  readonly title: { readonly zh: string; readonly en: string };
  /** The scheme asks for finance to be consulted at this amount. */
  readonly consult: boolean;
  /** The document number of the answer; null where nothing was asked or recorded. */
  readonly consultationRef: string | null;
  readonly approvers: 1 | 2;
};

type Rung = {
  clause: string;
  title: { zh: string; en: string };
  consult: string[];
  approvers?: 1 | 2;
};

/** The rung of the scheme's approval ladder an award stands on (ledger invariant 11), as the database counts it. */
export async function readLadder(tx: Tx, awardId: string): Promise<Ladder> {
  const { rows } = await tx.execute<{ amount: string; rung: Rung; consulted: string | null }>(sql`
    select c.amount::text as amount, ladder_rung(a, c.amount) as rung, p.consultation_ref as consulted
      from awards a join reward_pools p on p.id = a.pool_id cross join lateral (select ladder_amount(a) as amount) c
     where a.id = ${awardId}`);
  const row = rows[0];
  if (row === undefined) throw new Error("an award without a ladder");
  return {
    amountFen: BigInt(row.amount),
    clause: row.rung.clause,
    title: row.rung.title,
    consult: row.rung.consult.includes("finance"),
    consultationRef: row.consulted,
    approvers: row.rung.approvers ?? 1,
  };
}
