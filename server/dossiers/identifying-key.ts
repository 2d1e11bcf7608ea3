import { identifiesSubject } from "./shared-hosts";

export const KEY_KINDS = ["uscc", "site", "app", "account", "phone"] as const;
/** What a dossier is found by, the surest first. */
export type KeyKind = (typeof KEY_KINDS)[number];
export type DossierKey = { readonly kind: KeyKind; readonly key: string };

/**
 * The key by which one thing a reporter wrote of the subject joins reports, or null where it may belong to many:
 * shared hosts; names of apps and accounts without a store id or a full number (an app's bare name is no id); service
 * numbers (95588, 12363, 400 and 800, which are rented out and change hands). Such things still make suggestions.
 */
export function identifyingKey(identifier: { kind: string; key: string }): DossierKey | null {
  const { kind, key } = identifier;
  switch (kind) {
    case "site":
      return identifiesSubject(key) ? { kind, key } : null;
    case "app":
      // `apple:id123`, `google:com.example`: an id given by a store.
      return /^[a-z0-9]+:[\w.]{3,150}$/.test(key) ? { kind, key } : null;
    case "phone": {
      const number = plainPhone(key);
      return /^(?:1[3-9]\d{9}|0\d{9,11})$/.test(number) ? { kind, key: number } : null;
    }
    case "account":
      // Bank cards and company accounts have 12 to 25 digits; a payment account may be an address.
      return /^\d{12,25}$/.test(key) || /^[0-9a-z]{2,}@[0-9a-z]{3,}$/.test(key) ? { kind, key } : null;
    default:
      return null;
  }
}

/** Digits of a phone without the country's code. */
function plainPhone(digits: string): string {
  return digits.replace(/^(?:00)?86(?=1[3-9]\d{9}$|0?\d{10,11}$)/, "");
}

/** The exact keys of a report: its 统一社会信用代码, then site, app, account and phone, as far as they identify. */
export function dossierKeysOf(facts: {
  uscc: string | null;
  identifiers: readonly { kind: string; key: string }[];
}): DossierKey[] {
  const found = facts.identifiers.map(identifyingKey).filter((key) => key !== null);
  if (facts.uscc !== null) found.unshift({ kind: "uscc", key: facts.uscc });
  const once = found.filter(
    (one, at) => found.findIndex((other) => other.kind === one.kind && other.key === one.key) === at,
  );
  return once.toSorted((a, b) => KEY_KINDS.indexOf(a.kind) - KEY_KINDS.indexOf(b.kind));
}
