import { fileURLToPath } from "node:url";
import { parseEnv } from "~server/env.server";
import type { Portal } from "~server/portal.server";
import { openPortal } from "~server/start/open-portal";
import type { ScratchPortal } from "./scratch-portal";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Works on a running scratch portal's database with the domain's own functions, for what no journey can type by hand. */
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
  try {
    return await work(open.portal);
  } finally {
    await open.close();
  }
}
