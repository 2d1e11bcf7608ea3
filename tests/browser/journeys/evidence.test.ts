import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { findRunningPostgres } from "~db/embedded/find-running";
import { dumpDatabase } from "~tests/canary/dump-database";
import { HEIC, PDF, photo } from "~tests/factories/evidence";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shoot } from "../screenshot";
import { press } from "./press";
import { doTheWork, fillReport } from "./file-report";
import { PLACES, asRationals, binaryForms, placesTable } from "./photo-places";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";

const TRIAGE = "演示·林知微";
let portal: ScratchPortal;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "portal-files-"));
  for (const [at, { name, latitude, longitude }] of PLACES.entries()) {
    const place = { latitude: asRationals(latitude), longitude: asRationals(longitude) };
    writeFileSync(path.join(folder, name), await photo(at + 1, place));
  }
  writeFileSync(path.join(folder, "合同.pdf"), PDF);
  writeFileSync(path.join(folder, "IMG_0001.HEIC"), HEIC);
  writeFileSync(path.join(folder, "记录.txt"), "2025 年 3 月 2 日，转账五万元。\n".repeat(50));
  portal = await startScratchPortal("evidence");
});
afterAll(async () => {
  await portal.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Every table as text and in binary, past all policies and compression, as one. */
async function everyTable(): Promise<Buffer> {
  const running = findRunningPostgres(path.join(portal.dataDir, "database"));
  if (running === null) throw new Error("the database does not run");
  const url = new URL(running.superuserUrl);
  url.pathname = "/portal";
  const into = mkdtempSync(path.join(tmpdir(), "portal-dump-"));
  try {
    // The database's own account writes there.
    chmodSync(into, 0o777);
    await dumpDatabase(url.href, into);
    return Buffer.concat(readdirSync(into).map((name) => readFileSync(path.join(into, name))));
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}

const file = (name: string) => path.join(folder, name);
const rows = (page: Page) => page.locator("[data-files] li");

async function begin(page: Page, name: string, site: string): Promise<void> {
  await fillReport(page, { name, site, wantsReward: false });
  await page.goto("/report/evidence");
}

async function send(page: Page): Promise<void> {
  await press(page.locator('main button[name="intent"][value="continue"]'));
  await page.waitForURL("**/report/**");
  await page.goto("/report/check");
  await doTheWork(page);
  await press(page.locator('button[name="intent"][value="submit"]'));
  await page.waitForURL("**/report/done");
}

/** Everything the server keeps on its disk, the database's files and its log, as one. */
function everythingKept(): Buffer {
  const below = readdirSync(portal.dataDir, { recursive: true, encoding: "utf8" }).map((name) =>
    path.join(portal.dataDir, name),
  );
  const files = below.filter((name) => statSync(name, { throwIfNoEntry: false })?.isFile());
  return Buffer.concat([...files.map((name) => readFileSync(name)), readFileSync(portal.logFile)]);
}

describe("GIVEN a reporter with photos", () => {
  browserTest(
    "WHEN there is no script THEN a plain form takes them, says what is wrong with one, and keeps the others",
    { timeout: 180_000 },
    async ({ openCitizen, openStaff }) => {
      const citizen = await openCitizen({
        origin: portal.origin,
        script: false,
        width: 390,
        locale: "zh-CN",
      });
      const page = await citizen.context.newPage();
      await begin(page, "带照片的平台", "photos-journey.example");
      await shoot(page, "evidence-empty-zh");
      await page.setInputFiles("#files", ["现场1.jpg", "现场2.jpg", "IMG_0001.HEIC", "现场3.jpg"].map(file));
      await press(page.locator('button[value="upload"]'));
      await page.locator("[data-error-summary]").waitFor();
      expect(await page.title()).toMatch(/^错误：/);
      expect(await page.locator("[data-error-summary]").innerText()).toContain(
        "IMG_0001.HEIC：这是苹果手机的 HEIC 照片",
      );
      // The summary stands first, and is there before the list on a busy machine.
      await expect.poll(() => rows(page).count()).toBe(4);
      await shoot(page, "evidence-refused-zh");
      await page.setViewportSize({ width: 1280, height: 900 });
      await shoot(page, "evidence-refused-zh");
      await page.setViewportSize({ width: 390, height: 844 });
      await press(page.locator('button[value="elder:1"]').first());
      await shoot(page, "evidence-elder-zh");
      await press(page.locator('[data-files] li[data-state="refused"] button'));
      await expect.poll(() => rows(page).count()).toBe(3);
      await send(page);

      const staff = await (await openStaff({ origin: portal.origin })).context.newPage();
      await staff.goto("/staff/sign-in");
      await staff.getByRole("button", { name: `以 ${TRIAGE} 的身份进入` }).click();
      await staff.locator("header", { hasText: TRIAGE }).waitFor();
      await staff.goto("/staff/board");
      await staff.getByText("带照片的平台").first().click();
      const item = staff.locator("li", { hasText: "现场2.jpg" }).first();
      await item.getByRole("button", { name: /^查看副本/ }).click();
      await item.locator("img").waitFor();
      expect(
        await item
          .locator("img")
          .evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalHeight)),
      ).toBe(80);
      await item.getByText("这是去掉元数据的工作副本").waitFor();
      await expectNoAxeFindings(staff);
      await shoot(staff, "lead-files");
      await item.getByRole("button", { name: /^查看原件/ }).click();
      await item.getByText("可能暴露举报人").waitFor();
      await shoot(staff, "lead-file-original");
      await item.getByRole("button", { name: /^仍要打开原件/ }).click();
      await item.getByText("与收到时的 SHA-256 一致").waitFor();
      await staff.setViewportSize({ width: 390, height: 844 });
      await shoot(staff, "lead-files");

      // The place, the maker, the names: nowhere in what the server keeps.
      const kept = everythingKept();
      // What is plain is found: the search reaches the database's files.
      expect(kept.includes("photos-journey.example")).toBe(true);
      for (const trace of ["CANARYPHONE", "MODEL-1", "现场1", "Exif", "123456/10000"]) {
        expect(kept.includes(Buffer.from(trace)), trace).toBe(false);
      }
      expect(kept.includes(readFileSync(file("现场1.jpg")).subarray(30, 60))).toBe(false);

      // Nor a coordinate, however written; and each form of the camera's own is found where it was put.
      for (const { name, latitude, longitude } of PLACES) {
        const taken = readFileSync(file(name));
        for (const angle of [latitude, longitude]) {
          expect(binaryForms(angle).filter((bytes) => taken.includes(bytes))).toHaveLength(2);
        }
      }
      const tables = await everyTable();
      expect(tables.includes("photos-journey.example")).toBe(true);
      const places = placesTable();
      expect(places.scan(readFileSync(file("现场1.jpg"))).length).toBeGreaterThan(0);
      expect(places.scan(kept)).toEqual([]);
      expect(places.scan(tables)).toEqual([]);
    },
  );

  browserTest(
    "WHEN there is a script THEN files go one by one, a broken connection is tried again, and the rest is kept",
    { timeout: 180_000 },
    async ({ openCitizen }) => {
      const citizen = await openCitizen({ origin: portal.origin, script: true, width: 1280, locale: "en" });
      const page = await citizen.context.newPage();
      await begin(page, "Script Photos", "script-photos.example");
      expect(await page.locator('button[value="upload"]').isVisible()).toBe(false);
      await expectNoAxeFindings(page);
      await shoot(page, "evidence-script-en");
      citizen.expectFinding(/ERR_FAILED|Failed to load resource/);
      let broken = 0;
      await page.route("**/report/evidence", async (route) => {
        if (route.request().method() === "POST" && broken < 1) {
          broken += 1;
          return route.abort();
        }
        return route.continue();
      });
      await page.setInputFiles("#files", ["合同.pdf", "现场1.jpg", "IMG_0001.HEIC", "记录.txt"].map(file));
      await page.locator('[data-files] li[data-name="记录.txt"]').waitFor({ timeout: 90_000 });
      expect(broken).toBe(1);
      expect(await rows(page).evaluateAll((all) => all.map((row) => row.getAttribute("data-state")))).toEqual(
        ["stored", "stored", "refused", "stored"],
      );
      expect(await page.locator("[data-upload-queue] li").count()).toBe(0);
      await expectNoAxeFindings(page);
      await shoot(page, "evidence-script-done-en");
      await page.unroute("**/report/evidence");
      // For good this time: the line stays, with a way to try again.
      await page.route("**/report/evidence", (route) =>
        route.request().method() === "POST" ? route.abort() : route.continue(),
      );
      await page.setInputFiles("#files", [file("现场2.jpg")]);
      await page.locator("[data-retry]:visible").waitFor({ timeout: 20_000 });
      await expectNoAxeFindings(page);
      await shoot(page, "evidence-script-lost-en");
      await page.unroute("**/report/evidence");
      await press(page.locator("[data-retry]:visible"));
      await page.locator('[data-files] li[data-name="现场2.jpg"]').waitFor();
      await page.setViewportSize({ width: 390, height: 844 });
      await shoot(page, "evidence-script-done-en");
      await press(page.locator('[data-files] li[data-state="refused"] button'));
      await expect.poll(() => rows(page).count()).toBe(4);
      await send(page);
    },
  );
});
