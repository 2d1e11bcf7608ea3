import { beforeAll, describe, expect, it } from "vitest";
import { randomUUID } from "node:crypto";
import { fixedClock } from "~server/clock";
import { assessAward } from "~server/rewards/assess-award.server";
import {
  CLOCK,
  answersOf,
  approveTo,
  assessmentOf,
  makeDesk,
  signAs,
  type Desk,
  type PlainCase,
} from "~tests/factories/make-award";
import { makeFinding, type TestFinding } from "~tests/factories/make-finding";
import { asDemo, makeStaff } from "~tests/factories/make-staff";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";

const test = testDatabase();

let desk: Desk;

beforeAll(async () => {
  desk = await makeDesk(test.db, 1_000_000_000n);
});

const assess = (finding: TestFinding, more: PlainCase = {}, actor = desk.preparer.actor) =>
  assessAward(test.db, assessmentOf(finding, desk, more), actor, CLOCK);

describe("assessing a reward", () => {
  it("the worked examples 7 and 8 come out to the 分", async () => {
    expect((await assess(await makeFinding(test.db, { illegalAmountFen: 9_999_000_000n }))).amountFen).toBe(
      4_999_500n,
    );
    expect((await assess(await makeFinding(test.db, { illegalAmountFen: 10_000_000_000n }))).amountFen).toBe(
      6_000_000n,
    );
  });

  it("shares sum to the pool and go to the earlier informant first", async () => {
    const finding = await makeFinding(test.db, { tips: 7 });
    const { awards, amountFen } = await assess(finding);
    expect(awards.reduce((sum, award) => sum + award.amountFen, 0n)).toBe(amountFen);
    const byTip = finding.tipIds.map((id) => awards.find((award) => award.tipId === id)?.amountFen ?? 0n);
    expect([...byTip].sort((a, b) => (a < b ? 1 : -1))).toEqual(byTip);
    expect(new Set(awards.map((award) => award.codeName)).size).toBe(7);
    expect(awards.every((award) => /^[A-Z0-9]{4}-[A-Z0-9]{4}$/.test(award.codeName))).toBe(true);
  });

  it("an excluded informant gets no award, and the rest share all of it", async () => {
    const finding = await makeFinding(test.db, { tips: 2 });
    const [first = "", second = ""] = finding.tipIds;
    const { awards, amountFen } = await assess(finding, {
      informants: [
        { tipId: first, kind: "anonymous", excluded: "participant" },
        { tipId: second, kind: "insider" },
      ],
    });
    expect(awards).toMatchObject([{ tipId: second, amountFen }]);
  });

  it("where nobody may receive, the pool is zero and has no award", async () => {
    const finding = await makeFinding(test.db);
    const informants = finding.tipIds.map((tipId) => ({
      tipId,
      kind: "anonymous" as const,
      excluded: "false-report",
    }));
    expect(await assess(finding, { informants })).toMatchObject({ amountFen: 0n, awards: [] });
  });

  it("a reassessment supersedes a live pool none of whose awards is approved", async () => {
    const finding = await makeFinding(test.db);
    const one = await assess(finding);
    await approveTo(test.db, desk, one.awards[0]?.id ?? "", "reviewed");
    expect(await refusalOf(assess(finding))).toBe("assessment_changed");
    const two = await assess(finding, { replaces: one.poolId, grade: 2 });
    expect(two.amountFen).toBe(999_900n);
    expect(await refusalOf(signAs(test.db, desk.approver, one.awards[0]?.id ?? "", "approve"))).toBe(
      "award_moved",
    );
    expect(await refusalOf(assess(finding, { replaces: one.poolId }))).toBe("assessment_changed");
    await approveTo(test.db, desk, two.awards[0]?.id ?? "", "approved");
    expect(await refusalOf(assess(finding, { replaces: two.poolId }))).toBe("assessment_approved");
  });

  it("a rejected award may be assessed anew", async () => {
    const finding = await makeFinding(test.db);
    const one = await assess(finding);
    await approveTo(test.db, desk, one.awards[0]?.id ?? "", "prepared");
    await signAs(test.db, desk.reviewer, one.awards[0]?.id ?? "", "reject");
    expect((await assess(finding, { replaces: one.poolId })).awards).toHaveLength(1);
  });
});

describe("what refuses an assessment", () => {
  it.each<[string, string, Parameters<typeof makeFinding>[1], (finding: TestFinding) => PlainCase]>([
    ["without a verified finding", "finding_missing", { status: "recorded" }, () => ({})],
    ["before the decision is final", "finding_not_final", { isFinal: false }, () => ({})],
    ["for nobody", "informant_unknown", {}, () => ({ informants: [] })],
    [
      "for another lead's tip",
      "informant_unknown",
      {},
      () => ({ informants: [{ tipId: randomUUID(), kind: "anonymous" }] }),
    ],
    [
      "for one tip twice",
      "informant_unknown",
      {},
      ({ tipIds }) => ({
        informants: [...tipIds, ...tipIds].map((tipId) => ({ tipId, kind: "anonymous" as const })),
      }),
    ],
    ["for somebody who asked for none", "informant_unknown", { wantsReward: false }, () => ({})],
    [
      "of an anonymous tip as a named one",
      "informant_kind",
      {},
      ({ tipIds }) => ({
        informants: tipIds.map((tipId) => ({ tipId, kind: "named" as const })),
      }),
    ],
    [
      "that passes the first informant over",
      "earlier_passed_over",
      { tips: 2 },
      ({ tipIds }) => ({
        informants: tipIds.slice(1).map((tipId) => ({ tipId, kind: "anonymous" as const })),
      }),
    ],
    [
      "with a reason of the preparer's own",
      "question_unknown",
      {},
      ({ tipIds }) => ({
        informants: tipIds.map((tipId) => ({
          tipId,
          kind: "anonymous" as const,
          answers: {
            ...answersOf("jinhua-default"),
            "exclusion:disliked": { answer: true, reason: "张三不喜欢" },
          },
        })),
      }),
    ],
    ["of a stage the scheme does not have", "stage_unknown", {}, () => ({ stage: "interim" })],
    ["by a scheme that is not loaded", "scheme_missing", {}, () => ({ schemeId: "no-such-scheme" })],
    ["with a grade the scheme does not have", "case_incomplete", {}, () => ({ grade: 9 })],
    ["of a range without a choice", "case_incomplete", {}, () => ({ grade: 3 })],
    ["with a cap lifted by nobody", "case_incomplete", {}, () => ({ capLifted: true })],
    ["out of no budget", "not_found", {}, () => ({ budgetId: randomUUID() })],
    [
      "of ¥500,000 without finance's reply",
      "consultation_required",
      { penaltyFen: 1_000_000_000n },
      () => ({ schemeId: "samr-2021" }),
    ],
  ])("an assessment %s is refused", async (_, code, options, more) => {
    const finding = await makeFinding(test.db, options);
    expect(await refusalOf(assess(finding, more(finding)))).toBe(code);
  });

  it("finance's reply opens what needed it, and is in the voucher", async () => {
    const finding = await makeFinding(test.db, { penaltyFen: 1_000_000_000n });
    const done = await assess(finding, { schemeId: "samr-2021", consultationRef: "财函〔2026〕12号" });
    expect(done.amountFen).toBe(50_000_000n);
    const { rows } = await test.db.pool.query<{ ref: string }>(
      "select body::jsonb ->> 'consultationRef' as ref from vouchers where award_id = $1",
      [done.awards[0]?.id],
    );
    expect(rows).toEqual([{ ref: "财函〔2026〕12号" }]);
  });

  it("another role, a demo session and whoever found the facts are refused", async () => {
    const finding = await makeFinding(test.db);
    expect(await refusalOf(assess(finding, {}, desk.reviewer.actor))).toBe("wrong_role");
    expect(await refusalOf(assess(finding, {}, asDemo(desk.preparer)))).toBe("needs_passkey");
    const both = await makeStaff(test.db, ["finance_preparer"]);
    await test.db.pool.query("update findings set status = 'superseded' where id = $1", [finding.findingId]);
    await test.db.pool.query(
      "insert into findings select (jsonb_populate_record(f, $2::jsonb)).* from findings f where f.id = $1",
      [
        finding.findingId,
        JSON.stringify({ id: randomUUID(), version: 2, status: "verified", verified_by: both.actor.id }),
      ],
    );
    expect(await refusalOf(assess(finding, {}, both.actor))).toBe("finding_apart");
  });

  it("last year's budget is refused", async () => {
    const finding = await makeFinding(test.db);
    const later = fixedClock("2027-02-01T00:00:00Z");
    expect(
      await refusalOf(assessAward(test.db, assessmentOf(finding, desk), desk.preparer.actor, later)),
    ).toBe("budget_year_over");
  });
});
