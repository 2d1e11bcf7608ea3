import { asc, eq, or, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { packs } from "~db/schema/packs";
import { agencies } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { systemActor } from "./actor";

/** The ids of agencies called `wanted`, by id, slug, or any Chinese or English name a pack gives them; several packs may share a slug. */
export async function findAgency(db: Database, wanted: string): Promise<string[]> {
  const rows = await withActor(db, systemActor("admin:enrol"), (tx) =>
    tx
      .select({ id: agencies.id })
      .from(agencies)
      .where(
        or(
          eq(agencies.id, wanted),
          eq(agencies.slug, wanted),
          eq(agencies.name, wanted),
          eq(agencies.nameEn, wanted),
          // Any name a pack gives it, of today or not: a plan still prints the one of its year.
          sql`exists (select 1 from ${packs} p, jsonb_array_elements(p.content->'agencies') a,
              jsonb_array_elements(a->'names') n
            where p.pack_id = ${agencies.packId} and a->>'id' = ${agencies.slug} and ${wanted} in (n->>'name', n->>'en'))`,
        ),
      )
      .orderBy(asc(agencies.id)),
  );
  return rows.map((row) => row.id);
}
