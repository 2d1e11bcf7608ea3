import { beforeAll, describe, expect, it } from "vitest";
import { chooseVouchers } from "~server/rewards/choose-vouchers.server";
import { holdAward } from "~server/rewards/hold-award.server";
import { listApprovals } from "~server/rewards/list-approvals.server";
import { readChosen } from "~server/rewards/read-chosen.server";
import { leaveChosen, signChosen, startChosen } from "~server/rewards/sign-chosen.server";
import {
  CLOCK,
  SIGNING,
  approveTo,
  makeAward,
  makeDesk,
  signAs,
  type Desk,
} from "~tests/factories/make-award";
import { makeStaff, type TestPerson } from "~tests/factories/make-staff";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";

const test = testDatabase();
let desk: Desk;

beforeAll(async () => {
  desk = await makeDesk(test.db);
});

async function reviewed(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const { awardId } = await makeAward(test.db, desk);
    await approveTo(test.db, desk, awardId, "reviewed");
    ids.push(awardId);
  }
  return ids;
}

const choose = (ids: readonly string[], by = desk.approver) =>
  chooseVouchers(
    test.db,
    { chosen: ids.map((awardId) => ({ awardId, action: "approve" as const })) },
    by.actor,
    CLOCK,
  );

async function answerFor(setId: string, ordinal: number, by: TestPerson = desk.approver) {
  const started = await startChosen(test.db, { setId, ordinal }, by.actor, SIGNING);
  const response = by.passkey.assert({ ...SIGNING, challenge: started.options.challenge });
  return { challengeId: started.challengeId, response };
}

const sign = async (setId: string, ordinal: number, by = desk.approver) =>
  signChosen(test.db, { setId, ordinal, ...(await answerFor(setId, ordinal, by)) }, by.actor, SIGNING);

const results = async (setId: string, by = desk.approver) =>
  (await readChosen(test.db, { setId }, by.actor)).rows.map(({ result }) => result);

describe("several vouchers, a signature each", () => {
  it("are signed one by one; held, signed by another and left ones are skipped and named", async () => {
    const ids = await reviewed(5);
    const other = await makeStaff(test.db, ["finance_approver"]);
    const { setId } = await choose(ids);
    const hold = { awardId: ids[1] ?? "", reason: "核对预算科目，暂缓办理" };
    await holdAward(test.db, hold, desk.reviewer.actor, CLOCK);
    await signAs(test.db, other, ids[2] ?? "", "approve");
    expect(await sign(setId, 1)).toMatchObject({ status: "approved" });
    expect(await refusalOf(sign(setId, 2))).toBe("award_held");
    expect(await refusalOf(sign(setId, 3))).toBe("award_moved");
    await leaveChosen(test.db, { setId, ordinal: 4 }, desk.approver.actor);
    await sign(setId, 5);
    expect(await results(setId)).toEqual(["signed", "award_held", "award_moved", "left_out", "signed"]);
    const { rows } = await readChosen(test.db, { setId }, desk.approver.actor);
    expect(rows[1]?.why).toContain("已挂起");
    // A hold lifted later changes nothing here: the row was answered.
    expect(await refusalOf(sign(setId, 2))).toBe("voucher_changed");
    expect(
      await refusedBy(
        test.db.pool.query("update approval_set_rows set result = 'signed' where set_id = $1", [setId]),
      ),
    ).toBe("approval_set_rows_history");
    const { rows: steps } = await test.db.pool.query<{ n: number }>(
      "select count(distinct s.hash)::int as n from approval_steps s where s.actor_id = $1",
      [desk.approver.actor.id],
    );
    expect(steps[0]?.n).toBe(2);
  });

  it("a signature for one row signs no other", async () => {
    const ids = await reviewed(2);
    const { setId } = await choose(ids);
    const first = await answerFor(setId, 1);
    expect(
      await refusalOf(signChosen(test.db, { setId, ordinal: 2, ...first }, desk.approver.actor, SIGNING)),
    ).toBe("voucher_changed");
    const { rows } = await test.db.pool.query<{ status: string }>(
      "select status from awards where id = any ($1)",
      [ids],
    );
    expect(rows.map(({ status }) => status)).toEqual(["reviewed", "reviewed"]);
  });

  it("what may be mended leaves the row open, and one row signed twice at once is signed once", async () => {
    const [id = ""] = await reviewed(1);
    const { setId } = await choose([id]);
    const spoilt = await answerFor(setId, 1);
    const bad = { ...spoilt, response: { ...spoilt.response, id: "other" } };
    expect(
      await refusalOf(signChosen(test.db, { setId, ordinal: 1, ...bad }, desk.approver.actor, SIGNING)),
    ).toBe("passkey_revoked");
    expect(await results(setId)).toEqual([null]);
    const answers = [await answerFor(setId, 1), await answerFor(setId, 1)];
    const both = await Promise.all(
      answers.map((answer) =>
        refusalOf(signChosen(test.db, { setId, ordinal: 1, ...answer }, desk.approver.actor, SIGNING)),
      ),
    );
    expect(both.filter((each) => each === "accepted")).toHaveLength(1);
    expect(await results(setId)).toEqual(["signed"]);
  });

  it("a set is its maker's own, and holds between one and fifty", async () => {
    const [id = ""] = await reviewed(1);
    const { setId } = await choose([id, id]);
    expect(await results(setId)).toHaveLength(1);
    const other = await makeStaff(test.db, ["finance_approver"]);
    expect(await refusalOf(readChosen(test.db, { setId }, other.actor))).toBe("not_found");
    expect(await refusalOf(sign(setId, 1, other))).toBe("not_found");
    expect(await refusalOf(choose([]))).toBe("nothing_chosen");
    expect(await refusalOf(choose(Array.from({ length: 51 }, () => crypto.randomUUID())))).toBe(
      "nothing_chosen",
    );
    expect(await refusalOf(choose([crypto.randomUUID()]))).toBe("not_found");
    const officer = await makeStaff(test.db, ["agency_officer"]);
    expect(await refusalOf(choose([id], officer))).toBe("wrong_role");
  });
});

describe("what waits for me", () => {
  it("is what my roles sign next, with the reason where I may not, and never a name", async () => {
    const own = await makeDesk(test.db, 4_999_500n);
    const mine = await makeAward(test.db, own);
    const next = await makeAward(test.db, own);
    for (const { awardId } of [mine, next]) await approveTo(test.db, own, awardId, "reviewed");
    const list = () => listApprovals(test.db, { page: 1 }, own.approver.actor, CLOCK);
    const find = async (id: string) => (await list()).rows.find((row) => row.id === id);
    expect(await find(mine.awardId)).toMatchObject({
      action: "approve",
      why: null,
      capitalAmount: "肆万玖仟玖佰玖拾伍元整",
      budget: { availableFen: 4_999_500n, afterFen: 0n },
    });
    await signAs(test.db, own.approver, mine.awardId, "approve");
    expect((await find(next.awardId))?.why).toContain("余额不足");
    expect(await find(mine.awardId)).toBeUndefined();
    const hold = { awardId: next.awardId, reason: "核对预算科目，暂缓办理" };
    await holdAward(test.db, hold, own.reviewer.actor, CLOCK);
    expect(await find(next.awardId)).toMatchObject({
      held: true,
      why: expect.stringContaining("挂起") as string,
    });
    const auditor = await makeStaff(test.db, ["auditor"]);
    expect((await listApprovals(test.db, { page: 1 }, auditor.actor, CLOCK)).total).toBe(0);
    const officer = await makeStaff(test.db, ["agency_officer"]);
    expect(await refusalOf(listApprovals(test.db, { page: 1 }, officer.actor, CLOCK))).toBe("not_found");
  });
});
