import { randomBytes } from "node:crypto";
import path from "node:path";
import { createRequestHandler } from "@remix-run/express";
import type { ServerBuild } from "@remix-run/node";
import compression from "compression";
import helmet from "helmet";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import {
  isStaffRequest,
  refuseForeignPosts,
  refuseLargeBodies,
  refuseMalformed,
  refuseOtherSide,
  refuseUnknownHosts,
} from "./guard-requests";
import { senderAddress } from "./intake/sender-address";
import { queueForms } from "./intake/queue-forms.server";
import { takeTurns } from "./intake/take-turns.server";
import { weighSenders } from "./intake/weigh-senders.server";
import { paths } from "~/paths";
import { faultTrace } from "./log.server";
import type { Portal } from "./portal.server";

/**
 * The HTTP side: security headers, static files, then Remix. No body parser (Remix reads bodies itself) and no
 * access log (a reporter's address and browser are nobody's business).
 */
export function createApp(portal: Portal, build: ServerBuild, root: string): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.use(securityHeaders(portal));
  app.use(refuseMalformed);
  app.use(refuseUnknownHosts(portal));
  app.use(refuseForeignPosts(portal));
  app.use(refuseLargeBodies(portal));
  app.use(compression());
  const client = path.join(root, "build", "client");
  app.use(
    "/assets",
    express.static(path.join(client, "assets"), {
      immutable: true,
      maxAge: "1y",
      fallthrough: false,
      index: false,
    }),
  );
  app.use(express.static(client, { maxAge: "1h", index: false, redirect: false }));
  app.get("/healthz", (_request, response) => {
    portal.db.pool.query("select 1").then(
      () => response.type("text").send("ok"),
      () => response.status(503).type("text").send("database unreachable"),
    );
  });
  app.use(refuseOtherSide(portal));
  const senderAt = weighSenders(portal.clock);
  const guessesAt = weighSenders(portal.clock);
  const takeTurn = takeTurns();
  const pages = createRequestHandler({
    build: queueForms(build),
    // In any other mode an error's message is sent to the browser, and drizzle's holds bound values.
    mode: "production",
    getLoadContext: (request, response) => {
      const address = senderAddress(
        { peer: request.socket.remoteAddress, forwardedFor: request.get("X-Forwarded-For") },
        portal.env,
      );
      return {
        portal,
        nonce: nonceOf(response),
        pace: () => drained(response),
        sender: senderAt(address),
        guesses: guessesAt(address),
        turn: (signal) => takeTurn(address, signal),
      };
    },
  });
  app.all("*", (request, response, next) => void pages(request, response, next));
  // Express tells an error handler by its four parameters.
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    if (status >= 500) portal.log.error({ trace: faultTrace(error) }, "request failed");
    // Express's own handler would print the message, which may hold what was sent.
    if (response.headersSent) return void response.destroy();
    response
      .status(status)
      .type("text")
      .send(status === 404 ? "404" : String(status));
  });
  return app;
}

/** Remix writes without waiting: an answer made bit by bit waits here until the bits before have left. */
function drained(response: Response): Promise<void> {
  if (!response.writableNeedDrain || response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
  });
}

function nonceOf(response: Response): string {
  return String((response.locals as { nonce?: string }).nonce);
}

/** Pages whose script asks the server for something: the staff side, and the two that send files. */
function talksBack(request: Request): boolean {
  return isStaffRequest(request) || [paths.reportStep("evidence"), paths.status()].includes(request.path);
}

/** Two policies: the citizen's side runs one script of our own at most, the staff side Remix with a nonce. */
function securityHeaders(portal: Portal) {
  const https = portal.env.publicOrigin.startsWith("https:");
  const protect = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: [
          "'self'",
          (request, response) =>
            isStaffRequest(request as Request) ? `'nonce-${nonceOf(response as Response)}'` : "",
        ],
        styleSrc: ["'self'"],
        // Staff look at evidence opened in their browser; a citizen's page has none.
        imgSrc: ["'self'", "data:", (request) => (isStaffRequest(request as Request) ? "blob:" : "")],
        mediaSrc: [(request) => (isStaffRequest(request as Request) ? "blob:" : "'none'")],
        fontSrc: ["'self'"],
        connectSrc: [(request) => (talksBack(request as Request) ? "'self'" : "'none'")],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // `no-referrer` would make browsers send `Origin: null` with every form.
    referrerPolicy: { policy: "same-origin" },
    frameguard: { action: "deny" },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: true } : false,
  });
  return (request: Request, response: Response, next: NextFunction) => {
    response.locals = { nonce: randomBytes(16).toString("base64") };
    response.setHeader("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
    // Pages are for the person in front of the screen; only hashed assets and public files are cached.
    if (!request.path.startsWith("/assets/")) response.setHeader("Cache-Control", "no-store");
    protect(request, response, next);
  };
}
