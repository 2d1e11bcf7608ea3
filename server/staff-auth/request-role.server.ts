import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { roleRequests, staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { DomainError } from "~server/errors.server";
import type { Actor } from "./actor";
import { lockPersonForRole } from "./check-administrator.server";
import { recordRoleEvent } from "./record-role-event.server";
import { administratorApart, roleHeld, sayRoleRefusals } from "./refusals.server";
import { BARRED_FOR_ADMINISTRATORS, needsTwoAdministrators, type Role } from "./roles";

/**
 * Asks for a role that two administrators give: nothing is given yet, another administrator confirms or refuses.
 * Throws `one_administrator` (a role one gives at once), `own_roles`, `role_held`, `role_requested`,
 * `administrator_apart` (409), `person_unknown` (404), `passkey_needed` (403); 404 for anyone but an administrator.
 */
export async function requestRole(
  db: Database,
  input: { staffId: string; role: Role; clock: Clock },
  actor: Actor,
): Promise<void> {
  await sayRoleRefusals(
    withActor(db, actor, async (tx) => {
      await lockPersonForRole(tx, input.staffId, actor);
      if (!needsTwoAdministrators(input.role))
        throw new DomainError("one_administrator", 409, "这一职务由一位管理员直接授予，不需要申请。");
      const held = await tx
        .select({ role: staffRoles.role })
        .from(staffRoles)
        .where(and(eq(staffRoles.staffId, input.staffId), isNull(staffRoles.revokedAt)));
      if (held.some(({ role }) => role === input.role)) throw roleHeld();
      const apart = (one: string, other: string) =>
        one === "administrator" && (BARRED_FOR_ADMINISTRATORS as readonly string[]).includes(other);
      if (held.some(({ role }) => apart(role, input.role) || apart(input.role, role)))
        throw administratorApart();
      await insertRoleRequest(tx, { ...input, at: input.clock.now() }, actor);
    }),
  );
}

/** One request and its event inside a caller's transaction that has checked who asks. */
export async function insertRoleRequest(
  tx: Tx,
  input: { staffId: string; role: Role; at: Date },
  actor: Actor,
): Promise<void> {
  await tx.insert(roleRequests).values({
    id: uuidv7(),
    staffId: input.staffId,
    role: input.role,
    requestedBy: actor.kind === "staff" ? actor.id : null,
    requestedAt: input.at,
  });
  await recordRoleEvent(tx, "staff.role_requested", input, actor);
}
