import { describe, expect, it } from "vitest";
import type { Clock } from "~server/clock";
import { readKeyring } from "~server/secrecy/read-keyring.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { endOtherSessions } from "~server/staff-auth/end-other-sessions.server";
import { finishAddPasskey } from "~server/staff-auth/finish-add-passkey.server";
import { finishEnrolment } from "~server/staff-auth/finish-enrolment.server";
import { namePasskey } from "~server/staff-auth/name-passkey.server";
import { readAccount } from "~server/staff-auth/read-account.server";
import { readSession } from "~server/staff-auth/read-session.server";
import { revokeOwnPasskey } from "~server/staff-auth/revoke-own-passkey.server";
import { startAddPasskey } from "~server/staff-auth/start-add-passkey.server";
import { startEnrolment } from "~server/staff-auth/start-enrolment.server";
import {
  ORIGIN,
  SITE,
  actionsOf,
  enrol,
  later,
  linkToken,
  morning,
  signIn,
  touch,
} from "~tests/factories/enrol-staff";
import { addPerson } from "~tests/factories/make-staff";
import { makeOwnKey, newKey, postedWrap } from "~tests/factories/own-key";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { softwareAuthenticator, type SoftwareAuthenticator } from "~tests/setup/software-authenticator";

const test = testDatabase();

async function enrolled(clock: ReturnType<typeof morning>) {
  const staffId = await addPerson(test.db, { roles: ["triage_officer"] });
  const person = await enrol(test.db, staffId, clock);
  const actor: StaffActor = {
    ...person.actor,
    session: { id: person.sessionId, rotationDue: false },
  };
  later(clock, 1);
  return { ...person, actor };
}

type Person = { key: SoftwareAuthenticator; actor: StaffActor };

async function startAdding({ key, actor }: Person, clock: Clock) {
  const stepUp = await touch(test.db, key, { act: "passkey.add", subject: actor.id }, actor, clock);
  return startAddPasskey(test.db, { stepUp, relyingParty: SITE, clock }, actor);
}

/** One more passkey for a person; returns it and its row's id. */
async function add(person: Person, clock: Clock, label = "备用") {
  const { challengeId, options } = await startAdding(person, clock);
  const key = softwareAuthenticator(ORIGIN);
  const input = { challengeId, response: key.create(options), label, wrap: null, relyingParty: SITE, clock };
  const { passkeyId } = await finishAddPasskey(test.db, input, person.actor);
  return { key, passkeyId };
}

const passkeysOf = async ({ actor }: Person, clock: Clock) =>
  (await readAccount(test.db, { clock }, actor)).passkeys;

const revoke = async (person: Person, passkeyId: string, clock: Clock) => {
  const of = { act: "passkey.revoke", subject: passkeyId } as const;
  const stepUp = await touch(test.db, person.key, of, person.actor, clock);
  return revokeOwnPasskey(test.db, { passkeyId, stepUp, relyingParty: SITE, clock }, person.actor);
};

describe("adding a passkey", () => {
  it("keeps it under the name given, signs its owner in, and names the one they had as not to be used again", async () => {
    const clock = morning();
    const person = await enrolled(clock);
    const { options } = await startAdding(person, clock);
    expect(options.excludeCredentials?.map(({ id }) => id)).toEqual([person.key.credentialId]);
    const { key } = await add(person, clock);
    expect((await passkeysOf(person, clock)).map(({ label }) => label)).toEqual(["", "备用"]);
    expect((await signIn(test.db, key, clock)).actor.id).toBe(person.actor.id);
    expect(await actionsOf(test.db, person.actor.id)).toContain("staff.passkey_added");
  });

  it("with the key open lets it unlock at once", async () => {
    const clock = morning();
    const person = await enrolled(clock);
    const made = await makeOwnKey(test.db, person, clock);
    const { challengeId, options } = await startAdding(person, clock);
    const key = softwareAuthenticator(ORIGIN);
    const wrap = { keyId: made.id, ...(await postedWrap(made, "passkey", new Uint8Array(32).fill(3))) };
    const input = { challengeId, response: key.create(options), label: "", relyingParty: SITE, clock };
    const foreign = { ...wrap, keyId: (await newKey()).id };
    expect(await refusalOf(finishAddPasskey(test.db, { ...input, wrap: foreign }, person.actor))).toBe(
      "key_changed",
    );
    expect(await passkeysOf(person, clock)).toHaveLength(1);
    await finishAddPasskey(test.db, { ...input, wrap }, person.actor);
    expect((await passkeysOf(person, clock)).map(({ unlocks }) => unlocks)).toEqual([true, true]);
    const wraps = (await readKeyring(test.db, person.actor)).personalKey?.wraps ?? [];
    expect(wraps.map(({ credentialId }) => credentialId)).toContain(key.credentialId);
  });

  it("needs a touch for it by the same person", async () => {
    const clock = morning();
    const person = await enrolled(clock);
    const other = await enrolled(clock);
    const attempt = (stepUp: unknown, actor = person.actor) =>
      refusalOf(startAddPasskey(test.db, { stepUp, relyingParty: SITE, clock }, actor));
    expect(await attempt("")).toBe("step_up_needed");
    const theirs = { act: "passkey.add", subject: other.actor.id } as const;
    expect(await attempt(await touch(test.db, other.key, theirs, other.actor, clock))).toBe(
      "challenge_spent",
    );
    const another = { act: "passkey.revoke", subject: person.actor.id } as const;
    expect(await attempt(await touch(test.db, person.key, another, person.actor, clock))).toBe(
      "challenge_spent",
    );
    const mine = { act: "passkey.add", subject: person.actor.id } as const;
    const proof = await touch(test.db, person.key, mine, person.actor, clock);
    expect(await attempt(proof)).toBe("accepted");
    expect(await attempt(proof)).toBe("challenge_spent");
    expect(await attempt(proof, { ...person.actor, method: "demo" })).toBe("passkey_needed");
  });

  it("takes no challenge but its own: not another person's, an enrolment link's, a used or a late one", async () => {
    const clock = morning();
    const person = await enrolled(clock);
    const other = await enrolled(clock);
    const finish = (
      { challengeId, options }: Awaited<ReturnType<typeof startAddPasskey>>,
      actor: StaffActor,
      key = softwareAuthenticator(ORIGIN),
    ) =>
      refusalOf(
        finishAddPasskey(
          test.db,
          { challengeId, response: key.create(options), label: "", wrap: null, relyingParty: SITE, clock },
          actor,
        ),
      );
    const mine = await startAdding(person, clock);
    // Somebody else's try neither takes the challenge nor spoils it.
    expect(await finish(mine, other.actor)).toBe("challenge_spent");
    expect(await finish(mine, person.actor, other.key)).toBe("passkey_known");
    expect(await finish(mine, person.actor)).toBe("challenge_spent");
    const token = await linkToken(test.db, person.actor.id, clock);
    const byLink = await startEnrolment(test.db, { token, relyingParty: SITE, clock });
    expect(await finish(byLink, person.actor)).toBe("challenge_spent");
    const late = await startAdding(person, clock);
    later(clock, 300);
    expect(await finish(late, person.actor)).toBe("challenge_spent");
    expect(await finish(await startAdding(person, clock), person.actor, other.key)).toBe("passkey_known");
    expect(await finish(await startAdding(person, clock), { ...person.actor, method: "demo" })).toBe(
      "passkey_needed",
    );
    expect(await passkeysOf(person, clock)).toHaveLength(1);
  });

  it("gives no challenge that would do for an enrolment link", async () => {
    const clock = morning();
    const person = await enrolled(clock);
    const { challengeId, options } = await startAdding(person, clock);
    const token = await linkToken(test.db, person.actor.id, clock);
    const response = softwareAuthenticator(ORIGIN).create(options);
    expect(
      await refusalOf(finishEnrolment(test.db, { token, challengeId, response, relyingParty: SITE, clock })),
    ).toBe("challenge_spent");
  });

  it("refuses an answer that carries PRF results, unread", async () => {
    const clock = morning();
    const person = await enrolled(clock);
    const { challengeId, options } = await startAdding(person, clock);
    const extensionResults = { prf: { enabled: true, results: { first: "c2VjcmV0" } } };
    const response = softwareAuthenticator(ORIGIN).create(options, { extensionResults });
    const input = { challengeId, response, label: "", wrap: null, relyingParty: SITE, clock };
    expect(await refusalOf(finishAddPasskey(test.db, input, person.actor))).toBe("key_material_sent");
  });
});

describe("revoking one's own passkey", () => {
  it("is refused for the last one, also by a touch of its own", async () => {
    const clock = morning();
    const person = await enrolled(clock);
    const [only] = await passkeysOf(person, clock);
    expect(await refusalOf(revoke(person, only?.id ?? "", clock))).toBe("last_passkey");
    expect(await passkeysOf(person, clock)).toHaveLength(1);
  });

  it("ends its wrap and all other sessions in the same act; this session goes on", async () => {
    const clock = morning();
    const person = await enrolled(clock);
    const made = await makeOwnKey(test.db, person, clock);
    const { key } = await add(person, clock);
    const elsewhere = await signIn(test.db, key, clock);
    const [first] = await passkeysOf(person, clock);
    expect(first?.unlocks).toBe(true);
    await revoke(person, first?.id ?? "", clock);
    const wraps = (await readKeyring(test.db, person.actor)).personalKey?.wraps ?? [];
    expect(wraps.map(({ method }) => method)).toEqual(["recovery_code"]);
    const { rows } = await test.db.pool.query<{ live: string }>(
      "select count(*)::text as live from personal_key_wraps where personal_key_id = $1 and passkey_id is not null and revoked_at is null",
      [made.id],
    );
    expect(rows[0]?.live).toBe("0");
    const read = (token: string) => readSession(test.db, { token, demoSignIn: false, clock });
    expect(await read(elsewhere.token)).toBeNull();
    expect((await read(person.token))?.sessionId).toBe(person.sessionId);
    expect(await refusalOf(signIn(test.db, person.key, clock))).toBe("sign_in_refused");
  });

  it("needs a touch for this very passkey, and is a 404 for anybody else's", async () => {
    const clock = morning();
    const person = await enrolled(clock);
    const { passkeyId } = await add(person, clock);
    const other = await enrolled(clock);
    const attempt = async (id: string, of: string, who: Person = person) => {
      const stepUp =
        of === ""
          ? ""
          : await touch(test.db, who.key, { act: "passkey.revoke", subject: of }, who.actor, clock);
      const input = { passkeyId: id, stepUp, relyingParty: SITE, clock };
      return refusalOf(revokeOwnPasskey(test.db, input, who.actor));
    };
    expect(await attempt(passkeyId, "")).toBe("step_up_needed");
    expect(await attempt(passkeyId, person.actor.id)).toBe("challenge_spent");
    expect(await attempt(passkeyId, passkeyId, other)).toBe("not_found");
    expect(await passkeysOf(person, clock)).toHaveLength(2);
  });

  it("of both at once leaves one", async () => {
    const clock = morning();
    const person = await enrolled(clock);
    await add(person, clock);
    const ids = (await passkeysOf(person, clock)).map(({ id }) => id);
    const proofs: string[] = [];
    for (const subject of ids)
      proofs.push(await touch(test.db, person.key, { act: "passkey.revoke", subject }, person.actor, clock));
    // The touches are taken one after the other; the two revocations then race.
    const outcomes = await Promise.all(
      ids.map((passkeyId, at) =>
        refusalOf(
          revokeOwnPasskey(
            test.db,
            { passkeyId, stepUp: proofs[at], relyingParty: SITE, clock },
            person.actor,
          ),
        ),
      ),
    );
    expect(outcomes.filter((one) => one === "accepted")).toHaveLength(1);
    expect(await passkeysOf(person, clock)).toHaveLength(1);
  });
});

describe("a passkey's name", () => {
  it("is its owner's to give, and nobody else's", async () => {
    const clock = morning();
    const person = await enrolled(clock);
    const other = await enrolled(clock);
    const [own] = await passkeysOf(person, clock);
    const ask = { passkeyId: own?.id ?? "", label: "办公室电脑" };
    expect(await refusalOf(namePasskey(test.db, ask, other.actor))).toBe("not_found");
    expect(await refusalOf(namePasskey(test.db, { ...ask, passkeyId: "x" }, person.actor))).toBe("not_found");
    expect(await refusalOf(namePasskey(test.db, ask, { ...person.actor, method: "demo" }))).toBe(
      "passkey_needed",
    );
    await namePasskey(test.db, ask, person.actor);
    expect((await passkeysOf(person, clock))[0]?.label).toBe("办公室电脑");
  });
});

describe("one's own sessions", () => {
  it("are listed with this one said, and ended but for it", async () => {
    const clock = morning();
    const person = await enrolled(clock);
    const other = await enrolled(clock);
    await signIn(test.db, person.key, clock);
    await signIn(test.db, person.key, clock);
    const { sessions } = await readAccount(test.db, { clock }, person.actor);
    expect(sessions.filter(({ own }) => own).map(({ id }) => id)).toEqual([person.sessionId]);
    expect(sessions).toHaveLength(3);
    expect(await endOtherSessions(test.db, { clock }, person.actor)).toBe(2);
    const left = (await readAccount(test.db, { clock }, person.actor)).sessions;
    expect(left.map(({ id }) => id)).toEqual([person.sessionId]);
    expect((await readAccount(test.db, { clock }, other.actor)).sessions).toHaveLength(1);
  });
});
