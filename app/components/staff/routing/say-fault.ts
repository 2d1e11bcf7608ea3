import type { useTranslation } from "react-i18next";

type StaffText = ReturnType<typeof useTranslation<"staff">>["t"];

/** What the checks say in one way only; they speak English, as the commands that share them do. */
const SAID = {
  missing: "missing",
  "unknown key": "unknownKey",
  "not valid JSON": "noJson",
  "is not JSON": "noJson",
  "must be a JSON object": "noObject",
} as const;

const TYPES = ["string", "number", "int", "boolean", "array", "object", "null"] as const;
type Type = (typeof TYPES)[number];

const isType = (word: string | undefined): word is Type => (TYPES as readonly string[]).includes(word ?? "");

/** A fault of a data file in the page's language; null where the check says what no sentence of ours does. */
export function sayFault(message: string, t: StaffText): string | null {
  if (Object.hasOwn(SAID, message)) return t(`routing.versions.faults.${SAID[message as keyof typeof SAID]}`);
  const [, expected, received] = /^expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (!isType(expected) || !isType(received)) return null;
  return t("routing.versions.faults.type", {
    expected: t(`routing.versions.types.${expected}`),
    received: t(`routing.versions.types.${received}`),
  });
}
