import { eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { endLostGrants } from "~server/secrecy/end-lost-grants.server";
import type { Actor } from "./actor";
import { checkAdministratorOf } from "./check-administrator.server";
import { endEnrolmentLinks } from "./create-enrolment-link.server";
import { endSessions } from "./end-sessions.server";
import { personUnknown } from "./refusals.server";

/**
 * Shuts a person out at once: sessions, unused enrolment links and role keys end, passkeys no longer sign in; roles
 * and what they did stay. Doing it twice is no fault. Administrators only, never oneself. Throws `own_roles` (409),
 * `person_unknown` (404), `passkey_needed` (403); 404 for anyone else.
 */
export async function suspendStaff(
  db: Database,
  input: { staffId: string; clock: Clock },
  actor: Actor,
): Promise<void> {
  await changeStatus(db, input, "suspended", actor);
}

/** Lets a suspended person sign in again with the passkeys they had. The same rules and refusals. */
export async function reinstateStaff(
  db: Database,
  input: { staffId: string; clock: Clock },
  actor: Actor,
): Promise<void> {
  await changeStatus(db, input, "active", actor);
}

async function changeStatus(
  db: Database,
  input: { staffId: string; clock: Clock },
  status: "active" | "suspended",
  actor: Actor,
): Promise<void> {
  const at = input.clock.now();
  await withActor(db, actor, async (tx) => {
    await checkAdministratorOf(tx, input.staffId, actor);
    const [person] = await tx
      .select({ status: staff.status })
      .from(staff)
      .where(eq(staff.id, input.staffId))
      .for("update");
    if (person === undefined) throw personUnknown();
    if (person.status === status) return;
    await tx.update(staff).set({ status }).where(eq(staff.id, input.staffId));
    await recordEvent(
      tx,
      {
        action: status === "suspended" ? "staff.suspended" : "staff.reinstated",
        subjectTable: "staff",
        subjectId: input.staffId,
        at,
      },
      actor,
    );
    if (status === "active") return;
    await endEnrolmentLinks(tx, input.staffId, at);
    await endLostGrants(tx, { staffId: input.staffId, at }, actor);
    await endSessions(tx, { staffId: input.staffId, because: "suspended", at }, actor);
  });
}
