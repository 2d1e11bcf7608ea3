import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { eq } from "drizzle-orm";
import { tips } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { systemActor } from "~server/staff-auth/actor";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shoot } from "../screenshot";
import { besidePortal } from "./beside-portal";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";

const OPERATOR = "演示·文听雨";
const SUBJECT = "接线台测试理财";
const STORY = "来电人说，业务员在小区门口摆摊，承诺每月返利百分之三，从上个月起取不出钱。";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("intake-desk");
});
afterAll(() => portal.stop());

async function openDesk(page: Page): Promise<void> {
  await page.goto("/staff/sign-in");
  await page.getByRole("button", { name: `以 ${OPERATOR} 的身份进入` }).click();
  await page.getByRole("heading", { name: "举报登记", level: 1 }).waitFor();
}

async function shootBoth(page: Page, name: string): Promise<void> {
  await shoot(page, name);
  await page.setViewportSize({ width: 390, height: 844 });
  await shoot(page, name);
  await page.setViewportSize({ width: 1280, height: 900 });
}

const pick = (page: Page, name: string, value: string) =>
  page
    .locator(`input[name="${name}"][value="${value}"]`)
    .focus()
    .then(() => page.keyboard.press("Space"));

/** Fills what is asked, by keyboard alone once a field has the focus. */
async function fill(page: Page): Promise<void> {
  await pick(page, "mode", "named");
  await page.getByLabel("姓名", { exact: true }).waitFor();
  await pick(page, "mode", "anonymous");
  await page.getByLabel("姓名", { exact: true }).waitFor({ state: "detached" });
  await pick(page, "relation", "investor");
  await pick(page, "subjectKind", "organisation");
  await page.locator("#name").fill(SUBJECT);
  await page.locator("#operating").selectOption("330702");
  await pick(page, "sector", "unknown");
  await pick(page, "redLines", "other");
  await page.locator("#startedOn").fill("2025-03");
  await pick(page, "ongoing", "yes");
  await pick(page, "amount", "unknown");
  await pick(page, "people", "unknown");
  await page.locator("#narrative").fill(STORY);
  await pick(page, "source", "own_experience");
  await pick(page, "prior", "no");
  await pick(page, "official", "no");
  await pick(page, "wantsReward", "no");
}

async function recorded(): Promise<{ channel: string; recordedBy: string | null }[]> {
  return besidePortal(portal, (beside) =>
    withActor(beside.db, systemActor("test"), (tx) =>
      tx
        .select({ channel: tips.channel, recordedBy: tips.recordedBy })
        .from(tips)
        .where(eq(tips.subjectName, SUBJECT)),
    ),
  );
}

describe("GIVEN an operator with somebody on the phone", () => {
  browserTest(
    "WHEN they take the report down THEN it is one report, and its receipt is shown once",
    { timeout: 180_000 },
    async ({ openStaff }) => {
      const watched = await openStaff({ origin: portal.origin });
      const { context } = watched;
      const page = await context.newPage();
      await openDesk(page);
      await expectNoAxeFindings(page);
      await shootBoth(page, "desk-empty");

      // An empty form is told what it lacks, and keeps what is typed.
      await page.locator("#receivedOn").fill("2026-02-30");
      await page.getByRole("button", { name: "登记", exact: true }).first().click();
      await page.getByRole("alert").waitFor();
      expect(await page.title()).toMatch(/^错误：/);
      expect(await page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("alert");
      expect(await page.getByRole("alert").locator("li").count()).toBeGreaterThan(10);
      expect(await page.locator("#receivedOn").inputValue()).toBe("2026-02-30");
      await expectNoAxeFindings(page);
      await shootBoth(page, "desk-errors");

      await fill(page);
      await page.locator("#receivedOn").fill("2026-01-05");
      // The declaration is still open.
      await page.getByRole("button", { name: "登记", exact: true }).first().click();
      await page.getByRole("alert").getByText("声明").waitFor();
      expect(await page.locator("#narrative").inputValue()).toBe(STORY);
      await pick(page, "truthful", "yes");

      // Leaving is asked about, and nothing typed lies in the browser's storage.
      let asked = 0;
      page.on("dialog", (dialog) => {
        asked += 1;
        void dialog.dismiss();
      });
      await page
        .locator("header")
        .getByRole("link", { name: /工作台/ })
        .click();
      await expect.poll(() => asked).toBe(1);
      expect(await page.locator("#name").inputValue()).toBe(SUBJECT);
      const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
      expect(kept).not.toContain(SUBJECT);

      // A lost network takes nothing away; pressing again makes one report.
      watched.expectFinding(/ERR_INTERNET_DISCONNECTED/);
      await context.setOffline(true);
      await page.getByRole("button", { name: "登记", exact: true }).first().click();
      await page.getByRole("alert").getByText("没有收到登记结果").waitFor();
      await context.setOffline(false);
      expect(await page.locator("#narrative").inputValue()).toBe(STORY);
      const sent = await page.locator("form[method=post] input[name=token]").inputValue();
      const posted = await page.evaluate(() => {
        const form = document.querySelector<HTMLFormElement>("form:has(input[name=token])");
        return form === null ? "" : new URLSearchParams(new FormData(form) as never).toString();
      });
      await page.getByRole("button", { name: "登记", exact: true }).first().dblclick();
      await page.getByRole("heading", { name: "已经登记" }).waitFor();
      expect(sent).not.toBe("");
      const numbers = (await page.locator("ol[translate=no] li span").allTextContents()).join(" ");
      expect(numbers).toMatch(/^(\d{4} ){11}\d{4}$/);
      await expectNoAxeFindings(page);
      await shootBoth(page, "desk-receipt");
      await page.getByLabel("请对方念回最后一行").fill("1111 2222 3333 4444");
      await page.getByText("和第 3 行不一样").waitFor();
      await page.getByLabel("请对方念回最后一行").fill(numbers.split(" ").slice(8).join("-"));
      await page.getByText("核对无误").waitFor();

      // The same form once more, as a retry on the way would send it.
      const again = await page.evaluate(async (body) => {
        const answer = await fetch("/staff/tips", {
          method: "POST",
          headers: { "Content-Type": "application/x-www-form-urlencoded" },
          body,
        });
        return answer.status;
      }, posted);
      expect(again).toBe(200);
      expect(await recorded()).toHaveLength(1);
      expect((await recorded())[0]).toMatchObject({ channel: "hotline" });

      // Afterwards the receipt is nowhere.
      await page.getByRole("link", { name: "登记下一件" }).click();
      await page.getByRole("heading", { name: "我登记过的举报" }).waitFor();
      await page.getByRole("cell", { name: SUBJECT }).waitFor();
      await page.locator("#name").waitFor();
      expect(await page.content()).not.toContain(numbers.split(" ").slice(0, 2).join(" "));
      expect(await page.locator("#name").inputValue()).toBe("");
      await page.reload();
      expect(await page.content()).not.toContain(numbers.slice(0, 9));
      await shootBoth(page, "desk-list");

      // The caller's receipt opens the report.
      const citizen = await context.browser()?.newContext({ baseURL: portal.origin });
      const own = await citizen?.newPage();
      await own?.goto("/status");
      await own?.getByRole("textbox").first().fill(numbers);
      await own?.getByRole("button", { name: "查询" }).click();
      await own?.getByText(SUBJECT).first().waitFor();
      await citizen?.close();
    },
  );
});

const HEADER = "外部编号,渠道,名称,经营地,领域,开始时间,情况说明";
const row = (no: number, sector: string) =>
  `WH-${String(no)},12345 热线,名单测试公司${String(no)},330702,${sector},2025-03,${STORY}`;

describe("GIVEN an operator with another office's list", () => {
  browserTest(
    "WHEN they import it, first with faults THEN each fault is named, the good rows load once and no state breaks a rule of access",
    { timeout: 180_000 },
    async ({ openStaff }) => {
      const { context } = await openStaff({ origin: portal.origin });
      const page = await context.newPage();
      await openDesk(page);
      await page.goto("/staff/import");
      const load = async (name: string, text: string) => {
        await page
          .locator("#import-file")
          .setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
        await page.getByRole("button", { name: "导入", exact: true }).click();
      };
      const look = async (state: string) => {
        await expectNoAxeFindings(page);
        await shootBoth(page, `import-${state}`);
        await page.setViewportSize({ width: 390, height: 844 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
        await page.setViewportSize({ width: 1280, height: 900 });
      };
      await look("empty");
      await page.getByRole("button", { name: "导入", exact: true }).click();
      await page.getByRole("alert").getByText("请选择要导入的文件").waitFor();
      expect(await page.title()).toMatch(/^错误：/);
      expect(await page.evaluate(() => document.activeElement?.getAttribute("role"))).toBe("alert");
      await look("refused");

      await load("list.csv", `${HEADER},备注\n${row(1, "p2p")},无\n`);
      await page.getByRole("alert").getByText("第一行第 8 列的列名不认识").waitFor();
      const list = (sector: string) => `${HEADER}\n${row(1, "p2p")}\n${row(2, sector)}\n`;
      await load("list.csv", list("没有的领域"));
      await page.getByText("新导入 1 件，以前导入过 0 件，有问题 1 行").waitFor();
      expect(await page.title()).not.toMatch(/^错误/);
      await page.getByRole("cell", { name: "没有这个选项，可用的写法见列说明" }).waitFor();
      expect(await page.getByText("这里只列出前").count()).toBe(0);
      await look("faults");

      await load("list.csv", list("p2p"));
      await page.getByText("新导入 1 件，以前导入过 1 件，有问题 0 行").waitFor();
      await look("done");
    },
  );
});
