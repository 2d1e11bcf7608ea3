import { count, eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import { requireMoneyReader } from "~server/ledger/require-finance-role.server";
import type { Actor } from "~server/staff-auth/actor";

/** How many awards stand in each state (of one lead, where asked). Throws `not_found` as listAwards does. */
export async function countAwards(
  db: Database,
  input: { readonly leadId?: string },
  actor: Actor,
): Promise<ReadonlyMap<string, number>> {
  return withActor(db, actor, async (tx) => {
    await requireMoneyReader(tx, actor);
    const rows = await tx
      .select({ status: awards.status, count: count() })
      .from(awards)
      .where(input.leadId === undefined ? undefined : eq(awards.leadId, input.leadId))
      .groupBy(awards.status);
    return new Map(rows.map((row) => [row.status, row.count]));
  });
}
