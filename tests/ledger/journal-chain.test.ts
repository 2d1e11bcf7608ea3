import type pg from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import { receiveFunds } from "~server/ledger/receive-funds.server";
import { makeLedgerRoot, sealJournal } from "~server/ledger/seal-journal.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { CLOCK, TODAY, makeDesk, type Desk } from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";
import { refusedBy } from "~tests/setup/refused-by";

const test = testDatabase();
let desk: Desk;
let ids: string[];

beforeAll(async () => {
  desk = await makeDesk(test.db);
  // By several at once: one chain all the same.
  await Promise.all(
    Array.from({ length: 12 }, (_, at) =>
      receiveFunds(
        test.db,
        { fundId: desk.fundId, amountFen: BigInt(at + 1), eventOn: TODAY, requestKey: `sealed-${at}` },
        desk.approver.actor,
        CLOCK,
      ),
    ),
  );
  await Promise.all([sealJournal(test.db), sealJournal(test.db)]);
  await makeLedgerRoot(test.db, CLOCK);
  const { rows } = await test.db.pool.query<{ id: string }>(
    "select transaction_id as id from ledger_seals order by position",
  );
  ids = rows.map(({ id }) => id);
});

/** The first fault of invariant 18 after the owner changed rows with every guard off; then all is as it was. */
async function firstFault(
  change: (client: pg.PoolClient) => Promise<unknown>,
  published: Parameters<typeof verifyLedger>[1] = {},
) {
  const client = await test.owner.connect();
  try {
    const tables = [
      "ledger_transactions",
      "ledger_entries",
      "ledger_seals",
      "ledger_roots",
      "voucher_numbers",
      "events",
    ];
    for (const table of tables) await client.query(`create table kept_${table} as table ${table}`);
    const guards = async (what: "disable" | "enable") => {
      for (const table of tables) await client.query(`alter table ${table} ${what} trigger user`);
    };
    await guards("disable");
    await change(client);
    const { faults } = await verifyLedger(test.db, published);
    for (const table of [...tables].reverse()) await client.query(`delete from ${table}`);
    for (const table of tables) {
      const { rows } = await client.query<{ list: string }>(
        "select string_agg(quote_ident(attname), ',') as list from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped",
        [table],
      );
      const list = rows[0]?.list ?? "";
      await client.query(
        `insert into ${table} (${list}) overriding system value select ${list} from kept_${table}`,
      );
      await client.query(`drop table kept_${table}`);
    }
    await guards("enable");
    return faults.find(({ rule }) => rule.startsWith("18"));
  } finally {
    client.release();
  }
}

describe("invariant 18: the chain over the journal", () => {
  it("holds every posting once, in gapless order, whoever sealed", async () => {
    const { ok, checked } = await verifyLedger(test.db);
    expect({ ok, seals: checked["seals"] }).toEqual({ ok: true, seals: 14 });
    expect(new Set(ids).size).toBe(14);
  });

  it("a seal out of turn, without the one before it, changed or taken away is refused", async () => {
    const add = (position: number) =>
      test.db.pool.query("insert into ledger_seals values ($1, $2, sha256('x'), sha256('y'))", [
        position,
        ids[0],
      ]);
    expect(await refusedBy(add(16))).toBe("ledger_seals_chain");
    expect(await refusedBy(add(15))).toBe("ledger_seals_chain");
    expect(await refusedBy(test.db.pool.query("delete from ledger_seals"))).toBe("42501");
    expect(await refusedBy(test.owner.query("update ledger_seals set hash = hash"))).toBe(
      "ledger_seals_append_only",
    );
  });

  it("names the first posting that was changed", async () => {
    const fault = await firstFault((client) =>
      client.query("update ledger_entries set amount_fen = amount_fen + 1 where transaction_id = any($1)", [
        [ids[5], ids[9]],
      ]),
    );
    expect(fault).toMatchObject({ table: "ledger_transactions", id: ids[5] });
    expect(
      await firstFault((client) =>
        client.query("update ledger_transactions set event_on = event_on + 1 where id = $1", [ids[7]]),
      ),
    ).toMatchObject({ id: ids[7] });
  });

  it("names a posting that was removed, or slipped in", async () => {
    const remove = async (client: pg.PoolClient) => {
      await client.query("alter table ledger_seals drop constraint ledger_seals_transaction_fk");
      await client.query("delete from voucher_numbers where transaction_id = $1", [ids[4]]);
      await client.query("delete from ledger_entries where transaction_id = $1", [ids[4]]);
      await client.query("delete from ledger_transactions where id = $1", [ids[4]]);
    };
    expect(await firstFault(remove)).toMatchObject({ id: ids[4], detail: "sealed, and not there any more" });
    const slip = (client: pg.PoolClient) => client.query("delete from ledger_seals where position = 6");
    expect(await firstFault(slip)).toMatchObject({ table: "ledger_seals", id: "6" });
  });

  it("names two that changed places", async () => {
    const swap = async (client: pg.PoolClient) => {
      await client.query("update ledger_seals set transaction_id = gen_random_uuid() where false");
      await client.query("alter table ledger_seals drop constraint ledger_seals_transaction_uq");
      await client.query(
        "update ledger_seals set transaction_id = case position when 3 then $1::uuid else $2::uuid end where position in (3, 4)",
        [ids[3], ids[2]],
      );
    };
    expect(await firstFault(swap)).toMatchObject({ id: ids[3] });
  });

  describe("a posting that no seal covers", () => {
    const lastTwo = "(select transaction_id from ledger_seals where position > 12)";
    const cut = async (client: pg.PoolClient) => {
      await client.query("delete from ledger_roots");
      await client.query("delete from events where subject_table = 'ledger_roots'");
      await client.query("delete from ledger_seals where position > 12");
    };
    const recorded = (client: pg.PoolClient, moment: string) =>
      client.query(`update ledger_transactions set recorded_at = ${moment} where id in ${lastTwo}`);

    it("waits for its seal, and is counted", async () => {
      let unsealed = -1;
      const fault = await firstFault(async (client) => {
        await cut(client);
        ({ unsealed } = await verifyLedger(test.db));
      });
      expect({ fault, unsealed }).toEqual({ fault: undefined, unsealed: 2 });
    });

    it("is a fault when it has waited for minutes, the first of them named, and what else it may be is said", async () => {
      const late = await firstFault(async (client) => {
        await recorded(client, "now() - interval '11 minutes'");
        await cut(client);
      });
      expect(late).toMatchObject({ table: "ledger_transactions", id: ids[12] });
      expect(late?.detail).toMatch(
        /^recorded \S+Z and not sealed: its seal was removed, or the portal stopped or failed before it sealed it/u,
      );
    });

    it("is found whatever time it is given, and though the database's clock was set back", async () => {
      const ahead = await firstFault(async (client) => {
        await recorded(client, "'2999-01-01'");
        await cut(client);
      });
      expect(ahead).toMatchObject({ id: ids[12] });
      const behind = await firstFault(async (client) => {
        // As rows look to a clock set back by an hour: sealed ahead of it, and the posting without a seal dated now.
        await client.query("delete from ledger_roots");
        await client.query("delete from ledger_seals");
        await client.query("update ledger_transactions set recorded_at = now() + interval '1 hour'");
        await sealJournal(test.db);
        await recorded(client, "now()");
        await cut(client);
      });
      expect(behind).toMatchObject({ id: ids[12] });
    });
  });

  it("finds a last block cut off, by the root published here, told in the trail, or kept elsewhere", async () => {
    const cut = async (client: pg.PoolClient) => {
      await client.query("delete from ledger_roots");
      await client.query("delete from ledger_seals where position > 12");
    };
    expect(await firstFault(cut)).toMatchObject({ table: "ledger_seals", id: "14" });
    const older = async (client: pg.PoolClient) => {
      await cut(client);
      await client.query("delete from events where subject_table = 'ledger_roots'");
      for (const table of ["voucher_numbers", "ledger_entries"])
        await client.query(`delete from ${table} where transaction_id = any($1)`, [ids.slice(12)]);
      await client.query("delete from ledger_transactions where id = any($1)", [ids.slice(12)]);
    };
    expect(await firstFault(older)).toBeUndefined();
    const published = [{ day: "2026-05-31", position: 14n, hash: "0".repeat(64) }];
    expect(await firstFault(older, { published })).toMatchObject({
      id: "14",
      detail: expect.stringContaining("kept elsewhere") as string,
    });
  });
});
