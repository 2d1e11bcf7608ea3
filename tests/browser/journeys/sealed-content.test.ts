import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { tipReference } from "~/forms/tip-reference";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shootBoth } from "../screenshot";
import { besidePortal } from "./beside-portal";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { enrolPerson, statusOf } from "./staff-person";

const TRIAGE = "演示·林知微";
const OFFICER = "演示·秦守拙";
const REPORTS = 130;
const STORY =
  "业务员每天在菜场门口发鸡蛋，请老人去听课，说存三万每年给一成八的利息，手机上点一点就行。我父亲投了五万，现在取不出来。";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("sealed-content");
});
afterAll(() => portal.stop());

async function enterAsDemo(page: Page, name: string): Promise<void> {
  await page.goto("/staff/sign-in");
  await page.getByRole("button", { name: `以 ${name} 的身份进入` }).click();
  await page.locator("header", { hasText: name }).waitFor();
}

/** One lead with many reports, every 13th of them the same story. */
async function fileMany(count: number): Promise<string> {
  return besidePortal(portal, async (beside) => {
    let leadId = "";
    for (let at = 0; at < count; at += 1) {
      const narrative =
        at % 13 === 0
          ? `${STORY}补充第 ${at} 次。`
          : `第 ${at} 份：${"甲乙丙丁戊己庚辛壬癸"[at % 10]}公司在${at * 7}号楼讲课，${"返利拉人头会费讲座区块链".slice(at % 9)}，我交了${at * 37 + 100}元，编号${at * at + 17}至今没有兑付。`;
      ({ leadId } = await sendReport(beside, {
        subject: { subjectKind: "site", name: "多人举报的平台", sites: "https://many.example/", uscc: "" },
        narrative: { narrative },
      }));
    }
    return leadId;
  });
}

describe("GIVEN a lead with many reports", () => {
  browserTest(
    "WHEN triage reads, searches and dispatches it THEN the body's officer reads it too, in their own browser",
    { timeout: 180_000 },
    async ({ openStaff }) => {
      const leadId = await fileMany(REPORTS);
      const triage = await (await openStaff({ origin: portal.origin })).context.newPage();
      await enterAsDemo(triage, TRIAGE);
      await triage.goto(`/staff/leads/${leadId}`);
      await triage.getByText("业务员每天在菜场门口发鸡蛋").first().waitFor();
      await shootBoth(triage, "lead-opened");

      await triage.getByRole("link", { name: "查看全部情况说明" }).click();
      const list = triage.locator("main section[data-phase]");
      await triage.locator("main section[data-phase='done']").waitFor();
      expect(triage.workers()).toHaveLength(1);
      expect(await list.getAttribute("data-opened")).toBe(String(REPORTS));
      await expectNoAxeFindings(triage);
      await triage.getByLabel("在已打开的内容里查找").fill("雞蛋");
      await triage.getByText("有 10 份写到“雞蛋”").waitFor();
      expect(await list.locator("mark").allTextContents()).toEqual(Array(10).fill("鸡蛋"));
      await shootBoth(triage, "narratives-found");
      await triage.getByLabel("在已打开的内容里查找").fill("查无此词");
      await triage.getByText("没有“查无此词”").waitFor();
      await triage.getByLabel("在已打开的内容里查找").fill("");
      await triage.getByLabel("只看高度相似的").check();
      await expect.poll(() => list.locator("li").count()).toBe(10);
      expect(await list.getByText("与第 1 份高度相似").count()).toBe(9);
      await shootBoth(triage, "narratives-alike");

      // An older browser: it opens on the page's own thread.
      const officer = await (await openStaff({ origin: portal.origin })).context.newPage();
      await officer.addInitScript(() => Reflect.deleteProperty(globalThis, "Worker"));
      await enterAsDemo(officer, OFFICER);
      expect(await statusOf(officer, `/staff/leads/${leadId}/narratives`)).toBe(404);
      expect(await statusOf(officer, `/staff/leads/${leadId}/narratives/batch`)).toBe(404);

      await triage.goto(`/staff/leads/${leadId}`);
      await triage.getByRole("button", { name: "确认转办" }).click();
      await triage.waitForURL(/done=dispatched/);
      await triage.getByText(`${REPORTS} 份内容的密钥已移交给`).waitFor({ timeout: 30_000 });
      await shootBoth(triage, "lead-handed-over");

      await officer.goto(`/staff/leads/${leadId}`);
      await officer.getByText("业务员每天在菜场门口发鸡蛋").first().waitFor();
      await officer.getByRole("link", { name: "查看全部情况说明" }).click();
      await officer.locator(`main section[data-phase='done'][data-opened='${REPORTS}']`).waitFor();
      expect(officer.workers()).toHaveLength(0);
    },
  );

  browserTest(
    "WHEN the network fails on the way THEN opening goes on where it stopped",
    async ({ openStaff }) => {
      const leadId = await fileMany(1);
      const watched = await openStaff({ origin: portal.origin });
      const page = await watched.context.newPage();
      await enterAsDemo(page, TRIAGE);
      const asked: string[] = [];
      await page.route("**/narratives/batch?*", (route) => {
        const batch = new URL(route.request().url()).searchParams.get("batch") ?? "";
        asked.push(batch);
        return batch === "1" && asked.filter((one) => one === "1").length === 1
          ? route.abort()
          : route.continue();
      });
      watched.expectFinding(/ERR_FAILED/);
      await page.goto(`/staff/leads/${leadId}/narratives`);
      await page.getByText("网络中断，还有").waitFor();
      await shootBoth(page, "narratives-interrupted");
      await page.getByRole("button", { name: "继续打开" }).click();
      await page.locator("main section[data-phase='done']").waitFor();
      expect(asked).toEqual(["0", "1", "1"]);
      expect(
        Number(await page.locator("main section[data-phase]").getAttribute("data-opened")),
      ).toBeGreaterThan(REPORTS);
      await page.getByLabel("在已打开的内容里查找").fill("鸡蛋");
      await page.getByText(/有 1[1-9] 份写到/).waitFor();
    },
  );

  browserTest.for([
    ["none", "您还没有建立自己的密钥", "您还没有建立自己的密钥，请先到"],
    ["locked", "您的密钥还没有解锁，密封的内容暂时打不开", "内容已加密，您的密钥还没有解锁"],
    ["offline", "没有取到您的密钥", "没有取到您的密钥"],
  ] as const)(
    "WHEN the reader's keys are %s THEN the page says so once, and each text stays closed",
    async ([state, said, each], { openStaff }) => {
      const leadId = await fileMany(2);
      const watched = await openStaff({ origin: portal.origin });
      const page = await watched.context.newPage();
      await enterAsDemo(page, TRIAGE);
      if (state === "offline") watched.expectFinding(/ERR_FAILED/);
      await page.route("**/staff/keyring", async (route) => {
        if (state === "offline") return route.abort();
        const view = (await (await route.fetch()).json()) as Record<string, unknown> & {
          personalKey: Record<string, unknown>;
        };
        const personalKey = state === "none" ? null : { ...view.personalKey, wraps: [] };
        return route.fulfill({ json: { ...view, personalKey } });
      });
      await page.goto(`/staff/leads/${leadId}`);
      await page.locator(`[data-keys='${state}']`, { hasText: said }).waitFor();
      await page.locator("article p[data-state]", { hasText: each }).first().waitFor();
      await shootBoth(page, `lead-keys-${state}`);
      await expectNoAxeFindings(page);
      await page.goto(`/staff/leads/${leadId}/narratives`);
      await page.locator(`[data-keys='${state}']`).waitFor();
      await shootBoth(page, `narratives-keys-${state}`);
    },
  );

  browserTest(
    "WHEN leads were dispatched without their keys THEN the board says so, and one click hands them over",
    { timeout: 120_000 },
    async ({ openStaff }) => {
      const leadIds = await besidePortal(portal, async (beside) => {
        const actor = await makePerson(beside, "leading-office", ["triage_officer"]);
        const made: string[] = [];
        for (let at = 0; at < 2; at += 1) {
          const { leadId } = await sendReport(beside, { narrative: { narrative: STORY } });
          await dispatchLead(
            beside.db,
            beside.pack,
            {
              leadId,
              version: 1,
              sector: "p2p",
              triage: { suspectedCrime: false, petition: false, nested: false },
              insteadLeadBy: null,
              reason: null,
              at: beside.clock.now(),
            },
            actor,
          );
          made.push(leadId);
        }
        return made;
      });
      const triage = await (await openStaff({ origin: portal.origin })).context.newPage();
      await enterAsDemo(triage, TRIAGE);
      await triage.goto("/staff/board");
      await triage.getByText("有 2 条线索的承办部门还没有拿到内容密钥").waitFor();
      await shootBoth(triage, "board-waiting-keys");
      await triage.getByRole("link", { name: "去移交" }).click();
      await triage.getByRole("button", { name: "移交本页的 2 条线索" }).waitFor();
      await shootBoth(triage, "handover-waiting");
      await expectNoAxeFindings(triage);
      await triage.getByRole("button", { name: "移交本页的 2 条线索" }).click();
      await expect.poll(() => triage.getByText("已移交 1 份").count()).toBe(2);
      await shootBoth(triage, "handover-done");
      await triage.reload();
      await triage.getByText("没有等待移交的线索").waitFor();
      await shootBoth(triage, "handover-empty");

      const officer = await (await openStaff({ origin: portal.origin })).context.newPage();
      await enterAsDemo(officer, OFFICER);
      await officer.goto(`/staff/leads/${leadIds[0]}`);
      await officer.getByText("业务员每天在菜场门口发鸡蛋").first().waitFor();
    },
  );
});

describe("GIVEN a tip with a name", () => {
  browserTest(
    "WHEN one custodian asks and the other agrees THEN the second sees the identity once, and nobody alone",
    { timeout: 120_000 },
    async ({ openStaff }) => {
      const { tipId, leadId } = await besidePortal(portal, (beside) =>
        sendReport(beside, {
          mode: { mode: "named" },
          contact: { contactName: "演示举报人", contactPhone: "13800000000", contactEmail: "" },
        }),
      );
      const reference = tipReference(tipId);
      const triage = await (await openStaff({ origin: portal.origin })).context.newPage();
      await enterAsDemo(triage, TRIAGE);
      await triage.goto(`/staff/leads/${leadId}`);
      await triage.getByText(`举报编号 ${reference}`).waitFor();
      await shootBoth(triage, "lead-tip-reference");

      const first = await enrolPerson(portal, openStaff, "演示·梁守静");
      await first.goto("/staff/identities");
      await first.getByText("您属于甲方").waitFor();
      await first.getByRole("button", { name: "提出申请" }).click();
      await first.getByRole("alert").waitFor();
      await shootBoth(first, "identities-faults");
      await first.getByLabel("举报编号").fill(reference.toLowerCase());
      await first.getByLabel("理由").fill("市公安局来函（金公函〔2026〕00号）请求核实举报人。");
      await first.getByRole("button", { name: "提出申请" }).click();
      await first.getByText("申请已提交").waitFor();
      await shootBoth(first, "identities-asked");
      await expectNoAxeFindings(first);
      expect(await first.getByRole("button", { name: "会同打开身份" }).count()).toBe(0);

      const second = await enrolPerson(portal, openStaff, "演示·易慎独");
      await second.goto("/staff/identities");
      await second.getByText("市公安局来函").waitFor();
      await shootBoth(second, "identities-answer");
      await expectNoAxeFindings(second);
      const posted: string[] = [];
      second.on("request", (request) => posted.push(request.postData() ?? ""));
      await second.getByRole("button", { name: "会同打开身份" }).click();
      await second.locator("dd[data-field='name']", { hasText: "演示举报人" }).waitFor();
      await shootBoth(second, "identities-shown");
      await second.getByRole("button", { name: "看完关闭" }).click();
      await expect.poll(() => second.getByText("演示举报人").count()).toBe(0);
      await second.getByText("已打开", { exact: true }).waitFor();
      expect(posted.join("\n")).not.toContain("演示举报人");
      expect(posted.join("\n")).not.toContain("13800000000");
      await shootBoth(second, "identities-closed");
    },
  );
});
