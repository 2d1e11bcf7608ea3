import { eq } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { roleKeys } from "~db/schema/keys";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { endOldGrants } from "./end-old-grants.server";
import { fromBase64url } from "./format";
import {
  badGrants,
  badKey,
  keyChanged,
  keyNotHeld,
  membersChanged,
  sayKeyRefusals,
} from "./key-refusals.server";
import { checkMember, holdsKey, lockLiveKey, readRecoveryKey } from "./lock-role-key.server";
import { isUsablePublicKey } from "./match-keys";
import { lockPeople, readMembers } from "./read-members.server";
import { sealedBytes, type SealedText } from "./sealed-role-key";
import { storeRoleKey } from "./store-keys.server";

/**
 * Puts a new epoch in the place of a slot's live key: made in the browser of a member who holds the old one, sealed to
 * every current member who has a personal key and to the recovery key. The old epoch is retired; its grants stay, for
 * what is sealed to it is still to be re-wrapped. Of two who rotate at once one does. Throws 404 for anyone but a
 * member, `key_changed`, `key_not_held`, `members_changed`, `recovery_key_missing` (409), `bad_grants`, `bad_key`
 * (400). Bytes in base64url.
 */
export async function rotateRoleKey(
  db: Database,
  input: {
    readonly slot: string;
    /** The live key as the browser knew it. */
    readonly replaces: string;
    readonly id: string;
    readonly publicKey: string;
    readonly grants: readonly (SealedText & { readonly personalKeyId: string })[];
    readonly recovery: SealedText & { readonly recoveryKeyId: string };
    readonly at: Date;
  },
  actor: StaffActor,
): Promise<void> {
  const publicKey = fromBase64url(input.publicKey);
  if (!(await isUsablePublicKey(publicKey))) throw badKey();
  await sayKeyRefusals(
    withActor(db, actor, async (tx) => {
      // Members are held before they are read for good: nobody who is leaving gets the new key.
      const before = (await readMembers(tx)).get(input.slot) ?? [];
      await lockPeople(tx, [actor.id, ...before.map(({ staffId }) => staffId)]);
      await checkMember(tx, actor.id, input.slot);
      const live = await lockLiveKey(tx, input.slot, "update");
      if (live?.id !== input.replaces) throw keyChanged();
      if (!(await holdsKey(tx, actor.id, live.id))) throw keyNotHeld();
      const recovery = await readRecoveryKey(tx);
      if (input.recovery.recoveryKeyId !== recovery.id) throw badGrants();
      const vault = input.slot.startsWith("custodian_");
      const members = (await readMembers(tx)).get(input.slot) ?? [];
      const keyIds: string[] = [];
      for (const { staffId, personalKey } of members) {
        // A custodian who has taken no side yet is not put on one by a rotation.
        if (personalKey !== null && (!vault || (await holdsKey(tx, staffId, live.id))))
          keyIds.push(personalKey.id);
      }
      if (
        !sameSet(
          keyIds,
          input.grants.map(({ personalKeyId }) => personalKeyId),
        )
      )
        throw membersChanged();
      await tx.update(roleKeys).set({ retiredAt: input.at }).where(eq(roleKeys.id, live.id));
      const epoch = live.epoch + 1;
      await storeRoleKey(tx, {
        id: input.id,
        slot: input.slot,
        epoch,
        publicKey,
        grants: [
          ...input.grants.map(({ personalKeyId, ...sealed }) => ({ personalKeyId, ...sealedBytes(sealed) })),
          { recoveryKeyId: recovery.id, ...sealedBytes(input.recovery) },
        ],
        by: actor.id,
        at: input.at,
      });
      await recordEvent(
        tx,
        {
          action: "keys.rotated",
          subjectTable: "role_keys",
          subjectId: input.id,
          data: { slot: input.slot, epoch, replaces: live.id, members: keyIds.length },
          at: input.at,
        },
        actor,
      );
      await endOldGrants(tx, { slot: input.slot, at: input.at }, actor);
    }),
  );
}

function sameSet(wanted: readonly string[], given: readonly string[]): boolean {
  const set = new Set(given);
  return set.size === given.length && set.size === wanted.length && wanted.every((one) => set.has(one));
}
