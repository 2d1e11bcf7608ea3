import { describe, expect, it } from "vitest";
import { REPORTER, systemActor } from "~server/staff-auth/actor";
import { grantRole } from "~server/staff-auth/grant-role.server";
import { inviteStaff } from "~server/staff-auth/invite-staff.server";
import { listPeople } from "~server/staff-auth/list-people.server";
import { readEnrolmentLink } from "~server/staff-auth/read-enrolment-link.server";
import { requestRole } from "~server/staff-auth/request-role.server";
import { revokeRole } from "~server/staff-auth/revoke-role.server";
import { BARRED_FOR_ADMINISTRATORS, type Role } from "~server/staff-auth/roles";
import { reinstateStaff, suspendStaff } from "~server/staff-auth/suspend-staff.server";
import { ORIGIN, actionsOf, enrol, morning } from "~tests/factories/enrol-staff";
import { OFFICE, actorFor, addAdministrator, addPerson } from "~tests/factories/make-staff";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";

const test = testDatabase();
const clock = morning();

async function rolesOf(staffId: string): Promise<string[]> {
  const { rows } = await test.db.pool.query<{ role: string }>(
    "select role from staff_roles where staff_id = $1 and revoked_at is null order by role",
    [staffId],
  );
  return rows.map((row) => row.role);
}

const invite = (roles: readonly Role[], displayName = "李二", agencyId = OFFICE.id) => ({
  displayName,
  agencyId,
  roles,
  publicOrigin: ORIGIN,
  clock,
});

describe("giving and taking roles", () => {
  it("is recorded with who did it, and the grant stays as history", async () => {
    const administrator = await addAdministrator(test.db);
    const staffId = await addPerson(test.db);
    await grantRole(test.db, { staffId, role: "auditor", clock }, administrator);
    expect(await rolesOf(staffId)).toEqual(["auditor"]);
    await revokeRole(test.db, { staffId, role: "auditor", clock }, administrator);
    expect(await rolesOf(staffId)).toEqual([]);
    const { rows } = await test.db.pool.query(
      "select granted_by, revoked_by, revoked_at from staff_roles where staff_id = $1",
      [staffId],
    );
    expect(rows).toEqual([
      { granted_by: administrator.id, revoked_by: administrator.id, revoked_at: clock.now() },
    ]);
    expect(await actionsOf(test.db, staffId)).toEqual(["staff.role_granted", "staff.role_revoked"]);
  });

  it("is not done to oneself", async () => {
    const administrator = await addAdministrator(test.db);
    const own = { staffId: administrator.id, clock };
    expect(await refusalOf(grantRole(test.db, { ...own, role: "auditor" }, administrator))).toBe("own_roles");
    expect(await refusalOf(revokeRole(test.db, { ...own, role: "administrator" }, administrator))).toBe(
      "own_roles",
    );
    expect(await refusalOf(suspendStaff(test.db, own, administrator))).toBe("own_roles");
  });

  it.each(BARRED_FOR_ADMINISTRATORS)("never joins administrator and %s", async (role) => {
    const administrator = await addAdministrator(test.db);
    const second = await addAdministrator(test.db);
    const holder = await addPerson(test.db, { roles: [role] });
    const ask = (staffId: string, wanted: Role) =>
      refusalOf(requestRole(test.db, { staffId, role: wanted, clock }, administrator));
    expect(await refusalOf(requestRole(test.db, { staffId: second.id, role, clock }, administrator))).toBe(
      "administrator_apart",
    );
    expect(await ask(holder, "administrator")).toBe("administrator_apart");
    expect(await refusalOf(inviteStaff(test.db, invite(["administrator", role]), administrator))).toBe(
      "administrator_apart",
    );
    expect(await actionsOf(test.db, holder)).toEqual([]);
  });

  it("says when a role is held already, or not at all, or the person is unknown", async () => {
    const administrator = await addAdministrator(test.db);
    const staffId = await addPerson(test.db, { roles: ["auditor"] });
    const at = (id: string, role: Role) => ({ staffId: id, role, clock });
    expect(await refusalOf(grantRole(test.db, at(staffId, "auditor"), administrator))).toBe("role_held");
    expect(await refusalOf(revokeRole(test.db, at(staffId, "cashier"), administrator))).toBe("role_not_held");
    for (const id of ["x", "019a0000-0000-7000-8000-000000000000"])
      expect(await refusalOf(grantRole(test.db, at(id, "auditor"), administrator))).toBe("person_unknown");
  });

  it("is an administrator's alone: others get the same answer as a missing page", async () => {
    const staffId = await addPerson(test.db);
    const auditor = actorFor(await addPerson(test.db, { roles: ["auditor"] }), ["auditor"]);
    const claimed = { ...auditor, roles: ["administrator"] as const };
    const demo = { ...(await addAdministrator(test.db)), method: "demo" as const };
    const tries = [
      [auditor, "not_found"],
      [claimed, "not_found"],
      [REPORTER, "not_found"],
      [demo, "passkey_needed"],
    ] as const;
    for (const [actor, refusal] of tries) {
      const at = { staffId, role: "auditor" as const, clock };
      expect(await refusalOf(grantRole(test.db, at, actor))).toBe(refusal);
      expect(await refusalOf(revokeRole(test.db, at, actor))).toBe(refusal);
      expect(await refusalOf(suspendStaff(test.db, at, actor))).toBe(refusal);
      expect(await refusalOf(reinstateStaff(test.db, at, actor))).toBe(refusal);
      expect(await refusalOf(inviteStaff(test.db, invite(["auditor"]), actor))).toBe(refusal);
    }
    expect(await actionsOf(test.db, staffId)).toEqual([]);
  });

  it("two administrators who strip or suspend each other at once do not both succeed", async () => {
    for (const act of [
      (by: Awaited<ReturnType<typeof addAdministrator>>, staffId: string) =>
        revokeRole(test.db, { staffId, role: "administrator", clock }, by),
      (by: Awaited<ReturnType<typeof addAdministrator>>, staffId: string) =>
        suspendStaff(test.db, { staffId, clock }, by),
    ]) {
      const [first, second] = [await addAdministrator(test.db), await addAdministrator(test.db)];
      const outcomes = await Promise.all([
        refusalOf(act(first, second.id)),
        refusalOf(act(second, first.id)),
      ]);
      expect(outcomes.toSorted()).toEqual(["accepted", "not_found"]);
    }
  });
});

describe("inviting a person", () => {
  it("adds them with their roles and a link that is theirs", async () => {
    const administrator = await addAdministrator(test.db);
    const made = await inviteStaff(
      test.db,
      invite(["triage_officer", "triage_officer", "agency_officer"], "  赵三  "),
      administrator,
    );
    expect(await rolesOf(made.staffId)).toEqual(["agency_officer", "triage_officer"]);
    expect(made.link.startsWith(`${ORIGIN}/staff/enrol#`)).toBe(true);
    expect(made.expiresAt.getTime() - clock.now().getTime()).toBe(72 * 3_600_000);
    const token = new URL(made.link).hash.slice(1);
    const open = await readEnrolmentLink(test.db, { token, clock });
    expect(open.person).toMatchObject({ id: made.staffId, displayName: "赵三" });
    expect(await actionsOf(test.db, made.staffId)).toEqual([
      "staff.invited",
      "staff.role_granted",
      "staff.role_granted",
      "staff.enrolment_link_created",
    ]);
  });

  it("needs a name, a known agency and a role, and leaves nothing behind when refused", async () => {
    const administrator = await addAdministrator(test.db);
    const ask = (input: ReturnType<typeof invite>) => refusalOf(inviteStaff(test.db, input, administrator));
    expect(await ask(invite(["auditor"], "  "))).toBe("name_invalid");
    expect(await ask(invite(["auditor"], "长".repeat(61)))).toBe("name_invalid");
    expect(await ask(invite(["auditor"], "两\n行"))).toBe("name_invalid");
    expect(await ask(invite([], "没职务"))).toBe("role_missing");
    expect(await ask(invite(["auditor"], "没单位", "test.nowhere"))).toBe("agency_unknown");
    expect(await ask(invite(["administrator", "cashier"], "留不下"))).toBe("administrator_apart");
    const { rowCount } = await test.db.pool.query(
      "select 1 from staff where display_name in ('没职务', '没单位', '留不下')",
    );
    expect(rowCount).toBe(0);
  });
});

describe("the list of people", () => {
  it("shows roles, passkeys, open links and status to administrators and auditors", async () => {
    const administrator = await addAdministrator(test.db);
    const { staffId } = await inviteStaff(test.db, invite(["hotline_operator"], "列表甲"), administrator);
    const enrolled = await addPerson(test.db, { name: "列表乙" });
    await enrol(test.db, enrolled, clock);
    await suspendStaff(test.db, { staffId: enrolled, clock }, administrator);
    const auditor = actorFor(await addPerson(test.db, { roles: ["auditor"] }), ["auditor"]);
    for (const actor of [administrator, auditor]) {
      const { people, total } = await listPeople(test.db, { search: "列表", clock }, actor);
      expect(total).toBe(2);
      expect(people.map((person) => person.id).toSorted()).toEqual([staffId, enrolled].toSorted());
      expect(people.find((person) => person.id === staffId)).toMatchObject({
        displayName: "列表甲",
        agencyName: OFFICE.name,
        status: "active",
        roles: [{ role: "hotline_operator", grantedBy: "管理员", requestedBy: null }],
        passkeys: [],
        linkExpiresAt: new Date(clock.now().getTime() + 72 * 3_600_000),
        lastSeenAt: null,
      });
      expect(people.find((person) => person.id === enrolled)).toMatchObject({
        status: "suspended",
        passkeys: [{ prfCapable: true }],
        linkExpiresAt: null,
        lastSeenAt: clock.now(),
      });
    }
  });

  it("is not there for anyone else", async () => {
    const officer = actorFor(await addPerson(test.db), ["triage_officer"]);
    expect(await refusalOf(listPeople(test.db, { clock }, officer))).toBe("not_found");
  });

  it("comes 50 a page, and a % searches for a percent sign", async () => {
    const administrator = await addAdministrator(test.db);
    for (let n = 0; n < 51; n += 1) await addPerson(test.db, { name: `分页${n}` });
    const page = async (at: number) =>
      (await listPeople(test.db, { search: "分页", page: at, clock }, administrator)).people.map((p) => p.id);
    const [first, second, third] = [await page(1), await page(2), await page(3)];
    expect([first.length, second.length, third.length]).toEqual([50, 1, 0]);
    expect(new Set([...first, ...second]).size).toBe(51);
    expect((await listPeople(test.db, { search: "%", clock }, administrator)).total).toBe(0);
  });

  it("shows grants from the command line without a granter", async () => {
    const { staffId } = await inviteStaff(test.db, invite(["auditor"], "命令行"), systemActor("admin:enrol"));
    const { people } = await listPeople(
      test.db,
      { search: "命令行", clock },
      await addAdministrator(test.db),
    );
    expect(people).toMatchObject([{ id: staffId, roles: [{ role: "auditor", grantedBy: null }] }]);
  });
});
