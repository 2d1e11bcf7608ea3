import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { keyGrants, personalKeys, roleKeys } from "~db/schema/keys";
import { recordEvent } from "~server/audit/record-event.server";
import type { Actor } from "~server/staff-auth/actor";
import { endWraps } from "./own-key.server";

/**
 * Takes a personal key out of use for good, inside the caller's transaction, which holds its owner's row: its wraps and
 * its grants end, and the live role keys it held are marked for rotation, since whoever found the lost wraps may hold
 * them too. Returns the slots that were held.
 */
export async function retirePersonalKey(
  tx: Tx,
  input: { readonly keyId: string; readonly staffId: string; readonly at: Date },
  actor: Actor,
): Promise<string[]> {
  const { keyId, staffId, at } = input;
  await tx.update(personalKeys).set({ retiredAt: at }).where(eq(personalKeys.id, keyId));
  await endWraps(tx, { keyId, under: "all", at });
  const ended = await tx
    .update(keyGrants)
    .set({ revokedAt: at })
    .where(and(eq(keyGrants.personalKeyId, keyId), isNull(keyGrants.revokedAt)))
    .returning({ roleKeyId: keyGrants.roleKeyId });
  const about = { subjectTable: "staff", subjectId: staffId, at };
  await recordEvent(tx, { action: "keys.personal_retired", data: { personalKeyId: keyId }, ...about }, actor);
  if (ended.length === 0) return [];
  const ids = ended.map(({ roleKeyId }) => roleKeyId);
  const held = await tx
    .select({ slot: roleKeys.slot, epoch: roleKeys.epoch })
    .from(roleKeys)
    .where(inArray(roleKeys.id, ids));
  const slots = [...new Set(held.map(({ slot }) => slot))].toSorted();
  await recordEvent(tx, { action: "keys.grant_revoked", data: { slots }, ...about }, actor);
  const due = await tx
    .update(roleKeys)
    .set({ rotationDueSince: at })
    .where(and(inArray(roleKeys.id, ids), isNull(roleKeys.retiredAt), isNull(roleKeys.rotationDueSince)))
    .returning({ id: roleKeys.id, slot: roleKeys.slot });
  for (const key of due) {
    await recordEvent(
      tx,
      {
        action: "keys.rotation_due",
        subjectTable: "role_keys",
        subjectId: key.id,
        data: { slot: key.slot },
        at,
      },
      actor,
    );
  }
  return slots;
}
