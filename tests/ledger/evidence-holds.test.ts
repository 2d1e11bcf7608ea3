import { beforeAll, describe, expect, it } from "vitest";
import { v7 as uuidv7 } from "uuid";
import { recordFinding } from "~server/findings/record-finding.server";
import { assessAward } from "~server/rewards/assess-award.server";
import type { ApprovalAction } from "~server/rewards/judge-approval.server";
import { attachTip } from "~server/triage/attach-tip.server";
import {
  CLOCK,
  approveTo,
  assessmentOf,
  makeAcceptedAward,
  makeAward,
  makeDesk,
  signAs,
  type Desk,
  type TestAward,
} from "~tests/factories/make-award";
import { makeFinding, type TestFinding } from "~tests/factories/make-finding";
import { makeStaff, type TestPerson } from "~tests/factories/make-staff";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { testPortal } from "~tests/setup/test-portal";
import { inTransaction } from "./raw-posting";
import { buildStep, insertStep } from "./raw-step";

const test = testDatabase();

let desk: Desk;
let triage: TestPerson;

beforeAll(async () => {
  desk = await makeDesk(test.db, 10_000_000_000n);
  triage = await makeStaff(test.db, ["triage_officer"]);
});

/** The recorder's body replaces its own finding, through the act it uses. */
async function replaceFinding(finding: TestFinding): Promise<string> {
  const { actor } = finding.recorder;
  await test.db.pool.query(
    "insert into lead_agencies (id, lead_id, agency_id, relation) values ($1, $2, $3, 'lead') on conflict do nothing",
    [uuidv7(), finding.leadId, actor.agencyId],
  );
  const decision = { entityClass: "ban" as const, decisionNumber: "金整办决〔2026〕8号" };
  const amounts = {
    illegalAmountFen: 1_000_000n,
    penaltyFen: null,
    illegalGainsFen: null,
    collectedFen: null,
  };
  const when = { decidedOn: "2026-03-05", isFinal: true, at: CLOCK.now() };
  return refusalOf(
    recordFinding(test.db, { leadId: finding.leadId, ...decision, ...amounts, ...when }, actor),
  );
}

async function statusOf(table: "awards" | "findings", id: string): Promise<string | undefined> {
  const { rows } = await test.db.pool.query<{ status: string }>(`select status from ${table} where id = $1`, [
    id,
  ]);
  return rows[0]?.status;
}

const supersede = (finding: TestFinding) =>
  test.db.pool.query("update findings set status = 'superseded' where id = $1", [finding.findingId]);

async function signRaw(award: TestAward, person: TestPerson, action: ApprovalAction, status: string) {
  const step = await buildStep(test.db.pool, award.awardId, person, action);
  return refusedBy(inTransaction(test.db.pool, (client) => insertStep(client, step, award.awardId, status)));
}

describe("an award is signed only while its finding stands", () => {
  it("none but a rejection is signed once the finding is superseded, in code and in the database", async () => {
    const drafted = await makeAward(test.db, desk);
    const prepared = await makeAward(test.db, desk);
    const reviewed = await makeAward(test.db, desk);
    await approveTo(test.db, desk, prepared.awardId, "prepared");
    await approveTo(test.db, desk, reviewed.awardId, "reviewed");
    for (const { finding } of [drafted, prepared, reviewed])
      expect(await replaceFinding(finding)).toBe("accepted");
    for (const [award, person, action, status] of [
      [drafted, desk.preparer, "prepare", "prepared"],
      [prepared, desk.reviewer, "review", "reviewed"],
      [reviewed, desk.approver, "approve", "approved"],
    ] as const) {
      expect(await refusalOf(signAs(test.db, person, award.awardId, action))).toBe("finding_replaced");
      expect(await signRaw(award, person, action, status)).toBe("approval_steps_finding_stands");
    }
    expect(await signAs(test.db, desk.reviewer, prepared.awardId, "reject")).toBe("rejected");
    expect(await signRaw(reviewed, desk.approver, "reject", "rejected")).toBe("accepted");
  });

  it("a finding is not superseded under an approved award, in code and in the database", async () => {
    const approved = await makeAward(test.db, desk);
    await approveTo(test.db, desk, approved.awardId, "approved");
    for (const award of [approved, await makeAcceptedAward(test.db, desk)]) {
      expect(await replaceFinding(award.finding)).toBe("finding_paid");
      expect(await refusedBy(supersede(award.finding))).toBe("findings_rewarded");
    }
  });

  it("of an approval and a new finding at once exactly one takes effect", async () => {
    for (let round = 0; round < 4; round += 1) {
      const award = await makeAward(test.db, desk);
      await approveTo(test.db, desk, award.awardId, "reviewed");
      const outcomes = await Promise.all([
        refusalOf(signAs(test.db, desk.approver, award.awardId, "approve")),
        replaceFinding(award.finding),
      ]);
      expect([
        ["accepted", "finding_paid"],
        ["finding_replaced", "accepted"],
      ]).toContainEqual(outcomes);
      const stands = (await statusOf("findings", award.finding.findingId)) === "verified";
      expect(await statusOf("awards", award.awardId)).toBe(stands ? "approved" : "reviewed");
    }
  });

  it("a new finding waits for an approval that is not yet committed", async () => {
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "reviewed");
    const step = await buildStep(test.db.pool, award.awardId, desk.approver, "approve");
    const client = await test.db.pool.connect();
    try {
      await client.query("begin");
      await insertStep(client, step, award.awardId, "approved");
      const waiting = inTransaction(test.db.pool, async (other) => {
        await other.query("set local lock_timeout = '200ms'");
        await other.query("update findings set status = 'superseded' where id = $1", [
          award.finding.findingId,
        ]);
      });
      expect(await refusedBy(waiting)).toBe("55P03");
    } finally {
      await client.query("rollback");
      client.release();
    }
  });
});

describe("a tip with an award stays on its lead, and is rewarded once", () => {
  const move = (tipId: string, leadId: string) =>
    test.db.pool.query("update tips set lead_id = $2 where id = $1", [tipId, leadId]);

  it("it is hung on no other lead, in code and in the database, even where its award was sent back", async () => {
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "prepared");
    await signAs(test.db, desk.reviewer, award.awardId, "reject");
    const other = await makeFinding(test.db);
    expect(await refusedBy(move(award.tipId, other.leadId))).toBe("tips_awarded");
    const { rows } = await test.db.pool.query<{ number: string }>("select number from leads where id = $1", [
      other.leadId,
    ]);
    const input = { tipId: award.tipId, toLeadNumber: Number(rows[0]?.number), at: CLOCK.now() };
    const { pack } = testPortal(test.db).pack;
    expect(await refusalOf(attachTip(test.db, pack, input, triage.actor))).toBe("tip_has_award");
  });

  it("of an assessment and the tip's move at once exactly one takes effect", async () => {
    for (let round = 0; round < 4; round += 1) {
      const finding = await makeFinding(test.db, { tips: 2 });
      const other = await makeFinding(test.db);
      const [tipId = ""] = finding.tipIds;
      const [assessed, moved] = await Promise.all([
        refusalOf(assessAward(test.db, assessmentOf(finding, desk), desk.preparer.actor, CLOCK)),
        refusedBy(move(tipId, other.leadId)),
      ]);
      if (assessed === "accepted") expect(moved).toBe("tips_awarded");
      else {
        expect(["assessment_changed", "informant_unknown"]).toContain(assessed);
        expect(moved).toBe("accepted");
      }
    }
  });

  it("an assessment and a new finding at once end in a saved or a refused assessment, never in a fault", async () => {
    for (let round = 0; round < 4; round += 1) {
      const finding = await makeFinding(test.db);
      const [assessed] = await Promise.all([
        refusalOf(assessAward(test.db, assessmentOf(finding, desk), desk.preparer.actor, CLOCK)),
        replaceFinding(finding),
      ]);
      expect(["accepted", "assessment_changed", "finding_missing"]).toContain(assessed);
    }
  });

  it("a tip that was moved all the same is not rewarded on its second lead", async () => {
    const award = await makeAward(test.db, desk);
    const other = await makeFinding(test.db, { tips: 1 });
    const [firstTip = ""] = other.tipIds;
    await test.owner.query("alter table tips disable trigger tips_history");
    await move(award.tipId, other.leadId);
    await test.owner.query("alter table tips enable trigger tips_history");
    const both = { ...other, tipIds: [award.tipId, firstTip] };
    expect(await refusalOf(assessAward(test.db, assessmentOf(both, desk), desk.preparer.actor, CLOCK))).toBe(
      "assessment_changed",
    );
    await test.owner.query("alter table tips disable trigger tips_history");
    await move(award.tipId, award.finding.leadId);
    await test.owner.query("alter table tips enable trigger tips_history");
  });
});
