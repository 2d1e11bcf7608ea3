import { beforeAll, describe, expect, it } from "vitest";
import type pg from "pg";
import { v7 as uuidv7 } from "uuid";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { makeFinding } from "~tests/factories/make-finding";
import {
  CLOCK,
  TODAY,
  approveTo,
  makeAcceptedAward,
  makeAward,
  makeDesk,
  type Desk,
  type TestAward,
} from "~tests/factories/make-award";
import { makeStaff } from "~tests/factories/make-staff";
import { payByHand } from "~tests/factories/pay-by-hand";
import { testDatabase } from "~tests/setup/database";
import { refusedBy } from "~tests/setup/refused-by";
import { accountsOf, inTransaction, insertPosting } from "./raw-posting";

const test = testDatabase();

let desk: Desk;
let of: (kind: string) => string;

beforeAll(async () => {
  desk = await makeDesk(test.db);
  of = await accountsOf(test.db.pool, desk.budgetId);
});

const set = (awardId: string, change: string) =>
  refusedBy(test.db.pool.query(`update awards set ${change} where id = $1`, [awardId]));

async function postedAward(): Promise<TestAward> {
  const award = await makeAcceptedAward(test.db, desk);
  await postAcceptedAward(test.db, award, desk.preparer.actor, CLOCK);
  return award;
}

/** Copies a pool's row under a new id, changed; and its awards and vouchers where asked. */
async function copyPool(
  client: pg.PoolClient,
  poolId: string,
  changes: Record<string, unknown>,
): Promise<string> {
  const id = uuidv7();
  await client.query(
    `insert into reward_pools select (jsonb_populate_record(p, $2::jsonb)).* from reward_pools p where p.id = $1`,
    [poolId, JSON.stringify({ id, ...changes })],
  );
  return id;
}

describe("invariant 7: an award moves through its states, once", () => {
  it.each(["reviewed", "approved", "accepted", "posted", "paid", "rejected", "revoked", "lapsed"])(
    "a draft does not jump to %s",
    async (status) => {
      const award = await makeAward(test.db, desk);
      expect(
        await set(
          award.awardId,
          `status = '${status}'${["accepted", "posted", "paid"].includes(status) ? ", accepted_on = '2026-06-01'" : ""}`,
        ),
      ).toBe(
        status === "accepted" || status === "posted" || status === "paid" ? "awards_history" : "awards_state",
      );
    },
  );

  it.each([
    "amount_fen = amount_fen + 1",
    "budget_id = gen_random_uuid()",
    "code_name = 'AAAA-AAAA'",
    "stage = 'interim'",
  ])("its columns are never edited (%s)", async (change) => {
    const award = await makeAward(test.db, desk);
    expect(await set(award.awardId, change)).toBe("awards_history");
  });

  it("acceptance writes its day once, and only from approval", async () => {
    const award = await makeAward(test.db, desk);
    expect(await set(award.awardId, "accepted_on = '2026-06-01'")).toBe("awards_history");
    await approveTo(test.db, desk, award.awardId, "approved");
    expect(await set(award.awardId, "status = 'accepted', accepted_on = '2026-06-01'")).toBe("accepted");
    expect(await set(award.awardId, "accepted_on = '2026-06-02'")).toBe("awards_history");
  });

  it("its state and its postings say the same", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    expect(await set(award.awardId, "status = 'posted'")).toBe("awards_ledger");
    expect(await set(award.awardId, "status = 'revoked'")).toBe("awards_ledger");
    const released = inTransaction(test.db.pool, (client) =>
      insertPosting(client, {
        event: "award.revoked",
        fundId: desk.fundId,
        awardId: award.awardId,
        entries: [[of("available"), of("encumbered"), award.amountFen]],
      }),
    );
    expect(await refusedBy(released)).toBe("awards_ledger");
    const revoked = inTransaction(test.db.pool, async (client) => {
      await insertPosting(client, {
        event: "award.revoked",
        fundId: desk.fundId,
        awardId: award.awardId,
        entries: [[of("available"), of("encumbered"), award.amountFen]],
      });
      await client.query("update awards set status = 'revoked' where id = $1", [award.awardId]);
    });
    expect(await refusedBy(revoked)).toBe("accepted");
  });

  it("an award written after its posting was judged is judged again", async () => {
    const award = await makeAcceptedAward(test.db, desk);
    const move = (client: pg.PoolClient, status: string) =>
      client.query("update awards set status = $2 where id = $1", [award.awardId, status]);
    const posted = (client: pg.PoolClient) =>
      insertPosting(client, {
        event: "award.posted",
        fundId: desk.fundId,
        awardId: award.awardId,
        entries: [
          [of("spent"), of("encumbered"), award.amountFen],
          [of("expense"), of("payable"), award.amountFen],
        ],
      });
    const sly = inTransaction(test.db.pool, async (client) => {
      await posted(client);
      await move(client, "posted");
      await client.query("set constraints all immediate");
      await client.query("set constraints all deferred");
      await move(client, "paid");
    });
    expect(await refusedBy(sly)).toBe("awards_ledger");
    const unmoved = inTransaction(test.db.pool, posted);
    expect(await refusedBy(unmoved)).toBe("awards_ledger");
    const both = inTransaction(test.db.pool, async (client) => {
      await move(client, "posted");
      await posted(client);
    });
    expect(await refusedBy(both)).toBe("accepted");
  });

  it("an approved award is encumbered once", async () => {
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "approved");
    const again = inTransaction(test.db.pool, (client) =>
      insertPosting(client, {
        event: "award.encumbered",
        fundId: desk.fundId,
        awardId: award.awardId,
        entries: [[of("encumbered"), of("available"), award.amountFen]],
      }),
    );
    expect(await refusedBy(again)).toBe("awards_ledger");
  });

  it("money is promised out of its own year's budget", async () => {
    const award = await makeAward(test.db, desk);
    const early = inTransaction(test.db.pool, (client) =>
      insertPosting(client, {
        event: "award.encumbered",
        eventOn: "2027-01-01",
        fundId: desk.fundId,
        awardId: award.awardId,
        entries: [[of("encumbered"), of("available"), award.amountFen]],
      }),
    );
    expect(await refusedBy(early)).toBe("ledger_transactions_year");
  });
});

describe("invariant 7: one live payment of the award's own amount", () => {
  async function pay(
    award: TestAward,
    changes: {
      amount?: bigint;
      cashier?: string;
      event?: string;
      move?: boolean;
      paidOn?: string;
      reference?: string;
    } = {},
  ): Promise<string> {
    const cashier = changes.cashier ?? desk.cashier.actor.id;
    const paidOn = changes.paidOn ?? TODAY;
    return refusedBy(
      inTransaction(test.db.pool, async (client) => {
        const transactionId = await insertPosting(client, {
          event: changes.event ?? "award.paid",
          eventOn: paidOn,
          fundId: desk.fundId,
          awardId: award.awardId,
          actorId: cashier,
          entries: [[of("payable"), of("treasury"), award.amountFen]],
        });
        await client.query(
          "insert into payouts (id, award_id, kind, amount_fen, paid_on, reference, status, transaction_id, cashier_id) values ($1, $2, 'transfer', $3, $4, $5, 'live', $6, $7)",
          [
            uuidv7(),
            award.awardId,
            (changes.amount ?? award.amountFen).toString(),
            paidOn,
            changes.reference ?? `BK-${uuidv7().slice(-8).toUpperCase()}`,
            transactionId,
            cashier,
          ],
        );
        if (changes.move !== false) {
          await client.query("update awards set status = 'paid' where id = $1", [award.awardId]);
        }
      }),
    );
  }

  it("one 分 more, another event, a day before acceptance, or nobody's cashier is refused", async () => {
    const award = await postedAward();
    expect(await pay(award, { amount: award.amountFen + 1n })).toBe("payouts_award");
    expect(await pay(award, { paidOn: "2026-05-31" })).toBe("payouts_award");
    expect(await pay(award, { event: "award.bounced" })).toBe("payouts_transaction");
    expect(await pay(award, { cashier: desk.approver.actor.id })).toBe("payouts_cashier");
    expect(await pay(award, { move: false })).toBe("awards_ledger");
    expect(await pay(award)).toBe("accepted");
    expect(await pay(award)).toBe("payouts_live_uq");
  });

  it("a cashier who signed the voucher does not pay it", async () => {
    const award = await postedAward();
    await test.db.pool.query("insert into staff_roles (id, staff_id, role) values ($1, $2, 'cashier')", [
      uuidv7(),
      desk.preparer.actor.id,
    ]);
    expect(await pay(award, { cashier: desk.preparer.actor.id })).toBe("payouts_cashier");
    await test.db.pool.query(
      "update staff_roles set revoked_at = now() where staff_id = $1 and role = 'cashier'",
      [desk.preparer.actor.id],
    );
  });

  it("a posting of payment without a payout, and a bounce without its posting, are refused", async () => {
    const award = await postedAward();
    const bare = inTransaction(test.db.pool, async (client) => {
      await insertPosting(client, {
        event: "award.paid",
        fundId: desk.fundId,
        awardId: award.awardId,
        entries: [[of("payable"), of("treasury"), award.amountFen]],
      });
      await client.query("update awards set status = 'paid' where id = $1", [award.awardId]);
    });
    expect(await refusedBy(bare)).toBe("payouts_ledger");
    const paid = await payByHand(
      test.db,
      { awardId: award.awardId, paidOn: TODAY, reference: "BK-0000-1" },
      desk.cashier.actor,
      CLOCK,
    );
    const change = (what: string) =>
      refusedBy(test.db.pool.query(`update payouts set ${what} where id = $1`, [paid.payoutId]));
    expect(await change("status = 'bounced'")).toBe("payouts_ledger");
    expect(await change("reference = 'BK-0000-2'")).toBe("payouts_history");
  });

  it.each([
    "BK6222020200001234567",
    "BK6222-0202-0000-1234-567",
    "BK13812345678",
    "ZHANGSAN 6222",
    "张三",
    "bk20260601",
  ])("invariant 17: the reference %s is refused", async (reference) => {
    const award = await postedAward();
    expect(await pay(award, { reference })).toMatch(/^payouts_reference(_plain)?_ck$/);
  });
});

describe("invariant 8: shares sum to the pool, to the 分", () => {
  it("a pool without its awards, and an award that is no share, are refused", async () => {
    const award = await makeAward(test.db, desk);
    const bare = inTransaction(test.db.pool, async (client) => {
      await client.query("update reward_pools set status = 'superseded' where id = $1", [award.poolId]);
      await client.query("update awards set status = 'superseded' where id = $1", [award.awardId]);
      await copyPool(client, award.poolId, { version: 2, supersedes_id: award.poolId, status: "live" });
    });
    expect(await refusedBy(bare)).toBe("reward_pools_sum");
    const extra = (amount: string) =>
      refusedBy(
        test.db.pool.query(
          `insert into awards select (jsonb_populate_record(a, $2::jsonb)).* from awards a where a.id = $1`,
          [award.awardId, JSON.stringify({ id: uuidv7(), code_name: "BBBB-BBBB", amount_fen: amount })],
        ),
      );
    expect(await extra("1")).toBe("awards_share");
    expect(await extra(award.amountFen.toString())).toMatch(/awards_(pool_tip|live)_uq/);
  });

  it("a pool says what its computation says", async () => {
    const award = await makeAward(test.db, desk);
    const forged = inTransaction(test.db.pool, (client) =>
      copyPool(client, award.poolId, {
        amount_fen: 5_000_000,
        version: 2,
        supersedes_id: award.poolId,
        status: "live",
      }),
    );
    expect(await refusedBy(forged)).toBe("reward_pools_computation_ck");
  });

  it("a second live pool, a version that skips, and an edited pool are refused", async () => {
    const award = await makeAward(test.db, desk);
    const copy = (changes: Record<string, unknown>) =>
      refusedBy(inTransaction(test.db.pool, (client) => copyPool(client, award.poolId, changes)));
    expect(await copy({ version: 2, supersedes_id: award.poolId })).toBe("reward_pools_live_uq");
    expect(await copy({ version: 3, supersedes_id: award.poolId })).toBe("reward_pools_history");
    expect(await copy({ version: 2, supersedes_id: null })).toBe("reward_pools_history");
    const edit = (what: string) =>
      refusedBy(test.db.pool.query(`update reward_pools set ${what} where id = $1`, [award.poolId]));
    expect(await edit("case_input = '{}'")).toBe("reward_pools_history");
    expect(await edit("amount_fen = 1")).toBe("reward_pools_history");
    // Its award is still open, and would be left without a live pool.
    expect(await edit("status = 'superseded'")).toBe("awards_pool_state");
  });

  it("a pool rests on a verified, final finding of its own lead", async () => {
    const award = await makeAward(test.db, desk);
    const elsewhere = await makeFinding(test.db, { status: "recorded" });
    const copy = inTransaction(test.db.pool, (client) =>
      copyPool(client, award.poolId, {
        lead_id: elsewhere.leadId,
        finding_id: elsewhere.findingId,
        version: 1,
        supersedes_id: null,
      }),
    );
    expect(await refusedBy(copy)).toBe("reward_pools_finding");
  });

  it("an approved award is not superseded", async () => {
    const award = await makeAward(test.db, desk);
    await approveTo(test.db, desk, award.awardId, "approved");
    expect(await set(award.awardId, "status = 'superseded'")).toBe("awards_state");
  });
});

describe("invariant 10: a voucher says what its award says", () => {
  it.each([
    ["one 分 more", (body: string) => body.replace('"amount":"4999500"', '"amount":"4999501"')],
    ["another scheme version", (body: string) => body.replace('"version":"1"}', '"version":"2"}')],
    ["another tip", (body: string) => body.replace(/"tip":"[^"]+"/, `"tip":"${uuidv7()}"`)],
    ["another budget", (body: string) => body.replace(/"budget":"[^"]+"/, `"budget":"${uuidv7()}"`)],
    ["no JSON at all", () => "{"],
  ])("a voucher with %s is refused", async (_, change) => {
    const award = await makeAward(test.db, desk);
    const { rows } = await test.db.pool.query<{ body: string }>(
      "select body from vouchers where award_id = $1",
      [award.awardId],
    );
    const body = change(rows[0]?.body ?? "");
    expect(body).not.toBe(rows[0]?.body);
    const put = test.db.pool.query(
      "insert into vouchers (id, award_id, body, hash) values ($1, $2, $3, sha256(convert_to($3, 'UTF8')))",
      [uuidv7(), award.awardId, body],
    );
    expect(await refusedBy(put)).toBe("vouchers_body");
  });

  it("a hash that is not the body's, and a second voucher, are refused", async () => {
    const award = await makeAward(test.db, desk);
    const put = (hash: string) =>
      refusedBy(
        test.db.pool.query(
          `insert into vouchers (id, award_id, body, hash) select $2, award_id, body, ${hash} from vouchers where award_id = $1`,
          [award.awardId, uuidv7()],
        ),
      );
    expect(await put("sha256('x')")).toBe("vouchers_hash_ck");
    expect(await put("hash")).toBe("vouchers_award_uq");
  });

  it("a payment needs a cashier who is one now", async () => {
    const award = await postedAward();
    const former = await makeStaff(test.db, ["cashier"]);
    await test.db.pool.query("update staff_roles set revoked_at = now() where staff_id = $1", [
      former.actor.id,
    ]);
    await expect(
      payByHand(
        test.db,
        { awardId: award.awardId, paidOn: TODAY, reference: "BK-0000-9" },
        former.actor,
        CLOCK,
      ),
    ).rejects.toMatchObject({ code: "wrong_role" });
  });
});
