import { describe, expect, it } from "vitest";
import { nameField } from "~/components/staff/name-field";
import { sayFault } from "~/components/staff/routing/say-fault";
import { staffZh } from "~/i18n/zh-CN/staff";

/** The catalogue's words by their key, with what is put into them. */
const t = ((key: string, put: Record<string, string> = {}) => {
  const found = key.split(".").reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], staffZh);
  if (typeof found !== "string") throw new Error(`no sentence ${key}`);
  return found.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => put[name] ?? "");
}) as unknown as Parameters<typeof nameField>[2];

describe("a fault at the top of a page", () => {
  it.each([
    ["ask-pay", "reason", "理由"],
    ["ask-adjust", "direction", "增加或者减少"],
    ["ask-close_year", "carry", "可用余额"],
    ["ask-close_month", "month", "月份"],
    ["ask-clawback", "ground", "追回情形"],
    ["ask-bounce", "eventOn", "退回日期"],
    ["request-01a2", "answer", "理由"],
    ["answer-01a2", "answer", "答复"],
    ["propose-01a2", "reason", "依据"],
    ["match-01a2", "reference", "付款编号"],
    ["row-01a2", "reference", "流水参考号"],
    ["file", "executeOn", "要求付款日期"],
    ["send", "fileId", "送交的是哪一份文件"],
    ["desk", "typed", "领奖码"],
    ["batch-cancel", "reason", "撤销理由"],
    ["batch", "reason", "理由"],
    ["verdict", "reason", "需要补正的地方"],
    ["extend", "until", staffZh.claims.extend.until],
    ["recuse", "reason", staffZh.lead.recuseReason],
    ["open-up", "reason", staffZh.lead.openUpReason],
    ["dispatch", "reason", staffZh.lead.otherReason],
  ])("calls the field of %s named %s what its label says", (form, name, label) => {
    expect(nameField(form, name, t)).toBe(label);
  });
});

describe("a fault of a data file", () => {
  it.each([
    ["missing", "缺少这一项，请补上。"],
    ["unknown key", "不认识这一项，请核对名称。"],
    ["not valid JSON", "不是有效的 JSON 文件，请核对文件。"],
    ["expected string, received number", "应为文字，实际是数字。"],
  ])("is told in the page's language: %s", (said, shown) => expect(sayFault(said, t)).toBe(shown));

  it.each(["unknown agency jinhua.x", "expected date, received string", "constructor"])(
    "stays as the check says it where no sentence fits: %s",
    (said) => expect(sayFault(said, t)).toBeNull(),
  );
});
