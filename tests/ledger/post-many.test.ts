import { beforeAll, describe, expect, it } from "vitest";
import { postAcceptedAwards } from "~server/ledger/post-accepted-awards.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { holdAward } from "~server/rewards/hold-award.server";
import { CLOCK, makeAcceptedAward, makeAward, makeDesk, type Desk } from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";

const test = testDatabase();
let desk: Desk;

beforeAll(async () => {
  desk = await makeDesk(test.db, 900_000_000n);
}, 60_000);

describe("many accepted awards booked as one act", () => {
  it("one that is held or not accepted hinders no other, and a second time books nothing", async () => {
    const ready = [await makeAcceptedAward(test.db, desk), await makeAcceptedAward(test.db, desk)];
    const held = await makeAcceptedAward(test.db, desk);
    await holdAward(test.db, { awardId: held.awardId, reason: "等待补充材料" }, desk.reviewer.actor, CLOCK);
    const drafted = await makeAward(test.db, desk);
    const awardIds = [...ready, held, drafted].map(({ awardId }) => awardId);
    const outcomes = async () => {
      const results = await postAcceptedAwards(test.db, { awardIds }, desk.preparer.actor, CLOCK);
      const of = new Map(results.map((one) => [one.awardId, one.refusal?.code ?? one.outcome]));
      return awardIds.map((id) => of.get(id));
    };
    expect(await outcomes()).toEqual(["posted", "posted", "award_held", "award_moved"]);
    expect(await outcomes()).toEqual(["already", "already", "award_held", "award_moved"]);
    const { rows } = await test.db.pool.query<{ waiting: number; sealed: number; posted: number }>(
      `select (select count(*)::int from voucher_queue) as waiting, (select count(*)::int from ledger_transactions) as posted,
              (select count(*)::int from ledger_seals) as sealed`,
    );
    // All are numbered and sealed by the time the act answers.
    expect(rows[0]?.waiting).toBe(0);
    expect(rows[0]?.sealed).toBe(rows[0]?.posted);
    expect((await verifyLedger(test.db)).ok).toBe(true);
  });

  it("is finance's alone", async () => {
    const { awardId } = await makeAcceptedAward(test.db, desk);
    const post = postAcceptedAwards(test.db, { awardIds: [awardId] }, desk.approver.actor, CLOCK);
    await expect(refusalOf(post)).resolves.toBe("wrong_role");
  });
});
