import { beforeAll, expect, it } from "vitest";
import { fixedClock } from "~server/clock";
import { lapseClaims } from "~server/claims/lapse-claims.server";
import { openClaims } from "~server/claims/open-claim.server";
import type { Asked } from "~server/ledger/ledger-requests";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { readBalances } from "~server/ledger/read-balances.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { payAgainstCode } from "~server/windows/pay-claim.server";
import { bounceByHand } from "~tests/factories/bounce-by-hand";
import { actByTwo } from "~tests/factories/by-two";
import {
  approveTo,
  makeAcceptedAward,
  makeAward,
  makeDesk,
  openEmptyYear,
  type Desk,
} from "~tests/factories/make-award";
import { makeStaff } from "~tests/factories/make-staff";
import { payByHand } from "~tests/factories/pay-by-hand";
import { codeFor, openWindow } from "~tests/factories/pay-window";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const DECEMBER = fixedClock("2026-12-20T02:00:00Z");
const JANUARY = fixedClock("2027-01-05T02:00:00Z");
const AFTER = fixedClock("2027-07-01T02:00:00Z");

let desk: Desk;
beforeAll(async () => {
  await installTestPack(testPortal(test.db, DECEMBER.now().toISOString()));
  desk = await makeDesk(test.db);
});

const byTwo = (asked: Asked) =>
  actByTwo(test.db, asked, { asker: desk.preparer, agreer: desk.approver, clock: JANUARY });

it("after a carry-over an award is paid at a window, bounces, is revoked and lapses, in the new year's budget", async () => {
  const atWindow = await makeAcceptedAward(test.db, desk);
  const bounced = await makeAcceptedAward(test.db, desk);
  const revoked = await makeAcceptedAward(test.db, desk);
  const lapsed = await makeAward(test.db, desk);
  await approveTo(test.db, desk, lapsed.awardId, "approved");
  await openClaims(test.db, DECEMBER);
  const { rows } = await test.db.pool.query<{ slug: string; source: string }>(
    "select slug, source from funds where id = $1",
    [desk.fundId],
  );
  const { slug = "", source = "" } = rows[0] ?? {};
  await openEmptyYear(test.db, desk.approver, { slug, source, fiscalYear: 2027 });
  await byTwo({ kind: "close_year", budgetId: desk.budgetId, carry: true });

  for (const award of [atWindow, bounced, revoked])
    await postAcceptedAward(test.db, award, desk.preparer.actor, JANUARY);
  const windowId = await openWindow(test.db, desk);
  const clerk = await makeStaff(test.db, ["window_clerk"]);
  const code = await codeFor(test.db, atWindow, "self", JANUARY);
  const paid = await payAgainstCode(
    test.db,
    { windowId, awardId: atWindow.awardId, code },
    clerk.actor,
    JANUARY,
  );
  expect(paid.slip).toMatch(/20270105-0001$/);
  const payment = { awardId: bounced.awardId, paidOn: "2027-01-05", reference: "BK-CARRIED" };
  const { payoutId } = await payByHand(test.db, payment, desk.cashier.actor, JANUARY);
  await bounceByHand(test.db, { payoutId, bouncedOn: "2027-01-05" }, JANUARY);
  await byTwo({ kind: "revoke", awardId: revoked.awardId });
  expect(await lapseClaims(test.db, AFTER)).toEqual({ lapsed: 1, kept: 0 });

  const states = await test.db.pool.query<{ id: string; status: string }>("select id, status from awards");
  const stateOf = ({ awardId }: { awardId: string }) => states.rows.find(({ id }) => id === awardId)?.status;
  expect([atWindow, bounced, revoked, lapsed].map(stateOf)).toEqual(["paid", "posted", "revoked", "lapsed"]);
  const fund = (await readBalances(test.db, desk.approver.actor)).find((each) => each.fundId === desk.fundId);
  const [year] = fund?.budgets.filter(({ fiscalYear }) => fiscalYear === 2027) ?? [];
  // What was revoked and what lapsed is free again; what waits for a second try is spent.
  expect(year).toMatchObject({
    encumberedFen: 0n,
    spentFen: atWindow.amountFen + bounced.amountFen,
  });
  expect(fund?.financial).toMatchObject({ payable: bounced.amountFen });
  expect((await verifyLedger(test.db)).faults).toEqual([]);
});
