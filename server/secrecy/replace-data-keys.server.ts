import { and, eq, inArray, isNotNull } from "drizzle-orm";
import { v4 as uuidv4 } from "uuid";
import type { Database } from "~db/client.server";
import { roleKeys } from "~db/schema/keys";
import { sealedKeys } from "~db/schema/sealed";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { endOldGrants } from "./end-old-grants.server";
import { SUITE } from "./format";
import { keyChanged, keyNotHeld } from "./key-refusals.server";
import { countStaleDataKeys } from "./list-stale-data-keys.server";
import { checkMember, holdsKey, lockLiveKey } from "./lock-role-key.server";
import { sealedBytes } from "./sealed-role-key";
import type { RewrappedKey } from "./stale-data-key";

/**
 * Puts data keys that a member's browser sealed to the slot's live key in the place of those sealed to retired epochs,
 * all of a batch or none. What another browser has replaced meanwhile is passed over, so that a run may be broken off,
 * resumed and shared. Throws 404 for anyone but a member, `key_changed`, `key_not_held` (409). Bytes in base64url.
 */
export async function replaceDataKeys(
  db: Database,
  input: {
    readonly slot: string;
    /** The live key they were sealed to. */
    readonly to: string;
    readonly keys: readonly RewrappedKey[];
    readonly at: Date;
  },
  actor: StaffActor,
): Promise<{ readonly replaced: number; readonly left: number }> {
  return withActor(db, actor, async (tx) => {
    await checkMember(tx, actor.id, input.slot);
    const live = await lockLiveKey(tx, input.slot, "share");
    if (live?.id !== input.to) throw keyChanged();
    if (!(await holdsKey(tx, actor.id, live.id))) throw keyNotHeld();
    const sent = new Map(input.keys.map((key) => [key.id, key]));
    const old = await tx
      .select({
        id: sealedKeys.id,
        ownerTable: sealedKeys.ownerTable,
        ownerId: sealedKeys.ownerId,
        record: sealedKeys.record,
        part: sealedKeys.part,
      })
      .from(sealedKeys)
      .innerJoin(roleKeys, eq(roleKeys.id, sealedKeys.roleKeyId))
      .where(
        and(
          inArray(sealedKeys.id, [...sent.keys()]),
          eq(roleKeys.slot, input.slot),
          isNotNull(roleKeys.retiredAt),
        ),
      )
      .orderBy(sealedKeys.id)
      .for("update", { of: sealedKeys });
    const anew = old.flatMap(({ id, ...of }) => {
      const key = sent.get(id);
      if (key === undefined) return [];
      const { enc, body } = sealedBytes(key);
      return [
        {
          ...of,
          id: uuidv4(),
          roleKeyId: live.id,
          suite: SUITE,
          enc: Buffer.from(enc),
          body: Buffer.from(body),
        },
      ];
    });
    if (anew.length > 0) {
      // A record handed over to the new epoch in the meantime has its key already.
      await tx.insert(sealedKeys).values(anew).onConflictDoNothing();
      await tx.delete(sealedKeys).where(
        inArray(
          sealedKeys.id,
          old.map(({ id }) => id),
        ),
      );
    }
    const left = (await countStaleDataKeys(tx)).get(input.slot) ?? 0;
    if (anew.length > 0) {
      await recordEvent(
        tx,
        {
          action: "keys.rewrapped",
          subjectTable: "role_keys",
          subjectId: live.id,
          data: { slot: input.slot, epoch: live.epoch, count: anew.length, left },
          at: input.at,
        },
        actor,
      );
    }
    await endOldGrants(tx, { slot: input.slot, at: input.at }, actor);
    return { replaced: anew.length, left };
  });
}
