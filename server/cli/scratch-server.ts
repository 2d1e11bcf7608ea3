import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv } from "~server/env.server";
import type { Portal } from "~server/portal.server";
import { openPortal } from "~server/start/open-portal";
import { StartError } from "~server/start/start-error";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
/** What would lead a command that makes up data to a real database or a real key. */
const REAL = [
  "DATABASE_URL",
  "MIGRATION_DATABASE_URL",
  "SECRET_KEY",
  "PUBLIC_ORIGIN",
  ...["SMTP_URL", "SMTP_HOST", "SMTP_PORT", "SMTP_USER", "SMTP_PASSWORD", "SMTP_SECURE", "MAIL_FROM"],
];

/**
 * Gives `work` a portal of its own: the real server on a free loopback port, demo data on an embedded database in a
 * temporary folder, and a second opening of the same database. All of it is gone afterwards, whatever happens.
 */
export async function withScratchServer<T>(work: (portal: Portal) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), "portal-scratch-"));
  // PostgreSQL runs as another account when this is root: it must be able to pass through.
  chmodSync(dataDir, 0o711);
  const port = String(await freePort());
  const kept = Object.entries(process.env).filter(([name]) => !REAL.includes(name));
  const env = {
    ...Object.fromEntries(kept),
    NODE_ENV: "development" as const,
    DEMO: "on",
    DATA_DIR: dataDir,
    PORT: port,
    BIND_ADDRESS: "127.0.0.1",
  };
  const child = spawn(process.execPath, ["--import", "tsx", "server/index.ts"], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    await new Promise<void>((resolve, reject) => {
      let said = "";
      child.stdout.on("data", (chunk: Buffer) => {
        said = `${said}${chunk.toString()}`.slice(-20_000);
        if (said.includes("\nready ")) resolve();
      });
      void ended.then(() => reject(new StartError("The portal to measure did not start.")));
    });
    const open = await openPortal(parseEnv(env, ROOT), { beside: true });
    try {
      return await work(open.portal);
    } finally {
      await open.close();
    }
  } finally {
    child.kill("SIGTERM");
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
