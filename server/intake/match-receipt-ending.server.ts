import { isReceipt, readReceipt, spellReceipt, type Receipt } from "~server/secrecy/receipt";

/**
 * Whether somebody typed the last group of their receipt (the last four items in any one spelling), or the whole
 * receipt. Spaces, dashes, punctuation, case and full-width forms do not matter.
 */
export function matchReceiptEnding(receipt: Receipt, typed: string): boolean {
  const plain = fold(typed.slice(0, 400));
  if (plain === "") return false;
  const { hanzi, words, numbers } = spellReceipt(receipt);
  if ([hanzi, words, numbers].some((items) => fold(items.slice(-4).join("")) === plain)) return true;
  const whole = readReceipt(typed);
  return isReceipt(whole) && Buffer.from(whole.entropy).equals(Buffer.from(receipt.entropy));
}

function fold(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^a-z0-9\u3400-\u9fff]/g, "");
}
