import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { HEIC, PDF, photo } from "~tests/factories/evidence";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shoot, shootBoth } from "../screenshot";
import { press } from "./press";
import { doTheWork, fileReport, fillReport, openStatus, readNumbers } from "./file-report";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";

// A message with files, from the reporter's box to the lead's thread, and an opened page that must not get lost.

const TRIAGE = "演示·林知微";
let portal: ScratchPortal;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "portal-status-files-"));
  writeFileSync(path.join(folder, "收据照片.jpg"), await photo(7));
  writeFileSync(path.join(folder, "合同.pdf"), PDF);
  writeFileSync(path.join(folder, "IMG_0002.HEIC"), HEIC);
  portal = await startScratchPortal("status-files");
});
afterAll(async () => {
  await portal.stop();
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string) => path.join(folder, name);
const phone = () => ({ origin: portal.origin, script: false, width: 390, locale: "zh-CN" }) as const;
const desk = () => ({ origin: portal.origin, script: true, width: 1280, locale: "zh-CN" }) as const;
const SEND = 'button[name="intent"][value="message"]';

async function openThread(page: Page, name: string): Promise<void> {
  await page.goto("/staff/sign-in");
  await press(page.getByRole("button", { name: `以 ${TRIAGE} 的身份进入` }));
  await page.locator("header", { hasText: TRIAGE }).waitFor();
  await page.goto(`/staff/board?name=${encodeURIComponent(name)}`);
  await press(page.getByRole("link", { name, exact: true }));
  await page.getByRole("heading", { level: 1, name }).waitFor();
  await press(page.getByText(/与举报人的消息（/));
  await page.locator("[data-thread='ready']").waitFor();
}

/** As it would be printed, on a sheet about as wide as A4. */
async function onPaper(page: Page, name: string): Promise<void> {
  await page.emulateMedia({ media: "print" });
  await shoot(page, `paper-${name}`);
  await page.emulateMedia({ media: null });
}

async function onPaperNothingToPress(page: Page): Promise<void> {
  await page.emulateMedia({ media: "print" });
  expect(await page.locator("main :is(a, button, input, textarea):visible").count()).toBe(0);
  await page.emulateMedia({ media: null });
}

const says = (page: Page, text: string) => page.locator("main", { hasText: text }).waitFor();

describe("GIVEN a reporter who opened their report", () => {
  browserTest(
    "WHEN a file goes with a message, without script THEN staff open it on the lead's thread",
    { timeout: 240_000 },
    async ({ openCitizen, openStaff }) => {
      const name = "随信附件一号";
      const { context } = await openCitizen(phone());
      const page = await context.newPage();
      await fillReport(page, { name, site: "files-one.example", wantsReward: false });
      await page.goto("/report/evidence");
      await page.setInputFiles("#files", ["收据照片.jpg", "合同.pdf"].map(file));
      await press(page.locator('main button[value="continue"]'));
      await page.goto("/report/check");
      expect(await page.innerText("main")).toContain("收据照片.jpg");
      await shootBoth(page, "check-files-zh");
      await onPaper(page, "check-files-zh");
      await onPaperNothingToPress(page);
      await press(page.locator('button[value="elder:1"]'));
      await page.locator("html.elder").waitFor();
      await shoot(page, "check-files-elder-zh");
      await press(page.locator('button[value="elder:0"]'));
      // The page before this one asked for the work too.
      await page.locator("html:not(.elder)").waitFor();
      await doTheWork(page);
      await press(page.locator('button[name="intent"][value="submit"]'));
      await page.waitForURL("**/report/done");
      const numbers = await readNumbers(page);
      await onPaper(page, "done-zh");
      await onPaperNothingToPress(page);
      await page.fill('[name="ending"]', numbers.split(" ").slice(8).join(" "));
      await press(page.locator('main form:has([name="ending"]) button[type="submit"]').first());
      await page.waitForURL("**/report/sent");
      await openStatus(page, numbers);
      await says(page, "附上文件");
      await onPaper(page, "status-files-zh");
      await onPaperNothingToPress(page);
      await page.fill("#text", "这是收据和合同。");

      // Another language, larger type, and back: the page stays, and what was typed with it.
      await press(page.locator('button[value="lang:en"]'));
      await says(page, "Attach files");
      expect(await page.getAttribute("html", "lang")).toBe("en");
      expect(page.url()).toBe(`${portal.origin}/status`);
      expect(await page.inputValue("#text")).toBe("这是收据和合同。");
      await press(page.locator('button[value="elder:1"]'));
      await page.locator("html.elder").waitFor();
      await shoot(page, "status-files-elder-en");
      await press(page.locator('button[value="lang:zh-CN"]'));
      await says(page, "附上文件");
      expect(await page.locator("html.elder").count()).toBe(1);
      await shoot(page, "status-files-elder-zh");
      expect((await context.cookies()).map((cookie) => cookie.name).sort()).toEqual(["elder", "lang"]);
      expect(await page.content()).not.toContain(numbers.replaceAll(" ", ""));
      await press(page.locator('button[value="ask-withdraw"]'));
      await press(page.locator('button[value="elder:0"]'));
      await page.locator('button[value="keep"]').waitFor();
      expect(await page.locator("html.elder").count()).toBe(0);
      await press(page.locator('button[value="keep"]'));

      await page.fill("#text", "这是收据和合同。");
      await page.setInputFiles("#files", ["收据照片.jpg", "IMG_0002.HEIC"].map(file));
      await press(page.locator(SEND));
      await page.locator("[data-error-summary]").waitFor();
      expect(await page.title()).toMatch(/^错误：/);
      expect(await page.inputValue("#text")).toBe("这是收据和合同。");
      await shoot(page, "status-files-refused-zh");
      await page.setInputFiles("#files", ["收据照片.jpg", "合同.pdf"].map(file));
      await press(page.locator(SEND));
      await says(page, "附有 2 个文件");
      await shoot(page, "status-files-sent-zh");

      const staff = await (await openStaff({ origin: portal.origin })).context.newPage();
      await openThread(staff, name);
      await staff.getByText("这是收据和合同。").waitFor();
      const item = staff.locator("[data-thread] li", { hasText: "收据照片.jpg" }).last();
      await item
        .getByRole("button", { name: /^查看副本/ })
        .first()
        .click();
      const picture = staff.locator("[data-thread] img").first();
      await picture.waitFor();
      expect(
        await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalHeight)),
      ).toBe(80);
      await expectNoAxeFindings(staff);
      await shootBoth(staff, "thread-files");
    },
  );

  browserTest(
    "WHEN there is a script THEN a bar shows how far the files are, and a broken connection costs nothing",
    { timeout: 240_000 },
    async ({ openCitizen }) => {
      const watched = await openCitizen(desk());
      const page = await watched.context.newPage();
      const numbers = await fileReport(page, {
        name: "随信附件二号",
        site: "files-two.example",
        wantsReward: false,
      });
      await openStatus(page, numbers);
      await says(page, "附上文件");
      watched.expectFinding(/ERR_FAILED|Failed to load resource/);
      let broken = 0;
      await page.route("**/status", async (route) => {
        if (route.request().method() === "POST" && broken < 3) {
          broken += 1;
          return route.abort();
        }
        return route.continue();
      });
      await page.fill("#text", "网络断过几次。");
      await page.setInputFiles("#files", file("收据照片.jpg"));
      await press(page.locator(SEND));
      await page.locator("[data-retry]:visible").waitFor({ timeout: 20_000 });
      expect(await page.inputValue("#text")).toBe("网络断过几次。");
      await expectNoAxeFindings(page);
      await shootBoth(page, "status-files-lost-zh");
      await press(page.locator("[data-retry]:visible"));
      await says(page, "附有 1 个文件");
      expect(page.url()).toBe(`${portal.origin}/status`);
      await page.locator('main [role="status"]:focus').waitFor();
      await expectNoAxeFindings(page);
      await shootBoth(page, "status-files-done-zh");
      // The page that took its place works like any other: a refused file, then a good one.
      await page.setInputFiles("#files", file("IMG_0002.HEIC"));
      await press(page.locator(SEND));
      await page.locator("[data-error-summary]:focus").waitFor();
      expect(await page.title()).toMatch(/^错误：/);
      await page.setInputFiles("#files", file("合同.pdf"));
      await press(page.locator(SEND));
      await expect.poll(() => page.locator("#messages li").count()).toBe(2);
      expect(await page.title()).not.toMatch(/^错误：/);
      await press(page.locator('button[value="elder:1"]'));
      await page.locator("html.elder").waitFor();
      await says(page, "网络断过几次。");
    },
  );
});
