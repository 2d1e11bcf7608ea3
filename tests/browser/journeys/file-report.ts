import type { Page } from "playwright-core";
import { expect } from "vitest";
import { shoot } from "../screenshot";
import { press } from "./press";

export type ReportPlan = {
  readonly name: string;
  readonly site: string;
  readonly wantsReward: boolean;
  /** Gives a name with the report; without it the report is anonymous. */
  readonly identity?: { readonly name: string; readonly idNumber: string; readonly phone: string };
  /** What happened, in the reporter's words; without it in ours. */
  readonly narrative?: string;
  /** Takes a picture of every page under this name. */
  readonly shots?: string;
};

/** The one primary button of a question page. */
export async function goOn(page: Page): Promise<void> {
  await press(page.locator('main button[name="intent"][value="continue"]'));
}

/** Leaves the page that is open and waits for `step`; past the page of evidence where there is one. */
export async function goOnTo(page: Page, step: string): Promise<void> {
  await goOn(page);
  if (step !== "evidence" && new URL(page.url()).pathname === "/report/evidence") await goOn(page);
  await page.waitForURL(`**/report/${step}`);
}

/** Fills in a report as a citizen would, up to the list of answers. Works with JavaScript off. */
export async function fillReport(page: Page, plan: ReportPlan): Promise<void> {
  const picture = async (step: string) => {
    if (plan.shots) await shoot(page, `${plan.shots}-${step}`);
  };
  const done = async (step: string, next: string) => {
    await picture(step);
    await goOnTo(page, next);
  };
  const choose = (name: string, value: string) => page.check(`input[name="${name}"][value="${value}"]`);
  await page.goto("/report");
  await picture("start");
  await press(page.locator('main form button[type="submit"]').first());
  await page.waitForURL("**/report/mode");
  const { identity } = plan;
  await choose("mode", identity === undefined ? "anonymous" : "named");
  await done("mode", "relation");
  await choose("relation", "relative");
  await done("relation", "kind");
  await choose("subjectKind", "site");
  await done("kind", "online");
  await page.fill('[name="sites"]', plan.site);
  await done("online", "subject");
  await page.fill('[name="name"]', plan.name);
  await done("subject", "in-charge");
  await done("in-charge", "territory");
  await page.selectOption('select[name="operating"]', "330782");
  await page.selectOption('select[name="registered"]', "330702");
  await done("territory", "sector");
  await choose("sector", "p2p");
  await done("sector", "red-lines");
  await page.locator('input[name="redLines"]').first().check();
  await done("red-lines", "time");
  await page.fill('[name="startedOn"]', "２０２５年３月");
  await choose("ongoing", "yes");
  await done("time", "amounts");
  await choose("amount", "exact");
  await page.fill('[name="amountExact"]', "１２００万元");
  await done("amounts", "scale");
  await choose("people", "from_50");
  await done("scale", "narrative");
  await page.fill(
    '[name="narrative"]',
    plan.narrative ??
      "业务员每天在菜场门口发鸡蛋，请老人去听课，说存三万每年给一成八的利息，手机上点一点就行。我父亲投了五万，现在取不出来。",
  );
  await done("narrative", "source");
  await choose("source", "family_or_friend");
  await choose("prior", "no");
  if (identity === undefined) await done("source", "notice");
  else {
    await done("source", "identity");
    await page.fill('[name="contactName"]', identity.name);
    await choose("idKind", "id_card");
    await page.fill('[name="idNumber"]', identity.idNumber);
    await done("identity", "contact");
    await page.fill('[name="contactPhone"]', identity.phone);
    await done("contact", "notice");
  }
  await done("notice", "official");
  await choose("official", "no");
  await done("official", "reward");
  await choose("wantsReward", plan.wantsReward ? "yes" : "no");
  if (plan.wantsReward) await page.check('input[name="noConflict"]');
  await done("reward", "declaration");
  await page.check('input[name="truthful"]');
  await done("declaration", "check");
  await picture("check");
}

/**
 * Files a report as a citizen would, in whatever language the page speaks, and returns the receipt as
 * 12 numbers. Works with JavaScript off.
 */
export async function fileReport(page: Page, plan: ReportPlan): Promise<string> {
  const picture = async (step: string) => {
    if (plan.shots) await shoot(page, `${plan.shots}-${step}`);
  };
  await fillReport(page, plan);
  await doTheWork(page);
  await press(page.locator('button[name="intent"][value="submit"]'));
  await page.waitForURL("**/report/done");
  await picture("done");
  const numbers = await readNumbers(page);
  expect(numbers).toMatch(/^(\d{4} ){11}\d{4}$/);
  await page.fill('[name="ending"]', numbers.split(" ").slice(8).join(" "));
  await press(page.locator('main form:has([name="ending"]) button[type="submit"]').first());
  await page.waitForURL("**/report/sent");
  await picture("sent");
  return numbers;
}

const NUMBERS: Record<string, number> = {
  ...{ 一: 1, 二: 2, 三: 3, 四: 4, 五: 5 },
  ...{ one: 1, two: 2, three: 3, four: 4, five: 5 },
};

/** The small sum on the page, as a reader would do it. */
export async function smallSum(page: Page): Promise<string> {
  const asked = await page.locator('label[for="answer"]').innerText();
  const terms = asked.match(/[一二三四五]|one|two|three|four|five/g) ?? [];
  expect(terms).toHaveLength(2);
  return String(terms.reduce((sum, term) => sum + (NUMBERS[term] ?? 0), 0));
}

/** What is asked before sending: done by the page's script, or the small sum after its seconds where there is none. */
export async function doTheWork(page: Page): Promise<void> {
  if ((await page.locator('[name="answer"]').count()) > 0) {
    await page.fill('[name="answer"]', await smallSum(page));
    await page.waitForTimeout(3_100);
    return;
  }
  await expect.poll(() => page.locator("#solution").inputValue(), { timeout: 20_000 }).not.toBe("");
}

/** The receipt's number spelling as the page shows it. */
export async function readNumbers(page: Page): Promise<string> {
  const text = (await page.locator("main").innerText()).replace(/\s+/g, " ");
  return /(?:\b\d{4}\b ?){12}/.exec(text)?.[0].trim() ?? "";
}

/** Opens /status with a receipt in any spelling. */
export async function openStatus(page: Page, receipt: string): Promise<void> {
  await page.goto("/status");
  await page.locator('main textarea, main input[type="text"]').first().fill(receipt);
  await press(page.locator('main form button[type="submit"]').first());
}
