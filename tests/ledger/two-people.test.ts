import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { fixedClock } from "~server/clock";
import { openClaims } from "~server/claims/open-claim.server";
import { agreeToRequest, declineRequest } from "~server/ledger/answer-request.server";
import { askRequest } from "~server/ledger/ask-request.server";
import { correctTransaction } from "~server/ledger/correct-transaction.server";
import { explainFault } from "~server/ledger/explain-fault.server";
import { lapseAward } from "~server/ledger/lapse-award.server";
import type { Asked } from "~server/ledger/ledger-requests";
import { returnFloat, topUpFloat } from "~server/ledger/move-float.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { postMatched, postUnmatched } from "~server/ledger/post-suspense.server";
import { readBalances } from "~server/ledger/read-balances.server";
import { receiveClawback } from "~server/ledger/receive-clawback.server";
import { ledgerRequests } from "~db/schema/ledger-acts";
import { eq } from "drizzle-orm";
import { systemActor } from "~server/staff-auth/actor";
import { digestOf as digestOfRequest } from "~tests/factories/by-two";
import {
  CLOCK,
  TODAY,
  approveTo,
  makeAcceptedAward,
  makeAward,
  makeDesk,
  type Desk,
} from "~tests/factories/make-award";
import { makeStaff, type TestPerson } from "~tests/factories/make-staff";
import { acceptAs } from "~tests/factories/reporter-of";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { accountsOf, post } from "./raw-posting";
import { adjustment, balancesOf, byTwoOf, makePaidAward } from "./two-hands";

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

const byTwo = (asked: Asked, hands: Parameters<typeof byTwoOf>[3] = {}) =>
  byTwoOf(test.db, desk, asked, hands);
const balances = (of: Desk, year = 2026) => balancesOf(test.db, of, year);
const makePaid = (of: Desk) => makePaidAward(test.db, of);
const adjust = (amountFen: bigint, of = desk): Asked => adjustment(amountFen, of);

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
    const another = askRequest(test.db, { ...adjust(9n), id, reason: why }, desk.reviewer.actor, CLOCK);
    expect(await refusalOf(another)).toBe("request_open");
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

  it("is agreed to by nobody once who asked is of finance no more, and may be turned down", async () => {
    const left = await makeStaff(test.db, ["finance_preparer"]);
    const id = randomUUID();
    await askRequest(test.db, { ...adjust(9n), id, reason: why }, left.actor, CLOCK);
    const digest = await digestOf(id);
    await test.db.pool.query("update staff_roles set revoked_at = now() where staff_id = $1", [
      left.actor.id,
    ]);
    const agree = agreeToRequest(test.db, { requestId: id, digest }, desk.approver.actor, CLOCK);
    expect(await refusalOf(agree)).toBe("asker_left");
    const decline = declineRequest(
      test.db,
      { requestId: id, answer: "提出人已离岗" },
      desk.approver.actor,
      CLOCK,
    );
    expect(await decline).toEqual({ outcome: "refused" });
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
