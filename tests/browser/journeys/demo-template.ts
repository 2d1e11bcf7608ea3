import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { inject } from "vitest";
import { waitForLock } from "~server/cli/bootstrap/take-lock.mjs";
import { startPortal } from "../portal";

/**
 * A data folder with the demonstration loaded and its server stopped, made by the first journey that asks and copied
 * by all: loading it takes most of a start. null where a copy would not hold everything, because the database had to
 * be placed outside the folder.
 */
export async function demoTemplate(): Promise<string | null> {
  const root = inject("templateFolder");
  const folder = path.join(root, "data");
  const lock = await waitForLock(root, "template", () => undefined);
  try {
    if (!existsSync(path.join(root, "made"))) await makeTemplate(root, folder);
  } finally {
    lock.release();
  }
  return existsSync(path.join(folder, "database", "postgres.elsewhere")) ? null : folder;
}

async function makeTemplate(root: string, folder: string): Promise<void> {
  // PostgreSQL runs as another account when this is root: it must be able to pass through.
  chmodSync(root, 0o711);
  // What an attempt that failed has left.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o711 });
  const portal = await startPortal({ name: "template", env: { DATA_DIR: folder }, startWithin: 180_000 });
  await portal.stop();
  mkdirSync(path.join(root, "made"));
}

/** Owners and modes too: PostgreSQL refuses a cluster of anybody else's. */
export function copyFolder(from: string, to: string): void {
  const copied = spawnSync("cp", ["-a", `${from}/.`, to], { encoding: "utf8" });
  if (copied.status !== 0) throw new Error(`the demonstration could not be copied: ${copied.stderr}`);
}
