// Which packs a lead may be handed to, for its page. Client-safe types; the act judges anew.
import type { ShelfPack } from "~server/packs/open-shelf.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { directionOf, mayHand, type HandDirection } from "./hand-directions";

export type HandTarget = {
  readonly packId: string;
  readonly title: string;
  readonly direction: HandDirection;
};

export type Handing = { readonly own: string; readonly targets: readonly HandTarget[] };

/** null for whoever may not hand it on, where the portal holds one pack, where it is in a dispute, and where it is too far on. */
export function presentHanding(
  held: readonly ShelfPack[],
  lead: { readonly packId: string; readonly stage: string; readonly disputeOpen: boolean },
  actor: StaffActor,
): Handing | null {
  if (!hasRole(actor, "triage_officer") || held.length < 2 || lead.disputeOpen || !mayHand(lead.stage))
    return null;
  const tree = held.map(({ pack, parentId }) => ({ packId: pack.id, parentId }));
  return {
    own: held.find(({ pack }) => pack.id === lead.packId)?.pack.title.zh ?? lead.packId,
    targets: held
      .filter(({ pack }) => pack.id !== lead.packId)
      .map(({ pack }) => ({
        packId: pack.id,
        title: pack.title.zh,
        direction: directionOf(tree, lead.packId, pack.id),
      })),
  };
}
