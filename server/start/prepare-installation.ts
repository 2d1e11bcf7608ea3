import { eq } from "drizzle-orm";
import { withActor } from "~db/with-actor.server";
import { settings } from "~db/schema/packs";
import { loadDemo } from "~server/demo/load-demo.server";
import { keepDemoKeys } from "~server/demo/keep-demo-keys.server";
import { readDemoData } from "~server/demo/read-demo-data.server";
import type { Portal } from "~server/portal.server";
import { systemActor } from "~server/staff-auth/actor";
import { installPack, installSchemes } from "./install-pack.server";
import { StartError } from "./start-error";

const STARTER = systemActor("start");

/**
 * Makes an empty database this portal's: pack, agencies and schemes, and in demo mode the demonstration. Refuses a
 * database of another pack, one that holds demo data when the demo is off, and the reverse: real and invented
 * reports never mix.
 */
export async function prepareInstallation(portal: Portal): Promise<void> {
  const packId = portal.pack.pack.id;
  const demo = await withActor(portal.db, STARTER, async (tx) => {
    await installPack(tx, portal.pack, portal.clock.now());
    await installSchemes(tx);
    await tx
      .insert(settings)
      .values([
        { key: "pack", value: packId },
        { key: "demo", value: portal.env.demo ? "empty" : "off" },
      ])
      .onConflictDoNothing();
    const rows = await tx.select().from(settings);
    const kept = (key: string) => rows.find((row) => row.key === key)?.value;
    if (kept("pack") !== packId) {
      throw new StartError(
        `PACK: this database belongs to pack ${String(kept("pack"))}; use another database`,
      );
    }
    if (portal.env.demo !== (kept("demo") !== "off")) {
      throw new StartError(
        portal.env.demo
          ? "DEMO: this database holds real data; set DEMO=off or use another database"
          : "DEMO: this database holds demo data; use another database",
      );
    }
    return kept("demo");
  });
  await portal.packs.refresh(portal.db);
  if (demo === "loading") {
    throw new StartError(
      "DATABASE_URL: an earlier start was stopped while loading demo data; empty the database and start again",
    );
  }
  if (demo === "loaded") await keepDemoKeys(portal);
  if (demo === "empty") {
    await setDemo(portal, "loading");
    const data = readDemoData(packId);
    if (data !== null) await loadDemo(portal, data);
    await setDemo(portal, "loaded");
  }
}

async function setDemo(portal: Portal, value: "loading" | "loaded"): Promise<void> {
  await withActor(portal.db, STARTER, (tx) =>
    tx.update(settings).set({ value, setAt: portal.clock.now() }).where(eq(settings.key, "demo")),
  );
}
