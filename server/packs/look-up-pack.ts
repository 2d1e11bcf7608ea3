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

/** The body that has the duties of `id` on a day (YYYY-MM-DD): itself, or where it has ceased by then its successor. */
export function successorOn(pack: Pack, id: string, day: string): string {
  const seen = new Set<string>();
  let agency = agencyOf(pack, id);
  while (agency.successor !== undefined && (agency.successor.from ?? "") <= day && !seen.has(agency.id)) {
    seen.add(agency.id);
    agency = agencyOf(pack, agency.successor.agency);
  }
  return agency.id;
}

/**
 * What became of a body by a day: null while it goes on, else who has its duties now (null where the plan names nobody,
 * or no longer the body at all), its last day (YYYY-MM-DD, null where the plan gives none) and the clause to cite. A
 * body with no successor has ceased once the last of its names has ended; one whose successor is still to begin waits.
 */
export function endOf(
  pack: Pack,
  id: string,
  day: string,
): { readonly successor: string | null; readonly lastDay: string | null; readonly clause: string } | null {
  const agency = pack.agencies.find((one) => one.id === id);
  if (agency === undefined) return { successor: null, lastDay: null, clause: pack.document };
  const clause = agency.successor?.clause ?? pack.document;
  const heir = successorOn(pack, id, day);
  if (heir === id) {
    const last = agency.successor === undefined ? lastDayOf(agency) : null;
    return last === null || last >= day ? null : { successor: null, lastDay: last, clause };
  }
  const from = agency.successor?.from;
  const lastDay = from === undefined ? null : dayBefore(from.padEnd(10, "-01"));
  return { successor: endOf(pack, heir, day) === null ? heir : null, lastDay, clause };
}

/** The last day of the last of a body's names (YYYY-MM-DD); null while one of them has no end. */
function lastDayOf({ names }: Pack["agencies"][number]): string | null {
  const ends = names.map(({ until }) => (until === undefined ? null : lastOf(until)));
  return ends.reduce((a, b) => (a === null || b === null ? null : a > b ? a : b));
}

/** The last day of a year, a month, or the day itself. */
function lastOf(date: string): string {
  if (date.length === 4) return `${date}-12-31`;
  if (date.length === 10) return date;
  const [year, month] = date.split("-").map(Number);
  return dayBefore(new Date(Date.UTC(year ?? 0, month ?? 1, 1)).toISOString().slice(0, 10));
}

function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}

/** The latest of a body's own names that had begun on a day (YYYY-MM-DD) and not ended, else the document's. */
export function ownNameOn(pack: Pack, id: string, day: string, language: Language = "zh"): string {
  const begun = agencyOf(pack, id)
    .names.filter(({ from, until }) => (from ?? "") <= day && (until === undefined || day <= until))
    .sort((a, b) => ((a.from ?? "") < (b.from ?? "") ? -1 : 1));
  const latest = begun.at(-1);
  return latest ? say(latest, language) : agencyName(pack, id, language);
}

/**
 * The name on a day (YYYY-MM-DD): the latest that had begun and not ended, else the document's.
 * Where the body has ceased by then, its successor's name. Throws on an unknown id.
 */
export function agencyNameOn(pack: Pack, id: string, day: string, language: Language = "zh"): string {
  return ownNameOn(pack, successorOn(pack, id, day), day, language);
}

/** The pack's own unit for a code, local codes included; null where only the division list has it. */
export function territoryUnit(pack: Pack, code: string): Pack["territory"]["units"][number] | null {
  return pack.territory.units.find((unit) => unit.code === code) ?? null;
}

/**
 * The id of the body responsible on the ground; null where the plan names none. A place the plan does not list is its
 * city's, or its province's, as its code says.
 */
export function responsibleAgency(pack: Pack, code: string): string | null {
  const above = /^\d{6}$/.test(code) ? [`${code.slice(0, 4)}00`, `${code.slice(0, 2)}0000`] : [];
  for (const one of [code, ...above]) {
    const authority = territoryUnit(pack, one)?.authority;
    if (authority !== undefined) return authority;
  }
  return null;
}

/** The same, as the plan prints it. */
export function responsibleBody(pack: Pack, code: string, language: Language = "zh"): string | null {
  const authority = responsibleAgency(pack, code);
  return authority === null ? null : agencyName(pack, authority, language);
}

/**
 * Whether a plan names a body by the place alone (所在镇办): which office that is, the place of the matter says. Told by
 * the plan's own word 所在; other kinds of bodies (金融管理部门) are not offices of a place.
 */
export function isNamedByPlace(pack: Pack, id: string): boolean {
  return agencyOf(pack, id).kind === "class" && agencyName(pack, id).startsWith("所在");
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
