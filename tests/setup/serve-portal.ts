import { createServer, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ServerBuild } from "@remix-run/node";
import { createApp } from "~server/app";
import { buildBundle } from "~server/cli/bootstrap/build-bundle.mjs";
import type { Portal } from "~server/portal.server";
import { guardRoutes } from "~server/staff-auth/guard-routes.server";
import { resolveActor } from "~server/staff-auth/resolve-actor.server";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

export type HttpAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
};

export type ServedPortal = {
  readonly build: ServerBuild;
  /** One request over a socket, with exactly these headers and a Host of one's choice. */
  ask(
    url: string,
    options?: { method?: string; headers?: Record<string, string>; body?: string },
  ): Promise<HttpAnswer>;
  stop(): Promise<void>;
};

/** The real routes behind the real middleware, on loopback, built first where the build is stale. */
export async function servePortal(portal: Portal): Promise<ServedPortal> {
  await buildBundle(ROOT);
  const file = pathToFileURL(path.join(ROOT, "build", "server", "index.js")).href;
  const build = (await import(file)) as unknown as ServerBuild;
  const server = createServer(createApp(portal, guardRoutes(build, resolveActor), ROOT));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return {
    build,
    ask: (url, { method = "GET", headers = {}, body } = {}) =>
      new Promise((resolve, reject) => {
        const sent = httpRequest(
          {
            host: "127.0.0.1",
            port,
            path: url,
            method,
            headers: { Host: new URL(portal.env.publicOrigin).host, ...headers },
          },
          (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("end", () =>
              resolve({
                status: response.statusCode ?? 0,
                headers: response.headers,
                text: Buffer.concat(chunks).toString(),
              }),
            );
          },
        );
        sent.on("error", reject);
        sent.end(body);
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
