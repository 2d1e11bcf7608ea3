import { randomUUID } from "node:crypto";
import type { Database } from "~db/client.server";
import type { Clock } from "~server/clock";
import { chooseWindow, type Claimant } from "~server/claims/choose-way.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { decideWindow, proposeWindow } from "~server/windows/set-up-window.server";
import { moveCash } from "~server/windows/move-cash.server";
import { CLOCK, makeAcceptedAward, type Desk, type TestAward } from "./make-award";
import { reporterOf } from "./reporter-of";

let made = 0;

/** An open window of a desk's fund, with a float. */
export async function openWindow(db: Database, desk: Desk, floatFen = 20_000_000n): Promise<string> {
  made += 1;
  const code = `A${String.fromCharCode(64 + made)}`;
  const { windowId } = await proposeWindow(
    db,
    {
      fundId: desk.fundId,
      code,
      nameZh: "服务大厅领奖窗口",
      nameEn: "Reward window, service hall",
      addressZh: "双龙南街801号一楼",
      addressEn: "801 Shuanglong South Street, ground floor",
      hoursZh: "工作日 9:00 至 17:00",
      hoursEn: "Working days, 9:00 to 17:00",
    },
    desk.preparer.actor,
    CLOCK,
  );
  await decideWindow(db, { windowId, open: true }, desk.approver.actor, CLOCK);
  if (floatFen > 0n) await topUp(db, desk, windowId, floatFen);
  return windowId;
}

export function topUp(db: Database, desk: Desk, windowId: string, amountFen: bigint) {
  const requestKey = randomUUID();
  return moveCash(db, { windowId, kind: "top_up", amountFen, requestKey }, desk.cashier.actor, CLOCK);
}

export async function codeFor(
  db: Database,
  award: Pick<TestAward, "awardId" | "tipId">,
  claimant: Claimant = "self",
  clock: Clock = CLOCK,
): Promise<string> {
  const { code } = await chooseWindow(
    db,
    { tipId: award.tipId, awardId: award.awardId, claimant },
    await reporterOf(db, award.tipId),
    clock,
  );
  return code;
}

/** A posted award with its claim code. */
export async function makeClaimable(db: Database, desk: Desk): Promise<TestAward & { code: string }> {
  const award = await makeAcceptedAward(db, desk);
  await postAcceptedAward(db, { awardId: award.awardId }, desk.preparer.actor, CLOCK);
  return { ...award, code: await codeFor(db, award) };
}
