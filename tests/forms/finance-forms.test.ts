import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPercent } from "~/forms/assessment";
import { formatFraction } from "~/forms/format-fraction";
import { formatFen } from "~/forms/money";
import { paymentSchema } from "~/forms/payment";

describe("a percentage as typed", () => {
  it.each([
    ["3.5%", "0.035"],
    ["5 %", "0.05"],
    ["100%", "1"],
    ["0.06%", "0.0006"],
    ["12.50%", "0.125"],
  ])("reads %s as %s", (typed, read) => expect(readPercent(typed)).toBe(read));

  it.each(["5", "%", "-1%", "1e2%", "１％", "5%%"])("takes %s for none", (typed) => {
    expect(readPercent(typed)).toBeNull();
  });
});

describe("an exact amount of a step", () => {
  it("prints whole 分 as money and the rest of a decimal behind it", () => {
    expect(formatFraction("4999500")).toEqual({ amount: "¥49,995.00", exact: true });
    expect(formatFraction("9999000033/2000")).toEqual({ amount: "¥49,995.000165", exact: true });
    expect(formatFraction("1/3")).toEqual({ amount: "¥0.003333", exact: false });
  });

  it("agrees with money for every whole number and refuses what is no amount", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 20n }),
        fc.bigInt({ min: 1n, max: 10n ** 9n }),
        (fen, by) => {
          expect(formatFraction(`${fen * by}/${by}`)).toEqual({ amount: formatFen(fen), exact: true });
        },
      ),
    );
    for (const text of ["", "-1", "1/0", "1.5", "a"]) expect(() => formatFraction(text)).toThrow(RangeError);
  });
});

describe("a bank's reference", () => {
  const fits = (reference: string) =>
    paymentSchema.safeParse({
      awardId: "019a0000-0000-7000-8000-000000000000",
      paidOn: "2026-06-01",
      reference,
    }).success;

  it("is two capital letters and what follows, never an account, card or mobile number", () => {
    expect(fits(" ＢＫ20260105-0001 ")).toBe(true);
    for (const wrong of ["bk20260105", "B20260105", "BK1", "BK-6222-0212-3456-7890-123", "BK13912345678"])
      expect([wrong, fits(wrong)]).toEqual([wrong, false]);
  });
});
