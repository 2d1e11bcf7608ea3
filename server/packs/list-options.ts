import type { Pack } from "~server/packs/grammar";
import { agencyName, ownNameOn, successorOn } from "~server/packs/look-up-pack";

export type Option = { readonly value: string; readonly label: string };

/** The sectors staff choose from, in the pack's order; 不确定 is not among them: its label is the page's. */
export function sectorOptions(pack: Pack): Option[] {
  return pack.sectors
    .filter(({ id }) => id !== "unknown")
    .map(({ id, title }) => ({ value: id, label: title.zh }));
}

/**
 * The bodies of the pack by the ids the database knows (`jinhua.police`), under their names of a day (YYYY-MM-DD).
 * Kinds of bodies (所在镇办) and bodies that have ceased by then are left out.
 */
export function agencyOptions(pack: Pack, day: string): Option[] {
  return pack.agencies
    .filter(({ id, kind }) => kind === "body" && successorOn(pack, id, day) === id)
    .map(({ id }) => ({ value: `${pack.id}.${id}`, label: ownNameOn(pack, id, day) }));
}

/** The plans a portal holds, by their titles. */
export function packOptions(packs: readonly { readonly pack: Pack }[]): Option[] {
  return packs.map(({ pack }) => ({ value: pack.id, label: pack.title.zh }));
}

/** The bodies of several plans; where there are several, each says whose it is, for 市公安局 may stand in two. */
export function agencyOptionsOf(packs: readonly { readonly pack: Pack }[], day: string): Option[] {
  return packs.flatMap(({ pack }) =>
    agencyOptions(pack, day).map(({ value, label }) => ({
      value,
      label: packs.length > 1 ? `${label} · ${pack.title.zh}` : label,
    })),
  );
}

/**
 * Names a body by its database id: as of a day (YYYY-MM-DD), or in the plan's words; an id of another pack stays as it
 * is.
 */
export function nameAgencyById(pack: Pack, id: string, day?: string): string {
  const slug = id.startsWith(`${pack.id}.`) ? id.slice(pack.id.length + 1) : null;
  if (slug === null || !pack.agencies.some((agency) => agency.id === slug)) return id;
  return day === undefined ? agencyName(pack, slug) : ownNameOn(pack, slug, day);
}

/** The same among several packs: each names its own bodies. */
export function nameAgencyAmong(packs: readonly Pack[], id: string, day?: string): string {
  const own = packs.find((pack) => id.startsWith(`${pack.id}.`));
  return own === undefined ? id : nameAgencyById(own, id, day);
}

/** A sector's title; null for 不确定 and for what the pack does not have. */
export function sectorTitle(pack: Pack, id: string | null): string | null {
  return pack.sectors.find((sector) => sector.id === id && id !== "unknown")?.title.zh ?? null;
}
