import type { AppLoadContext, ServerBuild } from "@remix-run/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageName } from "~/components/staff/matrix-words";
import * as board from "~/routes/staff.board";
import * as disputeList from "~/routes/staff.disputes";
import * as lead from "~/routes/staff.leads.$leadId";
import * as dispute from "~/routes/staff.leads.$leadId_.dispute";
import * as minutes from "~/routes/staff.leads.$leadId_.dispute_.minutes";
import * as clocks from "~/routes/staff.leads.$leadId_.clocks";
import * as handling from "~/routes/staff.leads.$leadId_.handling";
import * as findings from "~/routes/staff.leads.$leadId_.findings";
import * as messages from "~/routes/staff.leads.$leadId_.messages";
import * as narratives from "~/routes/staff.leads.$leadId_.narratives";
import * as narrativesBatch from "~/routes/staff.leads.$leadId_.narratives_.batch";
import { openDatabase, type Database } from "~db/client.server";
import { accessMatrix } from "~server/staff-auth/access-matrix";
import { ACCESS, accessOf, admits, scopeOf, type StaffRouteId } from "~server/staff-auth/access-table";
import type { StaffActor } from "~server/staff-auth/actor";
import { guardRoutes } from "~server/staff-auth/guard-routes.server";
import { ROLES, type Role } from "~server/staff-auth/roles";
import { makeGuardedRows, type GuardedWorld, type LeadName } from "~tests/factories/guarded-rows";
import { testDatabase } from "~tests/setup/database";
import { runScript } from "~tests/setup/run-script";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let world: GuardedWorld;
/** As the server connects: for nobody until a transaction says. */
let plain: Database;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  world = await makeGuardedRows(portal, test.owner);
  plain = openDatabase(test.applicationUrl, { max: 4 });
});
afterAll(() => plain.pool.end());

const MODULES: Partial<Record<StaffRouteId, unknown>> = {
  "routes/staff.board": board,
  "routes/staff.leads.$leadId": lead,
  "routes/staff.leads.$leadId_.findings": findings,
  "routes/staff.leads.$leadId_.handling": handling,
  "routes/staff.disputes": disputeList,
  "routes/staff.leads.$leadId_.dispute": dispute,
  "routes/staff.leads.$leadId_.dispute_.minutes": minutes,
  "routes/staff.leads.$leadId_.clocks": clocks,
  "routes/staff.leads.$leadId_.narratives": narratives,
  "routes/staff.leads.$leadId_.narratives_.batch": narrativesBatch,
  "routes/staff.leads.$leadId_.messages": messages,
};
const LEAD_ROUTES = Object.keys(MODULES) as StaffRouteId[];
const LEADS: LeadName[] = ["x", "y", "office", "fresh", "conflict"];
const ROUTES = Object.keys(ACCESS) as StaffRouteId[];

/** The real page behind the real guard: its status, and its data as text. */
async function ask(routeId: StaffRouteId, kind: "read" | "write", actor: StaffActor, name: LeadName) {
  const routes = { [routeId]: { id: routeId, path: routeId, module: MODULES[routeId] } };
  const guarded = guardRoutes({ routes } as unknown as ServerBuild, () => Promise.resolve(actor)).routes[
    routeId
  ];
  const { leadId, tipId } = world.leads[name];
  const context: AppLoadContext = { portal: { ...portal, db: plain }, nonce: "" };
  // An empty form: whoever may act is told what is missing (400), and nothing is done.
  const request = new Request(`${portal.env.publicOrigin}/staff/x?tip=${tipId}`, {
    ...(kind === "read" ? {} : { method: "POST", body: new URLSearchParams({ leadId }) }),
  });
  const handler = kind === "read" ? guarded?.module.loader : guarded?.module.action;
  // A method the page does not have is answered before the guard.
  if (handler === undefined) return { status: 404, text: "" };
  try {
    const given: unknown = await handler({ request, params: { leadId }, context });
    if (given instanceof Response) return { status: given.status, text: "" };
    const status = (given as { init?: ResponseInit } | null)?.init?.status ?? 200;
    const text = JSON.stringify(given, (_key, value: unknown) =>
      typeof value === "bigint" ? String(value) : value,
    );
    return { status, text };
  } catch (thrown) {
    if (thrown instanceof Response) return { status: thrown.status, text: "" };
    throw thrown;
  }
}

/** What the table says this role reaches of the five leads, as a member of body X who is recused from one of them. */
function reaches(routeId: StaffRouteId, role: Role, name: LeadName): boolean {
  if (name === "conflict") return false;
  const scope = scopeOf(routeId, [role]);
  return scope === "portal" || (scope === "agency" && name === "x");
}

describe.each(LEAD_ROUTES)("%s with real leads", (routeId) => {
  const access = accessOf(routeId);
  if (access === null) throw new Error("every key of the table is in the table");

  it.each(ROLES)(
    "shows and takes from %s what the table says, its own body's and another's",
    async (role) => {
      const actor: StaffActor = { ...world.x, roles: [role] };
      for (const name of LEADS) {
        const reached = reaches(routeId, role, name);
        const { status, text } = await ask(routeId, "read", actor, name);
        const opens = admits(access.read, role);
        if (routeId === "routes/staff.board" || routeId === "routes/staff.disputes")
          expect([name, status, text.includes(world.leads[name].leadId)]).toEqual([
            name,
            opens ? 200 : 404,
            opens && reached,
          ]);
        else expect([name, status]).toEqual([name, opens && reached ? 200 : 404]);
        const posted = await ask(routeId, "write", actor, name);
        expect([name, posted.status]).toEqual([name, admits(access.write, role) && reached ? 400 : 404]);
      }
    },
  );
});

describe("the access table's scopes", () => {
  it("are tried with real leads on every route that reaches as far as a body", () => {
    const agencyWide = ROUTES.filter((routeId) =>
      ROLES.some((role) => scopeOf(routeId, [role]) === "agency"),
    );
    // Files, dossiers, letters and bulk sets have ids of their own, a search is by its words, late leads are of a body's
    // own days, the plan has no lead: tests/evidence/stream-file.test.ts, tests/dossiers, tests/handling,
    // tests/triage/board-acts.test.ts, tests/triage/board.test.ts and tests/clocks/watching.test.ts try those.
    const elsewhere =
      /^routes\/staff\.(?:files\.|dossiers|letters\.|board_\.bulk|search$|deadlines$|plan$)|\.\$leadId_\.evidence$/;
    expect(agencyWide.filter((routeId) => !elsewhere.test(routeId))).toEqual(LEAD_ROUTES);
  });

  it("name no role that may not open the route, and leave out none that may", () => {
    for (const routeId of ROUTES) {
      const access = accessOf(routeId);
      if (access === null || typeof access.scope === "string") continue;
      const may = ROLES.filter((role) => admits(access.read, role) || admits(access.write, role));
      const named = Object.keys(access.scope) as Role[];
      for (const role of may) expect([routeId, named]).toEqual([routeId, expect.arrayContaining([role])]);
      // Findings and bulk sets share the board's scopes, but one admits no triage officer, the other no auditor.
      if (!["routes/staff.leads.$leadId_.findings", "routes/staff.board_.bulk.$setId"].includes(routeId))
        expect([routeId, named.toSorted()]).toEqual([routeId, may.toSorted()]);
    }
  });

  it("reach for several roles as far as the farthest, and for none or another's nowhere", () => {
    const route = "routes/staff.leads.$leadId";
    expect(scopeOf(route, ["agency_officer", "triage_officer"])).toBe("portal");
    expect(scopeOf(route, ["agency_officer", "cashier"])).toBe("agency");
    expect(scopeOf(route, ["cashier", "administrator"])).toBe("none");
    expect(scopeOf(route, [])).toBe("none");
  });
});

describe("the printed matrix", () => {
  it("says of every route and role what the table says", () => {
    const rows = accessMatrix();
    expect(rows.map(({ routeId }) => routeId)).toEqual(ROUTES);
    for (const { routeId, cells } of rows)
      for (const role of ROLES) {
        const access = accessOf(routeId);
        const cell = cells.find((one) => one.role === role);
        expect([routeId, role, cell?.read ?? false, cell?.write ?? false]).toEqual([
          routeId,
          role,
          access !== null && admits(access.read, role),
          access !== null && admits(access.write, role),
        ]);
        expect(cell?.scope ?? "none").toBe(scopeOf(routeId, [role]));
      }
    expect(rows.find(({ routeId }) => routeId === "routes/staff.leads.$leadId_.findings")?.address).toBe(
      "/staff/leads/:leadId/findings",
    );
  });

  it("calls every page by a name, never by its address", () => {
    expect(accessMatrix().filter((row) => pageName(row) === row.address)).toEqual([]);
  });

  it("comes from a command as Markdown or JSON, without a database", async () => {
    const words = await runScript("server/cli/access-matrix.ts", []);
    expect([words.status, words.stderr]).toEqual([0, ""]);
    expect(words.stdout).toContain(
      "| 线索详情 `/staff/leads/:leadId`（演示身份可办理） | — | — | 查看、办理（全部）",
    );
    const json = await runScript("server/cli/access-matrix.ts", ["--json"]);
    expect(JSON.parse(json.stdout)).toEqual(JSON.parse(JSON.stringify(accessMatrix())));
    expect((await runScript("server/cli/access-matrix.ts", ["--xml"])).status).toBe(2);
  });
});
