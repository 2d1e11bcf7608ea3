// Small questions asked of a pack by pages and rules alike. Client-safe.
import type { Pack, RedLineItem } from "~server/packs/grammar";
import type { SectorId } from "~server/packs/sector-ids";

export type Language = "zh" | "en";

function agencyOf(pack: Pack, id: string): Pack["agencies"][number] {
  const agency = pack.agencies.find((one) => one.id === id);
  if (!agency) throw new Error(`pack ${pack.id} has no agency ${id}`);
  return agency;
}

function say(name: { name: string; en: string }, language: Language): string {
  return language === "zh" ? name.name : name.en;
}

/** The name the plan prints: what a decision cites. Throws on an id the pack does not have. */
export function agencyName(pack: Pack, id: string, language: Language = "zh"): string {
  const agency = agencyOf(pack, id);
  const printed = agency.names.find((name) => name.document) ?? agency.names[0];
  return printed ? say(printed, language) : id;
}

/** The name a list of responsible units prints (责任单位), which may be a shorter one. Throws on an unknown id. */
export function listedName(pack: Pack, id: string): string {
  return agencyOf(pack, id).listedAs ?? agencyName(pack, id);
}

/** The id of the body a decision names, by either of the names the plan prints; null for a stranger's name. */
export function agencyIdByName(pack: Pack, name: string): string | null {
  const named = (agency: Pack["agencies"][number]) =>
    agency.listedAs === name || agency.names.some((one) => one.document && one.name === name);
  return pack.agencies.find(named)?.id ?? null;
}

/**
 * The name on a day (YYYY-MM-DD): the latest that had begun and not ended, else the document's.
 * Where the body has ceased by then, its successor's name. Throws on an unknown id.
 */
export function agencyNameOn(pack: Pack, id: string, day: string, language: Language = "zh"): string {
  const seen = new Set<string>();
  let agency = agencyOf(pack, id);
  while (agency.successor?.from !== undefined && agency.successor.from <= day && !seen.has(agency.id)) {
    seen.add(agency.id);
    agency = agencyOf(pack, agency.successor.agency);
  }
  const begun = agency.names
    .filter(({ from, until }) => (from ?? "") <= day && (until === undefined || day <= until))
    .sort((a, b) => ((a.from ?? "") < (b.from ?? "") ? -1 : 1));
  const latest = begun.at(-1);
  return latest ? say(latest, language) : agencyName(pack, agency.id, language);
}

/** The pack's own unit for a code, local codes included; null where only the division list has it. */
export function territoryUnit(pack: Pack, code: string): Pack["territory"]["units"][number] | null {
  return pack.territory.units.find((unit) => unit.code === code) ?? null;
}

/** The body responsible on the ground, as the plan prints it; null where the plan names none. */
export function responsibleBody(pack: Pack, code: string, language: Language = "zh"): string | null {
  const authority = territoryUnit(pack, code)?.authority;
  return authority === undefined ? null : agencyName(pack, authority, language);
}

/** The sector's red lines; a sector without a list shows the unfair-competition items. */
export function checklistFor(pack: Pack, sector: SectorId): readonly RedLineItem[] {
  return pack.redLines.find(({ sectors }) => sectors.includes(sector))?.items ?? pack.unfairCompetition;
}

/**
 * Keywords of name screening (名称、经营范围字样) found in a name, in the pack's order.
 * With a sector, the words screened for in that sector only are looked for too; with "every", those of all sectors
 * (a registration list does not say what its companies do).
 * Case and full-width forms do not matter; an exempt phrase hides the keyword inside it.
 */
export function screenName(pack: Pack, name: string, sector?: SectorId | "every"): string[] {
  const plain = (value: string) => value.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
  const text = plain(name);
  const { keywords, sectorKeywords, exempt: exemptions } = pack.nameScreening;
  const ofSector = sectorKeywords
    .filter(({ sectors }) => sector === "every" || (sector !== undefined && sectors.includes(sector)))
    .flatMap((list) => list.keywords);
  return [...new Set([...keywords, ...ofSector])].filter((keyword) => {
    const phrases = exemptions
      .filter((exempt) => exempt.keyword === keyword)
      .flatMap((exempt) => exempt.phrases);
    // A mark, not nothing, takes the phrase's place: its neighbours must not join into a keyword.
    const rest = phrases.reduce((left, phrase) => left.replaceAll(plain(phrase), "\u0000"), text);
    return rest.includes(plain(keyword));
  });
}
