import { beforeAll, describe, expect, it } from "vitest";
import { v7 as uuidv7 } from "uuid";
import { fixedClock } from "~server/clock";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { assessAward } from "~server/rewards/assess-award.server";
import { holdAward, liftHold } from "~server/rewards/hold-award.server";
import type { ApprovalAction } from "~server/rewards/judge-approval.server";
import { requestLimit, settleLimit } from "~server/rewards/limit-approver.server";
import { readAward } from "~server/rewards/read-award.server";
import { makeLadderScheme } from "~tests/factories/ladder-scheme";
import {
  CLOCK,
  SIGNING,
  TODAY,
  approveTo,
  assessmentOf,
  makeAcceptedAward,
  makeAward,
  makeDesk,
  signAs,
  type Desk,
} from "~tests/factories/make-award";
import { makeFinding } from "~tests/factories/make-finding";
import { asDemo, makeStaff, type TestPerson } from "~tests/factories/make-staff";
import { payByHand } from "~tests/factories/pay-by-hand";
import { inTransaction } from "~tests/ledger/raw-posting";
import { buildStep, insertStep, type RawStep } from "~tests/ledger/raw-step";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";

const test = testDatabase();
const AMOUNT = 4_999_500n;
let desk: Desk;
let second: TestPerson;

beforeAll(async () => {
  desk = await makeDesk(test.db, 10_000_000_000n);
  second = await makeStaff(test.db, ["finance_approver"]);
});

const sign = (person: TestPerson, awardId: string, action: ApprovalAction, signing = SIGNING) =>
  signAs(test.db, person, awardId, action, signing);

const refused = (person: TestPerson, awardId: string, action: ApprovalAction, signing = SIGNING) =>
  refusalOf(sign(person, awardId, action, signing));

/** An award under a scheme whose second rung begins at `fromFen`; `stages` of one lead, the same informant in each. */
async function awardsUnder(
  fromFen: bigint,
  asks: Parameters<typeof makeLadderScheme>[2],
  stages: readonly ("interim" | "final")[] = ["final"],
): Promise<string[]> {
  const finding = await makeFinding(test.db);
  const schemeId = await makeLadderScheme(test.db, String(fromFen), asks);
  const ids: string[] = [];
  for (const stage of stages) {
    const input = assessmentOf(finding, desk, { schemeId, stage, schemeStage: stage });
    const { awards } = await assessAward(test.db, input, desk.preparer.actor, CLOCK);
    ids.push(awards[0]?.id ?? "");
  }
  return ids;
}

/** What the database says to a step no code judged. */
async function raw(
  awardId: string,
  person: TestPerson,
  action: ApprovalAction,
  change: (step: RawStep) => object = () => ({}),
): Promise<string> {
  const becomes = { prepare: "prepared", review: "reviewed", approve: "approved" }[action as "approve"];
  const step = await buildStep(test.db.pool, awardId, person, action);
  return refusedBy(
    inTransaction(test.db.pool, (client) =>
      insertStep(client, { ...step, ...change(step) }, awardId, becomes),
    ),
  );
}

describe("the ladder: amounts decide who must approve (invariant 11)", () => {
  it("asks for a second approver at the very 分, and not one 分 below", async () => {
    const [asked = ""] = await awardsUnder(AMOUNT, { approvers: 2 });
    const [not = ""] = await awardsUnder(AMOUNT + 1n, { approvers: 2 });
    await approveTo(test.db, desk, not, "reviewed");
    expect(await refused(second, not, "countersign")).toBe("countersign_not_asked");
    expect(await sign(desk.approver, not, "approve")).toBe("approved");
    await approveTo(test.db, desk, asked, "reviewed");
    const page = await readAward(test.db, { awardId: asked }, desk.approver.actor, CLOCK);
    expect(page.next.map(({ act }) => act)).toEqual(["countersign", "reject"]);
    expect(page.ladder).toMatchObject({ amountFen: AMOUNT, approvers: 2 });
    expect(await refused(desk.approver, asked, "approve")).toBe("countersign_first");
    expect(await raw(asked, desk.approver, "approve")).toBe("approval_steps_countersigned");
    expect(await sign(second, asked, "countersign")).toBe("countersigned");
    expect(await refused(second, asked, "approve")).toBe("already_signed");
    expect(await refused(desk.approver, asked, "countersign")).toBe("award_moved");
    expect(await sign(desk.approver, asked, "approve")).toBe("approved");
    const done = await readAward(test.db, { awardId: asked }, desk.approver.actor, CLOCK);
    expect(done.approvals.map(({ action }) => action)).toEqual([
      "prepare",
      "review",
      "countersign",
      "approve",
    ]);
  });

  it("the second approver too is kept apart, and either of the two may reject", async () => {
    const [awardId = ""] = await awardsUnder(AMOUNT, { approvers: 2 });
    expect(await refused(second, awardId, "countersign")).toBe("award_moved");
    await approveTo(test.db, desk, awardId, "reviewed");
    expect(await refused(desk.reviewer, awardId, "countersign")).toBe("wrong_role");
    await test.db.pool.query(
      "insert into staff_roles (id, staff_id, role) values ($1, $2, 'finance_approver') on conflict do nothing",
      [uuidv7(), desk.reviewer.actor.id],
    );
    expect(await refused(desk.reviewer, awardId, "countersign")).toBe("already_signed");
    await test.db.pool.query(
      "update staff_roles set revoked_at = now() where staff_id = $1 and role = 'finance_approver'",
      [desk.reviewer.actor.id],
    );
    await sign(second, awardId, "countersign");
    expect(await sign(desk.approver, awardId, "reject")).toBe("rejected");
    const [other = ""] = await awardsUnder(AMOUNT, { approvers: 2 });
    await approveTo(test.db, desk, other, "reviewed");
    expect(await sign(second, other, "reject")).toBe("rejected");
  });

  it("a rejected award goes back to the preparer, who computes it anew", async () => {
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "reviewed");
    await sign(desk.approver, award.awardId, "reject");
    const again = assessmentOf(award.finding, desk, { replaces: award.poolId });
    const { awards } = await assessAward(test.db, again, desk.preparer.actor, CLOCK);
    await approveTo(test.db, desk, awards[0]?.id ?? "", "approved");
  });

  it("stages of one informant on one lead add up, to the 分, whichever is signed first", async () => {
    const [first = "", last = ""] = await awardsUnder(AMOUNT * 2n, { consult: ["finance"] }, [
      "interim",
      "final",
    ]);
    for (const id of [first, last]) {
      expect(await refused(desk.preparer, id, "prepare")).toBe("consultation_missing");
      expect(await raw(id, desk.preparer, "prepare")).toBe("approval_steps_consulted");
    }
    const [below = "", other = ""] = await awardsUnder(AMOUNT * 2n + 1n, { consult: ["finance"] }, [
      "interim",
      "final",
    ]);
    await approveTo(test.db, desk, below, "approved");
    await approveTo(test.db, desk, other, "approved");
  });

  it("a part that was rejected does not count, one that was approved does", async () => {
    const ids = await awardsUnder(AMOUNT * 2n, { approvers: 2 }, ["interim", "final"]);
    const [first = "", last = ""] = ids;
    await approveTo(test.db, desk, first, "reviewed");
    await sign(second, first, "countersign");
    await sign(desk.approver, first, "approve");
    await approveTo(test.db, desk, last, "reviewed");
    expect(await refused(desk.approver, last, "approve")).toBe("countersign_first");
    const [gone = "", alone = ""] = await awardsUnder(AMOUNT * 2n, { approvers: 2 }, ["interim", "final"]);
    await approveTo(test.db, desk, gone, "prepared");
    await sign(desk.reviewer, gone, "reject");
    await approveTo(test.db, desk, alone, "approved");
  });
});

describe("limits of a grant", () => {
  it("are asked for by one administrator, given by another, and bind to the 分", async () => {
    const [one, other] = [
      await makeStaff(test.db, ["administrator"]),
      await makeStaff(test.db, ["administrator"]),
    ];
    const approver = await makeStaff(test.db, ["finance_approver"]);
    const ask = (limitFen: bigint | null, by = one) =>
      requestLimit(test.db, { staffId: approver.actor.id, limitFen }, by.actor, CLOCK);
    const settle = (
      limitId: string,
      by: TestPerson,
      outcome: "granted" | "refused" = "granted",
      clock = CLOCK,
    ) => settleLimit(test.db, { limitId, outcome }, by.actor, clock);
    expect(await refusalOf(ask(AMOUNT, desk.approver))).toBe("not_found");
    expect(await refusalOf(ask(0n))).toBe("limit_invalid");
    const { limitId } = await ask(AMOUNT - 1n);
    expect(await refusalOf(ask(AMOUNT, other))).toBe("limit_requested");
    expect(await refusalOf(settle(limitId, one))).toBe("limit_own");
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "reviewed");
    await settle(limitId, other);
    expect(await refusalOf(settle(limitId, other))).toBe("limit_settled");
    expect(await refused(approver, award.awardId, "approve")).toBe("over_limit");
    expect(await raw(award.awardId, approver, "approve")).toBe("approval_steps_limit");
    const lifted = await ask(AMOUNT);
    await settle(lifted.limitId, other, "granted", fixedClock("2026-06-01T03:00:00Z"));
    expect(await sign(approver, award.awardId, "approve")).toBe("approved");
    expect(
      await refusedBy(
        test.db.pool.query(
          "insert into approval_limits (id, role_grant_id, requested_by, requested_at) select $1, id, $2, now() from staff_roles where staff_id = $3",
          [uuidv7(), desk.preparer.actor.id, approver.actor.id],
        ),
      ),
    ).toBe("approval_limits_by");
  });
});

describe("holds", () => {
  const hold = (awardId: string, by = desk.reviewer) =>
    holdAward(test.db, { awardId, reason: "核对预算科目，暂缓办理" }, by.actor, CLOCK);
  const lift = (awardId: string, by = desk.approver) =>
    liftHold(test.db, { awardId, reason: "科目已核对无误" }, by.actor, CLOCK);

  it("a held award takes no signature but a rejection, until somebody else lifts it", async () => {
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "reviewed");
    await hold(award.awardId);
    expect(await refused(desk.approver, award.awardId, "approve")).toBe("award_held");
    expect(await raw(award.awardId, desk.approver, "approve")).toBe("awards_held");
    const page = await readAward(test.db, award, desk.approver.actor, CLOCK);
    expect(page.next.map(({ why }) => why?.code ?? null)).toEqual(["award_held", null]);
    expect(page.hold?.reason).toContain("核对预算");
    expect(await refusalOf(lift(award.awardId, desk.reviewer))).toBe("hold_own");
    await lift(award.awardId);
    expect(await refusalOf(lift(award.awardId))).toBe("hold_missing");
    expect(await sign(desk.approver, award.awardId, "approve")).toBe("approved");
    const other = await makeAward(test.db, desk);
    await approveTo(test.db, desk, other.awardId, "prepared");
    await hold(other.awardId);
    expect(await sign(desk.reviewer, other.awardId, "reject")).toBe("rejected");
  });

  it("a held award is neither posted nor paid nor lapsed, by whatever code", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    const pay = () =>
      payByHand(
        test.db,
        {
          awardId: award.awardId,
          paidOn: TODAY,
          reference: `BK20260601-${award.awardId.slice(-4).toUpperCase()}`,
        },
        desk.cashier.actor,
        CLOCK,
      );
    await hold(award.awardId);
    expect(await refusalOf(postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK))).toBe("award_held");
    await lift(award.awardId);
    await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
    await hold(award.awardId);
    expect(await refusalOf(pay())).toBe("award_held");
    for (const status of ["paid", "lapsed"])
      expect(
        await refusedBy(
          test.db.pool.query("update awards set status = $2 where id = $1", [award.awardId, status]),
        ),
      ).toBe("awards_held");
    await lift(award.awardId);
    await pay();
    expect(await refusalOf(hold(award.awardId))).toBe("hold_ended");
  });

  it("who may not, and reasons that hold a number, are refused", async () => {
    const award = await makeAward(test.db, desk);
    expect(await refusalOf(hold(award.awardId, desk.preparer))).toBe("wrong_role");
    const auditor = await makeStaff(test.db, ["auditor"]);
    expect(await refusalOf(hold(award.awardId, auditor))).toBe("not_found");
    const demo = { ...desk.reviewer, actor: asDemo(desk.reviewer) };
    expect(await refusalOf(hold(award.awardId, demo))).toBe("needs_passkey");
    const withReason = (reason: string) =>
      refusalOf(holdAward(test.db, { awardId: award.awardId, reason }, desk.reviewer.actor, CLOCK));
    for (const reason of ["不", "来电 138-1234-5678 说过"])
      expect(await withReason(reason)).toBe("hold_reason");
    await hold(award.awardId);
    expect(await refusalOf(hold(award.awardId, desk.approver))).toBe("hold_exists");
    const set = (sql: string) =>
      refusedBy(test.db.pool.query(`${sql} where award_id = $1 and lifted_at is null`, [award.awardId]));
    expect(await set("update award_holds set reason = '别的理由在此'")).toBe("award_holds_history");
    expect(
      await set(
        "update award_holds set lifted_at = now(), lifted_by = placed_by, lift_reason = '自己解除的'",
      ),
    ).toBe("award_holds_two_ck");
  });

  it("of a hold and an approval at once one comes first, and nothing is approved under a hold", async () => {
    for (let round = 0; round < 4; round += 1) {
      const award = await makeAward(test.db, desk);
      await approveTo(test.db, desk, award.awardId, "reviewed");
      const [approved, held] = await Promise.all([
        refused(desk.approver, award.awardId, "approve"),
        refusalOf(hold(award.awardId)),
      ]);
      expect(held).toBe("accepted");
      expect(["accepted", "award_held"]).toContain(approved);
    }
  });

  it("two approvers at once approve once, and the money is set aside once", async () => {
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "reviewed");
    const both = await Promise.all([
      refused(desk.approver, award.awardId, "approve"),
      refused(second, award.awardId, "approve"),
    ]);
    expect(both.toSorted()).toEqual(["accepted", "award_moved"]);
    const { rows } = await test.db.pool.query("select 1 from ledger_transactions where award_id = $1", [
      award.awardId,
    ]);
    expect(rows).toHaveLength(1);
  });
});

it("all of it verifies from stored data alone", async () => {
  const verdict = await verifyLedger(test.db);
  expect(verdict.faults).toEqual([]);
});
