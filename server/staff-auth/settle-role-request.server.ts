import { eq } from "drizzle-orm";
import { validate } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { roleRequests, staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import type { StaffActor } from "./actor";
import { checkAdministrator, checkAdministratorOf, isAdministrator } from "./check-administrator.server";
import { endSessions } from "./end-sessions.server";
import { insertGrant } from "./grant-role.server";
import { isRole } from "./load-staff-actor.server";
import { recordRoleEvent } from "./record-role-event.server";
import { ownRequest, requesterLeft, requestSettled, sayRoleRefusals } from "./refusals.server";
import type { Role } from "./roles";

type Input = { readonly requestId: string; readonly clock: Clock };

/**
 * The second administrator gives what another asked for: `staffId` and `role` are what their passkey confirmed. Not the one who asked, not the person themselves; where an
 * operator asked at the command line, one administrator is enough. The person's sessions end. Throws
 * `own_request`, `own_roles`, `requester_left` (who asked is no administrator any more), `role_held`,
 * `administrator_apart`, `request_settled` (409), `passkey_needed` (403); 404 for anyone but an administrator and for
 * a request that is not there.
 */
export async function confirmRole(
  db: Database,
  input: Input & { readonly staffId: string; readonly role: Role },
  actor: StaffActor,
): Promise<void> {
  const at = input.clock.now();
  await sayRoleRefusals(
    withActor(db, actor, async (tx) => {
      const request = await readOpenRequest(tx, input.requestId, actor);
      if (request.staffId !== input.staffId || request.role !== input.role) throw notFound();
      if (request.requestedBy === actor.id) throw ownRequest();
      if (request.requestedBy !== null && !(await isAdministrator(tx, request.requestedBy)))
        throw requesterLeft();
      await tx.select({ id: staff.id }).from(staff).where(eq(staff.id, request.staffId)).for("update");
      await settle(tx, { id: request.id, outcome: "granted", at }, actor);
      await insertGrant(
        tx,
        { staffId: request.staffId, role: request.role, requestedBy: request.requestedBy, at },
        actor,
      );
      await endSessions(tx, { staffId: request.staffId, because: "role_granted", at }, actor);
    }),
  );
}

/** Turns a request down; whoever asked may so take it back. The same refusals but for the requester's. */
export async function refuseRole(db: Database, input: Input, actor: StaffActor): Promise<void> {
  const at = input.clock.now();
  await withActor(db, actor, async (tx) => {
    const request = await readOpenRequest(tx, input.requestId, actor);
    await settle(tx, { id: request.id, outcome: "refused", at }, actor);
    await recordRoleEvent(tx, "staff.role_refused", { ...request, at }, actor);
  });
}

/** Locked, so that of two administrators answering at once the second finds it settled. */
async function readOpenRequest(tx: Tx, requestId: string, actor: StaffActor) {
  const [request] = validate(requestId)
    ? await tx.select().from(roleRequests).where(eq(roleRequests.id, requestId)).for("update")
    : [];
  if (request === undefined || !isRole(request.role)) {
    await checkAdministrator(tx, actor);
    throw notFound();
  }
  await checkAdministratorOf(tx, request.staffId, actor);
  if (request.outcome !== null) throw requestSettled();
  return { ...request, role: request.role };
}

function settle(tx: Tx, input: { id: string; outcome: "granted" | "refused"; at: Date }, actor: StaffActor) {
  return tx
    .update(roleRequests)
    .set({ outcome: input.outcome, decidedBy: actor.id, decidedAt: input.at })
    .where(eq(roleRequests.id, input.id));
}
