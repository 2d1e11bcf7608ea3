import { randomUUID } from "node:crypto";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import { readClaimCode } from "~server/claims/claim-code.server";
import { systemActor } from "~server/staff-auth/actor";
import { agreeDay, bookOf, countDay } from "~server/windows/count-day.server";
import { moveCash } from "~server/windows/move-cash.server";
import { payAgainstCode } from "~server/windows/pay-claim.server";
import { decideWindow, proposeWindow } from "~server/windows/set-up-window.server";
import type { Scene } from "./play-act";

const FLOAT_FEN = 800_000n;

/** A window proposed by one and opened by another, with its float. */
export async function openAWindow({ portal, clock, by }: Scene, fundId: string): Promise<string> {
  const { db } = portal;
  const { windowId } = await proposeWindow(
    db,
    {
      ...{ fundId, code: "JH" },
      ...{ nameZh: "演示·政务服务中心领奖窗口", nameEn: "Demo reward window, city service centre" },
      ...{
        addressZh: "演示地址：政务服务中心一楼 8 号窗口",
        addressEn: "Demo address: ground floor, counter 8",
      },
      ...{
        hoursZh: "工作日 9:00 至 11:30、14:00 至 17:00",
        hoursEn: "Working days 9:00–11:30 and 14:00–17:00",
      },
    },
    by("preparer-1"),
    clock,
  );
  await decideWindow(db, { windowId, open: true }, by("approver-1"), clock);
  const topUp = { windowId, kind: "top_up" as const, amountFen: FLOAT_FEN, requestKey: randomUUID() };
  await moveCash(db, topUp, by("cashier-1"), clock);
  return windowId;
}

export async function payAtWindow(
  { portal, clock, by }: Scene,
  input: { windowId: string; awardId: string; code: string },
): Promise<void> {
  const code = readClaimCode(input.code) ?? "";
  await payAgainstCode(portal.db, { ...input, code }, by("window-1"), clock);
}

/** A day counted ¥1 short, explained by the clerk and agreed to by the cashier. */
export async function closeADay({ portal, clock, by }: Scene, windowId: string): Promise<void> {
  const { db } = portal;
  const bookFen = await withActor(db, systemActor("demo-seed"), (tx) => bookOf(tx, windowId));
  const explanation = "零钱清点少一元，当日已补足并登记。";
  await countDay(db, { windowId, bookFen, countedFen: bookFen - 100n, explanation }, by("window-1"), clock);
  await agreeDay(db, { windowId, day: chinaDay(clock.now()) }, by("cashier-1"), clock);
}
