import { and, inArray, isNull } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { agencies } from "~db/schema/staff";

/** Those of the bodies that there are and that have not ceased: nothing new is given to another one. */
export async function findStanding(tx: Tx, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const standing = and(inArray(agencies.id, [...ids]), isNull(agencies.validTo));
  const rows = await tx.select({ id: agencies.id }).from(agencies).where(standing);
  return rows.map(({ id }) => id);
}
