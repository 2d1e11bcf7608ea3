import { and, eq, isNull } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { DomainError } from "~server/errors.server";
import { endLostGrants } from "~server/secrecy/end-lost-grants.server";
import type { Actor } from "./actor";
import { checkAdministratorOf } from "./check-administrator.server";
import { endSessions } from "./end-sessions.server";
import { recordRoleEvent } from "./record-role-event.server";
import type { Role } from "./roles";

/**
 * Takes a role back; the grant stays as history, the person's sessions end, and so do the role keys it gave them.
 * Administrators only, never one's own, so that an office cannot lose its last administrator by a slip. Throws
 * `own_roles`, `role_not_held` (409), `person_unknown` (404), `passkey_needed` (403); 404 for anyone but an
 * administrator.
 */
export async function revokeRole(
  db: Database,
  input: { staffId: string; role: Role; clock: Clock },
  actor: Actor,
): Promise<void> {
  const at = input.clock.now();
  await withActor(db, actor, async (tx) => {
    await checkAdministratorOf(tx, input.staffId, actor);
    const ended = await tx
      .update(staffRoles)
      .set({ revokedAt: at, revokedBy: actor.kind === "staff" ? actor.id : null })
      .where(
        and(
          eq(staffRoles.staffId, input.staffId),
          eq(staffRoles.role, input.role),
          isNull(staffRoles.revokedAt),
        ),
      )
      .returning({ id: staffRoles.id });
    if (ended.length === 0)
      throw new DomainError("role_not_held", 409, "这位工作人员没有这一职务，可能刚刚被收回了。");
    await recordRoleEvent(tx, "staff.role_revoked", { ...input, at }, actor);
    await endLostGrants(tx, { staffId: input.staffId, at }, actor);
    await endSessions(tx, { staffId: input.staffId, because: "role_revoked", at }, actor);
  });
}
