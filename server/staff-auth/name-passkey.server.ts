import { and, eq, isNull } from "drizzle-orm";
import { validate } from "uuid";
import type { Database } from "~db/client.server";
import { passkeys } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import type { StaffActor } from "./actor";
import { passkeyNeeded } from "./refusals.server";

/** Gives one of the actor's own passkeys a name (≤ 40 characters, "" for none). 404 for any other. */
export async function namePasskey(
  db: Database,
  input: { passkeyId: string; label: string },
  actor: StaffActor,
): Promise<void> {
  if (actor.method !== "passkey") throw passkeyNeeded();
  if (!validate(input.passkeyId)) throw notFound();
  await withActor(db, actor, async (tx) => {
    const named = await tx
      .update(passkeys)
      .set({ label: input.label })
      .where(
        and(
          eq(passkeys.id, input.passkeyId),
          eq(passkeys.staffId, actor.id),
          eq(passkeys.kind, "passkey"),
          isNull(passkeys.revokedAt),
        ),
      )
      .returning({ id: passkeys.id });
    if (named.length === 0) throw notFound();
  });
}
