import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { cacheRoot } from "./unpack-chromium";

export interface PortalOptions {
  /** Names the log file. */
  name: string;
  /** Added to this process's environment; PORT and HOST are set already. */
  env?: Record<string, string>;
  /** Path from the repository's root. */
  entry?: string;
  /** Milliseconds until an unanswering server is given up. */
  startWithin?: number;
  /** Milliseconds between SIGTERM and SIGKILL. */
  stopWithin?: number;
}

export interface Portal {
  /** http://localhost:<port>; by name, because browsers offer passkeys to no bare address. */
  origin: string;
  pid: number;
  logFile: string;
  /** Asks the server to stop and waits until it has. Fails if it had to be killed or had died on its own. */
  stop(): Promise<void>;
}

const repository = fileURLToPath(new URL("../../", import.meta.url));
const endWithParent = new URL("end-with-parent.mjs", import.meta.url).href;
const LAST_LINES = 30;

/** A TCP port that was free a moment ago. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("no port was given"));
      });
    });
  });
}

// What the test runner sets for itself would make the server believe it is a test.
function inheritedEnvironment(): NodeJS.ProcessEnv {
  const own = /^(VITEST.*|NODE_ENV|NODE_OPTIONS|TEST|MODE|DEV|PROD|SSR|BASE_URL)$/;
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name));
  return { ...Object.fromEntries(kept), NODE_ENV: "development" };
}

async function lastLines(logFile: string): Promise<string> {
  const log = (await readFile(logFile, "utf8")).trimEnd();
  return `last lines of ${path.relative(repository, logFile)}:\n${log.split("\n").slice(-LAST_LINES).join("\n")}`;
}

const hasExited = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function isHealthy(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}

async function isReady(logFile: string, port: number): Promise<boolean> {
  const announced = /^ready (\S+)$/m.exec(await readFile(logFile, "utf8"))?.[1];
  if (announced === undefined) return isHealthy(port);
  if (new URL(announced).port !== String(port)) {
    throw new Error(`the portal was given port ${port} but announced ${announced}`);
  }
  return true;
}

async function waitForExit(child: ChildProcess, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (!hasExited(child) && Date.now() < deadline) await sleep(20);
  return hasExited(child);
}

async function endProcess(child: ChildProcess, milliseconds: number): Promise<"stopped" | "killed"> {
  child.kill("SIGTERM");
  if (await waitForExit(child, milliseconds)) return "stopped";
  child.kill("SIGKILL");
  await waitForExit(child, 5_000);
  return "killed";
}

/**
 * Starts the server as a process of its own on a free loopback port and waits until it prints `ready <url>` or
 * answers /healthz. Its output goes to a file below `.cache/portal/`.
 * @throws Error with the last log lines when it exits early or is not ready in time.
 */
export async function startPortal(options: PortalOptions): Promise<Portal> {
  const { name, env = {}, entry = "server/index.ts", startWithin = 60_000, stopWithin = 15_000 } = options;
  const port = await findFreePort();
  const folder = path.join(cacheRoot, "portal");
  mkdirSync(folder, { recursive: true });
  const logFile = path.join(folder, `${name}-${port}.log`);
  // Output goes straight to the file: a busy test never lets a pipe fill up and stall the server.
  const log = openSync(logFile, "w");
  const child = spawn(process.execPath, ["--import", endWithParent, "--import", "tsx", entry], {
    cwd: repository,
    env: { ...inheritedEnvironment(), HOST: "127.0.0.1", PORT: String(port), ...env },
    stdio: ["pipe", log, log],
  });
  closeSync(log);

  const failStart = async (why: string) => {
    if (!hasExited(child)) await endProcess(child, stopWithin);
    return new Error(`the portal ${why}; ${await lastLines(logFile)}`);
  };
  const spawnError = new Promise<Error>((resolve) => child.once("error", resolve));
  if (child.pid === undefined) throw await spawnError;

  const deadline = Date.now() + startWithin;
  for (;;) {
    if (hasExited(child)) throw await failStart(`exited early with ${child.exitCode ?? child.signalCode}`);
    const ready = await isReady(logFile, port).catch((error: Error) => error);
    if (ready instanceof Error) throw await failStart(`failed: ${ready.message}`);
    if (ready) break;
    if (Date.now() > deadline) throw await failStart(`was not ready within ${startWithin} ms`);
    await sleep(50);
  }

  return {
    origin: `http://localhost:${port}`,
    pid: child.pid,
    logFile,
    stop: async () => {
      if (hasExited(child)) {
        throw new Error(
          `the portal had already died with ${child.exitCode ?? child.signalCode}; ${await lastLines(logFile)}`,
        );
      }
      if ((await endProcess(child, stopWithin)) === "killed") {
        throw new Error(`the portal ignored SIGTERM for ${stopWithin} ms; ${await lastLines(logFile)}`);
      }
    },
  };
}
