import { OTHER_RED_LINE } from "~/forms/report-fields";
import { divisionName } from "~server/packs/divisions";
import type { Pack } from "~server/packs/grammar";
import { listPlaces } from "~server/packs/list-places";
import { checklistFor } from "~server/packs/look-up-pack";
import { namePlaceInFull } from "~server/packs/name-place";
import { isKnownSector } from "~server/routing/lead-facts.server";

/** The pack's words, by which a file names places and sectors, made once for each pack. */
const places = new WeakMap<Pack, ReadonlyMap<string, string>>();

const ONLINE = ["线上", "网上", "网络"];
const UNKNOWN = ["不清楚", "不详", "未知", "不确定"];

/**
 * A place by its code, its name, or its name in full. A county outside the pack's area becomes its city or province,
 * which is as near as the form asks. What is not known stays as it was, for the form's rule to refuse.
 */
export function readPlace(pack: Pack, text: string): string {
  const plain = text.normalize("NFKC").replace(/\s/g, "");
  if (ONLINE.includes(plain)) return "online";
  if (UNKNOWN.includes(plain)) return "unknown";
  const known = placesOf(pack);
  const code = known.get(plain);
  if (code !== undefined || !/^\d{6}$/.test(plain) || divisionName(plain) === null) return code ?? plain;
  const wider = [`${plain.slice(0, 4)}00`, `${plain.slice(0, 2)}0000`];
  return wider.find((one) => known.has(one)) ?? plain;
}

function placesOf(pack: Pack): ReadonlyMap<string, string> {
  const kept = places.get(pack);
  if (kept !== undefined) return kept;
  const offered = listPlaces(pack).flatMap(({ places: named, unsure }) => [
    ...named,
    ...(unsure === null ? [] : [unsure]),
  ]);
  const made = new Map(
    offered.flatMap(({ code, zh }): [string, string][] => [
      [code, code],
      [zh, code],
      [namePlaceInFull(pack, code) ?? code, code],
    ]),
  );
  places.set(pack, made);
  return made;
}

/** A sector by its id or title; `unknown` when none is given. */
export function readSector(pack: Pack, text: string): string {
  const plain = text.normalize("NFKC").trim();
  if (plain === "" || UNKNOWN.includes(plain)) return "unknown";
  return pack.sectors.find(({ title }) => title.zh.normalize("NFKC") === plain)?.id ?? plain;
}

/** Red lines by id or text, one or several; the form's last choice when none is given. */
export function readRedLines(pack: Pack, sector: string, text: string): string[] {
  const items = checklistFor(pack, isKnownSector(pack, sector) ? sector : "unknown");
  const typed = text
    .split(/[;；|\n]+/)
    .map((one) => one.trim())
    .filter((one) => one !== "");
  if (typed.length === 0) return [OTHER_RED_LINE];
  return typed.map((one) => {
    if (/^其他/.test(one)) return OTHER_RED_LINE;
    const plain = one.normalize("NFKC");
    return items.find(({ text: said }) => said.zh.normalize("NFKC") === plain)?.id ?? one;
  });
}
