import { readFileSync } from "node:fs";
import { XMLParser } from "fast-xml-parser";
import type { Page } from "playwright-core";
import { and, eq, notLike } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { awardClaims } from "~db/schema/claims";
import { payouts } from "~db/schema/payouts";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import type { Database } from "~db/client.server";
import { chinaDay } from "~server/clock";
import { readPayeeKeys, sealPayee, storeSealedPayee } from "~server/secrecy/seal-payee.server";
import { systemActor } from "~server/staff-auth/actor";
import { reporterOf } from "~tests/factories/reporter-of";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shootBoth } from "../screenshot";
import { besidePortal } from "./beside-portal";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { enrolPerson } from "./staff-person";

const HOLDER = "欧阳金丝雀";
const FIRST = { holder: HOLDER, bank: "金丝雀银行", branch: "雀鸣支行", account: "6222020200112233445" };
const SECOND = { ...FIRST, account: "6222020200112239998" };
const SECRETS = [HOLDER, "金丝雀", FIRST.account, SECOND.account];

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("payout");
}, 300_000);
afterAll(() => portal.stop());

async function look(page: Page, name: string): Promise<void> {
  await shootBoth(page, name);
  await expectNoAxeFindings(page);
}

/** An award of the demonstration that was paid beside any batch: the bank sends it back, as it may. */
async function findOne(db: Database): Promise<string> {
  const [payout] = await withActor(db, systemActor("test"), (tx) =>
    tx
      .select()
      .from(payouts)
      .where(and(eq(payouts.status, "live"), eq(payouts.kind, "transfer"), notLike(payouts.reference, "PB%")))
      .limit(1),
  );
  if (payout === undefined) throw new Error("the demonstration has a paid award");
  return payout.awardId;
}

/** Two of finance say that it came back, order that it is paid anew by hand, and take the order back. */
async function sendBack({ preparer, approver, cashier }: People, awardId: string): Promise<void> {
  const acts = `/staff/budget/acts?award=${awardId}`;
  await preparer.goto("/staff/payments?state=paid");
  await look(preparer, "payments-paid-finance");
  await cashier.goto("/staff/payments?state=paid");
  await look(cashier, "payments-paid-cashier");
  const ask = async (title: string, name: string) => {
    await preparer.goto(acts);
    const form = preparer.locator("form", { has: preparer.getByRole("heading", { name: title }) });
    await form.locator("[name='reason']").fill("银行回单写明情况");
    await look(preparer, `${name}-asking`);
    await form.getByRole("button", { name: "确认并提出" }).click();
    await preparer.waitForURL(/done=asked/);
    await approver.goto(acts);
    await look(approver, `${name}-agreeing`);
  };
  await ask("登记退票", "bounce");
  await approver.getByRole("button", { name: "同意并记账" }).click();
  await approver.waitForURL(/done=agreed/);
  await ask("逐笔付款指令", "order");
  await approver.getByRole("button", { name: "同意付款指令" }).click();
  await approver.waitForURL(/done=agreed/);
  await look(approver, "order-agreed");
  await cashier.goto("/staff/payments?state=posted");
  await look(cashier, "payments-ordered");
  await ask("撤回付款指令", "order-end");
  await approver.getByRole("button", { name: "同意撤回指令" }).click();
  await approver.waitForURL(/done=agreed/);
  await look(approver, "order-ended");
}

/** The informant's own acts: accepts if need be, chooses the transfer and says where to. */
async function leaveDetails(details: typeof FIRST, awardId: string): Promise<void> {
  await besidePortal(portal, async ({ db, clock }) => {
    const today = chinaDay(clock.now());
    const [award] = await withActor(db, systemActor("test"), (tx) =>
      tx.select().from(awards).where(eq(awards.id, awardId)),
    );
    if (award === undefined) throw new Error("the award is there");
    const reporter = await reporterOf(db, award.tipId);
    const keys = await withActor(db, systemActor("test"), readPayeeKeys);
    const sealed = await sealPayee(award.id, details, keys);
    await withActor(db, reporter, async (tx) => {
      await tx.insert(awardClaims).values({ awardId: award.id, toldOn: today }).onConflictDoNothing();
      await tx
        .update(awardClaims)
        .set({ way: "transfer", chosenOn: today, claimant: "self" })
        .where(eq(awardClaims.awardId, award.id));
      await storeSealedPayee(tx, sealed, today);
    });
  });
}

type People = Readonly<Record<"preparer" | "reviewer" | "approver" | "cashier", Page>>;

/** From the list of payable awards to a file at the bank; answers what the file says. */
async function payOut(
  people: People,
  awardId: string,
  name: string,
): Promise<{ endToEndId: string; amount: string; xml: string }> {
  const { preparer, reviewer, approver, cashier } = people;
  await preparer.goto("/staff/payouts");
  await look(preparer, `${name}-new`);
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
  await look(preparer, `${name}-frozen`);
  await reviewer.goto(address);
  await reviewer.getByRole("button", { name: "用通行密钥签字放行" }).click();
  await reviewer.getByText("您已经放行过这个批次").waitFor();
  await approver.goto(address);
  await look(approver, `${name}-release`);
  await approver.getByRole("button", { name: "用通行密钥签字放行" }).click();
  await approver.getByRole("button", { name: "移交收款信息" }).click();
  await approver.getByText("1 / 1 笔", { exact: true }).waitFor();
  await cashier.goto(address);
  await look(cashier, `${name}-file`);
  const saving = cashier.waitForEvent("download");
  await cashier.getByRole("button", { name: "生成 ISO 20022 文件" }).click();
  const xml = readFileSync(await (await saving).path(), "utf8");
  await cashier.getByText("文件已保存，并登记了校验值。").waitFor();
  await look(cashier, `${name}-made`);
  await cashier.getByRole("button", { name: "已送交银行" }).click();
  await cashier.waitForURL(/done=sent/);
  await look(cashier, `${name}-sent`);
  const read = new XMLParser({ parseTagValue: false, ignoreAttributes: true }).parse(xml) as {
    Document: { CstmrCdtTrfInitn: { PmtInf: { CdtTrfTxInf: Record<string, never> } } };
  };
  const line = read.Document.CstmrCdtTrfInitn.PmtInf.CdtTrfTxInf as unknown as {
    PmtId: { EndToEndId: string };
    Amt: { InstdAmt: string };
  };
  return { endToEndId: line.PmtId.EndToEndId, amount: line.Amt.InstdAmt, xml };
}

/** A camt.053 as a bank writes it, with the payee's name and account in it. */
function statement(
  of: { endToEndId: string; amount: string },
  kind: "out" | "returned",
  closing: string,
): Buffer {
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  const back = kind === "returned" ? "<RtrInf><Rsn><Cd>AC01</Cd></Rsn></RtrInf>" : "";
  const direction = kind === "returned" ? "CRDT" : "DBIT";
  return Buffer.from(`<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>x</Id>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">${closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${today}</Dt></Dt></Bal>
<Ntry><Amt Ccy="CNY">${of.amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${today}</Dt></BookgDt><NtryDtls><TxDtls>
<Refs><EndToEndId>${of.endToEndId}</EndToEndId></Refs><Amt Ccy="CNY">${of.amount}</Amt><RltdPties><Cdtr><Nm>${HOLDER}</Nm></Cdtr><CdtrAcct><Id><Othr><Id>${FIRST.account}</Id></Othr></Id></CdtrAcct></RltdPties>${back}
</TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`);
}

async function upload(cashier: Page, file: Buffer, no: number, told: RegExp): Promise<void> {
  await cashier.goto("/staff/reconciliation");
  await cashier
    .locator("#statement-file")
    .setInputFiles({ name: "statement.xml", mimeType: "application/xml", buffer: file });
  await cashier.getByText("读到 1 条流水").waitFor();
  const number = await cashier.locator("#statement-number").inputValue();
  await cashier.locator("#statement-number").fill(number.replace(/-1$/, `-${no}`));
  await cashier.getByRole("button", { name: "上传 1 条流水" }).click();
  await cashier.getByText(told).waitFor();
}

describe("GIVEN a named informant who left bank details", () => {
  browserTest(
    "WHEN the award is paid, sent back and paid again THEN every file is made and read in browsers alone",
    { timeout: 300_000 },
    async ({ openStaff }) => {
      const awardId = await besidePortal(portal, ({ db }) => findOne(db));
      const people: People = {
        preparer: await enrolPerson(portal, openStaff, "演示·何有余"),
        reviewer: await enrolPerson(portal, openStaff, "演示·罗清和"),
        approver: await enrolPerson(portal, openStaff, "演示·戴明衡"),
        cashier: await enrolPerson(portal, openStaff, "演示·钱小满"),
      };
      const bodies: string[] = [];
      for (const page of Object.values(people))
        page.on("request", (request) => bodies.push(`${request.url()} ${request.postData() ?? ""}`));

      await sendBack(people, awardId);
      await leaveDetails(FIRST, awardId);
      const first = await payOut(people, awardId, "payout");
      expect(first.xml).toContain(`<Nm>${HOLDER}</Nm>`);
      expect(first.xml).toContain(FIRST.account);
      const { cashier } = people;
      await cashier.goto("/staff/reconciliation");
      await look(cashier, "reconciliation-empty");
      await upload(cashier, statement(first, "out", "1.00"), 1, /到账 1，/);
      await upload(cashier, statement(first, "returned", "1.00"), 2, /退票 1，/);

      await leaveDetails(SECOND, awardId);
      const second = await payOut(people, awardId, "payout-again");
      expect(second.xml).toContain(SECOND.account);
      expect(second.endToEndId).not.toBe(first.endToEndId);
      await upload(cashier, statement(second, "out", "1.00"), 3, /到账 1，/);
      // The same debit once more is named, and nothing is booked of it.
      await upload(cashier, statement(first, "out", "1.00"), 4, /需要人工处理 1，/);
      await cashier.getByText("同一笔付款先前已经核对过").waitFor();
      await look(cashier, "reconciliation-named");
      // One proposes that it is the same once more, another agrees.
      await cashier.locator("summary", { hasText: "提出认定为重复" }).click();
      await cashier.locator("[name='reason']").fill("与先前核对的是同一笔付款");
      await cashier.getByRole("button", { name: /提出认定为重复/ }).click();
      await cashier.waitForURL(/done=proposed/);
      // Taken back by who proposed it, and proposed again.
      await cashier.goto("/staff/reconciliation?list=named");
      await look(cashier, "reconciliation-own");
      await cashier.getByRole("button", { name: /收回提议/ }).click();
      await cashier.waitForURL(/done=withdrawn/);
      await cashier.locator("summary", { hasText: "提出认定为重复" }).click();
      await cashier.locator("[name='reason']").fill("与先前核对的是同一笔付款");
      await cashier.getByRole("button", { name: /提出认定为重复/ }).click();
      await cashier.waitForURL(/done=proposed/);
      const { reviewer } = people;
      await reviewer.goto("/staff/reconciliation?list=named");
      await look(reviewer, "reconciliation-proposed");
      await reviewer.getByRole("button", { name: /同意认定为重复/ }).click();
      await reviewer.waitForURL(/done=dismissed/);

      const { preparer } = people;
      await preparer.goto("/staff/reconciliation");
      await preparer.getByRole("button", { name: "保存核对结果" }).click();
      await preparer.getByText("账面与银行余额不一致，请写明原因").first().waitFor();
      await preparer.locator("[name='explanation']").fill("演示账户的期初余额没有录入");
      await preparer.getByRole("button", { name: "保存核对结果" }).click();
      await preparer.waitForURL(/done=reconciled/);
      await preparer.locator("[data-reconciled='explained']").waitFor();
      await look(preparer, "reconciliation-kept");

      expect(bodies.some((body) => body.includes("/staff/reconciliation/statement"))).toBe(true);
      for (const secret of SECRETS) expect(bodies.filter((body) => body.includes(secret))).toEqual([]);
    },
  );
});
