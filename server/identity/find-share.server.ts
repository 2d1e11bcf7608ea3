import { and, eq, gte, lte } from "drizzle-orm";
import { readTipReference } from "~/forms/tip-reference";
import type { Database } from "~db/client.server";
import { sealedValues } from "~db/schema/sealed";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import { toBase64url } from "~server/secrecy/format";
import type { OtherSide } from "~server/secrecy/identity-shares";
import { readLiveKeys } from "~server/secrecy/read-role-keys.server";
import type { KeyForYou } from "~server/secrecy/sealed-view";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { keepRefusal } from "~server/staff-auth/refusals.server";
import { otherSide, readOwnShare, readSide, slotOfSide } from "./read-side.server";
import { identityRefusal } from "./refusals.server";

export type FoundShare = { readonly tipId: string; readonly own: KeyForYou; readonly to: OtherSide };

/**
 * The custodian's own share of the identity behind a quoted reference, and the key it is to be sealed to: what their
 * browser needs for a request. One share tells nothing. That somebody looked is itself an event, found or not; the
 * reference as typed is not in it. Refusals: `no_identity`, `two_tips`, `no_share`,
 * `other_side_keyless`. 404 for anyone but custodians.
 */
export async function findShare(
  db: Database,
  input: { readonly reference: string; readonly clock: Clock },
  actor: StaffActor,
): Promise<FoundShare> {
  if (!hasRole(actor, "identity_custodian")) throw notFound();
  const range = readTipReference(input.reference);
  if (range === null) throw identityRefusal("no_identity");
  return keepRefusal(db, actor, async (tx) => {
    const side = await readSide(tx, actor);
    if (side === null) return identityRefusal("no_share");
    // Custodians see no tips: whether a reference is of none or of an anonymous one is not theirs to learn.
    const found = await tx
      .select({ id: sealedValues.ownerId })
      .from(sealedValues)
      .where(
        and(
          eq(sealedValues.ownerTable, "tips"),
          eq(sealedValues.field, "identity"),
          gte(sealedValues.ownerId, range.first),
          lte(sealedValues.ownerId, range.last),
        ),
      )
      .limit(2);
    const [tip] = found;
    const only = found.length === 1 ? tip : undefined;
    await recordEvent(
      tx,
      {
        action: "tips.sought",
        subjectTable: "tips",
        subjectId: only?.id ?? "none",
        data: only === undefined ? { found: found.length } : { tipId: only.id },
        at: input.clock.now(),
      },
      actor,
    );
    if (tip === undefined) return identityRefusal("no_identity");
    if (found.length > 1) return identityRefusal("two_tips");
    const own = await readOwnShare(tx, { tipId: tip.id, side }, actor);
    if (own === null) return identityRefusal("no_share");
    const slot = slotOfSide(otherSide(side));
    const to = (await readLiveKeys(tx, [slot])).get(slot);
    if (to === undefined) return identityRefusal("other_side_keyless");
    const { id: roleKeyId, epoch, publicKey } = to;
    return { tipId: tip.id, own, to: { roleKeyId, slot, epoch, publicKey: toBase64url(publicKey) } };
  });
}
