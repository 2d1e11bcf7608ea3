import { createRequestHandler, type AppLoadContext, type ServerBuild } from "@remix-run/node";
import { describe, expect, it } from "vitest";
import { ACCESS, accessOf, type StaffRouteId, type Who } from "~server/staff-auth/access-table";
import type { StaffActor } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { guardRoutes as guardAndRecord, type ResolveActor } from "~server/staff-auth/guard-routes.server";
import { ROLES, type Role } from "~server/staff-auth/roles";
import { actorFor } from "~tests/factories/make-staff";

/** A load context of which the guard only reads and writes the actor. */
function bare(parts: object): AppLoadContext {
  return parts as AppLoadContext;
}

const ORIGIN = "http://localhost:3000";
const STAFF_ROUTES = Object.keys(ACCESS) as StaffRouteId[];
const UUID = "019a0000-0000-7000-8000-000000000000";

/** The guard alone: what it writes to the trail is the matter of refusal-trail.test.ts. */
const guardRoutes = (build: ServerBuild, resolveActor: ResolveActor) =>
  guardAndRecord(build, resolveActor, undefined, () => Promise.resolve());

type Module = ServerBuild["routes"][string]["module"];

/** A route whose loader and action answer with who they were called for. */
function moduleOf(parts: { loader?: boolean; action?: boolean; page?: boolean } = {}): Module {
  const tell = ({ context }: { context: AppLoadContext }) => ({
    reached: true,
    actor: (context.actor as StaffActor | null)?.id ?? null,
  });
  return {
    default: parts.page === true ? () => null : undefined,
    loader: parts.loader === false ? undefined : tell,
    action: parts.action === false ? undefined : tell,
  };
}

function buildOf(routes: Record<string, { path?: string; parentId?: string; module: Module }>): ServerBuild {
  const entries = Object.entries(routes).map(([id, route]) => [id, { id, path: id, ...route }]);
  return {
    mode: "test",
    entry: { module: { default: (_, status) => new Response("document", { status }) } },
    routes: Object.fromEntries(entries) as ServerBuild["routes"],
    assets: { entry: { imports: [], module: "" }, routes: {}, url: "", version: "1" },
    publicPath: "/",
    assetsBuildDirectory: "",
    future: {
      v3_fetcherPersist: true,
      v3_relativeSplatPath: true,
      v3_throwAbortReason: true,
      v3_singleFetch: true,
      v3_lazyRouteDiscovery: false,
    },
    isSpaMode: false,
  };
}

const FULL = buildOf(Object.fromEntries(STAFF_ROUTES.map((id) => [id, { module: moduleOf() }])));

/** Calls a guarded loader or action as `actor`; "reached", or what was thrown. */
async function call(
  routeId: string,
  kind: "read" | "write",
  actor: StaffActor | null,
  headers: Record<string, string> = {},
  build = FULL,
): Promise<string> {
  const guarded = guardRoutes(build, () => Promise.resolve(actor)).routes[routeId]?.module;
  const handler = kind === "read" ? guarded?.loader : guarded?.action;
  if (handler === undefined) throw new Error(`${routeId} has no handler for ${kind}`);
  const request = new Request(`${ORIGIN}/staff/board?stage=new`, {
    method: kind === "read" ? "GET" : "POST",
    headers,
  });
  try {
    const answer = (await handler({ request, params: {}, context: bare({ other: 1 }) })) as {
      reached: boolean;
      actor: string | null;
    };
    expect(answer).toEqual({ reached: true, actor: actor?.id ?? null });
    return "reached";
  } catch (thrown) {
    if (!(thrown instanceof Response)) throw thrown;
    expect(thrown.headers.get("cache-control")).toBe("no-store");
    const location = thrown.headers.get("location");
    return location === null ? String(thrown.status) : `${thrown.status} ${location}`;
  }
}

function permits(who: Who, role: Role): boolean {
  if (who === "nobody") return false;
  return who === "anyone" || who === "signed-in" || who.roles.includes(role);
}

/** product.md, "must never", as routes: written apart from the table so that a slip in it is seen. */
const NEVER: Record<Role, StaffRouteId[]> = {
  hotline_operator: ["routes/staff.board", "routes/staff.leads.$leadId", "routes/staff.rewards"],
  notice_desk: ["routes/staff.board", "routes/staff.leads.$leadId", "routes/staff.tips"],
  triage_officer: ["routes/staff.payments", "routes/staff.sign", "routes/staff.people"],
  agency_officer: ["routes/staff.payments", "routes/staff.sign", "routes/staff.people"],
  agency_verifier: ["routes/staff.payments", "routes/staff.sign", "routes/staff.people"],
  finance_preparer: ["routes/staff.board", "routes/staff.leads.$leadId", "routes/staff.people"],
  finance_reviewer: [
    "routes/staff.rewards_.assess",
    "routes/staff.board",
    "routes/staff.leads.$leadId",
    "routes/staff.people",
  ],
  finance_approver: [
    "routes/staff.rewards_.assess",
    "routes/staff.board",
    "routes/staff.leads.$leadId",
    "routes/staff.people",
  ],
  cashier: [
    "routes/staff.rewards",
    "routes/staff.rewards_.$awardId",
    "routes/staff.budget",
    "routes/staff.sign",
    "routes/staff.board",
  ],
  window_clerk: ["routes/staff.rewards", "routes/staff.budget", "routes/staff.sign", "routes/staff.board"],
  identity_custodian: ["routes/staff.board", "routes/staff.payments", "routes/staff.people"],
  auditor: ["routes/staff.tips", "routes/staff.sign", "routes/staff.rewards_.assess"],
  administrator: [
    "routes/staff.board",
    "routes/staff.leads.$leadId",
    "routes/staff.tips",
    "routes/staff.rewards",
    "routes/staff.budget",
    "routes/staff.payments",
    "routes/staff.sign",
  ],
};

describe.each(STAFF_ROUTES)("%s", (routeId) => {
  const access = accessOf(routeId);
  if (access === null) throw new Error("every key of the table is in the table");

  it.each(ROLES)("lets %s do what the table says and no more", async (role) => {
    const actor = actorFor(UUID, [role]);
    expect(await call(routeId, "read", actor)).toBe(permits(access.read, role) ? "reached" : "404");
    expect(await call(routeId, "write", actor)).toBe(permits(access.write, role) ? "reached" : "404");
    const demo = actorFor(UUID, [role], "demo");
    expect(await call(routeId, "read", demo)).toBe(permits(access.read, role) ? "reached" : "404");
    const open = access.write === "anyone" || access.demoMayWrite === true;
    expect(await call(routeId, "write", demo)).toBe(
      !permits(access.write, role) ? "404" : open ? "reached" : "403",
    );
    if (NEVER[role].includes(routeId)) {
      expect(await call(routeId, "read", actor)).toBe("404");
      expect(await call(routeId, "write", actor)).toBe("404");
    }
  });

  it("sends a visitor who is not signed in to the sign-in page, and refuses their posts", async () => {
    const answer = (who: Who, shut: string) =>
      who === "anyone" ? "reached" : who === "nobody" ? "404" : shut;
    const away = "302 /staff/sign-in?next=%2Fstaff%2Fboard%3Fstage%3Dnew";
    expect(await call(routeId, "read", null)).toBe(answer(access.read, away));
    expect(await call(routeId, "write", null)).toBe(answer(access.write, "401"));
  });

  it("gives a person without any role only what everybody has", async () => {
    const actor = actorFor(UUID, []);
    const open = (who: Who) => (who === "anyone" || who === "signed-in" ? "reached" : "404");
    expect(await call(routeId, "read", actor)).toBe(open(access.read));
    expect(await call(routeId, "write", actor)).toBe(open(access.write));
  });
});

describe("the access table", () => {
  it("lets an auditor write nothing but what anyone may and what is their own", () => {
    // The simulator takes facts by POST, so that they stay out of URLs, and keeps nothing.
    const own = ["step-up", "account", "own-keys", "routing"].map((page) => `routes/staff.${page}`);
    for (const routeId of STAFF_ROUTES.filter((id) => !own.includes(id))) {
      const who = accessOf(routeId)?.write;
      expect(
        who === "anyone" || who === "nobody" || (typeof who === "object" && !permits(who, "auditor")),
      ).toBe(true);
    }
  });

  it("lets demo sessions do the work of triage, the intake desk and the notice desk, and nothing else", () => {
    expect(STAFF_ROUTES.filter((routeId) => accessOf(routeId)?.demoMayWrite === true)).toEqual([
      "routes/staff.board",
      "routes/staff.board_.bulk.$setId",
      "routes/staff.leads.$leadId",
      "routes/staff.dossiers_.$dossierId",
      "routes/staff.leads.$leadId_.dispute",
      ...["deadlines", "alerts", "plan"].map((page) => `routes/staff.${page}`),
      "routes/staff.spam",
      "routes/staff.watch",
      "routes/staff.leads.$leadId_.messages",
      "routes/staff.handover_.keys",
      "routes/staff.tips",
      "routes/staff.import",
      "routes/staff.notices",
      "routes/staff.notices_.send",
      "routes/staff.leads.$leadId_.hand",
      "routes/staff.routing",
    ]);
  });
});

describe("guarding the routes", () => {
  it.each(["routes/staff.forgotten", "routes/staffing", "routes/staff.toString", "routes/staff.__proto__"])(
    "answers 404 to everyone on %s, which no table names",
    async (routeId) => {
      const build = buildOf({ [routeId]: { module: moduleOf() } });
      for (const actor of [null, ...ROLES.map((role) => actorFor(UUID, [role]))])
        for (const kind of ["read", "write"] as const)
          expect(await call(routeId, kind, actor, {}, build)).toBe("404");
    },
  );

  it("refuses to start with a staff route that has no loader, naming it", () => {
    const build = buildOf({
      "routes/staff": { module: moduleOf() },
      "routes/staff.board": { module: moduleOf({ loader: false }) },
    });
    expect(() => guardRoutes(build, () => Promise.resolve(null))).toThrow(
      '"routes/staff.board" has no loader',
    );
  });

  it("refuses to start with a /staff address under another name", () => {
    for (const path of ["staff", "staff/leak", ":lang?/staff", "STAFF/x", "staff?"])
      expect(() =>
        guardRoutes(buildOf({ "routes/_public.x": { path, module: moduleOf() } }), () =>
          Promise.resolve(null),
        ),
      ).toThrow("routes/_public.x");
    const nested = buildOf({
      "routes/a": { path: "staff", module: moduleOf() },
      "routes/a.b": { path: "b", parentId: "routes/a", module: moduleOf() },
    });
    expect(() => guardRoutes(nested, () => Promise.resolve(null))).toThrow("routes/a");
  });

  it("leaves public routes as they are and never asks who is there", () => {
    const open = moduleOf();
    const build = buildOf({ "routes/_public.report": { path: "report", module: open } });
    const guarded = guardRoutes(build, () => Promise.reject(new Error("asked")));
    expect(guarded.routes["routes/_public.report"]?.module).toBe(open);
  });

  it("adds no action to a route without one", () => {
    const build = buildOf({ "routes/staff.board": { module: moduleOf({ action: false }) } });
    const guarded = guardRoutes(build, () => Promise.resolve(null));
    expect(guarded.routes["routes/staff.board"]?.module.action).toBeUndefined();
  });

  it("does not write the actor into the context that requests may share", async () => {
    const shared = bare({});
    const guarded = guardRoutes(FULL, () => Promise.resolve(actorFor(UUID, ["auditor"])));
    const request = new Request(`${ORIGIN}/staff/board`);
    await guarded.routes["routes/staff.board"]?.module.loader?.({ request, params: {}, context: shared });
    expect(shared).toEqual({});
  });

  it.each<[string, Record<string, string>]>([
    ["another origin", { origin: "https://evil.cn" }],
    ["another port", { origin: "http://localhost:3001" }],
    ["an opaque origin", { origin: "null" }],
    ["another site, unnamed", { "sec-fetch-site": "cross-site" }],
    ["a sibling host, unnamed", { "sec-fetch-site": "same-site" }],
  ])("refuses posts from %s, even where anyone may post", async (_, headers) => {
    expect(await call("routes/staff.webauthn", "write", null, headers)).toBe("403");
    expect(await call("routes/staff.webauthn", "read", null, headers)).toBe("reached");
  });

  it("takes posts from its own pages", async () => {
    const own: Record<string, string>[] = [{ origin: ORIGIN }, { "sec-fetch-site": "same-origin" }, {}];
    for (const headers of own)
      expect(await call("routes/staff.webauthn", "write", null, headers)).toBe("reached");
  });

  it("hands a fault while looking up the session on, and does not let the request through", async () => {
    const guarded = guardRoutes(FULL, () => Promise.reject(new Error("database down")));
    const request = new Request(`${ORIGIN}/staff/board`);
    const answer = guarded.routes["routes/staff.sign-in"]?.module.loader?.({
      request,
      params: {},
      context: bare({}),
    });
    await expect(answer).rejects.toThrow("database down");
  });

  it("gives routes the person it admitted, and 404 where there is none", () => {
    const actor = actorFor(UUID, []);
    expect(actorOf(bare({ actor }))).toBe(actor);
    expect(() => actorOf(bare({ actor: null }))).toThrow("not_found");
    expect(() => actorOf(bare({}))).toThrow("not_found");
  });
});

describe("the guard under Remix", () => {
  const page = moduleOf({ page: true });
  const build = buildOf({
    root: { path: "", module: page },
    "routes/staff": { path: "staff", parentId: "root", module: page },
    "routes/staff.board": { path: "board", parentId: "routes/staff", module: page },
    "routes/staff.sign": {
      path: "sign",
      parentId: "routes/staff",
      module: {
        ...moduleOf(),
        action: ({ context }) => Response.json({ actor: actorOf(context).id }),
      },
    },
  });
  const handle = async (actor: StaffActor | null, path: string, init?: RequestInit) => {
    const handler = createRequestHandler(
      guardRoutes(build, () => Promise.resolve(actor)),
      "production",
    );
    const response = await handler(new Request(`${ORIGIN}${path}`, init), bare({}));
    return { status: response.status, body: await response.text(), to: response.headers.get("location") };
  };

  it("stands before documents, single-fetch data and resource routes alike", async () => {
    const away = "/staff/sign-in?next=%2Fstaff%2Fboard";
    expect(await handle(null, "/staff/board")).toMatchObject({ status: 302, to: away });
    const data = await handle(null, "/staff/board.data");
    expect(data.status).toBe(202);
    expect(data.body).toContain(away);
    expect(data.body).not.toContain('reached",true');
    const only = await handle(null, "/staff/board.data?_routes=routes%2Fstaff.board");
    expect(only.status).toBe(202);
    expect(await handle(null, "/staff/sign", { method: "POST" })).toMatchObject({ status: 401 });
  });

  it("gives the wrong role a 404 by every way in, and the right one the page", async () => {
    const wrong = actorFor(UUID, ["hotline_operator"]);
    expect((await handle(wrong, "/staff/board")).status).toBe(404);
    expect((await handle(wrong, "/staff/board.data")).status).toBe(404);
    expect((await handle(wrong, "/staff/board?index", { method: "POST" })).status).toBe(404);
    expect((await handle(wrong, "/staff/board.data", { method: "POST" })).status).toBe(404);
    expect((await handle(wrong, "/staff/sign", { method: "POST" })).status).toBe(404);
    const right = actorFor(UUID, ["triage_officer"]);
    expect(await handle(right, "/staff/board")).toMatchObject({ status: 200, body: "document" });
    const data = await handle(right, "/staff/board.data");
    expect([data.status, data.body.includes(UUID)]).toEqual([200, true]);
    const finance = await handle(actorFor(UUID, ["finance_approver"]), "/staff/sign", { method: "POST" });
    expect([finance.status, finance.body.includes(UUID)]).toEqual([200, true]);
  });
});
