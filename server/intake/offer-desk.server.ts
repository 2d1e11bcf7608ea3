import type { RawAnswers } from "~/forms/report";
import type { Pack } from "~server/packs/grammar";
import { offerStep, type Offer } from "./offer-step.server";

/** All the pack offers at the desk at once, and each sector's checklist: what is chosen there changes in the browser. */
export type DeskOffer = {
  readonly base: Offer;
  readonly checklists: Readonly<Record<string, Pick<Offer, "redLines" | "sectorName">>>;
};

export function offerDesk(pack: Pack): DeskOffer {
  const { sectors } = offerStep(pack, "sector", {}, "zh");
  const { places } = offerStep(pack, "territory", {}, "zh");
  const { redLines, ...rest } = offerStep(pack, "red-lines", {}, "zh");
  const { reward } = offerStep(pack, "reward", {}, "zh");
  const checklists = sectors.map(({ id }) => {
    const raw: RawAnswers = { sector: { sector: id } };
    const own = offerStep(pack, "red-lines", raw, "zh");
    return [id, { redLines: own.redLines, sectorName: own.sectorName }];
  });
  return {
    base: { ...rest, redLines, sectors, places, reward, again: null },
    checklists: Object.fromEntries(checklists) as DeskOffer["checklists"],
  };
}
