import { eq } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { agencies } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import type { Portal } from "~server/portal.server";
import { systemActor } from "~server/staff-auth/actor";
import type { Pack } from "./grammar";
import { ownNameOn } from "./look-up-pack";

/** Gives the bodies of a pack the names they bear on a day (YYYY-MM-DD): bodies are reorganised while leads run. */
export async function nameAgencies(tx: Tx, pack: Pack, day: string): Promise<void> {
  const stored = await tx.select().from(agencies).where(eq(agencies.packId, pack.id));
  for (const { id, slug, name, nameEn } of stored) {
    if (!pack.agencies.some((agency) => agency.id === slug)) continue;
    const now = { name: ownNameOn(pack, slug, day), nameEn: ownNameOn(pack, slug, day, "en") };
    if (now.name === name && now.nameEn === nameEn) continue;
    await tx.update(agencies).set(now).where(eq(agencies.id, id));
  }
}

/** The same for every pack in force, as of now. */
export async function keepNames({ db, clock, packs }: Pick<Portal, "db" | "clock" | "packs">): Promise<void> {
  const day = chinaDay(clock.now());
  await withActor(db, systemActor("keep-names"), async (tx) => {
    for (const { pack } of packs.all()) await nameAgencies(tx, pack, day);
  });
}
