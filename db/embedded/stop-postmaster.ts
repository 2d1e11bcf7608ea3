import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DomainError } from "~server/errors.server";
import { processIdentity } from "~server/cli/bootstrap/process-identity.mjs";

const PATIENCE_MS = 10_000;

/** What a running server writes into its postmaster.pid; null when there is none. */
export function readPostmaster(clusterDir: string): { pid: number; status: string } | null {
  try {
    const lines = readFileSync(join(clusterDir, "postmaster.pid"), "utf8").split("\n");
    const pid = Number(lines[0]);
    return Number.isInteger(pid) && pid > 1 ? { pid, status: (lines[7] ?? "").trim() } : null;
  } catch {
    return null;
  }
}

/**
 * SIGINT (fast: sessions are cut off, everything is written), and after 10 s SIGQUIT (immediate: the
 * next start recovers from the log). Never SIGKILL, which would leave shared memory behind.
 * A server still starting gets SIGQUIT at once: PostgreSQL 18 does not finish a fast shutdown that
 * comes during recovery.
 */
export async function stopPostmaster(pid: number, { starting = false } = {}): Promise<void> {
  const identity = processIdentity(pid);
  if (identity === null) return;
  for (const signal of starting ? (["SIGQUIT"] as const) : (["SIGINT", "SIGQUIT"] as const)) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended between the look and the signal; the loop below sees that.
    }
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(15)) {
      if (processIdentity(pid) !== identity) return;
    }
  }
  throw new DomainError(
    "database_will_not_stop",
    500,
    `内置 PostgreSQL（进程 ${pid}）停不下来，请手动结束它。`,
  );
}

/**
 * Clears what a killed run left: its server, if still running, is stopped; a postmaster.pid whose
 * number now belongs to some other process is removed, because PostgreSQL would take that process
 * for a running server. The caller holds the folder's lock.
 */
export async function clearOrphan(clusterDir: string, log: (line: string) => void): Promise<void> {
  const found = readPostmaster(clusterDir);
  if (found === null) return;
  if (isPostmasterOf(found.pid, clusterDir)) {
    log(`停止上次遗留的 PostgreSQL（进程 ${found.pid}）。`);
    await stopPostmaster(found.pid, { starting: found.status !== "ready" });
  } else if (exists(found.pid)) {
    rmSync(join(clusterDir, "postmaster.pid"), { force: true });
  }
}

function isPostmasterOf(pid: number, clusterDir: string): boolean {
  if (processIdentity(pid) === null) return false;
  try {
    // A server's working directory is its cluster.
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(clusterDir);
  } catch {
    return commandOf(pid).includes(` -D ${clusterDir} `);
  }
}

function commandOf(pid: number): string {
  try {
    return execFileSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}

/** Zombies and other accounts' processes included: PostgreSQL asks in the same way. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
