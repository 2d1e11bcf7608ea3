import { asc, eq, isNull } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Database } from "~db/client.server";
import { agencies, roleRequests, staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "./actor";
import { isRole } from "./load-staff-actor.server";
import type { Role } from "./roles";

export type RoleRequest = {
  readonly id: string;
  readonly staffId: string;
  readonly person: string;
  readonly agencyName: string;
  readonly role: Role;
  /** null: an operator at the command line. */
  readonly requestedBy: { readonly id: string; readonly name: string } | null;
  readonly requestedAt: Date;
};

/** Requests that wait for a second administrator, oldest first; for administrators and auditors (404 for others). */
export async function listRoleRequests(db: Database, actor: StaffActor): Promise<RoleRequest[]> {
  if (!hasRole(actor, "administrator", "auditor")) throw notFound();
  const requester = alias(staff, "requester");
  return withActor(db, actor, async (tx) => {
    const rows = await tx
      .select({
        id: roleRequests.id,
        staffId: roleRequests.staffId,
        person: staff.displayName,
        agencyName: agencies.name,
        role: roleRequests.role,
        requesterId: requester.id,
        requester: requester.displayName,
        requestedAt: roleRequests.requestedAt,
      })
      .from(roleRequests)
      .innerJoin(staff, eq(staff.id, roleRequests.staffId))
      .innerJoin(agencies, eq(agencies.id, staff.agencyId))
      .leftJoin(requester, eq(requester.id, roleRequests.requestedBy))
      .where(isNull(roleRequests.outcome))
      .orderBy(asc(roleRequests.requestedAt), asc(roleRequests.id));
    return rows.flatMap(({ requesterId, requester: name, role, ...row }) =>
      isRole(role)
        ? [
            {
              ...row,
              role,
              requestedBy: requesterId === null || name === null ? null : { id: requesterId, name },
            },
          ]
        : [],
    );
  });
}
