import { beforeAll, describe, expect, it } from "vitest";
import { action as enter, loader as signInPage } from "~/routes/staff.sign-in";
import { action as signOut } from "~/routes/staff.sign-out";
import { action as webauthn } from "~/routes/staff.webauthn";
import { loader as home } from "~/routes/staff._index";
import { loader as frame } from "~/routes/staff";
import type { StaffActor } from "~server/staff-auth/actor";
import { createEnrolmentLink } from "~server/staff-auth/create-enrolment-link.server";
import { systemActor } from "~server/staff-auth/actor";
import { readSession } from "~server/staff-auth/read-session.server";
import { makePerson } from "~tests/factories/make-lead";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { softwareAuthenticator } from "~tests/setup/software-authenticator";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let demo: StaffActor;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  demo = await makePerson(portal, "leading-office", ["triage_officer"], { name: "演示·某某" });
  await portal.db.pool.query("update staff set is_demo = true where id = $1", [demo.id]);
});

const step = (json: unknown) => call(webauthn, { portal, actor: null, url: "/staff/webauthn", json });
const sessionOf = (cookie: string | null) =>
  readSession(portal.db, {
    token: /staff=([^;]*)/.exec(cookie ?? "")?.[1] ?? null,
    demoSignIn: true,
    clock: portal.clock,
  });

describe("entering as a demo person", () => {
  it("signs in and goes on inside the workbench, never to another site", async () => {
    const form = { staffId: demo.id, next: "/staff/board?stage=new" };
    const done = await call(enter, { portal, actor: null, url: "/staff/sign-in", form });
    expect(done).toMatchObject({ status: 302, location: "/staff/board?stage=new" });
    expect((await sessionOf(done.cookie))?.actor.id).toBe(demo.id);
    const away = await call(enter, {
      portal,
      actor: null,
      url: "/staff/sign-in",
      form: { ...form, next: "https://evil.example/" },
    });
    expect(away.location).toBe("/staff");
  });

  it("is a 404 for anyone who is no demo person, and where the demo is off", async () => {
    const real = await makePerson(portal, "leading-office", ["administrator"]);
    const form = { staffId: real.id };
    expect((await call(enter, { portal, actor: null, url: "/staff/sign-in", form })).status).toBe(404);
    const off = { ...portal, env: { ...portal.env, demoSignIn: false } };
    const refused = await call(enter, {
      portal: off,
      actor: null,
      url: "/staff/sign-in",
      form: { staffId: demo.id },
    });
    expect(refused.status).toBe(404);
    const page = await call(signInPage, { portal: off, actor: null, url: "/staff/sign-in" });
    expect(page.body).toMatchObject({ demoSignIn: false, people: [] });
  });
});

describe("enrolling by link and signing in by passkey", () => {
  it("goes through every step, each answered as JSON, and ends signed in", async () => {
    const person = await makePerson(portal, "police", ["agency_officer"], { name: "王一" });
    const { link } = await createEnrolmentLink(
      portal.db,
      { staffId: person.id, publicOrigin: portal.env.publicOrigin, clock: portal.clock },
      systemActor("test"),
    );
    const token = new URL(link).hash.slice(1);
    expect((await step({ step: "read-link", token })).body).toMatchObject({ name: "王一" });
    const key = softwareAuthenticator(portal.env.publicOrigin);
    const begun = (await step({ step: "start-enrolment", token })).body as {
      challengeId: string;
      options: Parameters<typeof key.create>[0];
    };
    const enrolled = await step({
      step: "finish-enrolment",
      token,
      challengeId: begun.challengeId,
      response: key.create(begun.options),
    });
    expect(enrolled).toMatchObject({ status: 200, body: { next: "/staff/account" } });
    expect((await sessionOf(enrolled.cookie))?.actor).toMatchObject({ id: person.id, method: "passkey" });
    expect(await step({ step: "read-link", token })).toMatchObject({
      status: 410,
      body: { error: "enrolment_link_used" },
    });

    const asked = (await step({ step: "start-sign-in" })).body as {
      challengeId: string;
      options: Parameters<typeof key.get>[0];
    };
    const answer = {
      step: "finish-sign-in",
      challengeId: asked.challengeId,
      response: key.get(asked.options),
      next: "/staff/board",
    };
    const signedIn = await step(answer);
    expect(signedIn).toMatchObject({ status: 200, body: { next: "/staff/board" } });
    expect((await sessionOf(signedIn.cookie))?.actor.id).toBe(person.id);
    expect(await step(answer)).toMatchObject({
      status: 400,
      body: { error: "challenge_spent" },
      cookie: null,
    });
  });

  it.each<[string, unknown]>([
    ["no JSON", "…"],
    ["an unknown step", { step: "dance" }],
    ["no challenge", { step: "finish-sign-in", response: {} }],
  ])("refuses %s with 400 and signs nobody in", async (_what, json) => {
    expect(await step(json)).toMatchObject({ status: 400, cookie: null });
  });

  it("says of an unknown link what to do", async () => {
    const refused = await step({ step: "read-link", token: "x".repeat(43) });
    expect(refused).toMatchObject({ status: 404, body: { error: "enrolment_link_unknown" } });
  });
});

describe("signing out", () => {
  it("ends the session on the server and drops the cookie; without a session it just drops it", async () => {
    const form = { staffId: demo.id };
    const entered = await call(enter, { portal, actor: null, url: "/staff/sign-in", form });
    const cookie = (entered.cookie ?? "").split(";")[0] ?? "";
    const out = await call(signOut, { portal, actor: demo, url: "/staff/sign-out", form: {}, cookie });
    expect(out).toMatchObject({ status: 302, location: "/staff/sign-in" });
    expect(out.cookie).toContain("Max-Age=0");
    expect(await sessionOf(entered.cookie)).toBeNull();
    expect((await call(signOut, { portal, actor: null, url: "/staff/sign-out", form: {} })).status).toBe(302);
  });
});

describe("the frame", () => {
  it.each<[StaffActor["roles"][number], string | null, string[]]>([
    [
      "triage_officer",
      "/staff/board",
      [
        ...["board", "search", "dossiers", "disputes", "alerts", "deadlines", "plan", "spam", "watch"],
        ...["handover", "routing", "keys", "calendar", "retention"],
      ],
    ],
    ["identity_custodian", "/staff/identities", ["identities", "keys"]],
    [
      "administrator",
      "/staff/people",
      [
        "people",
        "window",
        "routing",
        "schemes",
        "bankFormat",
        "keys",
        "ceremony",
        "audit",
        "calendar",
        "retention",
        "mail",
      ],
    ],
    [
      "auditor",
      "/staff/board",
      [
        ...["board", "search", "dossiers", "disputes", "alerts", "deadlines", "plan", "watch"],
        ...["identities", "notices", "rewards", "budget"],
        ...["payments", "payouts", "reconciliation", "books"],
        ...["people", "window", "routing", "schemes"],
        ...["bankFormat", "keys", "audit", "calendar", "retention", "mail"],
      ],
    ],
    [
      "cashier",
      "/staff/payments",
      ["payments", "payouts", "reconciliation", "books", "window", "bankFormat", "keys"],
    ],
    ["notice_desk", "/staff/notices", ["notices", "keys"]],
    ["hotline_operator", "/staff/tips", ["tips", "import"]],
  ])("shows %s only the pages of that role, and starts at the first", async (role, start, nav) => {
    const actor = { ...demo, roles: [role] };
    expect((await call(frame, { portal, actor, url: "/staff" })).body).toMatchObject({ nav });
    expect((await call(home, { portal, actor, url: "/staff" })).location).toBe(start);
  });

  it("tells nobody signed in nothing about anyone", async () => {
    const { body } = await call(frame, { portal, actor: null, url: "/staff/sign-in" });
    expect(body).toMatchObject({ person: null, nav: [] });
  });
});
