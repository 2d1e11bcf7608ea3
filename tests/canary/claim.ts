import { eq } from "drizzle-orm";
import { openDatabase } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { findings } from "~db/schema/findings";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { spellReceipt, type Receipt } from "~server/secrecy/receipt";
import { findClaim } from "~server/windows/find-claim.server";
import { decideWindow, proposeWindow } from "~server/windows/set-up-window.server";
import { approveAwards, demoStaff, windowOf } from "~tests/factories/award-for-tip";
import { asPortal } from "~tests/setup/database";
import { openBrowser, type Browser } from "./browse";
import { plantedIn, type Planted, type Planting } from "./plant";

/** Who had money sent to a bank, and the codes others were shown. */
export type Claimed = { readonly payees: readonly number[]; readonly codes: readonly string[] };

/**
 * Two of those whose leads came to a finding claim a reward by the plain forms of /status: one says where a transfer
 * goes (after a mistake, as people make them), one takes a claim code, which a clerk then types.
 */
export async function claimRewards(
  portal: Portal,
  origin: string,
  planting: Planting,
  receipts: readonly Receipt[],
): Promise<Claimed> {
  const db = openDatabase(asPortal(portal.db.pool.options.connectionString ?? ""), { max: 2 });
  try {
    const open = { ...portal, db };
    const found = await findEntitled(open, receipts);
    const [transfer, window] = found;
    if (transfer === undefined || window === undefined) throw new Error("too few leads came to a finding");
    const of = await demoStaff(db);
    const made = [];
    for (const { leadId, tipId } of [transfer, window])
      made.push(await approveAwards(open, { leadId, tipIds: [tipId], kind: "named" }));
    const fundId = made[0]?.fundId ?? "";
    const { windowId } = await proposeWindow(db, windowOf(fundId), of("finance_preparer"), open.clock);
    await decideWindow(db, { windowId, open: true }, of("finance_approver"), open.clock);
    await sendToBank(origin, transfer, plantedIn(planting, transfer.person));
    const code = await takeCode(origin, window, plantedIn(planting, window.person));
    const awardId = made[1]?.awards[0]?.awardId ?? "";
    await postAcceptedAward(db, { awardId }, of("finance_preparer"), open.clock);
    const clerk = of("window_clerk");
    await findClaim(db, { windowId, typed: code }, clerk, open.clock);
    // Signed in without a passkey nobody is served, and what was typed goes nowhere.
    const counter = openBrowser(origin, "192.0.2.7");
    await counter.post("/staff/sign-in", { staffId: clerk.id });
    await counter.post("/staff/window", { intent: "find", windowId, typed: code });
    await counter.get(`/staff/window?slip=${code}`);
    return { payees: [transfer.person], codes: [code] };
  } finally {
    await db.pool.end();
  }
}

type Entitled = {
  readonly person: number;
  readonly receipt: Receipt;
  readonly tipId: string;
  readonly leadId: string;
};

/** The first of each lead with a finding, in the order of their numbers. */
async function findEntitled({ db }: Portal, receipts: readonly Receipt[]): Promise<Entitled[]> {
  const found: Entitled[] = [];
  for (const [person, receipt] of receipts.entries()) {
    const [row] = await db.orm
      .select({ tipId: tips.id, leadId: findings.leadId })
      .from(tips)
      .innerJoin(findings, eq(findings.leadId, tips.leadId))
      .where(eq(tips.lookupId, lookupIdOf(receipt)));
    if (row === undefined || found.some(({ leadId }) => leadId === row.leadId)) continue;
    found.push({ person, receipt, ...row });
    if (found.length === 2) break;
  }
  return found;
}

async function accept(browser: Browser, { receipt }: Entitled): Promise<Record<string, string>> {
  const shown = await browser.post("/status", { receipt: spellReceipt(receipt).numbers.join(" ") });
  const form = { token: hiddenOf(shown.text, "token"), award: hiddenOf(shown.text, "award") };
  const accepted = await browser.post("/status", { ...form, intent: "accept" });
  return { ...form, token: hiddenOf(accepted.text, "token") };
}

async function sendToBank(origin: string, who: Entitled, planted: Planted): Promise<void> {
  const browser = openBrowser(origin, planted.address);
  const form = { ...(await accept(browser, who)), intent: "claim-transfer-save", claimant: "self" };
  const details = { holder: planted.payee, bank: planted.payee, branch: planted.payee };
  const wrong = await browser.post("/status", { ...form, ...details, account: `${planted.account}x` });
  if (wrong.status !== 400) throw new Error(`a wrong account was answered ${String(wrong.status)}`);
  const account = { account: planted.account, doubted: "yes" };
  for (let press = 0; press < 2; press += 1) {
    const sent = await browser.post("/status", { ...form, ...details, ...account });
    if (sent.status !== 200) throw new Error(`an account was answered ${String(sent.status)}`);
  }
  await browser.get(`/status?${new URLSearchParams({ ...details, ...account }).toString()}`);
}

async function takeCode(origin: string, who: Entitled, planted: Planted): Promise<string> {
  const browser = openBrowser(origin, planted.address);
  const form = await accept(browser, who);
  const shown = await browser.post("/status", { ...form, intent: "claim-window-save", claimant: "self" });
  const box = /translate="no"[^>]*>([\s\S]*?)<\/p>/g;
  const texts = [...shown.text.matchAll(box)].map(([, text = ""]) => text.replace(/<[^>]*>/g, " "));
  const groups = texts.map((text) => text.match(/[0-9A-Z]{4}/g) ?? []).find(({ length }) => length === 7);
  if (groups === undefined) throw new Error("the page shows no code");
  const sealedCode = hiddenOf(shown.text, "sealedCode");
  const ending = groups[6] ?? "";
  await browser.post("/status", { ...form, intent: "claim-code-check", sealedCode, ending: "0000" });
  await browser.post("/status", { ...form, intent: "claim-code-check", sealedCode, ending });
  return groups.join("-");
}

function hiddenOf(page: string, name: string): string {
  const [input = ""] = new RegExp(`<input[^>]*name="${name}"[^>]*>`).exec(page) ?? [];
  const value = /value="([^"]+)"/.exec(input)?.[1];
  if (value === undefined) throw new Error(`the page of a receipt carries no ${name}`);
  return value;
}
