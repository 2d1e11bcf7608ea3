import { data, type AppLoadContext, type ServerBuild } from "@remix-run/node";
import { beforeAll, describe, expect, it } from "vitest";
import { DomainError } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { answerRefusals, catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { guardRoutes } from "~server/staff-auth/guard-routes.server";
import { REFUSALS_A_MINUTE } from "~server/staff-auth/record-refusals.server";
import { makePerson } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
});

const TYPED = "6222021234567890123";
const refused = (status: number, code = "stale_lead") =>
  Promise.reject(new DomainError(code, status, `${TYPED}不能这样做。`));

/** A staff page whose loader and action do `work`. */
function pageOf(work: () => unknown, routeId = "routes/staff.board"): ServerBuild {
  const route = { id: routeId, path: routeId, module: { default: undefined, loader: work, action: work } };
  return { routes: { [routeId]: route } } as unknown as ServerBuild;
}

async function call(build: ServerBuild, kind: "read" | "write", actor: StaffActor | null): Promise<unknown> {
  const [route] = Object.values(guardRoutes(build, () => Promise.resolve(actor)).routes);
  const handler = kind === "read" ? route?.module.loader : route?.module.action;
  const context: AppLoadContext = { portal, nonce: "" };
  const request = new Request("http://localhost:3000/staff/board", {
    method: kind === "read" ? "GET" : "POST",
  });
  try {
    return await handler?.({ request, params: {}, context });
  } catch (thrown) {
    return thrown;
  }
}

async function trailOf(actor: StaffActor): Promise<{ data: unknown; subject: string }[]> {
  const { rows } = await test.db.pool.query<{ data: unknown; subject: string }>(
    "select data, subject_id as subject from events where action = 'staff.refused' and actor_id = $1 order by seq",
    [actor.id],
  );
  return rows;
}

const triage = () => makePerson(portal, "leading-office", ["triage_officer"]);

describe("a refusal of a signed-in person", () => {
  it.each<[string, "read" | "write", string, () => unknown]>([
    ["a loader that answers it", "read", "not_found", () => answerRefusals(refused(404, "not_found"))],
    [
      "an action that keeps the form",
      "write",
      "stale_lead",
      async () => data({ refused: (await catchRefusal(refused(409))).ok }, 409),
    ],
    [
      "an action for which there is nothing",
      "write",
      "not_found",
      () => catchRefusal(refused(404, "not_found")),
    ],
    ["a JSON endpoint", "write", "wrong_role", () => Response.json({ error: "wrong_role" }, { status: 403 })],
    ["a page with an answer of its own", "read", "status_403", () => new Response("", { status: 403 })],
  ])("is in the trail, once, with route and code and nothing typed: %s", async (_what, kind, code, work) => {
    const actor = await triage();
    await call(pageOf(work), kind, actor);
    expect(await trailOf(actor)).toEqual([
      { data: { route: "routes/staff.board", kind, code }, subject: actor.id },
    ]);
    expect(JSON.stringify(await trailOf(actor))).not.toContain(TYPED);
  });

  it("by the access table is there as well: another role's page, and a demo session where a passkey is needed", async () => {
    const actor = await makePerson(portal, "police", ["agency_officer"], { method: "demo" });
    await call(
      pageOf(() => null, "routes/staff.people"),
      "read",
      actor,
    );
    await call(
      pageOf(() => null, "routes/staff.leads.$leadId_.findings"),
      "write",
      actor,
    );
    expect((await trailOf(actor)).map(({ data: told }) => told)).toEqual([
      { route: "routes/staff.people", kind: "read", code: "not_found" },
      { route: "routes/staff.leads.$leadId_.findings", kind: "write", code: "passkey_needed" },
    ]);
  });

  it("is not what a success, a form with a slip, or a fault leaves", async () => {
    const actor = await triage();
    await call(
      pageOf(() => ({ fine: true })),
      "read",
      actor,
    );
    await call(
      pageOf(() => data({ errors: { name: "needsName" } }, 400)),
      "write",
      actor,
    );
    await call(
      pageOf(() => Response.json({ error: "bad_request" }, { status: 400 })),
      "write",
      actor,
    );
    const fault = await call(
      pageOf(() => Promise.reject(new Error("database down"))),
      "read",
      actor,
    );
    expect(fault).toBeInstanceOf(Error);
    expect(await trailOf(actor)).toEqual([]);
  });

  it("stays what it was: the answer goes out unchanged", async () => {
    const actor = await triage();
    const thrown = await call(
      pageOf(() => answerRefusals(refused(409))),
      "read",
      actor,
    );
    expect(thrown).toBeInstanceOf(Response);
    expect(thrown).toMatchObject({ status: 409, statusText: "stale_lead" });
  });

  it("of nobody signed in is in no trail", async () => {
    const { rows: before } = await test.db.pool.query("select 1 from events where action = 'staff.refused'");
    await call(
      pageOf(() => null),
      "write",
      null,
    );
    await call(
      pageOf(() => answerRefusals(refused(404)), "routes/staff.enrol"),
      "write",
      null,
    );
    const { rows: after } = await test.db.pool.query("select 1 from events where action = 'staff.refused'");
    expect(after).toHaveLength(before.length);
  });
});

describe("a person who is refused over and over", () => {
  it("fills thirty lines a minute and one that says there was more, and no other person's", async () => {
    const [eager, other] = [await triage(), await triage()];
    const build = pageOf(() => answerRefusals(refused(404, "not_found")));
    const guarded = Object.values(
      guardRoutes(build, (_request, context) => Promise.resolve(context.actor ?? null)).routes,
    )[0];
    const knock = async (actor: StaffActor) => {
      const context: AppLoadContext = { portal, nonce: "", actor };
      const request = new Request("http://localhost:3000/staff/board");
      await Promise.resolve(guarded?.module.loader?.({ request, params: {}, context })).catch(
        () => undefined,
      );
    };
    for (let n = 0; n < REFUSALS_A_MINUTE + 5; n += 1) await knock(eager);
    await knock(other);
    const codes = (await trailOf(eager)).map(({ data: told }) => (told as { code: string }).code);
    expect(codes).toEqual([...Array<string>(REFUSALS_A_MINUTE).fill("not_found"), "more"]);
    expect(await trailOf(other)).toHaveLength(1);
    portal.clock.set(new Date(portal.clock.now().getTime() + 60_000));
    await knock(eager);
    expect(await trailOf(eager)).toHaveLength(REFUSALS_A_MINUTE + 2);
  });

  it("is still refused when the trail cannot be written, and the log says so without a word of theirs", async () => {
    const actor = { ...(await triage()), id: "019a0000-0000-7000-8000-00000000000z" };
    const answer = await call(
      pageOf(() => answerRefusals(refused(409))),
      "read",
      actor,
    );
    expect(answer).toMatchObject({ status: 409 });
    expect(portal.logged()).toContain("a refusal could not be recorded");
    expect(portal.logged()).not.toContain(TYPED);
  });
});
