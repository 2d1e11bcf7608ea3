import { createServer, type Server } from "node:http";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ServerBuild } from "@remix-run/node";
import { createApp } from "./app";
import { EnvError, parseEnv } from "./env.server";
import { runJobs } from "./jobs/run-jobs.server";
import { faultCode, faultTrace } from "./log.server";
import { announce } from "./start/announce";
import { prepareInstallation } from "./start/prepare-installation";
import { openPortal, type OpenPortal } from "./start/open-portal";
import { guardProcess } from "./start/guard-process";
import { StartError } from "./start/start-error";
import { guardRoutes } from "./staff-auth/guard-routes.server";
import { renewSession } from "./staff-auth/renew-session.server";
import { resolveActor } from "./staff-auth/resolve-actor.server";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Milliseconds for the largest post: 1 GB at 1 Mbit/s. */
const UPLOAD_TIME = 3 * 60 * 60 * 1000;

let server: Server | null = null;
let open: OpenPortal | null = null;
let stopJobs: (() => Promise<void>) | null = null;
let stopping: Promise<void> | null = null;

async function start(): Promise<void> {
  const env = parseEnv(process.env, ROOT);
  // The port first: a second start must not touch the database of the first.
  server = await listen(env.port, env.bindAddress);
  open = await openPortal(env);
  const { portal, databaseLost } = open;
  void databaseLost.then(() => {
    if (stopping) return;
    process.stderr.write("The embedded database ended unasked; stopping. Start again to recover it.\n");
    return stop(1);
  });
  await prepareInstallation(portal);
  // React picks its production build by this variable; what it meant for us is read above.
  process.env.NODE_ENV = "production";
  const build = (await import(
    pathToFileURL(path.join(ROOT, "build", "server", "index.js")).href
  )) as unknown as ServerBuild;
  if (stopping) return;
  const app = createApp(portal, guardRoutes(build, resolveActor, renewSession), ROOT);
  server.removeAllListeners("request");
  server.on("request", app);
  stopJobs = runJobs(portal);
  await announce(portal);
}

function listen(port: number, host: string): Promise<Server> {
  const starting = createServer((_request, response) => {
    response.writeHead(503, { "Retry-After": "2", "Content-Type": "text/plain; charset=utf-8" });
    response.end("正在启动，请稍候刷新。 Starting, please reload in a moment.");
  });
  // Files over a slow line: the door (guard-requests) gives forms five minutes, and silence ends an upload.
  starting.requestTimeout = UPLOAD_TIME;
  return new Promise((resolve, reject) => {
    starting.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") {
        reject(
          new StartError(
            `PORT: port ${port} is taken by another program; stop it or set PORT to a free port`,
          ),
        );
      } else if (error.code === "EACCES") {
        reject(new StartError(`PORT: no permission to listen on port ${port}; use one above 1023`));
      } else if (error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND") {
        reject(new StartError(`BIND_ADDRESS: this machine has no address ${host}`));
      } else {
        reject(error);
      }
    });
    starting.listen(port, host, () => resolve(starting));
  });
}

/** Requests under way finish (10 s at most), then the pool, then PostgreSQL: nothing acknowledged is cut off. */
function stop(code: number): Promise<void> {
  stopping ??= (async () => {
    try {
      await letGo();
    } catch (error) {
      process.stderr.write(`stopping failed: ${faultCode(error)}\n${faultTrace(error).join("\n")}\n`);
    } finally {
      process.exit(code);
    }
  })();
  return stopping;
}

async function letGo(): Promise<void> {
  const jobsEnded = stopJobs?.();
  const closing = server;
  if (closing?.listening) {
    const closed = new Promise((resolve) => closing.close(resolve));
    closing.closeIdleConnections();
    const cutOff = setTimeout(() => closing.closeAllConnections(), 10_000);
    await closed;
    clearTimeout(cutOff);
  }
  await jobsEnded;
  await open?.close();
}

guardProcess(() => void stop(1));

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => void stop(0));
}

start().catch(async (error: unknown) => {
  if (stopping) return;
  if (error instanceof EnvError || error instanceof StartError) {
    process.stderr.write(`${error.message}\n`);
  } else {
    process.stderr.write(
      `The portal could not start; nothing was changed half-way.\n${faultTrace(error).join("\n")}\n`,
    );
  }
  await stop(1);
});
