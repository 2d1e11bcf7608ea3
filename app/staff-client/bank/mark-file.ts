const KEY_BYTES = 16;

/** A file's mark, which the portal keeps, and the key it was made with, which goes into the file's name; both in hex. */
export type FileMark = { readonly key: string; readonly mark: string };

/**
 * Marks a payment file: HMAC-SHA-256 under a random key of its own. A plain hash would let whoever holds the portal's
 * records guess: amounts and order are there, and an account tried in their place would show. Whoever has the file under
 * the name it was saved by checks it with `openssl dgst -sha256 -mac HMAC -macopt hexkey:<key> <file>`.
 */
export async function markFile(bytes: Uint8Array<ArrayBuffer>): Promise<FileMark> {
  const raw = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mark = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes));
  return { key: hex(raw), mark: hex(mark) };
}

/** The name a payment file is saved by: the batch's number, then its key. */
export function nameMarkedFile(batch: string, kind: "pain001" | "csv", key: string): string {
  return `${batch}-${key}.${kind === "csv" ? "csv" : "xml"}`;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
