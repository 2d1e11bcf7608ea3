import { and, asc, eq, isNull } from "drizzle-orm";
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
  const [person] = await tx
    .select({
      id: staff.id,
      displayName: staff.displayName,
      agencyId: staff.agencyId,
      agencyName: agencies.name,
    })
    .from(staff)
    .innerJoin(agencies, eq(agencies.id, staff.agencyId))
    .where(and(eq(staff.id, staffId), eq(staff.status, "active")));
  if (person === undefined) return null;
  const held = await tx
    .select({ role: staffRoles.role })
    .from(staffRoles)
    .where(and(eq(staffRoles.staffId, staffId), isNull(staffRoles.revokedAt)))
    .orderBy(asc(staffRoles.role));
  return { kind: "staff", ...person, roles: held.map((grant) => grant.role).filter(isRole), method };
}

export function isRole(value: string): value is Role {
  return (ROLES as readonly string[]).includes(value);
}
