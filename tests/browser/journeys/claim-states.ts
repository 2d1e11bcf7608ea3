import { randomUUID } from "node:crypto";
import type { Page } from "playwright-core";
import { eq } from "drizzle-orm";
import { awardClaims } from "~db/schema/claims";
import { awardObjections } from "~db/schema/assessments";
import { tips } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { addDays, chinaDay } from "~server/clock";
import { chooseWindow } from "~server/claims/choose-way.server";
import { lapseClaims } from "~server/claims/lapse-claims.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { submitTip } from "~server/intake/submit-tip.server";
import type { Portal } from "~server/portal.server";
import { acceptAward } from "~server/rewards/accept-award.server";
import { answerObjection } from "~server/rewards/answer-objection.server";
import { stateObjection } from "~server/rewards/state-objection.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { createReceipt, type Receipt } from "~server/secrecy/receipt";
import { reporterActor, systemActor } from "~server/staff-auth/actor";
import { decideWindow, proposeWindow } from "~server/windows/set-up-window.server";
import { approveAwards, demoStaff, findLead, windowOf, type DemoAward } from "~tests/factories/award-for-tip";
import { reportAnswers } from "~tests/factories/report-answers";
import { press } from "./press";

/** What may become of an award on the page of its receipt: one informant for each. */
const WHO = ["choosing", "chosen", "heir", "over", "lapsed", "objecting", "answered"] as const;
export type Claiming = `claim-${(typeof WHO)[number]}`;

/** One lead of seven reports, each with an award in a state of its own, and a window they may go to. */
export async function makeClaimGround(open: Portal): Promise<Record<Claiming, Receipt>> {
  const { db, clock } = open;
  const today = chinaDay(clock.now());
  const answers = reportAnswers();
  const receipts = {} as Record<Claiming, Receipt>;
  const found: { who: (typeof WHO)[number]; tipId: string; leadId: string | null }[] = [];
  for (const who of WHO) {
    const receipt = createReceipt();
    receipts[`claim-${who}`] = receipt;
    await saveDraft(db, { receipt, raw: answers, at: clock.now() });
    await submitTip(open, { receipt, language: "zh-CN" });
    const [tip] = await db.orm
      .select()
      .from(tips)
      .where(eq(tips.lookupId, lookupIdOf(receipt)));
    found.push({ who, tipId: tip?.id ?? "", leadId: tip?.leadId ?? null });
  }
  const leadId = found[0]?.leadId ?? "";
  await findLead(open, leadId, "金银监罚〔2026〕802号");
  const tipIds = found.map(({ tipId }) => tipId);
  const { awards, fundId } = await approveAwards(open, { leadId, tipIds, kind: "anonymous" });
  const of = await demoStaff(db);
  const { windowId } = await proposeWindow(db, windowOf(fundId), of("finance_preparer"), clock);
  await decideWindow(db, { windowId, open: true }, of("finance_approver"), clock);
  for (const { who, tipId } of found) {
    const award = awards.find((one) => one.tipId === tipId);
    if (award === undefined) throw new Error("everybody has an award");
    const reporter = reporterActor(lookupIdOf(receipts[`claim-${who}`]));
    if (who === "over") await tell(open, award, null);
    if (who === "lapsed") await tell(open, award, addDays(today, -1));
    if (["choosing", "chosen", "heir", "over"].includes(who)) await acceptAward(db, award, reporter, clock);
    if (who === "chosen" || who === "heir") {
      const claimant = who === "heir" ? "heir" : "self";
      await chooseWindow(db, { ...award, claimant }, reporter, clock);
    }
    if (who === "answered") await objectAndAnswer(open, award, receipts["claim-answered"]);
  }
  await lapseClaims(db, clock);
  return receipts;
}

/** The notice as it would stand after half a year, or with a limit for cash below the award. */
async function tell({ db, clock }: Portal, { awardId }: DemoAward, claimBy: string | null): Promise<void> {
  const toldOn = addDays(chinaDay(clock.now()), -180);
  await withActor(db, systemActor("test"), (tx) =>
    tx.insert(awardClaims).values({ awardId, toldOn, claimBy, cashMostFen: 100_000n }),
  );
}

async function objectAndAnswer(open: Portal, award: DemoAward, receipt: Receipt): Promise<void> {
  const text = "我最先举报，提供了账本照片，等级应当更高。";
  const ground = "grade" as const;
  await stateObjection(open, { receipt, awardId: award.awardId, ground, formId: randomUUID(), text });
  const [stated] = await open.db.orm
    .select()
    .from(awardObjections)
    .where(eq(awardObjections.awardId, award.awardId));
  const of = await demoStaff(open.db);
  const answer = "材料已经再次核对，等级认定无误，维持原奖励。";
  const objectionId = stated?.id ?? "";
  await answerObjection(open.db, { objectionId, answer }, of("finance_reviewer"), open.clock);
}

type ClaimState = { readonly name: string; readonly open: (page: Page) => Promise<void> };

/** The states of claiming. `opened` opens the page of one informant's receipt. */
export function claimStates(opened: (page: Page, who: Claiming) => Promise<void>): ClaimState[] {
  const act = async (page: Page, intent: string) => {
    await press(page.locator(`main button[name="intent"][value="${intent}"]`).first());
  };
  const refused = async (page: Page, intent: string) => {
    await act(page, intent);
    await page.locator("[data-error-summary]").waitFor();
  };
  const nothing = () => Promise.resolve();
  const state = (name: string, who: Claiming, more: (page: Page) => Promise<void> = nothing) => ({
    name: `claim, ${name}`,
    open: async (page: Page) => {
      await opened(page, who);
      await more(page);
    },
  });
  const showCode = async (page: Page) => {
    await act(page, "claim-window");
    await act(page, "claim-window-save");
    await page.locator("#ending").waitFor();
  };
  return [
    state("a way to choose", "claim-choosing"),
    state("transfer refused", "claim-choosing", async (page) => {
      await act(page, "claim-transfer");
      await page.fill("#holder", "某某");
      await refused(page, "claim-transfer-save");
    }),
    state("account doubted", "claim-choosing", async (page) => {
      await act(page, "claim-transfer");
      await page.fill("#holder", "某某");
      await page.fill("#bank", "某银行");
      await page.fill("#account", "6222020200112233");
      await refused(page, "claim-transfer-save");
    }),
    state("chosen", "claim-chosen"),
    state("where to go", "claim-chosen", (page) => act(page, "claim-window")),
    state("code shown", "claim-heir", showCode),
    state("code shown, wrong end", "claim-heir", async (page) => {
      await showCode(page);
      await page.fill("#ending", "0000");
      await refused(page, "claim-code-check");
    }),
    state("heir", "claim-heir"),
    state("over the limit for cash", "claim-over", (page) => act(page, "claim-window")),
    state("lapsed", "claim-lapsed"),
    state("objection refused", "claim-objecting", async (page) => {
      await page
        .locator("summary", { hasText: /异议|object/i })
        .first()
        .click();
      await refused(page, "object");
    }),
    state("objection answered", "claim-answered"),
  ];
}
