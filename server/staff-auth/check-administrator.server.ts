import { and, eq, isNull } from "drizzle-orm";
import { validate } from "uuid";
import type { Tx } from "~db/client.server";
import { staff, staffRoles } from "~db/schema/staff";
import { notFound } from "~server/errors.server";
import type { Actor } from "./actor";
import { ownRoles, passkeyNeeded, personUnknown } from "./refusals.server";

/**
 * Lets an administrator signed in by passkey through, and the portal itself (command line, seeding). Role and
 * status are read again here and held until the transaction ends, so that two administrators who suspend or
 * strip each other at once cannot both succeed. Anyone else gets the same 404 as a missing page.
 */
export async function checkAdministrator(tx: Tx, actor: Actor): Promise<void> {
  if (actor.kind === "system") return;
  if (actor.kind === "reporter") throw notFound();
  if (!(await isAdministrator(tx, actor.id))) throw notFound();
  if (actor.method !== "passkey") throw passkeyNeeded();
}

/** Whether somebody is an active administrator; what says so is held until the transaction ends. */
export async function isAdministrator(tx: Tx, staffId: string): Promise<boolean> {
  const held = await tx
    .select({ id: staffRoles.id })
    .from(staffRoles)
    .innerJoin(staff, eq(staff.id, staffRoles.staffId))
    .where(
      and(
        eq(staffRoles.staffId, staffId),
        eq(staffRoles.role, "administrator"),
        isNull(staffRoles.revokedAt),
        eq(staff.status, "active"),
      ),
    )
    .for("share");
  return held.length > 0;
}

/**
 * Lets an administrator change somebody else: never themselves, so that an office cannot lose its last administrator
 * by a slip. Throws as `checkAdministrator`, `own_roles` (409), and `person_unknown` (404) for what is no id at all.
 */
export async function checkAdministratorOf(tx: Tx, staffId: string, actor: Actor): Promise<void> {
  await checkAdministrator(tx, actor);
  if (actor.kind === "staff" && actor.id === staffId) throw ownRoles();
  if (!validate(staffId)) throw personUnknown();
}

/**
 * The same, with the person's row held until the transaction ends, so that two changes to their roles are made in turn.
 * `person_unknown` (404) also where there is nobody of that id.
 */
export async function lockPersonForRole(tx: Tx, staffId: string, actor: Actor): Promise<void> {
  await checkAdministratorOf(tx, staffId, actor);
  const [person] = await tx.select({ id: staff.id }).from(staff).where(eq(staff.id, staffId)).for("update");
  if (person === undefined) throw personUnknown();
}
