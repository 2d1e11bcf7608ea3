import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { doubtfulCard, passesLuhn } from "~/forms/bank-card";
import { likelierEmail } from "~/forms/email-typo";
import { cleanIdNumber, idCheckCharacter, idNumberFault } from "~/forms/id-number";
import { mobileLength, readPhone } from "~/forms/phone";
import { readSpokenCount, readSpokenFen } from "~/forms/spoken-amount";
import { normaliseYearMonth } from "~/forms/year-month";

const TODAY = "2026-11-21";

describe("公民身份号码 (GB 11643)", () => {
  // The standard's own example.
  test.each([
    "11010519491231002X",
    "11010519491231002x",
    "１１０１０５１９４９１２３１００２Ｘ",
    "110105 19491231 002X",
  ])("%s is well formed", (typed) => {
    expect(idNumberFault(cleanIdNumber(typed), TODAY)).toBeNull();
  });

  test.each([
    ["110105491231002", "idOld"],
    ["1101051949123100", "idLength"],
    ["", "idLength"],
    ["11010519490231002X", "idBirth"],
    ["11010520491231002X", "idBirth"],
    ["110105194912310020", "idWrong"],
    ["110105194912310121", "idWrong"],
  ])("%j is refused as %s", (typed, fault) => {
    expect(idNumberFault(cleanIdNumber(typed), TODAY)).toBe(fault);
  });

  test("one wrong digit never passes", () => {
    const body = fc.tuple(
      fc.integer({ min: 110000, max: 659999 }),
      fc.integer({ min: 1940, max: 2020 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 28 }),
      fc.integer({ min: 0, max: 999 }),
    );
    fc.assert(
      fc.property(body, fc.integer({ min: 14, max: 16 }), fc.integer({ min: 1, max: 9 }), (parts, at, by) => {
        const [division, year, month, day, serial] = parts;
        const two = (n: number) => String(n).padStart(2, "0");
        const digits = `${String(division)}${String(year)}${two(month)}${two(day)}${String(serial).padStart(3, "0")}`;
        const whole = digits + (idCheckCharacter(digits) ?? "");
        const wrong = whole.slice(0, at) + String((Number(whole[at]) + by) % 10) + whole.slice(at + 1);
        return idNumberFault(whole, TODAY) === null && idNumberFault(wrong, TODAY) === "idWrong";
      }),
    );
  });
});

describe("telephone numbers", () => {
  test.each([
    ["13800000000", "+8613800000000"],
    ["１３８ ００００ ００００", "+8613800000000"],
    ["138-0000-0000", "+8613800000000"],
    ["+86 138 0000 0000", "+8613800000000"],
    ["0579-82000000", "+8657982000000"],
    ["(010) 6200 0000", "+861062000000"],
    ["021-61234567转802", "+862161234567"],
    ["021-61234567 转 802", "+862161234567"],
    ["021-61234567#802", "+862161234567"],
    ["021-61234567 ext. 802", "+862161234567"],
    ["+852 2345 6789", "+85223456789"],
    ["+1 415 555 2671", "+14155552671"],
  ])("%s is %s", (typed, number) => {
    expect(readPhone(typed)).toBe(number);
  });

  test.each([
    "",
    "1380000000",
    "138000000000",
    "12345678",
    "021-61234转802",
    "转802",
    "电话",
    "name@example.com",
  ])("%j is none", (typed) => {
    expect(readPhone(typed)).toBeNull();
  });

  test("a mobile number of 10 or 12 digits is doubted", () => {
    expect(["1380000000", "138000000000", "13800000000"].map(mobileLength)).toEqual([true, true, false]);
  });
});

describe("bank cards", () => {
  test("the last digit is the one Luhn's rule gives, and no other", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^62\d{13}$/), (body) => {
        const good = [..."0123456789"].filter((digit) => passesLuhn(body + digit));
        return good.length === 1;
      }),
    );
  });

  test.each([
    ["6222 0212 3456 7890 124 农行 王某", "6222021234567890124"],
    ["4111111111111112", "4111111111111112"],
    ["4111111111111111", null],
    // A company's account has no such digit.
    ["对公账户 1208 0110 0920 0123 456", null],
    ["13800000000", null],
    ["微信 wxid_1", null],
  ])("%s: %s", (line, doubted) => {
    expect(doubtfulCard(line)).toBe(doubted);
  });
});

describe("amounts as people say them", () => {
  test.each([
    ["1234.5", 123450n],
    ["１２万元", 12_000_000n],
    ["1,234,567.89", 123456789n],
    ["1.5亿", 15_000_000_000n],
    ["3千万", 3_000_000_000n],
    ["3千", 300_000n],
    ["2百万", 200_000_000n],
    ["12万5", 12_500_000n],
    ["12万5千", 12_500_000n],
    ["12万5000", 12_500_000n],
    ["1亿2000万元", 12_000_000_000n],
    ["一亿二千万", 12_000_000_000n],
    ["三百五十万", 350_000_000n],
    ["三百五", 35_000n],
    ["一万二", 1_200_000n],
    ["十万", 10_000_000n],
    ["十五万块钱", 15_000_000n],
    ["两万零五百", 2_050_000n],
    ["叁拾万元整", 30_000_000n],
    ["大约30万左右", 30_000_000n],
    ["20多万", 20_000_000n],
    ["几十万", null],
    ["5w", 5_000_000n],
    ["300k", 30_000_000n],
    ["1.5 million", 150_000_000n],
    ["RMB 2,000", 200_000n],
    ["1万亿", 100_000_000_000_000n],
    ["很多", null],
    ["", null],
    ["-5", null],
    ["1.234", null],
    ["三百千", null],
    ["百", null],
    ["万", null],
    ["99999999999999999亿", null],
  ])("%s is %s 分", (typed, fen) => {
    expect(readSpokenFen(typed)).toBe(fen);
  });

  test("a number written in Chinese is read as itself", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_999_999 }), (yuan) => {
        expect(readSpokenFen(inChinese(yuan))).toBe(BigInt(yuan) * 100n);
      }),
    );
  });

  test("nothing a person types makes it throw", () => {
    const signs = fc.constantFrom(..."0123456789.,一二三十百千万亿零两多元块kmw约 ");
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 14 }), (typed) => {
        const fen = readSpokenFen(typed.join(""));
        return fen === null || (fen >= 0n && fen <= 10n ** 18n);
      }),
    );
  });

  test.each([
    ["35", 35],
    ["３５人", 35],
    ["三百多人", 300],
    ["1.2万", 12000],
    ["1,200个人", 1200],
    ["2.5", null],
    ["0", null],
    ["很多", null],
  ])("%s are %s people", (typed, count) => {
    expect(readSpokenCount(typed)).toBe(count);
  });
});

/** As it is said: 一亿零三百万五千二百. */
function inChinese(value: number): string {
  const digits = "零一二三四五六七八九";
  const four = (n: number): string => {
    const parts = [...String(n).padStart(4, "0")].map(Number);
    const said = parts.map((digit, at) =>
      digit === 0 ? "零" : (digits[digit] ?? "") + ("千百十"[at] ?? ""),
    );
    return said.join("").replace(/零+/g, "零").replace(/零$/, "");
  };
  const groups: [number, string][] = [
    [Math.floor(value / 1e8), "亿"],
    [Math.floor(value / 1e4) % 1e4, "万"],
    [value % 1e4, ""],
  ];
  return groups
    .map(([n, unit]) => (n === 0 ? "零" : four(n) + unit))
    .join("")
    .replace(/零+/g, "零")
    .replace(/^零|零$/g, "");
}

describe("months", () => {
  test.each([
    ["2024-05", "2024-05"],
    ["2024.5", "2024-05"],
    ["2024/5", "2024-05"],
    ["2024年5月", "2024-05"],
    ["２０２４年５月份", "2024-05"],
    ["202405", "2024-05"],
    ["2024-05-12", "2024-05"],
    ["2024年5月12日", "2024-05"],
    ["2024年", "2024"],
    ["2024", "2024"],
    ["2024年左右", "2024"],
    ["二〇二四年十二月", "2024-12"],
    ["二零二四年五月", "2024-05"],
    ["May 2024", "2024-05"],
    ["05/2024", "2024-05"],
    ["", ""],
    ["去年", null],
    ["2024-13", null],
    ["1989", null],
    ["24", null],
  ])("%j is %j", (typed, month) => {
    expect(normaliseYearMonth(typed)).toBe(month);
  });
});

test.each([
  ["wang@gmial.com", "wang@gmail.com"],
  ["wang@qq.con", "wang@qq.com"],
  ["wang@163.cm", "wang@163.com"],
  ["wang@qq.com", null],
  ["wang@example.com", null],
  ["wang@mail.com", null],
])("%s was meant as %s", (typed, meant) => {
  expect(likelierEmail(typed)).toBe(meant);
});
