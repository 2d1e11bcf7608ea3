/**
 * JSON with the keys of every object sorted by UTF-16 code unit and no white space, so that equal data has one
 * spelling and therefore one hash: reordering a file's keys is not a change. Hashes of stored packs, schemes, cases
 * and vouchers are taken over it.
 * Throws TypeError on what JSON cannot hold (undefined, functions, bigint, non-finite numbers, holes in a list,
 * objects with a prototype of their own such as dates).
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${Array.from(value, (item) => canonicalJson(item)).join(",")}]`;
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
  }
  throw new TypeError(`JSON cannot hold a ${typeof value}`);
}
