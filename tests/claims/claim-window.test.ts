import { beforeAll, describe, expect, it } from "vitest";
import { awardClaims } from "~db/schema/claims";
import { fixedClock } from "~server/clock";
import { claimDay } from "~server/claims/claim-day";
import { extendClaim } from "~server/claims/extend-claim.server";
import { lapseClaims, remindClaims } from "~server/claims/lapse-claims.server";
import { openClaims } from "~server/claims/open-claim.server";
import { makeCalendar } from "~server/clocks/business-calendar";
import { acceptAward } from "~server/rewards/accept-award.server";
import { eq } from "drizzle-orm";
import {
  CLOCK,
  approveTo,
  makeAward,
  makeDesk,
  type Desk,
  type TestAward,
} from "~tests/factories/make-award";
import { reporterOf } from "~tests/factories/reporter-of";
import { testDatabase } from "~tests/setup/database";
import { refusalOf } from "~tests/setup/refusal-of";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let desk: Desk;
/** Six months after 1 June 2026. */
const LAST = fixedClock("2026-12-01T02:00:00Z");
const AFTER = fixedClock("2026-12-01T16:00:01Z");

beforeAll(async () => {
  await installTestPack(testPortal(test.db, CLOCK.now().toISOString()));
  desk = await makeDesk(test.db, 1_000_000_000n);
}, 120_000);

async function told(): Promise<TestAward> {
  const award = await makeAward(test.db, desk);
  await approveTo(test.db, desk, award.awardId, "approved");
  await openClaims(test.db, CLOCK);
  return award;
}
const accept = async (award: TestAward, clock = CLOCK) =>
  acceptAward(test.db, award, await reporterOf(test.db, award.tipId), clock);
const statusOf = async (award: TestAward) =>
  (await test.owner.query<{ status: string }>("select status from awards where id = $1", [award.awardId]))
    .rows[0]?.status;
const claimOf = async (award: TestAward) =>
  (await test.db.orm.select().from(awardClaims).where(eq(awardClaims.awardId, award.awardId)))[0];

describe("the claim window", () => {
  it("counts from the day after the notice, in days, working days or months, and ends on a working day", () => {
    const calendar = makeCalendar([]);
    const day = (count: number, unit: "day" | "workingDay" | "month", from = "2026-06-01") =>
      claimDay(calendar, from, { window: { count, unit }, lapses: true });
    expect([day(60, "day"), day(30, "workingDay"), day(6, "month")]).toEqual([
      "2026-07-31",
      "2026-07-13",
      "2026-12-01",
    ]);
    // The last day of a shorter month, and then the Monday after it.
    expect(day(6, "month", "2026-08-31")).toBe("2027-03-01");
    expect(claimDay(calendar, "2026-06-01", { window: null, lapses: true })).toBeNull();
  });

  it("lapses an award after its last day, once, and gives the money back", async () => {
    const award = await told();
    expect(await claimOf(award)).toMatchObject({ toldOn: "2026-06-01", claimBy: "2026-12-01" });
    expect(await lapseClaims(test.db, LAST)).toMatchObject({ lapsed: 0 });
    expect(await refusalOf(accept(award, AFTER))).toBe("claim_over");
    expect(await lapseClaims(test.db, AFTER)).toMatchObject({ lapsed: 1 });
    expect(await lapseClaims(test.db, AFTER)).toEqual({ lapsed: 0, kept: 0 });
    expect(await statusOf(award)).toBe("lapsed");
    const { rows } = await test.owner.query(
      `select d.kind as debit, c.kind as credit, t.actor_id from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
         join accounts d on d.id = e.debit_account_id join accounts c on c.id = e.credit_account_id
        where t.award_id = $1 and t.event = 'award.lapsed'`,
      [award.awardId],
    );
    expect(rows).toEqual([{ debit: "available", credit: "encumbered", actor_id: null }]);
  });

  it("keeps the day in the database: nothing lapses early, nothing is accepted late", async () => {
    const award = await told();
    const late = test.owner.query(
      "update awards set status = 'accepted', accepted_on = '2026-12-02' where id = $1",
      [award.awardId],
    );
    expect(await refusedBy(late)).toBe("awards_claim_window");
    const early = test.owner.query("update awards set status = 'lapsed' where id = $1", [award.awardId]);
    expect(["awards_claim_window", "awards_ledger"]).toContain(await refusedBy(early));
    const edited = test.owner.query("update award_claims set claim_by = '2027-01-01' where award_id = $1", [
      award.awardId,
    ]);
    expect(await refusedBy(edited)).toBe("award_claims_history");
    await accept(award);
  });

  it("raced at midnight by an acceptance ends one way", async () => {
    const award = await told();
    const [accepted, lapsed] = await Promise.allSettled([accept(award, LAST), lapseClaims(test.db, AFTER)]);
    const status = await statusOf(award);
    if (accepted.status === "fulfilled") expect(status).toBe("accepted");
    else expect(status).toBe("lapsed");
    expect(lapsed.status).toBe("fulfilled");
    await lapseClaims(test.db, AFTER);
  });

  it("is passed over while a rule of the database keeps the award, and lapses when it no longer does", async () => {
    const award = await told();
    await test.owner.query(`create function kept() returns trigger language plpgsql as $$ begin
      perform refuse('a_hold', 'held'); return new; end $$`);
    await test.owner.query(
      "create trigger kept before update on awards for each row when (new.status = 'lapsed') execute function kept()",
    );
    expect(await lapseClaims(test.db, AFTER)).toEqual({ lapsed: 0, kept: 1 });
    await test.owner.query("drop trigger kept on awards");
    expect(await lapseClaims(test.db, AFTER)).toEqual({ lapsed: 1, kept: 0 });
    expect(await statusOf(award)).toBe("lapsed");
  });

  it("is extended by finance with a reason, later than before and never shorter", async () => {
    const award = await told();
    const extend = (until: string, reason = "举报人说明长期在外地", by = desk.preparer, clock = CLOCK) =>
      extendClaim(test.db, { awardId: award.awardId, until, reason }, by.actor, clock);
    expect(await refusalOf(extend("2026-12-01"))).toBe("extension_day");
    expect(await refusalOf(extend("2028-01-01"))).toBe("extension_day");
    expect(await refusalOf(extend("2027-01-29", "短"))).toBe("extension_reason");
    expect(await refusalOf(extend("2027-01-29", "请打电话13812345678联系他"))).toBe("extension_reason");
    expect(await refusalOf(extend("2027-01-29", "举报人说明长期在外地", desk.cashier))).toBe("wrong_role");
    await extend("2027-01-29");
    expect(await lapseClaims(test.db, AFTER)).toMatchObject({ lapsed: 0 });
    await accept(award, AFTER);
    expect(await refusalOf(extend("2027-03-01"))).toBe("extension_late");
  });

  it("reminds once before its end", async () => {
    await told();
    expect(await remindClaims(test.db, fixedClock("2026-11-16T02:00:00Z"))).toEqual({ reminded: 0 });
    const near = fixedClock("2026-11-20T02:00:00Z");
    expect(await remindClaims(test.db, near)).toEqual({ reminded: 1 });
    expect(await remindClaims(test.db, near)).toEqual({ reminded: 0 });
  });
});
