import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { capitalAmount } from "~server/rewards/capital-amount";

/** Reads 大写 back, independently of how it is written. */
function readCapital(text: string): bigint {
  const values = new Map([..."零壹贰叁肆伍陆柒捌玖"].map((sign, digit) => [sign, BigInt(digit)]));
  const units = new Map([
    ["拾", 10n],
    ["佰", 100n],
    ["仟", 1000n],
  ]);
  let [total, section, digit, fen] = [0n, 0n, 0n, 0n];
  for (const sign of text) {
    const [value, unit] = [values.get(sign), units.get(sign)];
    if (value !== undefined) digit = value;
    else if (unit !== undefined) [section, digit] = [section + digit * unit, 0n];
    else if (sign === "万") [total, section, digit] = [total + (section + digit) * 10_000n, 0n, 0n];
    else if (sign === "亿") [total, section, digit] = [(total + section + digit) * 100_000_000n, 0n, 0n];
    else if (sign === "元") [total, section, digit] = [total + section + digit, 0n, 0n];
    else if (sign === "角") [fen, digit] = [fen + digit * 10n, 0n];
    else if (sign === "分") [fen, digit] = [fen + digit, 0n];
    else if (sign !== "整") throw new RangeError(sign);
  }
  return total * 100n + fen;
}

describe("大写金额", () => {
  test.each([
    // The regulation's own examples.
    [140950n, "壹仟肆佰零玖元伍角"],
    [600714n, "陆仟零柒元壹角肆分"],
    [168032n, "壹仟陆佰捌拾元零叁角贰分"],
    [10700053n, "壹拾万柒仟元零伍角叁分"],
    [1640902n, "壹万陆仟肆佰零玖元零贰分"],
    [32504n, "叁佰贰拾伍元零肆分"],
    // Around zero, and 整 only after 元.
    [0n, "零元整"],
    [1n, "壹分"],
    [10n, "壹角"],
    [50n, "伍角"],
    [15n, "壹角伍分"],
    [100n, "壹元整"],
    [1000n, "壹拾元整"],
    [1005n, "壹拾元零伍分"],
    [1050n, "壹拾元零伍角"],
    [123456789n, "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"],
    // Zeros across 万 and 亿.
    [100_000_000n, "壹佰万元整"],
    [1_000_500n, "壹万零伍元整"],
    [1_005_000n, "壹万零伍拾元整"],
    [100_100_000n, "壹佰万壹仟元整"],
    [10_000_000_000n, "壹亿元整"],
    [10_000_000_100n, "壹亿零壹元整"],
    [10_000_100_000n, "壹亿零壹仟元整"],
    [10_001_000_000n, "壹亿零壹万元整"],
    [100_100_000_000n, "壹拾亿零壹佰万元整"],
    [101_000_000_000n, "壹拾亿零壹仟万元整"],
    [100_000_000_000_000n, "壹万亿元整"],
    [100_000_000_000_100n, "壹万亿零壹元整"],
  ])("%s 分 is %s", (fen, words) => {
    expect(capitalAmount(fen)).toBe(words);
  });

  test("every amount reads back as itself", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.bigInt(0n, 10n ** 18n - 1n),
          fc.bigInt(0n, 10n ** 8n),
          // Mostly zeros, where the rule is hardest.
          fc
            .array(fc.constantFrom("0", "0", "0", "7"), { minLength: 1, maxLength: 18 })
            .map((signs) => BigInt(signs.join(""))),
        ),
        (fen) => {
          const words = capitalAmount(fen);
          expect(readCapital(words)).toBe(fen);
          expect(words).not.toMatch(/零零|零[元万亿角分](?!整$)|零$/);
          expect(words.endsWith("整")).toBe(fen % 100n === 0n);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test("an amount below zero or beyond 万亿 is refused", () => {
    expect(() => capitalAmount(-1n)).toThrow(RangeError);
    expect(() => capitalAmount(10n ** 18n)).toThrow(RangeError);
  });
});
