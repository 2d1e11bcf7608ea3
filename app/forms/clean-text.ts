/**
 * What no reader sees and no sentence needs: control characters other than tab and line breaks (PostgreSQL refuses
 * NUL outright), zero-width characters, marks that turn the direction of a line, and halves of surrogate pairs.
 */
const UNSEEN = /(?![\t\n\r])\p{Cc}|\p{Surrogate}|[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu;

/** Text as written (Chinese punctuation kept), without what is not seen; anything but text as it is. */
export function cleanNote(value: unknown): unknown {
  return typeof value === "string" ? plain(value, "NFC") : value;
}

/** Text with full-width digits and letters and odd spaces folded, for names, numbers and choices. */
export function cleanText(value: unknown): unknown {
  return typeof value === "string" ? plain(value, "NFKC") : value;
}

function plain(value: string, form: "NFC" | "NFKC"): string {
  return value.normalize(form).replace(UNSEEN, "").replace(/\r\n?/g, "\n").trim();
}
