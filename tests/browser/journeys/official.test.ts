import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { sendReport } from "~tests/factories/make-lead";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shoot } from "../screenshot";
import { besidePortal } from "./beside-portal";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { statusOf } from "./staff-person";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("official");
});
afterAll(() => portal.stop());

async function enterAsDemo(page: Page, name: string): Promise<void> {
  await page.goto("/staff/sign-in");
  await page.getByRole("button", { name: `以 ${name} 的身份进入` }).click();
  await page.locator("header", { hasText: name }).waitFor();
}

describe("GIVEN a report that concerns an official", () => {
  browserTest(
    "WHEN triage opens its lead up THEN the lead says so, and the report stays marked",
    async ({ openStaff }) => {
      const { leadId } = await besidePortal(portal, (beside) =>
        sendReport(beside, {
          official: { official: "yes" },
          time: { startedOn: "2024", ongoing: "no", endedOn: "2025-03" },
          source: { source: "workplace", prior: "yes", priorWhere: "12345" },
        }),
      );
      const triage = await (await openStaff({ origin: portal.origin })).context.newPage();
      await enterAsDemo(triage, "演示·林知微");
      await triage.goto(`/staff/leads/${leadId}`);
      await triage.getByText("停止时间：2025年3月").waitFor();
      expect(await triage.innerText("main")).toContain("涉及部门或公职人员，部门看不到这条");
      await triage.getByText("解除仅限领导小组办公室可见").click();
      await expectNoAxeFindings(triage);
      await shoot(triage, "lead-restricted");
      await triage.setViewportSize({ width: 390, height: 844 });
      await shoot(triage, "lead-restricted");
      await triage.setViewportSize({ width: 1280, height: 900 });
      await triage.getByRole("button", { name: "解除限制" }).click();
      await triage.getByText("请写明理由，2 到 300 个字。").first().waitFor();
      await triage.getByLabel("理由（2 到 300 个字）").first().fill("核实后与该部门无关");
      await triage.getByRole("button", { name: "解除限制" }).click();
      await triage.getByText("限制已解除，转办的部门可以看到这条线索。").waitFor();
      expect(await triage.getByText("解除仅限领导小组办公室可见").count()).toBe(0);

      const officer = await (await openStaff({ origin: portal.origin })).context.newPage();
      await enterAsDemo(officer, "演示·秦守拙");
      expect(await statusOf(officer, `/staff/leads/${leadId}`)).toBe(404);
    },
  );
});
