import fc from "fast-check";
import { expect, test } from "vitest";
import { formatShare } from "~/forms/format-share";

test.each([
  [1_694_400n, 2_118_000n, "80%", true],
  [1n, 8n, "12.5%", true],
  [706_000n, 2_118_000n, "33.33%", false],
  [5_000n, 10_001n, "50%", true],
  [3n, 3n, "100%", true],
  [0n, 3n, "0%", true],
])("%s of %s 分 is %s", (part, sum, percent, exact) => {
  expect(formatShare(part, sum)).toEqual({ percent, exact });
});

test("an exact percentage brings back the part to within one 分", () => {
  fc.assert(
    fc.property(fc.bigInt(1n, 10n ** 12n), fc.bigInt(0n, 10n ** 12n), (sum, some) => {
      const part = some % (sum + 1n);
      const { percent, exact } = formatShare(part, sum);
      const [whole = "0", decimals = ""] = percent.replace("%", "").split(".");
      const miss = BigInt(`${whole}${decimals.padEnd(2, "0")}`) * sum - part * 10_000n;
      expect(exact).toBe(miss < 10_000n && miss > -10_000n);
      expect(miss <= sum && miss >= -sum).toBe(true);
    }),
  );
});

test("what is no part of the sum is refused", () => {
  expect(() => formatShare(4n, 3n)).toThrow(RangeError);
  expect(() => formatShare(-1n, 3n)).toThrow(RangeError);
  expect(() => formatShare(0n, 0n)).toThrow(RangeError);
});
