import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { fromBase64url } from "./format";
import { badGrants, badKey, personalKeyMissing, sayKeyRefusals, slotHasKey } from "./key-refusals.server";
import { checkMember, lockLiveKey, readRecoveryKey } from "./lock-role-key.server";
import { isUsablePublicKey } from "./match-keys";
import { lockPeople, readPersonalKey } from "./read-members.server";
import { sealedBytes, type SealedText } from "./sealed-role-key";
import { storeRoleKey } from "./store-keys.server";

/**
 * Stores the first key of a slot, made in a member's browser and sealed to that member and to the recovery key. Two
 * members who make one at once: one does. Throws 404 for anyone but a member, `recovery_key_missing`, `slot_has_key`,
 * `personal_key_missing`, `other_vault_side` (409), `bad_grants`, `bad_key` (400). Bytes in base64url.
 */
export async function createRoleKey(
  db: Database,
  input: {
    /** Made by the browser: it is bound into the grants. */
    readonly id: string;
    readonly slot: string;
    readonly publicKey: string;
    readonly own: SealedText & { readonly personalKeyId: string };
    readonly recovery: SealedText & { readonly recoveryKeyId: string };
    readonly at: Date;
  },
  actor: StaffActor,
): Promise<void> {
  const publicKey = fromBase64url(input.publicKey);
  if (!(await isUsablePublicKey(publicKey))) throw badKey();
  await sayKeyRefusals(
    withActor(db, actor, async (tx) => {
      await lockPeople(tx, [actor.id]);
      await checkMember(tx, actor.id, input.slot);
      const recovery = await readRecoveryKey(tx);
      if ((await lockLiveKey(tx, input.slot, "share")) !== null) throw slotHasKey();
      const personal = await readPersonalKey(tx, actor.id);
      if (personal === null) throw personalKeyMissing();
      if (input.own.personalKeyId !== personal.id || input.recovery.recoveryKeyId !== recovery.id)
        throw badGrants();
      await storeRoleKey(tx, {
        id: input.id,
        slot: input.slot,
        epoch: 1,
        publicKey,
        grants: [
          { personalKeyId: personal.id, ...sealedBytes(input.own) },
          { recoveryKeyId: recovery.id, ...sealedBytes(input.recovery) },
        ],
        by: actor.id,
        at: input.at,
      });
      await recordEvent(
        tx,
        {
          action: "keys.role_made",
          subjectTable: "role_keys",
          subjectId: input.id,
          data: { slot: input.slot, epoch: 1 },
          at: input.at,
        },
        actor,
      );
    }),
  );
}
