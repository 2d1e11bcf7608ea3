import { and, eq, isNull } from "drizzle-orm";
import { validate } from "uuid";
import type { Database } from "~db/client.server";
import { passkeys, staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { DomainError, notFound } from "~server/errors.server";
import { GATE } from "./actor";
import { loadStaffActor } from "./load-staff-actor.server";
import { startSession, type SignedIn } from "./start-session.server";

/**
 * Enters as a demo person without a passkey, to look and to triage. 404 unless `demoSignIn` is on and the person is
 * an active demo person; `demo_has_passkey` (409) once they have a passkey, which then is the only way in.
 */
export async function signInAsDemo(
  db: Database,
  input: { staffId: string; demoSignIn: boolean; clock: Clock },
): Promise<SignedIn> {
  if (!input.demoSignIn || !validate(input.staffId)) throw notFound();
  return withActor(db, GATE, async (tx) => {
    // Waits for an enrolment of the same person, which ends demo sessions.
    const [person] = await tx
      .select({ isDemo: staff.isDemo })
      .from(staff)
      .where(eq(staff.id, input.staffId))
      .for("share");
    if (person?.isDemo !== true) throw notFound();
    const actor = await loadStaffActor(tx, input.staffId, "demo");
    if (actor === null) throw notFound();
    const own = await tx
      .select({ id: passkeys.id })
      .from(passkeys)
      .where(
        and(eq(passkeys.staffId, input.staffId), eq(passkeys.kind, "passkey"), isNull(passkeys.revokedAt)),
      );
    if (own.length > 0)
      throw new DomainError("demo_has_passkey", 409, "这位演示人员已登记通行密钥，请用通行密钥登录。");
    return startSession(tx, actor, input.clock.now());
  });
}
