import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist as english } from "@scure/bip39/wordlists/english.js";
import { wordlist as chinese } from "@scure/bip39/wordlists/simplified-chinese.js";

/**
 * The receipt: 128 random bits and a 4-bit checksum (BIP-39), one code in three spellings. It is the reporter's
 * only credential; the server keeps nothing but a lookup id derived from it.
 */
export type Receipt = { readonly entropy: Uint8Array };

export type ReceiptSpellings = {
  /** 12 汉字 */
  readonly hanzi: readonly string[];
  /** 12 English words */
  readonly words: readonly string[];
  /** 12 four-digit numbers, 0001–2048 */
  readonly numbers: readonly string[];
};

/** Why a typed receipt was not read. A typo is pointed at only where the item is in no list (secrecy.md). */
export type ReceiptFault =
  | { readonly kind: "empty" }
  | { readonly kind: "unknown_item"; readonly position: number; readonly item: string }
  | { readonly kind: "unreadable" };

const COUNT = 12;
const chineseIndex = new Map(chinese.map((item, index) => [item, index]));
const englishIndex = new Map(english.map((item, index) => [item, index]));

/** A new receipt from the platform's random source. */
export function createReceipt(): Receipt {
  return { entropy: crypto.getRandomValues(new Uint8Array(16)) };
}

export function spellReceipt(receipt: Receipt): ReceiptSpellings {
  const words = entropyToMnemonic(receipt.entropy, english).split(" ");
  const indexes = words.map((word) => englishIndex.get(word) ?? 0);
  return {
    hanzi: indexes.map((index) => chinese[index] ?? ""),
    words,
    numbers: indexes.map((index) => String(index + 1).padStart(4, "0")),
  };
}

/**
 * Reads any spelling as people type it: full-width digits, spaces, dashes, commas and line breaks are folded; 12
 * 汉字 need no separators, nor do 48 digits.
 */
export function readReceipt(typed: string): Receipt | ReceiptFault {
  const text = typed.normalize("NFKC").trim().toLowerCase().slice(0, 400);
  if (text === "") return { kind: "empty" };
  const items = splitItems(text);
  const indexes: number[] = [];
  for (const [at, item] of items.entries()) {
    const index = indexOf(item);
    if (index === undefined) return { kind: "unknown_item", position: at + 1, item: item.slice(0, 12) };
    indexes.push(index);
  }
  if (indexes.length !== COUNT) return { kind: "unreadable" };
  try {
    return { entropy: mnemonicToEntropy(indexes.map((index) => english[index]).join(" "), english) };
  } catch {
    return { kind: "unreadable" };
  }
}

export function isReceipt(value: Receipt | ReceiptFault): value is Receipt {
  return "entropy" in value;
}

function splitItems(text: string): string[] {
  const digits = text.replace(/[^0-9]/g, "");
  if (!/[^0-9\s\-,.;:、，。]/.test(text) && digits.length === COUNT * 4) return digits.match(/.{4}/g) ?? [];
  return text
    .split(/[\s\-,.;:、，。·]+/)
    .flatMap((part) => (/^[\u3400-\u9fff]+$/.test(part) ? [...part] : [part]))
    .filter((part) => part !== "");
}

function indexOf(item: string): number | undefined {
  if (/^\d{1,4}$/.test(item)) {
    const number = Number(item);
    return number >= 1 && number <= chinese.length ? number - 1 : undefined;
  }
  return chineseIndex.get(item) ?? englishIndex.get(item);
}
