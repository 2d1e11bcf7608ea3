import { sql } from "drizzle-orm";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { withActor } from "~db/with-actor.server";
import { drawBatch } from "~server/retention/draw-batch.server";
import { systemActor } from "~server/staff-auth/actor";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shootBoth } from "../screenshot";
import { besidePortal } from "./beside-portal";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { enrolPerson, statusOf } from "./staff-person";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("watch-and-retention");
});
afterAll(() => portal.stop());

async function look(page: Page, name: string): Promise<void> {
  await shootBoth(page, name);
  await expectNoAxeFindings(page);
}

const LIST = [
  "企业名称,统一社会信用代码,住所,法定代表人,经营范围,成立日期,登记状态",
  "金华某某财富管理有限公司,,婺城区某路1号,张某某,投资管理；资产管理,2015-03-01,存续",
  "金华某某火腿店,,金东区某街2号,李某某,食品销售,2012年5月6日,存续",
  "某某资本,12345,错误的一行,王某某,,2014-01-01,存续",
].join("\r\n");

/** Years pass for the demonstration's closed leads, and the job finds what is due. */
async function letYearsPass(): Promise<void> {
  await besidePortal(portal, async ({ db, clock }) => {
    await withActor(db, systemActor("test"), (tx) =>
      tx.execute(sql`update leads set closed_at = closed_at - interval '11 years' where stage = 'closed'`),
    );
    expect((await drawBatch(db, clock)).items).toBeGreaterThan(0);
  });
}

describe("GIVEN a triage officer and an administrator with passkeys", () => {
  browserTest(
    "WHEN a register is loaded and a period has ended THEN a company is cleared, and two people destroy what is due",
    { timeout: 240_000 },
    async ({ openStaff }) => {
      const triage = await enrolPerson(portal, openStaff, "演示·林知微");
      await triage.goto("/staff/watch");
      await triage.getByText("还没有筛出的企业").waitFor();
      await triage.getByRole("button", { name: "载入" }).click();
      await triage.getByText("请选择名录文件。").first().waitFor();
      await look(triage, "watch-nothing-chosen");
      await triage
        .getByLabel("名录文件")
        .setInputFiles({ name: "名录.csv", mimeType: "text/csv", buffer: Buffer.from(LIST) });
      await triage.getByLabel("这是完整名录").check();
      await triage.getByRole("button", { name: "载入" }).click();
      await triage.waitForURL(/done=loaded/);
      await triage.getByRole("heading", { name: "金华某某财富管理有限公司" }).waitFor();
      expect(await triage.getByText("火腿").count()).toBe(0);
      await triage.getByText("读不出的行（前 1 行）").click();
      await triage.getByText("第 4 行：统一社会信用代码有误").waitFor();
      await triage.getByText("处理", { exact: true }).click();
      await triage.getByLabel("处理结果").selectOption("cleared");
      await triage.getByRole("button", { name: "保存" }).click();
      await triage.getByText("请写明理由，2 到 300 个字。").first().waitFor();
      await look(triage, "watch-decide");
      await triage.getByLabel("理由").fill("已取得备案，经营正常");
      await triage.getByRole("button", { name: "保存" }).click();
      await triage.waitForURL(/done=decided/);
      await triage.getByText("已取得备案，经营正常").waitFor();
      const csv = await triage.request.get("/staff/watch/csv?status=cleared");
      expect(await csv.text()).toContain("金华某某财富管理有限公司");

      await triage.goto("/staff/retention");
      await triage.getByText("现在没有等待办理的到期内容").waitFor();
      await letYearsPass();
      await triage.reload();
      await look(triage, "retention-drawn");
      await triage.getByRole("button", { name: "提出销毁" }).click();
      await triage.waitForURL(/done=proposed/);
      expect(await triage.getByRole("button", { name: "批准销毁" }).count()).toBe(0);
      const number = /\d+/.exec(await triage.locator("td a[href^='/staff/leads/']").first().innerText())?.[0];
      await triage.getByText("设置保全", { exact: true }).first().click();
      await triage.getByLabel("线索编号").fill(number ?? "");
      await triage.getByLabel("理由").last().fill("法院调取证据");
      await triage.getByRole("button", { name: "设置保全" }).click();
      await triage.waitForURL(/done=placed/);
      await look(triage, "retention-held");

      const administrator = await enrolPerson(portal, openStaff, "演示·程既明");
      await administrator.goto("/staff/retention");
      expect(await administrator.locator("main a[href^='/staff/leads/']").count()).toBe(0);
      await look(administrator, "retention-to-approve");
      await administrator.getByRole("button", { name: "批准销毁" }).click();
      await administrator.waitForURL(/done=approved/);
      await administrator.locator("tr[data-outcome='held']").first().waitFor();
      expect(await administrator.locator("tr[data-outcome='waiting']").count()).toBe(0);
      await look(administrator, "retention-done");
      expect(await statusOf(administrator, "/staff/watch")).toBe(404);
      // A lead whose reports are gone is still there to be read.
      await triage.goto("/staff/retention");
      await triage.locator("tr[data-outcome='destroyed'] a").first().click();
      await triage.waitForURL("**/staff/leads/*");
      await triage.getByText("保存期满，密封内容已经销毁。").first().waitFor();
      await look(triage, "lead-destroyed");
    },
  );
});
