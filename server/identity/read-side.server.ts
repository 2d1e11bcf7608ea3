import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { keyGrants, personalKeys, roleKeys } from "~db/schema/keys";
import { readKeysFor } from "~server/secrecy/read-sealed.server";
import type { KeyForYou } from "~server/secrecy/sealed-view";
import type { StaffActor } from "~server/staff-auth/actor";

/** A side of the identity vault. */
export type Side = "a" | "b";

export const slotOfSide = (side: Side) => `custodian_${side}` as const;
export const otherSide = (side: Side): Side => (side === "a" ? "b" : "a");

/** Whose side a person holds a live grant of; null before they were handed a key. Nobody holds both (database). */
export async function readSide(tx: Tx, actor: Pick<StaffActor, "id">): Promise<Side | null> {
  const rows = await tx
    .selectDistinct({ slot: roleKeys.slot })
    .from(keyGrants)
    .innerJoin(roleKeys, eq(roleKeys.id, keyGrants.roleKeyId))
    .innerJoin(
      personalKeys,
      and(
        eq(personalKeys.id, keyGrants.personalKeyId),
        eq(personalKeys.staffId, actor.id),
        isNull(personalKeys.retiredAt),
      ),
    )
    .where(and(isNull(keyGrants.revokedAt), inArray(roleKeys.slot, ["custodian_a", "custodian_b"])));
  if (rows.length !== 1) return null;
  return rows[0]?.slot === "custodian_a" ? "a" : "b";
}

/** The person's own share of a tip's identity, sealed to a key of their side; null where they hold none. */
export async function readOwnShare(
  tx: Tx,
  input: { readonly tipId: string; readonly side: Side },
  actor: StaffActor,
): Promise<KeyForYou | null> {
  const keys = await readKeysFor(tx, { tipIds: [input.tipId], records: ["identity"] }, actor);
  const own = keys
    .get(`${input.tipId} identity`)
    ?.find(({ slot, part }) => slot === slotOfSide(input.side) && part === input.side);
  return own ?? null;
}
