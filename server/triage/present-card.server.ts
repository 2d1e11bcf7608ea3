import type { DaysToGo } from "~server/clocks/due-day";
import type { Pack } from "~server/packs/grammar";
import { sectorTitle } from "~server/packs/list-options";
import { namePlace } from "~server/packs/name-place";
import type { BoardCard } from "./list-board.server";
import { presentPlace, type PlaceView } from "./present-lead.server";
import type { ClosureCode, Move } from "./stages";

export type PresentedCard = {
  id: string;
  number: number;
  version: number;
  name: string;
  isMajor: boolean;
  sector: string | null;
  place: PlaceView | null;
  tipCount: number;
  toGo: DaysToGo | null;
  closureCode: ClosureCode | null;
  unread: number;
  wishes: number;
  assignee: { id: string; name: string } | null;
  moves: { to: Move["to"]; needs: Move["needs"] }[];
};

/** A card in the words of its own pack, with no more than its three lines and its menu need. */
export function presentCard(pack: Pack, card: BoardCard, toGo: DaysToGo | null): PresentedCard {
  const { id, number, version, name, isMajor, tipCount, unread, wishes, assignee } = card;
  const short = card.place === null ? null : namePlace(pack, card.place);
  return {
    id,
    number,
    version,
    name,
    isMajor,
    tipCount,
    toGo,
    unread,
    wishes,
    assignee,
    sector: sectorTitle(pack, card.sector),
    place: short === null ? presentPlace(pack, card.place) : { kind: "named", name: short },
    closureCode: card.closureCode as ClosureCode | null,
    moves: card.moves.map(({ to, needs }) => ({ to, needs })),
  };
}
