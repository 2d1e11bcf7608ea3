import { afterAll, beforeAll, describe, expect } from "vitest";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shoot, shootBoth } from "../screenshot";
import { press } from "./press";
import { doTheWork, fileReport, fillReport, openStatus, smallSum } from "./file-report";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { enrolPerson } from "./staff-person";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("before-sending");
});
afterAll(() => portal.stop());

const phone = () => ({ origin: portal.origin, script: false, width: 390, locale: "zh-CN" }) as const;
const desk = () => ({ origin: portal.origin, script: true, width: 1280, locale: "en" }) as const;
const SEND = 'button[name="intent"][value="submit"]';

describe("GIVEN a report ready to be sent", () => {
  browserTest(
    "WHEN there is no script THEN a small sum is asked, again when it is wrong, with what was typed",
    async ({ openCitizen }) => {
      const page = await (await openCitizen(phone())).context.newPage();
      await fillReport(page, { name: "小题平台", site: "sum-journey.example", wantsReward: false });
      await shoot(page, "work-question-zh");
      await press(page.locator(SEND));
      expect(await page.title()).toMatch(/^错误：/);
      await page.fill('[name="answer"]', "99");
      await press(page.locator(SEND));
      expect(await page.locator("[data-error-summary]").innerText()).toContain("答案不对");
      expect(await page.inputValue('[name="answer"]')).toBe("99");
      await shoot(page, "work-wrong-zh");
      await press(page.locator('button[value="elder:1"]').first());
      await shoot(page, "work-elder-zh");
      await doTheWork(page);
      await press(page.locator(SEND));
      expect(page.url()).toBe(`${portal.origin}/report/done`);
    },
  );

  browserTest(
    "WHEN there is a script THEN it does the work while the answers are read, and nothing is asked",
    async ({ openCitizen }) => {
      const page = await (await openCitizen(desk())).context.newPage();
      await fillReport(page, { name: "Script Wealth", site: "work-journey.example", wantsReward: false });
      expect(await page.locator('[name="answer"]').count()).toBe(0);
      await expectNoAxeFindings(page);
      await doTheWork(page);
      await press(page.locator(SEND));
      await page.waitForURL("**/report/done");
    },
  );

  browserTest(
    "WHEN the script is not done in time THEN the small sum is asked instead, and sends the report",
    async ({ openCitizen }) => {
      const page = await (await openCitizen(desk())).context.newPage();
      await page.route("**/work.js", (route) => route.abort());
      await fillReport(page, { name: "Slow Wealth", site: "slow-journey.example", wantsReward: false });
      await press(page.locator(SEND));
      await page.locator('[name="answer"]').waitFor();
      expect(await page.locator('main a[href="#answer"]').count()).toBe(1);
      await page.locator('[name="answer"]:focus').waitFor();
      expect(await page.locator("[data-error-summary]").count()).toBe(0);
      await shoot(page, "work-question-en");
      await expectNoAxeFindings(page);
      await page.fill('[name="answer"]', await smallSum(page));
      await page.waitForTimeout(3_100);
      await press(page.locator(SEND));
      await page.waitForURL("**/report/done");
    },
  );
});

describe("GIVEN a report that was sent past the form", () => {
  browserTest(
    "WHEN triage looks at the queue THEN it is placed on its lead, or judged to be spam",
    async ({ openCitizen, openStaff }) => {
      for (const name of ["绕过表单一号", "绕过表单二号", "绕过表单三号"]) {
        const { context } = await openCitizen(phone());
        const page = await context.newPage();
        await fillReport(page, {
          name,
          site: `past-${String(name.charCodeAt(4))}.example`,
          wantsReward: false,
        });
        const answer = await context.request.post(`${portal.origin}/report/check`, {
          form: { intent: "submit" },
          maxRedirects: 0,
        });
        expect(answer.headers().location).toBe("/report/done");
      }
      const triage = await enrolPerson(portal, openStaff, "演示·林知微");
      await triage.goto("/staff/spam");
      await shoot(triage, "spam-queue");
      await expectNoAxeFindings(triage);
      await triage.setViewportSize({ width: 390, height: 844 });
      await shoot(triage, "spam-queue");
      await triage.setViewportSize({ width: 1280, height: 900 });
      const card = (name: string) => triage.locator("article", { hasText: name });
      await card("绕过表单一号").getByRole("button", { name: "是垃圾" }).click();
      await triage.getByText("已判为垃圾。").waitFor();
      expect(await card("绕过表单一号").count()).toBe(0);
      for (const box of await triage.locator('input[name="tipId"]').all()) await box.check();
      await triage.getByRole("button", { name: "都是举报" }).click();
      await triage.getByText("已处理 2 条").waitFor();
      await shoot(triage, "spam-judged");
      await triage
        .getByRole("link", { name: /^线索 \d+$/ })
        .first()
        .click();
      await triage
        .getByRole("heading", { name: /绕过表单/ })
        .first()
        .waitFor();
    },
  );
});

describe("GIVEN a receipt", () => {
  browserTest("WHEN its report is withdrawn THEN it opens nothing any more", async ({ openCitizen }) => {
    const page = await (await openCitizen(phone())).context.newPage();
    const receipt = await fileReport(page, {
      name: "撤回的平台",
      site: "withdrawn-journey.example",
      wantsReward: false,
    });
    await openStatus(page, receipt);
    await press(page.locator('button[value="ask-withdraw"]'));
    await press(page.locator('button[value="keep"]'));
    expect(await page.innerText("main")).toContain("撤回的平台");
    // The same pages in a browser that runs scripts, where they can be examined.
    const script = await (await openCitizen({ ...phone(), script: true })).context.newPage();
    await openStatus(script, receipt);
    await press(script.locator('button[value="ask-withdraw"]'));
    await script.locator('button[value="withdraw"]').waitFor();
    await shootBoth(script, "withdraw-zh");
    await expectNoAxeFindings(script);
    await press(page.locator('button[value="ask-withdraw"]'));
    await press(page.locator('button[value="withdraw"]'));
    expect(await page.innerText("h1")).toBe("举报已撤回");
    // Pressed a second time, in the other browser, it is as done as before.
    await press(script.locator('button[value="withdraw"]'));
    await script.getByRole("heading", { name: "举报已撤回" }).waitFor();
    await shootBoth(script, "withdrawn-zh");
    await expectNoAxeFindings(script);
    await openStatus(page, receipt);
    expect(await page.locator("[data-error-summary]").innerText()).toContain("没有查到这张回执");
  });
});
