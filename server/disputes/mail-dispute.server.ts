import { sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";

/**
 * Lets a mail wait for the officers of the bodies heard in a dispute: that there is something to do, nothing of what.
 * `turn` tells causes apart: the same turn is told once. Those who have given their opinion are not asked again.
 */
export async function mailDispute(
  tx: Tx,
  input: {
    readonly disputeId: string;
    readonly about: "asked" | "reminded" | "decided";
    readonly turn: string;
    readonly at: Date;
  },
): Promise<void> {
  const cause = `${input.disputeId}:${input.turn}`;
  await tx.execute(
    sql`select mail_dispute(${input.disputeId}::uuid, ${input.about}, ${cause}, ${input.at.toISOString()}::timestamptz)`,
  );
}
