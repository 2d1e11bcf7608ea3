import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { schemes } from "~db/schema/packs";
import { fixedClock } from "~server/clock";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { assessAward } from "~server/rewards/assess-award.server";
import { loadScheme, parseScheme } from "~server/rewards/load-scheme.server";
import type { Scheme } from "~server/rewards/scheme-grammar";
import {
  CLOCK,
  TODAY,
  answersOf,
  approveTo,
  assessmentOf,
  makeDesk,
  openEmptyYear,
  signAs,
  type Desk,
  type PlainCase,
} from "~tests/factories/make-award";
import { makeFinding, type TestFinding } from "~tests/factories/make-finding";
import { payByHand } from "~tests/factories/pay-by-hand";
import { acceptAs } from "~tests/factories/reporter-of";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";

const test = testDatabase();

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk(test.db, 10_000_000_000n);
});

const assess = (finding: TestFinding, more: PlainCase = {}, clock = CLOCK) =>
  assessAward(test.db, assessmentOf(finding, desk, more), desk.preparer.actor, clock);

/** jinhua-default with a rule of the test's own; its questions and grades stay. Answers its id. */
async function storeScheme(edit: (base: Scheme) => Partial<Scheme>): Promise<string> {
  const { scheme: base } = loadScheme("jinhua-default");
  const id = `limits-${randomUUID().slice(0, 8)}`;
  const { scheme, sha256 } = parseScheme({ ...base, ...edit(base), id }, id);
  const { from: effectiveFrom, to: effectiveTo } = scheme.effective;
  await test.db.orm
    .insert(schemes)
    .values({ schemeId: id, version: scheme.version, sha256, content: scheme, effectiveFrom, effectiveTo });
  return id;
}

const words = { zh: "测试", en: "test" };
const rule = { clause: "测试 第一条", title: words, note: words };
const stayAlone = (tipIds: readonly string[], more: object) =>
  tipIds.map((tipId) => ({ tipId, kind: "anonymous" as const, ...more }));

describe("what an assessment must say", () => {
  it.each<[string, string, (finding: TestFinding) => PlainCase]>([
    [
      "shares given while everybody shares alike",
      "split_weights",
      ({ tipIds }) => ({ informants: stayAlone(tipIds, { weight: "1" }), splitBy: "equal" }),
    ],
    [
      "shares by contribution without the reason",
      "split_reason",
      ({ tipIds }) => ({
        informants: stayAlone(tipIds, { weight: "1" }),
        splitBy: "contribution",
        splitReason: undefined,
      }),
    ],
    [
      "shares by agreement where one has none",
      "split_reason",
      ({ tipIds }) => ({
        informants: tipIds.map((tipId, at) => ({
          tipId,
          kind: "anonymous" as const,
          ...(at === 0 ? { weight: "2" } : {}),
        })),
        splitBy: "agreed",
      }),
    ],
    [
      "a choice within a range without the reason",
      "range_reason",
      () => ({ grade: 3, chosen: "20000", chosenReason: undefined }),
    ],
    ["a grade of whose criteria one is not met", "criteria_unmet", () => ({ criteria: [0] })],
    ["a grade without the reason", "criteria_unmet", () => ({ gradeReason: undefined })],
    [
      "an insider left out as a participant",
      "exclusion_spares",
      ({ tipIds }) => ({
        ...{ schemeId: "tianjin-stage", grade: null, schemeStage: "filing", chosen: "200000" },
        informants: tipIds.map((tipId) => ({ tipId, kind: "insider" as const, excluded: "participant" })),
      }),
    ],
  ])("%s is refused", async (_, code, more) => {
    const finding = await makeFinding(test.db, { tips: 2 });
    expect(await refusalOf(assess(finding, more(finding)))).toBe(code);
    const { rows } = await test.db.pool.query("select 1 from reward_pools where lead_id = $1", [
      finding.leadId,
    ]);
    expect(rows).toEqual([]);
  });

  it("a report that was taken back is left out by rule, and the others share", async () => {
    const finding = await makeFinding(test.db, { tips: 2 });
    const [first = "", second = ""] = finding.tipIds;
    await test.db.pool.query(
      "update tips set receipt_closed_on = arrived_on, receipt_closed_why = 'withdrawn' where id = $1",
      [first],
    );
    const { awards, amountFen } = await assess(finding);
    expect(awards).toMatchObject([{ tipId: second, amountFen }]);
    const { rows } = await test.db.pool.query(
      "select question, answer, excludes from assessment_answers where tip_id = $1 and question = 'portal:withdrawn'",
      [first],
    );
    expect(rows).toEqual([{ question: "portal:withdrawn", answer: true, excludes: true }]);
  });

  it("a computation with one award accepted and another objected to is not replaced", async () => {
    const finding = await makeFinding(test.db, { tips: 2 });
    const one = await assess(finding);
    for (const { id } of one.awards) await approveTo(test.db, desk, id, "approved");
    const [kept, objected] = one.awards;
    await acceptAs(test.db, { tipId: kept?.tipId ?? "", awardId: kept?.id ?? "" }, CLOCK);
    const message = randomUUID();
    await test.db.pool.query(
      `insert into tip_messages (id, tip_id, direction, kind, written_on, suite, body, content_enc, content_body, reply_enc, reply_body)
       values ($1, $2, 'in', 'text', '2026-06-01', 's', '\\x00', $3, $4, $3, $4)`,
      [message, objected?.tipId, Buffer.alloc(32), Buffer.alloc(48)],
    );
    await test.db.pool.query(
      `insert into award_objections (id, award_id, lead_id, tip_id, ground, message_id, stated_on, due_on)
       values ($1, $2, $3, $4, 'share', $5, '2026-06-01', '2026-06-23')`,
      [randomUUID(), objected?.id, finding.leadId, objected?.tipId, message],
    );
    const again = assess(finding, {
      replaces: one.poolId,
      objectionAnswer: "分配比例已经再次核对，重新核算。",
    });
    expect(await refusalOf(again)).toBe("assessment_accepted");
  });

  it("shares by rank and weight, whatever they are, sum to the pool to the 分 and are in the stored computation", async () => {
    const weight = fc.integer({ min: 1, max: 999_999 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(weight, { minLength: 1, maxLength: 9 }),
        fc.bigInt({ min: 1n, max: 99_999_999_999n }),
        fc.boolean(),
        async (weights, illegalAmountFen, weighs) => {
          const finding = await makeFinding(test.db, { tips: weights.length, illegalAmountFen });
          const informants = finding.tipIds.map((tipId, at) => ({
            tipId,
            kind: "anonymous" as const,
            ...(weighs ? { weight: String(weights[at]) } : {}),
          }));
          const { poolId, amountFen, awards } = await assess(finding, { informants });
          expect(awards.reduce((sum, award) => sum + award.amountFen, 0n)).toBe(amountFen);
          const { rows } = await test.db.pool.query<{ sum: string; shares: string }>(
            `select (select sum(amount_fen) from awards where pool_id = p.id)::text as sum,
                    (select sum((s ->> 'amount')::bigint) from jsonb_array_elements(p.computation::jsonb -> 'shares') s)::text as shares
               from reward_pools p where p.id = $1`,
            [poolId],
          );
          expect(rows).toEqual([{ sum: String(amountFen), shares: String(amountFen) }]);
          // Alike, the earlier never gets less than the later.
          const alike = finding.tipIds.map((id) => awards.find(({ tipId }) => tipId === id)?.amountFen ?? 0n);
          if (!weighs) expect([...alike].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))).toEqual(alike);
        },
      ),
      { numRuns: 8 },
    );
  });
});

describe("what was awarded before", () => {
  it("a limit of the year counts what its line computed this year in any case, and no other year", async () => {
    const schemeId = await storeScheme((base) => ({
      caps: [...base.caps, { ...rule, when: null, per: "year", amount: "7000000", lift: null }],
    }));
    const paid = async (clock = CLOCK, more: PlainCase = {}) =>
      (await assess(await makeFinding(test.db), { schemeId, ...more }, clock)).amountFen;
    expect(await paid()).toBe(4_999_500n);
    expect(await paid()).toBe(2_000_500n);
    expect(await paid()).toBe(0n);
    // The year is the clock's, as the budget's is: in the next one the whole limit is there again.
    const year = { source: "次年", slug: `next-${schemeId}`, fiscalYear: 2027 };
    const { budgetId } = await openEmptyYear(test.db, desk.approver, year);
    expect(await paid(fixedClock("2027-02-01T02:00:00Z"), { budgetId })).toBe(4_999_500n);
  });

  it("a computation made anew is not counted against itself, nor is an award that was turned down", async () => {
    const schemeId = await storeScheme((base) => ({
      caps: [...base.caps, { ...rule, when: null, per: "year", amount: "5000000", lift: null }],
    }));
    const finding = await makeFinding(test.db);
    const one = await assess(finding, { schemeId });
    const two = await assess(finding, { schemeId, replaces: one.poolId });
    expect(two.amountFen).toBe(4_999_500n);
    const award = two.awards[0]?.id ?? "";
    await signAs(test.db, desk.preparer, award, "prepare");
    await signAs(test.db, desk.reviewer, award, "reject");
    expect((await assess(await makeFinding(test.db), { schemeId })).amountFen).toBe(4_999_500n);
  });

  it("a supplement pays the whole computed anew, less what the case was awarded", async () => {
    const schemeId = await storeScheme(() => ({ supplement: { ...rule, on: "collected" } }));
    const finding = await makeFinding(test.db, { illegalAmountFen: 5_000_000_000n });
    const first = await assess(finding, { schemeId });
    expect(first.amountFen).toBe(2_500_000n);
    const award = { tipId: first.awards[0]?.tipId ?? "", awardId: first.awards[0]?.id ?? "" };
    await approveTo(test.db, desk, award.awardId, "approved");
    await acceptAs(test.db, award, CLOCK);
    await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
    const later = () =>
      test.db.pool.query("update findings set status = 'superseded' where id = $1", [finding.findingId]);
    // The finding stands as long as an award signed on it is on its way.
    expect(await refusedBy(later())).toBe("findings_rewarded");
    const payment = { ...award, paidOn: TODAY, reference: "BK-SUPPLEMENT-1" };
    await payByHand(test.db, payment, desk.cashier.actor, CLOCK);
    // More is verified later: a new version of the finding.
    await later();
    await test.db.pool.query(
      "insert into findings select (jsonb_populate_record(f, $2::jsonb)).* from findings f where f.id = $1",
      [
        finding.findingId,
        JSON.stringify({
          id: randomUUID(),
          version: 2,
          supersedes_id: finding.findingId,
          status: "verified",
          illegal_amount_fen: "9999000000",
        }),
      ],
    );
    const more = await assess(finding, { schemeId, stage: "supplement" });
    expect(more.amountFen).toBe(4_999_500n - 2_500_000n);
    const { rows } = await test.db.pool.query<{ already: string }>(
      "select case_input::jsonb -> 'already' ->> 'case' as already from reward_pools where id = $1",
      [more.poolId],
    );
    expect(rows).toEqual([{ already: "2500000" }]);
    const verdict = await verifyLedger(test.db);
    expect(verdict.faults).toEqual([]);
    // A scheme that does not supplement would pay the whole again.
    expect(await refusalOf(assess(await makeFinding(test.db), { stage: "supplement" }))).toBe(
      "stage_unknown",
    );
  });

  it("the stages of tianjin-stage are each paid once and together never above the limit of the case", async () => {
    const finding = await makeFinding(test.db, { illegalAmountFen: 20_000_000_000n });
    const stage = (poolStage: "interim" | "final" | "supplement", schemeStage: string, chosen: string) =>
      assess(finding, {
        ...{ schemeId: "tianjin-stage", grade: null, criteria: [], gradeReason: undefined },
        ...{ stage: poolStage, schemeStage, chosen },
        informants: finding.tipIds.map((tipId) => ({
          ...{ tipId, kind: "anonymous" as const, answers: answersOf("tianjin-stage") },
        })),
      });
    expect((await stage("interim", "acceptance", "100000")).amountFen).toBe(100_000n);
    expect(await refusalOf(stage("final", "acceptance", "50000"))).toBe("stage_taken");
    expect((await stage("final", "filing", "1000000")).amountFen).toBe(1_000_000n);
    expect(await refusalOf(stage("supplement", "filing", "200000"))).toBe("stage_taken");
    // ¥50,000 chosen, ¥11,000 awarded before, ¥50,000 the case's limit.
    expect((await stage("supplement", "large", "5000000")).amountFen).toBe(3_900_000n);
    const { rows } = await test.db.pool.query<{ sum: string }>(
      "select sum(amount_fen)::text as sum from reward_pools where lead_id = $1 and status = 'live'",
      [finding.leadId],
    );
    expect(rows).toEqual([{ sum: "5000000" }]);
  });
});
