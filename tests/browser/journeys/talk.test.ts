import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shoot } from "../screenshot";
import { press } from "./press";
import { besidePortal } from "./beside-portal";
import { fileReport, openStatus } from "./file-report";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";

const TRIAGE = "演示·林知微";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("talk");
});
afterAll(() => portal.stop());

const phone = () => ({ origin: portal.origin, script: false, width: 390, locale: "zh-CN" }) as const;
const desk = () => ({ origin: portal.origin, script: true, width: 1280, locale: "en" }) as const;

async function enterAsTriage(page: Page): Promise<void> {
  await page.goto("/staff/sign-in");
  await page.getByRole("button", { name: `以 ${TRIAGE} 的身份进入` }).click();
  await page.locator("header", { hasText: TRIAGE }).waitFor();
}

async function shootBoth(page: Page, name: string): Promise<void> {
  await shoot(page, name);
  await page.setViewportSize({ width: 390, height: 844 });
  await shoot(page, name);
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** The lead of a report, by its subject's name, found as triage finds it; then its talk with the reporter. */
async function openThread(page: Page, name: string): Promise<void> {
  await page.goto(`/staff/board?name=${encodeURIComponent(name)}`);
  await page.getByRole("link", { name, exact: true }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  await page.getByText(/与举报人的消息（/).click();
  await page.locator("[data-thread='ready']").waitFor();
}

/** Waits for the page that says so: an answer takes its time on a busy machine. */
async function says(page: Page, text: string): Promise<void> {
  await page.locator("main", { hasText: text }).waitFor();
}

/** What anybody looking over a shoulder, at the address bar or in the history would learn. */
async function nothingLeftOf(page: Page, numbers: string): Promise<void> {
  expect(page.url()).toBe(`${portal.origin}/status`);
  expect(await page.title()).not.toMatch(/\d{4}/);
  const content = await page.content();
  expect(content).not.toContain(numbers);
  expect(content).not.toContain(numbers.replaceAll(" ", ""));
}

describe("GIVEN an anonymous reporter without script", () => {
  browserTest(
    "WHEN triage asks a question THEN the reporter reads and answers it by the receipt, and triage reads the answer",
    { timeout: 240_000 },
    async ({ openCitizen, openStaff }) => {
      const name = "听雨轩理财";
      const reporter = await (await openCitizen(phone())).context.newPage();
      const numbers = await fileReport(reporter, { name, site: "tingyu-talk.example", wantsReward: false });
      // Axe needs a script: the same pages, opened beside with the same receipt.
      const beside = await (await openCitizen({ ...phone(), script: true })).context.newPage();
      const checkBeside = async () => {
        await openStatus(beside, numbers);
        await beside.locator("#messages").waitFor();
        await expectNoAxeFindings(beside);
      };
      await openStatus(reporter, numbers);
      await says(reporter, "还没有消息");
      await shoot(reporter, "talk-status-empty");
      await checkBeside();

      const triage = await (await openStaff({ origin: portal.origin })).context.newPage();
      await enterAsTriage(triage);
      const posted: string[] = [];
      triage.on("request", (request) => posted.push(request.postData() ?? ""));
      await openThread(triage, name);
      await triage.getByRole("button", { name: "加密并发送" }).click();
      await triage.getByText("请先写内容再发送。").waitFor();
      await triage.getByLabel("常用语").selectOption({ label: "询问付款凭证" });
      const box = triage.getByLabel("给举报人写消息");
      await box.fill(`${await box.inputValue()}\n谢谢您的耐心。`);
      await shootBoth(triage, "talk-staff-write");
      await triage.getByRole("button", { name: "加密并发送" }).click();
      await triage.getByText("已发送。").waitFor();
      await triage.getByText("谢谢您的耐心。").waitFor();
      await triage.getByText("对方还没有看").waitFor();
      expect(posted.join("\n")).not.toContain("谢谢您的耐心");
      await expectNoAxeFindings(triage);

      await openStatus(reporter, numbers);
      await says(reporter, "等您回答");
      await shoot(reporter, "talk-status-question");
      const asked = await reporter.innerText("main");
      for (const part of ["等您回答", "谢谢您的耐心。", "提问", "新"]) expect(asked).toContain(part);
      expect(asked).not.toContain("林知微");
      await checkBeside();
      await nothingLeftOf(reporter, numbers);
      // Sent empty it comes back with a summary; then with words.
      await press(reporter.locator('button[name="intent"][value="message"]'));
      await reporter.locator("[data-error-summary]").waitFor();
      expect(await reporter.title()).toMatch(/^错误：/);
      await shoot(reporter, "talk-status-error");
      await press(beside.locator('button[name="intent"][value="message"]'));
      await beside.locator("[data-error-summary]").waitFor();
      expect(await beside.title()).toMatch(/^错误：/);
      await expectNoAxeFindings(beside);
      await reporter.fill("#text", "有的，三月五日从手机银行转了五万元，收款人是周某。");
      await press(reporter.locator('button[name="intent"][value="message"]'));
      await says(reporter, "消息已经收到");
      await nothingLeftOf(reporter, numbers);
      await shoot(reporter, "talk-status-sent");
      // Sent again by going back: still one.
      await reporter.reload();
      await expect.poll(() => reporter.locator("#messages li").count()).toBe(2);

      await triage.goto("/staff/board?news=yes");
      await triage.getByText("1 条新消息").first().waitFor();
      await shootBoth(triage, "talk-board-news");
      await expectNoAxeFindings(triage);
      await triage.getByRole("link", { name, exact: true }).click();
      await triage.getByText("有新消息的举报：").waitFor();
      await shootBoth(triage, "talk-lead-news");
      await triage.getByText(/与举报人的消息（/).click();
      await triage.getByText("从手机银行转了五万元").waitFor();
      await shootBoth(triage, "talk-staff-thread");
      // Opened, it is new to nobody any more.
      await expect.poll(() => triage.getByText("有新消息的举报：").count()).toBe(0);

      await triage.locator("summary", { hasText: "不予受理" }).click();
      await triage.getByLabel("说明").fill("不属于本办受理的范围。");
      await triage.getByRole("button", { name: "不予受理" }).click();
      await triage.waitForURL(/done=moved/);

      await openStatus(reporter, numbers);
      await says(reporter, "结论：不予受理");
      await shoot(reporter, "talk-status-closed");
      await checkBeside();
      await reporter.fill("#reason", "他们收的是老年人的存款，应当受理。");
      await press(reporter.locator('button[name="intent"][value="reopen"]'));
      await says(reporter, "正等研判人员答复");
      await shoot(reporter, "talk-status-wish");
      await checkBeside();

      await triage.goto("/staff/board?news=yes");
      await triage.getByText("申请重新打开").first().waitFor();
      await shootBoth(triage, "talk-board-wish");
      await openThread(triage, name);
      await triage.getByText("应当受理").waitFor();
      await shootBoth(triage, "talk-staff-wish");
      await expectNoAxeFindings(triage);
      await triage.getByRole("button", { name: "重新打开，移回研判" }).click();
      await triage.getByText("请写明重新打开的理由。").first().waitFor();
      await triage.getByLabel("重新打开的理由").fill("举报人补充了收款对象。");
      await triage.getByRole("button", { name: "重新打开，移回研判" }).click();
      await triage.getByText("线索已重新打开，回到“研判”。").waitFor();

      await openStatus(reporter, numbers);
      await says(reporter, "重新打开，再次研判");
      const after = await reporter.innerText("main");
      expect(after).toContain("重新打开，再次研判");
      expect(after).toContain("已重新打开");
      await shoot(reporter, "talk-status-reopened");
    },
  );
});

describe("GIVEN a reporter at a desk in English", () => {
  browserTest(
    "WHEN their closed report is not opened again THEN they read why, and a page left open loses no words",
    { timeout: 180_000 },
    async ({ openCitizen, openStaff }) => {
      const name = "Harbour Gain";
      const reporter = await (await openCitizen(desk())).context.newPage();
      const numbers = await fileReport(reporter, { name, site: "harbour-talk.example", wantsReward: false });
      await besidePortal(portal, ({ db }) =>
        db.orm.transaction(async (tx) => {
          await tx.execute(`select set_config('app.actor_kind', 'system', true)`);
          await tx.execute(
            `update leads set stage = 'closed', closure_code = 'insufficient', closed_at = now() where name = '${name}'`,
          );
          // The move the reporter is told of.
          await tx.execute(
            `insert into events (id, recorded_on, recorded_at, actor_kind, action, lead_id, subject_table, subject_id, data)
             select gen_random_uuid(), (now() at time zone 'Asia/Shanghai')::date, now(), 'system', 'lead.moved', id, 'leads', id::text,
                    '{"from":"triage","to":"closed"}'
               from leads where name = '${name}'`,
          );
        }),
      );
      await openStatus(reporter, numbers);
      await says(reporter, "Outcome: insufficient evidence");
      await shoot(reporter, "talk-status-closed-en");
      await expectNoAxeFindings(reporter);
      await reporter.fill("#reason", "I found the contract.");
      await press(reporter.locator('button[name="intent"][value="reopen"]'));
      await says(reporter, "We have your request");

      const triage = await (await openStaff({ origin: portal.origin })).context.newPage();
      await enterAsTriage(triage);
      await openThread(triage, name);
      await triage.getByText("I found the contract.").waitFor();
      await triage.getByText("不重新打开，答复举报人").click();
      await triage.getByLabel("答复", { exact: true }).fill("The contract is about another company.");
      await shootBoth(triage, "talk-staff-decline");
      await triage.getByRole("button", { name: "不重新打开，发送答复" }).click();
      await triage.getByText("申请重新打开，没有同意").waitFor();
      await shootBoth(triage, "talk-staff-declined");

      await openStatus(reporter, numbers);
      await says(reporter, "not granted");
      const told = await reporter.innerText("main");
      expect(told).toContain("not granted");
      expect(told).toContain("The contract is about another company.");
      await shoot(reporter, "talk-status-declined-en");
      await expectNoAxeFindings(reporter);
      // A page that ran out: its token opens nothing.
      await reporter.evaluate(() => {
        for (const field of document.querySelectorAll<HTMLInputElement>('input[name="token"]'))
          field.value = "old";
      });
      await reporter.fill("#text", "Then please look at the transfer slip.");
      await press(reporter.locator('button[name="intent"][value="message"]'));
      await reporter.locator("#keptText").waitFor();
      expect(await reporter.inputValue("#keptText")).toBe("Then please look at the transfer slip.");
      await shoot(reporter, "talk-status-expired-en");
      await expectNoAxeFindings(reporter);
      await reporter.fill("#receipt", numbers);
      await press(reporter.locator('main form button[type="submit"]').first());
      await says(reporter, "has not been sent yet");
      expect(await reporter.inputValue("#text")).toBe("Then please look at the transfer slip.");
      await press(reporter.locator('button[name="intent"][value="message"]'));
      await expect.poll(() => reporter.locator("#messages li").count()).toBe(3);
    },
  );
});
