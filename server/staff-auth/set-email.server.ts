import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Database, Tx } from "~db/client.server";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { DomainError } from "~server/errors.server";
import type { Actor } from "./actor";
import { checkAdministratorOf } from "./check-administrator.server";
import { personUnknown } from "./refusals.server";

/**
 * Where the portal writes to a member of staff; null: nowhere. Administrators only, never oneself: an enrolment link may
 * go there. Throws `own_roles` (409), `person_unknown` (404), `email_invalid` (400), `passkey_needed` (403); 404 for anyone else.
 */
export async function setEmail(
  db: Database,
  input: { readonly staffId: string; readonly email: string | null; readonly clock: Clock },
  actor: Actor,
): Promise<void> {
  await withActor(db, actor, async (tx) => {
    await checkAdministratorOf(tx, input.staffId, actor);
    await writeEmail(tx, { ...input, at: input.clock.now() }, actor);
  });
}

/** The same inside a caller's transaction that has already checked who asks. */
export async function writeEmail(
  tx: Tx,
  input: { readonly staffId: string; readonly email: string | null; readonly at: Date },
  actor: Actor,
): Promise<void> {
  const { staffId, email, at } = input;
  if (email !== null && !z.email().max(254).safeParse(email).success)
    throw new DomainError("email_invalid", 400, "请填写正确的邮箱地址，例如 name@example.gov.cn。");
  const changed = await tx
    .update(staff)
    .set({ email })
    .where(eq(staff.id, staffId))
    .returning({ id: staff.id });
  if (changed.length === 0) throw personUnknown();
  await recordEvent(
    tx,
    {
      action: email === null ? "staff.email_removed" : "staff.email_set",
      subjectTable: "staff",
      subjectId: staffId,
      at,
    },
    actor,
  );
}
