import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { awards } from "~db/schema/rewards";
import { awardClaims, claimCodes } from "~db/schema/claims";
import { schemes } from "~db/schema/packs";
import { fixedClock } from "~server/clock";
import { chooseTransfer } from "~server/claims/choose-way.server";
import { recordPapers } from "~server/claims/record-papers.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { assessAward } from "~server/rewards/assess-award.server";
import { loadScheme, parseScheme } from "~server/rewards/load-scheme.server";
import { agreeDay, bookOf, countDay, unlockWindow } from "~server/windows/count-day.server";
import { findClaim } from "~server/windows/find-claim.server";
import { moveCash } from "~server/windows/move-cash.server";
import { payAgainstCode } from "~server/windows/pay-claim.server";
import { closeWindow, decideWindow, proposeWindow } from "~server/windows/set-up-window.server";
import { systemActor } from "~server/staff-auth/actor";
import {
  CLOCK,
  approveTo,
  assessmentOf,
  makeAcceptedAward,
  makeDesk,
  type Desk,
} from "~tests/factories/make-award";
import { makeFinding } from "~tests/factories/make-finding";
import { makeStaff, type TestPerson } from "~tests/factories/make-staff";
import { payByHand } from "~tests/factories/pay-by-hand";
import { acceptAs, reporterOf } from "~tests/factories/reporter-of";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal } from "~tests/setup/test-portal";
import { codeFor, makeClaimable, openWindow, topUp } from "~tests/factories/pay-window";

const test = testDatabase();
const AMOUNT = 4_999_500n;
const DETAILS = { holder: "某某", bank: "某银行", branch: "", account: "6222020200112233445" };
let desk: Desk;
let clerk: TestPerson;
let other: TestPerson;

beforeAll(async () => {
  const portal = testPortal(test.db, CLOCK.now().toISOString());
  await installTestPack(portal);
  desk = await makeDesk(test.db);
  clerk = await makeStaff(test.db, ["window_clerk"]);
  other = await makeStaff(test.db, ["window_clerk"]);
}, 120_000);

const pay = (
  windowId: string,
  award: { awardId: string; code: string },
  by: TestPerson = clerk,
  clock = CLOCK,
) => payAgainstCode(test.db, { windowId, ...award }, by.actor, clock);
const find = (windowId: string, typed: string, by: TestPerson = clerk, clock = CLOCK) =>
  findClaim(test.db, { windowId, typed }, by.actor, clock);
const book = (windowId: string) => withActor(test.db, systemActor("test"), (tx) => bookOf(tx, windowId));

/** An accepted award of a scheme that lets so much of it be paid in cash, in 分. */
async function makeLimited(cashFen: bigint): Promise<{ awardId: string; tipId: string }> {
  const { scheme: base } = loadScheme("jinhua-default");
  const id = `cash-up-to-${cashFen}`;
  const cashUpTo = {
    clause: "测试第一条",
    title: { zh: "现金限额", en: "Limit for cash" },
    note: { zh: "超过限额的不发现金", en: "No cash above the limit" },
    amount: cashFen.toString(),
  };
  const { scheme, sha256 } = parseScheme({ ...base, id, claim: { ...base.claim, cashUpTo } }, id);
  const { from: effectiveFrom, to: effectiveTo } = scheme.effective;
  const row = { schemeId: id, version: scheme.version, sha256, content: scheme, effectiveFrom, effectiveTo };
  await test.db.orm.insert(schemes).values(row);
  const finding = await makeFinding(test.db);
  const asked = assessmentOf(finding, desk, { schemeId: id });
  const { awards: made } = await assessAward(test.db, asked, desk.preparer.actor, CLOCK);
  const [award] = made;
  if (award === undefined) throw new Error("the case gives an award");
  await approveTo(test.db, desk, award.id, "approved");
  const own = { awardId: award.id, tipId: award.tipId };
  await acceptAs(test.db, own, CLOCK);
  return own;
}

describe("a claim code", () => {
  it("pays once at a window, in one posting against the window's cash, with no name anywhere", async () => {
    const windowId = await openWindow(test.db, desk);
    const award = await makeClaimable(test.db, desk);
    const seen = await find(windowId, award.code.toLowerCase().replaceAll("-", " "));
    expect(seen).toMatchObject({ awardId: award.awardId, amountFen: AMOUNT, claimant: "self", papers: null });
    const { slip, transactionId } = await pay(windowId, award);
    expect(slip).toMatch(/^A[A-Z]20260601-0001$/);
    expect(await book(windowId)).toBe(20_000_000n - AMOUNT);
    const { rows } = await test.owner.query(
      `select a.status, p.kind, p.reference, d.kind as debit, c.kind as credit, k.status as code
         from awards a join payouts p on p.award_id = a.id join ledger_entries e on e.transaction_id = p.transaction_id
         join accounts d on d.id = e.debit_account_id join accounts c on c.id = e.credit_account_id
         join claim_codes k on k.award_id = a.id where p.transaction_id = $1`,
      [transactionId],
    );
    expect(rows).toEqual([
      {
        status: "paid",
        kind: "window",
        reference: slip,
        debit: "payable",
        credit: "window_cash",
        code: "spent",
      },
    ]);
    expect(await refusalOf(pay(windowId, award))).toBe("code_spent");
    expect(await refusalOf(find(windowId, award.code))).toBe("code_spent");
  });

  it("shows a clerk its own award and no other, and nothing without a code", async () => {
    const windowId = await openWindow(test.db, desk);
    await makeClaimable(test.db, desk);
    const award = await makeClaimable(test.db, desk);
    await find(windowId, award.code);
    for (const table of [awards, awardClaims, claimCodes])
      expect(await withActor(test.db, clerk.actor, (tx) => tx.select().from(table))).toEqual([]);
  });

  it("is stored as a hash alone, and a new one ends the old", async () => {
    const windowId = await openWindow(test.db, desk);
    const award = await makeClaimable(test.db, desk);
    const renewed = await codeFor(test.db, award);
    expect(await refusalOf(find(windowId, award.code))).toBe("code_dead");
    expect(await refusalOf(pay(windowId, award))).toBe("code_dead");
    const { rows } = await test.owner.query<{ number: number; status: string }>(
      "select number, status from claim_codes where award_id = $1 order by number",
      [award.awardId],
    );
    expect(rows).toEqual([
      { number: 1, status: "dead" },
      { number: 2, status: "live" },
    ]);
    await expect(pay(windowId, { ...award, code: renewed })).resolves.toMatchObject({});
  });

  it("raced by two clerks pays once", async () => {
    const windowId = await openWindow(test.db, desk);
    const award = await makeClaimable(test.db, desk);
    const ends = await Promise.allSettled([pay(windowId, award, clerk), pay(windowId, award, other)]);
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const { rows } = await test.owner.query("select 1 from payouts where award_id = $1", [award.awardId]);
    expect(rows).toHaveLength(1);
  });

  it("raced by a transfer pays once, and a transfer is refused where a window was chosen", async () => {
    const windowId = await openWindow(test.db, desk);
    const award = await makeClaimable(test.db, desk);
    const transfer = payByHand(
      test.db,
      { awardId: award.awardId, paidOn: "2026-06-01", reference: "BK20260601-0007" },
      desk.cashier.actor,
      CLOCK,
    );
    const [byBank, atWindow] = await Promise.allSettled([transfer, pay(windowId, award)]);
    expect(byBank.status).toBe("rejected");
    expect(atWindow.status).toBe("fulfilled");
  });

  it("pays nothing that is not booked, was chosen otherwise, or is past its last day", async () => {
    const windowId = await openWindow(test.db, desk);
    const waiting = await makeAcceptedAward(test.db, desk);
    const early = await codeFor(test.db, waiting);
    expect(await refusalOf(find(windowId, early))).toBe("not_posted");
    const changed = await makeClaimable(test.db, desk);
    await chooseTransfer(
      test.db,
      { tipId: changed.tipId, awardId: changed.awardId, claimant: "self", details: DETAILS },
      await reporterOf(test.db, changed.tipId),
      CLOCK,
    );
    expect(await refusalOf(pay(windowId, changed))).toBe("code_dead");
    const late = await makeClaimable(test.db, desk);
    expect(await refusalOf(pay(windowId, late, clerk, fixedClock("2026-12-20T02:00:00Z")))).toBe("code_over");
  });

  it("pays whom the informant sends with it, of whom no papers are asked", async () => {
    const windowId = await openWindow(test.db, desk);
    const award = await makeAcceptedAward(test.db, desk);
    await postAcceptedAward(test.db, { awardId: award.awardId }, desk.preparer.actor, CLOCK);
    const code = await codeFor(test.db, award, "proxy");
    expect(await find(windowId, code)).toMatchObject({ claimant: "proxy", papers: null });
    await expect(pay(windowId, { ...award, code })).resolves.toMatchObject({});
  });

  it("is given up to the scheme's limit for cash to the 分, and above it not, in code and in the database", async () => {
    const windowId = await openWindow(test.db, desk);
    const within = await makeLimited(AMOUNT);
    await postAcceptedAward(test.db, { awardId: within.awardId }, desk.preparer.actor, CLOCK);
    const code = await codeFor(test.db, within);
    await expect(pay(windowId, { ...within, code })).resolves.toMatchObject({});
    const above = await makeLimited(AMOUNT - 1n);
    expect(await refusalOf(codeFor(test.db, above))).toBe("cash_limit");
    const reporter = await reporterOf(test.db, above.tipId);
    const past = withActor(test.db, reporter, (tx) =>
      tx
        .update(awardClaims)
        .set({ way: "window", chosenOn: "2026-06-01", claimant: "self" })
        .where(eq(awardClaims.awardId, above.awardId)),
    );
    expect(await refusedBy(past)).toBe("award_claims_cash");
    const transfer = { ...above, claimant: "self" as const, details: DETAILS };
    expect(await refusalOf(chooseTransfer(test.db, transfer, reporter, CLOCK))).toBe("accepted");
  });

  it("typed wrongly slows the window and then locks it until somebody unlocks it by name", async () => {
    const windowId = await openWindow(test.db, desk);
    const award = await makeClaimable(test.db, desk);
    const minute = (n: number) => fixedClock(new Date(CLOCK.now().getTime() + n * 61_000).toISOString());
    const wrong = `${award.code.slice(0, -4)}0000`;
    const impossible = [
      "",
      "  ",
      "1234",
      "abc",
      award.code.slice(0, -1),
      `${award.code}0`,
      `${award.code.slice(0, -1)}U`,
    ];
    const slip = async (at?: ReturnType<typeof minute>) => {
      for (const typed of impossible)
        expect(await refusalOf(find(windowId, typed, clerk, at))).toBe("code_shape");
    };
    // What cannot be a code is a slip of the hand, however often it is typed: it neither counts nor clears the count.
    for (let n = 0; n < 2; n += 1) await slip();
    for (let n = 0; n < 3; n += 1) {
      expect(await refusalOf(find(windowId, wrong))).toBe("code_unknown");
      await slip();
    }
    expect(await refusalOf(find(windowId, award.code))).toBe("window_slow");
    for (let n = 1; n <= 7; n += 1)
      expect(await refusalOf(find(windowId, wrong, clerk, minute(n)))).toBe("code_unknown");
    expect(await refusalOf(find(windowId, award.code, clerk, minute(9)))).toBe("window_locked");
    expect(await refusalOf(unlockWindow(test.db, { windowId }, clerk.actor, CLOCK))).toBe("wrong_role");
    await unlockWindow(test.db, { windowId }, desk.cashier.actor, CLOCK);
    await expect(find(windowId, award.code, clerk, minute(9))).resolves.toMatchObject({});
  });

  it("of an heir pays once two have seen the papers, recorded by kind and two people", async () => {
    const windowId = await openWindow(test.db, desk);
    const award = await makeAcceptedAward(test.db, desk);
    await postAcceptedAward(test.db, { awardId: award.awardId }, desk.preparer.actor, CLOCK);
    const code = await codeFor(test.db, award, "heir");
    const papers = (by: TestPerson) =>
      recordPapers(test.db, { code, kind: "notarised_inheritance" }, by.actor, CLOCK);
    expect(await refusalOf(pay(windowId, { ...award, code }))).toBe("papers_first");
    await papers(clerk);
    expect(await refusalOf(papers(clerk))).toBe("papers_same");
    expect(await refusalOf(pay(windowId, { ...award, code }))).toBe("papers_first");
    await papers(other);
    // Another code may be in other hands: two look again at who brings it.
    const next = await codeFor(test.db, award, "heir");
    expect(await refusalOf(pay(windowId, { ...award, code: next }))).toBe("papers_first");
    const again = (by: TestPerson) =>
      recordPapers(test.db, { code: next, kind: "notarised_inheritance" }, by.actor, CLOCK);
    await again(other);
    await again(clerk);
    await expect(pay(windowId, { ...award, code: next })).resolves.toMatchObject({});
  });

  it("is not spent without a payment, and no payment is made without it", async () => {
    const award = await makeClaimable(test.db, desk);
    expect(
      await refusedBy(
        test.owner.query(
          "update claim_codes set status = 'spent', ended_on = '2026-06-01' where award_id = $1",
          [award.awardId],
        ),
      ),
    ).toBe("claim_codes_paid");
    expect(
      await refusedBy(
        test.owner.query("update claim_codes set hash = sha256('x') where award_id = $1", [award.awardId]),
      ),
    ).toBe("claim_codes_history");
  });
});

describe("a window", () => {
  it("is opened by a second person", async () => {
    const words = {
      fundId: desk.fundId,
      code: "ZZ",
      nameZh: "另一个窗口",
      nameEn: "Another window",
      addressZh: "某某街一号",
      addressEn: "1 Some Street",
      hoursZh: "工作日全天",
      hoursEn: "Working days",
    };
    const { windowId } = await proposeWindow(test.db, words, desk.preparer.actor, CLOCK);
    const decide = (by: TestPerson) => decideWindow(test.db, { windowId, open: true }, by.actor, CLOCK);
    expect(await refusalOf(decide(desk.preparer))).toBe("propose_other");
    expect(await refusalOf(decide(clerk))).toBe("wrong_role");
    await decide(desk.reviewer);
    expect(await refusalOf(proposeWindow(test.db, words, desk.preparer.actor, CLOCK))).toBe("window_words");
  });

  it("hands out no more than it holds, whatever the fund has elsewhere", async () => {
    const rich = await openWindow(test.db, desk);
    const poor = await openWindow(test.db, desk, 100n);
    const award = await makeClaimable(test.db, desk);
    expect(await refusalOf(pay(poor, award))).toBe("float_short");
    const back = { kind: "return" as const, amountFen: 101n, requestKey: crypto.randomUUID() };
    expect(await refusalOf(moveCash(test.db, { windowId: poor, ...back }, desk.cashier.actor, CLOCK))).toBe(
      "float_short",
    );
    await expect(pay(rich, award)).resolves.toMatchObject({});
    expect(await refusalOf(closeWindow(test.db, { windowId: poor }, desk.approver.actor, CLOCK))).toBe(
      "box_not_empty",
    );
  });

  it("closes its day against the book, explains a difference by two, and takes nothing more that day", async () => {
    const windowId = await openWindow(test.db, desk);
    const award = await makeClaimable(test.db, desk);
    const count = (countedFen: bigint, bookFen: bigint, explanation = "") =>
      countDay(test.db, { windowId, countedFen, bookFen, explanation }, clerk.actor, CLOCK);
    expect(await refusalOf(count(1n, 2n))).toBe("count_changed");
    expect(await refusalOf(count(19_999_900n, 20_000_000n))).toBe("difference_unexplained");
    expect(await count(19_999_900n, 20_000_000n, "清点时少一元，已查监控")).toEqual({ closed: false });
    expect(await refusalOf(pay(windowId, award))).toBe("day_counted");
    expect(await refusalOf(topUp(test.db, desk, windowId, 5n))).toBe("day_counted");
    const agree = (by: TestPerson) => agreeDay(test.db, { windowId, day: "2026-06-01" }, by.actor, CLOCK);
    expect(await refusalOf(agree(clerk))).toBe("agree_other");
    await agree(other);
    expect(
      await refusedBy(
        test.owner.query("update window_days set counted_fen = 20000000 where window_id = $1", [windowId]),
      ),
    ).toBe("window_days_history");
    await expect(pay(windowId, award, clerk, fixedClock("2026-06-02T02:00:00Z"))).resolves.toMatchObject({});
  });

  it("leaves a ledger that verifies", async () => {
    const report = await verifyLedger(test.db);
    expect(report).toMatchObject({ faults: [] });
  });
});
