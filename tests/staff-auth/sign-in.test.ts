import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { finishSignIn } from "~server/staff-auth/finish-sign-in.server";
import { counterWentBack } from "~server/staff-auth/verify-assertion.server";
import { readSession } from "~server/staff-auth/read-session.server";
import { revokePasskey } from "~server/staff-auth/revoke-passkey.server";
import { startSignIn } from "~server/staff-auth/start-sign-in.server";
import { reinstateStaff, suspendStaff } from "~server/staff-auth/suspend-staff.server";
import { SITE, enrol, later, morning, signIn } from "~tests/factories/enrol-staff";
import { actorFor, addAdministrator, addPerson } from "~tests/factories/make-staff";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { softwareAuthenticator, type Twist } from "~tests/setup/software-authenticator";

const test = testDatabase();

async function refusedReasons(staffId: string): Promise<string[]> {
  const { rows } = await test.db.pool.query<{ reason: string }>(
    `select data->>'reason' as reason from events
      where subject_id = $1 and action = 'staff.sign_in_refused' order by seq`,
    [staffId],
  );
  return rows.map((row) => row.reason);
}

async function passkeyId(staffId: string): Promise<string> {
  const { rows } = await test.db.pool.query<{ id: string }>("select id from passkeys where staff_id = $1", [
    staffId,
  ]);
  return rows[0]?.id ?? "";
}

describe("signing in by passkey", () => {
  it("asks for no named passkey and requires user verification", async () => {
    const { options } = await startSignIn(test.db, { relyingParty: SITE, clock: morning() });
    expect(options.allowCredentials).toBeUndefined();
    expect(options).toMatchObject({ rpId: "jubao.example.cn", userVerification: "required" });
  });

  it("opens a session for the passkey's owner and counts its use", async () => {
    const clock = morning();
    const staffId = await addPerson(test.db, { roles: ["auditor"] });
    const { key } = await enrol(test.db, staffId, clock);
    later(clock, 60);
    const { token, actor } = await signIn(test.db, key, clock);
    expect(actor).toMatchObject({ id: staffId, roles: ["auditor"], method: "passkey" });
    const session = await readSession(test.db, { token, demoSignIn: false, clock });
    expect(session?.actor.id).toBe(staffId);
    const { rows } = await test.db.pool.query<{ sign_count: string; last_used_at: Date }>(
      "select sign_count, last_used_at from passkeys where staff_id = $1",
      [staffId],
    );
    expect(rows[0]).toEqual({ sign_count: "1", last_used_at: clock.now() });
  });

  it("keeps only a hash of the session's token, and no event holds it", async () => {
    const clock = morning();
    const { token } = await enrol(test.db, await addPerson(test.db), clock);
    const { rows } = await test.db.pool.query<{ found: boolean }>(
      `select exists (select 1 from staff_sessions s where s::text like $1 or encode(s.token_hash, 'escape') like $1)
           or exists (select 1 from events e where e::text like $1) as found`,
      [`%${token}%`],
    );
    expect(rows[0]?.found).toBe(false);
  });

  it.each<[string, Twist]>([
    ["another origin", { origin: "https://evil.example.cn" }],
    ["plain http", { origin: "http://jubao.example.cn" }],
    ["another relying party", { rpId: "example.cn" }],
    ["no user verification", { userVerified: false }],
    ["another challenge", { challenge: Buffer.alloc(32, 7).toString("base64url") }],
    ["another owner", { userHandle: Buffer.alloc(16, 7).toString("base64url") }],
    ["no owner", { userHandle: null }],
  ])("is refused with %s, and leaves no event", async (_, twist) => {
    const clock = morning();
    const staffId = await addPerson(test.db);
    const { key } = await enrol(test.db, staffId, clock);
    expect(await refusalOf(signIn(test.db, key, clock, twist))).toBe("sign_in_refused");
    expect(await refusedReasons(staffId)).toEqual([]);
  });

  it("is refused with PRF results in the answer", async () => {
    const clock = morning();
    const { key } = await enrol(test.db, await addPerson(test.db), clock);
    const extensionResults = { prf: { results: { first: "c2VjcmV0" } } };
    expect(await refusalOf(signIn(test.db, key, clock, { extensionResults }))).toBe("key_material_sent");
  });

  it("is refused for a passkey nobody registered", async () => {
    const stranger = softwareAuthenticator("https://jubao.example.cn");
    expect(await refusalOf(signIn(test.db, stranger, morning(), { userHandle: "AAAA" }))).toBe(
      "sign_in_refused",
    );
  });

  it("cannot replay an answer, nor answer a challenge twice after a failure", async () => {
    const clock = morning();
    const { key } = await enrol(test.db, await addPerson(test.db), clock);
    const { challengeId, options } = await startSignIn(test.db, { relyingParty: SITE, clock });
    const finish = (twist: Twist = {}) =>
      refusalOf(
        finishSignIn(test.db, {
          challengeId,
          response: key.get(options, twist),
          relyingParty: SITE,
          clock,
        }),
      );
    expect(await finish({ userVerified: false })).toBe("sign_in_refused");
    expect(await finish()).toBe("challenge_spent");
    const second = await startSignIn(test.db, { relyingParty: SITE, clock });
    const response = key.get(second.options);
    const replay = () =>
      refusalOf(
        finishSignIn(test.db, {
          challengeId: second.challengeId,
          response,
          relyingParty: SITE,
          clock,
        }),
      );
    expect((await Promise.all([replay(), replay(), replay()])).toSorted()).toEqual([
      "accepted",
      "challenge_spent",
      "challenge_spent",
    ]);
  });

  it("comes within five minutes", async () => {
    const clock = morning();
    const { key } = await enrol(test.db, await addPerson(test.db), clock);
    const { challengeId, options } = await startSignIn(test.db, { relyingParty: SITE, clock });
    later(clock, 300);
    expect(
      await refusalOf(
        finishSignIn(test.db, { challengeId, response: key.get(options), relyingParty: SITE, clock }),
      ),
    ).toBe("challenge_spent");
  });

  it("clears late challenges away", async () => {
    const clock = morning();
    const { challengeId } = await startSignIn(test.db, { relyingParty: SITE, clock });
    later(clock, 301);
    await startSignIn(test.db, { relyingParty: SITE, clock });
    const { rowCount } = await test.db.pool.query("select 1 from webauthn_challenges where id = $1", [
      challengeId,
    ]);
    expect(rowCount).toBe(0);
  });

  it("is refused with one sentence when the passkey is revoked or its owner suspended", async () => {
    const clock = morning();
    const administrator = await addAdministrator(test.db);
    const first = await addPerson(test.db);
    const second = await addPerson(test.db);
    const revoked = await enrol(test.db, first, clock);
    const suspended = await enrol(test.db, second, clock);
    await revokePasskey(test.db, { passkeyId: await passkeyId(first), clock }, administrator);
    await suspendStaff(test.db, { staffId: second, clock }, administrator);
    const sentences = await Promise.all(
      [revoked.key, suspended.key].map((key) =>
        signIn(test.db, key, clock).then(
          () => "accepted",
          (error: { publicMessage?: string }) => error.publicMessage,
        ),
      ),
    );
    expect(sentences[0]).toContain("没有登录成功");
    expect(sentences[1]).toBe(sentences[0]);
    expect(await refusedReasons(first)).toEqual(["passkey_revoked"]);
    expect(await refusedReasons(second)).toEqual(["suspended"]);
    await reinstateStaff(test.db, { staffId: second, clock }, administrator);
    expect(await refusalOf(signIn(test.db, suspended.key, clock))).toBe("accepted");
  });

  it("is refused and recorded when the passkey's counter does not grow", async () => {
    const clock = morning();
    const staffId = await addPerson(test.db);
    const { key } = await enrol(test.db, staffId, clock);
    await signIn(test.db, key, clock, { counter: 9 });
    for (const counter of [9, 8, 0])
      expect(await refusalOf(signIn(test.db, key, clock, { counter }))).toBe("sign_in_refused");
    expect(await refusedReasons(staffId)).toEqual(["sign_count", "sign_count", "sign_count"]);
    expect(await refusalOf(signIn(test.db, key, clock, { counter: 10 }))).toBe("accepted");
  });

  it("of two answers with one counter, given at once, takes one", async () => {
    const clock = morning();
    const { key } = await enrol(test.db, await addPerson(test.db), clock);
    const outcomes = await Promise.all(
      [0, 1, 2].map(() => refusalOf(signIn(test.db, key, clock, { counter: 5 }))),
    );
    expect(outcomes.toSorted()).toEqual(["accepted", "sign_in_refused", "sign_in_refused"]);
  });

  it("works with passkeys that keep no counter", async () => {
    const clock = morning();
    const { key } = await enrol(test.db, await addPerson(test.db), clock);
    for (const counter of [0, 0])
      expect(await refusalOf(signIn(test.db, key, clock, { counter }))).toBe("accepted");
  });

  it("takes a counter only when it grows, or when both sides keep none", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 32n - 1n), fc.bigInt(0n, 2n ** 32n - 1n), (kept, given) => {
        expect(counterWentBack(kept, given)).toBe(!(given > kept || (kept === 0n && given === 0n)));
      }),
    );
  });
});

describe("revoking a passkey", () => {
  it("by an administrator ends its owner's sessions, even for their last one", async () => {
    const clock = morning();
    const staffId = await addPerson(test.db);
    const { token } = await enrol(test.db, staffId, clock);
    const administrator = await addAdministrator(test.db);
    await revokePasskey(test.db, { passkeyId: await passkeyId(staffId), clock }, administrator);
    expect(await readSession(test.db, { token, demoSignIn: false, clock })).toBeNull();
  });

  it("is nobody else's to do, and never a demo session's", async () => {
    const clock = morning();
    const staffId = await addPerson(test.db);
    await enrol(test.db, staffId, clock);
    const id = await passkeyId(staffId);
    const other = actorFor(await addPerson(test.db), ["auditor"]);
    expect(await refusalOf(revokePasskey(test.db, { passkeyId: id, clock }, other))).toBe("not_found");
    expect(
      await refusalOf(revokePasskey(test.db, { passkeyId: id, clock }, actorFor(staffId, [], "demo"))),
    ).toBe("passkey_needed");
    expect(await refusalOf(revokePasskey(test.db, { passkeyId: "x", clock }, other))).toBe("not_found");
  });
});
