import { randomUUID } from "node:crypto";
import type { Database } from "~db/client.server";
import { endToEndId } from "~/staff-client/bank/payment";
import { correctTransaction } from "~server/ledger/correct-transaction.server";
import { receiveFunds } from "~server/ledger/receive-funds.server";
import { takeStatement } from "~server/payouts/take-statement.server";
import { holdAward } from "~server/rewards/hold-award.server";
import { CLOCK, TODAY, approveTo, makeAcceptedAward, makeAward, makeDesk } from "~tests/factories/make-award";
import { makeStaff } from "~tests/factories/make-staff";
import { openWindow } from "~tests/factories/pay-window";
import { freeze, linesOf, makePayable, makePayoutDesk, release, send } from "~tests/payouts/payout-desk";
import { playAct, type StormDesk } from "./play-act";
import { STORIES, type Facts, type StoryName } from "./story";

/** Two of every story, two batches that the bank settled, a correction, a hold: rows in as many tables as is cheap. */
export async function makeWorld(db: Database): Promise<void> {
  const own = await makePayoutDesk(db, 1_000_000_000n);
  const clerk = await makeStaff(db, ["window_clerk"]);
  const desk: StormDesk = { ...own, windowId: await openWindow(db, own, 100_000_000n), clerk };
  let made = 0;
  for (const name of [...Object.keys(STORIES), ...Object.keys(STORIES)] as StoryName[]) {
    const letter = String.fromCharCode(65 + made++);
    let facts: Facts = { pay: `BK-${letter}-ONE`, pay_again: `BK-${letter}-TWO` };
    facts = { ...facts, key: randomUUID(), requestId: randomUUID() };
    for (const act of STORIES[name]) facts = { ...facts, ...(await playAct(db, desk, act, facts)) };
  }
  for (const number of ["20260601-1", "20260601-2"]) {
    const batchId = await send(own, [await makePayable(own), await makePayable(own)]);
    const lines = (await linesOf(db, batchId)).map(({ id }) => ({
      ...{ endToEndId: endToEndId(id), amountFen: "4999500", date: TODAY, status: "out" as const },
    }));
    const statement = { fundId: own.fundId, number, closedOn: TODAY, closingFen: "0", lines };
    await takeStatement(db, statement, own.cashier.actor, CLOCK);
    const money = { fundId: own.fundId, amountFen: 9n, eventOn: TODAY, requestKey: randomUUID() };
    const wrong = await receiveFunds(db, money, own.approver.actor, CLOCK);
    await correctTransaction(db, wrong, own.approver.actor, CLOCK);
    const { awardId } = await makeAward(db, own);
    await holdAward(db, { awardId, reason: "核对预算科目，暂缓办理" }, own.reviewer.actor, CLOCK);
  }
  // One batch of each state before the bank's answer, and awards between approval and payment.
  await freeze(own, [await makePayable(own)]);
  await release(own, await freeze(own, [await makePayable(own)]));
  await send(own, [await makePayable(own)]);
  await approveTo(db, own, (await makeAward(db, own)).awardId, "approved");
  await makeAcceptedAward(db, own);
  await makeDesk(db, 1_000_000n);
}
