import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lookupIdOf, replySeedOf } from "~server/secrecy/derive-receipt-keys.server";
import { createReceipt, isReceipt, readReceipt, spellReceipt, type Receipt } from "~server/secrecy/receipt";

const entropies = fc.uint8Array({ minLength: 16, maxLength: 16 });

function reading(typed: string): string {
  const read = readReceipt(typed);
  return isReceipt(read) ? Buffer.from(read.entropy).toString("hex") : read.kind;
}

const SAMPLE: Receipt = { entropy: new Uint8Array(Buffer.from("000102030405060708090a0b0c0d0e0f", "hex")) };

describe("the receipt", () => {
  it("is one code in 12 汉字, 12 words and 12 four-digit numbers", () => {
    const { hanzi, words, numbers } = spellReceipt(SAMPLE);
    expect([hanzi.length, words.length, numbers.length]).toEqual([12, 12, 12]);
    expect(hanzi.every((item) => /^\p{Script=Han}$/u.test(item))).toBe(true);
    expect(numbers.every((item) => /^\d{4}$/.test(item) && Number(item) >= 1 && Number(item) <= 2048)).toBe(
      true,
    );
  });

  it("spells BIP-39's own published vector", () => {
    const { words, numbers } = spellReceipt({ entropy: new Uint8Array(16).fill(0x7f) });
    expect(words.join(" ")).toBe(
      "legal winner thank year wave sausage worth useful legal winner thank yellow",
    );
    expect(numbers[0]).toBe("1020");
  });

  it("opens the same from any spelling, however it is typed", () => {
    fc.assert(
      fc.property(entropies, (entropy) => {
        const { hanzi, words, numbers } = spellReceipt({ entropy });
        const hex = Buffer.from(entropy).toString("hex");
        const full = numbers
          .join("")
          .replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
        const spellings = [
          hanzi.join(""),
          hanzi.join(" "),
          `${hanzi.slice(0, 4).join("")}-${hanzi.slice(4, 8).join("")}\n${hanzi.slice(8).join("")}`,
          words.join(" "),
          words.join("\n").toUpperCase(),
          numbers.join(" "),
          numbers.join("-"),
          numbers.join(""),
          full,
        ];
        for (const typed of spellings) expect(reading(typed)).toBe(hex);
      }),
      { numRuns: 60 },
    );
  });

  it("points at a typo only where the item is in no list", () => {
    const { hanzi, words } = spellReceipt(SAMPLE);
    expect(readReceipt(["ⅹⅹⅹ", ...words.slice(1)].join(" "))).toMatchObject({
      kind: "unknown_item",
      position: 1,
    });
    expect(readReceipt([...hanzi.slice(0, 11), "龘"].join(""))).toMatchObject({
      kind: "unknown_item",
      position: 12,
    });
    expect(reading("2049 ".repeat(12))).toBe("unknown_item");
    expect(reading("0000 ".repeat(12))).toBe("unknown_item");
    const swapped = [words[1], words[0], ...words.slice(2)].join(" ");
    expect(reading(swapped)).toBe("unreadable");
    expect(reading(words.slice(0, 11).join(" "))).toBe("unreadable");
    expect(reading("  ")).toBe("empty");
  });

  it("never reads arbitrary typing as a receipt of another length, and never throws", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 600 }), (typed) => {
        const read = readReceipt(typed);
        return !isReceipt(read) || read.entropy.length === 16;
      }),
    );
  });

  it("is different every time", () => {
    const made = new Set(
      Array.from({ length: 200 }, () => Buffer.from(createReceipt().entropy).toString("hex")),
    );
    expect(made.size).toBe(200);
  });

  it("gives a lookup id and a reply seed that stay as they are for ever", () => {
    expect(lookupIdOf(SAMPLE).toString("hex")).toMatchInlineSnapshot(
      `"11644aa59c58955f50027379bf7e3470de258d5ab677d2a118e8fdb8fa76ee4f"`,
    );
    expect(replySeedOf(SAMPLE).toString("hex")).toMatchInlineSnapshot(
      `"0c63e978b383d146365cd2315349fb8fdda8a685b1eaff10f62b87dfca1caf56"`,
    );
    expect(lookupIdOf(SAMPLE)).not.toEqual(replySeedOf(SAMPLE));
  });
});
