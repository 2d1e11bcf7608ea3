import { describe, expect, test } from "vitest";
import {
  listShippedSchemeIds,
  loadScheme,
  parseScheme,
  readStoredScheme,
} from "~server/rewards/load-scheme.server";
import { SchemeRefusedError } from "~server/rewards/reward-errors";
import type { Scheme } from "~server/rewards/scheme-grammar";
import { branch, cap, excl, incl, minimumGate, rule, schemeData } from "./build-scheme";

const percent = { kind: "percent", rate: "1%" } as const;
const penalty = branch("penalty", { 0: percent });
const insider = { kind: "informantKind", id: "insider" } as const;
const words = (zh: string, en: string) => ({ title: { zh, en }, note: { zh, en } });

function refusalOf(over: Partial<Scheme> & { branches?: Scheme["branches"] }): string {
  const data: unknown = JSON.parse(JSON.stringify(schemeData({ branches: [penalty], ...over })));
  try {
    parseScheme(data, "x.json");
  } catch (error) {
    if (error instanceof SchemeRefusedError) return error.message;
    throw error;
  }
  return "accepted";
}

const named = (
  clause: string,
  base: Parameters<typeof branch>[0],
  form: Parameters<typeof branch>[1][0] = percent,
) => ({
  ...branch(base, { 0: form as typeof percent }),
  clause,
});
const fixed = { kind: "fixed", amount: "500" } as const;
const part = (base: "goods" | "penalty" | "recovered", counts = true) => ({
  ...rule(`含${base}`),
  counts,
  base,
});
const kinds = (clause: string, ...allowed: ("named" | "anonymous" | "insider")[]) => ({
  ...{ kind: "kinds" as const, ...rule(clause), allowed },
});
const times = (
  clause: string,
  multiplyBy: string | null,
  when: Scheme["uplifts"][number]["when"] = insider,
) => ({
  ...{ ...rule(clause), when, multiplyBy, consent: null },
});

describe("branches of which one never decides are refused", () => {
  test.each<[string, Scheme["branches"], string]>([
    [
      "after a branch that takes every case",
      [named("第五条", null, fixed), named("第六条", "penalty")],
      'x.json: branches[1]: "第六条" is never reached: "第五条" takes every case before it',
    ],
    [
      "by an amount an earlier one counts in",
      [{ ...named("第五条", "penalty"), components: [part("goods")] }, named("第六条", "goods")],
      'branches[1]: "第六条" rests on goods, and "第五条" decides before it wherever there is any',
    ],
    [
      "by a part that is an earlier one's base",
      [named("第五条", "penalty"), { ...named("第六条", "goods"), components: [part("penalty")] }],
      'branches[1]: "第六条" rests on penalty, and "第五条" decides before it',
    ],
    [
      "with a part that does not count and is the base",
      [{ ...penalty, components: [part("penalty", false)] }],
      'branches[0].components[0]: "branch" rests on penalty, which "含penalty" does not count',
    ],
    [
      "with a part said twice",
      [{ ...penalty, components: [part("goods"), { ...part("goods", false), clause: "不含" }] }],
      'branches[0].components[1]: "含goods" and "不含" both decide goods',
    ],
  ])("%s", (_, branches, message) => expect(refusalOf({ branches })).toContain(message));

  test("and not those that follow each other", () => {
    expect(refusalOf({ branches: [penalty, named("第六条", "goods"), named("第七条", null, fixed)] })).toBe(
      "accepted",
    );
    const parts = [part("goods"), part("recovered", false)];
    expect(refusalOf({ branches: [{ ...penalty, components: parts }, named("第六条", "recovered")] })).toBe(
      "accepted",
    );
  });
});

describe("gates that cannot all open are refused", () => {
  test.each<[string, Scheme["gates"], string]>([
    [
      "for kinds with nobody in common",
      [kinds("第二条", "named"), kinds("第三条", "anonymous", "insider")],
      'gates[1]: "第二条" and "第三条" allow no kind of informant in common',
    ],
    [
      "for three kinds of which each two share one",
      [
        kinds("一", "named", "insider"),
        kinds("二", "anonymous", "insider"),
        kinds("三", "named", "anonymous"),
      ],
      'gates[2]: "一" and "三" allow no kind of informant in common',
    ],
    [
      "for two minimums of one amount",
      [
        { ...minimumGate("penalty", incl("100")), clause: "第二条" },
        { ...minimumGate("penalty", excl("200")), clause: "第三条" },
      ],
      'gates[1]: "第二条" and "第三条" both decide the minimum of penalty',
    ],
    [
      "for one of them the base of the branch",
      [
        { kind: "minimum", ...rule("第二条"), base: "selected", at: incl("100") },
        { ...minimumGate("penalty", incl("200")), clause: "第三条" },
      ],
      'gates[1]: "第二条" and "第三条" both decide the minimum of penalty',
    ],
  ])("%s", (_, gates, message) => expect(refusalOf({ gates })).toContain(message));

  test("and not those that all may open", () => {
    const gates = [
      ...[kinds("一", "named", "insider"), kinds("二", "insider", "anonymous")],
      ...[minimumGate("penalty", incl("100")), minimumGate("ordered", incl("100"))],
    ];
    expect(refusalOf({ gates })).toBe("accepted");
  });
});

describe("stages and multipliers that decide nothing, or twice, are refused", () => {
  const stage = (id: string) => ({ id, clause: `阶段${id}`, title: { zh: id, en: id } });
  const pays = (id: string) => ({ id, ...rule(`付${id}`), minimum: null, outcome: fixed });

  test("a stage without a rate, beside those that have one", () => {
    const staged = branch(null, { 0: { kind: "stages", stages: [pays("filing")] } });
    expect(refusalOf({ branches: [staged], stages: [stage("filing"), stage("closing")] })).toContain(
      'branches[0].rates[0].form.stages: "阶段closing" has no rate in "rate 0"',
    );
    expect(refusalOf({ branches: [staged], stages: [stage("filing")] })).toBe("accepted");
  });

  test("a stage that nothing asks for; not one that a rule asks for", () => {
    const stages = [stage("filing")];
    expect(refusalOf({ stages })).toContain('stages[0]: "阶段filing" is a stage without a rate');
    const caps = [cap("100", { kind: "stage", id: "filing" })];
    expect(refusalOf({ stages, caps })).toBe("accepted");
  });

  test.each(["factors", "uplifts"] as const)("%s by nothing, or two of the same cases", (list) => {
    expect(refusalOf({ [list]: [times("第七条", "0")] })).toContain(
      `${list}[0].multiplyBy: "第七条" multiplies by 0, which leaves no award`,
    );
    expect(refusalOf({ [list]: [times("第七条", "1.2"), times("第八条", "1.3")] })).toContain(
      `${list}[1]: "第七条" and "第八条" both multiply in the same cases`,
    );
    // Different conditions may both hold, and multiply on purpose; one without a number multiplies nothing.
    const others = [times("第八条", "1.3", null), times("第九条", null)];
    expect(refusalOf({ [list]: [times("第七条", "1.2"), ...others] })).toBe("accepted");
  });
});

describe("two rules of one clause are told apart", () => {
  const clause = "国市监稽规〔2021〕4号";
  const tier = (from: ReturnType<typeof incl> | null, to: ReturnType<typeof incl> | null, en = "tier") => ({
    ...{ clause, title: { zh: en, en }, from, to, outcome: percent },
  });
  const tiers = (...brackets: ReturnType<typeof tier>[]) =>
    refusalOf({ branches: [branch("penalty", { 0: { kind: "brackets", brackets } })] });
  const half = "5000000000";

  test("by their titles", () => {
    expect(tiers(tier(null, incl(half), "up to 50m"), tier(incl(half), null, "from 50m"))).toBe(
      `x.json: branches[0].rates[0].form.brackets[1]: "${clause}" (up to 50m) and "${clause}" (from 50m) both include 5000000000 fen (50,000,000 yuan)`,
    );
  });

  test("by their bounds where the titles are one as well", () => {
    expect(tiers(tier(null, excl("5")), tier(incl(half), null))).toContain(
      `"${clause}" (from nothing to below 5 fen (0.05 yuan)) and "${clause}" (from 5000000000 fen (50,000,000 yuan) without limit) leave a gap between 5 fen (0.05 yuan) and 5000000000 fen (50,000,000 yuan)`,
    );
  });

  test("by their places where nothing else differs", () => {
    const caps = [cap("100"), { ...cap("200"), clause: "cap 100" }];
    expect(refusalOf({ caps })).toContain(
      '"cap 100" (caps[0]) and "cap 100" (caps[1]) both decide the same cases',
    );
    const titled = caps.map((each, at) => ({ ...each, ...words(`上限${at}`, `limit ${at}`) }));
    expect(refusalOf({ caps: titled })).toContain('"cap 100" (limit 0) and "cap 100" (limit 1)');
  });

  test("and their amounts are told in the currency's units", () => {
    const won = [tier(null, excl("5")), tier(excl("5"), null)];
    const form = { kind: "brackets" as const, brackets: won };
    expect(refusalOf({ currency: "KRW", branches: [branch("penalty", { 0: form })] })).toContain(
      "both exclude 5 won",
    );
    expect(refusalOf({ currency: "USD", branches: [branch("penalty", { 0: form })] })).toContain(
      "both exclude 5 cents (0.05 dollars)",
    );
  });
});

describe("a check that is new", () => {
  test("does not reach back to a version that is stored", () => {
    const data = schemeData({
      branches: [penalty],
      uplifts: [times("第七条", "1.2"), times("第八条", "1.3")],
    });
    const stored: unknown = JSON.parse(JSON.stringify(data));
    expect(() => parseScheme(stored, "x.json")).toThrow("both multiply");
    expect(readStoredScheme(stored)).toEqual(data);
    expect(() => readStoredScheme({ ...data, colour: 1 })).toThrow("stored scheme: colour: unknown key");
  });

  test("refuses none of the shipped schemes", () => {
    for (const id of listShippedSchemeIds()) expect(() => loadScheme(id)).not.toThrow();
  });
});
