import { data, redirect, type AppLoadContext, type ServerBuild } from "@remix-run/node";
import { describe, expect, it } from "vitest";
import type { StaffActor } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { endSession } from "~server/staff-auth/end-session.server";
import { guardRoutes } from "~server/staff-auth/guard-routes.server";
import { readSession } from "~server/staff-auth/read-session.server";
import { renewSession } from "~server/staff-auth/renew-session.server";
import { resolveActor } from "~server/staff-auth/resolve-actor.server";
import { rotateSession } from "~server/staff-auth/rotate-session.server";
import { staffCookieName } from "~server/staff-auth/session-cookie.server";
import { requireStepUp } from "~server/staff-auth/step-up.server";
import { SITE, enrol, later, touch } from "~tests/factories/enrol-staff";
import { addPerson } from "~tests/factories/make-staff";
import { testDatabase } from "~tests/setup/database";
import { testPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const ACT = { act: "key.grant", subject: "anything" } as const;

type Answer = "plain" | "nothing" | "data" | "json" | "redirect";

/** A staff route whose action asks for a touch and then answers in one of the ways routes do. */
function guarded() {
  const portal = testPortal(test.db, "2026-11-20T01:00:00Z");
  const action = async ({ request, context }: { request: Request; context: AppLoadContext }) => {
    const { proof, answer } = (await request.json()) as { proof: unknown; answer: Answer };
    const { db, clock } = context.portal;
    await requireStepUp(db, { ...ACT, proof, relyingParty: SITE, clock }, actorOf(context));
    if (answer === "redirect") throw redirect("/staff/board");
    if (answer === "json") return Response.json({ done: true }, { headers: { "X-Kept": "yes" } });
    if (answer === "data") return data({ done: true }, { status: 201, headers: { "X-Kept": "yes" } });
    return answer === "plain" ? { done: true } : null;
  };
  const module = { default: undefined, loader: () => ({ seen: true }), action };
  const routes = { "routes/staff.account": { id: "routes/staff.account", path: "account", module } };
  const build = { routes } as unknown as ServerBuild;
  const route = guardRoutes(build, resolveActor, renewSession).routes["routes/staff.account"];
  const origin = portal.env.publicOrigin;
  const ask = (kind: "loader" | "action", token: string, body?: unknown): Promise<unknown> => {
    const request = new Request(`${origin}/staff/account`, {
      headers: { Cookie: `${staffCookieName(origin)}=${token}` },
      ...(kind === "action" ? { method: "POST", body: JSON.stringify(body) } : {}),
    });
    const context = { portal, nonce: "" } as AppLoadContext;
    return Promise.resolve(route?.module[kind]?.({ request, params: {}, context }));
  };
  return { portal, ask };
}

async function signedIn({ portal }: ReturnType<typeof guarded>) {
  const person = await enrol(test.db, await addPerson(test.db), portal.clock);
  const read = (token: string) => readSession(test.db, { token, demoSignIn: false, clock: portal.clock });
  return { ...person, read, proof: () => touch(test.db, person.key, ACT, person.actor, portal.clock) };
}

type Told = { status: number; headers: Headers; body: unknown };

async function tell(answered: Promise<unknown>): Promise<Told> {
  const given = await answered.catch((thrown: unknown) => thrown);
  if (given instanceof Response)
    return { status: given.status, headers: given.headers, body: await given.text() };
  const wrapped = given as { type?: string; data?: unknown; init?: ResponseInit } | null;
  if (wrapped?.type !== "DataWithResponseInit") return { status: 200, headers: new Headers(), body: given };
  return {
    status: wrapped.init?.status ?? 200,
    headers: new Headers(wrapped.init?.headers),
    body: wrapped.data,
  };
}

const tokenIn = (headers: Headers) =>
  /staff=([A-Za-z0-9_-]{43});/.exec(headers.get("Set-Cookie") ?? "")?.[1] ?? "";

describe("after a touch", () => {
  it.each<[Answer, number, unknown]>([
    ["plain", 200, { done: true }],
    ["nothing", 200, null],
    ["data", 201, { done: true }],
    ["json", 200, '{"done":true}'],
    ["redirect", 302, ""],
  ])(
    "an action that answers with %s gives the session a new token; with its first use the old one is dead",
    async (answer, status, body) => {
      const site = guarded();
      const person = await signedIn(site);
      const told = await tell(site.ask("action", person.token, { proof: await person.proof(), answer }));
      expect(told).toMatchObject({ status, body });
      if (answer === "data" || answer === "json") expect(told.headers.get("X-Kept")).toBe("yes");
      if (answer === "redirect") expect(told.headers.get("Location")).toBe("/staff/board");
      const next = tokenIn(told.headers);
      expect(next).not.toBe(person.token);
      expect(await person.read(next)).toMatchObject({
        sessionId: person.sessionId,
        actor: { id: person.actor.id },
      });
      expect(await person.read(person.token)).toBeNull();
      expect(await person.read(next)).not.toBeNull();
      expect(told.headers.get("Set-Cookie")).toContain("HttpOnly; SameSite=Strict");
    },
  );

  it("the session still ends 12 hours after sign-in", async () => {
    const site = guarded();
    const person = await signedIn(site);
    let { token } = person;
    for (let minutes = 0; minutes < 12 * 60; minutes += 20) {
      const told = await tell(site.ask("action", token, { proof: await person.proof(), answer: "plain" }));
      token = tokenIn(told.headers);
      expect(await person.read(token)).not.toBeNull();
      later(site.portal.clock, 20 * 60);
    }
    expect(await person.read(token)).toBeNull();
  });
});

describe("without one", () => {
  it("the token stays: a refused proof, a page looked at", async () => {
    const site = guarded();
    const person = await signedIn(site);
    await expect(site.ask("action", person.token, { proof: "", answer: "plain" })).rejects.toThrow(
      "step_up_needed",
    );
    expect((await tell(site.ask("loader", person.token))).headers.get("Set-Cookie")).toBeNull();
    expect(await person.read(person.token)).not.toBeNull();
  });
});

describe("a session's new token", () => {
  it("is given once of several asked for with the same old one", async () => {
    const site = guarded();
    const { sessionId, token, actor } = await signedIn(site);
    const { clock } = site.portal;
    const given = await Promise.all(
      [0, 1, 2, 3].map(() => rotateSession(test.db, { sessionId, token, clock }, actor)),
    );
    expect(given.filter((one) => one !== null)).toHaveLength(1);
  });

  it("is taken up once by requests that bring it together", async () => {
    const site = guarded();
    const { sessionId, token, actor, read } = await signedIn(site);
    const { clock } = site.portal;
    const next = (await rotateSession(test.db, { sessionId, token, clock }, actor)) ?? "";
    const seen = await Promise.all([next, next, next, next].map(read));
    expect(seen.map((one) => one?.sessionId)).toEqual([sessionId, sessionId, sessionId, sessionId]);
    expect(await read(token)).toBeNull();
  });

  it("leaves the session as it was where its answer is lost, and is replaced by that of a later touch", async () => {
    const site = guarded();
    const { sessionId, token, actor, read } = await signedIn(site);
    const { clock } = site.portal;
    const lost = (await rotateSession(test.db, { sessionId, token, clock }, actor)) ?? "";
    expect(await read(token)).not.toBeNull();
    expect(await rotateSession(test.db, { sessionId, token, clock }, actor)).toBeNull();
    later(clock, 61);
    const next = (await rotateSession(test.db, { sessionId, token, clock }, actor)) ?? "";
    expect(await read(lost)).toBeNull();
    expect(await read(next)).not.toBeNull();
    expect(await read(token)).toBeNull();
  });

  it("is given to nobody else, and not to a session that has ended", async () => {
    const site = guarded();
    const { sessionId, token, actor, read } = await signedIn(site);
    const { clock } = site.portal;
    const other: StaffActor = { ...actor, id: await addPerson(test.db) };
    expect(await rotateSession(test.db, { sessionId, token, clock }, other)).toBeNull();
    const next = (await rotateSession(test.db, { sessionId, token, clock }, actor)) ?? "";
    await endSession(test.db, { sessionId, clock }, actor);
    expect(await rotateSession(test.db, { sessionId, token, clock }, actor)).toBeNull();
    // One that was given before opens nothing after.
    expect([await read(token), await read(next)]).toEqual([null, null]);
  });
});
