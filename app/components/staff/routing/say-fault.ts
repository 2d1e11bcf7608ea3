import type { useTranslation } from "react-i18next";

type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];

/** What the checks say in one way only; they speak English, as the commands that share them do. */
const SAID = {
  missing: "missing",
  "unknown key": "unknownKey",
  "not valid JSON": "noJson",
  "is not JSON": "noJson",
  "must be a JSON object": "noObject",
  "is empty": "empty",
  "Invalid ISO date": "date",
  "Invalid input": "form",
  "expected an amount as a string of minor units": "amount",
  'expected an exact number such as "0.06%", "0.0006" or "3/5000"': "exact",
  "expected a share of at most 100%": "share",
  "expected lower-case words joined by hyphens": "identifier",
} as const;

const TYPES = ["string", "number", "int", "boolean", "array", "object", "null"] as const;
type Type = (typeof TYPES)[number];

const isType = (word: string | undefined): word is Type => (TYPES as readonly string[]).includes(word ?? "");

/** What the checks say with a word or a number in it; each has a sentence that takes it as `value`. */
const PATTERNS = [
  [/^Invalid option: expected one of (.+)$/, "oneOf"],
  [/^Invalid discriminator value\. Expected (.+)$/, "oneOf"],
  [/^expected ("[^"]+"|true|false|\d+)$/, "exactly"],
  [/^Invalid string: must match pattern (.+)$/, "pattern"],
  [/^Too small: expected array to have >=(\d+) items?$/, "fewItems"],
  [/^Too big: expected array to have <=(\d+) items?$/, "manyItems"],
  [/^Too big: expected string to have <=(\d+) characters?$/, "longText"],
  [/^Too small: expected (?:number|int) to be >=(\d+)$/, "smallNumber"],
  [/^Too big: expected (?:number|int) to be <=(\d+)$/, "bigNumber"],
] as const;

/** `"CNY"|"USD"` or `'a' | 'b'` as a Chinese list. */
function listValues(values: string): string {
  return values.replaceAll(/["']/g, "").replaceAll(/\s*\|\s*/g, "、");
}

/** A fault of a data file in the page's language; null where the check says what no sentence of ours does. */
export function sayFault(message: string, t: StaffText): string | null {
  if (Object.hasOwn(SAID, message)) return t(`routing.versions.faults.${SAID[message as keyof typeof SAID]}`);
  for (const [pattern, key] of PATTERNS) {
    const [, value] = pattern.exec(message) ?? [];
    if (value !== undefined)
      return t(`routing.versions.faults.${key}`, { value: key === "pattern" ? value : listValues(value) });
  }
  const [, expected, received] = /^expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (!isType(expected) || !isType(received)) return null;
  return t("routing.versions.faults.type", {
    expected: t(`routing.versions.types.${expected}`),
    received: t(`routing.versions.types.${received}`),
  });
}
