import type { AnswerStep, RawAnswers } from "~/forms/report";
import { textOf } from "~/forms/report-fields";
import type { Pack } from "~server/packs/grammar";
import { listPlaces, type PlaceGroup } from "~server/packs/list-places";
import { checklistFor, type Language } from "~server/packs/look-up-pack";
import { isKnownSector } from "~server/routing/lead-facts.server";

export type Choice = { readonly id: string; readonly label: string };

/** What the pack offers on one page, in the reader's language. */
export type Offer = {
  readonly sectors: readonly (Choice & { readonly help: string; readonly common: boolean })[];
  readonly places: readonly PlaceGroup[];
  readonly redLines: readonly Choice[];
  /** The sector the checklist belongs to. */
  readonly sectorName: string | null;
  readonly reward: string | null;
};

export function offerStep(pack: Pack, step: AnswerStep, raw: RawAnswers, language: Language): Offer {
  const typed = textOf(raw.sector ?? {}, "sector");
  const sector = isKnownSector(pack, typed) ? typed : "unknown";
  return {
    sectors:
      step === "sector"
        ? pack.sectors.map(({ id, title, help, common }) => ({
            id,
            label: title[language],
            help: help[language],
            common,
          }))
        : [],
    places: step === "territory" ? listPlaces(pack) : [],
    redLines:
      step === "red-lines"
        ? checklistFor(pack, sector).map(({ id, text }) => ({ id, label: text[language] }))
        : [],
    sectorName: pack.sectors.find(({ id }) => id === sector)?.title[language] ?? null,
    reward: step === "reward" ? (pack.localReward?.text[language] ?? null) : null,
  };
}
