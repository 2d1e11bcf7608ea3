import { afterAll, beforeAll, describe, expect } from "vitest";
import { browserTest } from "../browser-test";
import { shoot } from "../screenshot";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("resume");
});
afterAll(() => portal.stop());

const WORDS = "他们在市场门口拉人，说投十万一年返一万二，上个月起取不出来了。";

describe("GIVEN a page typed while the browser's record of the draft is cleared, without a script", () => {
  browserTest("WHEN it is sent THEN the receipt brings the words back", async ({ openCitizen }) => {
    const options = { origin: portal.origin, script: false, width: 390, locale: "zh-CN" } as const;
    const watched = await openCitizen(options);
    const page = await watched.context.newPage();
    await page.goto("/report");
    await page.click('main button[value="begin"]');
    await page.goto("/report/saved");
    const receipt = (await page.innerText("main")).match(/(?:\d{4}\D+){11}\d{4}/)?.[0] ?? "";
    expect(receipt).not.toBe("");
    await page.goto("/report/narrative");
    await page.fill("#narrative", WORDS);
    await watched.context.clearCookies();
    await page.click('main button[value="continue"]');
    expect(await page.inputValue("#narrative")).toBe(WORDS);
    await shoot(page, "draft-ended-zh-cn");
    await page.setViewportSize({ width: 1280, height: 900 });
    await shoot(page, "draft-ended-zh-cn-1280");
    await page.setViewportSize({ width: 390, height: 844 });
    await page.click('header button[value="lang:en"]');
    expect(await page.getAttribute("html", "lang")).toBe("en");
    await page.fill("#receipt", "0001");
    await page.click('main button[value="continue"]');
    await shoot(page, "draft-ended-en");
    expect(page.url()).toBe(`${portal.origin}/report/resume`);
    await page.fill("#receipt", receipt);
    await page.click('main button[value="continue"]');
    expect(page.url()).toBe(`${portal.origin}/report/narrative`);
    expect(await page.inputValue("#narrative")).toBe(WORDS);
  });
});
