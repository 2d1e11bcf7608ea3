import { describe, expect, test } from "vitest";
import { computeAward } from "~server/rewards/compute-award";
import { listShippedSchemeIds, loadScheme } from "~server/rewards/load-scheme.server";
import { buildCase } from "./build-scheme";

const award = (id: string, input: Record<string, unknown>) =>
  computeAward(loadScheme(id).scheme, buildCase(input));
const insider = { informants: [{ id: "a", kind: "insider" }] };
const anonymous = { informants: [{ id: "a", kind: "anonymous" }] };

describe("the schemes of the table", () => {
  test("are all shipped", () => {
    expect(listShippedSchemeIds()).toEqual([
      "acrc-2006",
      "beijing-2016",
      "csrc-2026",
      "csrc-old",
      "food-drug-henan",
      "jinhua-default",
      "qinghai-fundraising",
      "samr-2021",
      "sec-dodd-frank",
      "shanghai-fixed",
      "tax-2007",
      "tianjin-stage",
    ]);
  });

  test.each([
    // The worked examples 1 to 9, in their order.
    ["samr-2021", { grade: 2, bases: { penalty: "8000000" } }, "300000", ["floored"]],
    ["samr-2021", { grade: 1, bases: { penalty: "1000000000" } }, "50000000", ["consult_finance"]],
    ["samr-2021", { grade: 1, bases: { penalty: "3000000000" } }, "100000000", ["consult_finance", "capped"]],
    ["samr-2021", { grade: 3 }, "100000", ["floored"]],
    ["csrc-2026", { bases: { penalty: "90000000" } }, "0", ["below_gate"]],
    ["csrc-2026", { bases: { penalty: "2000000000" } }, "50000000", ["capped"]],
    ["qinghai-fundraising", { grade: 1, bases: { fundraising: "9999000000" } }, "4999500", []],
    ["qinghai-fundraising", { grade: 1, bases: { fundraising: "10000000000" } }, "6000000", []],
    ["acrc-2006", { bases: { recovered: "4000000000" } }, "346000000", []],
    // Every note beside them.
    ["csrc-2026", { bases: { penalty: "100000000" } }, "3000000", []],
    ["csrc-2026", { bases: { penalty: "2000000000" }, caseClass: "national" }, "60000000", []],
    ["csrc-2026", { bases: { penalty: "9000000000" }, caseClass: "huge" }, "100000000", ["capped"]],
    ["csrc-2026", { bases: { penalty: "9000000000" }, ...insider }, "100000000", ["capped"]],
    ["csrc-2026", { bases: { penalty: "100000000" }, ...anonymous }, "3000000", []],
    ["csrc-2026", { bases: { penalty: "100000000" }, final: false }, "0", ["not_final"]],
    ["csrc-old", { bases: { penalty: "9999999" } }, "0", ["below_gate"]],
    ["csrc-old", { bases: { penalty: "10000000" } }, "100000", []],
    ["csrc-old", { bases: { penalty: "9000000000" } }, "10000000", ["capped"]],
    ["csrc-old", { bases: { penalty: "9000000000" }, caseClass: "huge" }, "30000000", ["capped"]],
    ["csrc-old", { bases: { penalty: "9000000000" }, ...insider }, "60000000", ["capped"]],
    ["qinghai-fundraising", { grade: 1, bases: { fundraising: "1" } }, "100000", ["floored"]],
    ["qinghai-fundraising", { grade: 2, bases: { fundraising: "10000000000" } }, "2000000", []],
    ["qinghai-fundraising", { grade: 2, bases: { fundraising: "1" } }, "50000", ["floored"]],
    ["qinghai-fundraising", { grade: 1, bases: { fundraising: "99999999999" } }, "10000000", ["capped"]],
    ["qinghai-fundraising", { grade: 3, chosen: "20000" }, "20000", []],
    ["qinghai-fundraising", { grade: 1, final: false }, "0", ["not_final"]],
    ["beijing-2016", { grade: 1, final: false }, "10000000", []],
    ["beijing-2016", { grade: 2 }, "5000000", []],
    ["beijing-2016", { grade: 3 }, "1000000", []],
    ["beijing-2016", { grade: 4 }, "500000", []],
    ["tianjin-stage", { stage: "acceptance", chosen: "100000" }, "100000", []],
    ["tianjin-stage", { stage: "filing", chosen: "200000" }, "200000", []],
    [
      "tianjin-stage",
      { stage: "large", chosen: "5000000", bases: { illegalAmount: "9999999999" } },
      "0",
      ["below_gate"],
    ],
    [
      "tianjin-stage",
      { stage: "large", chosen: "5000000", bases: { illegalAmount: "10000000000" } },
      "5000000",
      [],
    ],
    // Cumulative: what the earlier stages paid counts towards the ¥50,000.
    [
      "tianjin-stage",
      {
        stage: "large",
        chosen: "5000000",
        bases: { illegalAmount: "10000000000" },
        already: { case: "300000" },
      },
      "4700000",
      ["capped"],
    ],
    ["shanghai-fixed", { grade: 1 }, "20000", []],
    ["shanghai-fixed", { grade: 2 }, "50000", []],
    ["shanghai-fixed", { grade: 3, chosen: "500000" }, "500000", []],
    ["shanghai-fixed", { grade: 1, ...anonymous }, "0", ["kind_not_eligible"]],
    ["food-drug-henan", { grade: 1, bases: { goods: "100000000" }, chosen: "0.06" }, "6000000", []],
    ["food-drug-henan", { grade: 2, bases: { penalty: "100000000" }, chosen: "0.02" }, "2000000", []],
    ["food-drug-henan", { grade: 3, bases: { goods: "100" }, chosen: "0.01" }, "20000", ["floored"]],
    [
      "food-drug-henan",
      { grade: 2, bases: { goods: "100" }, chosen: "0.02", caseClass: "special" },
      "30000000",
      ["floored"],
    ],
    ["food-drug-henan", { grade: 1, bases: { goods: "9000000000" }, chosen: "0.04" }, "50000000", ["capped"]],
    ["tax-2007", { bases: { collected: "10000000000" }, chosen: "10000000" }, "10000000", []],
    ["tax-2007", { bases: { collected: "99999999" }, chosen: "500000" }, "500000", []],
    ["tax-2007", { bases: {}, chosen: "1" }, "0", ["below_gate"]],
    [
      "tax-2007",
      { bases: { collected: "99999999" }, chosen: "500000", ...anonymous },
      "0",
      ["kind_not_eligible"],
    ],
    ["acrc-2006", { bases: { recovered: "99999999999999" } }, "2000000000", ["capped"]],
    [
      "sec-dodd-frank",
      { bases: { ordered: "100000000", collected: "100000000" }, chosen: "0.3" },
      "0",
      ["below_gate"],
    ],
    [
      "sec-dodd-frank",
      { bases: { ordered: "100000001", collected: "100000000" }, chosen: "0.3" },
      "30000000",
      [],
    ],
    [
      "jinhua-default",
      { grade: 1, bases: { illegalAmount: "10000000000" } },
      "6000000",
      ["editable_default"],
    ],
    [
      "jinhua-default",
      { grade: 2, bases: { penalty: "8000000" } },
      "300000",
      ["floored", "editable_default"],
    ],
  ])("%s: %o awards %s", (id, input, expected, flags) => {
    expect(award(id, input)).toMatchObject({ award: expected, flags });
  });

  test.each([
    ["tax-2007", { bases: { collected: "9999999999" }, chosen: "6000001" }, "chosen: "],
    ["tax-2007", { bases: { collected: "100" } }, "chosen: required"],
    ["food-drug-henan", { grade: 1, bases: { goods: "100" }, chosen: "0.061" }, "chosen: "],
    ["sec-dodd-frank", { bases: { ordered: "100000001", collected: "1" } }, "chosen: required"],
    ["shanghai-fixed", { grade: 3 }, "chosen: required"],
    ["qinghai-fundraising", { grade: 3 }, "chosen: required"],
    ["tianjin-stage", { chosen: "70000" }, "stage: required"],
    ["csrc-2026", { caseClass: "nationl", bases: { penalty: "1" } }, "caseClass: unknown class"],
  ])("%s refuses %o at %s", (id, input, message) => {
    expect(() => award(id, input)).toThrow(message);
  });

  test("claims, terms and lines as the table has them", () => {
    const of = (id: string) => loadScheme(id).scheme;
    expect(of("food-drug-henan").claim).toMatchObject({
      window: { count: 30, unit: "workingDay" },
      identityCode: { password: true },
    });
    for (const id of ["shanghai-fixed", "tax-2007"]) expect(of(id).claim.anonymous).toBe("none");
    expect([of("csrc-old").line, of("csrc-2026").line, of("csrc-2026").supersedes?.id]).toEqual([
      "csrc",
      "csrc",
      "csrc-old",
    ]);
    expect(of("csrc-2026").exclusions.map(({ id }) => id)).toContain("withdrawn");
    expect(of("tax-2007").branches[0]?.components?.map(({ counts }) => counts)).toEqual([true, true, true]);
    for (const id of listShippedSchemeIds()) {
      const { effective, editableDefault } = of(id);
      // A day that the source does not give says so.
      expect(effective.note !== undefined || ["samr-2021", "jinhua-default"].includes(id)).toBe(true);
      expect(editableDefault).toBe(id === "jinhua-default");
    }
  });
});
