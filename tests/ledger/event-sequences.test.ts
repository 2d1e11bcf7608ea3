import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ledgerRequests } from "~db/schema/ledger-acts";
import { withActor } from "~db/with-actor.server";
import { agreeToRequest, declineRequest } from "~server/ledger/answer-request.server";
import { askRequest, digestRequest } from "~server/ledger/ask-request.server";
import { explainFault } from "~server/ledger/explain-fault.server";
import { lapseAward } from "~server/ledger/lapse-award.server";
import { returnFloat, topUpFloat } from "~server/ledger/move-float.server";
import { postMatched, postUnmatched } from "~server/ledger/post-suspense.server";
import { receiveClawback } from "~server/ledger/receive-clawback.server";
import { systemActor } from "~server/staff-auth/actor";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { recordPayment } from "~server/ledger/record-payment.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { DomainError } from "~server/errors.server";
import { assessAward } from "~server/rewards/assess-award.server";
import type { ApprovalAction } from "~server/rewards/judge-approval.server";
import { bounceByHand } from "~tests/factories/bounce-by-hand";
import {
  CLOCK,
  TODAY,
  assessmentOf,
  makeAward,
  makeDesk,
  signAs,
  type TestAward,
} from "~tests/factories/make-award";
import { orderPayment } from "~tests/factories/pay-by-hand";
import { acceptAs } from "~tests/factories/reporter-of";
import { testDatabase } from "~tests/setup/database";

const test = testDatabase();

type Step =
  | { kind: "sign"; award: number; who: number; action: ApprovalAction }
  | { kind: "accept" | "post" | "pay" | "bounce" | "reassess"; award: number; who: number }
  | { kind: "advance"; award: number }
  | { kind: "fund"; amount: number; who: number; key: number }
  | { kind: "answer"; agree: boolean; who: number }
  | { kind: "float" | "line"; amount: number; back: boolean; key: number }
  | { kind: "ask"; award: number; who: number; about: "revoke" | "clawback" | "write_off"; part: boolean }
  | { kind: "lapse" | "receive"; award: number; who: number };

const SYSTEM = systemActor("lapse");
const award = fc.nat({ max: 1 });
/** One of the desk, right or wrong. */
const who = fc.nat({ max: 3 });

const DUE: Readonly<
  Record<
    string,
    Exclude<Step, { kind: "fund" | "advance" | "answer" | "float" | "line" | "ask" | "lapse" | "receive" }>
  >
> = {
  drafted: { kind: "sign", award: 0, who: 0, action: "prepare" },
  prepared: { kind: "sign", award: 0, who: 1, action: "review" },
  reviewed: { kind: "sign", award: 0, who: 2, action: "approve" },
  approved: { kind: "accept", award: 0, who: 0 },
  accepted: { kind: "post", award: 0, who: 0 },
  posted: { kind: "pay", award: 0, who: 3 },
  paid: { kind: "bounce", award: 0, who: 3 },
  rejected: { kind: "reassess", award: 0, who: 0 },
};
const step: fc.Arbitrary<Step> = fc.oneof(
  // What is due next, by whom it is due: without it, chance alone would rarely reach a payment.
  { weight: 22, arbitrary: fc.record({ kind: fc.constant("advance" as const), award }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("sign" as const),
      award,
      who,
      action: fc.constantFrom<ApprovalAction>("prepare", "review", "approve", "reject"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        "accept" as const,
        "post" as const,
        "pay" as const,
        "bounce" as const,
        "reassess" as const,
      ),
      award,
      who,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("answer" as const),
      agree: fc.boolean(),
      who: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("ask" as const),
      award,
      who,
      about: fc.constantFrom("revoke" as const, "clawback" as const, "write_off" as const),
      part: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("lapse" as const, "receive" as const), award, who }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("float" as const, "line" as const),
      amount: fc.integer({ min: 0, max: 3 }),
      back: fc.boolean(),
      key: fc.nat({ max: 9 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("fund" as const),
      amount: fc.integer({ min: -1_000_000, max: 5_000_000 }),
      who,
      key: fc.nat({ max: 2 }),
    }),
  },
);

/** Everything the ledger and the rewards hold, as one text. */
async function wholeState(): Promise<string> {
  const { rows } = await test.db.pool.query<{ state: string }>(
    `select concat((select json_agg(x order by x.account_id) from account_balances x), (select json_agg(x order by x.id) from awards x),
       (select json_agg(x order by x.id) from payouts x), (select count(*) from ledger_entries), (select count(*) from approval_steps),
       (select json_agg(json_build_array(x.id, x.status) order by x.id) from reward_pools x), (select count(*) from events)) as state`,
  );
  return rows[0]?.state ?? "";
}

describe("any sequence of acts by anybody", () => {
  it("keeps every invariant, and a refused act changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 32, size: "max" }), async (steps) => {
        // Money for one award, so that a second approval is refused until more comes.
        const desk = await makeDesk(test.db, 6_000_000n);
        const people = [desk.preparer, desk.reviewer, desk.approver, desk.cashier] as const;
        const awards: TestAward[] = [await makeAward(test.db, desk), await makeAward(test.db, desk)];
        let reference = 0;
        let before = "";
        const take = async (each: Step): Promise<unknown> => {
          if (each.kind === "advance") {
            const { rows } = await test.db.pool.query<{ status: string }>(
              "select status from awards where id = $1",
              [awards[each.award]?.awardId],
            );
            const due = DUE[rows[0]?.status ?? ""];
            return due === undefined ? undefined : take({ ...due, award: each.award });
          }
          const person = ("who" in each ? people[each.who] : undefined) ?? desk.preparer;
          if (each.kind === "fund") {
            // A uuid of the round's own that repeats with the key: a retry of one request.
            const id = `${desk.budgetId.slice(0, -1)}${each.key}`;
            const asked = {
              kind: "adjust" as const,
              budgetId: desk.budgetId,
              amountFen: BigInt(each.amount),
            };
            await askRequest(
              test.db,
              { ...asked, id, eventOn: TODAY, reason: "随机的预算调整" },
              person.actor,
              CLOCK,
            );
            return undefined;
          }
          if (each.kind === "answer") {
            const { rows } = await test.db.pool.query<{ id: string }>(
              "select id from ledger_requests where outcome is null and (budget_id = $1 or award_id = any($2)) order by id limit 1",
              [desk.budgetId, awards.map(({ awardId }) => awardId)],
            );
            const requestId = rows[0]?.id ?? desk.budgetId;
            if (!each.agree)
              return declineRequest(test.db, { requestId, answer: "不同意" }, person.actor, CLOCK);
            const [row] = await test.db.orm
              .select()
              .from(ledgerRequests)
              .where(eq(ledgerRequests.id, requestId));
            const digest = row === undefined ? "" : digestRequest(row);
            return agreeToRequest(test.db, { requestId, digest }, person.actor, CLOCK);
          }
          if (each.kind === "float" || each.kind === "line") {
            const money = { fundId: desk.fundId, amountFen: BigInt(each.amount), eventOn: TODAY };
            const key = `${desk.fundId.slice(0, -1)}${each.key}`;
            const work = { float: [topUpFloat, returnFloat], line: [postUnmatched, postMatched] } as const;
            return explainFault(() =>
              withActor(test.db, desk.approver.actor, (tx) =>
                each.kind === "float"
                  ? work.float[each.back ? 1 : 0](
                      tx,
                      { ...money, requestKey: key },
                      desk.approver.actor,
                      CLOCK,
                    )
                  : work.line[each.back ? 1 : 0](
                      tx,
                      { ...money, direction: "in", lineId: key },
                      desk.approver.actor,
                      CLOCK,
                    ),
              ),
            );
          }
          const own = "award" in each ? awards[each.award] : undefined;
          if (own === undefined) throw new Error("no such award");
          switch (each.kind) {
            case "sign":
              return signAs(test.db, person, own.awardId, each.action);
            case "accept":
              return acceptAs(test.db, own, CLOCK);
            case "post":
              return postAcceptedAward(test.db, own, person.actor, CLOCK);
            case "pay": {
              reference += 1;
              const payment = { awardId: own.awardId, paidOn: TODAY };
              const name = `BK-${desk.budgetId.slice(-6).toUpperCase()}-${reference}`;
              // Ordered by two of finance first, which is an act of its own: it stands where the payment is refused.
              await orderPayment(test.db, own.awardId, CLOCK).catch((error: unknown) => {
                if (!(error instanceof DomainError)) throw error;
              });
              before = await wholeState();
              return recordPayment(test.db, { ...payment, reference: name }, person.actor, CLOCK);
            }
            case "bounce": {
              const { rows } = await test.db.pool.query<{ id: string }>(
                "select id from payouts where award_id = $1 order by recorded_at desc limit 1",
                [own.awardId],
              );
              const payoutId = rows[0]?.id ?? desk.budgetId;
              return bounceByHand(test.db, { payoutId, bouncedOn: TODAY }, CLOCK);
            }
            case "lapse":
              return explainFault(
                () =>
                  withActor(test.db, SYSTEM, (tx) =>
                    lapseAward(tx, { awardId: own.awardId, eventOn: TODAY }, SYSTEM, CLOCK),
                  ),
                { awards_claim_window: "award_moved" },
              );
            case "receive":
              return receiveClawback(
                test.db,
                { awardId: own.awardId, amountFen: 700n, eventOn: TODAY, requestKey: randomUUID() },
                person.actor,
                CLOCK,
              );
            case "ask": {
              const about = { id: randomUUID(), reason: "随机的申请事项", awardId: own.awardId };
              const amountFen = each.part ? 1_000n : own.amountFen;
              const asked =
                each.about === "revoke"
                  ? { ...about, kind: "revoke" as const }
                  : each.about === "clawback"
                    ? { ...about, kind: "clawback" as const, amountFen, ground: "wrong-facts" }
                    : { ...about, kind: "write_off" as const, amountFen };
              return askRequest(test.db, asked, person.actor, CLOCK);
            }
            case "reassess": {
              const input = assessmentOf(own.finding, desk, { replaces: own.poolId });
              const done = await assessAward(test.db, input, person.actor, CLOCK);
              const [next] = done.awards;
              if (next !== undefined) {
                awards[each.award] = { ...own, poolId: done.poolId, awardId: next.id };
              }
              return done;
            }
          }
        };
        for (const each of steps) {
          before = await wholeState();
          try {
            await take(each);
          } catch (error) {
            if (!(error instanceof DomainError)) throw error;
            expect(await wholeState()).toBe(before);
          }
          const { rows } = await test.db.pool.query(
            `select 1 from accounts a join account_balances b on b.account_id = a.id
              where a.kind in ('available', 'encumbered', 'window_cash') and b.debit_fen < b.credit_fen
                 or a.kind = 'payable' and b.credit_fen < b.debit_fen`,
          );
          expect(rows).toEqual([]);
        }
        expect((await verifyLedger(test.db)).faults).toEqual([]);
      }),
      // The check at once is short; the full one takes minutes.
      { numRuns: process.env.TEST_FULL === "1" ? 40 : 4 },
    );
    // Sequences that never got anywhere would prove nothing.
    const { rows } = await test.db.pool.query<{ event: string }>(
      "select distinct event from ledger_transactions",
    );
    expect(rows.map((row) => row.event)).toEqual(
      expect.arrayContaining(["award.encumbered", "award.posted", "award.paid"]),
    );
  }, 900_000);
});
