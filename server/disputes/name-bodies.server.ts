import { inArray } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { agencies } from "~db/schema/staff";

/** Names of bodies by id; an id there is no body of stays as it is. */
export async function nameBodies(tx: Tx, ids: readonly string[]): Promise<(id: string) => string> {
  const wanted = [...new Set(ids)];
  const rows =
    wanted.length === 0
      ? []
      : await tx
          .select({ id: agencies.id, name: agencies.name })
          .from(agencies)
          .where(inArray(agencies.id, wanted));
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}
