import { and, asc, eq, isNull } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Tx } from "~db/client.server";
import { agencies, staff, staffRoles } from "~db/schema/staff";
import type { StaffActor } from "./actor";
import { ROLES, type Role } from "./roles";

/** Reads a person as they are now, with the roles they hold now. Null when unknown or suspended. */
export async function loadStaffActor(
  tx: Tx,
  staffId: string,
  method: StaffActor["method"],
): Promise<StaffActor | null> {
  const successors = alias(agencies, "successors");
  const [found] = await tx
    .select({
      id: staff.id,
      displayName: staff.displayName,
      agencyId: staff.agencyId,
      agencyName: agencies.name,
      endedOn: agencies.validTo,
      successor: successors.name,
    })
    .from(staff)
    .innerJoin(agencies, eq(agencies.id, staff.agencyId))
    .leftJoin(successors, eq(successors.id, agencies.successorId))
    .where(and(eq(staff.id, staffId), eq(staff.status, "active")));
  if (found === undefined) return null;
  const { endedOn, successor, ...person } = found;
  const held = await tx
    .select({ role: staffRoles.role })
    .from(staffRoles)
    .where(and(eq(staffRoles.staffId, staffId), isNull(staffRoles.revokedAt)))
    .orderBy(asc(staffRoles.role));
  const roles = held.map((grant) => grant.role).filter(isRole);
  return {
    kind: "staff",
    ...person,
    roles,
    method,
    ...(endedOn === null ? {} : { bodyEnded: { successor } }),
  };
}

export function isRole(value: string): value is Role {
  return (ROLES as readonly string[]).includes(value);
}
