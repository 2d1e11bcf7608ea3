import { and, eq, inArray, isNull, notInArray, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { keyGrants, personalKeys, roleKeys } from "~db/schema/keys";
import { recordEvent } from "~server/audit/record-event.server";
import type { Actor } from "~server/staff-auth/actor";
import { lockPeople, readSlotsOf } from "./read-members.server";

/**
 * Takes the keys of slots a person is no longer a member of from them, old epochs included, and marks those slots'
 * live keys as due for rotation: what the person once opened they may have kept. Called inside the transaction that
 * took a role, suspended the person or moved them to another body, after the change; nothing is lost when there was
 * nothing to take.
 */
export async function endLostGrants(
  tx: Tx,
  input: { readonly staffId: string; readonly at: Date },
  actor: Actor,
): Promise<void> {
  await lockPeople(tx, [input.staffId]);
  const kept = await readSlotsOf(tx, input.staffId);
  const lost = await tx
    .select({ id: keyGrants.id, slot: roleKeys.slot, epoch: roleKeys.epoch })
    .from(keyGrants)
    .innerJoin(roleKeys, eq(roleKeys.id, keyGrants.roleKeyId))
    .innerJoin(personalKeys, eq(personalKeys.id, keyGrants.personalKeyId))
    .where(
      and(
        eq(personalKeys.staffId, input.staffId),
        isNull(keyGrants.revokedAt),
        kept.length === 0 ? undefined : notInArray(roleKeys.slot, [...kept]),
      ),
    );
  if (lost.length === 0) return;
  await tx
    .update(keyGrants)
    .set({ revokedAt: input.at })
    .where(
      inArray(
        keyGrants.id,
        lost.map(({ id }) => id),
      ),
    );
  for (const slot of [...new Set(lost.map((grant) => grant.slot))].toSorted()) {
    await recordEvent(
      tx,
      {
        action: "keys.grant_revoked",
        subjectTable: "staff",
        subjectId: input.staffId,
        data: { slot, epochs: lost.filter((grant) => grant.slot === slot).map(({ epoch }) => epoch) },
        at: input.at,
      },
      actor,
    );
    await markRotationDue(tx, { slot, at: input.at }, actor);
  }
}

/** The first departure counts: the date stays until the key is changed. */
async function markRotationDue(tx: Tx, input: { slot: string; at: Date }, actor: Actor): Promise<void> {
  const marked = await tx
    .update(roleKeys)
    .set({ rotationDueSince: input.at })
    .where(
      and(
        eq(roleKeys.slot, input.slot),
        isNull(roleKeys.retiredAt),
        sql`${roleKeys.rotationDueSince} is null`,
      ),
    )
    .returning({ id: roleKeys.id, epoch: roleKeys.epoch });
  for (const { id, epoch } of marked) {
    await recordEvent(
      tx,
      {
        action: "keys.rotation_due",
        subjectTable: "role_keys",
        subjectId: id,
        data: { slot: input.slot, epoch },
        at: input.at,
      },
      actor,
    );
  }
}
