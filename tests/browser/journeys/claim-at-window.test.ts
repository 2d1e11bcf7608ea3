import type { Page } from "playwright-core";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { tips } from "~db/schema/intake";
import { payWindows, windowGuards } from "~db/schema/windows";
import { withActor } from "~db/with-actor.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import type { Portal } from "~server/portal.server";
import { capitalAmount } from "~server/rewards/capital-amount";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { isReceipt, readReceipt } from "~server/secrecy/receipt";
import { systemActor } from "~server/staff-auth/actor";
import { proposeWindow } from "~server/windows/set-up-window.server";
import { approveAwards, demoStaff, findLead, windowOf } from "~tests/factories/award-for-tip";
import { readPdfText } from "~tests/setup/read-pdf-text";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shoot, shootBoth } from "../screenshot";
import { besidePortal } from "./beside-portal";
import { fileReport, openStatus } from "./file-report";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { enrolPerson } from "./staff-person";

/** What the informant wrote of themself, sealed as everything they wrote: it has no business at a counter. */
const NAME = "欧阳雀鸣";
const PHONE = "19912345678";
const SUBJECT = "禾苗理财";
const NARRATIVE = `我叫${NAME}，电话${PHONE}。业务员在小区门口摆摊，说每月返利百分之三，邻居们都投了养老钱。`;
const AMOUNT = 2_118_000n;
const FLOAT = "30,000";

type Ground = {
  readonly receipt: string;
  readonly awardId: string;
  readonly tipId: string;
  readonly leadId: string;
};

let portal: ScratchPortal;
let ground: Ground;
beforeAll(async () => {
  portal = await startScratchPortal("claim-at-window");
}, 300_000);
afterAll(() => portal.stop());

/** A report that became an approved award, by the demonstration's people, and a window that waits for a second person. */
async function makeGround(open: Portal, numbers: string): Promise<Ground> {
  const { db, clock } = open;
  const receipt = readReceipt(numbers);
  if (!isReceipt(receipt)) throw new Error("no receipt");
  const [tip] = await db.orm
    .select()
    .from(tips)
    .where(eq(tips.lookupId, lookupIdOf(receipt)));
  if (tip === undefined || tip.leadId === null) throw new Error("the report has a lead");
  const { leadId, id: tipId } = tip;
  await findLead(open, leadId, "金银监罚〔2026〕801号");
  const { awards, fundId } = await approveAwards(open, { leadId, tipIds: [tipId], kind: "anonymous" });
  expect(awards).toMatchObject([{ amountFen: AMOUNT }]);
  const awardId = awards[0]?.awardId ?? "";
  const of = await demoStaff(db);
  await proposeWindow(db, windowOf(fundId), of("finance_preparer"), clock);
  return { receipt: numbers, awardId, tipId, leadId };
}

async function look(page: Page, name: string): Promise<void> {
  await shootBoth(page, name);
  await expectNoAxeFindings(page);
}

const says = (page: Page, text: string | RegExp) => page.locator("main").getByText(text).first().waitFor();
const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).first().click();

/** A second person opens the window and brings it its float. */
async function openTheWindow(approver: Page): Promise<void> {
  await approver.goto("/staff/window");
  await look(approver, "window-set-up");
  await press(approver, "确认开放");
  await approver.waitForURL(/done=opened/);
  await approver.selectOption("[name='kind']", "top_up");
  await approver.fill("[name='amount']", FLOAT);
  await press(approver, "登记");
  await approver.waitForURL(/done=moved/);
  await says(approver, "¥30,000.00");
  await look(approver, "window-float");
}

/** Accepts, chooses the window, sees the code once and types its end again: plain forms, no script. */
async function takeCode(citizen: Page): Promise<string> {
  const shot = (name: string) => shoot(citizen, `claim-${name}`);
  await openStatus(citizen, ground.receipt);
  await says(citizen, "¥21,180.00");
  await shot("award");
  await press(citizen, /接受/);
  await says(citizen, "请选择领取方式");
  await shot("choose-way");
  await press(citizen, "窗口领取");
  await says(citizen, "双龙南街801号");
  await citizen.check("[name='claimant'][value='self']");
  await shot("window");
  await press(citizen, "显示领奖码");
  const shown = await citizen.locator("main [translate='no']").innerText();
  const code = (shown.match(/[0-9A-Z]{4}/g) ?? []).join("-");
  expect(code).toMatch(/^([0-9A-Z]{4}-){6}[0-9A-Z]{4}$/);
  await shot("code");
  await citizen.fill("[name='ending']", "0000");
  await press(citizen, /确认/);
  await says(citizen, "再输一次");
  await citizen.fill("[name='ending']", code.slice(-4).toLowerCase());
  await press(citizen, /确认/);
  await says(citizen, "第 1 个领奖码有效");
  expect(await citizen.content()).not.toContain(code.slice(0, 14));
  await shot("chosen");
  return code;
}

async function type(clerk: Page, code: string): Promise<void> {
  await clerk.fill("[name='typed']", code);
  await press(clerk, "查验领奖码");
}

const setGuard = (values: Partial<typeof windowGuards.$inferInsert>) =>
  besidePortal(portal, ({ db }) => db.orm.update(windowGuards).set(values));

/** The demonstration has a window of another fund. */
async function goToWindow(page: Page): Promise<void> {
  const id = await besidePortal(portal, async ({ db }) => {
    const rows = await withActor(db, systemActor("test"), (tx) =>
      tx.select({ id: payWindows.id }).from(payWindows).where(eq(payWindows.code, "CS")),
    );
    return rows[0]?.id ?? "";
  });
  await page.goto(`/staff/window?window=${id}`);
}

/** A day that is one yuan short: refused without a reason, explained, and agreed to by somebody else. */
async function endTheDay(clerk: Page, approver: Page): Promise<void> {
  await goToWindow(clerk);
  await clerk.fill("[name='counted']", "8819");
  await press(clerk, "登记清点，结束今天");
  await says(clerk, /写明原因/);
  await look(clerk, "window-difference-refused");
  await clerk.fill("[name='explanation']", "清点少一元，已查看监控，找零差错");
  await press(clerk, "登记清点，结束今天");
  await clerk.waitForURL(/done=counted/);
  await look(clerk, "window-counted");
  await goToWindow(approver);
  await press(approver, "确认差异，结清");
  await approver.waitForURL(/done=closedDay/);
  await look(approver, "window-day-closed");
  const day = approver.getByRole("link", { name: "日结单（PDF）" });
  const pdf = await approver.request.get((await day.getAttribute("href")) ?? "");
  const text = readPdfText(await pdf.body());
  expect(text).toContain("CS");
  for (const secret of [NAME, PHONE, ground.tipId]) expect(text).not.toContain(secret);
}

describe("GIVEN a tip filed anonymously with JavaScript off", () => {
  browserTest(
    "WHEN its award is taken with a claim code that somebody brings to a window THEN it is paid in cash, once, with no name anywhere",
    { timeout: 240_000 },
    async ({ openCitizen, openStaff }) => {
      const citizen = await (
        await openCitizen({ origin: portal.origin, script: false, width: 390, locale: "zh-CN" })
      ).context.newPage();
      const plan = { name: SUBJECT, site: "www.claim-at-window.example", narrative: NARRATIVE };
      const receipt = await fileReport(citizen, { ...plan, wantsReward: true });
      ground = await besidePortal(portal, (open) => makeGround(open, receipt));
      const approver = await enrolPerson(portal, openStaff, "演示·戴明衡");
      await openTheWindow(approver);
      const code = await takeCode(citizen);

      const clerk = await enrolPerson(portal, openStaff, "演示·姚迎春");
      const seen: string[] = [];
      clerk.on("response", (response) => {
        if (response.url().startsWith(portal.origin)) {
          const keep = response.text().then(
            (text) => void seen.push(`${response.url()} ${text}`),
            () => undefined,
          );
          void keep;
        }
      });
      await goToWindow(clerk);
      await look(clerk, "window-open");
      const wrong = `${code.slice(0, -1)}${code.endsWith("0") ? "1" : "0"}`;
      await type(clerk, wrong);
      await says(clerk, "领奖码不对");
      await look(clerk, "window-wrong-code");
      await type(clerk, code);
      await says(clerk, "还没有入账");
      await besidePortal(portal, async ({ db, clock }) => {
        const of = await demoStaff(db);
        await postAcceptedAward(db, { awardId: ground.awardId }, of("finance_preparer"), clock);
      });
      await type(clerk, code.toLowerCase().replaceAll("-", " "));
      await says(clerk, "查验通过");
      await says(clerk, "¥21,180.00");
      await says(clerk, capitalAmount(AMOUNT));
      await look(clerk, "window-found");
      await press(clerk, "用通行密钥确认付款");
      await clerk.waitForURL(/done=paid/);
      await look(clerk, "window-paid");
      const link = clerk.getByRole("link", { name: /^付款凭单/ });
      const slip = await clerk.request.get((await link.getAttribute("href")) ?? "");
      expect([slip.status(), slip.headers()["content-type"]]).toEqual([200, "application/pdf"]);
      const printed = readPdfText(await slip.body());
      for (const fact of ["CS", "¥21,180.00", capitalAmount(AMOUNT), "领取人记号"])
        expect(printed.replaceAll("\n", "")).toContain(fact);

      await goToWindow(clerk);
      await type(clerk, code);
      await says(clerk, "已经用过");
      await openStatus(citizen, ground.receipt);
      await says(citizen, "已经发放。");
      await shoot(citizen, "claim-paid");

      const secrets = [NAME, PHONE, ground.tipId, ground.leadId, ground.receipt, code, SUBJECT];
      expect(seen.length).toBeGreaterThan(5);
      for (const text of [...seen, printed])
        for (const secret of secrets) expect(text.slice(0, 200_000)).not.toContain(secret);

      await setGuard({ wrong: 10, lockedAt: new Date() });
      await goToWindow(approver);
      await look(approver, "window-locked");
      await press(approver, "解锁窗口");
      await approver.waitForURL(/done=unlocked/);
      await endTheDay(clerk, approver);
    },
  );
});
