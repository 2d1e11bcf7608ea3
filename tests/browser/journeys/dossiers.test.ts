import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { sendReport } from "~tests/factories/make-lead";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shootBoth } from "../screenshot";
import { besidePortal } from "./beside-portal";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";

const TRIAGE = "演示·林知微";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("dossiers");
});
afterAll(() => portal.stop());

async function enterAs(page: Page, name: string): Promise<void> {
  await page.goto("/staff/sign-in");
  await page.getByRole("button", { name: `以 ${name} 的身份进入` }).click();
  await page.locator("header", { hasText: name }).waitFor();
}

describe("GIVEN two dossiers with names alike and one phone number that joins nobody", () => {
  browserTest(
    "WHEN triage follows the suggestion THEN they are one, and two again, and print as PDF",
    { timeout: 180_000 },
    async ({ openStaff }) => {
      await besidePortal(portal, async (beside) => {
        for (const name of ["金华穗禾投资管理有限公司", "穗禾財富"])
          await sendReport(beside, {
            subject: { name },
            "in-charge": { responsible: "张穗禾", phonesOrAccounts: "" },
          });
      });
      const { context } = await openStaff({ origin: portal.origin });
      const page = await context.newPage();
      await enterAs(page, TRIAGE);
      await page.goto("/staff/dossiers");
      await expectNoAxeFindings(page);
      await shootBoth(page, "dossiers");
      await page.getByLabel("名称").fill("穗禾");
      await page.getByRole("button", { name: "查找" }).click();
      await page.getByRole("link", { name: "穗禾財富" }).waitFor();
      await page.getByRole("link", { name: "金华穗禾投资管理有限公司" }).click();
      const heading = page.getByRole("heading", { level: 1, name: "金华穗禾投资管理有限公司" });
      await heading.waitFor();
      await page.getByText("相同人员：张穗禾").first().waitFor();
      await expectNoAxeFindings(page);
      await shootBoth(page, "dossier");

      const own = page.getByRole("region", { name: "可能是同一主体" });
      await own.getByText("将“穗禾財富”并入本档案").click();
      await own.getByRole("button", { name: "将“穗禾財富”并入本档案" }).click();
      await page.getByRole("alert").getByText("请写明理由").waitFor();
      await own.getByLabel("合并理由").first().fill("法定代表人相同，经核实是同一主体");
      await own.getByRole("button", { name: "将“穗禾財富”并入本档案" }).click();
      await page.getByText("已合并。两份档案现在是一份。").waitFor();
      await page.getByText("来自合并").waitFor();
      await shootBoth(page, "dossier-merged");

      await page.getByText("登记或修改", { exact: true }).first().click();
      await page.getByLabel("内容").first().fill("张穗禾（60%）");
      await page.getByLabel("来源").first().fill("工商登记信息");
      await page.getByRole("button", { name: "登记或修改“股东或出资人”" }).click();
      await page.getByText("第 1 版").first().waitFor();

      const merges = page.getByRole("region", { name: "合并记录" });
      await merges.getByText("撤销与“穗禾財富”的合并").click();
      await merges.getByLabel("撤销理由").fill("经核实并非同一主体");
      await merges.getByRole("button", { name: "撤销合并" }).click();
      await page.getByText("已撤销合并，两份档案恢复为各自的档案。").waitFor();
      await merges.getByText("退回 1 条举报").waitFor();
      await page.getByText("没有别名").waitFor();
      await expectNoAxeFindings(page);
      await shootBoth(page, "dossier-parted");

      const [printed] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("link", { name: "打印档案（PDF）" }).click(),
      ]);
      expect(printed.suggestedFilename()).toMatch(/^D-\d+\.pdf$/);
    },
  );
});
