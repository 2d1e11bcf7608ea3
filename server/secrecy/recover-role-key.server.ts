import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { grantToPerson } from "./grant-to-person.server";
import {
  alreadyGranted,
  personalKeyMissing,
  recoveredForAnother,
  sayKeyRefusals,
} from "./key-refusals.server";
import { checkMember, holdsKey } from "./lock-role-key.server";
import { lockPeople, readPersonalKey } from "./read-members.server";
import type { SealedText } from "./sealed-role-key";
import { findRoleKey } from "./share-role-key.server";

/**
 * Takes a role key that three share holders opened with the recovery command and sealed to this person's personal
 * key. Retired epochs may be recovered too: tips may still be sealed to them. Throws 404 for anyone but a current
 * member, `recovered_for_another`, `personal_key_missing`, `already_granted`, `other_vault_side` (409). Bytes in
 * base64url.
 */
export async function recoverRoleKey(
  db: Database,
  input: SealedText & { readonly roleKeyId: string; readonly personalKeyId: string; readonly at: Date },
  actor: StaffActor,
): Promise<void> {
  await sayKeyRefusals(
    withActor(db, actor, async (tx) => {
      await lockPeople(tx, [actor.id]);
      const key = await findRoleKey(tx, input.roleKeyId);
      if (key.slot === "recovery") throw notFound();
      await checkMember(tx, actor.id, key.slot);
      const personal = await readPersonalKey(tx, actor.id);
      if (personal === null) throw personalKeyMissing();
      if (personal.id !== input.personalKeyId) throw recoveredForAnother();
      if (await holdsKey(tx, actor.id, key.id)) throw alreadyGranted();
      const to = { staffId: actor.id, personalKeyId: personal.id };
      await grantToPerson(tx, { key, to, sealed: input, action: "keys.recovered", at: input.at }, actor);
    }),
  );
}
