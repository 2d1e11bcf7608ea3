import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  add,
  compare,
  divide,
  fraction,
  maximum,
  minimum,
  multiply,
  parseFraction,
  printFraction,
  roundDown,
  roundHalfUp,
  subtract,
} from "~server/rewards/fraction";

const any = fc
  .tuple(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.bigInt(1n, 10n ** 9n))
  .map(([numerator, denominator]) => fraction(numerator, denominator));

describe("fractions", () => {
  test.each([
    ["0.06%", "3/5000"],
    ["5%", "1/20"],
    ["100%", "1"],
    ["0.0006", "3/5000"],
    ["6/10000", "3/5000"],
    ["12", "12"],
    ["0.10", "1/10"],
  ])("%s is %s", (text, printed) => {
    expect(printFraction(parseFraction(text))).toBe(printed);
  });

  test.each(["", "-1", "1e3", ".5", "1/0", "1.", "1/2%", "５", "0x1", " 1"])(
    "%j is not an exact number",
    (text) => {
      expect(() => parseFraction(text)).toThrow(RangeError);
    },
  );

  test.each([
    [fraction(1n, 2n), 1n],
    [fraction(49n, 100n), 0n],
    [fraction(3n, 2n), 2n],
    [fraction(5n, 2n), 3n],
    [fraction(-1n, 2n), 0n],
    [fraction(-3n, 2n), -1n],
    [fraction(-151n, 100n), -2n],
  ])("one half goes up: %o is %s", (value, rounded) => {
    expect(roundHalfUp(value)).toBe(rounded);
  });

  test("equal numbers are written alike, with a positive denominator", () => {
    expect(fraction(2n, -4n)).toEqual(fraction(-1n, 2n));
    expect(fraction(0n, -7n)).toEqual(fraction(0n));
    expect(() => fraction(1n, 0n)).toThrow(RangeError);
    expect(() => divide(fraction(1n), fraction(0n))).toThrow(RangeError);
  });

  test("arithmetic undoes itself exactly", () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(subtract(add(a, b), b)).toEqual(a);
        if (b.numerator !== 0n) expect(divide(multiply(a, b), b)).toEqual(a);
        expect(compare(minimum(a, b), maximum(a, b)) <= 0).toBe(true);
        expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) + 0);
      }),
    );
  });

  test("rounding is never further than half a unit away", () => {
    fc.assert(
      fc.property(any, (a) => {
        const off = subtract(fraction(roundHalfUp(a)), a);
        expect(compare(off, fraction(1n, 2n)) <= 0 && compare(off, fraction(-1n, 2n)) > 0).toBe(true);
        const down = subtract(a, fraction(roundDown(a)));
        expect(compare(down, fraction(0n)) >= 0 && compare(down, fraction(1n)) < 0).toBe(true);
      }),
    );
  });

  test("a printed non-negative fraction reads back as itself", () => {
    fc.assert(
      fc.property(any, (a) => {
        const positive = a.numerator < 0n ? subtract(fraction(0n), a) : a;
        expect(parseFraction(printFraction(positive))).toEqual(positive);
      }),
    );
  });
});
