import { describe, expect, test } from "vitest";
import { listPacks, loadPack } from "~server/packs/load-pack.server";
import type { RoutingFacts } from "~server/routing/facts";
import { routeLead } from "~server/routing/route-lead";
import { weighEscalation } from "~server/routing/weigh-escalation";
import { makeFacts } from "~tests/routing/make-facts";

const { pack } = loadPack("jinhua");

// ¥50,000,000 is 5,000,000,000 分.
const cases: [string, Partial<RoutingFacts>, boolean][] = [
  ["one fen below ¥50,000,000", { allegedFen: "4999999999" }, false],
  ["exactly ¥50,000,000", { allegedFen: "5000000000" }, true],
  ["an amount beyond a double's precision", { allegedFen: "90071992547409930000" }, true],
  ["149 people", { people: 149 }, false],
  ["150 people", { people: 150 }, true],
  ["19 tips in 7 days", { tipsLast7Days: 19 }, false],
  ["20 tips in 7 days", { tipsLast7Days: 20 }, true],
  ["all three just below", { allegedFen: "4999999999", people: 149, tipsLast7Days: 19 }, false],
  ["nothing known", {}, false],
];

// 金华, 上街, 吉林, 山东, 篇三, 篇五 and 篇七 ask for a report at once; the other plans are silent.
const CLAUSES: Record<string, string> = {
  national: "总体方案（汇编篇五）",
  jinhua: "四(二)",
  shangjie: "上政办〔2016〕24号",
  jilin: "吉林省互联网金融风险专项整治工作方案",
  shandong: "汇编篇四",
  "county-ndrc": "汇编篇三",
  "xx-district": "汇编篇七",
  jiangsu: "本平台设置",
  "xx-county": "本平台设置",
  beijing: "本平台设置",
  maanshan: "本平台设置",
  template: "本平台设置",
};

describe.each(listPacks())("%s", (id) => {
  const { pack } = loadPack(id);

  test.each(cases)("%s", (_, facts, escalate) => {
    expect(routeLead(pack, makeFacts(facts)).escalate).toBe(escalate);
  });

  test("says that its numbers are a setting, and cites no clause for them that does not ask for the report", () => {
    expect(pack.escalation.setting).toBe(true);
    const clauses = new Set(pack.escalation.thresholds.map(({ clause }) => clause));
    expect([...clauses]).toEqual([CLAUSES[id]]);
    expect(pack.escalation.text !== undefined).toBe(CLAUSES[id] !== "本平台设置");
  });
});

test("the board can say which thresholds were met, with the figure of each", () => {
  const hits = weighEscalation(pack, makeFacts({ allegedFen: "5000000000", tipsLast7Days: 25 }));
  expect(hits.map(({ threshold, matched }) => [threshold.kind, threshold.atLeast, matched])).toEqual([
    ["amount", "5000000000", { allegedFen: "5000000000" }],
    ["tips", 20, { tipsLast7Days: 25 }],
  ]);
});

test("a case that is not escalated gives no escalation reason", () => {
  const rules = routeLead(pack, makeFacts()).basis.map(({ rule }) => rule);
  expect(rules.filter((rule) => rule.includes("escalation"))).toEqual([]);
});
