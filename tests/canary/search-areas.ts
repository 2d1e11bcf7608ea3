import { closeSync, openSync, readSync, readdirSync } from "node:fs";
import path from "node:path";
import { spellText } from "./encodings";
import type { Searched } from "./list-patterns";
import type { Hit } from "./pattern-table";
import { valueOf, type Kind, type Planting } from "./plant";

/** A name for the reader, and a folder. */
export type Area = readonly [name: string, folder: string];

export type SearchedArea = { readonly area: string; readonly files: number; readonly bytes: number };

export type Found = {
  /** The file below its area's folder; a table's dump is named after the table. */
  readonly where: string;
  readonly what: string;
  readonly encoding: string;
  /** The number of the person whose value it is; null where only the shared part was recognised. Never the value. */
  readonly person: number | null;
};

/** Searches every file of every area. At most twenty hits of a file are named. */
export function searchAreas(
  planting: Planting,
  { table }: Searched,
  areas: readonly Area[],
): { found: Found[]; counted: SearchedArea[] } {
  const found: Found[] = [];
  const counted = areas.map(([area, folder]) => {
    let [files, bytes] = [0, 0];
    for (const file of filesIn(folder)) {
      const scanned = table.scanFile(file);
      files += 1;
      bytes += scanned.bytes;
      for (const hit of scanned.hits) found.push(nameHit(planting, file, path.relative(folder, file), hit));
    }
    return { area, files, bytes };
  });
  return { found, counted };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

const NAMED_WITHIN = 1024;

/** Whose value it is: the shared part was found, and the person's number stands after it in the same encoding. */
function nameHit(planting: Planting, file: string, where: string, hit: Hit): Found {
  const found = { where, what: hit.what, encoding: hit.encoding, person: hit.person };
  if (hit.person !== null) return found;
  const window = readAt(file, hit.offset);
  for (let person = 0; person < planting.people; person += 1) {
    const value = valueOf(planting, hit.what as Kind, person);
    const spelled = spellText(value).find(({ encoding }) => encoding === hit.encoding);
    if (spelled !== undefined && window.subarray(0, spelled.bytes.length).equals(spelled.bytes))
      return { ...found, person };
  }
  return found;
}

function readAt(file: string, offset: number): Buffer {
  const handle = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(NAMED_WITHIN);
    return buffer.subarray(0, readSync(handle, buffer, 0, NAMED_WITHIN, offset));
  } finally {
    closeSync(handle);
  }
}
