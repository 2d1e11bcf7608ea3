import { describe, expect, test } from "vitest";
import type { Scheme } from "~server/rewards/scheme-grammar";
import { computeAward } from "~server/rewards/compute-award";
import { branch, buildCase, buildScheme, cap, incl, rule } from "./build-scheme";

// What a published scheme may say besides the shapes of the shipped ones, point by point of the facts.

const percent = { kind: "percent", rate: "10%" } as const;
const ten = branch("penalty", { 0: percent });
const people = (...more: Record<string, unknown>[]) =>
  more.map((each, at) => ({ id: String.fromCharCode(97 + at), kind: "named", order: at, ...each }));
const amounts = (scheme: Scheme, input: Record<string, unknown>) =>
  computeAward(scheme, buildCase(input)).shares.map(({ amount }) => amount);
const awardOf = (scheme: Scheme, input: Record<string, unknown>) =>
  computeAward(scheme, buildCase(input)).award;

describe("the base", () => {
  test("adds the components that count, and no others", () => {
    const scheme = buildScheme({
      branches: [
        {
          ...ten,
          components: [
            { ...rule("追缴"), counts: true, base: "recovered" },
            { ...rule("货值"), counts: false, base: "goods" },
            { ...rule("没收"), counts: true, base: null },
          ],
        },
      ],
    });
    expect(awardOf(scheme, { bases: { penalty: "100", recovered: "50", goods: "900" } })).toBe("15");
    expect(awardOf(scheme, { bases: { recovered: "50" } })).toBe("5");
  });
});

describe("limits", () => {
  test("of a year leave what the year's awards left", () => {
    const scheme = buildScheme({ branches: [ten], caps: [{ ...cap("1000"), per: "year" }, cap("700")] });
    const bases = { penalty: "6000" };
    expect(awardOf(scheme, { bases })).toBe("600");
    expect(awardOf(scheme, { bases, already: { year: "900" } })).toBe("100");
    expect(awardOf(scheme, { bases, already: { year: "1000" } })).toBe("0");
    expect(awardOf(scheme, { bases, already: { year: "9999" } })).toBe("0");
    expect(awardOf(scheme, { bases, already: { case: "500" } })).toBe("200");
    expect(awardOf(scheme, { bases: { penalty: "9000" }, already: { year: null } })).toBe("700");
  });

  test("of a class of claimants hold where one who may receive belongs to it", () => {
    const scheme = buildScheme({
      branches: [ten],
      caps: [
        cap("100", { kind: "informantKind", id: "anonymous" }),
        cap("300", { kind: "informantKind", id: "named" }),
      ],
    });
    const bases = { penalty: "9000" };
    expect(awardOf(scheme, { bases, informants: people({ kind: "anonymous" }) })).toBe("100");
    expect(awardOf(scheme, { bases, informants: people({}) })).toBe("300");
  });

  test("rise only once the money has come in, or are a share of it", () => {
    const reaches = { kind: "reaches", base: "collected", at: incl("1000") } as const;
    const higher = buildScheme({ branches: [ten], caps: [cap("100"), cap("500", reaches)] });
    expect(awardOf(higher, { bases: { penalty: "9000", collected: "999" } })).toBe("100");
    expect(awardOf(higher, { bases: { penalty: "9000", collected: "1000" } })).toBe("500");
    const share = buildScheme({
      branches: [ten],
      caps: [
        {
          ...rule("不超过入库金额的一半"),
          when: null,
          amount: null,
          share: { of: "collected", rate: "50%" },
          lift: null,
        },
      ],
    });
    expect(awardOf(share, { bases: { penalty: "9000", collected: "101" } })).toBe("51");
    expect(awardOf(share, { bases: { penalty: "9000" } })).toBe("0");
  });

  test("are lifted by a named approval only", () => {
    const scheme = buildScheme({
      branches: [ten],
      caps: [{ ...cap("100"), lift: { ...rule("财政"), to: "400", by: "finance" } }],
    });
    const bases = { penalty: "9000" };
    expect(awardOf(scheme, { bases, capLifted: true, approvalRef: "财〔2026〕1号" })).toBe("400");
    expect(awardOf(scheme, { bases, capLifted: false })).toBe("100");
    expect(() => buildCase({ bases, capLifted: true })).toThrow("approval");
  });

  test("of each informant, and of the pool paid per head", () => {
    const equal = { ...rule("平均"), by: "equal", remainder: "largest", ties: "earlier" } as const;
    const scheme = buildScheme({
      branches: [ten],
      split: equal,
      caps: [{ ...cap("100"), per: "informant" }, cap("250")],
    });
    expect(amounts(scheme, { bases: { penalty: "9000" }, informants: people({}, {}) })).toEqual([
      "100",
      "100",
    ]);
    expect(amounts(scheme, { bases: { penalty: "9000" }, informants: people({}, {}, {}) })).toEqual([
      "84",
      "83",
      "83",
    ]);
    const heads = buildScheme({
      branches: [branch(null, { 0: { kind: "perHead", amount: "200" } })],
      caps: [cap("500")],
    });
    expect(awardOf(heads, { informants: people({}, {}) })).toBe("400");
    expect(awardOf(heads, { informants: people({}, {}, {}, { excluded: "official" }) })).toBe("500");
  });
});

describe("floors", () => {
  test("the highest that holds binds", () => {
    const large = { ...rule("特别贡献"), grade: null, amount: "300", withoutBase: false };
    const scheme = buildScheme({
      caseClasses: [{ id: "special", clause: "c", title: { zh: "特别", en: "Special" } }],
      branches: [
        {
          ...branch("penalty", { 0: percent }, { 0: "50" }),
          floors: [
            { ...rule("最低"), grade: null, amount: "50", withoutBase: true },
            { ...large, when: { kind: "caseClass", id: "special" } },
          ],
        },
      ],
    });
    expect(awardOf(scheme, { bases: { penalty: "10" } })).toBe("50");
    expect(awardOf(scheme, { bases: { penalty: "10" }, caseClass: "special" })).toBe("300");
    expect(awardOf(scheme, { caseClass: "special" })).toBe("50");
  });
});

describe("the split", () => {
  const first = buildScheme({
    branches: [ten],
    split: {
      ...{ ...rule("首先举报"), by: "first", remainder: "largest", ties: "earlier" },
      later: { ...rule("补充有用情况"), share: "20%" },
    },
  });
  const bases = { penalty: "1000" };

  test("gives the award to the first in time, and a part to later useful additions", () => {
    expect(amounts(first, { bases, informants: people({}, {}) })).toEqual(["100", "0"]);
    expect(amounts(first, { bases, informants: people({}, { weight: 1 }, { weight: 3 }) })).toEqual([
      "80",
      "5",
      "15",
    ]);
  });

  test("knows the first by the order of arrival among those who may receive", () => {
    const informants = people({ order: 2 }, { order: 1, excluded: "official" }, { order: 3 });
    expect(amounts(first, { bases, informants })).toEqual(["100", "0", "0"]);
  });

  test("treats a joint report as one: equally, or as agreed", () => {
    const joint = [{ joint: "甲" }, { joint: "甲" }];
    expect(amounts(first, { bases, informants: people(...joint, {}) })).toEqual(["50", "50", "0"]);
    const agreed = people({ joint: "甲", weight: 3 }, { joint: "甲", weight: 1 }, { weight: 1 });
    expect(amounts(first, { bases, informants: agreed })).toEqual(["60", "20", "20"]);
  });

  test.each([
    [
      { split: { ...first.split, by: "weights" as const } },
      'split.later: "补充有用情况" is for informants after the first, and "首先举报" knows no first',
    ],
    [
      { caps: [{ ...cap("9"), per: "informant" as const }] },
      'caps[0].per: "cap 9" limits each informant, and "split" does not share equally',
    ],
    [{ caps: [{ ...cap("9"), amount: null }] }, "by an amount or by a share, one of the two"],
    [{ supersedes: { id: "fixture", clause: "第一条" } }, '"第一条" supersedes itself'],
  ])("refuses a scheme that cannot be obeyed: %#", (over, message) => {
    expect(() => buildScheme({ branches: [ten], ...over })).toThrow(message);
  });
});

describe("what the file says besides the sum", () => {
  test("a supplement on later collection is the whole less what was awarded", () => {
    const scheme = buildScheme({
      branches: [branch("collected", { 0: percent })],
      supplement: { ...rule("补发"), on: "collected" },
      caps: [cap("500")],
    });
    expect(awardOf(scheme, { bases: { collected: "1000" } })).toBe("100");
    expect(awardOf(scheme, { bases: { collected: "3000" }, already: { case: "100" } })).toBe("200");
    expect(awardOf(scheme, { bases: { collected: "90000" }, already: { case: "300" } })).toBe("200");
    expect(awardOf(scheme, { bases: { collected: "1000" }, already: { case: "100" } })).toBe("0");
  });

  test("cash, identity code, tax, terms, claw-back, exceptions and dates are data with a clause", () => {
    const scheme = buildScheme({
      branches: [ten],
      line: "lines",
      supersedes: { id: "older", clause: "附则" },
      effective: { from: "2026-01-01", to: null, note: { zh: "只知年份", en: "year only" } },
      exclusions: [
        { id: "participant", clause: "第九条", title: { zh: "参与", en: "p" }, exceptKinds: ["insider"] },
      ],
      claim: {
        ...{
          clause: "第十条",
          window: { count: 60, unit: "day" },
          lapses: true,
          byProxy: true,
          byHeir: true,
        },
        anonymous: "claimCode",
        identityCode: { ...rule("身份代码"), password: true },
        cashUpTo: { ...rule("现金"), amount: "500000" },
      },
      terms: [{ ...rule("受理"), count: 15, unit: "day" }],
      tax: { clause: "第十一条", taxable: true },
      clawback: { clause: "第十二条", note: { zh: "追回", en: "taken back" }, grounds: ["false-report"] },
    });
    expect(scheme).toMatchObject({
      line: "lines",
      tax: { taxable: true },
      claim: { cashUpTo: { amount: "500000" } },
    });
  });

  test("a commendation without money needs no base", () => {
    const honour = { kind: "nonMonetary", honour: { zh: "通报表扬", en: "Commendation" } } as const;
    expect(awardOf(buildScheme({ branches: [branch(null, { 0: honour })] }), {})).toBe("0");
  });
});
