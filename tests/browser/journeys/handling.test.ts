import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { PDF, photo } from "~tests/factories/evidence";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shootBoth } from "../screenshot";
import { doTheWork, fillReport, openStatus, readNumbers } from "./file-report";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { enrolPerson, statusOf } from "./staff-person";

const SUBJECT = "处置全程的平台";
let portal: ScratchPortal;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "portal-handling-"));
  writeFileSync(path.join(folder, "王小明的照片.jpg"), await photo(1));
  writeFileSync(path.join(folder, "王小明的合同.pdf"), PDF);
  portal = await startScratchPortal("handling");
});
afterAll(async () => {
  await portal.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Files the report, then sends one more picture with its receipt. */
async function fileWithEvidence(page: Page): Promise<void> {
  await fillReport(page, { name: SUBJECT, site: "handling-journey.example", wantsReward: false });
  await page.goto("/report/evidence");
  await page.setInputFiles(
    "#files",
    ["王小明的照片.jpg", "王小明的合同.pdf"].map((name) => path.join(folder, name)),
  );
  await page.locator('button[value="upload"]').click();
  await expect.poll(() => page.locator("[data-files] li").count()).toBe(2);
  await page.locator('main button[name="intent"][value="continue"]').click();
  await page.goto("/report/check");
  await doTheWork(page);
  await page.locator('button[name="intent"][value="submit"]').click();
  await page.waitForURL("**/report/done");
  await openStatus(page, await readNumbers(page));
  await page.fill("#text", "又找到一份合同。");
  await page.setInputFiles("#files", path.join(folder, "王小明的合同.pdf"));
  await page.locator('button[name="intent"][value="message"]').click();
  await page.getByText("又找到一份合同。").waitFor();
}

/** Unfolds a form of the page, fills it in and sends it; `of` is what its fields' ids begin with. */
async function send(page: Page, title: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const form = page
    .locator("details", { has: page.locator("summary", { hasText: new RegExp(`^${title}$`) }) })
    .first();
  await form.locator("summary").click();
  for (const [name, value] of Object.entries(fields)) {
    const field = form.locator(`[name='${name}']`);
    const choice = await field.evaluate((one) => one.tagName === "SELECT");
    await (choice ? field.selectOption(value) : field.fill(value));
  }
  await form.locator("button[type='submit']").click();
}

describe("GIVEN a lead a body has accepted", () => {
  browserTest(
    "WHEN it is told to mend, does not, and goes to the police THEN the bundle opens with standard tools and its hashes agree",
    { timeout: 240_000 },
    async ({ openCitizen, openStaff }) => {
      const citizen = await openCitizen({
        origin: portal.origin,
        script: false,
        width: 390,
        locale: "zh-CN",
      });
      await fileWithEvidence(await citizen.context.newPage());
      const triage = await (await openStaff({ origin: portal.origin })).context.newPage();
      await triage.goto("/staff/sign-in");
      await triage.getByRole("button", { name: "以 演示·林知微 的身份进入" }).click();
      await triage.locator("header", { hasText: "林知微" }).waitFor();
      await triage.goto("/staff/board");
      await triage.getByText(SUBJECT).first().click();
      await triage.waitForURL("**/staff/leads/*");
      const lead = new URL(triage.url()).pathname;
      await triage.getByRole("button", { name: "确认转办" }).click();
      await triage.waitForURL(/done=dispatched/);
      await triage.getByText("份内容的密钥已移交给").waitFor({ timeout: 30_000 });

      const officer = await enrolPerson(portal, openStaff, "演示·秦守拙");
      await officer.goto(`${lead}?move=investigating`);
      await officer.locator("form:has(input[name='to'][value='investigating']) button").first().click();
      await officer.waitForURL(/done=moved/);
      await officer.getByRole("link", { name: "措施、文书、登记保存和移送" }).click();
      await officer.waitForURL("**/handling");
      await officer.getByText("还没有发出文书").waitFor();
      await shootBoth(officer, "handling-empty");
      await expectNoAxeFindings(officer);
      const today = await officer.evaluate(() =>
        new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10),
      );

      // 整改意见书: without a clause it comes back with what was typed.
      const notice = { legalBasis: "方案五(二)", items: "承诺保本保息", days: "15", unit: "working" };
      await send(officer, "发出整改意见书", notice);
      await officer.getByText("每行都要写明依据条款").first().waitFor();
      expect(await officer.locator("#rectify-items").inputValue()).toBe("承诺保本保息");
      await shootBoth(officer, "handling-refused");
      await officer.fill("#rectify-items", "承诺保本保息｜网贷暂行办法 第十条");
      await officer.locator("details:has(#rectify-items) button[type='submit']").click();
      await officer.waitForURL(/done=issued/);
      const download = officer.waitForEvent("download");
      await officer.getByRole("link", { name: "打印（PDF）" }).click();
      const pdf = await download;
      expect(pdf.suggestedFilename()).toMatch(/^rectify-\d{4}-1\.pdf$/);
      const printed = readFileSync(await pdf.path());
      expect(printed.subarray(0, 5).toString()).toBe("%PDF-");
      expect(printed.subarray(-8).toString()).toContain("%%EOF");

      await send(officer, "登记送达（发出）", { onDay: today });
      await officer.locator("li", { hasText: "送达（发出）" }).waitFor();
      await send(officer, "登记回头看", { onDay: today, result: "not_done", note: "仍在宣传保本保息" });
      await officer.locator("li", { hasText: "未整改" }).waitFor();
      await send(officer, "办结", { onDay: today, result: "ban" });
      await officer.locator("li", { hasText: "建议取缔" }).waitFor();

      // 移送: the bundle is made in this browser.
      await send(officer, "移送公安机关", {
        recipient: "金华市公安局",
        legalBasis: "行政处罚法 第二十七条",
        reason: "涉嫌非法吸收公众存款",
        items: "举报材料\n整改意见书",
      });
      await officer.getByRole("link", { name: "生成材料包" }).click();
      await officer.waitForURL("**/evidence?*");
      await officer.getByText("2 个文件").waitFor();
      await officer.getByText("后续补充：1 个文件").waitFor();
      await expectNoAxeFindings(officer);
      await shootBoth(officer, "handling-bundle");
      const bundled = officer.waitForEvent("download");
      await officer.getByRole("button", { name: "生成并保存材料包" }).click();
      const zip = await (await bundled).path();
      const shown = await officer.locator("[data-manifest-sha256]").innerText();

      execFileSync("unzip", ["-q", zip, "-d", path.join(folder, "opened")]);
      const opened = path.join(folder, "opened");
      const checked = execFileSync("sha256sum", ["-c", "--strict", "manifest.txt"], {
        cwd: opened,
        encoding: "utf8",
      });
      expect(checked.trim().split("\n")).toEqual([
        "reports/0001/01.jpg: OK",
        "reports/0001/02.pdf: OK",
        "reports/0001/later-1/01.pdf: OK",
        "manifest.json: OK",
      ]);
      const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
      expect(hash(readFileSync(path.join(opened, "manifest.txt")))).toBe(shown);
      expect(readFileSync(path.join(opened, "reports/0001/02.pdf")).equals(PDF)).toBe(true);
      // Nothing of the reporter: no file name, no place or maker in the picture, no way or wish of reporting.
      const manifest = readFileSync(path.join(opened, "manifest.json"), "utf8");
      expect(manifest).toContain(SUBJECT);
      expect(manifest).toContain(hash(readFileSync(path.join(folder, "王小明的照片.jpg"))));
      for (const trace of ["王小明", "anonymous", "wantsReward", "channel", "relative"])
        expect(manifest, trace).not.toContain(trace);
      const picture = readFileSync(path.join(opened, "reports/0001/01.jpg"));
      expect(picture.includes("CANARYPHONE")).toBe(false);

      await officer.getByRole("link", { name: "返回分类处置" }).click();
      await officer.locator("code", { hasText: shown }).waitFor();
      await send(officer, "登记公安机关回执", {
        onDay: today,
        result: "accepted",
        documentNumber: "金公（经）立字〔2026〕12号",
      });
      await officer.locator("li", { hasText: "受理" }).waitFor();
      await expectNoAxeFindings(officer);
      await shootBoth(officer, "handling-done");
      // Another body's officer finds none of it.
      expect(await statusOf(triage, `${lead}/handling`)).toBe(200);
      expect(
        await statusOf(officer, `/staff/leads/${"0".repeat(8)}-0000-7000-8000-${"0".repeat(12)}/handling`),
      ).toBe(404);
    },
  );
});
