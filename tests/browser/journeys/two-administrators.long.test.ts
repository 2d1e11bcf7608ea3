import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shoot, shootBoth } from "../screenshot";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { enrolPerson, statusOf } from "./staff-person";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("two-administrators");
});
afterAll(() => portal.stop());

/** Pictures at both widths, and no accessibility finding. */
async function look(page: Page, name: string): Promise<void> {
  await shootBoth(page, name);
  await expectNoAxeFindings(page);
}

const rowOf = (page: Page, name: string) => page.locator("tr", { hasText: name });

describe("GIVEN two administrators with passkeys", () => {
  browserTest(
    "WHEN one asks for a cashier THEN only the other's passkey gives the role, and refusals are in the trail",
    { timeout: 240_000 },
    async ({ openStaff }) => {
      const first = await enrolPerson(portal, openStaff, "演示·程既明");
      const second = await enrolPerson(portal, openStaff, "演示·邱致远");

      await first.goto("/staff/people?search=" + encodeURIComponent("秦守拙"));
      await rowOf(first, "秦守拙").getByText("管理", { exact: true }).click();
      await rowOf(first, "秦守拙").locator("select[name='role']").selectOption("cashier");
      await look(first, "people-manage");
      await rowOf(first, "秦守拙").getByRole("button", { name: "授予", exact: true }).click();
      await first.waitForURL(/done=requested/);
      await first.getByText("等待另一位管理员确认。").waitFor();
      expect(await first.getByRole("button", { name: "确认授予" }).count()).toBe(0);
      await look(first, "people-requested");

      await second.goto("/staff/people");
      await look(second, "people-to-confirm");
      await second.getByRole("button", { name: "确认授予" }).click();
      await second.waitForURL(/done=confirmed/);
      await second.goto("/staff/people?search=" + encodeURIComponent("秦守拙"));
      await rowOf(second, "秦守拙").getByText("由演示·邱致远授予").waitFor();

      await second.goto("/staff/access");
      await look(second, "access-matrix");
      await second.emulateMedia({ media: "print" });
      await shoot(second, "access-matrix-print");
      await second.emulateMedia({ media: "screen" });
      expect(await statusOf(second, "/staff/board")).toBe(404);
      // The page's own refusal, from the bundle: an act on people without the passkey's touch.
      const headers = { Origin: portal.origin };
      const bare = { intent: "suspend", staffId: "019a0000-0000-7000-8000-000000000000" };
      expect((await second.request.post("/staff/people", { form: bare, headers })).status()).toBe(403);
      await second.goto("/staff/audit?action=staff.refused");
      await second.locator("main summary").first().click();
      await second.getByText("step_up_needed", { exact: true }).waitFor();
      await second.locator("main summary").last().click();
      await second.getByText("/staff/board", { exact: true }).first().waitFor();
      await look(second, "audit-refused");
    },
  );
});

describe("GIVEN an officer whose relative runs the platform", () => {
  browserTest(
    "WHEN they declare it THEN the lead is gone for them, until triage's passkey ends it",
    { timeout: 240_000 },
    async ({ openStaff }) => {
      const triage = await enrolPerson(portal, openStaff, "演示·林知微");
      const officer = await enrolPerson(portal, openStaff, "演示·叶知返");
      await officer.goto("/staff/board");
      await officer.locator("a[href^='/staff/leads/']").first().click();
      await officer.waitForURL("**/staff/leads/*");
      const lead = new URL(officer.url()).pathname;
      await officer.getByText("申报回避", { exact: true }).click();
      await officer.getByRole("button", { name: "申报并回避" }).click();
      await officer.getByText("请写明需要回避的理由").first().waitFor();
      await look(officer, "recusal-empty");
      await officer.fill("[name='reason']", "该平台负责人是本人近亲属。");
      await officer.getByRole("button", { name: "申报并回避" }).click();
      await officer.waitForURL(/recused=/);
      await look(officer, "recusal-declared");
      expect(await statusOf(officer, lead)).toBe(404);

      await triage.goto(lead);
      await triage.getByText("该平台负责人是本人近亲属。").waitFor();
      await look(triage, "recusal-triage");
      await triage.getByRole("button", { name: /结束.*的回避/ }).click();
      await triage.waitForURL(/done=recusalEnded/);
      expect(await statusOf(officer, lead)).toBe(200);
    },
  );
});

describe("GIVEN an office whose bank wants its files in another order", () => {
  browserTest(
    "WHEN one administrator fills in the format, first with faults THEN another sees what changes and agrees",
    { timeout: 240_000 },
    async ({ openStaff }) => {
      const first = await enrolPerson(portal, openStaff, "演示·程既明");
      const second = await enrolPerson(portal, openStaff, "演示·邱致远");
      await first.goto("/staff/bank-format");
      await first.getByText("还没有设置，现在用的是示例").waitFor();
      await look(first, "bank-format-example");
      await first.fill("[name='debtorName']", "演示市财政局");
      await first.fill("[name='debtorAccount']", "123");
      await first.selectOption("[name='field8']", "");
      await first.selectOption("[name='field1']", "amount");
      await first.getByRole("button", { name: "检查并提交" }).click();
      await first.getByText("请填写账号，5 到 34 位").first().waitFor();
      await look(first, "bank-format-faults");
      expect(await first.inputValue("[name='debtorName']")).toBe("演示市财政局");
      await first.fill("[name='debtorAccount']", "DEMO-0001");
      await first.fill("[name='header1']", "交易金额");
      await first.fill("[name='debtorBankName']", "演示银行, 城中支行");
      await first.getByRole("button", { name: "检查并提交" }).click();
      await first.waitForURL(/done=brought/);
      await look(first, "bank-format-written");
      await first.fill("[name='reason']", "开户行更换。");
      await first.getByRole("button", { name: "提请", exact: false }).first().click();
      await first.waitForURL(/done=requested/);
      await second.goto(new URL(first.url()).pathname);
      await second.getByText("演示市财政局").first().waitFor();
      await second
        .locator("pre")
        .getByText("30.00", { exact: false })
        .or(second.locator("pre"))
        .first()
        .waitFor();
      await look(second, "bank-format-to-agree");
      await second.getByRole("button", { name: "同意", exact: false }).first().click();
      await second.waitForURL(/done=agreed/);
      await second.goto("/staff/bank-format");
      await second.getByText("第 1 版", { exact: true }).waitFor();
      await look(second, "bank-format-in-force");
    },
  );
});
