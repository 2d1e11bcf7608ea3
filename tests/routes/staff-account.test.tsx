import { beforeAll, describe, expect, it } from "vitest";
import type { StepUpRequest } from "~/forms/step-up";
import { action as account, loader as accountPage } from "~/routes/staff.account";
import { action as ownKeys, loader as ownKeysPage } from "~/routes/staff.own-keys";
import { loader as keyring } from "~/routes/staff.keyring";
import { action as stepUp } from "~/routes/staff.step-up";
import { action as webauthn } from "~/routes/staff.webauthn";
import type { StaffActor } from "~server/staff-auth/actor";
import { systemActor } from "~server/staff-auth/actor";
import { createEnrolmentLink } from "~server/staff-auth/create-enrolment-link.server";
import { readSession } from "~server/staff-auth/read-session.server";
import { makePerson } from "~tests/factories/make-lead";
import { newKey, personalKeyOf, postedWrap } from "~tests/factories/own-key";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { softwareAuthenticator, type SoftwareAuthenticator } from "~tests/setup/software-authenticator";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
});

type Person = { actor: StaffActor; key: SoftwareAuthenticator; token: string };

const tokenOf = (cookie: string | null) => /staff=([^;]*)/.exec(cookie ?? "")?.[1] ?? "";
const sessionOf = (token: string) => readSession(portal.db, { token, demoSignIn: true, clock: portal.clock });

/** Somebody enrolled through the endpoint, in a browser that may have been signed in before. */
async function enrolled(name: string, before?: Person): Promise<Person> {
  const person = await makePerson(portal, "police", ["agency_officer"], { name });
  const { link } = await createEnrolmentLink(
    portal.db,
    { staffId: person.id, publicOrigin: portal.env.publicOrigin, clock: portal.clock },
    systemActor("test"),
  );
  const token = new URL(link).hash.slice(1);
  const step = (json: unknown) =>
    call(webauthn, {
      portal,
      actor: null,
      url: "/staff/webauthn",
      json,
      ...(before === undefined ? {} : { cookie: `staff=${before.token}` }),
    });
  const key = softwareAuthenticator(portal.env.publicOrigin);
  const { challengeId, options } = (await step({ step: "start-enrolment", token })).body as {
    challengeId: string;
    options: Parameters<typeof key.create>[0];
  };
  const done = await step({ step: "finish-enrolment", token, challengeId, response: key.create(options) });
  const session = await sessionOf(tokenOf(done.cookie));
  if (session === null) throw new Error("nobody was signed in");
  const actor = { ...session.actor, session: { id: session.sessionId, rotationDue: false } };
  return { actor, key, token: tokenOf(done.cookie) };
}

const post = (json: unknown, actor: StaffActor) =>
  call(ownKeys, { portal, actor, url: "/staff/own-keys", json });

async function proof({ actor, key }: Person, { act, subject }: StepUpRequest): Promise<string> {
  const asked = await call(stepUp, { portal, actor, url: "/staff/step-up", json: { act, subject } });
  const { challengeId, options } = asked.body as {
    challengeId: string;
    options: Parameters<typeof key.get>[0];
  };
  return JSON.stringify({ challengeId, response: key.get(options) });
}

async function makeKeyRequest(person: Person) {
  const made = await newKey();
  return {
    step: "make-key",
    keyId: made.id,
    publicKey: made.publicKey,
    code: await postedWrap(made, "recovery_code", made.code),
    passkey: await postedWrap(made, "passkey", made.prf),
    stepUp: await proof(person, await personalKeyOf(made)),
  };
}

describe("the endpoint of one's own keys", () => {
  it("has nothing to look at", () => {
    expect(() => ownKeysPage()).toThrow();
  });

  it("takes a key, marks the session for a new token, and hands the wraps to their owner alone", async () => {
    const person = await enrolled("王一");
    const other = await enrolled("李二");
    const request = await makeKeyRequest(person);
    expect(await post(request, person.actor)).toMatchObject({
      status: 200,
      body: { keyId: request.keyId },
    });
    expect(person.actor.session?.rotationDue).toBe(true);
    const own = await call(keyring, { portal, actor: person.actor, url: "/staff/keyring" });
    expect(own.text).toContain(request.code.body);
    const theirs = await call(keyring, { portal, actor: other.actor, url: "/staff/keyring" });
    expect(theirs.body).toMatchObject({ staffId: other.actor.id, personalKey: null });
    expect(await post(request, person.actor)).toMatchObject({
      status: 400,
      body: { error: "challenge_spent" },
    });
  });

  it.each<[string, (request: Awaited<ReturnType<typeof makeKeyRequest>>) => unknown]>([
    ["no JSON", () => "…"],
    ["an unknown step", (request) => ({ ...request, step: "hand-out" })],
    ["a PRF output beside the wraps", (request) => ({ ...request, prf: "A".repeat(43) })],
    ["a secret within a wrap", (request) => ({ ...request, code: { ...request.code, secret: "x" } })],
    ["a public key of another length", (request) => ({ ...request, publicKey: request.publicKey.slice(1) })],
    [
      "a wrap that is too long to be one",
      (request) => ({ ...request, code: { ...request.code, body: "A".repeat(81) } }),
    ],
    ["no base64url", (request) => ({ ...request, publicKey: `${request.publicKey.slice(1)}+` })],
    ["a key id that is none", (request) => ({ ...request, keyId: "1" })],
  ])("refuses %s with 400 and keeps nothing", async (_what, twist) => {
    const person = await enrolled("赵三");
    const request = await makeKeyRequest(person);
    expect((await post(twist(request), person.actor)).status).toBe(400);
    const view = await call(keyring, { portal, actor: person.actor, url: "/staff/keyring" });
    expect(view.field("personalKey")).toBeNull();
    expect(person.actor.session?.rotationDue).toBe(false);
  });

  it("says refusals in a sentence", async () => {
    const person = await enrolled("钱四");
    const refused = await post({ ...(await makeKeyRequest(person)), stepUp: "{}" }, person.actor);
    expect(refused).toMatchObject({ status: 403, body: { error: "step_up_needed" } });
    expect(String(refused.field("message"))).toMatch(/。$/);
    expect(portal.logged()).toBe("");
  });

  it("refuses a name of 41 characters for a new passkey", async () => {
    const person = await enrolled("孙五");
    const request = { step: "finish-add", challengeId: person.actor.id, response: {}, wrap: null };
    expect((await post({ ...request, label: "名".repeat(41) }, person.actor)).status).toBe(400);
    expect((await post({ ...request, label: "名".repeat(40) }, person.actor)).field("error")).toBe(
      "passkey_malformed",
    );
  });
});

describe("the account page", () => {
  const page = async (actor: StaffActor) => call(accountPage, { portal, actor, url: "/staff/account" });
  const submit = (form: Record<string, string>, actor: StaffActor) =>
    call(account, { portal, actor, url: "/staff/account", form });
  type View = {
    account: { passkeys: { id: string; credentialId: string }[]; sessions: { id: string; own: boolean }[] };
  };

  it("shows one's own passkeys, key and sessions and nobody else's", async () => {
    const person = await enrolled("周六");
    const other = await enrolled("吴七");
    await post(await makeKeyRequest(other), other.actor);
    const { body, text } = await page(person.actor);
    expect(body).toMatchObject({
      owner: "周六",
      byPasskey: true,
      account: {
        key: null,
        passkeys: [{ credentialId: person.key.credentialId }],
        sessions: [{ own: true }],
      },
    });
    for (const theirs of [other.key.credentialId, other.actor.id, other.actor.session?.id ?? "?"])
      expect(text).not.toContain(theirs);
    // Tokens and wraps are no part of the page.
    expect((await page(other.actor)).text).not.toContain("body");
    expect((await page({ ...person.actor, method: "demo" })).field("byPasskey")).toBe(false);
  });

  it("renames one's own passkey, within 40 characters, and no other", async () => {
    const person = await enrolled("郑八");
    const other = await enrolled("冯九");
    const id = ((await page(person.actor)).body as View).account.passkeys[0]?.id ?? "";
    const form = { intent: "name", passkeyId: id, label: "办公室电脑" };
    expect(await submit(form, person.actor)).toMatchObject({
      status: 302,
      location: "/staff/account?done=named",
    });
    expect(await submit({ ...form, label: "名".repeat(41) }, person.actor)).toMatchObject({
      status: 400,
      body: { passkeyId: id },
    });
    expect((await submit(form, other.actor)).status).toBe(404);
    expect((await submit({ intent: "what" }, person.actor)).status).toBe(400);
  });

  it("says why the last passkey is not revoked, beside it", async () => {
    const person = await enrolled("陈十");
    const id = ((await page(person.actor)).body as View).account.passkeys[0]?.id ?? "";
    const form = { intent: "revoke", passkeyId: id };
    expect((await submit(form, person.actor)).status).toBe(403);
    const touched = { ...form, stepUp: await proof(person, { act: "passkey.revoke", subject: id }) };
    expect(await submit(touched, person.actor)).toMatchObject({ status: 409, body: { passkeyId: id } });
  });

  it("ends one's own sessions, and none of anybody else's", async () => {
    const person = await enrolled("褚一");
    const other = await enrolled("卫二");
    const theirs = { intent: "end-session", sessionId: other.actor.session?.id ?? "" };
    expect((await submit(theirs, person.actor)).status).toBe(404);
    expect(await submit({ intent: "end-others" }, person.actor)).toMatchObject({
      location: "/staff/account?done=sessions-ended",
    });
    expect(await sessionOf(other.token)).not.toBeNull();
    const own = { intent: "end-session", sessionId: person.actor.session?.id ?? "" };
    expect((await submit(own, person.actor)).location).toBe("/staff/account?done=session-ended");
    expect(await sessionOf(person.token)).toBeNull();
  });
});

describe("signing in where somebody was signed in", () => {
  it("ends the session the browser came with", async () => {
    const before = await enrolled("蒋三");
    const after = await enrolled("沈四", before);
    expect(await sessionOf(before.token)).toBeNull();
    expect(await sessionOf(after.token)).not.toBeNull();
  });
});
