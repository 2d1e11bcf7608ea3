import { expect, test } from "vitest";
import { StatusNow } from "~/components/citizen/status/StatusNow";
import { AwardCard } from "~/components/citizen/AwardCard";
import type { Locale } from "~/i18n/locale";
import { computeAward } from "~server/rewards/compute-award";
import { loadScheme } from "~server/rewards/load-scheme.server";
import { htmlIn } from "./public-portal";

type Award = Parameters<typeof AwardCard>[0]["award"];

const { scheme } = loadScheme("jinhua-default");
const { steps, flags } = computeAward(scheme, {
  grade: 1,
  bases: { illegalAmount: "4236000000" },
  informants: [
    { id: "a", kind: "anonymous", weight: "80" },
    { id: "b", kind: "anonymous", weight: "20" },
  ],
  final: true,
});

function award(more: Partial<Award> = {}): Award {
  return {
    id: "one",
    amountFen: 1_694_400n,
    currency: "CNY",
    status: "approved",
    claim: null,
    acceptedOn: null,
    paidOn: null,
    bounced: false,
    scheme: { id: scheme.id, version: scheme.version, title: scheme.title },
    poolAmountFen: 2_118_000n,
    base: "illegalAmount",
    steps: steps.map((step) => ({ ...step, ruled: !["factors", "uplift"].includes(step.step) })),
    flags,
    objections: [],
    mayObject: false,
    ...more,
  };
}

/** The card's words, its tags taken away. */
const words = (locale: Locale, more?: Partial<Award>) =>
  htmlIn(locale, <AwardCard award={award(more)} token="t" />).replace(/<[^>]*>/g, "");

/** What is told at once, above the steps that changed nothing. */
const told = (locale: Locale, more?: Partial<Award>) =>
  words(locale, more).split(locale === "en" ? "Steps that changed" : "没有改变金额的步骤")[0] ?? "";

test("an informant is told which part of the award is theirs", () => {
  expect(told("zh-CN")).toContain("几个人举报同一件事，按比例分配，您的比例（80%）：");
  expect(told("zh-CN")).toMatch(/¥21,180\.00 → .*¥16,944\.00/);
  expect(told("en")).toContain("your part is 80%:");
  expect(told("zh-CN", { amountFen: 2_118_000n })).not.toContain("您的比例");
  expect(told("zh-CN", { amountFen: 706_000n })).toContain("您的比例（约 33.33%）");
});

test("the figure the computation starts from says what it is", () => {
  expect(told("zh-CN")).toContain("认定的违法违规经营数额 ¥42,360,000.00，符合条件");
  expect(told("en")).toContain("Verified illegal business amount ¥42,360,000.00: conditions met");
  expect(told("zh-CN", { base: "penalty" })).toContain("认定的罚没款 ¥42,360,000.00，符合条件");
});

test("a default scheme's own rule is called what it is, and a step without a rule cites nothing", () => {
  const zh = words("zh-CN");
  expect(zh).toContain("本平台默认方案（待当地确认）");
  expect(zh).toContain("依据：青海非法集资举报奖励 一级 不满1亿元");
  expect(zh).toContain("系数¥21,180.00办法没有这一项规定");
  expect(zh).not.toContain("jinhua-default");
  expect(words("en")).toContain("default scheme (not yet confirmed)");
});

test("a citation that stays Chinese on an English page says so", () => {
  const html = htmlIn("en", <AwardCard award={award()} token="t" />);
  expect(html).toContain(
    'Rule: Qinghai illegal-fundraising rewards <span lang="zh-CN">一级 不满1亿元</span>',
  );
  expect(html.replace(/<span lang="zh-CN">[^<]*<\/span>/g, "")).not.toMatch(/\p{Script=Han}/u);
});

test("a payment the bank returned is said to come again", () => {
  expect(words("zh-CN", { status: "posted", bounced: true })).toContain("银行退回了付款，将重新发放");
  expect(words("en", { status: "posted", bounced: true })).toContain("it will be sent again");
  expect(words("zh-CN", { status: "posted" })).not.toContain("退回");
});

test("a reporter who was right is promised a reward only while there is none yet", () => {
  type Opened = Parameters<typeof StatusNow>[0];
  const now = (locale: Locale, awards: readonly Award[]) => {
    const limits = { acceptance: { kind: "working", days: 10 }, handling: { kind: "calendar", days: 90 } };
    const status = { stage: "closed", closure: "substantiated", official: false, nextDeadline: null };
    const opened = {
      status: { ...status, limits, department: null, awards },
      thread: { questionOn: null, fresh: 0 },
    };
    return htmlIn(locale, <StatusNow {...(opened as unknown as Opened)} />);
  };
  expect(now("zh-CN", [])).toContain("奖励批准以后会显示在本页");
  expect(now("zh-CN", [award()])).toContain("再决定接不接受");
  expect(now("en", [award()])).toContain("whether you accept it");
  // What waits for the answer to an objection has nothing to press yet.
  const objections = [{ outcome: null }] as unknown as Award["objections"];
  expect(now("zh-CN", [award({ objections })])).not.toContain("接不接受");
  expect(now("zh-CN", [award({ objections }), award()])).toContain("接不接受");
  const paid = now("zh-CN", [award({ status: "paid", paidOn: "2026-06-01" })]);
  expect(paid).toContain("奖励的情况就在下面");
  expect(paid).not.toContain("批准以后");
});

test("whose account is gone is asked for another, as the first thing to do", () => {
  const claim = {
    ...{ lastDay: null, extended: false, way: "transfer" as const, chosenOn: "2026-03-01", code: null },
    ...{ claimant: "self" as const, open: true, mayUseCode: true, byHeir: false, byProxy: false },
    cashMostFen: null,
  };
  const card = (accountGone: boolean) => ({ status: "posted" as const, claim: { ...claim, accountGone } });
  expect(words("zh-CN", card(true))).toContain("请重新填写收款账户，没有账户就不能再转账");
  expect(words("en", card(true))).toContain("no transfer can be made without it");
  expect(words("zh-CN", card(false))).not.toContain("没有账户");
});
