import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { fixedClock, type Clock } from "~server/clock";
import { openClaims } from "~server/claims/open-claim.server";
import { agreeToRequest, declineRequest } from "~server/ledger/answer-request.server";
import { askRequest } from "~server/ledger/ask-request.server";
import { correctTransaction } from "~server/ledger/correct-transaction.server";
import { explainFault } from "~server/ledger/explain-fault.server";
import { lapseAward } from "~server/ledger/lapse-award.server";
import type { Asked } from "~server/ledger/ledger-requests";
import { lockAward } from "~server/ledger/lock-award.server";
import { returnFloat, topUpFloat } from "~server/ledger/move-float.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { postMatched, postUnmatched } from "~server/ledger/post-suspense.server";
import { readBalances } from "~server/ledger/read-balances.server";
import { receiveClawback } from "~server/ledger/receive-clawback.server";
import { receiveFunds } from "~server/ledger/receive-funds.server";
import { recordPayment } from "~server/ledger/record-payment.server";
import { makeLedgerRoot, sealJournal } from "~server/ledger/seal-journal.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { ledgerRequests } from "~db/schema/ledger-acts";
import { eq } from "drizzle-orm";
import { systemActor } from "~server/staff-auth/actor";
import { actByTwo, digestOf as digestOfRequest } from "~tests/factories/by-two";
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
import { makeStaff, type TestPerson } from "~tests/factories/make-staff";
import { acceptAs } from "~tests/factories/reporter-of";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { accountsOf, post } from "./raw-posting";

const test = testDatabase();
/** The day after the last of the six months that begin on 1 June 2026. */
const LONG_AFTER = "2026-12-02";
const NEXT_YEAR = fixedClock("2027-01-05T02:00:00Z");

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk(test.db);
});

const why = "经查证须如此办理";

const digestOf = (id: string) => digestOfRequest(test.db, id);

/** Asked for by the preparer and agreed to by the approver. */
async function byTwo(
  asked: Asked,
  {
    asker = desk.preparer,
    agreer = desk.approver,
    clock = CLOCK,
  }: { asker?: TestPerson; agreer?: TestPerson; clock?: Clock } = {},
): Promise<string> {
  return actByTwo(test.db, asked, { asker, agreer, clock });
}

async function balances(of: Desk, year = 2026) {
  const fund = (await readBalances(test.db, of.approver.actor)).find((each) => each.fundId === of.fundId);
  return { ...fund?.financial, ...fund?.budgets.find(({ fiscalYear }) => fiscalYear === year) };
}

async function makePaid(of: Desk) {
  const award = await makeAcceptedAward(test.db, of);
  await postAcceptedAward(test.db, award, of.preparer.actor, CLOCK);
  const reference = `BK-${award.awardId.slice(-8).toUpperCase()}`;
  await recordPayment(test.db, { awardId: award.awardId, paidOn: TODAY, reference }, of.cashier.actor, CLOCK);
  return award;
}

const adjust = (amountFen: bigint, of = desk): Asked => ({
  kind: "adjust",
  budgetId: of.budgetId,
  amountFen,
  eventOn: TODAY,
});

describe("an act on money takes two of finance", () => {
  it("who asks does not agree, a preparer does not agree, and what is agreed is what was read", async () => {
    const id = randomUUID();
    const second = await makeStaff(test.db, ["finance_approver"]);
    await askRequest(test.db, { ...adjust(7n), id, reason: why }, desk.approver.actor, CLOCK);
    const digest = await digestOf(id);
    const agree = (person: TestPerson, said = digest) =>
      refusalOf(agreeToRequest(test.db, { requestId: id, digest: said }, person.actor, CLOCK));
    expect(await agree(desk.approver)).toBe("own_request");
    expect(await agree(desk.reviewer)).toBe("wrong_role");
    expect(await agree(desk.cashier)).toBe("wrong_role");
    expect(await agree(second, "0".repeat(64))).toBe("request_changed");
    // The database holds the same against a hand that goes past the code.
    const past = (person: string, by: TestPerson) =>
      refusedBy(
        withActor(test.db, by.actor, (tx) =>
          tx
            .update(ledgerRequests)
            .set({ outcome: "agreed", decidedBy: person, decidedAt: CLOCK.now() })
            .where(eq(ledgerRequests.id, id)),
        ),
      );
    expect(await past(desk.approver.actor.id, desk.approver)).toBe("ledger_requests_two_ck");
    expect(await past(second.actor.id, desk.approver)).toBe("ledger_requests_name");
    expect(await past(desk.preparer.actor.id, desk.preparer)).toBe("ledger_requests_role");
    expect(await agree(second)).toBe("accepted");
    expect(await agree(second)).toBe("accepted");
    expect(await agree(await makeStaff(test.db, ["finance_approver"]))).toBe("request_settled");
  });

  it("asks once a form, is open once a budget, and may be turned down or taken back", async () => {
    const of = await makeDesk(test.db);
    const id = randomUUID();
    const ask = (own = id) =>
      askRequest(test.db, { ...adjust(5n, of), id: own, reason: why }, of.preparer.actor, CLOCK);
    expect((await ask()).isNew).toBe(true);
    expect((await ask()).isNew).toBe(false);
    expect(await refusalOf(ask(randomUUID()))).toBe("request_open");
    expect(
      await declineRequest(test.db, { requestId: id, answer: "不再需要" }, of.preparer.actor, CLOCK),
    ).toEqual({ outcome: "withdrawn" });
    const other = randomUUID();
    await ask(other);
    expect(
      await declineRequest(test.db, { requestId: other, answer: "依据不足" }, of.reviewer.actor, CLOCK),
    ).toEqual({ outcome: "refused" });
    expect(
      await refusalOf(
        agreeToRequest(
          test.db,
          { requestId: other, digest: await digestOf(other) },
          of.approver.actor,
          CLOCK,
        ),
      ),
    ).toBe("request_settled");
    expect(
      await refusalOf(
        askRequest(test.db, { ...adjust(5n, of), id: randomUUID(), reason: "短" }, of.preparer.actor, CLOCK),
      ),
    ).toBe("reason_required");
  });

  it("no posting of such an event stands without an agreed request, nor twice on one", async () => {
    const of = await accountsOf(test.db.pool, desk.budgetId);
    const entries = [[of("available"), of("appropriation"), 9n]] as const;
    const raw = (requestId: string | null) =>
      refusedBy(
        post(test.db.pool, {
          event: "budget.adjusted",
          fundId: desk.fundId,
          entries,
          requestId,
          eventOn: TODAY,
          actorId: desk.approver.actor.id,
        }),
      );
    expect(await raw(null)).toBe("ledger_transactions_by_two");
    const id = await byTwo(adjust(9n));
    expect(await raw(id)).toBe("ledger_transactions_request_uq");
    expect(
      await refusedBy(
        post(test.db.pool, {
          event: "budget.approved",
          fundId: desk.fundId,
          entries,
          eventOn: TODAY,
          requestId: null,
          actorId: desk.approver.actor.id,
        }),
      ),
    ).toBe("ledger_transactions_by_two");
    expect(
      await refusedBy(
        post(test.db.pool, { event: "budget.approved", fundId: desk.fundId, entries, eventOn: TODAY }),
      ),
    ).toBe("ledger_transactions_approved_once");
  });
});

describe("budgets", () => {
  it("an adjustment never goes below what is promised", async () => {
    const of = await makeDesk(test.db, 6_000_000n);
    const award = await makeAward(test.db, of);
    await approveTo(test.db, of, award.awardId, "approved");
    expect(await refusalOf(byTwo(adjust(-1_000_501n, of), { asker: of.preparer, agreer: of.approver }))).toBe(
      "below_promised",
    );
    await declineRequest(
      test.db,
      { requestId: (await openOf(of)) ?? "", answer: "重新提出" },
      of.preparer.actor,
      CLOCK,
    );
    await byTwo(adjust(-1_000_500n, of), { asker: of.preparer, agreer: of.approver });
    expect(await balances(of)).toMatchObject({
      appropriationFen: 4_999_500n,
      availableFen: 0n,
      encumberedFen: 4_999_500n,
    });
    await byTwo(adjust(300n, of), { asker: of.preparer, agreer: of.approver });
    expect(await balances(of)).toMatchObject({ appropriationFen: 4_999_800n, availableFen: 300n });
  });

  it("a budget is opened with its appropriation by two, once", async () => {
    const slug = `two-${randomUUID().slice(0, 6)}`;
    const open: Asked = {
      kind: "open",
      source: slug,
      slug,
      fiscalYear: 2026,
      amountFen: 1_000n,
      eventOn: TODAY,
    };
    await byTwo(open);
    const fund = (await readBalances(test.db, desk.approver.actor)).find((each) => each.slug === slug);
    expect(fund?.budgets).toMatchObject([
      { fiscalYear: 2026, appropriationFen: 1_000n, availableFen: 1_000n },
    ]);
    expect(await refusalOf(byTwo(open))).toBe("open_taken");
  });
});

describe("a wrong entry of an appropriation", () => {
  it("is undone by two, once, and by nobody alone", async () => {
    const of = await makeDesk(test.db, 1_000n);
    const two = { asker: of.preparer, agreer: of.approver };
    const requestId = await byTwo(adjust(70n, of), two);
    const { rows } = await test.db.pool.query<{ id: string }>(
      "select id from ledger_transactions where request_id = $1",
      [requestId],
    );
    const wrong = rows[0]?.id ?? "";
    const alone = correctTransaction(test.db, { transactionId: wrong }, of.approver.actor, CLOCK);
    expect(await refusalOf(alone)).toBe("correction_by_two");
    const account = await accountsOf(test.db.pool, of.budgetId);
    const raw = (more: { requestId: string | null }) =>
      refusedBy(
        post(test.db.pool, {
          event: "correction",
          fundId: of.fundId,
          correctsId: wrong,
          actorId: of.approver.actor.id,
          eventOn: TODAY,
          entries: [[account("appropriation"), account("available"), 70n]],
          ...more,
        }),
      );
    expect(await raw({ requestId: null })).toBe("ledger_transactions_by_two");
    // Nor by what two agreed to for something else.
    const other = await byTwo(adjust(5n, of), two);
    expect(await raw({ requestId: other })).toBe("ledger_transactions_request_uq");
    const undo = (amountFen: bigint): Asked => ({ ...adjust(amountFen, of), corrects: wrong }) as Asked;
    expect(await refusalOf(byTwo(undo(-69n), two))).toBe("correction_refused");
    await byTwo(undo(-70n), two);
    expect(await balances(of)).toMatchObject({ appropriationFen: 1_005n, availableFen: 1_005n });
    expect(await refusalOf(byTwo(undo(-70n), two))).toBe("correction_refused");
  });
});

async function openOf(of: Desk): Promise<string | undefined> {
  const { rows } = await test.db.pool.query<{ id: string }>(
    "select id from ledger_requests where budget_id = $1 and outcome is null",
    [of.budgetId],
  );
  return rows[0]?.id;
}

describe("what becomes of an award", () => {
  it.each(["approved", "accepted", "posted"] as const)(
    "is revoked when %s, and its money is free again",
    async (state) => {
      const of = await makeDesk(test.db);
      const before = await balances(of);
      const award = await makeAward(test.db, of);
      await approveTo(test.db, of, award.awardId, "approved");
      if (state !== "approved") await acceptAs(test.db, award, CLOCK);
      if (state === "posted") await postAcceptedAward(test.db, award, of.preparer.actor, CLOCK);
      const two = { asker: of.preparer, agreer: of.approver };
      await byTwo({ kind: "revoke", awardId: award.awardId }, two);
      expect(await balances(of)).toEqual(before);
      expect(await refusalOf(byTwo({ kind: "revoke", awardId: award.awardId }, two))).toBe("not_revocable");
    },
  );

  it("lapses once, frees its money, and may not after acceptance", async () => {
    const of = await makeDesk(test.db);
    const before = await balances(of);
    const award = await makeAward(test.db, of);
    await approveTo(test.db, of, award.awardId, "approved");
    const system = systemActor("lapse");
    const lapse = (awardId: string, eventOn = LONG_AFTER) =>
      withActor(test.db, system, (tx) => lapseAward(tx, { awardId, eventOn }, system, CLOCK));
    // Nobody was told of it yet; then its last day is not over.
    expect(await refusedBy(lapse(award.awardId))).toBe("awards_claim_window");
    await openClaims(test.db, CLOCK);
    expect(await refusedBy(lapse(award.awardId, "2026-12-01"))).toBe("awards_claim_window");
    expect((await lapse(award.awardId)).isNew).toBe(true);
    expect((await lapse(award.awardId)).isNew).toBe(false);
    expect(await balances(of)).toEqual(before);
    const accepted = await makeAcceptedAward(test.db, of);
    expect(await refusalOf(lapse(accepted.awardId))).toBe("award_moved");
  });

  it("is ordered back in part and in whole, comes back this year or later, and is written off", async () => {
    const of = await makeDesk(test.db);
    const two = { asker: of.preparer, agreer: of.approver };
    const award = await makePaid(of);
    const about = { awardId: award.awardId };
    const order = (amountFen: bigint, ground = "wrong-facts"): Asked => ({
      kind: "clawback",
      ...about,
      amountFen,
      ground,
    });
    expect(await refusalOf(byTwo(order(1n, "no-ground"), two))).toBe("clawback_grounds");
    expect(await refusalOf(byTwo(order(award.amountFen + 1n), two))).toBe("clawback_amount");
    await byTwo(order(3_000_000n), two);
    await byTwo(order(award.amountFen - 3_000_000n), two);
    expect(await refusalOf(byTwo(order(1n), two))).toBe("clawback_amount");
    expect(await refusalOf(byTwo({ kind: "revoke", ...about }, two))).toBe("not_revocable");
    const paid = await balances(of);
    const receive = (amountFen: bigint, eventOn: string, requestKey: string, clock = CLOCK) =>
      receiveClawback(test.db, { ...about, amountFen, eventOn, requestKey }, of.approver.actor, clock);
    const key = randomUUID();
    expect(await receive(2_000_000n, TODAY, key)).toMatchObject({ isNew: true, later: false });
    expect(await receive(2_000_000n, TODAY, key)).toMatchObject({ isNew: false });
    expect(await balances(of)).toMatchObject({
      availableFen: (paid.availableFen ?? 0n) + 2_000_000n,
      recoverable: award.amountFen - 2_000_000n,
    });
    expect(await refusalOf(receive(award.amountFen, TODAY, randomUUID()))).toBe("clawback_amount");
    const same = await balances(of);
    expect(await receive(1_000_000n, "2027-01-05", randomUUID(), NEXT_YEAR)).toMatchObject({ later: true });
    expect(await balances(of)).toMatchObject({
      availableFen: same.availableFen,
      treasury: same.treasury,
      funding: (same.funding ?? 0n) - 1_000_000n,
    });
    await byTwo(
      { kind: "write_off", ...about, amountFen: award.amountFen - 3_000_000n },
      { ...two, clock: NEXT_YEAR },
    );
    expect(await balances(of)).toMatchObject({ recoverable: 0n });
    expect(await refusalOf(receive(1n, TODAY, randomUUID()))).toBe("clawback_settled");
  });
});

describe("money beside the awards", () => {
  it("a float is topped up and returned once a key, and never below nothing", async () => {
    const of = await makeDesk(test.db);
    const act = of.approver.actor;
    const move = (work: typeof topUpFloat, amountFen: bigint, requestKey: string) =>
      explainFault(() =>
        withActor(test.db, act, (tx) =>
          work(tx, { fundId: of.fundId, amountFen, eventOn: TODAY, requestKey }, act, CLOCK),
        ),
      );
    const key = randomUUID();
    expect((await move(topUpFloat, 500n, key)).isNew).toBe(true);
    expect((await move(topUpFloat, 500n, key)).isNew).toBe(false);
    expect(await refusalOf(move(returnFloat, 501n, randomUUID()))).toBe("float_short");
    await move(returnFloat, 500n, randomUUID());
    expect(await balances(of)).toMatchObject({ window_cash: 0n });
  });

  it("a line without a match waits in suspense until it has one", async () => {
    const of = await makeDesk(test.db);
    const act = of.approver.actor;
    const line = {
      fundId: of.fundId,
      amountFen: 250n,
      eventOn: TODAY,
      direction: "in" as const,
      lineId: randomUUID(),
    };
    const run = (work: typeof postUnmatched, more: Partial<typeof line> = {}) =>
      withActor(test.db, act, (tx) => work(tx, { ...line, ...more }, act, CLOCK));
    expect(await refusalOf(run(postMatched))).toBe("not_unmatched");
    await run(postUnmatched);
    expect((await run(postUnmatched)).isNew).toBe(false);
    expect(await balances(of)).toMatchObject({ suspense: 250n });
    expect((await run(postMatched)).isNew).toBe(true);
    expect(await balances(of)).toMatchObject({ suspense: 0n });
    await run(postUnmatched, { direction: "in", lineId: randomUUID() });
  });
});

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
    expect(
      await refusalOf(
        receiveFunds(test.db, { ...funds, requestKey: randomUUID() }, desk.approver.actor, CLOCK),
      ),
    ).toBe("period_closed");
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
