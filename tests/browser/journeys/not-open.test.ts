import { afterAll, beforeAll, describe, expect } from "vitest";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shoot } from "../screenshot";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("not-open", { DEMO: "off" });
});
afterAll(() => portal.stop());

describe("GIVEN an office that has not made its keys", () => {
  for (const { locale, width, title } of [
    { locale: "zh-CN", width: 390, title: "平台还没有开通" },
    { locale: "en", width: 1280, title: "This portal is not open yet" },
  ] as const) {
    browserTest(
      `WHEN somebody wants to report in ${locale} THEN the portal says so and where to turn`,
      async ({ openCitizen }) => {
        const watched = await openCitizen({ origin: portal.origin, script: true, width, locale });
        watched.expectFinding(/503/);
        const page = await watched.context.newPage();
        await page.goto("/");
        expect(await page.innerText("main")).toContain(title);
        await shoot(page, `home-not-open-${locale.toLowerCase()}`);
        const answer = await page.goto("/report");
        expect(answer?.status()).toBe(503);
        expect(await page.innerText("h1")).toBe(title);
        expect(await page.title()).toContain(title);
        await shoot(page, `not-open-${locale.toLowerCase()}`);
        await expectNoAxeFindings(page);
        expect(await page.locator('main a[href="/hotlines"]').count()).toBe(1);
        // No demonstration, so no page says that it is one.
        expect(await page.innerText("header")).not.toMatch(/演示|emonstration/);
        await page.goto("/privacy");
        expect(await page.innerText("body")).not.toMatch(/演示|emonstration|请勿提交|Please do not submit/);
        await expectNoAxeFindings(page);
      },
    );
  }
});
