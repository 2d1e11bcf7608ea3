import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { tips } from "~db/schema/intake";
import { windowGuards } from "~db/schema/windows";
import { capitalAmount } from "~server/rewards/capital-amount";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { isReceipt, readReceipt } from "~server/secrecy/receipt";
import { readPdfText } from "~tests/setup/read-pdf-text";
import { expectNoAxeFindings } from "../axe";
import { browserTest } from "../browser-test";
import { shoot, shootBoth } from "../screenshot";
import { endTheDay, openTheWindow, takeCode, typeCode } from "./at-window";
import { besidePortal } from "./beside-portal";
import { openStatus } from "./file-report";
import { look, shows } from "./look";
import { postAward } from "./post-award";
import { press } from "./press";
import { holds } from "./record-traffic";
import { startScratchPortal, type ScratchPortal } from "./scratch-portal";
import { bringToAward, FUND, openAward, type Line, type Role } from "./to-award";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** What the informant wrote of themself, sealed as everything they wrote: it has no business at a counter. */
const NAME = "欧阳雀鸣";
const PHONE = "19912345678";
const SUBJECT = "苗禾贷全程";
const NARRATIVE = `我叫${NAME}，电话${PHONE}。业务员在小区门口摆摊，说每月返利百分之三，邻居们都投了养老钱。`;
const AMOUNT = 2_118_000n;
/** Pages with this award on them, and their data, by who of finance and of the counter had them. */
const SEEN: readonly (readonly [Role, string])[] = [
  ...[["preparer", "/staff/rewards/assess"] as const, ["preparer", "/staff/payments"] as const],
  ...[["reviewer", "/staff/rewards/"] as const, ["approver", "/staff/approvals/"] as const],
  ...[["preparer", "/staff/payments.data"] as const, ["approver", "/staff/approvals.data"] as const],
  ...[["clerk", "/staff/window?"] as const, ["clerk", "/staff/window.data?"] as const],
];

let portal: ScratchPortal;
beforeAll(async () => {
  portal = await startScratchPortal("full-line");
}, 300_000);
afterAll(() => portal.stop());

/** While the award waits, the report cannot be taken back, and the page says what to do first. */
async function tryToWithdraw(citizen: Page, receipt: string): Promise<void> {
  await openStatus(citizen, receipt);
  await press(citizen.locator("button[value='ask-withdraw']"));
  await press(citizen.locator("button[value='withdraw']"));
  await citizen.getByRole("alert").waitFor();
  await look(citizen, "withdraw-refused-zh");
}

/** Somebody brings the code: refused while it is wrong or too early, paid once. Answers what the slip says. */
async function payInCash(clerk: Page, code: string, post: () => Promise<void>): Promise<string> {
  await look(clerk, "window-open");
  // A slip of the hand is told at the field and is no wrong try.
  for (const [typed, told] of [
    ["", "请填写领奖码"],
    [code.slice(0, 9), "领奖码共七组"],
  ] as const) {
    await typeCode(clerk, typed);
    await shows(clerk, told);
    await look(clerk, "window-code-shape");
    expect(await clerk.getByText("已经输错").count()).toBe(0);
  }
  const wrong = `${code.slice(0, -1)}${code.endsWith("0") ? "1" : "0"}`;
  await typeCode(clerk, wrong);
  await shows(clerk, "领奖码不对");
  await look(clerk, "window-wrong-code");
  await typeCode(clerk, code);
  await shows(clerk, "还没有入账");
  await post();
  await typeCode(clerk, code.toLowerCase().replaceAll("-", " "));
  await shows(clerk, "查验通过");
  await shows(clerk, "¥21,180.00");
  await shows(clerk, `人民币${capitalAmount(AMOUNT)}`);
  await look(clerk, "window-found");
  await clerk.getByRole("button", { name: "用通行密钥确认付款" }).click();
  await clerk.waitForURL(/done=paid/);
  await look(clerk, "window-paid");
  const link = clerk.getByRole("link", { name: /^付款凭单/ });
  const slip = await readPdf(clerk, (await link.getAttribute("href")) ?? "");
  for (const fact of ["CS", "¥21,180.00", `人民币${capitalAmount(AMOUNT)}`, "领取人记号"])
    expect(slip.replaceAll("\n", "")).toContain(fact);
  return slip;
}

/** What finance sees of a paid award, of its claim and of its fund. */
async function lookAfterwards(approver: Page): Promise<void> {
  await approver.goto("/staff/budget");
  await shoot(approver, "budget");
  await expectNoAxeFindings(approver);
  await openAward(approver, SUBJECT);
  await approver.getByRole("link", { name: "领取期限与继承证明" }).click();
  await shows(approver, "延长领取期限");
  await look(approver, "claim");
  await openAward(approver, SUBJECT);
  await approver.getByRole("link", { name: "撤销或追回这笔奖励" }).click();
  await shows(approver, "追回已付奖励");
  await look(approver, "acts-of-award");
}

/** Nothing that reached staff holds the name or the phone; at the counter there is not even the report. */
async function expectNoName(line: Line, code: string, printed: readonly string[]): Promise<void> {
  const tipId = await findTip(line.receipt);
  const ofInformant = [NAME, PHONE, line.receipt, code];
  const ofReport = [tipId, line.leadId, SUBJECT];
  const received = new Map<string, readonly string[]>();
  for (const [role, traffic] of Object.entries(line.traffic)) received.set(role, await traffic.received());
  const hasRead = (role: Role, path: string) =>
    received.get(role)?.some((text) => text.startsWith(`${portal.origin}${path}`));
  for (const [role, path] of SEEN) expect(hasRead(role, path), `${role} ${path}`).toBe(true);
  for (const [role, texts] of received)
    for (const secret of ofInformant)
      expect(texts.filter((text) => holds(text, secret)).map(addressOf), role).toEqual([]);
  for (const text of [...(received.get("clerk") ?? []), ...printed])
    for (const secret of [...ofInformant, ...ofReport]) expect(text).not.toContain(secret);
}

const addressOf = (text: string) => text.split(" ")[0];

describe("GIVEN a tip filed anonymously with JavaScript off", () => {
  browserTest(
    "WHEN it is routed, verified, computed, signed by three and claimed THEN cash is paid at a window, once, with no name anywhere",
    { timeout: 300_000 },
    async ({ openCitizen, openStaff }) => {
      const plan = { name: SUBJECT, site: "www.full-line.example", narrative: NARRATIVE };
      const line = await bringToAward({ portal, openCitizen, openStaff }, plan);
      const { citizen, receipt, awardId } = line;
      const { preparer, approver, clerk } = line.staff;
      const windowId = await openTheWindow(preparer, approver, FUND);
      // The demonstration has a window of another fund.
      const window = `/staff/window?window=${windowId}`;
      const script = await (
        await openCitizen({ origin: portal.origin, script: true, width: 390, locale: "zh-CN" })
      ).context.newPage();
      await tryToWithdraw(script, receipt);
      const code = await takeCode(citizen, receipt);

      await clerk.goto(window);
      const slip = await payInCash(clerk, code, async () => {
        await preparer.goto("/staff/payments?state=accepted&all=1");
        await shootBoth(preparer, "payments-all");
        await postAward(preparer, awardId);
      });
      await clerk.goto(window);
      await typeCode(clerk, code);
      await shows(clerk, "已经用过");
      await openStatus(citizen, receipt);
      await shows(citizen, "已经发放。");
      await shoot(citizen, "claim-paid");
      await lookAfterwards(approver);

      // Ten wrong codes take half an hour.
      await besidePortal(portal, ({ db }) =>
        db.orm.update(windowGuards).set({ wrong: 10, lockedAt: new Date() }),
      );
      await approver.goto(window);
      await look(approver, "window-locked");
      await approver.getByRole("button", { name: "解锁窗口" }).click();
      await approver.waitForURL(/done=unlocked/);
      const sheet = await readPdf(approver, await endTheDay(clerk, approver, window));
      expect(sheet).toContain("CS");
      await expectNoName(line, code, [slip, sheet]);

      const verdict = command("ledger:verify");
      expect(verdict.stderr).toBe("");
      expect(JSON.parse(verdict.stdout)).toMatchObject({ ok: true, faults: [] });
    },
  );
});

async function readPdf(page: Page, address: string): Promise<string> {
  const answer = await page.request.get(address);
  expect([answer.status(), answer.headers()["content-type"]]).toEqual([200, "application/pdf"]);
  return readPdfText(await answer.body());
}

/** The report's id, which no page shows. */
async function findTip(numbers: string): Promise<string> {
  const receipt = readReceipt(numbers);
  if (!isReceipt(receipt)) throw new Error("no receipt");
  const [tip] = await besidePortal(portal, ({ db }) =>
    db.orm
      .select({ id: tips.id })
      .from(tips)
      .where(eq(tips.lookupId, lookupIdOf(receipt))),
  );
  if (tip === undefined) throw new Error("the report was sent");
  return tip.id;
}

function command(name: string) {
  return spawnSync(process.execPath, ["server/cli/bootstrap.mjs", name], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, NODE_ENV: "development", DATA_DIR: portal.dataDir },
  });
}
