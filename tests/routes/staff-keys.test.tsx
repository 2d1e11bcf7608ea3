import { v7 as uuidv7 } from "uuid";
import { beforeAll, describe, expect, it } from "vitest";
import type { KeyAct } from "~/forms/key-acts";
import type { StepUpRequest } from "~/forms/step-up";
import { agreedTo } from "~/forms/step-up-subjects";
import { action as act, loader as batch } from "~/routes/staff.keys_.act";
import { action as register, loader as ceremonyPage } from "~/routes/staff.ceremony";
import { loader as keysPage } from "~/routes/staff.keys";
import { prepareMake, prepareRotate, prepareShare } from "~/staff-client/keys/prepare-acts";
import { toBase64url } from "~server/secrecy/format";
import { makeKeyPair } from "~server/secrecy/hpke";
import { agencySlot, slotsFor } from "~server/secrecy/slots";
import { rewrapStaleKey, type RewrapTarget, type StaleDataKey } from "~server/secrecy/stale-data-key";
import { accessOf } from "~server/staff-auth/access-table";
import type { StaffActor } from "~server/staff-auth/actor";
import { ROLES } from "~server/staff-auth/roles";
import { makePersonalKey, openKeys, ownKeyOf, recoveryKeyOf, slotOf } from "~tests/factories/key-holders";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { holdKeys } from "~tests/factories/office-keys";
import { enrolPasskey, stepUpProof } from "~tests/factories/step-up";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import type { SoftwareAuthenticator } from "~tests/setup/software-authenticator";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;
let triage: Person;
let colleague: Person;

type Person = { readonly actor: StaffActor; readonly key: SoftwareAuthenticator };

async function person(agency: string, roles: StaffActor["roles"]): Promise<Person> {
  const actor = await makePerson(portal, agency, roles);
  return { actor, key: await enrolPasskey(portal, actor) };
}

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
  triage = await person("leading-office", ["triage_officer"]);
  colleague = await person("leading-office", ["triage_officer"]);
  await holdKeys(portal, triage.actor);
  await holdKeys(portal, colleague.actor);
});

const post = (json: unknown, by: Person) =>
  call(act, { portal, actor: by.actor, url: "/staff/keys/act", json });
const fetchBatch = (slot: string, by: Person) =>
  call(batch, { portal, actor: by.actor, url: `/staff/keys/act?slot=${encodeURIComponent(slot)}` });
const touch = (by: Person, request: StepUpRequest) => stepUpProof(portal, by, request);

describe("the table of routes", () => {
  it("lets in just those whose roles make them a member of a slot", () => {
    const acting = accessOf("routes/staff.keys_.act")?.write;
    const holders = ROLES.filter((role) => slotsFor({ roles: [role], agencyId: "x" }).length > 0);
    expect(typeof acting === "object" && acting.roles.toSorted()).toEqual(holders.toSorted());
  });
});

describe("an act on a role key", () => {
  it("needs a passkey's touch for this act and this slot", async () => {
    const officer = await person("police", ["agency_officer"]);
    await makePersonalKey(portal, officer.actor);
    const slot = agencySlot(officer.actor.agencyId);
    const made = await prepareMake(
      slot,
      await ownKeyOf(portal, officer.actor),
      await recoveryKeyOf(portal, officer.actor),
    );
    expect(await post({ ...made, stepUp: "" }, officer)).toMatchObject({
      status: 403,
      body: { error: "step_up_needed" },
    });
    const publicKey = toBase64url((await makeKeyPair()).publicKey);
    for (const request of [
      await agreedTo.roleKey({ ...made, slot: "triage" }),
      await agreedTo.roleKey({ ...made, publicKey }),
      await agreedTo.roleKey({ ...made, id: uuidv7() }),
      await agreedTo.rotation({ ...made, replaces: made.id, grants: [] }),
      agreedTo.rewrapping(slot),
    ]) {
      const stepUp = await touch(officer, request);
      expect(await post({ ...made, stepUp }, officer)).toMatchObject({
        status: 400,
        body: { error: "challenge_spent" },
      });
    }
    const stepUp = await touch(officer, await agreedTo.roleKey(made));
    expect((await post({ ...made, stepUp }, officer)).status).toBe(200);
    expect(await post({ ...made, stepUp }, officer)).toMatchObject({ body: { error: "challenge_spent" } });
  });

  it("is refused to a demo session", async () => {
    const slot = agencySlot(triage.actor.agencyId);
    const made = await prepareMake(
      slot,
      await ownKeyOf(portal, triage.actor),
      await recoveryKeyOf(portal, triage.actor),
    );
    const demo = { ...triage, actor: { ...triage.actor, method: "demo" as const } };
    const stepUp = JSON.stringify({ challengeId: uuidv7(), response: {} });
    expect(await post({ ...made, stepUp }, demo)).toMatchObject({
      status: 403,
      body: { error: "passkey_needed" },
    });
  });

  it.each<[string, (good: object) => unknown]>([
    ["no JSON", () => "…"],
    ["an unknown act", (good) => ({ ...good, intent: "burn" })],
    ["a private key beside it", (good) => ({ ...good, privateKey: "A".repeat(43) })],
    ["a key cut short", (good) => ({ ...good, enc: "A".repeat(42) })],
    ["an id that is none", (good) => ({ ...good, roleKeyId: "1" })],
  ])("is refused as a bad request with %s", async (_what, twist) => {
    const { key } = await slotOf(portal, triage.actor, "triage");
    const shared = await prepareShare(
      key?.id ?? "",
      await ownKeyOf(portal, colleague.actor),
      await openKeys(portal, triage.actor),
    );
    const answer = await post(twist({ ...shared, stepUp: "{}" }), triage);
    expect(answer).toMatchObject({ status: 400, body: { error: "bad_request" } });
  });

  it("says in a sentence why a role key is not handed on", async () => {
    const { key } = await slotOf(portal, triage.actor, "triage");
    const to = await ownKeyOf(portal, colleague.actor);
    const shared = await prepareShare(key?.id ?? "", to, await openKeys(portal, triage.actor));
    const stepUp = await touch(triage, agreedTo.grant({ roleKeyId: key?.id ?? "", personalKeyId: to.id }));
    const answer = await post({ ...shared, stepUp }, triage);
    expect(answer).toMatchObject({ status: 409, body: { error: "already_granted" } });
    expect(answer.text).toContain("不需要再移交");
  });
});

describe("a rotation and its re-wrapping", () => {
  it("goes on with the ticket that one touch gave, which is good for nobody and nothing else", async () => {
    await sendReport(portal);
    const before = await slotOf(portal, triage.actor, "triage");
    if (before.key === null) throw new Error("no key");
    const rotation = await prepareRotate(
      { ...before.key, slot: "triage" },
      before.rotateTo,
      await recoveryKeyOf(portal, triage.actor),
    );
    const [first] = rotation.grants;
    if (first === undefined) throw new Error("nobody to seal to");
    for (const other of [
      await agreedTo.rotation({ ...rotation, grants: [first] }),
      await agreedTo.rotation({ ...rotation, publicKey: toBase64url((await makeKeyPair()).publicKey) }),
      agreedTo.rewrapping("triage"),
    ]) {
      const wrong = await post({ ...rotation, stepUp: await touch(triage, other) }, triage);
      expect(wrong).toMatchObject({ status: 400, body: { error: "challenge_spent" } });
    }
    const stepUp = await touch(triage, await agreedTo.rotation(rotation));
    const { ticket } = (await post({ ...rotation, stepUp }, triage)).body as { ticket: string };

    const { to, keys, left } = (await fetchBatch("triage", triage)).body as {
      to: RewrapTarget;
      keys: StaleDataKey[];
      left: number;
    };
    expect(left).toBe(keys.length);
    const { roleKeys } = await openKeys(portal, triage.actor);
    const sealed = await Promise.all(keys.map((key) => rewrapStaleKey(key, to, roleKeys)));
    const rewrap = {
      intent: "rewrap",
      slot: "triage",
      ticket,
      to: to.roleKeyId,
      keys: sealed.flatMap((key) => key ?? []),
    } satisfies KeyAct;
    expect(await post({ ...rewrap, ticket: "" }, triage)).toMatchObject({
      body: { error: "rewrap_expired" },
    });
    expect(await post({ ...rewrap, ticket: `${ticket}A` }, triage)).toMatchObject({
      body: { error: "rewrap_expired" },
    });
    expect(await post(rewrap, colleague)).toMatchObject({
      status: 403,
      body: { error: "rewrap_expired" },
    });
    expect(await post({ ...rewrap, slot: "notice_desk" }, triage)).toMatchObject({
      body: { error: "rewrap_expired" },
    });
    expect((await post(rewrap, triage)).body).toEqual({ replaced: keys.length, left: 0 });
    portal.clock.set(new Date(portal.clock.now().getTime() + 61 * 60_000));
    expect(await post(rewrap, triage)).toMatchObject({ body: { error: "rewrap_expired" } });
    const again = await touch(triage, agreedTo.rewrapping("triage"));
    const resumed = await post({ intent: "resume", slot: "triage", stepUp: again }, triage);
    expect((await post({ ...rewrap, ticket: String(resumed.field("ticket")) }, triage)).body).toEqual({
      replaced: 0,
      left: 0,
    });
  });

  it("is a 404 for another slot, and a bad request without one", async () => {
    expect((await fetchBatch("cashier", triage)).status).toBe(404);
    const none = await call(batch, { portal, actor: triage.actor, url: "/staff/keys/act" });
    expect(none.status).toBe(400);
  });
});

describe("the page", () => {
  it("hands out names, public halves and what is sealed, to an auditor nothing sealed", async () => {
    const auditor = await makePerson(portal, "finance", ["auditor"]);
    const { text } = await call(keysPage, { portal, actor: auditor, url: "/staff/keys" });
    expect(text).toContain('"slot":"triage"');
    expect(text).not.toContain('"grant"');
    expect(text).not.toContain(`"enc"`);
  });
});

describe("the ceremony", () => {
  it("is for administrators, and says who has to do what next", async () => {
    const administrator = await makePerson(portal, "leading-office", ["administrator"]);
    const { body } = await call(ceremonyPage, { portal, actor: administrator, url: "/staff/ceremony" });
    const { slots, open } = body as { open: boolean; slots: { slot: string; step: string }[] };
    const step = (slot: string) => slots.find((one) => one.slot === slot)?.step;
    // The test office's keys were made by nobody.
    expect(open).toBe(true);
    expect(step("triage")).toBe("done");
    expect(step("cashier")).toBe("people");
    await makePerson(portal, "finance", ["cashier"]);
    const desk = await makePerson(portal, "leading-office", ["notice_desk"]);
    await makePersonalKey(portal, desk);
    const later = (await call(ceremonyPage, { portal, actor: administrator, url: "/staff/ceremony" }))
      .body as { slots: { slot: string; step: string }[] };
    expect(later.slots.find(({ slot }) => slot === "notice_desk")?.step).toBe("no_holder");
    expect((await call(ceremonyPage, { portal, actor: triage.actor, url: "/staff/ceremony" })).status).toBe(
      404,
    );
  });

  it("takes no second recovery key, and only what is a key", async () => {
    const administrator = await person("leading-office", ["administrator"]);
    const send = (form: Record<string, string>) =>
      call(register, { portal, actor: administrator.actor, url: "/staff/ceremony", form });
    const bad = await send({ publicKey: "公钥" });
    expect(bad).toMatchObject({ status: 400, body: { state: { errors: { publicKey: "publicKey" } } } });
    const publicKey = toBase64url((await makeKeyPair()).publicKey);
    expect(await send({ publicKey })).toMatchObject({ status: 403 });
    const stepUp = await touch(administrator, await agreedTo.recoveryKey({ publicKey }));
    const second = await send({ publicKey: JSON.stringify({ publicKey }), stepUp });
    expect(second).toMatchObject({ status: 409 });
    expect(second.text).toContain("已经登记过");
  });
});
