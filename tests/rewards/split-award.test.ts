import { describe, expect, test } from "vitest";
import { computeAward } from "~server/rewards/compute-award";
import { loadScheme } from "~server/rewards/load-scheme.server";
import { branch, buildCase, buildScheme, rule } from "./build-scheme";

const fixed = (amount: string) => buildScheme({ branches: [branch(null, { 0: { kind: "fixed", amount } })] });

function split(amount: string, informants: Record<string, unknown>[]): Record<string, string> {
  const named = informants.map((each, at) => ({ id: "abcdefgh"[at], kind: "named", ...each }));
  const { shares } = computeAward(fixed(amount), buildCase({ informants: named }));
  return Object.fromEntries(shares.map(({ id, amount: part }) => [id, part]));
}

describe("splitting", () => {
  test.each<[string, string, Record<string, unknown>[], Record<string, string>]>([
    ["one informant gets it all", "100", [{}], { a: "100" }],
    ["equal shares; the odd 分 goes to the earlier", "100", [{}, {}, {}], { a: "34", b: "33", c: "33" }],
    [
      "earlier is by order before the list",
      "100",
      [{ order: 3 }, { order: 1 }, { order: 2 }],
      { a: "33", b: "34", c: "33" },
    ],
    [
      "equal orders fall back to the list",
      "101",
      [{ order: 1 }, { order: 1 }, { order: 1 }],
      { a: "34", b: "34", c: "33" },
    ],
    ["an order comes before none", "100", [{}, {}, { order: 9 }], { a: "33", b: "33", c: "34" }],
    ["order 0 is the first place", "100", [{ order: 1 }, { order: 0 }, {}], { a: "33", b: "34", c: "33" }],
    ["by weight", "100", [{ weight: 3 }, { weight: 1 }], { a: "75", b: "25" }],
    [
      "the largest remainder comes before the earlier",
      "10",
      [{ weight: 1 }, { weight: 3 }, { weight: 3 }],
      { a: "2", b: "4", c: "4" },
    ],
    ["weights are exact decimals", "10", [{ weight: 0.1 }, { weight: "0.2" }], { a: "3", b: "7" }],
    ["a missing weight beside a given one earns nothing", "10", [{ weight: 2 }, {}], { a: "10", b: "0" }],
    ["weights of zero are no weights", "10", [{ weight: 0 }, { weight: "0" }], { a: "5", b: "5" }],
    [
      "an excluded weight does not count",
      "10",
      [{}, { weight: 5, excluded: "办案人员" }, {}],
      { a: "5", b: "0", c: "5" },
    ],
    ["the excluded get nothing", "10", [{ excluded: "近亲属" }, {}], { a: "0", b: "10" }],
    [
      "joint reporters share like others",
      "90",
      [{ joint: true }, { joint: "g1" }, { joint: false }],
      { a: "30", b: "30", c: "30" },
    ],
    ["fewer 分 than informants", "1", [{}, {}, {}], { a: "1", b: "0", c: "0" }],
  ])("%s", (_, amount, informants, expected) => {
    expect(split(amount, informants)).toEqual(expected);
  });

  test("with nobody left the award is nothing, and carries no flag of money", () => {
    const samr = loadScheme("samr-2021").scheme;
    const excluded = [{ id: "a", kind: "named", excluded: "受害人" }];
    const result = computeAward(samr, buildCase({ bases: { penalty: "3000000000" }, informants: excluded }));
    expect(result).toMatchObject({ award: "0", shares: [{ id: "a", amount: "0" }], flags: [] });
    expect(result.steps.map(({ out }) => out)).toEqual(Array(8).fill("0"));
    expect(computeAward(samr, buildCase({ informants: [] }))).toMatchObject({
      award: "0",
      shares: [],
      flags: [],
    });
  });

  test("a scheme of equal shares refuses weights", () => {
    const equal = buildScheme({
      branches: [branch(null, { 0: { kind: "fixed", amount: "10" } })],
      split: { ...rule("split"), by: "equal", remainder: "largest", ties: "earlier" },
    });
    const informants = [
      { id: "a", kind: "named" },
      { id: "b", kind: "named", weight: 2 },
    ];
    expect(() => computeAward(equal, buildCase({ informants }))).toThrow("informants[1].weight: ");
  });
});
