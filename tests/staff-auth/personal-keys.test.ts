import { beforeAll, describe, expect, it } from "vitest";
import { agreedTo } from "~/forms/step-up-subjects";
import { openKeyring } from "~server/secrecy/open-keyring";
import { makePersonalKey } from "~server/secrecy/make-personal-key.server";
import { readKeyring } from "~server/secrecy/read-keyring.server";
import { renewRecoveryCode, wrapForPasskey } from "~server/secrecy/wrap-personal-key.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { suspendStaff } from "~server/staff-auth/suspend-staff.server";
import { SITE, actionsOf, enrol, later, linkToken, touch } from "~tests/factories/enrol-staff";
import { makePerson } from "~tests/factories/make-lead";
import { holdKeys } from "~tests/factories/office-keys";
import {
  keyRequest,
  makeOwnKey,
  newKey,
  personalKeyOf,
  postedWrap,
  type TestKey,
} from "~tests/factories/own-key";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { softwareAuthenticator, type SoftwareAuthenticator } from "~tests/setup/software-authenticator";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;

beforeAll(async () => {
  portal = testPortal(test.db, "2026-11-20T01:00:00Z");
  await installTestPack(portal);
});

type Enrolled = { key: SoftwareAuthenticator; actor: StaffActor };

/** An officer of the leading office, enrolled by link a moment ago. */
async function enrolled(): Promise<Enrolled> {
  const { id } = await makePerson(portal, "leading-office", ["triage_officer"]);
  const { key, actor } = await enrol(test.db, id, portal.clock);
  later(portal.clock, 1);
  return { key, actor };
}

const proofOf = ({ key, actor }: Enrolled, made: TestKey) =>
  touch(test.db, key, personalKeyOf(made), actor, portal.clock);
const wrapProofOf = ({ key, actor }: Enrolled, keyId: string) =>
  touch(test.db, key, agreedTo.passkeyWrap(keyId), actor, portal.clock);
const codeProofOf = ({ key, actor }: Enrolled, keyId: string) =>
  touch(test.db, key, agreedTo.recoveryCode(keyId), actor, portal.clock);

const opens = async (
  actor: StaffActor,
  method: "passkey" | "recovery_code",
  secret: Uint8Array,
): Promise<boolean> => (await openKeyring(await readKeyring(test.db, actor), { method, secret })) !== null;

async function count(query: string, id: string): Promise<number> {
  const { rows } = await test.db.pool.query<{ n: string }>(`select count(*)::text as n from ${query}`, [id]);
  return Number(rows[0]?.n);
}

describe("making a personal key", () => {
  it("keeps the public half and wraps that open for its owner with either secret, and for nobody else", async () => {
    const person = await enrolled();
    const made = await makeOwnKey(test.db, person, portal.clock);
    expect(await opens(person.actor, "passkey", made.prf)).toBe(true);
    expect(await opens(person.actor, "recovery_code", made.code)).toBe(true);
    expect(await opens(person.actor, "recovery_code", made.prf)).toBe(false);
    const view = await readKeyring(test.db, person.actor);
    expect(view.personalKey).toMatchObject({ id: made.id, publicKey: made.publicKey });
    expect(view.personalKey?.wraps.map(({ method, credentialId }) => [method, credentialId])).toEqual(
      expect.arrayContaining([
        ["recovery_code", null],
        ["passkey", person.key.credentialId],
      ]),
    );
    const other = await enrolled();
    expect(await readKeyring(test.db, other.actor)).toEqual({
      staffId: other.actor.id,
      personalKey: null,
      grants: [],
    });
    const others = await makeOwnKey(test.db, other, portal.clock);
    const theirs = JSON.stringify(await readKeyring(test.db, other.actor));
    expect(theirs).toContain(others.id);
    expect(theirs).not.toContain(made.id);
    for (const wrap of view.personalKey?.wraps ?? []) expect(theirs).not.toContain(wrap.body);
    expect(await actionsOf(test.db, person.actor.id)).toContain("keys.personal_made");
  });

  it("of a passkey without PRF keeps the recovery code's wrap alone", async () => {
    const person = await enrolled();
    const made = await newKey();
    const request = await keyRequest(made, await proofOf(person, made), portal.clock);
    await makePersonalKey(test.db, { ...request, passkey: null }, person.actor);
    expect(await opens(person.actor, "passkey", made.prf)).toBe(false);
    expect(await opens(person.actor, "recovery_code", made.code)).toBe(true);
  });

  it("is refused without a touch for this very key, and keeps nothing then", async () => {
    const person = await enrolled();
    const other = await enrolled();
    const made = await newKey();
    const attempt = async (proof: unknown, actor = person.actor) =>
      refusalOf(makePersonalKey(test.db, await keyRequest(made, proof, portal.clock), actor));
    const ask = await personalKeyOf(made);
    const { clock } = portal;
    const twisted = (twist: Parameters<typeof touch>[5]) =>
      touch(test.db, person.key, ask, person.actor, clock, twist);
    expect(await attempt(undefined)).toBe("step_up_needed");
    expect(await attempt("")).toBe("step_up_needed");
    // Another act, another key.
    const elsewhere = { act: "passkey.add", subject: made.id } as const;
    expect(await attempt(await touch(test.db, person.key, elsewhere, person.actor, clock))).toBe(
      "challenge_spent",
    );
    expect(await attempt(await proofOf(person, await newKey()))).toBe("challenge_spent");
    const swapped = { ...made, publicKey: (await newKey()).publicKey };
    expect(await attempt(await proofOf(person, swapped))).toBe("challenge_spent");
    // Another person's passkey on this person's challenge, and another person's whole proof.
    expect(await attempt(await touch(test.db, other.key, ask, person.actor, clock))).toBe("step_up_refused");
    expect(await attempt(await proofOf(other, made))).toBe("challenge_spent");
    const stranger = softwareAuthenticator(SITE.origin);
    expect(
      await attempt(await touch(test.db, stranger, ask, person.actor, clock, { userHandle: null })),
    ).toBe("step_up_refused");
    expect(await attempt(await twisted({ userVerified: false }))).toBe("step_up_refused");
    expect(
      await attempt(await twisted({ extensionResults: { prf: { results: { first: "c2VjcmV0" } } } })),
    ).toBe("key_material_sent");
    const late = await proofOf(person, made);
    later(clock, 300);
    expect(await attempt(late)).toBe("challenge_spent");
    expect(await attempt(await proofOf(person, made), { ...person.actor, method: "demo" })).toBe(
      "passkey_needed",
    );
    expect((await readKeyring(test.db, person.actor)).personalKey).toBeNull();
  });

  it("is refused a second time, by a replayed proof or a new one, and to somebody else's id", async () => {
    const person = await enrolled();
    const made = await newKey();
    const proof = await proofOf(person, made);
    await makePersonalKey(test.db, await keyRequest(made, proof, portal.clock), person.actor);
    expect(
      await refusalOf(makePersonalKey(test.db, await keyRequest(made, proof, portal.clock), person.actor)),
    ).toBe("challenge_spent");
    expect(await refusalOf(makeOwnKey(test.db, person, portal.clock))).toBe("key_exists");
    const other = await enrolled();
    const stolen = await keyRequest(made, await proofOf(other, made), portal.clock);
    expect(await refusalOf(makePersonalKey(test.db, stolen, other.actor))).toBe("key_exists");
    expect((await readKeyring(test.db, person.actor)).personalKey?.id).toBe(made.id);
  });

  it("four times at once makes one key", async () => {
    const person = await enrolled();
    const keys = await Promise.all([newKey(), newKey(), newKey(), newKey()]);
    const requests = [];
    // Touches come one after the other: a passkey's counter only grows.
    for (const made of keys) {
      const proof = await proofOf(person, made);
      requests.push(await keyRequest(made, proof, portal.clock));
    }
    const outcomes: string[] = [];
    await Promise.all(
      requests.map(async (request) =>
        outcomes.push(await refusalOf(makePersonalKey(test.db, request, person.actor))),
      ),
    );
    expect(outcomes.filter((one) => one === "accepted")).toHaveLength(1);
    expect(await count("personal_keys where staff_id = $1", person.actor.id)).toBe(1);
  });

  it("is a 404 to the suspended", async () => {
    const person = await enrolled();
    const made = await newKey();
    const proof = await proofOf(person, made);
    await suspendStaff(
      test.db,
      { staffId: person.actor.id, clock: portal.clock },
      { kind: "system", task: "test" },
    );
    expect(
      await refusalOf(makePersonalKey(test.db, await keyRequest(made, proof, portal.clock), person.actor)),
    ).toBe("not_found");
  });
});

describe("a personal key that was lost", () => {
  it("is retired by a new one after a new enrolment link: its wraps and grants end, its role keys are due", async () => {
    const person = await enrolled();
    await holdKeys(portal, person.actor);
    const before = await readKeyring(test.db, person.actor);
    expect(before.grants.map(({ slot }) => slot)).toEqual(["triage"]);
    later(portal.clock, 60);
    const back = await enrol(test.db, person.actor.id, portal.clock);
    later(portal.clock, 1);
    const made = await makeOwnKey(test.db, back, portal.clock);
    const view = await readKeyring(test.db, person.actor);
    expect(view).toMatchObject({ personalKey: { id: made.id }, grants: [] });
    const old = before.personalKey?.id ?? "";
    expect(await count("personal_key_wraps where personal_key_id = $1 and revoked_at is null", old)).toBe(0);
    expect(await count("key_grants where personal_key_id = $1 and revoked_at is null", old)).toBe(0);
    expect(
      await count(
        "role_keys where id = $1 and rotation_due_since is not null",
        before.grants[0]?.roleKeyId ?? "",
      ),
    ).toBe(1);
    expect(await actionsOf(test.db, person.actor.id)).toEqual(
      expect.arrayContaining(["keys.personal_retired", "keys.grant_revoked", "keys.personal_made"]),
    );
    expect(await actionsOf(test.db, before.grants[0]?.roleKeyId ?? "")).toEqual(["keys.rotation_due"]);
    // Once only: the link is used up for this purpose as well.
    expect(await refusalOf(makeOwnKey(test.db, back, portal.clock))).toBe("key_exists");
  });

  it("is not retired by a link that was never used", async () => {
    const person = await enrolled();
    const made = await makeOwnKey(test.db, person, portal.clock);
    later(portal.clock, 60);
    await linkToken(test.db, person.actor.id, portal.clock);
    expect(await refusalOf(makeOwnKey(test.db, person, portal.clock))).toBe("key_exists");
    expect((await readKeyring(test.db, person.actor)).personalKey?.id).toBe(made.id);
  });
});

describe("wrapping an open key anew", () => {
  it("under a passkey stores the wrap for the passkey that proved it, in place of an earlier one", async () => {
    const person = await enrolled();
    const made = await makeOwnKey(test.db, person, portal.clock);
    const newer = { ...made, prf: new Uint8Array(32).fill(7) };
    const site = { relyingParty: SITE, clock: portal.clock };
    const wrap = await postedWrap(newer, "passkey", newer.prf);
    const forCode = { keyId: made.id, wrap, stepUp: await codeProofOf(person, made.id), ...site };
    expect(await refusalOf(wrapForPasskey(test.db, forCode, person.actor))).toBe("challenge_spent");
    const proof = await wrapProofOf(person, made.id);
    await wrapForPasskey(test.db, { keyId: made.id, wrap, stepUp: proof, ...site }, person.actor);
    expect(await opens(person.actor, "passkey", newer.prf)).toBe(true);
    // The earlier wrap is revoked, and so never handed out again.
    expect(await opens(person.actor, "passkey", made.prf)).toBe(false);
    expect((await readKeyring(test.db, person.actor)).personalKey?.wraps).toHaveLength(2);
    const replayed = { keyId: made.id, wrap, stepUp: proof, ...site };
    expect(await refusalOf(wrapForPasskey(test.db, replayed, person.actor))).toBe("challenge_spent");
  });

  it("under a new recovery code ends the old code", async () => {
    const person = await enrolled();
    const made = await makeOwnKey(test.db, person, portal.clock);
    const code = new Uint8Array(32).fill(9);
    const ask = async () => ({
      keyId: made.id,
      wrap: await postedWrap(made, "recovery_code", code),
      relyingParty: SITE,
      clock: portal.clock,
    });
    expect(await refusalOf(renewRecoveryCode(test.db, { ...(await ask()), stepUp: "" }, person.actor))).toBe(
      "step_up_needed",
    );
    expect(await opens(person.actor, "recovery_code", made.code)).toBe(true);
    const forWrap = { ...(await ask()), stepUp: await wrapProofOf(person, made.id) };
    expect(await refusalOf(renewRecoveryCode(test.db, forWrap, person.actor))).toBe("challenge_spent");
    const stepUp = await codeProofOf(person, made.id);
    await renewRecoveryCode(test.db, { ...(await ask()), stepUp }, person.actor);
    expect(await opens(person.actor, "recovery_code", code)).toBe(true);
    expect(await opens(person.actor, "recovery_code", made.code)).toBe(false);
    expect(await actionsOf(test.db, person.actor.id)).toContain("keys.wrapped");
  });

  it("is refused for a key that is not one's own, whoever's it is", async () => {
    const person = await enrolled();
    await makeOwnKey(test.db, person, portal.clock);
    const other = await enrolled();
    const theirs = await makeOwnKey(test.db, other, portal.clock);
    const wrap = await postedWrap(theirs, "passkey", theirs.prf);
    for (const [change, prove] of [
      [wrapForPasskey, wrapProofOf],
      [renewRecoveryCode, codeProofOf],
    ] as const) {
      const stepUp = await prove(person, theirs.id);
      const input = { keyId: theirs.id, wrap, stepUp, relyingParty: SITE, clock: portal.clock };
      expect(await refusalOf(change(test.db, input, person.actor))).toBe("key_changed");
    }
    expect(await opens(other.actor, "recovery_code", theirs.code)).toBe(true);
    expect((await readKeyring(test.db, other.actor)).personalKey?.wraps).toHaveLength(2);
  });
});
