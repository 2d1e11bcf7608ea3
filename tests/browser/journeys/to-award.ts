import type { Page } from "playwright-core";
import { expect } from "vitest";
import { expectNoAxeFindings } from "../axe";
import type { CitizenOptions, StaffOptions } from "../launch";
import { shoot, shootBoth } from "../screenshot";
import type { WatchedContext } from "../watch-context";
import { fileReport, type ReportPlan } from "./file-report";
import { look, shows } from "./look";
import { recordTraffic, type Traffic } from "./record-traffic";
import type { ScratchPortal } from "./scratch-portal";
import { enrolPerson, signInAgain, statusOf } from "./staff-person";

export type Ground = {
  readonly portal: ScratchPortal;
  readonly openCitizen: (options: CitizenOptions) => Promise<WatchedContext>;
  readonly openStaff: (options: StaffOptions) => Promise<WatchedContext>;
};

/** The demonstration's people on the way from a tip to its money. */
const PEOPLE = {
  ...{ triage: "演示·林知微", officer: "演示·秦守拙", verifier: "演示·孟听松" },
  ...{ preparer: "演示·何有余", reviewer: "演示·罗清和", approver: "演示·戴明衡" },
  ...{ administrator: "演示·程既明", second: "演示·邱致远", clerk: "演示·姚迎春" },
};
export type Role = keyof typeof PEOPLE;
type Staff = Readonly<Record<Role, Page>>;

/** A report that came to an approved award, and the people, each in a browser of their own. */
export type Line = {
  readonly citizen: Page;
  readonly receipt: string;
  readonly leadId: string;
  readonly awardId: string;
  readonly staff: Staff;
  /** What each of the staff sent and got. */
  readonly traffic: Readonly<Record<Role, Traffic>>;
};

/**
 * From a tip filed with JavaScript off to the award that three signed, all of it in browsers; on the way the refusals of
 * those who may not, or not twice.
 */
export async function bringToAward(ground: Ground, plan: Omit<ReportPlan, "wantsReward">): Promise<Line> {
  const { portal, openCitizen, openStaff } = ground;
  const subject = plan.name;
  const { context } = await openCitizen({
    origin: portal.origin,
    script: false,
    width: 390,
    locale: "zh-CN",
  });
  const citizen = await context.newPage();
  const [receipt, { staff, traffic }] = await Promise.all([
    fileReport(citizen, { ...plan, wantsReward: true }),
    enrolAll(portal, openStaff),
  ]);

  const { verifier, preparer, reviewer, approver } = staff;
  const lead = await findOut(staff, subject);
  await assess(preparer, subject);
  await sign(preparer, subject, "经办签名");
  await shoot(preparer, "award-prepared");
  await giveSecondRole(staff, lead);

  // The verifier has no way in; the preparer, reviewer too by now, may not sign the same voucher again.
  expect(await statusOf(verifier, "/staff/rewards")).toBe(404);
  expect(await statusOf(preparer, "/staff/rewards")).toBe(302);
  await signInAgain(preparer);
  await openAward(preparer, subject);
  expect(await preparer.getByRole("button", { name: "复核", exact: true }).isDisabled()).toBe(true);
  await shoot(preparer, "award-not-twice");

  // 复核, 审批: two others.
  await sign(reviewer, subject, "复核");
  await signFromList(approver, subject);
  await openAward(approver, subject);
  await shoot(approver, "award-approved");
  await expectNoAxeFindings(approver);
  const lastOf = (path: string) => path.split("/").at(-1) ?? "";
  const awardId = lastOf(new URL(approver.url()).pathname);
  return { citizen, receipt, leadId: lastOf(lead), awardId, staff, traffic };
}

async function enrolAll(
  portal: ScratchPortal,
  openStaff: Ground["openStaff"],
): Promise<Pick<Line, "staff" | "traffic">> {
  const staff = {} as Record<Role, Page>;
  const traffic = {} as Record<Role, Traffic>;
  for (const [role, name] of Object.entries(PEOPLE) as [Role, string][]) {
    staff[role] = await enrolPerson(portal, openStaff, name);
    traffic[role] = await recordTraffic(staff[role]);
  }
  return { staff, traffic };
}

/** 转办, 受理, 认定: the lead from the board to a verified finding. Answers the lead's address. */
async function findOut({ triage, officer, verifier }: Staff, subject: string): Promise<string> {
  // 研判: sees the proposal and confirms the route.
  await triage.goto("/staff/board");
  await shoot(triage, "board");
  await expectNoAxeFindings(triage);
  await triage.getByRole("link", { name: subject, exact: true }).click();
  await triage.waitForURL("**/staff/leads/*");
  const lead = new URL(triage.url()).pathname;
  await shows(triage, "三(二)5");
  await shows(triage, "金华银监分局");

  // 承办人 sees nothing before 转办.
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
  await verifier.goto(`${lead}/findings`);
  await verifier.locator("button[name='outcome'][value='verified']").click();
  await verifier.waitForURL(/done=verified/);
  return lead;
}

/** 经办 computes, sees the steps and saves. */
async function assess(preparer: Page, subject: string): Promise<void> {
  await preparer.goto("/staff/rewards/assess");
  await preparer.locator("tr", { hasText: subject }).getByRole("link").first().click();
  await answerInFavour(preparer);
  await preparer.selectOption("[name='grade']", "1");
  for (const criterion of await preparer.locator("[name='criteria.1']").all()) await criterion.check();
  await preparer.fill("[name='gradeReason']", "提供的材料与查证结果一致");
  const fund = preparer.locator("select[name='budgetId'] option", { hasText: FUND });
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
}

/** The fund the award is taken from. */
export const FUND = "市级举报奖励专项资金";

/** An administrator holds no finance role, cannot be given one, and asks for a second role for 经办; another gives it. */
async function giveSecondRole({ administrator, second, preparer }: Staff, lead: string): Promise<void> {
  expect(await statusOf(administrator, "/staff/rewards")).toBe(404);
  expect(await statusOf(administrator, lead)).toBe(404);
  await administrator.goto("/staff/people");
  await shoot(administrator, "people");
  await expectNoAxeFindings(administrator);
  await grant(administrator, PEOPLE.second, "finance_approver");
  const refused = administrator.getByRole("alert").getByText("管理员不能兼任财务");
  // The page says so before it is asked too; this is the answer.
  await refused.waitFor();
  await grant(administrator, PEOPLE.preparer, "finance_reviewer");
  await administrator.waitForURL(/done=/);
  // Asked for by one administrator, it is given by another.
  expect(await statusOf(preparer, "/staff/rewards")).toBe(200);
  await second.goto("/staff/people");
  await second.locator("form:has(input[value='confirm']) button[type='submit']").first().click();
  await second.waitForURL(/done=confirmed/);
}

/** Opens the award's page through the list, as finance does. */
export async function openAward(page: Page, subject: string): Promise<void> {
  await page.goto("/staff/rewards?state=all");
  await page.locator("tr", { hasText: subject }).locator("a[href*='/staff/rewards/']").first().click();
  await page.waitForURL("**/staff/rewards/*");
}

async function sign(page: Page, subject: string, act: string): Promise<void> {
  await openAward(page, subject);
  const button = page.getByRole("button", { name: act, exact: true });
  await button.click({ timeout: 10_000 });
  // The act is done when it is no longer offered.
  await expect.poll(() => button.count(), { timeout: 20_000 }).toBe(0);
}

/** Chooses the award in the list of what waits, and signs it there: a touch for each chosen voucher. */
async function signFromList(page: Page, subject: string): Promise<void> {
  await page.goto("/staff/approvals/deputies");
  await look(page, "deputies");
  await page.goto("/staff/approvals/check");
  await shootBoth(page, "check-approval");
  await page.goto("/staff/approvals");
  const voucher = page.locator("section", { hasText: subject });
  await voucher.getByRole("link", { name: "查看计算过程和依据" }).click();
  await shows(page, "收起计算过程");
  await look(page, "approvals");
  await voucher.getByRole("checkbox").check();
  await page.getByRole("button", { name: "逐笔签字" }).click();
  await page.waitForURL(/staff\/approvals\/[0-9a-f-]{36}$/);
  await look(page, "approval-set");
  await page.getByRole("button", { name: "开始签字" }).click();
  await shows(page, "签了 1 张，跳过 0 张");
  await shootBoth(page, "approval-set-done");
}

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
}
