import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv } from "~server/env.server";
import type { Portal } from "~server/portal.server";
import { openPortal } from "~server/start/open-portal";
import { endClean } from "./end-clean";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

/** A portal at work, and how a program beside it reaches its database. */
export type Bench = { readonly portal: Portal; readonly serverPid: number };

/** Runs `work` beside a server of its own, on a folder and port of its own; both are gone afterwards. */
export async function withServer(work: (bench: Bench) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), "portal-bench-"));
  // PostgreSQL runs as another account when this is root: it must be able to pass through.
  chmodSync(dataDir, 0o711);
  const port = String(await freePort());
  const given = {
    DATA_DIR: dataDir,
    PORT: port,
    PUBLIC_ORIGIN: `http://localhost:${port}`,
    DEMO: "on",
    TRUST_PROXY: "1",
  };
  // Always an embedded database: nobody's reports are measured, nor mixed with made-up ones.
  delete process.env["DATABASE_URL"];
  delete process.env["MIGRATION_DATABASE_URL"];
  const server = await startServer(given).catch((error: unknown) => {
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  });
  const end = endClean(async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  try {
    const env = parseEnv({ ...process.env, ...given, NODE_ENV: "development" }, ROOT);
    const open = await openPortal(env, { beside: true });
    try {
      await work({ portal: open.portal, serverPid: server.pid });
    } finally {
      await open.close();
    }
  } finally {
    await end();
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

async function startServer(env: Record<string, string>): Promise<{ pid: number; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, ["--import", "tsx", "server/index.ts"], {
    cwd: ROOT,
    env: { ...process.env, ...env, NODE_ENV: "development" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes("\nready ")) resolve();
    });
    child.once("exit", (code) => reject(new Error(`the portal stopped with code ${String(code)}`)));
  });
  return {
    pid: child.pid ?? 0,
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}
