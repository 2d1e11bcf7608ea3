import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { withActor } from "~db/with-actor.server";
import { assessAward } from "~server/rewards/assess-award.server";
import { listApprovals } from "~server/rewards/list-approvals.server";
import { readAward } from "~server/rewards/read-award.server";
import {
  CLOCK,
  approveTo,
  assessmentOf,
  makeDesk,
  type Desk,
  type PlainCase,
} from "~tests/factories/make-award";
import { makeFinding, type TestFinding } from "~tests/factories/make-finding";
import { makeLadderScheme } from "~tests/factories/ladder-scheme";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";

const test = testDatabase();
let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk(test.db, 1_000_000_000n);
});
const assess = (finding: TestFinding, more: PlainCase = {}) =>
  assessAward(test.db, assessmentOf(finding, desk, more), desk.preparer.actor, CLOCK);
const TIANJIN = {
  ...{ schemeId: "tianjin-stage", grade: null, criteria: [], gradeReason: undefined },
  ...{ schemeStage: "filing", chosen: "200000", stage: "interim" as const },
};

describe("the scheme a lead is rewarded by", () => {
  it("is its own plan's; another takes a reason, which whoever signs reads", async () => {
    const finding = await makeFinding(test.db);
    const other = { schemeId: "samr-2021", consultationRef: "财函〔2026〕12号" };
    expect(await refusalOf(assess(finding, { ...other, schemeReason: undefined }))).toBe("scheme_reason");
    const schemeReason = "本案由市场监管部门立案，按其办法奖励";
    const done = await assess(finding, { ...other, schemeReason });
    const awardId = done.awards[0]?.id ?? "";
    const page = await readAward(test.db, { awardId }, desk.preparer.actor, CLOCK);
    expect(page.pool.record?.otherScheme).toBe(schemeReason);
    expect(page.pool.record?.answers.map(({ text }) => text)).toContain("不按本地施行的办法核算");
    const { rows } = await listApprovals(test.db, { page: 1 }, desk.preparer.actor, CLOCK);
    expect(rows.find(({ id }) => id === awardId)?.otherScheme).toBe(schemeReason);
  });

  it("is asked no reason for where it is the plan's own", async () => {
    const done = await assess(await makeFinding(test.db), { schemeReason: "不会写进记录的理由" });
    const page = await readAward(test.db, { awardId: done.awards[0]?.id ?? "" }, desk.preparer.actor, CLOCK);
    expect(page.pool.record?.otherScheme).toBeNull();
  });

  it("is one for all its stages", async () => {
    const finding = await makeFinding(test.db);
    await assess(finding);
    expect(await refusalOf(assess(finding, TIANJIN))).toBe("line_taken");
  });

  it("is one also where two compute at once, and for another hand", async () => {
    const finding = await makeFinding(test.db);
    const both = await Promise.all([refusalOf(assess(finding)), refusalOf(assess(finding, TIANJIN))]);
    expect(both.filter((each) => each === "accepted")).toHaveLength(1);
    expect(["line_taken", "assessment_changed"]).toContain(both.find((each) => each !== "accepted"));
    const byHand = test.owner.query(
      `insert into reward_pools (id, lead_id, finding_id, pack_id, stage, version, status, scheme_id, scheme_version, case_input, computation, amount_fen, currency, record_hash, computed_by, computed_at)
       select $2, p.lead_id, p.finding_id, p.pack_id, 'supplement', 1, 'live', s.scheme_id, s.version, p.case_input,
              p.computation || jsonb_build_object('scheme', jsonb_build_object('id', s.scheme_id, 'version', s.version)), p.amount_fen, p.currency, p.record_hash, p.computed_by, p.computed_at
         from reward_pools p, schemes s where p.lead_id = $1 and s.scheme_id = 'samr-2021' limit 1`,
      [finding.leadId, randomUUID()],
    );
    expect(await refusedBy(byHand)).toBe("reward_pools_one_line");
  });

  it("pays no interim reward after the final one", async () => {
    const schemeId = await makeLadderScheme(test.db, "5000000", {});
    const finding = await makeFinding(test.db);
    const staged = (stage: "interim" | "final") => assess(finding, { schemeId, stage, schemeStage: stage });
    await staged("final");
    expect(await refusalOf(staged("interim"))).toBe("final_taken");
  });
});

describe("a computation made anew", () => {
  it("lists everybody who had a share in the one before, and says who is missing", async () => {
    const finding = await makeFinding(test.db, { tips: 3 });
    const [first, second = "", third = ""] = finding.tipIds;
    const informants = finding.tipIds.map((tipId) => ({ tipId, kind: "anonymous" as const }));
    const done = await assess(finding, { informants });
    const again = (tipIds: readonly (string | undefined)[]) =>
      assess(finding, {
        replaces: done.poolId,
        passOverReason: "没有提供有用的线索",
        informants: informants.map((one) => ({
          ...one,
          ...(tipIds.includes(one.tipId) ? {} : { excluded: "participant" }),
        })),
      });
    const without = assess(finding, {
      replaces: done.poolId,
      informants: informants.filter(({ tipId }) => tipId === first),
    });
    await expect(without).rejects.toMatchObject({
      code: "holders_missing",
      publicMessage: expect.stringContaining("第 2 位、第 3 位") as string,
    });
    // Answered one by one, somebody may get nothing.
    const next = await again([first, third]);
    expect(next.awards.map(({ tipId }) => tipId).sort()).toEqual([first, third].sort());
    const { rows } = await withActor(test.db, desk.preparer.actor, async (tx) =>
      tx.execute(
        `select 1 from assessment_answers where pool_id = '${next.poolId}' and tip_id = '${second}' and excludes`,
      ),
    );
    expect(rows).toHaveLength(1);
  });

  it("takes an approved award that nobody objects to from nobody", async () => {
    const finding = await makeFinding(test.db, { tips: 2 });
    const informants = finding.tipIds.map((tipId) => ({ tipId, kind: "anonymous" as const }));
    const done = await assess(finding, { informants });
    for (const { id } of done.awards) await approveTo(test.db, desk, id, "approved");
    const [objector, other] = done.awards;
    await object(objector?.id ?? "", objector?.tipId ?? "", finding.leadId);
    const again = (excluded: boolean) =>
      assess(finding, {
        ...{ replaces: done.poolId, grade: 2, objectionAnswer: "材料已经再次核对，等级认定有误，改为二级。" },
        informants: informants.map((one) =>
          excluded && one.tipId === other?.tipId ? { ...one, excluded: "participant" } : one,
        ),
      });
    await expect(again(true)).rejects.toMatchObject({
      code: "approved_left_out",
      publicMessage: expect.stringContaining(other?.codeName ?? "-") as string,
    });
    expect((await again(false)).awards).toHaveLength(2);
  });
});

/** The row of an objection as the informant's form writes it. */
async function object(awardId: string, tipId: string, leadId: string): Promise<void> {
  const message = randomUUID();
  await test.db.pool.query(
    `insert into tip_messages (id, tip_id, direction, kind, written_on, suite, body, content_enc, content_body, reply_enc, reply_body)
     values ($1, $2, 'in', 'text', '2026-06-01', 's', '\\x00', $3, $4, $3, $4)`,
    [message, tipId, Buffer.alloc(32), Buffer.alloc(48)],
  );
  await test.db.pool.query(
    `insert into award_objections (id, award_id, lead_id, tip_id, ground, message_id, stated_on, due_on)
     values ($1, $2, $3, $4, 'grade', $5, '2026-06-01', '2026-06-23')`,
    [randomUUID(), awardId, leadId, tipId, message],
  );
}
