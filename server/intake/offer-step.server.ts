import type { AnswerStep, RawAnswers } from "~/forms/report";
import { textOf } from "~/forms/report-fields";
import type { Pack } from "~server/packs/grammar";
import { listPlaces, type PlaceGroup } from "~server/packs/list-places";
import { checklistFor, type Language } from "~server/packs/look-up-pack";
import { isKnownSector } from "~server/routing/lead-facts.server";
import { askAgain, type Again } from "./ask-again.server";

export type Choice = { readonly id: string; readonly label: string; readonly help?: string };

/** What the pack and the other answers offer on one page, in the reader's language. */
export type Offer = {
  readonly sectors: readonly (Choice & {
    readonly help: string;
    /** What such a business must not do, as examples. */
    readonly examples: readonly string[];
    readonly common: boolean;
  })[];
  readonly places: readonly PlaceGroup[];
  readonly redLines: readonly Choice[];
  /** The sector the checklist belongs to; null while none is chosen. */
  readonly sectorName: string | null;
  readonly reward: string | null;
  /** What kind of subject the page is about, and whether its name is not known. */
  readonly subjectKind: "organisation" | "person" | "site" | null;
  readonly nameUnknown: boolean;
  readonly named: boolean;
  readonly again: Again | null;
};

const EXAMPLES = 3;

export function offerStep(pack: Pack, step: AnswerStep, raw: RawAnswers, language: Language): Offer {
  const typed = textOf(raw.sector ?? {}, "sector");
  const chosen = isKnownSector(pack, typed) ? typed : null;
  const kind = textOf(raw.kind ?? {}, "subjectKind");
  return {
    sectors: step === "sector" ? sectorsOf(pack, language) : [],
    places: step === "territory" ? listPlaces(pack) : [],
    redLines:
      step === "red-lines"
        ? checklistFor(pack, chosen ?? "unknown").map(({ id, text, help }) => ({
            id,
            label: text[language],
            help: help?.[language],
          }))
        : [],
    sectorName: pack.sectors.find(({ id }) => id === chosen)?.title[language] ?? null,
    reward: step === "reward" ? (pack.localReward?.text[language] ?? null) : null,
    subjectKind: kind === "organisation" || kind === "person" || kind === "site" ? kind : null,
    nameUnknown: textOf(raw.subject ?? {}, "nameUnknown") === "yes",
    named: raw.mode?.mode === "named",
    again: askAgain(pack, step, raw),
  };
}

function sectorsOf(pack: Pack, language: Language): Offer["sectors"] {
  return pack.sectors.map(({ id, title, help, common }) => {
    // Only a list of its own says something of a sector; the general items fit every one.
    const own = pack.redLines.find(({ sectors }) => sectors.includes(id))?.items ?? [];
    return {
      id,
      label: title[language],
      help: help[language],
      examples: own.slice(0, EXAMPLES).map(({ text }) => text[language]),
      common,
    };
  });
}
