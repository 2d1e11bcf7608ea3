import { beforeAll, describe, expect, it } from "vitest";
import { endToEndId } from "~/staff-client/bank/payment";
import { DomainError, databaseFault } from "~server/errors.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { recordPayment } from "~server/ledger/record-payment.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { freezeBatch } from "~server/payouts/freeze-batch.server";
import { sendBatch } from "~server/payouts/move-batch.server";
import { takeStatement } from "~server/payouts/take-statement.server";
import { holdAward, liftHold } from "~server/rewards/hold-award.server";
import { payAgainstCode } from "~server/windows/pay-claim.server";
import { CLOCK, TODAY, approveTo, makeAward, signAs, type TestAward } from "~tests/factories/make-award";
import { makeStaff, type TestPerson } from "~tests/factories/make-staff";
import { orderPayment } from "~tests/factories/pay-by-hand";
import { codeFor, openWindow } from "~tests/factories/pay-window";
import { acceptAs } from "~tests/factories/reporter-of";
import {
  leaveDetails,
  linesOf,
  makeFileOf,
  makePayoutDesk,
  release,
  type PayoutDesk,
} from "~tests/payouts/payout-desk";
import { testDatabase } from "~tests/setup/database";
import { findBrokenRules } from "./fast-invariants";

const PEOPLE = 8;
const AWARDS = 20;

const test = testDatabase();
let desk: PayoutDesk;
let windowId: string;
let approvers: TestPerson[];
let cashiers: TestPerson[];
let clerks: TestPerson[];
const awards: TestAward[] = [];

async function eight(role: "finance_approver" | "cashier" | "window_clerk"): Promise<TestPerson[]> {
  return Promise.all(Array.from({ length: PEOPLE }, () => makeStaff(test.db, [role])));
}

beforeAll(async () => {
  desk = await makePayoutDesk(test.db, 1_000_000_000n);
  windowId = await openWindow(test.db, desk, 500_000_000n);
  [approvers, cashiers, clerks] = await Promise.all([
    eight("finance_approver"),
    eight("cashier"),
    eight("window_clerk"),
  ]);
  for (let at = 0; at < AWARDS; at += 1) {
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "reviewed");
    awards.push(award);
  }
}, 240_000);

function shuffled<T>(all: readonly T[]): T[] {
  return all
    .map((each) => ({ each, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ each }) => each);
}

/**
 * Everybody does their work at once, each in an order and with pauses of their own. A refusal, by a sentence or by a rule
 * of the database, is an answer; anything else is not. Returns how often each answer was given.
 */
async function race(
  works: readonly (readonly (() => Promise<unknown>)[])[],
): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  await Promise.all(
    works.map(async (own) => {
      for (const work of shuffled(own)) {
        await new Promise((resume) => setTimeout(resume, 15 * Math.random()));
        let answer = "done";
        try {
          await work();
        } catch (error) {
          const { code, constraint } = databaseFault(error);
          if (error instanceof DomainError) answer = error.code;
          else if (code?.startsWith("23") === true) answer = constraint ?? code;
          else throw error;
        }
        answers[answer] = (answers[answer] ?? 0) + 1;
      }
    }),
  );
  return answers;
}

async function counts(text: string): Promise<number[]> {
  const { rows } = await test.db.pool.query<{ n: number }>(
    `select (select count(*)::int from ${text}) as n from unnest($1::uuid[]) as a(id)`,
    [awards.map(({ awardId }) => awardId)],
  );
  return rows.map(({ n }) => n);
}

const once = Array.from({ length: AWARDS }, () => 1);

async function holds(): Promise<void> {
  expect(await findBrokenRules(test.db.pool)).toEqual([]);
  expect((await verifyLedger(test.db)).faults).toEqual([]);
}

describe("eight approvers and eight cashiers at once on twenty awards", () => {
  it("approve each once, held and freed meanwhile", async () => {
    const held = awards.slice(0, 6);
    const answers = await race([
      ...approvers.map((person) =>
        awards.map(
          ({ awardId }) =>
            () =>
              signAs(test.db, person, awardId, "approve"),
        ),
      ),
      held.map(({ awardId }) => async () => {
        const reason = "核对预算科目，暂缓办理";
        await holdAward(test.db, { awardId, reason }, desk.reviewer.actor, CLOCK);
      }),
    ]);
    console.log(JSON.stringify(answers));
    // What was held all the while is freed by another and approved afterwards.
    for (const { awardId } of held) {
      await race([
        [() => liftHold(test.db, { awardId, reason: "科目已核对无误" }, desk.approver.actor, CLOCK)],
      ]);
      await race(approvers.map((person) => [() => signAs(test.db, person, awardId, "approve")]));
    }
    expect(
      await counts("ledger_transactions t where t.award_id = a.id and t.event = 'award.encumbered'"),
    ).toEqual(once);
    expect(
      await counts(
        "approval_steps s join vouchers v on v.id = s.voucher_id where v.award_id = a.id and s.action = 'approve'",
      ),
    ).toEqual(once);
    await holds();
  }, 240_000);

  it("book each once", async () => {
    for (const award of awards) await acceptAs(test.db, award, CLOCK);
    await race(
      Array.from({ length: PEOPLE }, (_, at) =>
        awards.map(
          (award) => () =>
            postAcceptedAward(test.db, award, (at % 2 === 0 ? desk.preparer : desk.reviewer).actor, CLOCK),
        ),
      ),
    );
    expect(
      await counts("ledger_transactions t where t.award_id = a.id and t.event = 'award.posted'"),
    ).toEqual(once);
    await holds();
  }, 240_000);

  it("pay each once: at a window, in a batch, or beside it", async () => {
    const atWindow = awards.slice(0, 8);
    const byBank = awards.slice(8);
    const codes = new Map<string, string>();
    for (const award of atWindow) codes.set(award.awardId, await codeFor(test.db, award));
    for (const award of byBank) await leaveDetails(test.db, award);
    for (const { awardId } of byBank) await orderPayment(test.db, awardId, CLOCK);
    const answers = await race([
      ...clerks.map((clerk) =>
        atWindow.map(
          ({ awardId }) =>
            () =>
              payAgainstCode(
                test.db,
                { windowId, awardId, code: codes.get(awardId) ?? "" },
                clerk.actor,
                CLOCK,
              ),
        ),
      ),
      ...cashiers.map((cashier, by) =>
        awards.map(({ awardId }, at) => () => {
          const reference = `BK-RACE-${String.fromCharCode(65 + by)}${String.fromCharCode(65 + at)}`;
          return recordPayment(test.db, { awardId, paidOn: TODAY, reference }, cashier.actor, CLOCK);
        }),
      ),
      ...[desk.preparer, desk.reviewer].map((person) =>
        byBank.map(({ awardId }, at) => () => {
          const awardIds = [awardId, byBank[(at + 1) % byBank.length]?.awardId ?? ""];
          return freezeBatch(test.db, { awardIds, cashierId: desk.cashier.actor.id }, person.actor, CLOCK);
        }),
      ),
    ]);
    console.log(JSON.stringify(answers));
    // An award is paid, or it stands on one live line and is not.
    const { rows } = await test.db.pool.query<{ status: string; payouts: number; lines: number }>(
      `select a.status, (select count(*)::int from payouts p where p.award_id = a.id) as payouts,
              (select count(*)::int from payout_lines l where l.award_id = a.id) as lines
         from awards a where a.id = any($1::uuid[])`,
      [awards.map(({ awardId }) => awardId)],
    );
    expect(
      rows.filter(({ status, payouts, lines }) =>
        status === "paid" ? payouts !== 1 || lines !== 0 : payouts !== 0 || lines !== 1,
      ),
    ).toEqual([]);
    await holds();
  }, 240_000);

  it("send each batch once and settle each of its lines once, whoever takes the statement", async () => {
    const { rows: batches } = await test.db.pool.query<{ id: string }>(
      "select id from payout_batches where status = 'frozen' order by no",
    );
    const lines = [];
    for (const { id } of batches) {
      await release(desk, id);
      const own = await linesOf(test.db, id);
      await makeFileOf(
        desk,
        id,
        own
          .map(({ award_id }) => awards.find(({ awardId }) => awardId === award_id))
          .filter((a) => a !== undefined),
      );
      lines.push(...own);
    }
    await race(
      Array.from({ length: PEOPLE }, () =>
        batches.map(
          ({ id }) =>
            () =>
              sendBatch(test.db, { batchId: id }, desk.cashier.actor, CLOCK),
        ),
      ),
    );
    const out = lines.map(({ id }) => ({
      ...{ endToEndId: endToEndId(id), amountFen: "4999500", date: TODAY, status: "out" as const },
    }));
    const pending = { endToEndId: null, date: TODAY, status: "pending" as const };
    await race(
      cashiers.map((cashier, at) => [
        () =>
          takeStatement(
            test.db,
            // Four copies of one statement, and four others that bring the same lines and one more.
            {
              ...{ fundId: desk.fundId, closedOn: TODAY, closingFen: "0" },
              lines: at < 4 ? out : [...out, { ...pending, amountFen: String(at) }],
              number: `20260601-${at < 4 ? 1 : at}`,
            },
            cashier.actor,
            CLOCK,
          ),
      ]),
    );
    expect(await counts("ledger_transactions t where t.award_id = a.id and t.event = 'award.paid'")).toEqual(
      once,
    );
    expect(await counts("payouts p where p.award_id = a.id and p.status = 'live'")).toEqual(once);
    await holds();
  }, 240_000);
});
