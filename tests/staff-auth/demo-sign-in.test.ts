import { describe, expect, it } from "vitest";
import { demoSignInAllowed } from "~server/staff-auth/demo-sign-in-allowed";
import { listDemoPeople } from "~server/staff-auth/list-demo-people.server";
import { readSession } from "~server/staff-auth/read-session.server";
import { revokePasskey } from "~server/staff-auth/revoke-passkey.server";
import { signInAsDemo } from "~server/staff-auth/sign-in-as-demo.server";
import { enrol, morning } from "~tests/factories/enrol-staff";
import { addAdministrator, addPerson } from "~tests/factories/make-staff";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";

const test = testDatabase();
const clock = morning();

const enter = (staffId: string, demoSignIn = true) => signInAsDemo(test.db, { staffId, demoSignIn, clock });

async function isListed(id: string): Promise<boolean> {
  return (await listDemoPeople(test.db, { demoSignIn: true })).some((person) => person.id === id);
}

describe("entering as a demo person", () => {
  it("opens a demo session with that person's roles", async () => {
    const id = await addPerson(test.db, { isDemo: true, roles: ["triage_officer", "agency_officer"] });
    const { token, actor } = await enter(id);
    expect(actor).toMatchObject({ id, method: "demo", roles: ["agency_officer", "triage_officer"] });
    expect((await readSession(test.db, { token, demoSignIn: true, clock }))?.actor.method).toBe("demo");
  });

  it("is not there when demo sign-in is off, and earlier demo sessions are closed too", async () => {
    const id = await addPerson(test.db, { isDemo: true });
    const { token } = await enter(id);
    expect(await refusalOf(enter(id, false))).toBe("not_found");
    expect(await listDemoPeople(test.db, { demoSignIn: false })).toEqual([]);
    expect(await readSession(test.db, { token, demoSignIn: false, clock })).toBeNull();
  });

  it("is not there for a person who is not a demo person, is suspended, or does not exist", async () => {
    const real = await addPerson(test.db, { roles: ["administrator"] });
    const suspended = await addPerson(test.db, { isDemo: true });
    await test.db.pool.query("update staff set status = 'suspended' where id = $1", [suspended]);
    for (const id of [real, suspended, "019a0000-0000-7000-8000-000000000000", "x"]) {
      expect(await refusalOf(enter(id))).toBe("not_found");
      expect(await isListed(id)).toBe(false);
    }
    const { rowCount } = await test.db.pool.query("select 1 from staff_sessions where staff_id = $1", [real]);
    expect(rowCount).toBe(0);
  });

  it("ends for good once the person has a passkey, and returns when that is revoked", async () => {
    const id = await addPerson(test.db, { isDemo: true });
    const before = await enter(id);
    await enrol(test.db, id, clock);
    expect(await readSession(test.db, { token: before.token, demoSignIn: true, clock })).toBeNull();
    expect(await refusalOf(enter(id))).toBe("demo_has_passkey");
    expect(await isListed(id)).toBe(false);
    const { rows } = await test.db.pool.query<{ id: string }>("select id from passkeys where staff_id = $1", [
      id,
    ]);
    const passkeyId = rows[0]?.id ?? "";
    await revokePasskey(test.db, { passkeyId, clock }, await addAdministrator(test.db));
    expect(await refusalOf(enter(id))).toBe("accepted");
  });

  it("does not mind the seed's keys, which sign demo history and are born revoked", async () => {
    const id = await addPerson(test.db, { isDemo: true, roles: ["finance_preparer"] });
    await test.db.pool.query(
      `insert into passkeys (id, staff_id, credential_id, public_key, kind, revoked_at)
       values (gen_random_uuid(), $1, $2, '\\x00', 'seed', now())`,
      [id, `seed-${id}`],
    );
    expect(await isListed(id)).toBe(true);
    expect(await refusalOf(enter(id))).toBe("accepted");
  });

  it("racing an enrolment leaves no demo session open", async () => {
    const id = await addPerson(test.db, { isDemo: true });
    // Both get as far as they can while no session may be written; then they are let go at once.
    const gate = await test.owner.connect();
    await gate.query("begin");
    await gate.query("lock table staff_sessions in share mode");
    const outcomes: Promise<string>[] = [];
    try {
      outcomes.push(refusalOf(enter(id)));
      await untilWaiting(1);
      outcomes.push(refusalOf(enrol(test.db, id, clock)));
      await untilWaiting(2);
    } finally {
      await gate.query("commit");
      gate.release();
    }
    expect(await Promise.all(outcomes)).toEqual(["accepted", "accepted"]);
    const { rows } = await test.db.pool.query<{ method: string }>(
      "select method from staff_sessions where staff_id = $1 and ended_at is null",
      [id],
    );
    expect(rows).toEqual([{ method: "passkey" }]);
  });
});

/** Until so many connections of this database wait for a lock. */
async function untilWaiting(count: number): Promise<void> {
  for (let tries = 0; tries < 1000; tries += 1) {
    const { rows } = await test.owner.query<{ waiting: number }>(
      `select count(distinct l.pid)::int as waiting from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where not l.granted and a.datname = current_database()`,
    );
    if ((rows[0]?.waiting ?? 0) >= count) return;
    await new Promise((resume) => setTimeout(resume, 5));
  }
  throw new Error(`fewer than ${count} connections came to wait`);
}

describe("demo sign-in is offered", () => {
  it.each(["127.0.0.1", "127.8.8.8", "localhost", "::1"])("on %s", (bindHost) => {
    expect(demoSignInAllowed({ demoMode: true, bindHost, nodeEnv: undefined })).toBe(true);
    expect(demoSignInAllowed({ demoMode: true, bindHost, nodeEnv: "production" })).toBe(false);
    expect(demoSignInAllowed({ demoMode: false, bindHost, nodeEnv: undefined })).toBe(false);
  });

  it.each(["0.0.0.0", "::", "", "10.0.0.5", "127.0.0.1.example.cn", "jubao.example.cn"])(
    "never on %j",
    (bindHost) => {
      expect(demoSignInAllowed({ demoMode: true, bindHost, nodeEnv: undefined })).toBe(false);
    },
  );
});
