import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { agreedTo } from "~/forms/step-up-subjects";
import { loader, action } from "~/routes/staff.ceremony";
import { prepareMake } from "~/staff-client/keys/prepare-acts";
import { staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { seedKeys } from "~server/demo/seed-keys.server";
import { createRoleKey } from "~server/secrecy/create-role-key.server";
import { fingerprintOf } from "~server/secrecy/fingerprint";
import { fromBase64url, toBase64url } from "~server/secrecy/format";
import { makeKeyPair } from "~server/secrecy/hpke";
import { readCeremony } from "~server/secrecy/read-ceremony.server";
import { registerRecoveryKey } from "~server/secrecy/register-recovery-key.server";
import { confirmRecoveryKey, refuseRecoveryKey } from "~server/secrecy/settle-recovery-key.server";
import { storeRoleKey } from "~server/secrecy/store-keys.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { installPack, installSchemes } from "~server/start/install-pack.server";
import { makePersonalKey, ownKeyOf } from "~tests/factories/key-holders";
import { makePerson } from "~tests/factories/make-lead";
import { enrolPasskey, stepUpProof } from "~tests/factories/step-up";
import { call } from "~tests/setup/call-route";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import type { SoftwareAuthenticator } from "~tests/setup/software-authenticator";
import { testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const TEST = systemActor("test");
type Person = { readonly actor: StaffActor; readonly key: SoftwareAuthenticator };
let portal: TestPortal;
let first: Person;
let second: Person;
let triage: StaffActor;
let publicKey: string;

beforeAll(async () => {
  portal = testPortal(test.db);
  await withActor(portal.db, TEST, async (tx) => {
    await installPack(tx, portal.pack);
    await installSchemes(tx);
  });
  const administrator = async (name: string): Promise<Person> => {
    const actor = await makePerson(portal, "leading-office", ["administrator"], { name });
    return { actor, key: await enrolPasskey(portal, actor) };
  };
  [first, second] = [await administrator("管理员甲"), await administrator("管理员乙")];
  triage = await makePerson(portal, "leading-office", ["triage_officer"]);
  await makePersonalKey(portal, triage);
});

beforeEach(async () => {
  await test.owner.query("delete from key_grants");
  await test.owner.query("delete from role_keys");
  await test.owner.query("delete from recovery_key_requests");
  publicKey = toBase64url((await makeKeyPair()).publicKey);
});

const at = () => portal.clock.now();
const register = (by = first, key = publicKey) =>
  registerRecoveryKey(portal.db, { publicKey: key, at: at() }, by.actor);
const confirm = (requestId: string, by = second, key = publicKey) =>
  confirmRecoveryKey(portal.db, { requestId, publicKey: key, at: at() }, by.actor);
const refuse = (requestId: string, by = second) =>
  refuseRecoveryKey(portal.db, { requestId, at: at() }, by.actor);
const liveKey = async () =>
  (
    await test.owner.query<{ id: string; public_key: Buffer; made_by: string }>(
      "select id, public_key, made_by from role_keys where slot = 'recovery' and retired_at is null",
    )
  ).rows[0];

describe("the recovery key", () => {
  it("is none until another administrator confirms it: nothing can be sealed to it before", async () => {
    const { requestId } = await register();
    expect(await liveKey()).toBeUndefined();
    const own = await ownKeyOf(portal, triage);
    const fingerprint = await fingerprintOf(fromBase64url(publicKey));
    const early = await prepareMake("triage", own, { id: requestId, publicKey, fingerprint });
    const send = () => refusalOf(createRoleKey(portal.db, { ...early, at: at() }, triage));
    expect(await send()).toBe("recovery_key_missing");
    expect(await refusalOf(confirm(requestId))).toBe("accepted");
    expect(await liveKey()).toMatchObject({ id: requestId, made_by: second.actor.id });
    expect(toBase64url((await liveKey())?.public_key ?? Buffer.alloc(0))).toBe(publicKey);
    expect(await send()).toBe("accepted");
    const { rows } = await test.owner.query<{ action: string; actor_id: string }>(
      "select action, actor_id from events where subject_id = $1 order by seq",
      [requestId],
    );
    expect(rows).toEqual([
      { action: "keys.recovery_registered", actor_id: first.actor.id },
      { action: "keys.role_made", actor_id: second.actor.id },
    ]);
  });

  it("is not confirmed by who registered it, nor with another key than the page showed", async () => {
    const { requestId } = await register();
    expect(await refusalOf(confirm(requestId, first))).toBe("own_request");
    const other = toBase64url((await makeKeyPair()).publicKey);
    expect(await refusalOf(confirm(requestId, second, other))).toBe("not_found");
    expect(await refusalOf(confirm(uuidv7()))).toBe("not_found");
    expect(await liveKey()).toBeUndefined();
  });

  it("is registered one at a time, only when it is a key, and by administrators signed in by passkey", async () => {
    expect(await refusalOf(register(first, toBase64url(new Uint8Array(32))))).toBe("bad_key");
    const outcomes = await Promise.all([refusalOf(register(first)), refusalOf(register(second))]);
    expect(outcomes.sort()).toEqual(["accepted", "recovery_key_waiting"]);
    const officer = { ...first, actor: triage };
    expect(await refusalOf(register(officer))).toBe("not_found");
    const demo = { ...first, actor: { ...first.actor, method: "demo" as const } };
    expect(await refusalOf(register(demo))).toBe("passkey_needed");
  });

  it("once confirmed is neither registered nor confirmed again, also by two at the same moment", async () => {
    const third = { ...second, actor: await makePerson(portal, "leading-office", ["administrator"]) };
    const { requestId } = await register();
    const outcomes = await Promise.all([refusalOf(confirm(requestId)), refusalOf(confirm(requestId, third))]);
    expect(outcomes.sort()).toEqual(["accepted", "request_settled"]);
    expect(await refusalOf(register())).toBe("recovery_key_exists");
    expect(await refusalOf(refuse(requestId))).toBe("request_settled");
  });

  it("turned down, or taken back by who registered it, is none, and another may be registered", async () => {
    for (const by of [first, second]) {
      const { requestId } = await register();
      expect(await refusalOf(refuse(requestId, by))).toBe("accepted");
      expect(await refusalOf(confirm(requestId))).toBe("request_settled");
    }
    expect(await refusalOf(register(second))).toBe("accepted");
  });

  it("is not confirmed after who registered it ceased to be an administrator", async () => {
    const leaver = { ...first, actor: await makePerson(portal, "leading-office", ["administrator"]) };
    const { requestId } = await register(leaver);
    await withActor(portal.db, TEST, (tx) =>
      tx.update(staffRoles).set({ revokedAt: at() }).where(eq(staffRoles.staffId, leaver.actor.id)),
    );
    expect(await refusalOf(confirm(requestId))).toBe("requester_left");
  });

  it("is kept to two people by the database as well", async () => {
    const store = (id: string, by: StaffActor) =>
      withActor(portal.db, by, (tx) =>
        storeRoleKey(tx, {
          ...{ id, slot: "recovery", epoch: 1, publicKey: fromBase64url(publicKey) },
          ...{ grants: [], by: by.id, at: at() },
        }),
      ).then(
        () => "stored",
        (error: { cause?: { constraint?: string } }) => error.cause?.constraint,
      );
    expect(await store(uuidv7(), second.actor)).toBe("role_keys_recovery_by_two");
    const { requestId } = await register();
    expect(await store(requestId, second.actor)).toBe("role_keys_recovery_by_two");
    const alone = portal.db.pool.query(
      `update recovery_key_requests set outcome = 'confirmed', decided_by = requested_by, decided_at = now()`,
    );
    await expect(alone).rejects.toMatchObject({ constraint: "recovery_key_requests_two_ck" });
    const changed = portal.db.pool.query("update recovery_key_requests set public_key = sha256(public_key)");
    await expect(changed).rejects.toMatchObject({ constraint: "recovery_key_requests_history" });
    const seen = await withActor(portal.db, triage, (tx) =>
      tx.execute("select 1 from recovery_key_requests"),
    );
    expect(seen.rows).toEqual([]);
  });

  it("of the demo is registered by one administrator of the cast and confirmed by another", async () => {
    await withActor(portal.db, TEST, (tx) => seedKeys(tx, { people: [first.actor, second.actor], at: at() }));
    const { rows } = await test.owner.query(
      "select requested_by, decided_by, outcome from recovery_key_requests",
    );
    const two = { requested_by: first.actor.id, decided_by: second.actor.id, outcome: "confirmed" };
    expect(rows).toEqual([two]);
    expect(await liveKey()).toMatchObject({ made_by: second.actor.id });
  });
});

describe("the ceremony's page", () => {
  const send = (form: Record<string, string>, by: Person) =>
    call(action, { portal, actor: by.actor, url: "/staff/ceremony", form });

  it("says who is awaited, and takes the confirmation by the printed fingerprint and a touch for this key", async () => {
    const stepUp = await stepUpProof(portal, first, agreedTo.recoveryKey({ publicKey }));
    const other = toBase64url((await makeKeyPair()).publicKey);
    expect((await send({ publicKey: other, stepUp }, first)).status).toBe(400);
    const again = await stepUpProof(portal, first, agreedTo.recoveryKey({ publicKey }));
    expect((await send({ publicKey, stepUp: again }, first)).location).toBe(
      "/staff/ceremony?done=registered",
    );
    const { recoveryRequest: seen } = await readCeremony(portal.db, first.actor);
    expect(seen).toMatchObject({ own: true, requestedBy: "管理员甲", publicKey });
    expect(seen?.awaited).toContain("管理员乙");
    expect(seen?.awaited).not.toContain("管理员甲");
    const requestId = seen?.id ?? "";
    const form = { intent: "confirm", requestId, publicKey, fingerprint: seen?.fingerprint ?? "" };

    const wrong = await send({ ...form, fingerprint: "123456 ".repeat(4) }, second);
    expect(wrong).toMatchObject({
      status: 400,
      body: { state: { errors: { fingerprint: "fingerprintDiffers" } } },
    });
    const short = await send({ ...form, fingerprint: "123" }, second);
    expect(short).toMatchObject({ status: 400, body: { state: { errors: { fingerprint: "fingerprint" } } } });
    expect((await send(form, second)).status).toBe(403);
    for (const agreed of [
      agreedTo.recoveryKey({ publicKey }),
      agreedTo.recoveryKeyConfirmed({ requestId, publicKey: other }),
      agreedTo.recoveryKeyConfirmed({ requestId: uuidv7(), publicKey }),
    ]) {
      const elsewhere = await stepUpProof(portal, second, agreed);
      expect((await send({ ...form, stepUp: elsewhere }, second)).status).toBe(400);
    }
    expect(await liveKey()).toBeUndefined();
    const touched = await stepUpProof(
      portal,
      second,
      agreedTo.recoveryKeyConfirmed({ requestId, publicKey }),
    );
    const done = await send({ ...form, stepUp: touched }, second);
    expect(done.location).toBe("/staff/ceremony?done=confirmed");
    const { recoveryKey, recoveryRequest } = await readCeremony(portal.db, second.actor);
    expect([recoveryKey?.publicKey, recoveryRequest]).toEqual([publicKey, null]);
  });

  it("lets the other turn it down without a touch, and is a 404 to anyone but administrators", async () => {
    const { requestId } = await register();
    const form = { intent: "refuse", requestId };
    const officer = { ...first, actor: triage };
    expect((await send(form, officer)).status).toBe(404);
    expect((await send(form, second)).location).toBe("/staff/ceremony?done=refused");
    const page = await call(loader, { portal, actor: triage, url: "/staff/ceremony" });
    expect(page.status).toBe(404);
  });
});
