import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { approveBudget } from "~server/ledger/approve-budget.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { recordBounce } from "~server/ledger/record-bounce.server";
import { recordPayment } from "~server/ledger/record-payment.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { DomainError } from "~server/errors.server";
import { assessAward } from "~server/rewards/assess-award.server";
import type { ApprovalAction } from "~server/rewards/judge-approval.server";
import {
  CLOCK,
  TODAY,
  assessmentOf,
  makeAward,
  makeDesk,
  signAs,
  type TestAward,
} from "~tests/factories/make-award";
import { acceptAs } from "~tests/factories/reporter-of";
import { testDatabase } from "~tests/setup/database";

const test = testDatabase();

type Step =
  | { kind: "sign"; award: number; who: number; action: ApprovalAction }
  | { kind: "accept" | "post" | "pay" | "bounce" | "reassess"; award: number; who: number }
  | { kind: "advance"; award: number }
  | { kind: "fund"; amount: number; who: number; key: number };

const award = fc.nat({ max: 1 });
/** One of the desk, right or wrong. */
const who = fc.nat({ max: 3 });

const DUE: Readonly<Record<string, Exclude<Step, { kind: "fund" | "advance" }>>> = {
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
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("advance" as const), award }) },
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
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("fund" as const),
      amount: fc.integer({ min: -1, max: 5_000_000 }),
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
        const take = async (each: Step): Promise<unknown> => {
          if (each.kind === "advance") {
            const { rows } = await test.db.pool.query<{ status: string }>(
              "select status from awards where id = $1",
              [awards[each.award]?.awardId],
            );
            const due = DUE[rows[0]?.status ?? ""];
            return due === undefined ? undefined : take({ ...due, award: each.award });
          }
          const person = people[each.who] ?? desk.preparer;
          if (each.kind === "fund") {
            const request = {
              budgetId: desk.budgetId,
              amountFen: BigInt(each.amount),
              kind: "adjusted" as const,
            };
            // A uuid of the round's own that repeats with the key: a retry of one request.
            const requestKey = `${desk.budgetId.slice(0, -1)}${each.key}`;
            return approveBudget(test.db, { ...request, eventOn: TODAY, requestKey }, person.actor, CLOCK);
          }
          const own = awards[each.award];
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
              return recordPayment(test.db, { ...payment, reference: name }, person.actor, CLOCK);
            }
            case "bounce": {
              const { rows } = await test.db.pool.query<{ id: string }>(
                "select id from payouts where award_id = $1 order by recorded_at desc limit 1",
                [own.awardId],
              );
              const payoutId = rows[0]?.id ?? desk.budgetId;
              return recordBounce(test.db, { payoutId, bouncedOn: TODAY }, person.actor, CLOCK);
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
          const before = await wholeState();
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
      { numRuns: 8 },
    );
    // Sequences that never got anywhere would prove nothing.
    const { rows } = await test.db.pool.query<{ event: string }>(
      "select distinct event from ledger_transactions",
    );
    expect(rows.map((row) => row.event)).toEqual(
      expect.arrayContaining(["award.encumbered", "award.posted", "award.paid"]),
    );
  }, 120_000);
});
