import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { fixedClock } from "~server/clock";
import { agreeToRequest } from "~server/ledger/answer-request.server";
import { askRequest } from "~server/ledger/ask-request.server";
import { correctTransaction } from "~server/ledger/correct-transaction.server";
import type { Asked } from "~server/ledger/ledger-requests";
import { lockAward } from "~server/ledger/lock-award.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { receiveClawback } from "~server/ledger/receive-clawback.server";
import { receiveFunds } from "~server/ledger/receive-funds.server";
import { makeLedgerRoot, sealJournal } from "~server/ledger/seal-journal.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { takeStatement } from "~server/payouts/take-statement.server";
import { bounceByHand } from "~tests/factories/bounce-by-hand";
import { digestOf as digestOfRequest } from "~tests/factories/by-two";
import {
  CLOCK,
  TODAY,
  approveTo,
  makeAcceptedAward,
  makeAward,
  makeDesk,
  openEmptyYear,
  type Desk,
} from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { accountsOf, post } from "./raw-posting";
import { adjustment, balancesOf, byTwoOf, makePaidAward } from "./two-hands";

const test = testDatabase();
const NEXT_YEAR = fixedClock("2027-01-05T02:00:00Z");

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk(test.db);
});

const why = "经查证须如此办理";

const digestOf = (id: string) => digestOfRequest(test.db, id);
const byTwo = (asked: Asked, hands: Parameters<typeof byTwoOf>[3] = {}) =>
  byTwoOf(test.db, desk, asked, hands);
const balances = (of: Desk, year = 2026) => balancesOf(test.db, of, year);
const makePaid = (of: Desk) => makePaidAward(test.db, of);
const adjust = (amountFen: bigint, of = desk): Asked => adjustment(amountFen, of);

describe("the end of a year (预算法 42)", () => {
  it("moves promised awards whole into the next year and lets the rest go on or lapse", async () => {
    const of = await makeDesk(test.db, 20_000_000n);
    const two = { asker: of.preparer, agreer: of.approver, clock: NEXT_YEAR };
    const approved = await makeAward(test.db, of);
    await approveTo(test.db, of, approved.awardId, "approved");
    const accepted = await makeAcceptedAward(test.db, of);
    const paid = await makePaid(of);
    const close = (budgetId: string, carry: boolean): Asked => ({ kind: "close_year", budgetId, carry });
    expect(await refusalOf(byTwo(close(of.budgetId, true), { ...two, clock: CLOCK }))).toBe("year_running");
    expect(await refusalOf(byTwo(close(of.budgetId, true), two))).toBe("next_budget_missing");
    const next = await openNext(of, 2027);
    await byTwo(close(of.budgetId, true), two);
    const promised = approved.amountFen + accepted.amountFen;
    expect(await balances(of, 2026)).toMatchObject({
      availableFen: 0n,
      encumberedFen: 0n,
      spentFen: paid.amountFen,
      appropriationFen: paid.amountFen,
    });
    expect(await balances(of, 2027)).toMatchObject({
      encumberedFen: promised,
      availableFen: 20_000_000n - promised - paid.amountFen,
    });
    expect(await refusalOf(byTwo(close(of.budgetId, true), two))).toBe("year_closed");
    // What was promised is booked, lapses and is revoked in the budget it went to.
    const locked = await withActor(test.db, of.approver.actor, (tx) => lockAward(tx, accepted.awardId));
    expect(locked.budgetId).toBe(next);
    await postAcceptedAward(test.db, accepted, of.preparer.actor, NEXT_YEAR);
    await byTwo({ kind: "revoke", awardId: approved.awardId }, two);
    expect(await balances(of, 2027)).toMatchObject({ encumberedFen: 0n, spentFen: accepted.amountFen });
    // Nothing is posted to the closed year.
    expect(await refusalOf(byTwo(adjust(1n, of), two))).toBe("year_closed");
    const old = await accountsOf(test.db.pool, of.budgetId);
    expect(
      await refusedBy(
        post(test.db.pool, {
          event: "award.lapsed",
          fundId: of.fundId,
          awardId: approved.awardId,
          entries: [[old("available"), old("encumbered"), approved.amountFen]],
        }),
      ),
    ).toBe("ledger_transactions_year_closed");
    // A claw-back of what the closed year spent is the treasury's.
    await byTwo({ kind: "clawback", awardId: paid.awardId, amountFen: 100n, ground: "wrong-facts" }, two);
    // What was asked back stays paid: money the bank sends back is entered as what was asked back.
    const live = await test.db.pool.query<{ id: string }>("select id from payouts where award_id = $1", [
      paid.awardId,
    ]);
    const bounce = { payoutId: live.rows[0]?.id ?? "", bouncedOn: "2027-01-05" };
    expect(await refusalOf(bounceByHand(test.db, bounce, NEXT_YEAR))).toBe("bounce_clawed_back");
    const back = { awardId: paid.awardId, amountFen: 100n, eventOn: "2027-01-05", requestKey: randomUUID() };
    expect(await receiveClawback(test.db, back, of.approver.actor, NEXT_YEAR)).toMatchObject({ later: true });
  });

  it("money goes on at most twice, oldest first, and an award that went on twice must be settled", async () => {
    const of = await makeDesk(test.db, 10_000_000n);
    const award = await makeAward(test.db, of);
    await approveTo(test.db, of, award.awardId, "approved");
    const two = (year: number) => ({
      asker: of.preparer,
      agreer: of.approver,
      clock: fixedClock(`${year}-01-05T02:00:00Z`),
    });
    const close = (budgetId: string): Asked => ({ kind: "close_year", budgetId, carry: true });
    const second = await openNext(of, 2027);
    const third = await openNext(of, 2028);
    await openNext(of, 2029);
    expect(await refusalOf(byTwo(close(second), two(2028)))).toBe("year_order");
    await byTwo(close(of.budgetId), two(2027));
    await byTwo(close(second), two(2028));
    const free = 10_000_000n - award.amountFen;
    expect(await balances(of, 2028)).toMatchObject({ availableFen: free, encumberedFen: award.amountFen });
    expect(await refusalOf(byTwo(close(third), two(2029)))).toBe("carried_twice");
    await byTwo({ kind: "revoke", awardId: award.awardId }, two(2029));
    await byTwo(close(third), two(2029));
    // What came in for the second time lapses; what the revocation freed had gone on as promised, and lapses with it.
    const last = await balances(of, 2029);
    expect(last.availableFen).toBe(award.amountFen);
  });
});

async function openNext(of: Desk, fiscalYear: number): Promise<string> {
  const { rows } = await test.db.pool.query<{ slug: string }>("select slug from funds where id = $1", [
    of.fundId,
  ]);
  const slug = rows[0]?.slug ?? "";
  const { budgetId } = await openEmptyYear(test.db, of.approver, { source: slug, slug, fiscalYear });
  return budgetId;
}

describe("invariant 20: a closed month", () => {
  it("takes no posting, is closed in order when over, and is corrected in an open one", async () => {
    const { rows } = await test.db.pool.query<{ first: string }>(
      "select to_char(min(event_on), 'YYYY-MM') as first from ledger_transactions",
    );
    expect(rows).toEqual([{ first: "2026-01" }]);
    const close = (month: string, clock = CLOCK) => byTwo({ kind: "close_month", month }, { clock });
    expect(await refusalOf(close("2026-06"))).toBe("month_running");
    expect(await refusalOf(close("2026-02"))).toBe("month_order");
    const funds = { fundId: desk.fundId, amountFen: 5n, eventOn: "2026-01-20", requestKey: randomUUID() };
    const wrong = await receiveFunds(test.db, funds, desk.approver.actor, CLOCK);
    await close("2026-01");
    expect(await refusalOf(close("2026-01"))).toBe("month_closed");
    expect(await refusalOf(close("2025-12"))).toBe("month_closed");
    expect(await refusalOf(close("2026-03"))).toBe("month_order");
    expect(
      await refusalOf(
        receiveFunds(test.db, { ...funds, requestKey: randomUUID() }, desk.approver.actor, CLOCK),
      ),
    ).toBe("period_closed");
    // A bank line that reaches back into it is booked on the day it is known.
    const line = { endToEndId: null, amountFen: "5", date: "2026-01-20", status: "in" as const };
    const statement = { fundId: desk.fundId, number: "20260601-1", closedOn: TODAY, closingFen: "0" };
    const taken = await takeStatement(test.db, { ...statement, lines: [line] }, desk.cashier.actor, CLOCK);
    expect(taken.outcomes).toEqual({ suspense: 1 });
    const booked = "select event_on::text as day from ledger_transactions where event = 'bank.unmatched'";
    expect((await test.db.pool.query(booked)).rows).toEqual([{ day: TODAY }]);
    // A retry of what was posted before is still that posting.
    expect(
      await refusalOf(
        receiveFunds(
          test.db,
          { ...funds, eventOn: "2026-02-01", requestKey: randomUUID() },
          desk.approver.actor,
          CLOCK,
        ),
      ),
    ).toBe("accepted");
    expect((await correctTransaction(test.db, wrong, desk.approver.actor, CLOCK)).isNew).toBe(true);
    expect(
      await refusedBy(
        test.db.pool.query("insert into period_closings values ('2026-02', gen_random_uuid(), now())"),
      ),
    ).toBe("period_closings_by_two");
    expect(await refusedBy(test.db.pool.query("delete from period_closings"))).toBe("42501");
  });

  it("of a posting and a closing at once, the posting is in before or refused", async () => {
    for (const month of ["2026-02", "2026-03", "2026-04"]) {
      const id = randomUUID();
      await askRequest(test.db, { kind: "close_month", month, id, reason: why }, desk.preparer.actor, CLOCK);
      const digest = await digestOf(id);
      const enter = () =>
        refusalOf(
          receiveFunds(
            test.db,
            { fundId: desk.fundId, amountFen: 3n, eventOn: `${month}-15`, requestKey: randomUUID() },
            desk.approver.actor,
            CLOCK,
          ),
        );
      const [closed, ...entered] = await Promise.all([
        refusalOf(agreeToRequest(test.db, { requestId: id, digest }, desk.approver.actor, CLOCK)),
        ...Array.from({ length: 6 }, enter),
      ]);
      expect(closed).toBe("accepted");
      expect(entered.filter((outcome) => !["accepted", "period_closed"].includes(outcome))).toEqual([]);
      expect(await enter()).toBe("period_closed");
    }
  });

  it("leaves books that verify, and a chain over them", async () => {
    await sealJournal(test.db);
    await makeLedgerRoot(test.db, CLOCK);
    const { faults, checked } = await verifyLedger(test.db);
    expect(faults).toEqual([]);
    expect(checked["seals"]).toBe(checked["transactions"]);
  });
});
