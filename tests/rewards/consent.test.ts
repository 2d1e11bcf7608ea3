import { describe, expect, test } from "vitest";
import { LATEST_EDITION } from "~server/rewards/case";
import { computeAward } from "~server/rewards/compute-award";
import { explainAward } from "~server/rewards/explain-award";
import { loadScheme } from "~server/rewards/load-scheme.server";
import { replayAward } from "~server/rewards/replay-award.server";
import type { Scheme } from "~server/rewards/scheme-grammar";
import { branch, buildCase, buildScheme, rule } from "./build-scheme";

const percent = { kind: "percent", rate: "10%" } as const;
const insider = { kind: "informantKind", id: "insider" } as const;
const informants = [{ id: "a", kind: "insider" }];
const bases = { penalty: "1000" };
const words = (clause: string) => ({
  ...rule(clause),
  title: { zh: `${clause}题`, en: `${clause} title` },
});
const raising = (consent: "finance" | null, over: Partial<Scheme> = {}) =>
  buildScheme({
    branches: [branch("penalty", { 0: percent })],
    uplifts: [{ ...words("第七条"), when: insider, multiplyBy: "1.2", consent }],
    ...over,
  });
const award = (scheme: Scheme, input: Record<string, unknown> = {}) =>
  computeAward(scheme, buildCase({ bases, informants, ...input }));

describe("what needs finance's consent", () => {
  test("is paid with the approval's reference alone; without it, finance is to be asked", () => {
    expect(award(raising("finance"))).toMatchObject({ award: "100", flags: ["consult_finance"] });
    expect(award(raising("finance"), { approvalRef: "财〔2026〕1号" })).toMatchObject({
      ...{ award: "120", flags: [] },
    });
    expect(award(raising(null))).toMatchObject({ award: "120", flags: [] });
  });

  test("is the same for a factor", () => {
    const { uplifts, ...rest } = raising("finance");
    const scheme = { ...rest, factors: uplifts, uplifts: [] };
    expect(award(scheme)).toMatchObject({ award: "100", flags: ["consult_finance"] });
    expect(award(scheme, { approvalRef: "财〔2026〕1号" }).award).toBe("120");
  });

  test("asks nobody where its condition does not hold, or nothing is awarded", () => {
    const named = [{ id: "a", kind: "named" }];
    expect(award(raising("finance"), { informants: named }).flags).toEqual([]);
    expect(award(raising("finance"), { bases: {} })).toMatchObject({ award: "0", flags: [] });
    const shut = raising("finance", { gates: [{ kind: "final", ...rule("final") }] });
    expect(award(shut, { final: false }).flags).toEqual(["not_final"]);
  });

  test("raises nothing where the document names no figure, so there is nothing to ask for", () => {
    const samr = loadScheme("samr-2021").scheme;
    const input = { grade: 1, bases: { penalty: "100000000" }, informants };
    expect(computeAward(samr, buildCase(input))).toMatchObject({ award: "5000000", flags: [] });
    const granted = computeAward(samr, buildCase({ ...input, approvalRef: "财〔2026〕1号" }));
    expect(granted).toMatchObject({ award: "5000000", flags: [] });
  });
});

describe("several uplifts that hold", () => {
  const national = { kind: "caseClass", id: "national" } as const;
  const both = buildScheme({
    caseClasses: [{ id: "national", clause: "c", title: { zh: "全国", en: "National" } }],
    branches: [branch("penalty", { 0: percent })],
    uplifts: [
      { ...words("第七条"), when: insider, multiplyBy: "1.2", consent: null },
      { ...words("第八条"), when: national, multiplyBy: "1.5", consent: null },
      { ...words("第八条"), when: { kind: "informantKind", id: "named" }, multiplyBy: "9", consent: null },
    ],
  });

  test("are all cited, in their order, and no other", () => {
    const rewardCase = buildCase({ bases, informants, caseClass: "national" });
    expect(computeAward(both, rewardCase).steps[3]).toEqual({
      ...{ step: "uplift", clause: "第七条；第八条", in: "100", out: "180" },
    });
    expect(explainAward(both, rewardCase)[3]?.title).toEqual({
      ...{ zh: "第七条题；第八条题", en: "第七条 title; 第八条 title" },
    });
    expect(computeAward(both, buildCase({ bases, informants })).steps[3]?.clause).toBe("第七条");
  });

  test("are named once where they are of one clause", () => {
    const mixed = [...informants, { id: "b", kind: "named" }];
    const { steps } = computeAward(both, buildCase({ bases, caseClass: "national", informants: mixed }));
    expect(steps[3]).toMatchObject({ clause: "第七条；第八条", out: "1620" });
  });
});

describe("a replay", () => {
  const stored = buildCase({ bases, informants });

  test("of what was stored before consent was asked for is what it was, byte for byte", () => {
    expect(replayAward(raising("finance"), stored)).toMatchObject({ award: "120", flags: [] });
    expect(replayAward(raising("finance"), { ...stored, edition: 1 })).toMatchObject({ award: "120" });
  });

  test("of what is stored now is computed by the edition it names", () => {
    expect(replayAward(raising("finance"), { ...stored, edition: LATEST_EDITION })).toEqual(
      award(raising("finance")),
    );
    expect(() => replayAward(raising("finance"), { ...stored, edition: 9 })).toThrow("edition");
  });
});

test("a case that arrives names no edition", () => {
  expect(() => buildCase({ edition: 1 })).toThrow("edition");
});
