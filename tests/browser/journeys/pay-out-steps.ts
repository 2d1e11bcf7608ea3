import { readFileSync } from "node:fs";
import { XMLParser } from "fast-xml-parser";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { shootBoth } from "../screenshot";
import { look, shows } from "./look";
import { paymentOf } from "./post-award";

export type People = Readonly<Record<"preparer" | "reviewer" | "approver" | "cashier", Page>>;

/**
 * A payment made beside any batch: two of finance say that it came back, order that it is paid anew by hand, take the
 * order back and give another, upon which the cashier pays. Answers the reference the bank is given with it.
 */
export async function payByHandAgain(people: People, awardId: string): Promise<string> {
  const { preparer, approver, cashier } = people;
  const acts = `/staff/budget/acts?award=${awardId}`;
  await preparer.goto("/staff/payments?state=paid");
  await look(preparer, "payments-paid-finance");
  const codeName = await paymentOf(preparer, awardId).locator("th a").innerText();
  await cashier.goto("/staff/payments?state=paid");
  await look(cashier, "payments-paid-cashier");
  const ask = async (title: string, reason: string, name: string | null) => {
    const form = preparer.locator("form", { has: preparer.getByRole("heading", { name: title }) });
    await form.locator("[name='reason']").fill(reason);
    if (name !== null) await look(preparer, `${name}-asking`);
    await form.getByRole("button", { name: "确认并提出" }).click();
    await preparer.waitForURL(/done=asked/);
    await approver.goto(acts);
    if (name !== null) await look(approver, `${name}-agreeing`);
  };
  const agree = async (button: string) => {
    await approver.getByRole("button", { name: button }).click();
    await approver.waitForURL(/done=agreed/);
  };
  await preparer.goto(acts);
  await ask("登记退票", "银行回单写明情况", "bounce");
  await agree("同意并记账");

  // Nobody pays beside a batch before two of finance order it.
  const row = cashier.locator("tr", { hasText: codeName });
  await cashier.goto("/staff/payments?state=posted");
  await row.getByText("须先列入付款批次，或由两名财务人员下达逐笔付款指令。").first().waitFor();
  await shootBoth(cashier, "payments-unordered");
  const order = async (name: string | null) => {
    await preparer.goto("/staff/payments?state=posted");
    if (name !== null) await shootBoth(preparer, "payments-to-order");
    await paymentOf(preparer, awardId)
      .getByRole("link", { name: /下达逐笔付款指令/ })
      .click();
    await preparer.waitForURL(`**${acts}`);
    await ask("逐笔付款指令", "银行批量业务停办，逐笔转账", name);
    await agree("同意付款指令");
  };
  await order("order");
  await look(approver, "order-agreed");
  await cashier.goto("/staff/payments?state=posted");
  await look(cashier, "payments-ordered");
  await preparer.goto(acts);
  await ask("撤回付款指令", "银行批量业务恢复", "order-end");
  await agree("同意撤回指令");
  await look(approver, "order-ended");
  await order(null);
  return pay(cashier, codeName);
}

/** The cashier records what went to the bank: a reference with a name and an account in it is refused, and stays typed. */
async function pay(cashier: Page, codeName: string): Promise<string> {
  const row = cashier.locator("tr", { hasText: codeName });
  const reference = row.locator("[name='reference']");
  const save = row.locator("form:has(input[name='intent'][value='pay']) button[type='submit']");
  await cashier.goto("/staff/payments?state=posted");
  await row.locator("details summary").first().click();
  const forBank = /HD20\d{2}-[A-Z]{8}/.exec(await row.innerText())?.[0] ?? "";
  expect(forBank).not.toBe("");
  await reference.fill("张三 6217000011112222333");
  await save.click();
  await cashier.getByText("请以两个大写字母开头").first().waitFor();
  await look(cashier, "payment-reference-refused");
  expect(await reference.inputValue()).toContain("张三");
  await reference.fill("BK-JOURNEY-0001");
  await save.click();
  await cashier.waitForURL(/done=paid/);
  await cashier.goto("/staff/payments?state=paid");
  await shows(cashier, "BK-JOURNEY-0001");
  await look(cashier, "payments-paid");
  return forBank;
}

export type BankFileLine = { readonly endToEndId: string; readonly amount: string; readonly xml: string };

/** The bank does not answer for a batch of one: the list of batches and the page of payments both say so. */
export async function leaveUnknown(cashier: Page): Promise<void> {
  await cashier.goto("/staff/payouts?state=sent");
  await cashier.locator("tbody th a").first().click();
  await cashier.getByRole("button", { name: /登记结果不明/ }).click();
  await cashier.waitForURL(/done=unknown/);
  await cashier.goto("/staff/payouts");
  await shows(cashier, /有 \d+ 笔付款结果不明/);
  await look(cashier, "payouts-unknown");
  await cashier.goto("/staff/payouts?state=sent");
  await shows(cashier, "（结果不明 1）");
  await shootBoth(cashier, "payouts-unknown-sent");
  await cashier.goto("/staff/payments?state=posted");
  await cashier.getByText("结果不明，等待银行答复或对账单，不能另行付款。").first().waitFor();
  await look(cashier, "payments-unknown");
}

/**
 * From the list of payable awards to a file at the bank; answers what the file says. `see` is asked to look at every page:
 * a second time pictures are enough.
 */
export async function payOut(
  people: People,
  awardId: string,
  name: string,
  see: typeof look = look,
): Promise<BankFileLine> {
  const { preparer, reviewer, approver, cashier } = people;
  await preparer.goto("/staff/payouts");
  await see(preparer, `${name}-new`);
  // The demonstration has others that wait, and a second fund.
  const fund = preparer.locator("form", { has: preparer.locator(`[name='awardIds'][value='${awardId}']`) });
  for (const box of await fund.locator("[name='awardIds']").all())
    if ((await box.inputValue()) !== awardId) await box.uncheck();
  await fund.getByRole("button", { name: "冻结为批次" }).click();
  await preparer.getByText("请选择办理这个批次的出纳。").first().waitFor();
  await fund.locator("select[name='cashierId']").selectOption({ label: "演示·钱小满" });
  for (const box of await fund.locator("[name='awardIds']").all())
    await box.setChecked((await box.inputValue()) === awardId);
  await fund.getByRole("button", { name: "冻结为批次" }).click();
  await preparer.waitForURL(/done=frozen/);
  const address = new URL(preparer.url()).pathname;
  await see(preparer, `${name}-frozen`);
  await reviewer.goto(address);
  await reviewer.getByRole("button", { name: "用通行密钥签字放行" }).click();
  await reviewer.getByText("您已经放行过这个批次").waitFor();
  await approver.goto(address);
  await see(approver, `${name}-release`);
  await approver.getByRole("button", { name: "用通行密钥签字放行" }).click();
  await approver.getByRole("button", { name: "移交收款信息" }).click();
  await approver.getByText("1 / 1 笔", { exact: true }).waitFor();
  await cashier.goto(address);
  await see(cashier, `${name}-file`);
  await cashier.getByText("这里生成的付款文件只供演示").waitFor();
  const day = cashier.locator("#file-executeOn");
  const today = await day.inputValue();
  await day.fill("2099-12-31");
  await cashier.getByRole("button", { name: "生成 ISO 20022 文件" }).click();
  await cashier.getByText("请填写今天起 90 天以内的日期。").first().waitFor();
  await see(cashier, `${name}-wrong-day`);
  await day.fill(today);
  const saving = cashier.waitForEvent("download");
  await cashier.getByRole("button", { name: "生成 ISO 20022 文件" }).click();
  const xml = readFileSync(await (await saving).path(), "utf8");
  await cashier.getByText("文件已保存，并登记了校验值。").waitFor();
  await see(cashier, `${name}-made`);
  await cashier.getByRole("button", { name: "已送交银行" }).click();
  await cashier.waitForURL(/done=sent/);
  await cashier.getByText("送交银行的是这一份").waitFor();
  await see(cashier, `${name}-sent`);
  const read = new XMLParser({ parseTagValue: false, ignoreAttributes: true }).parse(xml) as {
    Document: { CstmrCdtTrfInitn: { PmtInf: { CdtTrfTxInf: Record<string, never> } } };
  };
  const line = read.Document.CstmrCdtTrfInitn.PmtInf.CdtTrfTxInf as unknown as {
    PmtId: { EndToEndId: string };
    Amt: { InstdAmt: string };
  };
  return { endToEndId: line.PmtId.EndToEndId, amount: line.Amt.InstdAmt, xml };
}
