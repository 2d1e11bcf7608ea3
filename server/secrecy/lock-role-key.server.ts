import { and, eq, isNull } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { keyGrants, personalKeys, roleKeys } from "~db/schema/keys";
import { notFound } from "~server/errors.server";
import { recoveryKeyMissing } from "./key-refusals.server";
import { readSlotsOf } from "./read-members.server";
import { readLiveKeys, type LiveKey } from "./read-role-keys.server";

/** A slot's live key, held so that it is not replaced before the transaction ends. null: none was made. */
export async function lockLiveKey(
  tx: Tx,
  slot: string,
  strength: "share" | "update",
): Promise<{ readonly id: string; readonly epoch: number; readonly publicKey: Uint8Array } | null> {
  const [key] = await tx
    .select({ id: roleKeys.id, epoch: roleKeys.epoch, publicKey: roleKeys.publicKey })
    .from(roleKeys)
    .where(and(eq(roleKeys.slot, slot), isNull(roleKeys.retiredAt)))
    .for(strength);
  return key ?? null;
}

/** The live recovery key every role key is sealed to. Throws `recovery_key_missing` (409). */
export async function readRecoveryKey(tx: Tx): Promise<LiveKey> {
  const key = (await readLiveKeys(tx, ["recovery"])).get("recovery");
  if (key === undefined) throw recoveryKeyMissing();
  return key;
}

/** 404 for anyone who is not a member of the slot at this moment. To be called with the person's row locked. */
export async function checkMember(tx: Tx, staffId: string, slot: string): Promise<void> {
  if (!(await readSlotsOf(tx, staffId)).includes(slot)) throw notFound();
}

/** Whether a person's live personal key has a live grant of a role key. */
export async function holdsKey(tx: Tx, staffId: string, roleKeyId: string): Promise<boolean> {
  const grants = await tx
    .select({ id: keyGrants.id })
    .from(keyGrants)
    .innerJoin(personalKeys, eq(personalKeys.id, keyGrants.personalKeyId))
    .where(
      and(
        eq(keyGrants.roleKeyId, roleKeyId),
        isNull(keyGrants.revokedAt),
        eq(personalKeys.staffId, staffId),
        isNull(personalKeys.retiredAt),
      ),
    );
  return grants.length > 0;
}
