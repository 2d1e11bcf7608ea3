import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shoot, shootBoth } from "../screenshot";
import { press } from "./press";
import { fileReport, openStatus } from "./file-report";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { enrolPerson, signInAgain, statusOf } from "./staff-person";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const SUBJECT = "苗禾贷全程";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("full-line");
});
afterAll(() => portal.stop());

/** Opens the award's page through the list, as finance does. */
async function openAward(page: Page): Promise<void> {
  await page.goto("/staff/rewards?state=all");
  await page.locator("tr", { hasText: SUBJECT }).locator("a[href*='/staff/rewards/']").first().click();
  await page.waitForURL("**/staff/rewards/*");
}

/** Waits until the page's content says it: staff pages change without a full load. */
async function shows(page: Page, text: string | RegExp): Promise<void> {
  await page.locator("main").getByText(text).first().waitFor();
}

async function sign(page: Page, act: string): Promise<void> {
  await openAward(page);
  const button = page.getByRole("button", { name: act, exact: true });
  await button.click({ timeout: 10_000 });
  // The act is done when it is no longer offered.
  await expect.poll(() => button.count(), { timeout: 20_000 }).toBe(0);
}

/** Chooses the award in the list of what waits, and signs it there: a touch for each chosen voucher. */
async function signFromList(page: Page): Promise<void> {
  await page.goto("/staff/approvals/deputies");
  await shootBoth(page, "deputies");
  await expectNoAxeFindings(page);
  await page.goto("/staff/approvals/check");
  await shootBoth(page, "check-approval");
  await page.goto("/staff/approvals");
  const voucher = page.locator("section", { hasText: SUBJECT });
  await voucher.getByRole("link", { name: "查看计算过程和依据" }).click();
  await shows(page, "收起计算过程");
  await shootBoth(page, "approvals");
  await expectNoAxeFindings(page);
  await voucher.getByRole("checkbox").check();
  await page.getByRole("button", { name: "逐笔签字" }).click();
  await page.waitForURL(/staff\/approvals\/[0-9a-f-]{36}$/);
  await shootBoth(page, "approval-set");
  await expectNoAxeFindings(page);
  await page.getByRole("button", { name: "开始签字" }).click();
  await shows(page, "签了 1 张，跳过 0 张");
  await shootBoth(page, "approval-set-done");
}

describe("GIVEN a tip filed anonymously with JavaScript off", () => {
  browserTest(
    "WHEN it is routed, verified, computed, signed by three and paid THEN the receipt shows it, and nobody signs twice",
    { timeout: 240_000 },
    async ({ openCitizen, openStaff }) => {
      const citizen = await (
        await openCitizen({ origin: portal.origin, script: false, width: 390, locale: "zh-CN" })
      ).context.newPage();
      const receipt = await fileReport(citizen, {
        name: SUBJECT,
        site: "www.full-line.example",
        wantsReward: true,
      });

      // 研判: sees the proposal and confirms the route.
      const triage = await enrolPerson(portal, openStaff, "演示·林知微");
      await triage.goto("/staff/board");
      await shoot(triage, "board");
      await expectNoAxeFindings(triage);
      await triage.getByRole("link", { name: SUBJECT, exact: true }).click();
      await triage.waitForURL("**/staff/leads/*");
      const lead = new URL(triage.url()).pathname;
      await shows(triage, "三(二)5");
      await shows(triage, "金华银监分局");

      // 承办人 sees nothing before 转办.
      const officer = await enrolPerson(portal, openStaff, "演示·秦守拙");
      expect(await statusOf(officer, lead)).toBe(404);
      await triage.getByRole("button", { name: "确认转办" }).click();
      await triage.waitForURL(/done=dispatched/);
      await shoot(triage, "lead-dispatched");
      await expectNoAxeFindings(triage);

      // 承办人 accepts the lead and records a finding.
      await officer.goto(`${lead}?move=investigating`);
      await officer.locator("form:has(input[name='to'][value='investigating']) button").first().click();
      await officer.waitForURL(/done=moved/);
      await officer.goto(`${lead}/findings`);
      await officer.selectOption("[name='entityClass']", "ban");
      await officer.fill("[name='illegalAmount']", "4,236万");
      await officer.fill("[name='decisionNumber']", "金银监罚〔2026〕000号");
      await officer.fill("[name='decidedOn']", await today(officer));
      await officer.check("[name='isFinal']");
      await shoot(officer, "finding-form");
      await officer.locator("form:has(input[name='intent'][value='record']) button[type='submit']").click();
      await officer.waitForURL(/done=recorded/);

      // 认定人 confirms it.
      const verifier = await enrolPerson(portal, openStaff, "演示·孟听松");
      await verifier.goto(`${lead}/findings`);
      await verifier.locator("button[name='outcome'][value='verified']").click();
      await verifier.waitForURL(/done=verified/);

      // 经办 computes, sees the steps, saves and signs.
      const preparer = await enrolPerson(portal, openStaff, "演示·何有余");
      await preparer.goto("/staff/rewards/assess");
      await preparer.locator("tr", { hasText: SUBJECT }).getByRole("link").first().click();
      await answerInFavour(preparer);
      await preparer.selectOption("[name='grade']", "1");
      for (const criterion of await preparer.locator("[name='criteria.1']").all()) await criterion.check();
      await preparer.fill("[name='gradeReason']", "提供的材料与查证结果一致");
      const fund = preparer.locator("select[name='budgetId'] option", { hasText: "市级举报奖励专项资金" });
      await preparer.selectOption("select[name='budgetId']", await fund.first().getAttribute("value"));
      await expectNoAxeFindings(preparer);
      await preparer.getByRole("button", { name: "试算", exact: true }).click();
      await preparer.locator("button[name='intent'][value='save'], [role='alert']").first().waitFor();
      expect(await preparer.getByRole("alert").allInnerTexts()).toEqual([]);
      await preparer.locator("button[name='intent'][value='save']").waitFor();
      await shows(preparer, "¥21,180.00");
      await shoot(preparer, "assess-preview");
      await expectNoAxeFindings(preparer);
      await preparer.locator("button[name='intent'][value='save']").click();
      await preparer.waitForURL((url) => !url.pathname.endsWith("/assess"));
      await sign(preparer, "经办签名");
      await shoot(preparer, "award-prepared");

      // An administrator holds no finance role, cannot be given one, and asks for a second role for 经办.
      const administrator = await enrolPerson(portal, openStaff, "演示·程既明");
      expect(await statusOf(administrator, "/staff/rewards")).toBe(404);
      expect(await statusOf(administrator, lead)).toBe(404);
      await administrator.goto("/staff/people");
      await shoot(administrator, "people");
      await expectNoAxeFindings(administrator);
      await grant(administrator, "演示·邱致远", "finance_approver");
      await shows(administrator, /管理员.*不能|不能.*管理员/);
      await grant(administrator, "演示·何有余", "finance_reviewer");
      // Asked for by one administrator, it is given by another.
      expect(await statusOf(preparer, "/staff/rewards")).toBe(200);
      const second = await enrolPerson(portal, openStaff, "演示·邱致远");
      await second.goto("/staff/people");
      await second.locator("form:has(input[value='confirm']) button[type='submit']").first().click();
      await second.waitForURL(/done=confirmed/);

      // The verifier has no way in; the preparer, reviewer too by now, may not sign the same voucher again.
      expect(await statusOf(verifier, "/staff/rewards")).toBe(404);
      expect(await statusOf(preparer, "/staff/rewards")).toBe(302);
      await signInAgain(preparer);
      await openAward(preparer);
      expect(await preparer.getByRole("button", { name: "复核", exact: true }).isDisabled()).toBe(true);
      await shoot(preparer, "award-not-twice");

      // 复核, 审批: two others.
      const reviewer = await enrolPerson(portal, openStaff, "演示·罗清和");
      await sign(reviewer, "复核");
      const approver = await enrolPerson(portal, openStaff, "演示·戴明衡");
      await signFromList(approver);
      await openAward(approver);
      await shoot(approver, "award-approved");
      await expectNoAxeFindings(approver);

      // The informant accepts with the receipt.
      await openStatus(citizen, receipt);
      expect(await citizen.innerText("main")).toContain("¥21,180.00");
      expect(await citizen.innerText("main")).toContain("奖励已批准");
      await shoot(citizen, "status-award");

      // While it waits, the report cannot be taken back, and the page says what to do first.
      const script = await (
        await openCitizen({ origin: portal.origin, script: true, width: 390, locale: "zh-CN" })
      ).context.newPage();
      await openStatus(script, receipt);
      await press(script.locator("button[value='ask-withdraw']"));
      await press(script.locator("button[value='withdraw']"));
      await script.getByRole("alert").waitFor();
      await shootBoth(script, "withdraw-refused-zh");
      await expectNoAxeFindings(script);
      await openStatus(citizen, receipt);
      await press(citizen.locator("button[name='intent'][value='accept']"));
      expect(citizen.url()).toBe(`${portal.origin}/status`);

      // Finance posts, the cashier records the transfer.
      await preparer.goto("/staff/payments?state=accepted&all=1");
      await shootBoth(preparer, "payments-all");
      await preparer.goto("/staff/payments?state=accepted");
      await preparer
        .locator("tr", { hasText: "¥21,180.00" })
        .locator("form:has(input[name='intent'][value='post']) button[type='submit']")
        .first()
        .click();
      await preparer.waitForLoadState("networkidle");
      const cashier = await enrolPerson(portal, openStaff, "演示·钱小满");
      await cashier.goto("/staff/payments?state=posted");
      const row = cashier.locator("tr", { hasText: "¥21,180.00" });
      // Nobody pays beside a batch before two of finance order it.
      await row.getByText("须先列入付款批次，或由两名财务人员下达逐笔付款指令。").first().waitFor();
      await shootBoth(cashier, "payments-unordered");
      await preparer.goto("/staff/payments?state=posted");
      await shootBoth(preparer, "payments-to-order");
      await preparer
        .locator("tr", { hasText: "¥21,180.00" })
        .getByRole("link", { name: /下达逐笔付款指令/ })
        .first()
        .click();
      const order = preparer.locator("form:has(input[name='kind'][value='pay'])");
      await order.locator("[name='reason']").fill("银行批量业务停办，逐笔转账");
      await shootBoth(preparer, "payment-order");
      await order.locator("button[type='submit']").click();
      await preparer.waitForURL(/done=asked/);
      await approver.goto(new URL(preparer.url()).pathname + new URL(preparer.url()).search);
      await approver.getByRole("button", { name: "同意付款指令" }).click();
      await approver.waitForURL(/done=agreed/);
      await cashier.goto("/staff/payments?state=posted");
      await row.locator("details summary").first().click();
      await row.locator("[name='reference']").fill("张三 6222020200112233445");
      await row.locator("form:has(input[name='intent'][value='pay']) button[type='submit']").first().click();
      await cashier.getByText("请以两个大写字母开头").first().waitFor();
      expect(await row.locator("[name='reference']").inputValue()).toContain("张三");
      await row.locator("[name='reference']").fill("BK-JOURNEY-0001");
      await row.locator("form:has(input[name='intent'][value='pay']) button[type='submit']").first().click();
      await cashier.waitForLoadState("networkidle");
      await cashier.goto("/staff/payments?state=paid");
      await shows(cashier, "BK-JOURNEY-0001");
      await shoot(cashier, "payments-paid");
      await expectNoAxeFindings(cashier);

      // And the citizen sees it paid.
      await openStatus(citizen, receipt);
      expect(await citizen.innerText("main")).toMatch(/已经发放/);
      await shoot(citizen, "status-paid");
      await approver.goto("/staff/budget");
      await shoot(approver, "budget");
      await expectNoAxeFindings(approver);
      await openAward(approver);
      await approver.getByRole("link", { name: "领取期限与继承证明" }).click();
      await shows(approver, "延长领取期限");
      await shootBoth(approver, "claim");
      await expectNoAxeFindings(approver);
      await openAward(approver);
      await approver.getByRole("link", { name: "撤销或追回这笔奖励" }).click();
      await shows(approver, "追回已付奖励");
      await shootBoth(approver, "acts-of-award");
      await expectNoAxeFindings(approver);

      const verdict = command("ledger:verify");
      expect(verdict.stderr).toBe("");
      expect(JSON.parse(verdict.stdout)).toMatchObject({ ok: true, faults: [] });
    },
  );
});

/** Answers every question of each informant listed so that they may receive; none but the first is later. */
async function answerInFavour(page: Page): Promise<void> {
  const questions = page.locator("#informants details[open] fieldset");
  // A list of locators is taken as the page stands: it must be there.
  await questions.first().waitFor();
  for (const question of await questions.all()) {
    const excludes = await question.getByText("“是”即不予奖励").count();
    await question.getByRole("radio", { name: excludes > 0 ? "否" : "是" }).check();
  }
}

async function today(page: Page): Promise<string> {
  // A day in China, as the office counts it.
  return page.evaluate(() => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10));
}

async function grant(page: Page, name: string, role: string): Promise<void> {
  await page.goto("/staff/people");
  const row = page.locator("tr, li, article, section", { hasText: name }).last();
  const closed = row.locator("details:not([open]) > summary");
  for (let at = await closed.count(); at > 0; at -= 1) await closed.nth(at - 1).click();
  await row.locator("select[name='role']").selectOption(role);
  await row.locator("form:has(select[name='role']) button[type='submit']").click();
  await page.waitForLoadState("networkidle");
}

function command(name: string) {
  return spawnSync(process.execPath, ["server/cli/bootstrap.mjs", name], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, NODE_ENV: "development", DATA_DIR: portal.dataDir },
  });
}
