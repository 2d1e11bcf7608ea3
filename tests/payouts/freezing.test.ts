import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_BANK_FORMAT } from "~/forms/bank-format";
import { awardClaims } from "~db/schema/claims";
import { withActor } from "~db/with-actor.server";
import { chooseTransfer } from "~server/claims/choose-way.server";
import type { PaperKind } from "~server/claims/note-papers.server";
import { readClaim } from "~server/claims/read-claim.server";
import { seePapers } from "~server/claims/see-papers.server";
import { bringFormat } from "~server/bank-formats/bring-format.server";
import { agreeToFormat, requestFormat } from "~server/bank-formats/settle-format.server";
import { fixedClock } from "~server/clock";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { recordPayment } from "~server/ledger/record-payment.server";
import { freezeBatch } from "~server/payouts/freeze-batch.server";
import { cancelBatch, recordFile, sendBatch } from "~server/payouts/move-batch.server";
import { readPayees } from "~server/payouts/read-payees.server";
import { holdAward } from "~server/rewards/hold-award.server";
import { openPayee } from "~server/secrecy/payee-shares";
import { CLOCK, TODAY, makeAcceptedAward, makeAward } from "~tests/factories/make-award";
import { addAdministrator, makeStaff, type TestPerson } from "~tests/factories/make-staff";
import { reporterOf } from "~tests/factories/reporter-of";
import { orderPayment } from "~tests/factories/pay-by-hand";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import {
  DETAILS,
  freeze,
  hand,
  leaveDetails,
  linesOf,
  makeFileOf,
  makePayable,
  makePayoutDesk,
  release,
  releaseAs,
  type PayoutDesk,
} from "./payout-desk";

const test = testDatabase();
let desk: PayoutDesk;

beforeAll(async () => {
  desk = await makePayoutDesk(test.db);
}, 120_000);

const states = async (batchId: string) => (await linesOf(test.db, batchId)).map(({ state }) => state);

const markOf = async (awardId: string) =>
  (await readClaim(test.db, { awardId }, desk.approver.actor)).claim?.papersMark ?? "";

/** Who saw the papers says so on a page opened just now. */
async function seenNow(awardId: string, person: TestPerson, kind: PaperKind = "court_decision") {
  const mark = await markOf(awardId);
  return seePapers(test.db, { awardId, kind, mark }, person.actor, CLOCK);
}

describe("a batch", () => {
  it("takes posted awards by transfer alone, of one fund, and each on one live line", async () => {
    const award = await makePayable(desk);
    const drafted = await makeAward(test.db, desk);
    await expect(refusalOf(freeze(desk, [drafted]))).resolves.toBe("line_taken");
    await expect(refusalOf(freeze(desk, []))).resolves.toBe("batch_empty");
    const batchId = await freeze(desk, [award]);
    await expect(refusalOf(freeze(desk, [award]))).resolves.toBe("line_taken");
    // Nor is it paid any other way meanwhile, by whatever code.
    const payment = { awardId: award.awardId, paidOn: TODAY, reference: "BK-BESIDE-1" };
    expect(await refusalOf(recordPayment(test.db, payment, desk.cashier.actor, CLOCK))).toBe(
      "award_in_batch",
    );
    const ordered = await makePayable(desk);
    await orderPayment(test.db, ordered.awardId, CLOCK);
    await expect(refusalOf(freeze(desk, [ordered]))).resolves.toBe("award_ordered");
    // Nor past the day it was good for: the cashier may have paid, and not recorded it yet.
    const late = fixedClock("2026-09-01T03:00:00Z");
    const input = { awardIds: [ordered.awardId], cashierId: desk.cashier.actor.id };
    await expect(refusalOf(freezeBatch(test.db, input, desk.preparer.actor, late))).resolves.toBe(
      "award_ordered",
    );
    await expect(refusedBy(leaveDetails(test.db, ordered))).resolves.toBe("award_claims_on_line");
    const byHand = { awardId: ordered.awardId, paidOn: TODAY, reference: "BK-ORDERED-1" };
    await recordPayment(test.db, byHand, desk.cashier.actor, CLOCK);
    const { rows } = await test.db.pool.query(
      "select shredded_why as why from payee_details where award_id = $1",
      [ordered.awardId],
    );
    expect(rows).toEqual([{ why: "settled" }]);
    const cancel = { batchId, reason: "改为下月付款" };
    await cancelBatch(test.db, cancel, desk.preparer.actor, CLOCK);
    expect(await states(batchId)).toEqual(["cancelled"]);
    await expect(refusalOf(freeze(desk, [award]))).resolves.toBe("accepted");
  });

  it("takes no line its list does not name", async () => {
    const [award, later] = [await makePayable(desk), await makePayable(desk)];
    const batchId = await freeze(desk, [award]);
    const slipIn = test.db.pool.query(
      `insert into payout_lines (id, batch_id, position, award_id, code_name, amount_fen, reference, state)
       select gen_random_uuid(), b.id, 2, a.id, a.code_name, a.amount_fen, format('PB%s-%s-0002', b.year, lpad(b.no::text, 4, '0')), 'frozen'
         from payout_batches b, awards a where b.id = $1 and a.id = $2`,
      [batchId, later.awardId],
    );
    expect(await refusedBy(slipIn)).toBe("payout_batches_body");
  });

  it("is released by two others, one of them an approver, over the very list that was frozen", async () => {
    const award = await makePayable(desk);
    const batchId = await freeze(desk, [award]);
    const reviewer = await makeStaff(test.db, ["finance_reviewer"]);
    await expect(refusalOf(releaseAs(desk, desk.preparer, batchId))).resolves.toBe("wrong_role");
    await expect(refusalOf(releaseAs(desk, desk.cashier, batchId))).resolves.toBe("wrong_role");
    expect(await releaseAs(desk, desk.second, batchId)).toBe("frozen");
    await expect(refusalOf(releaseAs(desk, desk.second, batchId))).resolves.toBe("release_once");
    await expect(refusalOf(releaseAs(desk, reviewer, batchId))).resolves.toBe("release_approver");
    await expect(refusalOf(hand(desk, batchId))).resolves.toBe("not_found");
    const unready = readPayees(
      test.db,
      { batchId, executeOn: TODAY, exampleAccount: true },
      desk.cashier.actor,
      CLOCK,
    );
    await expect(refusalOf(unready)).resolves.toBe("batch_moved");
    expect(await releaseAs(desk, desk.approver, batchId)).toBe("released");
    expect(await states(batchId)).toEqual(["released"]);
    const early = readPayees(
      test.db,
      { batchId, executeOn: TODAY, exampleAccount: true },
      desk.cashier.actor,
      CLOCK,
    );
    await expect(refusalOf(early)).resolves.toBe("payees_incomplete");
    expect(await hand(desk, batchId)).toBe(1);
    expect(await hand(desk, batchId)).toBe(0);
    const other = await makeStaff(test.db, ["cashier"]);
    const strange = readPayees(
      test.db,
      { batchId, executeOn: TODAY, exampleAccount: true },
      other.actor,
      CLOCK,
    );
    await expect(refusalOf(strange)).resolves.toBe("not_your_batch");
    const { lines } = await readPayees(
      test.db,
      { batchId, executeOn: TODAY, exampleAccount: true },
      desk.cashier.actor,
      CLOCK,
    );
    // An office that is no demonstration pays from its own account or not at all.
    const unset = readPayees(
      test.db,
      { batchId, executeOn: TODAY, exampleAccount: false },
      desk.cashier.actor,
      CLOCK,
    );
    await expect(refusalOf(unset)).resolves.toBe("format_missing");
    // A format agreed to after the release is not for this batch.
    const [one, two] = [await addAdministrator(test.db), await addAdministrator(test.db)];
    const { format: before } = await readPayees(
      test.db,
      { batchId, executeOn: TODAY, exampleAccount: true },
      desk.cashier.actor,
      CLOCK,
    );
    const at = new Date(CLOCK.now().getTime() + 60_000);
    const format = { ...DEFAULT_BANK_FORMAT, purpose: "另一种用途" };
    const { proposalId } = await bringFormat(test.db, { format, at }, one);
    const { rows } = await test.owner.query<{ sha256: string }>("select sha256 from format_proposals");
    const shown = { proposalId, sha256: rows[0]?.sha256 ?? "", at };
    await requestFormat(test.db, { ...shown, reason: "换了用途" }, one);
    await agreeToFormat(test.db, shown, two);
    const again = await readPayees(
      test.db,
      { batchId, executeOn: TODAY, exampleAccount: true },
      desk.cashier.actor,
      CLOCK,
    );
    expect([before.purpose, again.format.purpose]).toEqual(["财政奖励资金", "财政奖励资金"]);
    const opened = await Promise.all(lines.map(({ payee }) => openPayee(payee, desk.cashierKeys.roleKeys)));
    expect(opened).toEqual([DETAILS]);
  });

  it("that differs from what was frozen, or was prepared by who releases it, is not released", async () => {
    const reviewer = await makeStaff(test.db, ["finance_reviewer", "finance_approver"]);
    const award = await makePayable(desk);
    const input = { awardIds: [award.awardId], cashierId: desk.cashier.actor.id };
    const { batchId } = await freezeBatch(test.db, input, reviewer.actor, CLOCK);
    await expect(refusalOf(releaseAs(desk, reviewer, batchId))).resolves.toBe("release_apart");
    await test.owner.query("alter table payout_batches disable trigger payout_batches_keep");
    await test.owner.query(
      "update payout_batches set body = replace(body, '4999500', '4999501'), hash = sha256(convert_to(replace(body, '4999500', '4999501'), 'UTF8')) where id = $1",
      [batchId],
    );
    await expect(refusalOf(releaseAs(desk, desk.approver, batchId))).resolves.toBe("batch_changed");
    await test.owner.query(
      "update payout_batches set body = replace(body, '4999501', '4999500'), hash = sha256(convert_to(replace(body, '4999501', '4999500'), 'UTF8')) where id = $1",
      [batchId],
    );
    await test.owner.query("alter table payout_batches enable trigger payout_batches_keep");
  });

  it("once released leaves its awards no longer to be held; before, a hold keeps it from being released", async () => {
    const [held, released] = [await makePayable(desk), await makePayable(desk)];
    const hold = (awardId: string) =>
      holdAward(test.db, { awardId, reason: "收到新的情况，先核实" }, desk.approver.actor, CLOCK);
    const first = await freeze(desk, [held]);
    await hold(held.awardId);
    await releaseAs(desk, desk.second, first);
    expect(await refusalOf(releaseAs(desk, desk.approver, first))).toBe("line_held");
    const second = await freeze(desk, [released]);
    await release(desk, second);
    expect(await refusalOf(hold(released.awardId))).toBe("hold_released");
    const raw = test.owner.query(
      `insert into award_holds (id, award_id, reason, placed_by, placed_at) values (gen_random_uuid(), $1, '收到新的情况', $2, now())`,
      [released.awardId, desk.approver.actor.id],
    );
    expect(await refusedBy(raw)).toBe("award_holds_on_line");
  });

  it("holds the informant's claim still until it ends", async () => {
    const award = await makePayable(desk);
    const batchId = await freeze(desk, [award]);
    expect(await refusedBy(leaveDetails(test.db, award))).toBe("award_claims_on_line");
    const reporter = await reporterOf(test.db, award.tipId);
    const toWindow = () =>
      withActor(test.db, reporter, (tx) => tx.update(awardClaims).set({ way: "window" }));
    expect(await refusedBy(toWindow())).toBe("award_claims_on_line");
    await cancelBatch(test.db, { batchId, reason: "举报人要求改领" }, desk.approver.actor, CLOCK);
    await toWindow();
    await expect(refusalOf(freeze(desk, [award]))).resolves.toBe("line_taken");
  });

  it("takes an heir's transfer once two of finance have seen the papers, each in their own name", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    await leaveDetails(test.db, award, DETAILS, "heir");
    await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
    const see = (person: TestPerson, kind: PaperKind = "court_decision") =>
      refusalOf(seenNow(award.awardId, person, kind));
    expect(await refusalOf(freeze(desk, [award]))).toBe("line_taken");
    expect(await see(desk.cashier)).toBe("wrong_role");
    expect(await see(desk.preparer)).toBe("accepted");
    expect(await see(desk.preparer)).toBe("papers_same");
    expect(await see(desk.reviewer, "village_proof")).toBe("papers_differ");
    expect(await refusalOf(freeze(desk, [award]))).toBe("line_taken");
    // Nobody writes the second name but its owner.
    const forged = withActor(test.db, desk.preparer.actor, (tx) =>
      tx
        .update(awardClaims)
        .set({ papersToo: desk.reviewer.actor.id, papersOn: TODAY })
        .where(eq(awardClaims.awardId, award.awardId)),
    );
    expect(await refusedBy(forged)).toBe("award_claims_papers");
    expect(await see(desk.reviewer)).toBe("accepted");
    expect(await see(desk.approver)).toBe("papers_done");
    expect(await refusalOf(freeze(desk, [award]))).toBe("accepted");
    const own = await makePayable(desk);
    expect(await refusalOf(seenNow(own.awardId, desk.preparer))).toBe("papers_not_here");
  });

  it("takes an heir's transfer to the very account two saw the papers for: another one, or another way, and they look again", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    const { awardId, tipId } = award;
    await leaveDetails(test.db, award, DETAILS, "heir");
    await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
    const reporter = await reporterOf(test.db, tipId);
    const see = (person: TestPerson) => refusalOf(seenNow(awardId, person));
    const change = (claimant: "heir" | "self" | "proxy") => {
      const details = { ...DETAILS, account: "6222020200112233446" };
      return refusalOf(chooseTransfer(test.db, { awardId, tipId, claimant, details }, reporter, CLOCK));
    };
    const noted = async () => {
      const { rows } = await test.db.pool.query<Record<string, unknown>>(
        `select papers_kind as kind, papers_by as by, papers_too as too, papers_voided_on::text as voided from award_claims
          where award_id = $1`,
        [awardId],
      );
      return rows[0];
    };
    expect([await see(desk.preparer), await see(desk.reviewer)]).toEqual(["accepted", "accepted"]);
    expect(await change("self")).toBe("claim_closed");
    expect(await change("heir")).toBe("accepted");
    const nobody = { kind: null, by: null, too: null, voided: TODAY };
    expect(await noted()).toEqual(nobody);
    expect(await refusalOf(freeze(desk, [award]))).toBe("line_taken");
    // Whose papers were seen stays an heir, void or not; nor does anybody write the note back, or void it themselves.
    expect(await change("self")).toBe("claim_closed");
    expect([await see(desk.preparer), await see(desk.reviewer)]).toEqual(["accepted", "accepted"]);
    const write = (set: Partial<typeof awardClaims.$inferInsert>, by = desk.preparer.actor) =>
      refusedBy(
        withActor(test.db, by, (tx) =>
          tx.update(awardClaims).set(set).where(eq(awardClaims.awardId, awardId)),
        ),
      );
    const nothing = { papersKind: null, papersBy: null, papersToo: null, papersOn: null };
    expect(await write({ ...nothing, papersVoidedOn: "2026-06-02" })).toBe("award_claims_papers");
    expect(await write(nothing)).toBe("award_claims_history");
    // The way alone voids it too, before any code is made.
    await withActor(test.db, reporter, (tx) => tx.update(awardClaims).set({ way: "window" }));
    expect(await noted()).toEqual(nobody);
    expect(await write({ claimant: "self", way: "window" })).toBe("award_claims_heir");
    // A transfer to somebody who was sent is none: they take a code to a window.
    const own = await makeAcceptedAward(test.db, desk);
    const sent = { awardId: own.awardId, tipId: own.tipId, claimant: "proxy" as const, details: DETAILS };
    const theirs = await reporterOf(test.db, own.tipId);
    expect(await refusalOf(chooseTransfer(test.db, sent, theirs, CLOCK))).toBe("claimant_not_here");
    await leaveDetails(test.db, own);
    const proxy = withActor(test.db, theirs, (tx) => tx.update(awardClaims).set({ claimant: "proxy" }));
    expect(await refusedBy(proxy)).toBe("award_claims_proxy_ck");
    const { rows } = await test.db.pool.query(
      "select 1 from events where subject_id = $1 and action = 'claim.papers_voided'",
      [awardId],
    );
    expect(rows).toHaveLength(1);
  });

  it("takes nobody's word for papers from a page that is older than the account, or than a colleague's word", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    const { awardId, tipId } = award;
    await leaveDetails(test.db, award, DETAILS, "heir");
    await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
    const onPage = (person: TestPerson, mark: string) =>
      refusalOf(seePapers(test.db, { awardId, kind: "court_decision", mark }, person.actor, CLOCK));
    const first = await markOf(awardId);
    expect(await onPage(desk.preparer, first)).toBe("accepted");
    expect(await onPage(desk.reviewer, first)).toBe("papers_moved");
    const second = await markOf(awardId);
    const change = { awardId, tipId, claimant: "heir" as const, details: DETAILS };
    await chooseTransfer(test.db, change, await reporterOf(test.db, tipId), CLOCK);
    for (const mark of [first, second]) expect(await onPage(desk.reviewer, mark)).toBe("papers_moved");
    expect(await onPage(desk.reviewer, await markOf(awardId))).toBe("accepted");
    expect(await refusalOf(freeze(desk, [award]))).toBe("line_taken");
    expect(await onPage(desk.preparer, await markOf(awardId))).toBe("accepted");
    expect(await refusalOf(freeze(desk, [award]))).toBe("accepted");
  });

  it("of a second confirmation and another account one goes first: nobody is paid to what two did not see", async () => {
    for (let at = 0; at < 3; at += 1) {
      const award = await makeAcceptedAward(test.db, desk);
      const { awardId, tipId } = award;
      await leaveDetails(test.db, award, DETAILS, "heir");
      await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
      const see = (person: TestPerson) => refusalOf(seenNow(awardId, person));
      await see(desk.preparer);
      const reporter = await reporterOf(test.db, tipId);
      const change = { awardId, tipId, claimant: "heir" as const, details: DETAILS };
      await Promise.all([see(desk.reviewer), chooseTransfer(test.db, change, reporter, CLOCK)]);
      expect(await refusalOf(freeze(desk, [award]))).toBe("line_taken");
    }
  });

  it("is sent once, after a whole file was made by its cashier", async () => {
    const award = await makePayable(desk);
    const batchId = await freeze(desk, [award]);
    await release(desk, batchId);
    const sending = () => sendBatch(test.db, { batchId }, desk.cashier.actor, CLOCK);
    await expect(refusalOf(sending())).resolves.toBe("file_missing");
    const short = { batchId, kind: "csv" as const, sha256: "cd".repeat(32), lines: 1, sumFen: 1n };
    await expect(refusalOf(recordFile(test.db, short, desk.cashier.actor, CLOCK))).resolves.toBe(
      "file_incomplete",
    );
    expect(await makeFileOf(desk, batchId, [award])).toMatchObject({ isNew: true });
    expect(await makeFileOf(desk, batchId, [award])).toMatchObject({ isNew: false });
    const sent = await Promise.all(Array.from({ length: 5 }, sending));
    expect(sent.filter(({ isNew }) => isNew)).toHaveLength(1);
    const cancel = { batchId, reason: "不应再能撤销" };
    await expect(refusalOf(cancelBatch(test.db, cancel, desk.preparer.actor, CLOCK))).resolves.toBe(
      "batch_moved",
    );
  });

  it("of two at once one takes an award, and of a release and a cancelling one goes first", async () => {
    const award = await makePayable(desk);
    const both = await Promise.all([refusalOf(freeze(desk, [award])), refusalOf(freeze(desk, [award]))]);
    expect(both.sort()).toEqual(["accepted", "line_taken"]);
    const { rows } = await test.db.pool.query<{ id: string }>(
      "select batch_id as id from payout_lines where award_id = $1",
      [award.awardId],
    );
    const batchId = rows[0]?.id ?? "";
    await releaseAs(desk, desk.second, batchId);
    const cancel = { batchId, reason: "与放行同时撤销" };
    const race = await Promise.all([
      refusalOf(releaseAs(desk, desk.approver, batchId)),
      refusalOf(cancelBatch(test.db, cancel, desk.preparer.actor, CLOCK)),
    ]);
    // Released and then cancelled, or cancelled and not released any more; never released and paid beside it.
    expect(race[1]).toBe("accepted");
    expect(["accepted", "batch_moved"]).toContain(race[0]);
    expect(await states(batchId)).toEqual(["cancelled"]);
  });
});
