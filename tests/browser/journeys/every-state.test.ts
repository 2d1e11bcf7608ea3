import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { STEPS, isAnswerStep, type RawAnswers } from "~/forms/report";
import { demoReceipt } from "~server/demo/demo-receipts.server";
import { draftCookie } from "~server/intake/draft-cookie.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { submitTip } from "~server/intake/submit-tip.server";
import type { Portal } from "~server/portal.server";
import { createReceipt, spellReceipt, type Receipt } from "~server/secrecy/receipt";
import { HEIC } from "~tests/factories/evidence";
import { sayAsReporter } from "~tests/factories/make-thread";
import { reportAnswers } from "~tests/factories/report-answers";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shoot } from "../screenshot";
import { weighPages } from "../weigh-pages";
import { besidePortal } from "./beside-portal";
import { claimStates, makeClaimGround, type Claiming } from "./claim-states";
import { openStatus } from "./file-report";
import { lateStates } from "./late-states";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { press } from "./press";

// Axe on every page a citizen may come to, in every state it has: empty, filled in, refused. In `test:full` in both
// languages and both sizes of type; in `npm test` each page once, the languages and sizes taking turns.

const FULL = process.env.TEST_FULL === "1";
const VARIANTS = [
  { lang: "zh-CN", elder: false },
  { lang: "en", elder: true },
  { lang: "zh-CN", elder: true },
  { lang: "en", elder: false },
] as const;
const NOBODYS = "abandon ".repeat(11) + "about";

type Held = { readonly receipt: Receipt; readonly cookie: string };
type Ground = {
  /** Nothing answered yet. */
  readonly blank: Held;
  /** Nothing but that its reporter gives a name, so that all pages are asked. */
  readonly empty: Held;
  readonly full: Held;
  readonly sent: Held;
  /** Reports to open: one just sent, one with a long talk, and the demonstration's. */
  readonly receipts: Readonly<
    Record<"fresh" | "long" | "waiting" | "talk" | "closed" | "award" | "leaving" | Claiming, Receipt>
  >;
};

let portal: ScratchPortal;
let ground: Ground;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "portal-states-"));
  writeFileSync(path.join(folder, "IMG_0003.HEIC"), HEIC);
  portal = await startScratchPortal("every-state");
  ground = await besidePortal(portal, makeGround);
}, 300_000);
afterAll(async () => {
  await portal.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function makeGround(open: Portal): Promise<Ground> {
  const draft = async (raw: RawAnswers): Promise<Held> => {
    const receipt = createReceipt();
    await saveDraft(open.db, { receipt, raw, at: open.clock.now() });
    return { receipt, cookie: draftCookie(open, receipt).split(";")[0] ?? "" };
  };
  const sendIn = async (): Promise<Held> => {
    const held = await draft(reportAnswers());
    await submitTip(open, { receipt: held.receipt, language: "zh-CN" });
    return held;
  };
  const [fresh, long, leaving, sent] = [await sendIn(), await sendIn(), await sendIn(), await sendIn()];
  await sayAsReporter(open, long.receipt, "他们每周都来。".repeat(900));
  for (let n = 0; n < 12; n += 1) await sayAsReporter(open, long.receipt, `第 ${String(n)} 次补充。`);
  return {
    blank: await draft({}),
    empty: await draft({ mode: { mode: "named" } }),
    full: await draft(reportAnswers()),
    sent,
    receipts: {
      ...{ fresh: fresh.receipt, long: long.receipt, leaving: leaving.receipt },
      waiting: demoReceipt(open, "t22"),
      talk: demoReceipt(open, "t24"),
      closed: demoReceipt(open, "t07"),
      award: demoReceipt(open, "t01"),
      ...(await makeClaimGround(open)),
    },
  };
}

type State = {
  readonly name: string;
  /** Opens the state; false where this page has none such (its fields take anything). */
  readonly open: (page: Page) => Promise<boolean | void>;
  /** A further state of a page that stands in the table already. */
  readonly more?: true;
};

const go = (address: string) => async (page: Page) => void (await page.goto(address));

async function hold(page: Page, { cookie }: Held): Promise<void> {
  const [name = "", value = ""] = cookie.split("=");
  await page.context().addCookies([{ name, value, url: portal.origin }]);
}

const held = (who: "empty" | "full" | "sent", address: string) => async (page: Page) => {
  await hold(page, ground[who]);
  await page.goto(address);
};

async function opened(page: Page, which: keyof Ground["receipts"]): Promise<void> {
  await openStatus(page, spellReceipt(ground.receipts[which]).numbers.join(" "));
  await page.locator("#messages").waitFor();
}

/** Sends a page with what no field takes; false where it went on all the same. */
async function refuse(page: Page, step: string): Promise<boolean> {
  await hold(page, step === "mode" ? ground.blank : ground.empty);
  await page.goto(`/report/${step}`);
  for (const box of await page
    .locator("main :is(input[type=text], input[type=email], input[type=tel], textarea)")
    .all()) {
    await box.fill("？");
  }
  await press(page.locator('main button[name="intent"][value="continue"]').first());
  return (await page.locator("[data-error-summary]").count()) > 0;
}

const sendEmpty = (button: string) => async (page: Page) => {
  await press(page.locator(button).first());
  await page.locator("[data-error-summary]").waitFor();
};

const STATES: readonly State[] = [
  ...[
    "/",
    "/report",
    "/report/resume",
    "/status",
    "/rewards",
    "/hotlines",
    "/privacy",
    "/verify",
    "/nowhere",
  ].map((at) => ({
    name: at,
    open: go(at),
  })),
  { name: "a reward worked out", open: go("/rewards?go=1&grade=1&illegalAmount=9999万"), more: true },
  { name: "a reward refused", open: go("/rewards?go=1&grade=3&illegalAmount=x"), more: true },
  { name: "a scheme in another currency", open: go("/rewards/acrc-2006"), more: true },
  { name: "fines, one asked for", open: go("/rewards/penalty?go=late&fine=200万&days=40"), more: true },
  { name: "/report with a draft", open: held("empty", "/report"), more: true },
  { name: "/report with a report just sent", open: held("sent", "/report"), more: true },
  ...STEPS.filter(isAnswerStep).flatMap((step): State[] => [
    { name: `${step}, empty`, open: held("empty", `/report/${step}`) },
    { name: `${step}, filled in`, open: held("full", `/report/${step}`), more: true },
    { name: `${step}, refused`, open: (page) => refuse(page, step), more: true },
  ]),
  { name: "overview, empty", open: held("empty", "/report/overview") },
  { name: "overview, filled in", open: held("full", "/report/overview"), more: true },
  ...lateStates({
    open: (page, who, address) => held(who, address)(page),
    hold: (page, who) => hold(page, ground[who]),
    clear: (page) => page.context().clearCookies({ name: ground.full.cookie.split("=")[0] ?? "" }),
    status: (page) => opened(page, "fresh"),
    file: () => path.join(folder, "IMG_0003.HEIC"),
  }),
  { name: "evidence, empty", open: held("full", "/report/evidence") },
  {
    name: "evidence, with a refused file",
    more: true,
    open: async (page) => {
      // Without its script the page answers with its summary.
      await page.route("**/upload.js", (route) =>
        route.fulfill({ body: "", contentType: "text/javascript" }),
      );
      await held("empty", "/report/evidence")(page);
      await page.setInputFiles("#files", path.join(folder, "IMG_0003.HEIC"));
      await sendEmpty('main button[value="upload"]')(page);
      await page.unroute("**/upload.js");
    },
  },
  { name: "check", open: held("full", "/report/check") },
  {
    name: "check, with a wrong sum",
    more: true,
    open: async (page) => {
      await page.route("**/work.js", (route) => route.fulfill({ body: "", contentType: "text/javascript" }));
      await held("full", "/report/check")(page);
      const submit = 'button[name="intent"][value="submit"]';
      await press(page.locator(submit).first());
      await page.fill('[name="answer"]', "99");
      await sendEmpty(submit)(page);
      await page.unroute("**/work.js");
    },
  },
  { name: "saved", open: held("full", "/report/saved") },
  { name: "done", open: held("sent", "/report/done") },
  {
    name: "done, with a wrong ending",
    more: true,
    open: async (page) => {
      await held("sent", "/report/done")(page);
      await page.fill('[name="ending"]', "0001");
      await sendEmpty('main form:has([name="ending"]) button[type="submit"]')(page);
    },
  },
  {
    name: "done, a last look",
    more: true,
    open: async (page) => {
      await held("sent", "/report/done")(page);
      await press(page.locator('main button[value="bypass"]').first());
    },
  },
  { name: "sent", open: go("/report/sent") },
  {
    name: "status, nothing typed",
    more: true,
    open: async (page) => {
      await page.goto("/status");
      await sendEmpty('main form button[type="submit"]')(page);
    },
  },
  {
    name: "status, an unknown receipt",
    more: true,
    open: async (page) => {
      await openStatus(page, NOBODYS);
      await page.locator("[data-error-summary]").waitFor();
    },
  },
  { name: "status, opened", open: (page) => opened(page, "fresh") },
  { name: "status, a question waits", open: (page) => opened(page, "waiting"), more: true },
  { name: "status, with messages and files", open: (page) => opened(page, "talk"), more: true },
  { name: "status, closed", open: (page) => opened(page, "closed") },
  { name: "status, with an award", open: (page) => opened(page, "award") },
  ...claimStates(opened),
  {
    name: "status, an empty message",
    more: true,
    open: async (page) => {
      await opened(page, "fresh");
      await sendEmpty('button[name="intent"][value="message"]')(page);
    },
  },
  {
    name: "status, an empty wish to reopen",
    more: true,
    open: async (page) => {
      await opened(page, "closed");
      await sendEmpty('button[name="intent"][value="reopen"]')(page);
    },
  },
  {
    name: "status, a message with a refused file",
    more: true,
    open: async (page) => {
      await opened(page, "fresh");
      await page.setInputFiles("#files", path.join(folder, "IMG_0003.HEIC"));
      await sendEmpty('button[name="intent"][value="message"]')(page);
    },
  },
  {
    name: "status, a page that ran out",
    more: true,
    open: async (page) => {
      await opened(page, "fresh");
      await page.evaluate(() => {
        for (const field of document.querySelectorAll<HTMLInputElement>('input[name="token"]')) {
          field.value = "old";
        }
      });
      await page.fill("#text", "还没发出去的话");
      await sendEmpty('button[name="intent"][value="message"]')(page);
    },
  },
  {
    name: "status, earlier messages",
    open: async (page) => {
      await opened(page, "long");
      await press(page.locator('button[value^="messages:"]').first());
      await page.locator('button[value="messages"]').waitFor();
    },
  },
  {
    name: "status, one long message",
    open: async (page) => {
      await opened(page, "long");
      await press(page.locator('button[value^="messages:"]').first());
      await press(page.locator('button[value^="message:"]').first());
      await page.locator('button[value="messages"]').waitFor();
    },
  },
  {
    name: "status, withdraw",
    open: async (page) => {
      await opened(page, "leaving");
      await press(page.locator('button[value="ask-withdraw"]').first());
    },
  },
];

const slug = (title: string) =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

/** What axe finds in the states of `states`, each in its variant; all of it, not the first alone. */
async function findAll(
  states: readonly { readonly state: State; readonly variant: (typeof VARIANTS)[number] }[],
  context: BrowserContext,
): Promise<string[]> {
  const findings: string[] = [];
  const page = await context.newPage();
  const weighed = weighPages(page);
  for (const { state, variant } of states) {
    await context.clearCookies();
    await context.addCookies([
      { name: "lang", value: variant.lang, url: portal.origin },
      { name: "elder", value: variant.elder ? "1" : "0", url: portal.origin },
    ]);
    if ((await state.open(page)) === false) continue;
    const title = `${state.name} (${variant.lang}${variant.elder ? ", elder" : ""})`;
    const shown = await page.evaluate(() => [
      document.documentElement.lang,
      document.documentElement.className,
      String(document.documentElement.scrollWidth > window.innerWidth),
    ]);
    if (shown.join() !== [variant.lang, variant.elder ? "elder" : "", "false"].join()) {
      findings.push(`${title}: shown as ${shown.join()}`);
    }
    if (FULL) await shoot(page, `state-${slug(title)}`);
    await expectNoAxeFindings(page).catch((error: unknown) => findings.push(`${title}: ${String(error)}`));
  }
  const heavy = await weighed.tooHeavy();
  await page.close();
  return [...findings, ...heavy.map((one) => `too heavy: ${JSON.stringify(one)}`)];
}

describe("every page of the citizen's side", () => {
  for (const variant of FULL ? VARIANTS : VARIANTS.slice(0, 1)) {
    const what = FULL ? `${variant.lang}${variant.elder ? ", elder" : ""}` : "each once";
    browserTest(`has no accessibility finding (${what})`, { timeout: 900_000 }, async ({ openCitizen }) => {
      const watched = await openCitizen({ origin: portal.origin, script: true, width: 390, locale: "zh-CN" });
      const states = STATES.filter(({ more }) => FULL || more !== true);
      const planned = states.map((state, at) => ({
        state,
        variant: FULL ? variant : (VARIANTS[at % VARIANTS.length] ?? variant),
      }));
      expect(await findAll(planned, watched.context)).toEqual([]);
    });
  }
});
