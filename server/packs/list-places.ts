import { childrenOf, divisionName } from "~server/packs/divisions";
import type { Pack } from "~server/packs/grammar";

export type PlaceGroup = {
  readonly key: "own" | "province" | "elsewhere";
  readonly places: readonly { readonly code: string; readonly zh: string; readonly en: string | null }[];
  /** The whole area the pack covers, for somebody who cannot tell the county. */
  readonly unsure: { readonly code: string; readonly zh: string } | null;
};

/**
 * The places a reporter may choose from without a script: the pack's own units, the other cities of its province,
 * the other provinces. A pack without an area of its own offers the provinces.
 */
export function listPlaces(pack: Pack): PlaceGroup[] {
  const { prefix, units } = pack.territory;
  const own = units.map(({ code, name }) => ({ code, zh: name.zh, en: name.en }));
  const province = prefix === null ? null : `${prefix.slice(0, 2)}0000`;
  const city = prefix !== null && prefix.length >= 4 ? `${prefix.slice(0, 4)}00` : null;
  const named = (list: { code: string; name: string }[], except: string | null) =>
    list.filter(({ code }) => code !== except).map(({ code, name }) => ({ code, zh: name, en: null }));
  const whole = city ?? province;
  const wholeName = whole === null ? null : divisionName(whole);
  return [
    {
      key: "own" as const,
      places: own,
      unsure: whole === null || wholeName === null ? null : { code: whole, zh: wholeName },
    },
    {
      key: "province" as const,
      places: province === null || city === null ? [] : named(childrenOf(province), city),
      unsure: null,
    },
    { key: "elsewhere" as const, places: named(childrenOf(null), province), unsure: null },
  ].filter(({ places, unsure }) => places.length > 0 || unsure !== null);
}

const offered = new WeakMap<Pack, ReadonlySet<string>>();

/** Every code `listPlaces` offers; a pack is never changed, so it is asked once. */
export function offeredPlaceCodes(pack: Pack): ReadonlySet<string> {
  const known = offered.get(pack) ?? listCodes(pack);
  offered.set(pack, known);
  return known;
}

function listCodes(pack: Pack): Set<string> {
  return new Set(
    listPlaces(pack).flatMap(({ places, unsure }) => [
      ...places.map(({ code }) => code),
      ...(unsure === null ? [] : [unsure.code]),
    ]),
  );
}
