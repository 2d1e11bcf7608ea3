import { readFileSync } from "node:fs";
import { sql } from "drizzle-orm";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { withActor } from "~db/with-actor.server";
import { spreadNews } from "~server/jobs/spread-news.server";
import { noteNews } from "~server/notifications/note-news.server";
import { systemActor } from "~server/staff-auth/actor";
import { leaveAddress } from "~tests/factories/left-address";
import { makePerson, sendReport } from "~tests/factories/make-lead";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shoot } from "../screenshot";
import { besidePortal } from "./beside-portal";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { enrolPerson, statusOf } from "./staff-person";

const DESK = "演示·苏既白";
const TRIAGE = "演示·林知微";
const ADMINISTRATOR = "演示·程既明";
const CANARY = "journey.canary@reporter.example";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("notices");
});
afterAll(() => portal.stop());

async function enterAs(page: Page, name: string): Promise<void> {
  await page.goto("/staff/sign-in");
  await page.getByRole("button", { name: `以 ${name} 的身份进入` }).click();
  await page.locator("header", { hasText: name }).waitFor();
}

async function shootBoth(page: Page, name: string): Promise<void> {
  await shoot(page, name);
  await page.setViewportSize({ width: 390, height: 844 });
  await shoot(page, name);
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** Reporters with an address whose leads were moved: what a triage officer's act brings about. */
async function withNews(addresses: readonly string[], leadNews: boolean): Promise<void> {
  await besidePortal(portal, async (beside) => {
    const triage = await makePerson(beside, "leading-office", ["triage_officer"]);
    for (const address of addresses) {
      const { tipId, leadId } = await sendReport(beside, {
        narrative: {
          narrative: "这是一份带有邮箱的举报，写得很长，足够二十个字以上，用来核对邮件里没有它。",
        },
      });
      await leaveAddress(beside, tipId, address);
      await withActor(beside.db, triage, (tx) =>
        noteNews(tx, leadNews ? { leadId } : { tipIds: [tipId] }, "2026-11-20"),
      );
    }
    await spreadNews(beside.db);
  });
}

describe("GIVEN reporters who left an address and have news", () => {
  browserTest(
    "WHEN the notice desk sends the waiting notices THEN each gets one mail that says only that there is news",
    { timeout: 180_000 },
    async ({ openStaff }) => {
      await withNews([CANARY, ...Array.from({ length: 24 }, (_, at) => `r${at}@reporter.example`)], true);
      // What a form could not let through, sealed all the same.
      await withNews(["not an address"], false);
      const watched = await openStaff({ origin: portal.origin });
      const desk = await watched.context.newPage();
      await enterAs(desk, DESK);
      await desk.goto("/staff/mailbox");
      await desk.getByText("还没有邮件").waitFor();
      await expectNoAxeFindings(desk);
      await shootBoth(desk, "mailbox-empty");

      await desk.goto("/staff/notices");
      await desk.getByText("有 26 封通知等待发送").waitFor();
      await desk.locator("button:enabled", { hasText: "发送等待的 26 封通知" }).waitFor();
      await expectNoAxeFindings(desk);
      await shootBoth(desk, "notices-waiting");
      const answers: string[] = [];
      desk.on("response", (response) => {
        if (response.url().includes("/staff/notices"))
          void response.text().then(
            (text) => answers.push(text),
            () => undefined,
          );
      });
      await desk.getByRole("button", { name: "发送等待的 26 封通知" }).click();
      await desk.locator("[data-end='done']").waitFor({ timeout: 60_000 });
      await desk.getByText("发出 25 封，没有发出 1 封").waitFor();
      expect(await desk.locator("tr[data-state='sent']").count()).toBe(25);
      expect(await desk.locator("tr[data-state='no_address']").count()).toBe(1);
      await desk.getByText("有 1 封通知等待发送").waitFor();
      expect(answers.join("\n")).not.toContain("canary");
      await expectNoAxeFindings(desk);
      await shootBoth(desk, "notices-sent");

      await desk.getByRole("button", { name: "打不开或没有可用邮箱的 1 封不再通知" }).click();
      await desk.getByText("没有等待发送的通知").waitFor();

      await desk.goto("/staff/mailbox");
      const mail = desk.locator("article", { hasText: CANARY });
      expect(await mail.count()).toBe(1);
      const text = await mail.innerText();
      expect(text).toContain("您有一条新消息");
      expect(text).toContain(`${portal.origin}/status`);
      expect(text).not.toMatch(/带有邮箱的举报|线索|禾苗|回执是|[0-9a-f]{8}-[0-9a-f]{4}/);
      await expectNoAxeFindings(desk);
      await shootBoth(desk, "mailbox-mails");
      expect(readFileSync(portal.logFile, "utf8")).not.toContain("canary");

      const triage = await (await openStaff({ origin: portal.origin })).context.newPage();
      await enterAs(triage, TRIAGE);
      expect(await statusOf(triage, "/staff/notices")).toBe(404);
    },
  );

  browserTest(
    "WHEN mails were refused or their fate is unknown THEN a member decides about each",
    { timeout: 120_000 },
    async ({ openStaff }) => {
      await besidePortal(portal, async (beside) => {
        await withActor(beside.db, systemActor("test"), async (tx) => {
          await tx.execute(sql`update notices set status = 'dropped' where status = 'waiting'`);
        });
      });
      await withNews(["a@reporter.example", "b@reporter.example", "c@reporter.example"], false);
      await besidePortal(portal, async (beside) => {
        await withActor(beside.db, systemActor("test"), async (tx) => {
          await tx.execute(
            sql`update notices set status = 'sending', claimed_at = now() where status = 'waiting'`,
          );
          await tx.execute(
            sql`update notices set status = 'unknown', claimed_at = null, fault = 'interrupted', attempts = 1
                 where id = (select id from notices where status = 'sending' order by id limit 1)`,
          );
          await tx.execute(
            sql`update notices set status = 'unsent', claimed_at = null, fault = '550', attempts = 1 where status = 'sending'`,
          );
        });
      });
      const desk = await (await openStaff({ origin: portal.origin })).context.newPage();
      await enterAs(desk, DESK);
      await desk.goto("/staff/notices");
      await desk.getByText("被拒收的通知").waitFor();
      await desk.getByText("对方邮件服务器拒收（550）").first().waitFor();
      await expectNoAxeFindings(desk);
      await shootBoth(desk, "notices-stuck");
      const refused = desk.locator("section", { hasText: "被拒收的通知" });
      await refused.getByRole("button", { name: "重新排队" }).click();
      await desk.getByText("请先勾选要处理的通知").first().waitFor();
      await shootBoth(desk, "notices-none-ticked");
      await refused.getByRole("checkbox").first().check();
      await refused.getByRole("button", { name: "重新排队" }).click();
      await desk.getByText("已处理 1 封").waitFor();
      await desk.getByText("有 1 封通知等待发送").waitFor();
      const unknown = desk.locator("section", { hasText: "结果不明的通知" });
      await unknown.getByRole("checkbox").check();
      await unknown.getByRole("button", { name: "不再通知" }).click();
      await expect.poll(() => desk.locator("section", { hasText: "结果不明的通知" }).count()).toBe(0);
    },
  );

  browserTest(
    "WHEN an administrator invites somebody with an address THEN the link is in the mail and on no page",
    { timeout: 120_000 },
    async ({ openStaff }) => {
      const page = await enrolPerson(portal, openStaff, ADMINISTRATOR);
      await page.goto("/staff/people");
      const form = page.locator("section", { hasText: "邀请工作人员" });
      await form.getByLabel("姓名").fill("邮件新同事");
      await form.getByLabel("单位").selectOption({ index: 1 });
      await form.getByLabel("邮箱（可不填）").fill("new.officer@office.example");
      await form.getByLabel("研判员").check();
      await shootBoth(page, "people-invite-mail");
      await form.getByRole("button", { name: "邀请" }).click();
      await page.getByText("登记链接将发到对方邮箱").waitFor();
      expect(await page.content()).not.toContain("/staff/enrol#");
      await page.goto("/staff/mail");
      await page.getByRole("heading", { name: "邮件发送" }).waitFor();
      await expectNoAxeFindings(page);
      await shootBoth(page, "mail-staff");
      await expect
        .poll(
          async () => {
            await page.goto("/staff/mailbox");
            return page.locator("article", { hasText: "new.officer@office.example" }).count();
          },
          { timeout: 30_000, interval: 1_000 },
        )
        .toBe(1);
      const mail = await page.locator("article", { hasText: "new.officer@office.example" }).innerText();
      const link = /http:\/\/localhost:\d+\/staff\/enrol#[A-Za-z0-9_-]{43}/.exec(mail)?.[0] ?? "";
      const invited = await (await openStaff({ origin: portal.origin })).context.newPage();
      await invited.goto(link);
      await invited.getByRole("button", { name: "登记这台设备" }).waitFor();
    },
  );
});
