import { createHash } from "node:crypto";
import { spellReceipt, type Receipt } from "~server/secrecy/receipt";
import { spellBytes, spellText, type Spelling } from "./encodings";
import { makePatternTable, type PatternTable } from "./pattern-table";
import type { Claimed } from "./claim";
import { valueOf, type Kind, type PayeeKind, type Planting } from "./plant";

const PAYEE_KINDS: readonly PayeeKind[] = ["payee", "account"];
const KINDS: readonly Kind[] = ["name", "phone", "idNumber", "email", "narrative", "yield", "address"];
/** Few enough to be tried one by one, so that a hash of them is as good as the value. */
const ENUMERABLE: readonly Kind[] = ["idNumber", "phone"];
const HASHES = ["sha256", "sha1", "md5"] as const;

export type Searched = {
  readonly table: PatternTable;
  readonly values: number;
  readonly encodings: readonly string[];
};

/**
 * Everything to search for. Values are found by the part all people share, in every encoding; what has no such part,
 * hashes of numbers, the receipts themselves and claim codes, is listed person by person.
 */
export function listPatterns(
  planting: Planting,
  receipts: readonly Receipt[],
  claimed: Claimed = { payees: [], codes: [] },
): Searched {
  const table = makePatternTable();
  const encodings = new Set<string>();
  const add = (what: string, person: number | null, spellings: readonly Spelling[], prefix = "") => {
    for (const { encoding, bytes } of spellings) {
      encodings.add(prefix + encoding);
      table.add(bytes, { what, encoding: prefix + encoding, person });
    }
  };
  const addHashes = (kind: Kind, person: number) => {
    for (const hash of HASHES) {
      const digest = createHash(hash)
        .update(valueOf(planting, kind, person))
        .digest();
      const standing = spellBytes(digest).filter(({ encoding }) => !/\+[12]$/.test(encoding));
      add(`hash of ${kind}`, person, standing, `${hash} `);
    }
  };
  for (const kind of [...KINDS, ...PAYEE_KINDS]) add(kind, null, spellText(planting.cores[kind]));
  for (let person = 0; person < planting.people; person += 1) {
    for (const kind of ENUMERABLE) addHashes(kind, person);
  }
  for (const person of claimed.payees) addHashes("account", person);
  for (const code of claimed.codes)
    for (const text of [code, code.replaceAll("-", " "), code.replaceAll("-", "")])
      for (const spelt of [text, text.toLowerCase()]) add("claim code", null, spellText(spelt.slice(0, 17)));
  receipts.forEach((receipt, person) => add("receipt", person, spellCode(receipt)));
  return {
    table,
    values:
      planting.people * KINDS.length +
      receipts.length +
      claimed.payees.length * PAYEE_KINDS.length +
      claimed.codes.length,
    encodings: [...encodings].sort(),
  };
}

/** A receipt as its bytes, and by the beginning of each of its spellings: enough to be no chance, whatever follows. */
function spellCode(receipt: Receipt): Spelling[] {
  const { hanzi, words, numbers } = spellReceipt(receipt);
  const begins = (encoding: string, text: string): Spelling[] => [{ encoding, bytes: Buffer.from(text) }];
  return [
    ...spellBytes(Buffer.from(receipt.entropy)),
    ...begins("hanzi", hanzi.slice(0, 4).join("")),
    ...begins("words", words.slice(0, 3).join(" ")),
    ...begins("numbers", numbers.slice(0, 4).join(" ")),
    ...begins("numbers together", numbers.slice(0, 4).join("")),
    ...begins("numbers in a form", numbers.slice(0, 4).join("+")),
  ];
}
