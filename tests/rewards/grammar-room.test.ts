import { describe, expect, test } from "vitest";
import { computeAward } from "~server/rewards/compute-award";
import { branch, buildCase, buildScheme, cap, incl, rule } from "./build-scheme";
import { acrc, beijing, csrc, foodDrug, qinghai, sec, shanghai, tax, tianjin } from "./fixture-schemes";

describe("published schemes", () => {
  test.each([
    // Example 7 and 8, then either side of the boundary.
    [qinghai, { grade: 1, bases: { fundraising: "9999000000" } }, "4999500", []],
    [qinghai, { grade: 1, bases: { fundraising: "10000000000" } }, "6000000", []],
    [qinghai, { grade: 1, bases: { fundraising: "20000000000" } }, "10000000", ["capped"]],
    // Its floors do not say that they hold without a base.
    [qinghai, { grade: 1 }, "0", []],
    // Example 5 and 6.
    [csrc, { bases: { penalty: "90000000" } }, "0", ["below_gate"]],
    [csrc, { bases: { penalty: "99999999" } }, "0", ["below_gate"]],
    [csrc, { bases: { penalty: "100000000" } }, "3000000", []],
    [csrc, { bases: { penalty: "2000000000" } }, "50000000", ["capped"]],
    [csrc, { bases: { penalty: "2000000000" }, caseClass: "national" }, "60000000", []],
    [csrc, { bases: { penalty: "5000000000" }, caseClass: "huge" }, "100000000", ["capped"]],
    [
      csrc,
      { bases: { penalty: "5000000000" }, informants: [{ id: "a", kind: "insider" }] },
      "100000000",
      ["capped"],
    ],
    [
      csrc,
      {
        bases: { penalty: "5000000000" },
        informants: [
          { id: "a", kind: "named" },
          { id: "b", kind: "insider", excluded: "参与违法" },
        ],
      },
      "50000000",
      ["capped"],
    ],
    [csrc, { bases: { penalty: "90000000" }, final: false }, "0", ["below_gate", "not_final"]],
    // Example 9, and the parts of a base.
    [acrc, { bases: { recovered: "4000000000" } }, "346000000", []],
    [acrc, { bases: { recovered: "100000000" } }, "20000000", []],
    [acrc, { bases: { recovered: "100000001" } }, "20000000", []],
    [acrc, { bases: { recovered: "500000000" } }, "76000000", []],
    [acrc, { bases: { recovered: "99999999999999" } }, "2000000000", ["capped"]],
    // The gate is on what was ordered, the base on what came in; "more than" excludes the number.
    [sec, { bases: { ordered: "100000000", collected: "100000000" }, chosen: "0.2" }, "0", ["below_gate"]],
    [sec, { bases: { ordered: "100000001", collected: "50000000" }, chosen: "0.2" }, "10000000", []],
    [sec, { bases: { ordered: "100000001", collected: "50000001" }, chosen: "0.123" }, "6150000", []],
    [beijing, { grade: 1 }, "10000000", []],
    [beijing, { grade: 4, bases: { illegalAmount: "5" } }, "500000", []],
    [tianjin, { stage: "acceptance", chosen: "70000" }, "70000", []],
    [
      tianjin,
      { stage: "large", chosen: "5000000", bases: { illegalAmount: "9999999999" } },
      "0",
      ["below_gate"],
    ],
    [tianjin, { stage: "large", chosen: "5000000", bases: { illegalAmount: "10000000000" } }, "5000000", []],
    [tax, { bases: { collected: "10000000000" }, chosen: "10000000" }, "10000000", []],
    [tax, { bases: {}, chosen: "1" }, "0", ["below_gate"]],
    [foodDrug, { grade: 1, bases: { goods: "100000000", penalty: "1" }, chosen: "0.05" }, "5000000", []],
    [foodDrug, { grade: 1, bases: { penalty: "100" }, chosen: "0.04" }, "200000", ["floored"]],
  ])("$id: %o awards %s", (scheme, input, expected, flags) => {
    expect(computeAward(scheme, buildCase(input))).toMatchObject({ award: expected, flags });
  });

  test("amounts in a currency without minor units are whole units", () => {
    expect(computeAward(acrc, buildCase({ bases: { recovered: "3" } }))).toMatchObject({
      currency: "KRW",
      award: "1",
    });
  });

  test("an amount inside one tax bracket may not be chosen by another's ceiling", () => {
    const chosen = (collected: string) =>
      computeAward(tax, buildCase({ bases: { collected }, chosen: "10000000" }));
    expect(() => chosen("9999999999")).toThrow("chosen: 10000000 is not an amount in minor units");
  });
});

describe("the other forms", () => {
  test("per head pays for each informant who may receive", () => {
    const scheme = buildScheme({ branches: [branch(null, { 0: { kind: "perHead", amount: "20000" } })] });
    const informants = [
      { id: "a", kind: "named" },
      { id: "b", kind: "anonymous" },
      { id: "c", kind: "named", excluded: "公职人员" },
    ];
    expect(computeAward(scheme, buildCase({ informants })).award).toBe("40000");
  });

  test("a commendation is worth no money", () => {
    const honour = { kind: "nonMonetary", honour: { zh: "通报表扬", en: "Commendation" } } as const;
    const scheme = buildScheme({ branches: [branch("penalty", { 0: honour })] });
    expect(computeAward(scheme, buildCase({ bases: { penalty: "100" } })).award).toBe("0");
  });

  test("factors come before uplift, uplift before floor and cap", () => {
    const scheme = buildScheme({
      caseClasses: [{ id: "huge", clause: "classes", title: { zh: "巨大", en: "Huge" } }],
      branches: [branch("penalty", { 0: { kind: "percent", rate: "10%" } }, { 0: "150" })],
      factors: [
        { ...rule("factor"), when: { kind: "caseClass", id: "huge" }, multiplyBy: "4/3", consent: null },
      ],
      uplifts: [
        {
          ...rule("uplift"),
          when: { kind: "informantKind", id: "insider" },
          multiplyBy: "1.5",
          consent: null,
        },
      ],
      caps: [cap("1000")],
    });
    const informants = [{ id: "a", kind: "insider" }];
    const outs = (input: Record<string, unknown>) =>
      computeAward(scheme, buildCase({ informants, ...input })).steps.map(({ out }) => out);
    expect(outs({ bases: { penalty: "1001" }, caseClass: "huge" })).toEqual([
      "1001",
      "1001/10",
      "2002/15",
      "1001/5",
      "1001/5",
      "1001/5",
      "200",
      "200",
    ]);
    expect(outs({ bases: { penalty: "100" } })).toEqual([
      "100",
      "10",
      "10",
      "15",
      "150",
      "150",
      "150",
      "150",
    ]);
    expect(outs({ bases: { penalty: "90000" } }).slice(3)).toEqual([
      "13500",
      "13500",
      "1000",
      "1000",
      "1000",
    ]);
  });

  test("rounding down where the scheme says so", () => {
    const scheme = buildScheme({
      branches: [branch("penalty", { 0: { kind: "percent", rate: "50%" } })],
      rounding: { ...rule("rounding"), mode: "down" },
    });
    expect(computeAward(scheme, buildCase({ bases: { penalty: "3" } })).award).toBe("1");
  });

  test("a scheme may name its ends as a range without them", () => {
    const scheme = buildScheme({
      branches: [
        branch(null, { 0: { kind: "amountRange", from: { value: "10", inclusive: false }, to: incl("20") } }),
      ],
    });
    expect(() => computeAward(scheme, buildCase({ chosen: "10" }))).toThrow("chosen: 10 is not");
    expect(computeAward(scheme, buildCase({ chosen: "11" })).award).toBe("11");
  });
});

describe("facts a scheme decides by", () => {
  test.each([
    [qinghai, { grade: null }, 'grade: required by scheme "qinghai-fundraising"'],
    [qinghai, { grade: 4 }, 'grade: unknown grade 4 in scheme "qinghai-fundraising"'],
    [csrc, { caseClass: "nationl" }, 'caseClass: unknown class "nationl"'],
    [tianjin, { chosen: "70000" }, "stage: required by the scheme"],
    [tianjin, { stage: "final" }, 'stage: unknown stage "final"'],
    [tianjin, { stage: "filing" }, "chosen: required: an amount in minor units from 200000 to 1000000"],
    [sec, { bases: { ordered: "100000001", collected: "1" } }, "chosen: required: a rate from 10% to 30%"],
    [
      sec,
      { bases: { ordered: "100000001", collected: "1" }, chosen: "0.31" },
      "chosen: 0.31 is not a rate from 10% to 30%",
    ],
  ])("$id refuses %o", (scheme, input, message) => {
    expect(() => computeAward(scheme, buildCase(input))).toThrow(message);
  });

  test("a named-only scheme pays the named and answers the anonymous with nothing", () => {
    const mixed = [
      { id: "a", kind: "anonymous" },
      { id: "b", kind: "named" },
    ];
    expect(computeAward(shanghai, buildCase({ informants: mixed }))).toMatchObject({
      award: "20000",
      shares: [
        { id: "a", amount: "0" },
        { id: "b", amount: "20000" },
      ],
      flags: ["kind_not_eligible"],
    });
    const alone = buildCase({ informants: [{ id: "a", kind: "anonymous" }] });
    expect(computeAward(shanghai, alone)).toMatchObject({
      award: "0",
      shares: [{ id: "a", amount: "0" }],
      flags: ["kind_not_eligible"],
    });
  });
});
