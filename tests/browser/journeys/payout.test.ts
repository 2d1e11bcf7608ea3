import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { and, eq, notLike } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { tips } from "~db/schema/intake";
import { budgets } from "~db/schema/ledger";
import { payouts } from "~db/schema/payouts";
import { awards } from "~db/schema/rewards";
import { withActor } from "~db/with-actor.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { isReceipt, readReceipt } from "~server/secrecy/receipt";
import { systemActor } from "~server/staff-auth/actor";
import { approveAwards, findLead } from "~tests/factories/award-for-tip";
import { browserTest } from "../browser-test";
import { shootBoth } from "../screenshot";
import { readBookBalance, uploadStatement, writeStatement, type BankEntry } from "./bank-statements";
import { besidePortal } from "./beside-portal";
import { fileReport, openStatus } from "./file-report";
import { look, shows } from "./look";
import { leaveUnknown, payByHandAgain, payOut, type People } from "./pay-out-steps";
import { postAward } from "./post-award";
import { press } from "./press";
import { holds, recordTraffic } from "./record-traffic";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { enrolPerson } from "./staff-person";

/** Who reports by name, and is paid by it. */
const HOLDER = "欧阳金丝雀";
const IDENTITY = { name: HOLDER, idNumber: "11010519491231002x", phone: "138 0000 7431" };
const FIRST = { holder: HOLDER, bank: "金丝雀银行", branch: "雀鸣支行", account: "6222020200112233446" };
const SECOND = { ...FIRST, account: "6222020200112239997" };
const SECRETS = [HOLDER, "金丝雀", IDENTITY.idNumber, "13800007431", FIRST.account, SECOND.account];

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("payout");
}, 300_000);
afterAll(() => portal.stop());

type Ground = {
  readonly awardId: string;
  readonly amount: string;
  readonly fundId: string;
  /** An award of the demonstration out of the same fund, paid beside any batch. */
  readonly byHand: { readonly awardId: string; readonly amount: string };
};

const yuan = (fen: bigint) => `${fen / 100n}.${(fen % 100n).toString().padStart(2, "0")}`;

/** The named report becomes an approved award by the demonstration's people: the way there has a journey of its own. */
async function makeGround(open: Portal, numbers: string): Promise<Ground> {
  const { db } = open;
  const receipt = readReceipt(numbers);
  if (!isReceipt(receipt)) throw new Error("no receipt");
  const [tip] = await db.orm
    .select()
    .from(tips)
    .where(eq(tips.lookupId, lookupIdOf(receipt)));
  if (tip === undefined || tip.leadId === null) throw new Error("the report has a lead");
  await findLead(open, tip.leadId, "金银监罚〔2026〕803号");
  const approved = await approveAwards(open, { leadId: tip.leadId, tipIds: [tip.id], kind: "named" });
  const [award] = approved.awards;
  const [paid] = await withActor(db, systemActor("test"), (tx) =>
    tx
      .select({ awardId: payouts.awardId, amountFen: payouts.amountFen })
      .from(payouts)
      .innerJoin(awards, eq(awards.id, payouts.awardId))
      .innerJoin(budgets, eq(budgets.id, awards.budgetId))
      .where(
        and(
          ...[eq(payouts.status, "live"), eq(payouts.kind, "transfer"), notLike(payouts.reference, "PB%")],
          eq(budgets.fundId, approved.fundId),
        ),
      )
      .limit(1),
  );
  if (award === undefined || paid === undefined) throw new Error("there are an award and a payment");
  return {
    ...{ awardId: award.awardId, amount: yuan(award.amountFen), fundId: approved.fundId },
    byHand: { awardId: paid.awardId, amount: yuan(paid.amountFen) },
  };
}

async function enrolPeople(openStaff: Parameters<typeof enrolPerson>[1]): Promise<People> {
  const enrol = (name: string) => enrolPerson(portal, openStaff, name);
  const [preparer, reviewer, approver, cashier] = await Promise.all([
    enrol("演示·何有余"),
    enrol("演示·罗清和"),
    enrol("演示·戴明衡"),
    // Sends one statement twice, and is refused.
    enrolPerson(
      portal,
      async (options) => {
        const watched = await openStaff(options);
        watched.expectFinding(/409 \(Conflict\).*\/staff\/reconciliation\/statement/);
        return watched;
      },
      "演示·钱小满",
    ),
  ]);
  return { preparer, reviewer, approver, cashier };
}

/** From an accepted award to details left: what the page shows afterwards says nothing of them. */
async function leaveDetails(citizen: Page, details: typeof FIRST, name: string): Promise<void> {
  await press(citizen.locator("button[value='claim-transfer']"));
  await shows(citizen, "转账要用真实的户名和账号");
  for (const [field, words] of Object.entries(details)) await citizen.fill(`#${field}`, words);
  await look(citizen, `${name}-details`);
  await press(citizen.locator("button[value='claim-transfer-save']"));
  await shows(citizen, "已经记下您选择的领取方式。");
  await shows(citizen, "领取方式：银行转账");
  const page = await citizen.content();
  for (const secret of [details.holder, details.account]) expect(page).not.toContain(secret);
}

/** One proposes that a named line is the same once more, takes it back and proposes it again; another agrees. */
async function dismissDouble({ cashier, reviewer }: People): Promise<void> {
  const propose = async () => {
    await cashier.locator("summary", { hasText: "提出认定为重复" }).click();
    await cashier.locator("[name='reason']").fill("与先前核对的是同一笔付款");
    await cashier.getByRole("button", { name: /提出认定为重复/ }).click();
    await cashier.waitForURL(/done=proposed/);
  };
  await cashier.getByText("同一笔付款先前已经核对过").waitFor();
  await look(cashier, "reconciliation-named");
  await propose();
  await cashier.goto("/staff/reconciliation?list=named");
  await look(cashier, "reconciliation-own");
  await cashier.getByRole("button", { name: /收回提议/ }).click();
  await cashier.waitForURL(/done=withdrawn/);
  await propose();
  await reviewer.goto("/staff/reconciliation?list=named");
  await look(reviewer, "reconciliation-proposed");
  await reviewer.getByRole("button", { name: /同意认定为重复/ }).click();
  await reviewer.waitForURL(/done=dismissed/);
}

/** The month beside the bank, kept with the reason why they differ; refused without one. */
async function explainDifference(preparer: Page, fundId: string): Promise<void> {
  await preparer.goto(`/staff/reconciliation?fund=${fundId}`);
  await preparer.getByRole("button", { name: "保存核对结果" }).click();
  await preparer.getByText("账面与银行余额不一致，请写明原因").first().waitFor();
  await preparer.locator("[name='explanation']").fill("银行对账单还没有出全");
  await preparer.getByRole("button", { name: "保存核对结果" }).click();
  await preparer.waitForURL(/done=reconciled/);
  await preparer.locator("[data-reconciled='explained']").waitFor();
}

/** The month once the bank has told all of it: equal, to the 分. */
async function keepEqual(preparer: Page, fundId: string): Promise<void> {
  await preparer.goto(`/staff/reconciliation?fund=${fundId}`);
  const difference = preparer.locator("tfoot tr", { hasText: "差额" }).locator("td").last();
  expect(await difference.innerText()).toBe("¥0.00");
  await preparer.getByRole("button", { name: "保存核对结果" }).click();
  await preparer.waitForURL(/done=reconciled/);
  await preparer.locator("[data-reconciled='equal']").waitFor();
  await look(preparer, "reconciliation-kept");
}

describe("GIVEN an informant who reported by name", () => {
  browserTest(
    "WHEN the award is paid to the account they left, sent back and paid to another THEN they are told, and the bank and the books agree",
    { timeout: 300_000 },
    async ({ openCitizen, openStaff }) => {
      const citizen = await (
        await openCitizen({ origin: portal.origin, script: true, width: 390, locale: "zh-CN" })
      ).context.newPage();
      const own: string[] = [];
      citizen.on("request", (request) => own.push(`${request.url()} ${request.postData() ?? ""}`));
      const plan = { name: "雀鸣财富", site: "www.payout.example", wantsReward: true, identity: IDENTITY };
      const receipt = await fileReport(citizen, plan);
      const { awardId, amount, fundId, byHand } = await besidePortal(portal, (open) =>
        makeGround(open, receipt),
      );
      const people = await enrolPeople(openStaff);
      const traffic = await Promise.all(Object.values(people).map(recordTraffic));
      const { preparer, cashier } = people;
      let no = 0;
      const upload = (entries: readonly BankEntry[], told: RegExp, closing = "1.00") => {
        const file = writeStatement(entries, closing, FIRST);
        no += 1;
        return uploadStatement(cashier, file, { fundId, no, lines: entries.length, told });
      };

      // The informant accepts, and says where the money goes.
      await openStatus(citizen, receipt);
      await shows(citizen, "奖励已批准");
      await press(citizen.locator("button[value='accept']"));
      await shows(citizen, "请选择领取方式");
      await leaveDetails(citizen, FIRST, "payout");
      await postAward(preparer, awardId);
      const first = await payOut(people, awardId, "payout");
      expect(first.xml).toContain(`<Nm>${HOLDER}</Nm>`);
      expect(first.xml).toContain(FIRST.account);
      expect(first.amount).toBe(amount);
      await cashier.goto("/staff/reconciliation");
      await look(cashier, "reconciliation-empty");
      await upload([first], /到账 1，/);
      await upload([{ ...first, came: "back" }], /退票 1，/);

      // The details went when they had been used: the informant is told, and leaves others.
      await openStatus(citizen, receipt);
      await shows(citizen, "银行退回了付款，将重新发放。");
      await shows(citizen, "请重新填写收款账户");
      await look(citizen, "status-bounced");
      await leaveDetails(citizen, SECOND, "payout-again");
      expect(await citizen.innerText("main")).not.toContain("请重新填写收款账户");

      const second = await payOut(people, awardId, "payout-again", shootBoth);
      expect(second.xml).toContain(SECOND.account);
      expect(second.endToEndId).not.toBe(first.endToEndId);
      const reference = await payByHandAgain(people, byHand.awardId);
      await leaveUnknown(cashier);
      await upload([second, { purpose: reference, amount: byHand.amount }], /到账 2，/);
      await openStatus(citizen, receipt);
      await shows(citizen, "已经发放。");
      await look(citizen, "status-paid");

      await explainDifference(preparer, fundId);
      // The same statement under another number is refused, and its first number told.
      await upload([first], /先前已经用编号 \d{8}-1 上传/);
      await look(cashier, "reconciliation-same");
      // The bank tells the first debit once more: it is named, nothing is booked of it, and the account holds what it did.
      const balance = await readBookBalance(cashier, fundId);
      await upload([first, { amount: "9.00", booked: false }], /需要人工处理 1，/, balance);
      await dismissDouble(people);
      await keepEqual(preparer, fundId);

      const sent = traffic.flatMap((each) => each.sent);
      const received = (await Promise.all(traffic.map((each) => each.received()))).flat();
      expect(sent.some((body) => body.includes("/staff/reconciliation/statement"))).toBe(true);
      for (const path of ["/staff/payouts/", "/staff/payouts.data", "/staff/payments.data"])
        expect(received.some((body) => body.startsWith(`${portal.origin}${path}`))).toBe(true);
      const log = readFileSync(portal.logFile, "utf8");
      for (const secret of SECRETS) {
        expect([...sent, ...received].filter((body) => holds(body, secret))).toEqual([]);
        expect(log).not.toContain(secret);
      }
      // The informant's form needs no script: their own request carries the account to the server, which seals it (secrecy.md).
      for (const { holder, account } of [FIRST, SECOND]) {
        const carried = own.filter((body) => holds(body, account));
        expect(carried).toEqual([expect.stringMatching(/^http:\/\/[^ ?]*\/status /)]);
        expect(holds(carried[0] ?? "", holder)).toBe(true);
      }
    },
  );
});
