import { describe, expect, it } from "vitest";
import { saySchemeFault } from "~/components/staff/schemes/say-scheme-fault";
import { sayFault } from "~/components/staff/routing/say-fault";
import { createI18n } from "~/i18n/create-i18n";
import { catalogueZh } from "~/i18n/zh-CN/catalogue";
import { staffZh } from "~/i18n/zh-CN/staff";
import { loadScheme, parseScheme } from "~server/rewards/load-scheme.server";
import { SchemeRefusedError } from "~server/rewards/reward-errors";
import type { Scheme } from "~server/rewards/scheme-grammar";
import { branch, cap, excl, incl, minimumGate, rule, schemeData } from "~tests/rewards/build-scheme";

const t = createI18n("zh-CN", catalogueZh, staffZh).getFixedT("zh-CN", "staff");

/** What an administrator reads of a file that is refused. */
function said(data: unknown): string | null {
  try {
    parseScheme(JSON.parse(JSON.stringify(data)), "办法.json");
  } catch (error) {
    if (!(error instanceof SchemeRefusedError)) throw error;
    return error.fault === null ? sayFault(error.reason, t) : saySchemeFault(error.fault, t);
  }
  return "accepted";
}

const percent = { kind: "percent", rate: "1%" } as const;
const plain = (over: Partial<Scheme> = {}) =>
  schemeData({ branches: [branch("penalty", { 1: percent })], ...over });
const tiered = (...ends: [string, Parameters<typeof incl>[0] | null, boolean][]) => {
  const brackets = ends.map(([clause, value, below]) => ({
    ...{ clause, title: { zh: "档", en: "tier" }, outcome: percent },
    from: below || value === null ? null : incl(value),
    to: below && value !== null ? incl(value) : null,
  }));
  return plain({ branches: [branch("penalty", { 0: { kind: "brackets", brackets } })] });
};
const times = (clause: string, multiplyBy: string) => ({
  ...{ ...rule(clause), when: null, multiplyBy, consent: null },
});

describe("a scheme that contradicts itself", () => {
  it.each<[unknown, string]>([
    [
      tiered(["第九条", "5000000000", true], ["第十条", "5000000000", false]),
      "“第九条”和“第十条”都包含50,000,000元，只能由一条包含。",
    ],
    [
      tiered(["第九条", "1050", true], ["第九条", "5000000000", false]),
      "“第九条”（10.50元以下）和“第九条”（50,000,000元以上）之间，从10.50元到50,000,000元没有规定，请核对两端。",
    ],
    [plain({ effective: { from: "2026-02-01", to: "2026-01-31" } }), "施行的截止日期早于开始日期，请核对。"],
    [
      plain({
        branches: [branch(null, { 0: { kind: "amountRange", from: incl("900"), to: excl("900") } })],
      }),
      "从9元到9元的幅度没有可选的数，请核对两端。",
    ],
    [plain({ caps: [cap("100"), cap("200")] }), "“cap 100”和“cap 200”都规定了同样案件的限额，只能保留一条。"],
    [
      plain({ gates: [minimumGate("penalty", incl("1")), minimumGate("penalty", incl("2"))] }),
      "“minimum”（gates[0]）和“minimum”（gates[1]）都规定了罚没款的起点，只能保留一条。",
    ],
    [
      plain({ uplifts: [times("第七条", "1.2"), times("第八条", "1.3")] }),
      "“第七条”和“第八条”对同样的案件都要相乘，请合成一条或者分清情形。",
    ],
    [
      plain({ branches: [branch("penalty", { 1: percent }, { 1: "10100" })], caps: [cap("10000")] }),
      "“floor 1”的最低101元高于“cap 10000”的最高100元，请核对。",
    ],
  ])("is told in the page's language, its amounts in 元", (data, shown) => expect(said(data)).toBe(shown));

  it("names other currencies as they are", () => {
    const data = tiered(["一", "500", true], ["二", "500", false]);
    expect(said({ ...data, currency: "KRW" })).toContain("都包含500韩元");
    expect(said({ ...data, currency: "USD" })).toContain("都包含5美元");
  });
});

describe("a scheme file that is not well formed", () => {
  const samr = loadScheme("samr-2021").scheme;
  it.each<[string, unknown, string]>([
    ["a day that is none", { ...samr, effective: { from: "2026-02-30", to: null } }, "须是确有的一天"],
    ["no words", { ...samr, document: " " }, "不能为空"],
    ["an amount with a point", { ...samr, caps: [{ ...cap("1"), amount: "1.5" }] }, "金额以最小单位的整数"],
    ["an unknown currency", { ...samr, currency: "EUR" }, "只能是其中之一：CNY、USD、KRW、JPY。"],
    ["an unknown gate", { ...samr, gates: [{ kind: "x" }] }, "只能是其中之一：minimum、final"],
    ["no branches", { ...samr, branches: [] }, "至少要有 1 项。"],
    ["an id with blanks", { ...samr, id: "A B" }, "代号只用小写字母和数字"],
    ["a version with blanks", { ...samr, version: "v v" }, "写法须合这一式样"],
    ["steps in another order", { ...samr, stepOrder: samr.stepOrder.toReversed() }, "须是 gate。"],
    [
      "one person for two steps",
      { ...samr, approval: { ...samr.approval, differentPeople: false } },
      "须是 true。",
    ],
    ["a grade of nothing", { ...samr, grades: [{ ...samr.grades[0], grade: 0 }] }, "不能小于 1。"],
    [
      "more than the whole",
      plain({ branches: [branch("penalty", { 0: { kind: "percent", rate: "500%" } })] }),
      "比例不能超过 100%。",
    ],
  ])("is told in the page's language: %s", (_, data, shown) => expect(said(data)).toContain(shown));
});
