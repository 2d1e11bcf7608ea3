import type { Pack } from "~server/packs/grammar";
import { agencyNameOn, type Language } from "~server/packs/look-up-pack";

export type Hotline = {
  readonly agency: string;
  readonly number: string;
  readonly hours: string;
  /** A demonstration number that nobody can dial: pages say so beside it. */
  readonly fictitious: boolean;
};

/** The pack's telephone lines under the names their offices have on a day (YYYY-MM-DD). */
export function listHotlines(pack: Pack, day: string, language: Language): Hotline[] {
  return pack.hotlines.map(({ agency, number, hours, fictitious }) => ({
    agency: agencyNameOn(pack, agency, day, language),
    number,
    hours: hours[language],
    fictitious,
  }));
}
