import { and, asc, eq, isNull, notExists, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { agencies, passkeys, staff, staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { GATE } from "./actor";
import { isRole } from "./load-staff-actor.server";
import type { Role } from "./roles";

export type DemoPerson = {
  readonly id: string;
  readonly displayName: string;
  readonly agencyName: string;
  readonly roles: readonly Role[];
};

/** The demo people who may be entered without a passkey: active, and without one of their own. Empty when off. */
export async function listDemoPeople(db: Database, input: { demoSignIn: boolean }): Promise<DemoPerson[]> {
  if (!input.demoSignIn) return [];
  return withActor(db, GATE, async (tx) => {
    const livePasskey = tx
      .select({ one: sql`1` })
      .from(passkeys)
      .where(and(eq(passkeys.staffId, staff.id), eq(passkeys.kind, "passkey"), isNull(passkeys.revokedAt)));
    const rows = await tx
      .select({
        id: staff.id,
        displayName: staff.displayName,
        agencyName: agencies.name,
        role: staffRoles.role,
      })
      .from(staff)
      .innerJoin(agencies, eq(agencies.id, staff.agencyId))
      .leftJoin(staffRoles, and(eq(staffRoles.staffId, staff.id), isNull(staffRoles.revokedAt)))
      .where(and(eq(staff.isDemo, true), eq(staff.status, "active"), notExists(livePasskey)))
      .orderBy(asc(staff.createdAt), asc(staff.id), asc(staffRoles.role));
    const people = new Map<string, DemoPerson & { roles: Role[] }>();
    for (const { role, ...person } of rows) {
      const known = people.get(person.id) ?? { ...person, roles: [] };
      if (role !== null && isRole(role)) known.roles.push(role);
      people.set(person.id, known);
    }
    return [...people.values()];
  });
}
