import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import type { Actor } from "./actor";
import { lockPersonForRole } from "./check-administrator.server";
import { endSessions } from "./end-sessions.server";
import { recordRoleEvent } from "./record-role-event.server";
import { sayRoleRefusals, twoAdministrators } from "./refusals.server";
import { needsTwoAdministrators, type Role } from "./roles";

/**
 * Gives a role. Administrators only, never to oneself; the person's sessions end, so that nobody works on with
 * yesterday's rights. Throws `own_roles`, `role_held`, `administrator_apart`, `two_administrators` (a role that is asked
 * for first, see `requestRole`; 409), `person_unknown` (404), `passkey_needed` (403); 404 for anyone but an administrator.
 */
export async function grantRole(
  db: Database,
  input: { staffId: string; role: Role; clock: Clock },
  actor: Actor,
): Promise<void> {
  const at = input.clock.now();
  await sayRoleRefusals(
    withActor(db, actor, async (tx) => {
      await lockPersonForRole(tx, input.staffId, actor);
      if (actor.kind === "staff" && needsTwoAdministrators(input.role)) throw twoAdministrators();
      await insertGrant(tx, { staffId: input.staffId, role: input.role, requestedBy: null, at }, actor);
      await endSessions(tx, { staffId: input.staffId, because: "role_granted", at }, actor);
    }),
  );
}

/**
 * One grant and its event inside a caller's transaction that has checked who asks. `requestedBy` is the first of two
 * administrators where the role needs two, null for any other role and for an operator's request.
 */
export async function insertGrant(
  tx: Tx,
  input: { staffId: string; role: Role; requestedBy: string | null; at: Date },
  actor: Actor,
): Promise<void> {
  await tx.insert(staffRoles).values({
    id: uuidv7(),
    staffId: input.staffId,
    role: input.role,
    requestedBy: input.requestedBy,
    grantedBy: actor.kind === "staff" ? actor.id : null,
    grantedAt: input.at,
  });
  await recordRoleEvent(tx, "staff.role_granted", input, actor);
}
