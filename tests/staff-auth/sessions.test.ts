import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endSession } from "~server/staff-auth/end-session.server";
import { grantRole } from "~server/staff-auth/grant-role.server";
import { listSessions } from "~server/staff-auth/list-sessions.server";
import { makeToken } from "~server/staff-auth/make-token.server";
import { readSession } from "~server/staff-auth/read-session.server";
import { revokeRole } from "~server/staff-auth/revoke-role.server";
import {
  clearStaffCookie,
  readStaffCookie,
  writeStaffCookie,
} from "~server/staff-auth/session-cookie.server";
import { isSessionLive } from "~server/staff-auth/session-limits";
import { suspendStaff } from "~server/staff-auth/suspend-staff.server";
import { ORIGIN, actionsOf, enrol, later, morning, signIn } from "~tests/factories/enrol-staff";
import { actorFor, addAdministrator, addPerson } from "~tests/factories/make-staff";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";

const test = testDatabase();

async function signedIn(clock = morning()) {
  const staffId = await addPerson(test.db, { roles: ["triage_officer"] });
  const opened = await enrol(test.db, staffId, clock);
  const read = () => readSession(test.db, { token: opened.token, demoSignIn: false, clock });
  return { staffId, clock, read, ...opened };
}

describe("a staff session", () => {
  it("ends after 30 idle minutes", async () => {
    const { clock, read } = await signedIn();
    later(clock, 30 * 60 - 1);
    expect(await read()).not.toBeNull();
    later(clock, 30 * 60);
    expect(await read()).toBeNull();
  });

  it("ends 12 hours after sign-in however busy it is", async () => {
    const { clock, read } = await signedIn();
    for (let minutes = 20; minutes < 12 * 60; minutes += 20) {
      later(clock, 20 * 60);
      expect(await read()).not.toBeNull();
    }
    later(clock, 20 * 60 - 1);
    expect(await read()).not.toBeNull();
    later(clock, 1);
    expect(await read()).toBeNull();
  });

  it("writes its last use at most once a minute", async () => {
    const { clock, read, sessionId } = await signedIn();
    const opened = clock.now();
    const seen = async () =>
      (
        await test.db.pool.query<{ at: Date }>(
          "select last_seen_at as at from staff_sessions where id = $1",
          [sessionId],
        )
      ).rows[0]?.at;
    later(clock, 59);
    await read();
    expect(await seen()).toEqual(opened);
    later(clock, 1);
    await read();
    expect(await seen()).toEqual(clock.now());
  });

  it("shows the roles held at this moment, and nobody once suspended", async () => {
    const { staffId, read } = await signedIn();
    await test.db.pool.query("update staff_roles set revoked_at = now() where staff_id = $1", [staffId]);
    expect((await read())?.actor.roles).toEqual([]);
    await test.db.pool.query("update staff set status = 'suspended' where id = $1", [staffId]);
    expect(await read()).toBeNull();
  });

  it("is nobody's for a token that was never given", async () => {
    const clock = morning();
    for (const token of [null, "", "x", makeToken()])
      expect(await readSession(test.db, { token, demoSignIn: true, clock })).toBeNull();
  });

  it.each(["granted", "revoked", "suspended"] as const)(
    "ends when its owner is %s something or shut out",
    async (change) => {
      const { staffId, clock, read } = await signedIn();
      const administrator = await addAdministrator(test.db);
      if (change === "granted")
        await grantRole(test.db, { staffId, role: "agency_officer", clock }, administrator);
      if (change === "revoked")
        await revokeRole(test.db, { staffId, role: "triage_officer", clock }, administrator);
      if (change === "suspended") await suspendStaff(test.db, { staffId, clock }, administrator);
      expect(await read()).toBeNull();
      expect(await actionsOf(test.db, staffId)).toContain("staff.sessions_ended");
    },
  );

  it("is ended by signing out, once", async () => {
    const { staffId, clock, read, sessionId, actor } = await signedIn();
    await endSession(test.db, { sessionId, clock }, actor);
    await endSession(test.db, { sessionId, clock }, actor);
    expect(await read()).toBeNull();
    const actions = await actionsOf(test.db, staffId);
    expect(actions.filter((action) => action === "staff.signed_out")).toHaveLength(1);
  });

  it("is ended by its owner or an administrator, and listed to no one else", async () => {
    const { staffId, clock, key, sessionId, actor } = await signedIn();
    later(clock, 1);
    const second = await signIn(test.db, key, clock);
    const ids = async (by = actor) =>
      (await listSessions(test.db, { staffId, clock }, by)).map((session) => session.id);
    expect(await ids()).toEqual([second.sessionId, sessionId]);
    const other = actorFor(await addPerson(test.db, { roles: ["auditor"] }), ["auditor"]);
    expect(await refusalOf(endSession(test.db, { sessionId, clock }, other))).toBe("not_found");
    expect(await refusalOf(ids(other))).toBe("not_found");
    for (const unknown of ["x", "019a0000-0000-7000-8000-000000000000"]) {
      const ask = { sessionId: unknown, staffId: unknown, clock };
      expect(await refusalOf(endSession(test.db, ask, actor))).toBe("not_found");
      expect(await refusalOf(listSessions(test.db, ask, actor))).toBe("not_found");
    }
    const administrator = await addAdministrator(test.db);
    await endSession(test.db, { sessionId, clock }, administrator);
    expect(await ids(administrator)).toEqual([second.sessionId]);
    later(clock, 30 * 60);
    expect(await ids(administrator)).toEqual([]);
  });

  it("is live only before both limits and its end", () => {
    const start = Date.parse("2026-11-20T01:00:00Z");
    fc.assert(
      fc.property(fc.nat(13 * 3600), fc.nat(13 * 3600), (seen, now) => {
        fc.pre(seen <= now);
        const session = {
          createdAt: new Date(start),
          lastSeenAt: new Date(start + seen * 1000),
          endedAt: null,
        };
        const at = new Date(start + now * 1000);
        expect(isSessionLive(session, at)).toBe(now - seen < 1800 && now < 43_200);
        expect(isSessionLive({ ...session, endedAt: at }, at)).toBe(false);
      }),
    );
  });
});

describe("the staff cookie", () => {
  const token = makeToken();
  const request = (cookie: string) => new Request(ORIGIN, { headers: { cookie } });

  it("is host-bound and secure under https", () => {
    expect(writeStaffCookie(token, ORIGIN)).toBe(
      `__Host-staff=${token}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure`,
    );
    expect(clearStaffCookie(ORIGIN)).toBe(
      "__Host-staff=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure",
    );
  });

  it("is plain on http, where __Host- cannot be", () => {
    expect(writeStaffCookie(token, "http://localhost:3000")).toBe(
      `staff=${token}; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict`,
    );
  });

  it("is read back among others", () => {
    expect(readStaffCookie(request(`a=1; __Host-staff=${token}; b=2`), ORIGIN)).toBe(token);
  });

  it.each([
    "",
    "staff=x",
    "__Host-staff=",
    "__Host-staff=short",
    `__host-staff=${token}`,
    `staff=${token}`,
    `__Host-staff=${token}; __Host-staff=${token}`,
  ])("is not read from %j", (cookie) => {
    expect(readStaffCookie(request(cookie), ORIGIN)).toBeNull();
  });
});
