import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { changedJinhua } from "~tests/factories/changed-pack";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shootBoth } from "../screenshot";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { enrolPerson } from "./staff-person";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("pack-versions");
});
afterAll(() => portal.stop());

/** Pictures at both widths, and no accessibility finding. */
async function look(page: Page, name: string): Promise<void> {
  await shootBoth(page, name);
  await expectNoAxeFindings(page);
}

async function upload(page: Page, rules: unknown): Promise<void> {
  await page.goto("/staff/routing/versions");
  await page.getByLabel("规则文件", { exact: true }).setInputFiles({
    name: "changed.json",
    mimeType: "application/json",
    buffer: Buffer.from(JSON.stringify(rules)),
  });
  await page.getByRole("button", { name: "上传并检查" }).click();
}

describe("GIVEN rules changed so that the police lead P2P", () => {
  browserTest(
    "WHEN two administrators put them in force THEN the lead's page says why it goes where it goes, and replays",
    { timeout: 240_000 },
    async ({ openStaff }) => {
      const first = await enrolPerson(portal, openStaff, "演示·程既明");
      await first.goto("/staff/routing/versions");
      await look(first, "pack-versions-empty");
      await upload(first, changedJinhua("2016.9", "no-such-body"));
      const fault = first.getByRole("alert").filter({ hasText: "文件没有通过检查" });
      await fault.waitFor();
      expect(await fault.innerText()).toMatch(/changed\.json[\s\S]*rows\[\d+\][\s\S]*jinhua\.sector\.p2p/);
      await look(first, "pack-versions-refused");

      await upload(first, changedJinhua());
      await first.waitForURL(/done=brought/);
      await first.getByText("结果不同。").waitFor();
      await look(first, "pack-proposal-diff");
      await first.getByLabel("提请理由").fill("市里调整分工，P2P 由公安牵头");
      await first.getByRole("button", { name: "提请生效" }).click();
      await first.waitForURL(/done=requested/);
      expect(await first.getByRole("button", { name: "同意生效" }).count()).toBe(0);

      const second = await enrolPerson(portal, openStaff, "演示·邱致远");
      await second.goto("/staff/routing/versions");
      await look(second, "pack-versions-waiting");
      await second.getByRole("link", { name: /2016\.9$/ }).click();
      await second.getByRole("button", { name: "同意生效" }).click();
      await second.waitForURL(/done=agreed/);
      await second.getByText("新的规则已经生效。").waitFor();
      await look(second, "pack-proposal-agreed");

      const triage = await enrolPerson(portal, openStaff, "演示·林知微");
      await triage.goto("/staff/routing?search=" + encodeURIComponent("市公安局"));
      await triage.getByLabel("P2P网络借贷", { exact: true }).check();
      await triage.getByLabel("注册地").fill("330702");
      await triage.getByLabel("涉案金额（元）").fill("6000万");
      await triage.getByRole("button", { name: "查看结果" }).click();
      await triage.getByText("由市公安局牵头。").waitFor();
      await look(triage, "routing-simulated");

      await triage.goto("/staff/board?sector=p2p");
      const card = triage.locator("#stage-new article a[href*='/staff/leads/']").first();
      await triage.goto((await card.getAttribute("href")) ?? "");
      const why = triage.locator("section", { has: triage.getByRole("heading", { name: "为什么在这里" }) });
      await why
        .getByText(/^因为领域为P2P网络借贷，依据.*由.*牵头。$/)
        .first()
        .waitFor();
      await triage.getByText("穿透认定：业务嵌套时填写").click();
      await look(triage, "lead-why-proposed");
      await triage.getByLabel("认定的领域").selectOption("p2p");
      await triage.getByLabel("第三方支付").check();
      await triage.getByRole("button", { name: "确认转办" }).click();
      await triage.waitForURL(/done=dispatched/);
      const sentence = why.getByText(/^因为.*由市公安局、.*牵头。$/).first();
      await sentence.waitFor();
      expect(await why.getByText(/规则版本 2016\.9 重新计算：一致/).count()).toBeGreaterThan(0);
      await look(triage, "lead-why-confirmed");
    },
  );
});
