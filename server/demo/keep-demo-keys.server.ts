import { and, eq, isNull } from "drizzle-orm";
import { roleKeys } from "~db/schema/keys";
import { staff, staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { Portal } from "~server/portal.server";
import { systemActor } from "~server/staff-auth/actor";
import { loadStaffActor } from "~server/staff-auth/load-staff-actor.server";
import { keepDemoShares } from "./keep-demo-shares.server";
import { seedKeys } from "./seed-keys.server";

/** Plays the key ceremony in a demo that was loaded before there were keys. What it had sealed before stays closed. */
export async function keepDemoKeys(portal: Portal): Promise<void> {
  const actor = systemActor("demo-seed");
  const recovery = await withActor(portal.db, actor, async (tx) => {
    const made = await tx.select({ id: roleKeys.id }).from(roleKeys).limit(1);
    if (made.length > 0) return null;
    const rows = await tx
      .selectDistinct({ id: staff.id })
      .from(staff)
      .innerJoin(staffRoles, and(eq(staffRoles.staffId, staff.id), isNull(staffRoles.revokedAt)))
      .where(and(eq(staff.isDemo, true), eq(staff.status, "active")))
      .orderBy(staff.id);
    const people = [];
    for (const { id } of rows) {
      const person = await loadStaffActor(tx, id, "passkey");
      if (person !== null) people.push(person);
    }
    return seedKeys(tx, { people, at: portal.clock.now() });
  });
  if (recovery !== null) await keepDemoShares(portal.env.dataDir, recovery);
}
