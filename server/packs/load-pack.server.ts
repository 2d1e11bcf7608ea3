import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { canonicalJson } from "~server/canonical-json";
import { checkPack } from "~server/packs/check-pack";
import type { Pack } from "~server/packs/grammar";
import { inheritShared } from "~server/packs/inherit-shared";
import { PackError } from "~server/packs/pack-error";

/**
 * `sha256`: hex, over the canonical JSON of the pack's data as written, with what it takes over from the shared files
 * (no defaults filled in).
 */
export type LoadedPack = { pack: Pack; sha256: string };

/** The folder beside the packs with what they have in common; no pack itself, for it has no `pack.json`. */
const SHARED = "shared";

/** The server's bundle lies elsewhere than the source, so the data is looked for upwards. */
function shippedPacks(): string {
  let at = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const folder = join(at, "server", "packs");
    if (existsSync(folder)) return folder;
    const above = dirname(at);
    if (above === at) throw new Error("the folder server/packs was not found");
    at = above;
  }
}

/** The folder of a shipped pack. */
export function packFolder(id: string): string {
  return join(shippedPacks(), id);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

/** Ids of the packs in a folder, sorted: the sub-folders that hold a `pack.json`. */
export function listPacks(folder: string = shippedPacks()): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "pack.json")))
    .map(({ name }) => name)
    .sort();
}

/**
 * Reads a pack: every `*.json` of its folder holds some of its top-level keys; what it leaves out of the shared parts
 * is taken over. Validates, freezes.
 * Throws PackError for an unknown pack, unreadable JSON, a key given twice, or any fault of content.
 */
export function loadPack(id: string, folder: string = shippedPacks()): LoadedPack {
  const known = listPacks(folder);
  if (!known.includes(id)) {
    const fault = `unknown pack ${JSON.stringify(id)} (known: ${known.join(", ")})`;
    throw new PackError({ file: null, path: "pack", rule: null }, fault);
  }
  const { data, fileOf } = readParts(folder, id);
  const loaded = resolvePack(data, (key) => fileOf.get(key) ?? null, { fallback: `${id}/pack.json`, folder });
  if (loaded.pack.id !== id) {
    throw new PackError(
      { file: fileOf.get("id") ?? null, path: "id", rule: null },
      `must be "${id}", as its folder`,
    );
  }
  return loaded;
}

/**
 * The whole of a pack whose own parts are given, wherever they were read: takes over what is shared, validates,
 * freezes. `fileOf` says which file a key of it came from; `fallback` names the file of a key that is missing.
 * Throws PackError for any fault of content.
 */
export function resolvePack(
  own: Record<string, unknown>,
  fileOf: (key: string) => string | null,
  { fallback, folder = shippedPacks() }: { fallback: string; folder?: string },
): LoadedPack {
  const shared = existsSync(join(folder, SHARED)) ? readParts(folder, SHARED) : null;
  const from = (key: string) => fileOf(key) ?? shared?.fileOf.get(key) ?? null;
  const data: unknown = inheritShared(own, shared?.data ?? {}, from);
  const pack = checkPack(data, (key) => from(key) ?? fallback);
  return { pack: deepFreeze(pack), sha256: createHash("sha256").update(canonicalJson(data)).digest("hex") };
}

/** The top-level keys that the files of one folder hold together, and which file holds each. */
function readParts(
  folder: string,
  id: string,
): { data: Record<string, unknown>; fileOf: Map<string, string> } {
  const parts = new Map<string, unknown>();
  const fileOf = new Map<string, string>();
  const files = readdirSync(join(folder, id)).filter((name) => name.endsWith(".json"));
  for (const name of files.sort()) {
    const file = `${id}/${name}`;
    for (const [key, value] of Object.entries(readObject(join(folder, id, name), file))) {
      const first = fileOf.get(key);
      if (first !== undefined) {
        throw new PackError({ file, path: key, rule: null }, `given twice, first in ${first}`);
      }
      fileOf.set(key, file);
      parts.set(key, value);
    }
  }
  // Not by assignment, which would take a key named __proto__ for the prototype.
  return { data: Object.fromEntries(parts), fileOf };
}

function readObject(path: string, file: string): object {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new PackError({ file, path: "pack", rule: null }, "not valid JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new PackError({ file, path: "pack", rule: null }, "must be a JSON object");
  }
  return value;
}
