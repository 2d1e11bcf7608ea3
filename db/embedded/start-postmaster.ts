import { spawn } from "node:child_process";
import { closeSync, existsSync, fstatSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DomainError } from "~server/errors.server";
import type { Account } from "./pick-account";
import { readPostmaster } from "./stop-postmaster";
import { SERVER_ENVIRONMENT, serverArguments } from "./settings";

/** Recovery after a crash can take a while, and the process is watched meanwhile. */
const READY_MS = 300_000;
const LOG_LIMIT_BYTES = 5_000_000;
const ATTEMPTS = 10;
const LINGERING_MS = 30_000;

export type Postmaster = { pid: number; port: number; ended: Promise<void> };

type Request = {
  bin: string;
  clusterDir: string;
  account: Account;
  logFile: string;
  durable: boolean;
  port: number | undefined;
};

/**
 * Starts the server in a session of its own, where the terminal's Ctrl-C does not reach it: only
 * its owner decides when it stops. Resolves when it accepts connections on 127.0.0.1.
 * Another free port is tried when somebody takes the chosen one first.
 */
export async function startPostmaster(request: Request): Promise<Postmaster> {
  if (existsSync(request.logFile) && statSync(request.logFile).size > LOG_LIMIT_BYTES) {
    renameSync(request.logFile, `${request.logFile}.1`);
  }
  const deadline = Date.now() + LINGERING_MS;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await tryStart(request, request.port ?? (await freePort()));
    if (typeof outcome !== "string") return outcome;
    // Children of a killed server take a moment to notice and leave its shared memory; on a busy machine, many.
    const lingering = outcome.includes("shared memory block") && Date.now() < deadline;
    const taken =
      request.port === undefined && outcome.includes("Address already in use") && attempt < ATTEMPTS;
    if (!lingering && !taken) throw cannotStart(outcome, request.logFile);
    if (lingering) await sleep(500);
  }
}

/** The running server, or what it said before it ended. */
async function tryStart(request: Request, port: number): Promise<Postmaster | string> {
  const { bin, clusterDir, account, logFile, durable } = request;
  const logHandle = openSync(logFile, "a", 0o600);
  const { size } = fstatSync(logHandle);
  const child = spawn(join(bin, "postgres"), serverArguments(clusterDir, port, durable), {
    cwd: "/",
    detached: true,
    env: SERVER_ENVIRONMENT,
    stdio: ["ignore", logHandle, logHandle],
    ...account,
  });
  closeSync(logHandle);
  let over: string | null = null;
  let ready = false;
  const ended = new Promise<void>((resolve) => {
    const end = (reason: string) => {
      over = reason;
      resolve();
    };
    child.once("error", (error) => end(error.message));
    child.once("exit", () => end(ready ? "" : readFileSync(logFile).subarray(size).toString()));
  });
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline; await sleep(10)) {
    if (over !== null) return over;
    const found = readPostmaster(clusterDir);
    if (found !== null && found.pid === child.pid && found.status === "ready") {
      ready = true;
      child.unref();
      return { pid: found.pid, port, ended };
    }
  }
  child.kill("SIGQUIT");
  await ended;
  return "timeout";
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
      });
    });
  });
}

function cannotStart(said: string, logFile: string): DomainError {
  const lines = said.trim().split("\n");
  const reason = lines.find((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? "";
  return new DomainError(
    "database_start_failed",
    500,
    `内置 PostgreSQL 启动失败：${reason.replace(/^.*?(FATAL|PANIC):\s*/, "")}（日志：${logFile}）`,
  );
}
