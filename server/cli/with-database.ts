import path from "node:path";
import { fileURLToPath } from "node:url";
import { EnvError, parseEnv } from "~server/env.server";
import { openPortal, type OpenPortal } from "~server/start/open-portal";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Opens the same portal the server opens, for one command. */
export function openCommandPortal(): Promise<OpenPortal> {
  return openPortal(parseEnv(process.env, ROOT), { beside: true });
}

export { EnvError };
