import { describe, expect, it } from "vitest";
import { REPORTER, systemActor } from "~server/staff-auth/actor";
import { createEnrolmentLink } from "~server/staff-auth/create-enrolment-link.server";
import { finishEnrolment } from "~server/staff-auth/finish-enrolment.server";
import { readEnrolmentLink } from "~server/staff-auth/read-enrolment-link.server";
import { startEnrolment } from "~server/staff-auth/start-enrolment.server";
import { suspendStaff } from "~server/staff-auth/suspend-staff.server";
import { ORIGIN, SITE, actionsOf, enrol, later, linkToken, morning } from "~tests/factories/enrol-staff";
import { actorFor, addAdministrator, addPerson } from "~tests/factories/make-staff";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { softwareAuthenticator, type Twist } from "~tests/setup/software-authenticator";

const test = testDatabase();

async function passkeysOf(staffId: string): Promise<Record<string, unknown>[]> {
  const { rows } = await test.db.pool.query<Record<string, unknown>>(
    "select * from passkeys where staff_id = $1",
    [staffId],
  );
  return rows;
}

/** One finish with a twisted answer; what it is refused with. */
async function tryTwisted(twist: Twist): Promise<{ refusal: string; kept: number }> {
  const clock = morning();
  const staffId = await addPerson(test.db);
  const token = await linkToken(test.db, staffId, clock);
  const { challengeId, options } = await startEnrolment(test.db, { token, relyingParty: SITE, clock });
  const response = softwareAuthenticator(ORIGIN).create(options, twist);
  const refusal = await refusalOf(
    finishEnrolment(test.db, { token, challengeId, response, relyingParty: SITE, clock }),
  );
  return { refusal, kept: (await passkeysOf(staffId)).length };
}

describe("an enrolment link", () => {
  it("registers one passkey, signs its owner in and is then used up", async () => {
    const clock = morning();
    const staffId = await addPerson(test.db, { roles: ["triage_officer"] });
    const token = await linkToken(test.db, staffId, clock);
    const open = await readEnrolmentLink(test.db, { token, clock });
    expect(open.person).toMatchObject({ id: staffId, roles: ["triage_officer"], agencyName: "整治办" });
    const { challengeId, options } = await startEnrolment(test.db, { token, relyingParty: SITE, clock });
    expect(options.authenticatorSelection).toMatchObject({
      residentKey: "required",
      userVerification: "required",
    });
    expect(options).toMatchObject({ attestation: "none", extensions: { prf: {} }, rp: { id: SITE.rpId } });
    const key = softwareAuthenticator(ORIGIN);
    const response = JSON.stringify(key.create(options));
    const signedIn = await finishEnrolment(test.db, {
      token,
      challengeId,
      response,
      relyingParty: SITE,
      clock,
    });
    expect(signedIn.actor).toMatchObject({ id: staffId, method: "passkey", roles: ["triage_officer"] });
    expect(await passkeysOf(staffId)).toMatchObject([
      { credential_id: key.credentialId, prf_capable: true, transports: ["internal"], kind: "passkey" },
    ]);
    expect(await refusalOf(readEnrolmentLink(test.db, { token, clock }))).toBe("enrolment_link_used");
    expect(await refusalOf(startEnrolment(test.db, { token, relyingParty: SITE, clock }))).toBe(
      "enrolment_link_used",
    );
    expect(await actionsOf(test.db, staffId)).toEqual([
      "staff.enrolment_link_created",
      "staff.passkey_enrolled",
      "staff.signed_in",
    ]);
  });

  it("keeps only a hash of its token, and no event holds it", async () => {
    const clock = morning();
    const staffId = await addPerson(test.db);
    const token = await linkToken(test.db, staffId, clock);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const { rows } = await test.db.pool.query<{ found: boolean }>(
      `select exists (select 1 from enrolment_links l where l::text like $1 or encode(l.token_hash, 'escape') like $1)
           or exists (select 1 from events e where e::text like $1) as found`,
      [`%${token}%`],
    );
    expect(rows[0]?.found).toBe(false);
  });

  it("ends after 72 hours", async () => {
    const clock = morning();
    const token = await linkToken(test.db, await addPerson(test.db), clock);
    later(clock, 72 * 3600 - 1);
    expect(await refusalOf(readEnrolmentLink(test.db, { token, clock }))).toBe("accepted");
    later(clock, 1);
    expect(await refusalOf(readEnrolmentLink(test.db, { token, clock }))).toBe("enrolment_link_expired");
    expect(await refusalOf(startEnrolment(test.db, { token, relyingParty: SITE, clock }))).toBe(
      "enrolment_link_expired",
    );
  });

  it("that expires between start and finish registers nothing", async () => {
    const clock = morning();
    const staffId = await addPerson(test.db);
    const token = await linkToken(test.db, staffId, clock);
    later(clock, 72 * 3600 - 1);
    const { challengeId, options } = await startEnrolment(test.db, { token, relyingParty: SITE, clock });
    const response = softwareAuthenticator(ORIGIN).create(options);
    later(clock, 1);
    expect(
      await refusalOf(finishEnrolment(test.db, { token, challengeId, response, relyingParty: SITE, clock })),
    ).toBe("enrolment_link_expired");
    expect(await passkeysOf(staffId)).toHaveLength(0);
  });

  it("ends when a newer one is made for the same person", async () => {
    const clock = morning();
    const staffId = await addPerson(test.db);
    const older = await linkToken(test.db, staffId, clock);
    later(clock, 1);
    const newer = await linkToken(test.db, staffId, clock);
    expect(await refusalOf(readEnrolmentLink(test.db, { token: older, clock }))).toBe(
      "enrolment_link_expired",
    );
    expect(await refusalOf(readEnrolmentLink(test.db, { token: newer, clock }))).toBe("accepted");
  });

  it("ends when its owner is suspended", async () => {
    const clock = morning();
    const staffId = await addPerson(test.db);
    const token = await linkToken(test.db, staffId, clock);
    later(clock, 1);
    await suspendStaff(test.db, { staffId, clock }, await addAdministrator(test.db));
    expect(await refusalOf(readEnrolmentLink(test.db, { token, clock }))).toBe("enrolment_link_expired");
  });

  it.each(["", "x", "A".repeat(43)])("that nobody made is unknown: %j", async (token) => {
    expect(await refusalOf(readEnrolmentLink(test.db, { token, clock: morning() }))).toBe(
      "enrolment_link_unknown",
    );
  });

  it("used twice at once gives one passkey", async () => {
    const clock = morning();
    const staffId = await addPerson(test.db);
    const token = await linkToken(test.db, staffId, clock);
    const attempts = await Promise.all(
      [0, 1, 2, 3].map(async () => {
        const { challengeId, options } = await startEnrolment(test.db, { token, relyingParty: SITE, clock });
        return { challengeId, response: softwareAuthenticator(ORIGIN).create(options) };
      }),
    );
    const outcomes = await Promise.all(
      attempts.map((attempt) =>
        refusalOf(finishEnrolment(test.db, { token, ...attempt, relyingParty: SITE, clock })),
      ),
    );
    expect(outcomes.toSorted()).toEqual([
      "accepted",
      "enrolment_link_used",
      "enrolment_link_used",
      "enrolment_link_used",
    ]);
    expect(await passkeysOf(staffId)).toHaveLength(1);
  });
});

describe("a registration answer", () => {
  it.each<[string, Twist]>([
    ["from another origin", { origin: "https://jubao.example.com" }],
    ["for another relying party", { rpId: "example.cn" }],
    ["without user verification", { userVerified: false }],
    ["to another challenge", { challenge: Buffer.alloc(32, 7).toString("base64url") }],
  ])("%s is refused", async (_, twist) => {
    expect(await tryTwisted(twist)).toEqual({ refusal: "passkey_refused", kept: 0 });
  });

  it.each<[string, Record<string, unknown>]>([
    ["PRF results", { prf: { enabled: true, results: { first: "c2VjcmV0" } } }],
    ["hmac-secret outputs", { hmacGetSecret: { output1: "c2VjcmV0" } }],
    ["a large blob", { largeBlob: { blob: "c2VjcmV0" } }],
  ])("that carries %s is refused unread", async (_, extensionResults) => {
    expect(await tryTwisted({ extensionResults })).toEqual({ refusal: "key_material_sent", kept: 0 });
  });

  it("is refused when it is no answer at all", async () => {
    const clock = morning();
    for (const response of [null, "{", "[]", {}, { id: "a", clientExtensionResults: {} }])
      expect(
        await refusalOf(
          finishEnrolment(test.db, { token: "x", challengeId: "x", response, relyingParty: SITE, clock }),
        ),
      ).toBe("passkey_malformed");
  });

  it("cannot be played twice, and a failed one spends its challenge but not the link", async () => {
    const clock = morning();
    const staffId = await addPerson(test.db);
    const token = await linkToken(test.db, staffId, clock);
    const key = softwareAuthenticator(ORIGIN);
    const { challengeId, options } = await startEnrolment(test.db, { token, relyingParty: SITE, clock });
    const finish = (twist: Twist) =>
      refusalOf(
        finishEnrolment(test.db, {
          token,
          challengeId,
          response: key.create(options, twist),
          relyingParty: SITE,
          clock,
        }),
      );
    expect(await finish({ userVerified: false })).toBe("passkey_refused");
    expect(await finish({})).toBe("challenge_spent");
    expect(await refusalOf(readEnrolmentLink(test.db, { token, clock }))).toBe("accepted");
  });

  it("comes within five minutes", async () => {
    const clock = morning();
    const token = await linkToken(test.db, await addPerson(test.db), clock);
    const { challengeId, options } = await startEnrolment(test.db, { token, relyingParty: SITE, clock });
    const response = softwareAuthenticator(ORIGIN).create(options);
    later(clock, 300);
    expect(
      await refusalOf(finishEnrolment(test.db, { token, challengeId, response, relyingParty: SITE, clock })),
    ).toBe("challenge_spent");
  });

  it("cannot use another link's challenge", async () => {
    const clock = morning();
    const mine = await linkToken(test.db, await addPerson(test.db), clock);
    const other = await linkToken(test.db, await addPerson(test.db), clock);
    const { challengeId, options } = await startEnrolment(test.db, {
      token: other,
      relyingParty: SITE,
      clock,
    });
    const response = softwareAuthenticator(ORIGIN).create(options);
    expect(
      await refusalOf(
        finishEnrolment(test.db, { token: mine, challengeId, response, relyingParty: SITE, clock }),
      ),
    ).toBe("challenge_spent");
  });

  it("cannot register a passkey that somebody already has", async () => {
    const clock = morning();
    const { key } = await enrol(test.db, await addPerson(test.db), clock);
    const token = await linkToken(test.db, await addPerson(test.db), clock);
    const { challengeId, options } = await startEnrolment(test.db, { token, relyingParty: SITE, clock });
    expect(
      await refusalOf(
        finishEnrolment(test.db, {
          token,
          challengeId,
          response: key.create(options),
          relyingParty: SITE,
          clock,
        }),
      ),
    ).toBe("passkey_known");
  });

  it("for a second passkey names the first as one not to use again", async () => {
    const clock = morning();
    const staffId = await addPerson(test.db);
    const { key } = await enrol(test.db, staffId, clock);
    later(clock, 1);
    const token = await linkToken(test.db, staffId, clock);
    const { options } = await startEnrolment(test.db, { token, relyingParty: SITE, clock });
    expect(options.excludeCredentials?.map((known) => known.id)).toEqual([key.credentialId]);
  });
});

describe("who may make an enrolment link", () => {
  it("an administrator for others, and a person signed in by passkey for themselves", async () => {
    const clock = morning();
    const staffId = await addPerson(test.db, { roles: ["triage_officer"] });
    const ask = { staffId, publicOrigin: ORIGIN, clock };
    expect(await refusalOf(createEnrolmentLink(test.db, ask, await addAdministrator(test.db)))).toBe(
      "accepted",
    );
    later(clock, 1);
    expect(await refusalOf(createEnrolmentLink(test.db, ask, actorFor(staffId, ["triage_officer"])))).toBe(
      "accepted",
    );
  });

  it("nobody else: another member of staff, a demo session, a reporter", async () => {
    const clock = morning();
    const staffId = await addPerson(test.db, { isDemo: true, roles: ["triage_officer"] });
    const other = await addPerson(test.db, { roles: ["auditor"] });
    const demoAdministrator = await addPerson(test.db, { isDemo: true, roles: ["administrator"] });
    const ask = { staffId, publicOrigin: ORIGIN, clock };
    expect(await refusalOf(createEnrolmentLink(test.db, ask, actorFor(other, ["auditor"])))).toBe(
      "not_found",
    );
    // Claiming the role is not enough: it is read again.
    expect(await refusalOf(createEnrolmentLink(test.db, ask, actorFor(other, ["administrator"])))).toBe(
      "not_found",
    );
    expect(await refusalOf(createEnrolmentLink(test.db, ask, actorFor(staffId, [], "demo")))).toBe(
      "passkey_needed",
    );
    expect(
      await refusalOf(
        createEnrolmentLink(test.db, ask, actorFor(demoAdministrator, ["administrator"], "demo")),
      ),
    ).toBe("passkey_needed");
    expect(await refusalOf(createEnrolmentLink(test.db, ask, REPORTER))).toBe("not_found");
  });

  it("for nobody who is unknown or suspended", async () => {
    const clock = morning();
    const administrator = await addAdministrator(test.db);
    const staffId = await addPerson(test.db);
    await suspendStaff(test.db, { staffId, clock }, administrator);
    const ask = (id: string) =>
      refusalOf(
        createEnrolmentLink(
          test.db,
          { staffId: id, publicOrigin: ORIGIN, clock },
          systemActor("admin:enrol"),
        ),
      );
    expect(await ask(staffId)).toBe("person_suspended");
    expect(await ask("not-a-uuid")).toBe("person_unknown");
    expect(await ask("019a0000-0000-7000-8000-000000000000")).toBe("person_unknown");
  });
});
