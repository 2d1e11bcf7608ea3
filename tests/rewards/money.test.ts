import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatFen, parseYuanToFen } from "~/forms/money";

describe("money in forms", () => {
  test.each([
    [0n, "¥0.00"],
    [5n, "¥0.05"],
    [99999n, "¥999.99"],
    [100000n, "¥1,000.00"],
    [123456789n, "¥1,234,567.89"],
    [-123456n, "-¥1,234.56"],
  ])("%s 分 is shown as %s", (fen, shown) => {
    expect(formatFen(fen)).toBe(shown);
    expect(formatFen(fen.toString())).toBe(shown);
  });

  test("what is not a whole number of 分 is not shown", () => {
    for (const text of ["", "1.5", "1e3", "abc", "0x10"]) expect(() => formatFen(text)).toThrow(RangeError);
  });

  test.each([
    ["1234", 123400n],
    ["1234.5", 123450n],
    ["1,234.50", 123450n],
    ["¥1,234.50元", 123450n],
    ["￥１，２３４．５", 123450n],
    [" 1.2 万元 ", 1200000n],
    ["１．２３４５６７万", 1234567n],
    ["3亿元", 30000000000n],
    ["0.5亿", 5000000000n],
    ["人民币100元整", 10000n],
    ["0", 0n],
    ["1.2300", 123n],
  ])("%s is %s 分", (text, fen) => {
    expect(parseYuanToFen(text)).toBe(fen);
  });

  test.each([
    "",
    "-1",
    "1.234",
    "1,23",
    "12,34.5",
    "一百",
    "1万亿",
    "1.2.3",
    "1e5",
    ".5",
    "5.",
    "10000000000亿",
    "0.00000000001亿",
  ])("%j is not an amount of whole 分", (text) => {
    expect(parseYuanToFen(text)).toBeNull();
  });

  test("an amount shown is read back as itself", () => {
    fc.assert(fc.property(fc.bigInt(0n, 10n ** 18n), (fen) => parseYuanToFen(formatFen(fen)) === fen));
  });
});
