import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { computeAward } from "~server/rewards/compute-award";
import { explainAward } from "~server/rewards/explain-award";
import { listShippedSchemeIds, loadScheme } from "~server/rewards/load-scheme.server";
import { buildCase } from "./build-scheme";

const samr = loadScheme("samr-2021").scheme;
const jinhua = loadScheme("jinhua-default").scheme;

test("every scheme file is shipped under its own id, and loads", () => {
  const files = readdirSync(new URL("../../server/rewards/schemes", import.meta.url));
  expect(files.map((file) => file.replace(/\.json$/, "")).sort()).toEqual(listShippedSchemeIds().sort());
  for (const id of listShippedSchemeIds()) expect(loadScheme(id).scheme.id).toBe(id);
});

test.each([samr, jinhua])(
  "three different people sign, and finance is asked from ¥500,000: $id",
  ({ approval }) => {
    expect(approval.differentPeople).toBe(true);
    expect(approval.ladder.map(({ steps }) => steps)).toEqual([
      ["prepare", "review", "approve"],
      ["prepare", "review", "approve"],
    ]);
    expect(approval.ladder[1]).toMatchObject({
      from: { value: "50000000", inclusive: true },
      consult: ["finance"],
    });
  },
);

describe("samr-2021", () => {
  const award = (grade: number, penalty: string | null, more = {}) =>
    computeAward(samr, buildCase({ grade, bases: { penalty }, ...more }));

  test("example 1: ¥80,000 at grade 2 is raised to the floor, step by step", () => {
    const clause = "国市监稽规〔2021〕4号";
    expect(award(2, "8000000")).toEqual({
      scheme: { id: "samr-2021", version: "1" },
      award: "300000",
      currency: "CNY",
      shares: [{ id: "a", amount: "300000" }],
      steps: [
        { step: "gate", clause, in: "8000000", out: "8000000" },
        { step: "rate", clause, in: "8000000", out: "240000" },
        { step: "factors", clause, in: "240000", out: "240000" },
        { step: "uplift", clause, in: "240000", out: "240000" },
        { step: "floor", clause, in: "240000", out: "300000" },
        { step: "cap", clause, in: "300000", out: "300000" },
        { step: "round", clause, in: "300000", out: "300000" },
        { step: "split", clause, in: "300000", out: "300000" },
      ],
      flags: ["floored"],
    });
  });

  test.each([
    // grade, penalty, award, flags
    [1, "1000000000", "50000000", ["consult_finance"]],
    [1, "999999980", "49999999", []],
    [1, "3000000000", "100000000", ["consult_finance", "capped"]],
    [1, "2000000000", "100000000", ["consult_finance"]],
    [1, null, "500000", ["floored"]],
    [1, "0", "500000", ["floored"]],
    [2, null, "300000", ["floored"]],
    [3, null, "100000", ["floored"]],
    [3, "10000000", "100000", []],
    [3, "10000049", "100000", []],
    [3, "10000050", "100001", []],
    [3, "10000149", "100001", []],
  ])("grade %s with a penalty of %s 分 awards %s", (grade, penalty, expected, flags) => {
    expect(award(grade, penalty)).toMatchObject({ award: expected, flags });
  });

  test("a decision that is not final awards nothing, not even the floor", () => {
    const result = award(1, "1000000000", { final: false });
    expect(result).toMatchObject({ award: "0", shares: [{ id: "a", amount: "0" }], flags: ["not_final"] });
    expect(result.steps).toHaveLength(8);
    expect(result.steps[0]).toMatchObject({ in: "1000000000", out: "0" });
    expect(award(1, "1000000000", { final: undefined }).flags).toEqual(["not_final"]);
  });

  test("a cap that nobody may lift holds against a claimed lift", () => {
    const lifted = award(1, "3000000000", { capLifted: true, approvalRef: "X-1" });
    expect(lifted).toMatchObject({ award: "100000000" });
  });

  test("an insider's uplift is named, and without a figure changes nothing", () => {
    const insider = buildCase({
      bases: { penalty: "1000000000" },
      informants: [{ id: "a", kind: "insider" }],
    });
    expect(computeAward(samr, insider).award).toBe("50000000");
    expect(explainAward(samr, insider)[3]?.title?.en).toBe("Insiders may receive more");
  });

  test("a supplement is named where it takes something off, and is no cap", () => {
    const sec = loadScheme("sec-dodd-frank").scheme;
    const more = { bases: { ordered: "200000000", collected: "200000000" }, chosen: "0.2" };
    const cap = (already?: { case: string; year: string }) =>
      explainAward(sec, buildCase({ ...more, already }))[5];
    expect(cap()).toMatchObject({ step: "cap", in: "40000000", out: "40000000", title: null });
    expect(cap({ case: "10000000", year: "10000000" })).toMatchObject({
      ...{ out: "30000000", title: { en: "Supplement on later collection" } },
    });
  });

  test("bases the scheme does not name change nothing", () => {
    const other = buildCase({ grade: 3, bases: { illegalAmount: "900000000000", collected: "5" } });
    expect(computeAward(samr, other)).toMatchObject({ award: "100000", flags: ["floored"] });
  });
});

describe("jinhua-default", () => {
  const award = (grade: number, bases: Record<string, string>, more = {}) =>
    computeAward(jinhua, buildCase({ grade, bases, ...more }));

  test.each([
    // Just under, at and just over ¥100,000,000.
    [1, { illegalAmount: "9999000000" }, "4999500", []],
    [1, { illegalAmount: "9999999999" }, "5000000", []],
    [1, { illegalAmount: "10000000000" }, "6000000", []],
    [1, { illegalAmount: "10000000001" }, "6000000", []],
    [2, { illegalAmount: "9999999999" }, "1000000", []],
    [2, { illegalAmount: "10000000000" }, "2000000", []],
    // Floors: ¥1,000 is reached at ¥2,000,000, ¥500 at ¥5,000,000.
    [1, { illegalAmount: "199999999" }, "100000", ["floored"]],
    [1, { illegalAmount: "200000000" }, "100000", []],
    [1, { illegalAmount: "1" }, "100000", ["floored"]],
    [2, { illegalAmount: "499990000" }, "50000", ["floored"]],
    [2, { illegalAmount: "500000000" }, "50000", []],
    [1, {}, "100000", ["floored"]],
    [2, {}, "50000", ["floored"]],
    [1, { illegalAmount: "0", penalty: "0" }, "100000", ["floored"]],
    // The cap of ¥100,000 on either branch.
    [1, { illegalAmount: "17000000000" }, "10000000", ["capped"]],
    [1, { penalty: "1000000000" }, "10000000", ["capped"]],
    [1, { penalty: "200000000" }, "10000000", []],
    // No illegal amount but a penalty: the rates and floors of samr-2021.
    [2, { penalty: "8000000" }, "300000", ["floored"]],
    [2, { illegalAmount: "0", penalty: "20000000" }, "600000", []],
    [3, { penalty: "5000000" }, "100000", ["floored"]],
    [3, { penalty: "50000000" }, "500000", []],
    // An illegal amount, however small, keeps the penalty out.
    [1, { illegalAmount: "100", penalty: "1000000000" }, "100000", ["floored"]],
  ])("grade %s with %o awards %s", (grade, bases, expected, flags) => {
    expect(award(grade, bases)).toMatchObject({ award: expected, flags: [...flags, "editable_default"] });
  });

  test("the cap lifted by an approval is ¥1,000,000, and finance is asked", () => {
    const lift = { capLifted: true, approvalRef: "财〔2026〕1号" };
    expect(award(1, { illegalAmount: "1000000000000" }, lift)).toMatchObject({
      award: "100000000",
      flags: ["consult_finance", "capped", "editable_default"],
    });
    expect(award(1, { illegalAmount: "50000000000" }, lift)).toMatchObject({
      award: "30000000",
      flags: ["editable_default"],
    });
    expect(award(1, { penalty: "1000000000" }, lift).award).toBe("50000000");
  });

  test.each([
    ["10000", "10000"],
    ["23456", "23456"],
    ["50000", "50000"],
  ])("grade 3 awards the %s 分 the assessor chose, with or without a base", (chosen, expected) => {
    expect(award(3, { illegalAmount: "99900000000" }, { chosen }).award).toBe(expected);
    expect(award(3, {}, { chosen }).award).toBe(expected);
  });

  test.each([undefined, null, "9999", "50001", "10000.5", "0.5"])(
    "grade 3 refuses the choice %s",
    (chosen) => {
      expect(() => award(3, { illegalAmount: "99900000000" }, { chosen })).toThrow(/^chosen: /);
    },
  );

  test("an award not yet final needs no choice: it is nothing", () => {
    expect(award(3, { illegalAmount: "100" }, { final: false })).toMatchObject({
      award: "0",
      flags: ["not_final", "editable_default"],
    });
  });

  test("a fraction of a 分 is kept exactly until it is rounded", () => {
    const { steps } = award(1, { illegalAmount: "9999000001" });
    expect(steps[1]).toMatchObject({ in: "9999000001", out: "9999000001/2000" });
    expect(steps[6]).toMatchObject({ step: "round", in: "9999000001/2000", out: "4999500" });
  });

  test("every step with a rule has words for the informant in both languages", () => {
    const steps = explainAward(jinhua, buildCase({ bases: { illegalAmount: "9999000001" } }));
    const silent = steps.filter(({ title }) => title === null).map(({ step }) => step);
    expect(silent).toEqual(["factors", "uplift"]);
    expect(steps[1]?.title).toEqual({
      zh: "一级：违法违规经营数额的0.05%或0.06%：不满1亿元",
      en: "Grade 1: 0.05% or 0.06% of the illegal amount: under ¥100 million",
    });
  });
});
