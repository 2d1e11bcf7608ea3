import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { MESSAGES_A_DAY } from "~server/messages/message-rules";
import { MESSAGE_CHARACTERS } from "~server/secrecy/message-format";
import { isReceipt, readReceipt } from "~server/secrecy/receipt";
import { sayAsReporter } from "~tests/factories/make-thread";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shoot } from "../screenshot";
import { weighPages } from "../weigh-pages";
import { press } from "./press";
import { besidePortal } from "./beside-portal";
import { expectNoTrap, meetErrors, pressEnter, typeAnswer } from "./by-keyboard";
import { doTheWork, goOn, goOnTo, openStatus, readNumbers, smallSum } from "./file-report";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";

const FULL = process.env.TEST_FULL === "1";

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("whole-form");
});
afterAll(() => portal.stop());

const SEND = 'button[name="intent"][value="submit"]';
const CONTINUE = 'main button[value="continue"]';
const LOOK_UP = 'main form button[type="submit"]';
const MESSAGE = 'main button[value="message"]';
/** How a reporter without a mouse may come; the first in `npm test`. */
const WITH_KEYS = [
  { script: false, locale: "zh-CN" },
  { script: true, locale: "zh-CN" },
  { script: false, locale: "en" },
  { script: true, locale: "en" },
] as const;
const NARRATIVE =
  "The salesman came to our block every week, promised twelve per cent, and nobody can withdraw now.";

/** What a named reporter of a company answers, page by page: every field of the form. */
const PAGES: readonly (readonly [step: string, answers: Readonly<Record<string, string>>])[] = [
  ["mode", { mode: "named" }],
  ["relation", { relation: "employee" }],
  ["kind", { subjectKind: "organisation" }],
  ["subject", { name: "鑫利财富咨询有限公司", uscc: "91350100M000100Y43" }],
  [
    "online",
    {
      sites: "看这里 hxxps://xinli[.]example/a，别点\nhttps://apps.apple.com/cn/app/x/id414478124",
      apps: "鑫利宝",
    },
  ],
  ["in-charge", { responsible: "王总", phonesOrAccounts: "0579-82000000\n6222021234567890128" }],
  ["territory", { operating: "330782", registered: "330702", occurred: "online" }],
  ["sector", { sector: "unknown" }],
  ["red-lines", { redLines: "unfair.excessive_returns" }],
  ["time", { startedOn: "2024年5月", ongoing: "no", endedOn: "2025.3" }],
  ["amounts", { amount: "exact", amountExact: "1.5亿", ownLoss: "5万" }],
  ["scale", { people: "exact", peopleExact: "三百多人", promisedYield: "月息2分" }],
  ["narrative", { narrative: NARRATIVE }],
  ["source", { source: "workplace", prior: "yes", priorWhere: "12345" }],
  ["identity", { contactName: "演示某某", idKind: "id_card", idNumber: "11010519491231002x" }],
  ["contact", { contactPhone: "138 0000 0000", contactEmail: "demo@demo.example" }],
  ["notice", { noticeEmail: "demo@demo.example" }],
  ["official", { official: "yes" }],
  ["reward", { wantsReward: "yes", noConflict: "yes" }],
  ["declaration", { truthful: "yes" }],
];

/** So many 汉字 in no order at all. */
function unlikeWords(length: number, seed: number): string {
  let state = seed + 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return String.fromCharCode(0x4e00 + ((state >>> 8) % 20_000));
  }).join("");
}

/** A browser keeps the fragment of a link to a fault through the redirect of the form it led to. */
const cameTo = (page: Page, step: string) => page.waitForURL(new RegExp(`/report/${step}(#|$)`));

async function begin(page: Page): Promise<void> {
  await page.goto("/report");
  await press(page.locator('main form button[type="submit"]').first());
  await page.waitForURL("**/report/mode");
}

async function answer(page: Page, answers: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(answers)) {
    const choices = page.locator(`input[name="${name}"]:is([type="radio"], [type="checkbox"])`);
    if ((await choices.count()) > 0) await page.check(`input[name="${name}"][value="${value}"]`);
    else if ((await page.locator(`select[name="${name}"]`).count()) > 0) {
      await page.selectOption(`select[name="${name}"]`, value);
    } else await page.fill(`[name="${name}"]`, value);
  }
}

/** Through all pages; `look` sees each one filled in, and once more the list of answers. */
async function fillAll(page: Page, look: (step: string) => Promise<void>): Promise<void> {
  for (const [at, [step, answers]] of PAGES.entries()) {
    await answer(page, answers);
    await look(step);
    await goOnTo(page, PAGES[at + 1]?.[0] ?? "check");
  }
  await look("check");
}

async function send(page: Page): Promise<string> {
  await doTheWork(page);
  await press(page.locator(SEND));
  await page.waitForURL("**/report/done");
  return readNumbers(page);
}

describe("GIVEN the whole form on an old phone", () => {
  browserTest(
    "WHEN a named reporter answers every question without a script THEN the report is sent, in few bytes a page",
    async ({ openCitizen }) => {
      const { context } = await openCitizen({
        origin: portal.origin,
        script: false,
        width: 390,
        locale: "zh-CN",
      });
      const page = await context.newPage();
      const weighed = weighPages(page);
      await begin(page);
      await fillAll(page, async (step) => void (await shoot(page, `form-zh-${step}`)));
      expect(await page.innerText("main")).toContain("月息2分");
      const receipt = await send(page);
      // A talk as long as it can become in a day, of words that hardly compress.
      await besidePortal(portal, async (open) => {
        const read = readReceipt(receipt);
        if (!isReceipt(read)) throw new Error("the page showed no receipt");
        for (let n = 0; n < MESSAGES_A_DAY; n += 1) {
          await sayAsReporter(open, read, unlikeWords(MESSAGE_CHARACTERS, n));
        }
      });
      await openStatus(page, receipt);
      // The last of a long page.
      await page.locator("main").getByText("鑫利财富咨询有限公司").first().waitFor();
      await press(page.locator('button[value^="messages:"]'));
      await page.locator('button[value="messages"]').waitFor();
      await press(page.locator('button[value^="message:"]').first());
      await page.locator("h1", { hasText: "消息全文" }).waitFor();
      const pages = await weighed.pages();
      expect(pages.length).toBeGreaterThan(PAGES.length);
      expect(pages.map(({ path }) => path)).toEqual(expect.arrayContaining(["/report/done", "/status"]));
      expect(await weighed.tooHeavy()).toEqual([]);
      process.stdout.write(
        `/status with a long talk: ${String(pages.find(({ path }) => path === "/status")?.withoutScript)} bytes\n`,
      );
    },
  );

  browserTest.runIf(FULL)(
    "WHEN it is answered in English without a script THEN the report is sent, in few bytes a page",
    async ({ openCitizen }) => {
      const { context } = await openCitizen({
        origin: portal.origin,
        script: false,
        width: 390,
        locale: "en",
      });
      const page = await context.newPage();
      const weighed = weighPages(page);
      await begin(page);
      await fillAll(page, async (step) => {
        expect(await page.getAttribute("html", "lang"), step).toBe("en");
      });
      expect(await send(page)).toMatch(/^(\d{4} ){11}\d{4}$/);
      expect(await weighed.tooHeavy()).toEqual([]);
    },
  );

  browserTest(
    "WHEN it is answered in English with a script THEN axe finds nothing on any page",
    async ({ openCitizen }) => {
      const { context } = await openCitizen({
        origin: portal.origin,
        script: true,
        width: 390,
        locale: "en",
      });
      const page = await context.newPage();
      await begin(page);
      const optional = ["online", "in-charge", "notice", "contact"];
      for (const [at, [step, answers]] of PAGES.entries()) {
        if (!optional.includes(step)) {
          // Refused, a page shows all it has: its fields, its faults and their summary.
          await goOn(page);
          await page.locator("[data-error-summary]").waitFor();
        }
        await expectNoAxeFindings(page);
        await answer(page, answers);
        await page.setViewportSize({ width: 1280, height: 900 });
        await shoot(page, `form-en-${step}`);
        await page.setViewportSize({ width: 390, height: 844 });
        await goOnTo(page, PAGES[at + 1]?.[0] ?? "check");
      }
      await expectNoAxeFindings(page);
      await shoot(page, "form-en-check");
      await page.goto("/report/overview");
      await expectNoAxeFindings(page);
      await shoot(page, "form-en-overview");
      await page.goto("/report/check");
      await send(page);
    },
    240_000,
  );

  for (const { script, locale } of FULL ? WITH_KEYS : WITH_KEYS.slice(0, 1)) {
    browserTest(
      `WHEN only the keyboard is used, ${script ? "with" : "without"} a script, in ${locale} THEN the report is sent and followed`,
      async ({ openCitizen }) => {
        const { context } = await openCitizen({ origin: portal.origin, script, width: 390, locale });
        const page = await context.newPage();
        await page.goto("/report");
        await pressEnter(page, 'main button[value="begin"]', () => cameTo(page, "mode"));
        await expectNoTrap(page);
        await meetErrors(page, CONTINUE);
        for (const [at, [, answers]] of PAGES.entries()) {
          const next = PAGES[at + 1]?.[0] ?? "check";
          for (const [name, value] of Object.entries(answers)) await typeAnswer(page, name, value);
          await pressEnter(page, CONTINUE, () => cameTo(page, `(evidence|${next})`));
          if (new URL(page.url()).pathname === "/report/evidence") {
            await expectNoTrap(page);
            await pressEnter(page, CONTINUE, () => cameTo(page, next));
          }
        }
        if (script) await doTheWork(page);
        else {
          await meetErrors(page, SEND);
          await typeAnswer(page, "answer", await smallSum(page));
          await page.waitForTimeout(3_100);
        }
        await pressEnter(page, SEND, () => cameTo(page, "done"));
        const receipt = await readNumbers(page);
        await meetErrors(page, 'main button[value="confirm"]');
        await typeAnswer(page, "ending", receipt.split(" ").slice(8).join(" "));
        await page.keyboard.press("Enter");
        await cameTo(page, "sent");
        await pressEnter(page, 'main a[href="/status"]', () => page.waitForURL(/\/status/));
        await meetErrors(page, LOOK_UP);
        await typeAnswer(page, "receipt", receipt);
        await pressEnter(page, LOOK_UP, () => page.locator("#messages").waitFor());
        await expectNoTrap(page);
        await meetErrors(page, MESSAGE);
        await typeAnswer(page, "text", NARRATIVE);
        await pressEnter(page, MESSAGE, () => page.locator('main [role="status"]').first().waitFor());
        expect(await page.innerText("#messages")).toContain(NARRATIVE);
      },
    );
  }
});

describe("GIVEN a half-filled report", () => {
  browserTest(
    "WHEN the session is gone THEN the receipt brings every answer back, the refused ones too, on the list of pages",
    async ({ openCitizen }) => {
      const { context } = await openCitizen({
        origin: portal.origin,
        script: false,
        width: 390,
        locale: "zh-CN",
      });
      const page = await context.newPage();
      await begin(page);
      await page.check('input[value="anonymous"]');
      await goOn(page);
      await page.goto("/report/time");
      await page.fill('[name="startedOn"]', "不记得了");
      await goOn(page);
      expect(await page.title()).toMatch(/^错误：/);
      await press(page.locator('main button[value="save"]'));
      await page.waitForURL("**/report/saved");
      const receipt = await readNumbers(page);
      await context.clearCookies();
      await openStatus(page, receipt);
      await press(page.locator('main button[value="resume"]'));
      await page.waitForURL("**/report/overview");
      await shoot(page, "overview-resumed-zh");
      const row = page.locator("li", { has: page.locator('a[href^="/report/time"]') }).last();
      expect(await row.innerText()).toContain("要改一下");
      await press(row.locator("a"));
      expect(await page.inputValue('[name="startedOn"]')).toBe("不记得了");
      await page.fill('[name="startedOn"]', "2024");
      await page.check('input[name="ongoing"][value="unknown"]');
      await goOn(page);
      await page.waitForURL("**/report/overview");
    },
  );

  browserTest(
    "WHEN the sector is changed at the end THEN the practices are asked again, with the reason, and nothing else",
    async ({ openCitizen }) => {
      const { context } = await openCitizen({
        origin: portal.origin,
        script: false,
        width: 390,
        locale: "zh-CN",
      });
      const page = await context.newPage();
      await begin(page);
      await fillAll(page, () => Promise.resolve());
      await press(page.locator('a[href="/report/sector?from=check"]'));
      await page.check('input[name="sector"][value="p2p"]');
      await goOn(page);
      expect(page.url()).toBe(`${portal.origin}/report/red-lines?from=check`);
      expect(await page.innerText("main")).toContain("您改了领域");
      await shoot(page, "form-zh-red-lines-again");
      await page.locator('input[name="redLines"]').first().check();
      await goOn(page);
      expect(page.url()).toBe(`${portal.origin}/report/check`);
      await press(page.locator('a[href="/report/in-charge?from=check"]'));
      await page.fill('[name="phonesOrAccounts"]', "6222021234567890124");
      await goOn(page);
      expect(await page.innerText('[role="status"]')).toContain("请再看一眼");
      await shoot(page, "form-zh-doubt");
      await goOn(page);
      expect(page.url()).toBe(`${portal.origin}/report/check`);
      expect(await page.innerText("main")).toContain("好像写错或者少写了一位");
    },
  );
});
