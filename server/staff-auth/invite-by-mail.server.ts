import { eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { queueEnrolmentMail } from "~server/notifications/queue-enrolment-mail.server";
import type { Actor } from "./actor";
import { checkAdministrator } from "./check-administrator.server";
import { addPerson, type NewPerson } from "./invite-staff.server";
import { personUnknown, sayRoleRefusals } from "./refusals.server";
import type { Role } from "./roles";
import { writeEmail } from "./set-email.server";

/**
 * As `inviteStaff`, with the link sent to `email` instead of being told: nobody but the person ever has it. Refused as
 * `inviteStaff` and, for the address, `email_invalid` (400).
 */
export async function inviteByMail(
  db: Database,
  input: NewPerson & { readonly email: string },
  actor: Actor,
): Promise<{ readonly staffId: string; readonly requested: readonly Role[] }> {
  const at = input.clock.now();
  return sayRoleRefusals(
    withActor(db, actor, async (tx) => {
      const added = await addPerson(tx, input, actor);
      await writeEmail(tx, { staffId: added.staffId, email: input.email, at }, actor);
      await queueEnrolmentMail(tx, { staffId: added.staffId, email: input.email, at });
      return added;
    }),
  );
}

/** A new link for somebody known, sent to `email`, which becomes their address. The command line alone; 404 for others. */
export async function mailNewLink(
  db: Database,
  input: { readonly staffId: string; readonly email: string } & Pick<NewPerson, "clock">,
  actor: Actor,
): Promise<void> {
  if (actor.kind !== "system") throw notFound();
  const at = input.clock.now();
  await withActor(db, actor, async (tx) => {
    await checkAdministrator(tx, actor);
    const [person] = await tx.select({ id: staff.id }).from(staff).where(eq(staff.id, input.staffId));
    if (person === undefined) throw personUnknown();
    await writeEmail(tx, { ...input, at }, actor);
    await queueEnrolmentMail(tx, { ...input, at });
  });
}
