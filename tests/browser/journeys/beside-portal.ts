import { fileURLToPath } from "node:url";
import { openDatabase } from "~db/client.server";
import { parseEnv } from "~server/env.server";
import type { Portal } from "~server/portal.server";
import { openPortal } from "~server/start/open-portal";
import { asPortal } from "~tests/setup/database";
import type { ScratchPortal } from "./scratch-portal";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Works on a running scratch portal's database with the domain's own functions, for what no journey can type by hand;
 * like a test's own database, it acts for the portal where a query says for nobody.
 */
export async function besidePortal<T>(
  scratch: ScratchPortal,
  work: (portal: Portal) => Promise<T>,
): Promise<T> {
  const env = {
    NODE_ENV: "development",
    DATA_DIR: scratch.dataDir,
    PUBLIC_ORIGIN: scratch.origin,
    PORT: new URL(scratch.origin).port,
  };
  const open = await openPortal(parseEnv(env, ROOT), { beside: true });
  const db = openDatabase(asPortal(open.portal.db.pool.options.connectionString ?? ""), { max: 4 });
  try {
    return await work({ ...open.portal, db });
  } finally {
    await db.pool.end();
    await open.close();
  }
}
