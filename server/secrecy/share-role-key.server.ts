import { and, eq, isNull } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { personalKeys, roleKeys } from "~db/schema/keys";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { grantToPerson } from "./grant-to-person.server";
import {
  alreadyGranted,
  granteeKeyChanged,
  granteeNotMember,
  keyChanged,
  keyNotHeld,
  sayKeyRefusals,
} from "./key-refusals.server";
import { checkMember, holdsKey, lockLiveKey } from "./lock-role-key.server";
import { lockPeople, readSlotsOf } from "./read-members.server";
import type { SealedText } from "./sealed-role-key";

/**
 * Hands a role key on: a member who holds it sealed it, in their browser, to a colleague's personal key. Throws 404
 * for anyone but a member of the slot, `key_changed`, `key_not_held`, `grantee_not_member`, `grantee_key_changed`,
 * `already_granted`, `other_vault_side` (409). Bytes in base64url.
 */
export async function shareRoleKey(
  db: Database,
  input: SealedText & { readonly roleKeyId: string; readonly personalKeyId: string; readonly at: Date },
  actor: StaffActor,
): Promise<void> {
  await sayKeyRefusals(
    withActor(db, actor, async (tx) => {
      const key = await findRoleKey(tx, input.roleKeyId);
      const granteeId = await findOwner(tx, input.personalKeyId);
      if (granteeId === null) throw notFound();
      await lockPeople(tx, [actor.id, granteeId]);
      await checkMember(tx, actor.id, key.slot);
      const live = await lockLiveKey(tx, key.slot, "share");
      if (live?.id !== key.id) throw keyChanged();
      if (!(await holdsKey(tx, actor.id, key.id))) throw keyNotHeld();
      if (!(await readSlotsOf(tx, granteeId)).includes(key.slot)) throw granteeNotMember();
      if (!(await isLive(tx, input.personalKeyId))) throw granteeKeyChanged();
      if (await holdsKey(tx, granteeId, key.id)) throw alreadyGranted();
      const to = { staffId: granteeId, personalKeyId: input.personalKeyId };
      await grantToPerson(tx, { key, to, sealed: input, action: "keys.granted", at: input.at }, actor);
    }),
  );
}

/** A role key by id, live or retired. 404 when there is none. */
export async function findRoleKey(
  tx: Tx,
  id: string,
): Promise<{ readonly id: string; readonly slot: string; readonly epoch: number }> {
  const [key] = await tx
    .select({ id: roleKeys.id, slot: roleKeys.slot, epoch: roleKeys.epoch })
    .from(roleKeys)
    .where(eq(roleKeys.id, id));
  if (key === undefined) throw notFound();
  return key;
}

/** Whose a personal key is or was. */
export async function findOwner(tx: Tx, personalKeyId: string): Promise<string | null> {
  const [key] = await tx
    .select({ staffId: personalKeys.staffId })
    .from(personalKeys)
    .where(eq(personalKeys.id, personalKeyId));
  return key?.staffId ?? null;
}

async function isLive(tx: Tx, personalKeyId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: personalKeys.id })
    .from(personalKeys)
    .where(and(eq(personalKeys.id, personalKeyId), isNull(personalKeys.retiredAt)));
  return rows.length > 0;
}
