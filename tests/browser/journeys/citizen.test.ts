import { afterAll, beforeAll, describe, expect } from "vitest";
import { browserTest } from "../browser-test";
import { shoot } from "../screenshot";
import { press } from "./press";
import { fileReport, goOn, goOnTo, openStatus } from "./file-report";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("citizen");
});
afterAll(() => portal.stop());

const phone = () => ({ origin: portal.origin, script: false, width: 390, locale: "zh-CN" }) as const;
const desk = () => ({ origin: portal.origin, script: true, width: 1280, locale: "en" }) as const;

describe("GIVEN a citizen with JavaScript off and an old phone", () => {
  browserTest(
    "WHEN they report anonymously THEN the receipt opens the status, in any spelling",
    async ({ openCitizen }) => {
      const { context } = await openCitizen(phone());
      const page = await context.newPage();
      const numbers = await fileReport(page, {
        name: "苗禾理财",
        site: "www.miaohe-journey.example",
        wantsReward: true,
        shots: "report-zh",
      });
      await openStatus(page, numbers.replaceAll(" ", ""));
      expect(page.url()).toBe(`${portal.origin}/status`);
      const text = await page.innerText("main");
      expect(text).toContain("苗禾理财");
      expect(text).not.toContain(numbers);
      await shoot(page, "status-zh");
      // Nothing of the receipt is left in the browser once its end was typed.
      expect((await context.cookies()).filter(({ name }) => name.includes("draft"))).toEqual([]);
    },
  );

  browserTest(
    "WHEN a page is sent empty THEN it comes back with a summary, and what was typed stays",
    async ({ openCitizen }) => {
      const page = await (await openCitizen(phone())).context.newPage();
      await page.goto("/report");
      await press(page.locator('main form button[type="submit"]').first());
      await goOn(page);
      expect(await page.title()).toMatch(/^错误：/);
      await shoot(page, "error-mode-zh");
      const link = page.locator("[data-error-summary] a").first();
      const field = (await link.getAttribute("href"))?.slice(1) ?? "";
      expect(await page.locator(`[id="${field}"]`).count()).toBe(1);
      await page.check('input[name="mode"][value="named"]');
      await goOnTo(page, "relation");
      // Pages open in any order.
      await page.goto("/report/subject");
      await page.fill('[name="name"]', "留下来的名字");
      await page.fill('[name="uscc"]', "12345");
      await goOn(page);
      expect(await page.inputValue('[name="name"]')).toBe("留下来的名字");
      expect(await page.inputValue('[name="uscc"]')).toBe("12345");
      await shoot(page, "error-subject-zh");
      // The answers' list is not reached by typing its address.
      await page.goto("/report/check");
      expect(page.url()).toBe(`${portal.origin}/report/overview`);
      await shoot(page, "overview-zh");
    },
  );

  browserTest(
    "WHEN they switch the language half-way THEN nothing typed is lost and the address stays",
    async ({ openCitizen }) => {
      const page = await (await openCitizen(phone())).context.newPage();
      await page.goto("/report");
      await press(page.locator('main form button[type="submit"]').first());
      await page.goto("/report/subject");
      await page.fill('[name="name"]', "语言切换也不丢");
      await press(page.locator('button[value="lang:en"]'));
      expect(page.url()).toBe(`${portal.origin}/report/subject`);
      expect(await page.getAttribute("html", "lang")).toBe("en");
      expect(await page.inputValue('[name="name"]')).toBe("语言切换也不丢");
      await press(page.locator('button[value="elder:on"], button[value="elder:1"]').first());
      expect(await page.inputValue('[name="name"]')).toBe("语言切换也不丢");
      await shoot(page, "elder-en");
    },
  );

  browserTest(
    "WHEN a receipt is unknown or its checksum fails THEN both get the same answer",
    async ({ openCitizen }) => {
      const page = await (await openCitizen(phone())).context.newPage();
      // A valid receipt nobody was given, and one whose checksum fails.
      await openStatus(
        page,
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
      );
      const unknown = await page.locator("[data-error-summary]").innerText();
      await shoot(page, "status-unknown-zh");
      await openStatus(
        page,
        "zoo abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
      );
      expect(await page.locator("[data-error-summary]").innerText()).toBe(unknown);
    },
  );
});

describe("GIVEN a citizen at a desk in English", () => {
  browserTest("WHEN they report THEN the whole way speaks English", async ({ openCitizen }) => {
    const page = await (await openCitizen(desk())).context.newPage();
    const numbers = await fileReport(page, {
      name: "Meadow Wealth",
      site: "meadow-journey.example",
      wantsReward: false,
      shots: "report-en",
    });
    await openStatus(page, numbers);
    expect(await page.innerText("main")).toContain("Meadow Wealth");
    await shoot(page, "status-en");
  });

  browserTest(
    "WHEN they press Esc three times THEN they leave and the draft's cookie is gone",
    async ({ openCitizen }) => {
      const watched = await openCitizen(desk());
      watched.expectFinding(/localhost:9/);
      const { context } = watched;
      const page = await context.newPage();
      await page.goto("/report");
      await press(page.locator('main form button[type="submit"]').first());
      await page.waitForURL("**/report/mode");
      await page.waitForLoadState("load");
      const left = page.waitForRequest((request) => request.url().endsWith("/exit"));
      for (let press = 0; press < 3; press += 1) await page.keyboard.press("Escape");
      await left;
      await page.waitForTimeout(300);
      expect((await context.cookies(portal.origin)).filter(({ name }) => name.includes("draft"))).toEqual([]);
    },
  );
});
