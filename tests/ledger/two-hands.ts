import type { Database } from "~db/client.server";
import type { Clock } from "~server/clock";
import type { Asked } from "~server/ledger/ledger-requests";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { readBalances } from "~server/ledger/read-balances.server";
import { actByTwo } from "~tests/factories/by-two";
import { CLOCK, TODAY, makeAcceptedAward, type Desk } from "~tests/factories/make-award";
import type { TestPerson } from "~tests/factories/make-staff";
import { payByHand } from "~tests/factories/pay-by-hand";

/** Asked for by the desk's preparer and agreed to by its approver, unless others are named. */
export function byTwoOf(
  db: Database,
  desk: Desk,
  asked: Asked,
  {
    asker = desk.preparer,
    agreer = desk.approver,
    clock = CLOCK,
  }: { asker?: TestPerson; agreer?: TestPerson; clock?: Clock } = {},
): Promise<string> {
  return actByTwo(db, asked, { asker, agreer, clock });
}

/** What a desk's fund and one of its years hold, in 分. */
export async function balancesOf(db: Database, of: Desk, year = 2026) {
  const fund = (await readBalances(db, of.approver.actor)).find((each) => each.fundId === of.fundId);
  return { ...fund?.financial, ...fund?.budgets.find(({ fiscalYear }) => fiscalYear === year) };
}

/** An award that was booked and paid. */
export async function makePaidAward(db: Database, of: Desk) {
  const award = await makeAcceptedAward(db, of);
  await postAcceptedAward(db, award, of.preparer.actor, CLOCK);
  const reference = `BK-${award.awardId.slice(-8).toUpperCase()}`;
  await payByHand(db, { awardId: award.awardId, paidOn: TODAY, reference }, of.cashier.actor, CLOCK);
  return award;
}

export const adjustment = (amountFen: bigint, of: Desk): Asked => ({
  kind: "adjust",
  budgetId: of.budgetId,
  amountFen,
  eventOn: TODAY,
});
