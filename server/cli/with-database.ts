import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { parseEnv, type Env } from "~server/env.server";
import type { Portal } from "~server/portal.server";
import { systemActor } from "~server/staff-auth/actor";
import { installPack, installSchemes } from "~server/start/install-pack.server";
import { openPortal } from "~server/start/open-portal";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

export type CommandDatabase = {
  readonly portal: Portal;
  readonly db: Database;
  readonly staffOrigin: string;
  readonly mail: Env["mail"];
  readonly checkpointDir: string;
  readonly demo: boolean;
};

/**
 * Gives `work` the database a command works with, and lets go of it whatever happens: the one the server uses,
 * migrated and with its pack and schemes, started if nothing runs; with `look`, as it is. Throws EnvError or StartError with the one line to
 * show.
 */
export async function withDatabase<T>(
  work: (command: CommandDatabase) => Promise<T>,
  environment: NodeJS.ProcessEnv = process.env,
  { look = false }: { readonly look?: boolean } = {},
): Promise<T> {
  const open = await openPortal(parseEnv(environment, ROOT), { beside: true, look });
  const { portal } = open;
  try {
    if (!look)
      await withActor(portal.db, systemActor("command"), async (tx) => {
        await installPack(tx, portal.pack);
        await installSchemes(tx);
      });
    await portal.packs.refresh(portal.db);
    const { staffOrigin, mail, checkpointDir, demo } = portal.env;
    return await work({ portal, db: portal.db, staffOrigin, mail, checkpointDir, demo });
  } finally {
    await open.close();
  }
}
