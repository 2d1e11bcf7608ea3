import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { budgets } from "~db/schema/ledger";
import { ledgerRequests } from "~db/schema/ledger-acts";
import { withActor } from "~db/with-actor.server";
import { chinaDay, chinaYear } from "~server/clock";
import { chooseTransfer, chooseWindow } from "~server/claims/choose-way.server";
import { openClaims } from "~server/claims/open-claim.server";
import { agreeToRequest } from "~server/ledger/answer-request.server";
import { askRequest, digestRequest, type AskInput } from "~server/ledger/ask-request.server";
import { readMonths } from "~server/ledger/close-month.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { receiveFunds } from "~server/ledger/receive-funds.server";
import { warnBudgets } from "~server/ledger/warn-budgets.server";
import { acceptAward } from "~server/rewards/accept-award.server";
import type { Assessment } from "~server/rewards/assess-award.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { reporterActor, systemActor } from "~server/staff-auth/actor";
import { demoReceipt } from "./demo-receipts.server";
import type { Act, Scene } from "./play-act";
import { assessCase, signTo } from "./seed-approvals.server";
import { bookStatement, freezeOne, openApproverKeys, reconcileMonthOf, sendOne } from "./seed-batches.server";
import { closeADay, openAWindow, payAtWindow } from "./seed-windows.server";

/** ¥25,000: what the case's awards take is past eight tenths of it. */
const SMALL_BUDGET_FEN = 2_500_000n;
const REPORTS = ["r11", "r12", "r13", "r14", "r15", "r16", "r17"];

/**
 * The case at the money, on a small fund of its own: an award whose informant has yet to choose, one that waits for a
 * batch, one in each state of a batch, one reconciled, a live claim code, one paid at the window; the fund's warning, a
 * reconciled and a closed month, an adjustment that waits for its second hand.
 */
export function playPayouts(of: {
  leadId: () => string;
  mainBudgetId: string;
  tipId: (report: string) => string;
}): Act[] {
  let fund = { budgetId: "", fundId: "" };
  let made: Assessment | null = null;
  let windowId = "";
  let code = "";
  let approverKeys: Awaited<ReturnType<typeof openApproverKeys>> = null;
  const awardOf = (report: string) => {
    const award = made?.awards.find(({ tipId }) => tipId === of.tipId(report));
    if (award === undefined) throw new Error(`the story gives ${report} no award`);
    return award;
  };
  const accept = async (scene: Scene, report: string) => {
    const { id: awardId, tipId } = awardOf(report);
    await acceptAward(scene.portal.db, { tipId, awardId }, reporterOf(scene, report), scene.clock);
  };
  const post = (scene: Scene, report: string) =>
    postAcceptedAward(scene.portal.db, { awardId: awardOf(report).id }, scene.by("preparer-1"), scene.clock);
  const transfer = (scene: Scene, report: string) => {
    const { id: awardId, tipId } = awardOf(report);
    return chooseTransfer(
      scene.portal.db,
      { tipId, awardId, claimant: "self", details: accountOf(report) },
      reporterOf(scene, report),
      scene.clock,
    );
  };
  const toWindow = async (scene: Scene, report: string) => {
    const ask = { tipId: awardOf(report).tipId, awardId: awardOf(report).id, claimant: "self" as const };
    return (await chooseWindow(scene.portal.db, ask, reporterOf(scene, report), scene.clock)).code;
  };
  return [
    { daysAgo: 59, play: async (scene) => void (fund = await openSmallFund(scene)) },
    {
      daysAgo: 22,
      play: async (scene) => {
        const tipIds = REPORTS.map(of.tipId);
        made = await assessCase(scene, { leadId: of.leadId(), budgetId: fund.budgetId, tipIds });
        windowId = await openAWindow(scene, fund.fundId);
      },
    },
    {
      daysAgo: 20,
      play: async (scene) => {
        for (const report of REPORTS) await signTo(scene, awardOf(report).id, "approve");
        await openClaims(scene.portal.db, scene.clock);
        await warnBudgets({ db: scene.portal.db, clock: scene.clock });
      },
    },
    {
      daysAgo: 17,
      play: async (scene) => {
        for (const report of REPORTS.slice(1)) {
          await accept(scene, report);
          await post(scene, report);
        }
        for (const report of ["r12", "r13", "r14", "r15"]) await transfer(scene, report);
        code = await toWindow(scene, "r17");
        await toWindow(scene, "r16");
      },
    },
    {
      daysAgo: 14,
      play: async (scene) => {
        approverKeys = await openApproverKeys(scene);
        const lines = await sendOne(scene, awardOf("r15"), approverKeys);
        await bookStatement(scene, { fundId: fund.fundId, lines });
      },
    },
    {
      daysAgo: 5,
      play: async (scene) => {
        await payAtWindow(scene, { windowId, awardId: awardOf("r17").id, code });
        await sendOne(scene, awardOf("r14"), approverKeys);
        await closeADay(scene, windowId);
      },
    },
    {
      daysAgo: 3,
      play: async (scene) => {
        await freezeOne(scene, awardOf("r13").id);
        await reconcileMonthOf(scene, fund.fundId, monthBack(chinaDay(scene.clock.now()), 1));
      },
    },
    { daysAgo: 2, play: async (scene) => closeFirstMonth(scene, of.mainBudgetId) },
  ];
}

/** Nobody's: zeros, and a name that says it is invented. */
function accountOf(report: string) {
  return {
    ...{ holder: "演示·收款人", bank: "演示银行", branch: "演示支行" },
    account: `00000000000000${report.replace("r", "00")}`,
  };
}

function reporterOf({ portal }: Scene, report: string) {
  return reporterActor(lookupIdOf(demoReceipt(portal, report)));
}

async function openSmallFund(scene: Scene): Promise<{ budgetId: string; fundId: string }> {
  const { portal, clock, by } = scene;
  const fiscalYear = chinaYear(clock.now());
  const eventOn = chinaDay(clock.now());
  const slug = "reward-matching";
  await byTwo(scene, {
    ...{ kind: "open", id: uuidv7(), source: "市级网贷风险专项举报奖励资金", slug, fiscalYear, eventOn },
    ...{ amountFen: SMALL_BUDGET_FEN, reason: "演示：网贷专项单列一笔奖励资金。" },
  });
  const rows = await withActor(portal.db, systemActor("demo-seed"), (tx) =>
    tx.select({ id: budgets.id, fundId: budgets.fundId }).from(budgets).orderBy(budgets.id),
  );
  const opened = rows.at(-1);
  if (opened === undefined) throw new Error("the small fund was just opened");
  const money = { amountFen: SMALL_BUDGET_FEN, eventOn, requestKey: "demo-small-fund" };
  await receiveFunds(portal.db, { ...money, fundId: opened.fundId }, by("approver-1"), clock);
  return { budgetId: opened.id, fundId: opened.fundId };
}

/** Asked for by the preparer, agreed to by the approver. */
async function byTwo({ portal, clock, by }: Scene, asked: AskInput): Promise<void> {
  await askRequest(portal.db, asked, by("preparer-1"), clock);
  const [row] = await withActor(portal.db, systemActor("demo-seed"), (tx) =>
    tx.select().from(ledgerRequests).where(eq(ledgerRequests.id, asked.id)),
  );
  if (row === undefined) throw new Error("a request was just asked");
  const agreed = { requestId: asked.id, digest: digestRequest(row) };
  await agreeToRequest(portal.db, agreed, by("approver-1"), clock);
}

/** The first month with a booking is closed, where it is over; more money for the main budget waits for an approver. */
async function closeFirstMonth(scene: Scene, mainBudgetId: string): Promise<void> {
  const { portal, clock, by } = scene;
  const today = chinaDay(clock.now());
  const { next } = await withActor(portal.db, systemActor("demo-seed"), readMonths);
  if (next !== null && next < monthBack(today, 0)) {
    const reason = "演示：账目核对无误，月度结账。";
    await byTwo(scene, { kind: "close_month", id: uuidv7(), month: next, reason });
  }
  await askRequest(
    portal.db,
    {
      ...{ kind: "adjust", id: uuidv7(), budgetId: mainBudgetId, amountFen: 5_000_000n, eventOn: today },
      reason: "演示：年中追加举报奖励经费五万元。",
    },
    by("preparer-1"),
    clock,
  );
}

/** `YYYY-MM`, so many months before the month of a day. */
export function monthBack(day: string, months: number): string {
  const at = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 - months;
  return `${String(Math.floor(at / 12))}-${String((at % 12) + 1).padStart(2, "0")}`;
}
