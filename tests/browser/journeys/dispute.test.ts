import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { withActor } from "~db/with-actor.server";
import { loadPack } from "~server/packs/load-pack.server";
import { systemActor } from "~server/staff-auth/actor";
import { installPack } from "~server/start/install-pack.server";
import { sendReport } from "~tests/factories/make-lead";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shootBoth } from "../screenshot";
import { besidePortal } from "./beside-portal";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { statusOf } from "./staff-person";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("dispute");
});
afterAll(() => portal.stop());

async function enterAsDemo(page: Page, name: string): Promise<void> {
  await page.goto("/staff/sign-in");
  await page.getByRole("button", { name: `以 ${name} 的身份进入` }).click();
  await page.locator("header", { hasText: name }).waitFor();
}

async function returnIt(page: Page, leadId: string, body: string, basis: string): Promise<void> {
  await page.goto(`/staff/leads/${leadId}?move=returned`);
  const form = page.locator("#move-returned");
  await form.getByLabel("法律或方案依据").fill(basis);
  await form.getByLabel("应当承办的部门").selectOption({ label: body });
  await form.getByRole("button", { name: "退回领导小组办公室" }).click();
}

async function opine(page: Page, body: string, proposed: string, said: string): Promise<void> {
  const form = page.locator("details", { hasText: `${body}的意见` }).first();
  await form.getByLabel("意见和理由").fill(said);
  await form.getByLabel("法律或方案依据").fill("方案三(二)2");
  await form.getByLabel("建议由哪个部门牵头").selectOption({ label: proposed });
  await form.getByRole("button", { name: "提交意见" }).click();
  await page.getByText("意见已提交。").waitFor();
}

describe("GIVEN a lead two bodies send to and fro", () => {
  browserTest(
    "WHEN the second returns it THEN it is argued, mediated, decided for joint handling and dispatched so",
    async ({ openStaff }) => {
      const open = async (name: string) => {
        const page = await (await openStaff({ origin: portal.origin })).context.newPage();
        await enterAsDemo(page, name);
        return page;
      };
      const { leadId } = await besidePortal(portal, (beside) => sendReport(beside));
      const triage = await open("演示·林知微");
      await triage.goto(`/staff/leads/${leadId}`);
      await triage.getByRole("button", { name: "确认转办" }).click();
      await triage.getByText("已确认转办，期限开始计算。").waitFor();

      const bank = await open("演示·秦守拙");
      await returnIt(bank, leadId, "市市场监管局", "方案三(二)2");
      await bank.waitForURL(/board/);

      await triage.goto(`/staff/leads/${leadId}`);
      const dispatch = triage.locator("#dispatch");
      await dispatch.getByLabel("改由其他部门牵头").selectOption({ label: "市市场监管局" });
      await dispatch.getByLabel("改派理由").fill("退回有依据");
      await dispatch.getByRole("button", { name: "确认转办" }).click();
      await triage.getByText("已确认转办，期限开始计算。").waitFor();

      const market = await open("演示·许闻钟");
      await returnIt(market, leadId, "国家金融监督管理总局金华监管分局", "方案三(二)5");
      await market.getByText("这是第二次退回，已自动转入“争议会商”。").waitFor();
      await market.getByRole("link", { name: "查看会商" }).click();
      await market.getByRole("heading", { name: /争议会商/ }).waitFor();
      await market.getByRole("button", { name: "提交意见" }).click();
      await market.getByText("请写明意见和理由。").first().waitFor();
      await opine(market, "市市场监管局", "国家金融监督管理总局金华监管分局", "实质是网络借贷");

      // The body that returned it first holds it no more, and is heard all the same.
      await bank.goto("/staff/disputes");
      await bank.locator(`a[href="/staff/leads/${leadId}/dispute"]`).click();
      await opine(bank, "国家金融监督管理总局金华监管分局", "市市场监管局", "平台不从事借贷撮合");

      await triage.goto("/staff/disputes");
      await shootBoth(triage, "disputes");
      await triage.goto(`/staff/leads/${leadId}/dispute`);
      await triage.getByText("登记会商会议").click();
      const meeting = triage.locator("details", { hasText: "登记会商会议" }).first();
      await meeting.getByLabel("参加人员").fill("领导小组办公室、两家承办人");
      await meeting.getByLabel("会议情况").fill("事实没有分歧，同意联合处置");
      await meeting.getByRole("button", { name: "登记" }).click();
      await triage.getByText("已登记。").waitFor();
      await triage.locator("summary", { hasText: "作出决定" }).click();
      await triage
        .getByLabel("牵头部门", { exact: true })
        .selectOption({ label: "国家金融监督管理总局金华监管分局" });
      await triage.getByText("联合整治的其他牵头部门").first().click();
      await triage.getByLabel("市市场监管局").check();
      const decide = triage.locator("details", { hasText: "决定后，各方不能再提交意见" }).first();
      await decide.getByLabel("法律或方案依据").fill("方案三 末段");
      await decide.getByLabel("理由", { exact: true }).fill("名义与实质都涉及，联合整治");
      await expectNoAxeFindings(triage);
      await shootBoth(triage, "dispute-open");
      await decide.getByRole("button", { name: "作出决定" }).click();
      await triage.getByText("决定已作出，请按决定转办。").waitFor();
      await triage.getByRole("button", { name: "按决定转办" }).click();
      await triage.getByText("已按决定转办，期限开始计算。").waitFor();
      await expectNoAxeFindings(triage);
      await shootBoth(triage, "dispute-decided");

      // Both lead now, and neither may send it back.
      for (const page of [bank, market]) {
        await page.goto(`/staff/leads/${leadId}`);
        expect(await page.getByText("这条线索的牵头部门已经会商决定。").count()).toBe(1);
        expect(await page.locator("#move-returned").count()).toBe(0);
      }
      await market.goto(`/staff/leads/${leadId}/dispute`);
      await market.getByText("申请重新会商").first().waitFor();
      const href = await market.getByRole("link", { name: "下载会商纪要" }).getAttribute("href");
      const minutes = await market.request.get(href ?? "");
      expect([minutes.status(), (await minutes.body()).subarray(0, 5).toString()]).toEqual([200, "%PDF-"]);
      expect(await statusOf(bank, `/staff/leads/${leadId}/dispute/minutes`)).toBe(200);
      await shootBoth(market, "dispute-party");
      await shootBoth(bank, "lead-dispute-decided");
    },
  );
});

describe("GIVEN a portal that holds a plan with rules by the substance of the business", () => {
  browserTest(
    "WHEN a lead is dispatched on facts that contradict each other THEN its page says at once who takes it, and why",
    async ({ openStaff }) => {
      const { leadId } = await besidePortal(portal, async (beside) => {
        await withActor(beside.db, systemActor("test"), (tx) => installPack(tx, loadPack("jiangsu")));
        return sendReport(beside, {
          subject: { name: "苏禾资产（测试）", uscc: "" },
          online: { sites: "www.suhe-assets.example", apps: "" },
          territory: { operating: "320000", registered: "320000", occurred: "" },
          sector: { sector: "asset_mgmt" },
          "red-lines": { redLines: ["other"] },
        });
      });
      const page = await (await openStaff({ origin: portal.origin })).context.newPage();
      await enterAsDemo(page, "演示·林知微");
      // The server hears of the other pack within seconds.
      await expect
        .poll(
          async () => {
            await page.goto(`/staff/leads/${leadId}`);
            return page.locator("#dispatch").getByText("方案写明的说法").count();
          },
          { timeout: 30_000 },
        )
        .toBeGreaterThan(0);
      const dispatch = page.locator("#dispatch");
      await dispatch.locator("summary", { hasText: "穿透认定" }).click();
      await dispatch.getByLabel("业务实质").fill("股权众筹");
      await dispatch.getByLabel("许可").selectOption("yes");
      await dispatch.getByRole("button", { name: "确认转办" }).click();
      await page.getByText("已确认转办，期限开始计算。").waitFor();
      const why = page.locator("section[aria-labelledby='why-title']");
      await expect.poll(() => why.innerText()).toMatch(/情况互相矛盾.*由领导小组办公室牵头判断/);
      expect(await why.locator("li").first().innerText()).toMatch(/没有部门发这种牌照，却又写着有牌照/);
      await expectNoAxeFindings(page);
      await shootBoth(page, "lead-contradiction");
    },
  );
});
