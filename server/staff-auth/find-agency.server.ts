import { asc, eq, or } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { agencies } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { systemActor } from "./actor";

/** The ids of agencies called `wanted`, by id, slug, Chinese or English name; several packs may share a slug. */
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
        ),
      )
      .orderBy(asc(agencies.id)),
  );
  return rows.map((row) => row.id);
}
