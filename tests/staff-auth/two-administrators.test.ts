import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { systemActor, type Actor, type StaffActor } from "~server/staff-auth/actor";
import { createEnrolmentLink } from "~server/staff-auth/create-enrolment-link.server";
import { grantRole } from "~server/staff-auth/grant-role.server";
import { inviteStaff } from "~server/staff-auth/invite-staff.server";
import { listRoleRequests } from "~server/staff-auth/list-role-requests.server";
import { requestRole } from "~server/staff-auth/request-role.server";
import { revokeRole } from "~server/staff-auth/revoke-role.server";
import { NEEDS_TWO_ADMINISTRATORS, type Role } from "~server/staff-auth/roles";
import { confirmRole, refuseRole } from "~server/staff-auth/settle-role-request.server";
import { suspendStaff } from "~server/staff-auth/suspend-staff.server";
import { ORIGIN, actionsOf, morning } from "~tests/factories/enrol-staff";
import { OFFICE, actorFor, addAdministrator, addPerson } from "~tests/factories/make-staff";
import { passkeys, staffRoles, roleRequests } from "~db/schema/staff";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";

const test = testDatabase();
const clock = morning();

type Grant = { role: string; requested_by: string | null; granted_by: string | null };
async function grantsOf(staffId: string): Promise<Grant[]> {
  const { rows } = await test.db.pool.query<Grant>(
    "select role, requested_by, granted_by from staff_roles where staff_id = $1 and revoked_at is null order by role",
    [staffId],
  );
  return rows;
}

async function requestFor(staffId: string, role: Role, by: StaffActor): Promise<string> {
  await requestRole(test.db, { staffId, role, clock }, by);
  return openRequest(staffId, by);
}

async function openRequest(staffId: string, by: StaffActor): Promise<string> {
  const open = await listRoleRequests(test.db, by);
  return open.find((one) => one.staffId === staffId)?.id ?? "";
}

const confirm = (requestId: string, staffId: string, role: Role, by: StaffActor) =>
  refusalOf(confirmRole(test.db, { requestId, staffId, role, clock }, by));

describe.each(NEEDS_TWO_ADMINISTRATORS)("the role %s", (role) => {
  it("is asked for by one administrator and given by another, and the grant names both", async () => {
    const [first, second] = [await addAdministrator(test.db), await addAdministrator(test.db)];
    const staffId = await addPerson(test.db);
    expect(await refusalOf(grantRole(test.db, { staffId, role, clock }, first))).toBe("two_administrators");
    const requestId = await requestFor(staffId, role, first);
    expect(await grantsOf(staffId)).toEqual([]);
    expect(await confirm(requestId, staffId, role, first)).toBe("own_request");
    expect(await confirm(requestId, staffId, role, second)).toBe("accepted");
    expect(await grantsOf(staffId)).toEqual([{ role, requested_by: first.id, granted_by: second.id }]);
    expect(await confirm(requestId, staffId, role, second)).toBe("request_settled");
    expect(await actionsOf(test.db, staffId)).toEqual(["staff.role_requested", "staff.role_granted"]);
  });

  it("is not written by one alone, whatever the code does", async () => {
    const [first, second] = [await addAdministrator(test.db), await addAdministrator(test.db)];
    const staffId = await addPerson(test.db);
    const write = (by: StaffActor, grant: Partial<typeof staffRoles.$inferInsert>) =>
      refusedBy(
        withActor(test.db, by, (tx) =>
          tx.insert(staffRoles).values({ id: uuidv7(), staffId, role, grantedAt: clock.now(), ...grant }),
        ),
      );
    expect(await write(first, { grantedBy: first.id })).toBe("staff_roles_two_administrators");
    expect(await write(first, { grantedBy: first.id, requestedBy: second.id })).toBe(
      "staff_roles_two_administrators",
    );
    // In nobody's name, or in another's.
    expect(await write(first, {})).toBe("staff_roles_granter");
    expect(await write(first, { grantedBy: second.id, requestedBy: first.id })).toBe("staff_roles_granter");
    const ask = (by: StaffActor, requestedBy: string | null, outcome: string | null = null) =>
      refusedBy(
        withActor(test.db, by, (tx) =>
          tx.insert(roleRequests).values({
            ...{ id: uuidv7(), staffId, role, requestedBy, requestedAt: clock.now(), outcome },
            ...(outcome === null ? {} : { decidedBy: by.id, decidedAt: clock.now() }),
          }),
        ),
      );
    expect(await ask(first, null)).toBe("role_requests_history");
    expect(await ask(first, second.id)).toBe("role_requests_history");
    expect(await ask(first, first.id, "granted")).toBe("role_requests_history");
    expect(await grantsOf(staffId)).toEqual([]);
  });
});

describe("a request for a role", () => {
  it("confirmed by two administrators at once gives one grant", async () => {
    const [first, second, third] = [
      await addAdministrator(test.db),
      await addAdministrator(test.db),
      await addAdministrator(test.db),
    ];
    const staffId = await addPerson(test.db);
    const requestId = await requestFor(staffId, "cashier", first);
    const outcomes = await Promise.all(
      [second, third, second, third].map((by) => confirm(requestId, staffId, "cashier", by)),
    );
    expect(outcomes.toSorted()).toEqual(["accepted", ...Array<string>(3).fill("request_settled")]);
    expect(await grantsOf(staffId)).toHaveLength(1);
  });

  it("confirmed and refused at once ends one way", async () => {
    const [first, second, third] = [
      await addAdministrator(test.db),
      await addAdministrator(test.db),
      await addAdministrator(test.db),
    ];
    const staffId = await addPerson(test.db);
    const requestId = await requestFor(staffId, "cashier", first);
    const [given, refused] = await Promise.all([
      confirm(requestId, staffId, "cashier", second),
      refusalOf(refuseRole(test.db, { requestId, clock }, third)),
    ]);
    expect([given, refused].toSorted()).toEqual(["accepted", "request_settled"]);
    expect(await grantsOf(staffId)).toHaveLength(given === "accepted" ? 1 : 0);
  });

  it("is made once for a person and a role, however many ask", async () => {
    const staffId = await addPerson(test.db);
    const asked = await Promise.all(
      [await addAdministrator(test.db), await addAdministrator(test.db)].map((by) =>
        refusalOf(requestRole(test.db, { staffId, role: "window_clerk", clock }, by)),
      ),
    );
    expect(asked.toSorted()).toEqual(["accepted", "role_requested"]);
  });

  it("is refused where it could not be granted, or needs no second administrator", async () => {
    const [first, second] = [await addAdministrator(test.db), await addAdministrator(test.db)];
    const holder = await addPerson(test.db, { roles: ["cashier"] });
    const ask = (staffId: string, role: Role) =>
      refusalOf(requestRole(test.db, { staffId, role, clock }, first));
    expect(await ask(second.id, "cashier")).toBe("administrator_apart");
    expect(await ask(holder, "cashier")).toBe("role_held");
    expect(await ask(holder, "auditor")).toBe("one_administrator");
    expect(await ask(first.id, "cashier")).toBe("own_roles");
    for (const id of ["x", uuidv7()]) expect(await ask(id, "cashier")).toBe("person_unknown");
  });

  it("is not confirmed by the person it is for, for another person or role, or once its asker has left", async () => {
    const [first, second] = [await addAdministrator(test.db), await addAdministrator(test.db)];
    const staffId = await addPerson(test.db);
    const other = await addPerson(test.db);
    const requestId = await requestFor(staffId, "cashier", first);
    expect(await confirm(requestId, other, "cashier", second)).toBe("not_found");
    expect(await confirm(requestId, staffId, "finance_approver", second)).toBe("not_found");
    expect(await confirm(uuidv7(), staffId, "cashier", second)).toBe("not_found");
    expect(await confirm("x", staffId, "cashier", second)).toBe("not_found");
    // They were made an administrator meanwhile.
    await grantRole(test.db, { staffId, role: "administrator", clock }, systemActor("test"));
    const promoted = actorFor(staffId, ["administrator"]);
    expect(await confirm(requestId, staffId, "cashier", promoted)).toBe("own_roles");
    expect(await confirm(requestId, staffId, "cashier", second)).toBe("administrator_apart");
    await revokeRole(test.db, { staffId, role: "administrator", clock }, second);
    await suspendStaff(test.db, { staffId: first.id, clock }, second);
    expect(await confirm(requestId, staffId, "cashier", second)).toBe("requester_left");
    expect(await grantsOf(staffId)).toEqual([]);
    expect(await refusalOf(refuseRole(test.db, { requestId, clock }, second))).toBe("accepted");
    expect((await actionsOf(test.db, staffId)).at(-1)).toBe("staff.role_refused");
  });

  it("for an administrator takes two as well, and an enrolled one gets no new link from another alone", async () => {
    const [first, second] = [await addAdministrator(test.db), await addAdministrator(test.db)];
    const staffId = await addPerson(test.db);
    expect(await refusalOf(grantRole(test.db, { staffId, role: "administrator", clock }, first))).toBe(
      "two_administrators",
    );
    const requestId = await requestFor(staffId, "administrator", first);
    expect(await confirm(requestId, staffId, "administrator", second)).toBe("accepted");
    const link = (by: Actor) =>
      refusalOf(
        createEnrolmentLink(test.db, { staffId, publicOrigin: "https://jubao.example.cn", clock }, by),
      );
    expect(await link(first)).toBe("accepted");
    await test.db.orm.insert(passkeys).values({
      id: uuidv7(),
      staffId,
      credentialId: `c-${staffId}`,
      publicKey: Buffer.from([1]),
      revokedAt: new Date(),
    });
    expect(await link(first)).toBe("operator_needed");
    expect(await link(systemActor("admin:enrol"))).toBe("accepted");
  });

  it("is an administrator's matter alone", async () => {
    const first = await addAdministrator(test.db);
    const staffId = await addPerson(test.db);
    const requestId = await requestFor(staffId, "cashier", first);
    const auditor = actorFor(await addPerson(test.db, { roles: ["auditor"] }), ["auditor"]);
    const demo = { ...(await addAdministrator(test.db)), method: "demo" as const };
    for (const [by, refusal] of [
      [auditor, "not_found"],
      [{ ...auditor, roles: ["administrator"] as const }, "not_found"],
      [demo, "passkey_needed"],
    ] as const) {
      expect(await confirm(requestId, staffId, "cashier", by)).toBe(refusal);
      expect(await refusalOf(refuseRole(test.db, { requestId, clock }, by))).toBe(refusal);
      expect(await refusalOf(requestRole(test.db, { staffId, role: "cashier", clock }, by))).toBe(refusal);
    }
    expect((await listRoleRequests(test.db, auditor)).some(({ id }) => id === requestId)).toBe(true);
    const officer = actorFor(await addPerson(test.db), ["triage_officer"]);
    expect(await refusalOf(listRoleRequests(test.db, officer))).toBe("not_found");
  });

  it("is made with an invitation, by whoever invites, for each role that needs two", async () => {
    const [first, second] = [await addAdministrator(test.db), await addAdministrator(test.db)];
    const input = { displayName: "钱五", agencyId: OFFICE.id, publicOrigin: ORIGIN, clock };
    const { staffId, requested } = await inviteStaff(
      test.db,
      { ...input, roles: ["cashier", "hotline_operator"] },
      first,
    );
    expect(requested).toEqual(["cashier"]);
    expect((await grantsOf(staffId)).map(({ role }) => role)).toEqual(["hotline_operator"]);
    const requestId = await openRequest(staffId, second);
    expect(await confirm(requestId, staffId, "cashier", first)).toBe("own_request");
    expect(await confirm(requestId, staffId, "cashier", second)).toBe("accepted");
  });

  it("by an operator at the command line is given by one administrator", async () => {
    const administrator = await addAdministrator(test.db);
    const input = { displayName: "孙六", agencyId: OFFICE.id, publicOrigin: ORIGIN, clock };
    const { staffId } = await inviteStaff(
      test.db,
      { ...input, roles: ["finance_approver"] },
      systemActor("admin:enrol"),
    );
    const requestId = await openRequest(staffId, administrator);
    expect(await confirm(requestId, staffId, "finance_approver", administrator)).toBe("accepted");
    expect(await grantsOf(staffId)).toEqual([
      { role: "finance_approver", requested_by: null, granted_by: administrator.id },
    ]);
  });

  it("is not skipped by an administrator who says the demonstration's word", async () => {
    const administrator = await addAdministrator(test.db);
    const input = { displayName: "周七", agencyId: OFFICE.id, publicOrigin: ORIGIN, clock, grantAll: true };
    const { staffId } = await inviteStaff(test.db, { ...input, roles: ["cashier"] }, administrator);
    expect(await grantsOf(staffId)).toEqual([]);
  });
});
