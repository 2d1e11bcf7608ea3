import { beforeAll, describe, expect, it } from "vitest";
import { sealEvents } from "~server/audit/seal-events.server";
import { sealArrivals, type ArrivalsPlace } from "~server/arrivals/seal-arrivals.server";
import { tellHead } from "~server/arrivals/tell-head.server";
import { verifyArrivals } from "~server/arrivals/verify-arrivals.server";
import { sendReport } from "~tests/factories/make-lead";
import { testDatabase } from "~tests/setup/database";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
let portal: TestPortal;

beforeAll(async () => {
  portal = testPortal(test.db);
  await installTestPack(portal);
});

const on = (site: string) => ({ subject: { name: "禾苗理财", sites: `https://${site}.example/` } });
const seal = (place: ArrivalsPlace = { horizon: null }) => sealArrivals(portal.db, place);

async function ranksOf(leadId: string): Promise<{ tipId: string; rank: number }[]> {
  const { rows } = await test.owner.query<{ tipId: string; rank: number }>(
    `select r.tip_id as "tipId", r.rank::int as rank from arrival_ranks r where r.lead_id = $1 order by r.arrival_no`,
    [leadId],
  );
  return rows;
}

/** The rows of `tipId` again under another id and number, in a transaction that is left open. */
async function insertLate(tipId: string) {
  const client = await test.owner.connect();
  await client.query("begin");
  const { rows } = await client.query<{ id: string }>(
    `insert into tips select (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(),
        'lookup_id', '\\x' || encode(sha256(gen_random_uuid()::text::bytea), 'hex'),
        'arrival_no', nextval('tips_arrival_no_seq')))).* from tips t where t.id = $1 returning id`.replace(
      "insert into tips",
      "insert into tips overriding system value",
    ),
    [tipId],
  );
  return {
    tipId: rows[0]?.id ?? "",
    commit: async () => {
      await client.query("commit");
      client.release();
    },
    rollback: async () => {
      await client.query("rollback");
      client.release();
    },
  };
}

describe("ranks of arrival", () => {
  it("of many reports that race onto one lead are 1 to n without gap or double, also when sealers race", async () => {
    const sealing = { stop: false };
    const sealers = [1, 2].map(async () => {
      const place: ArrivalsPlace = { horizon: null };
      while (!sealing.stop) await seal(place);
    });
    const sent = await Promise.all(Array.from({ length: 40 }, () => sendReport(portal, on("race"))));
    sealing.stop = true;
    await Promise.all(sealers);
    await seal();
    const leadId = sent[0]?.leadId ?? "";
    const ranks = await ranksOf(leadId);
    expect(ranks.map(({ rank }) => rank)).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
    expect(new Set(ranks.map(({ tipId }) => tipId)).size).toBe(40);
    // As rewards order informants: by arrival number.
    const { rows } = await test.owner.query<{ id: string }>(
      "select id from tips where lead_id = $1 order by arrival_no",
      [leadId],
    );
    expect(ranks.map(({ tipId }) => tipId)).toEqual(rows.map(({ id }) => id));
    expect(await verifyArrivals(portal.db)).toMatchObject({ ok: true, registered: 40, waiting: 0 });
  });

  it("wait for a smaller number that commits later, and pass by one that never comes", async () => {
    const first = await sendReport(portal, on("late"));
    await seal();
    const late = await insertLate(first.tipId);
    const gone = await insertLate(first.tipId);
    const after = await sendReport(portal, on("late"));
    const place: ArrivalsPlace = { horizon: null };
    expect([await seal(place), await seal(place)]).toEqual([0, 0]);
    expect(await ranksOf(first.leadId)).toHaveLength(1);
    await gone.rollback();
    expect(await seal(place)).toBe(0);
    await late.commit();
    expect(await seal(place)).toBe(2);
    expect((await ranksOf(first.leadId)).map(({ tipId }) => tipId)).toEqual([
      first.tipId,
      late.tipId,
      after.tipId,
    ]);
  });

  it("are refused by the database out of order, twice, with a gap, for another number, and changed", async () => {
    const { tipId, leadId } = await sendReport(portal, on("kept"));
    const { rows } = await test.owner.query<{ no: string }>(
      "select arrival_no::text as no from tips where id = $1",
      [tipId],
    );
    const add = (no: string, rank: number) =>
      refusedBy(
        test.owner.query(
          "insert into arrival_ranks (arrival_no, tip_id, lead_id, rank, hash) values ($1, $2, $3, $4, $5)",
          [no, tipId, leadId, rank, Buffer.alloc(32)],
        ),
      );
    const no = rows[0]?.no ?? "";
    expect(await add(no, 2)).toBe("arrival_ranks_order");
    expect(await add("999999", 1)).toBe("arrival_ranks_order");
    await seal();
    expect(await add(no, 2)).toBe("arrival_ranks_pkey");
    for (const change of ["update arrival_ranks set rank = 7", "delete from arrival_ranks"])
      expect(await refusedBy(test.owner.query(`${change} where tip_id = '${tipId}'`))).toBe(
        "arrival_ranks_append_only",
      );
  });

  it("are refused by the database also where one statement brings several out of order or with a gap", async () => {
    const first = await sendReport(portal, on("several"));
    await seal();
    const [one, two] = [await sendReport(portal, on("several")), await sendReport(portal, on("several"))];
    const add = (ranks: readonly [number, number], numbers = "arrival_no") =>
      refusedBy(
        test.owner.query(
          `insert into arrival_ranks (arrival_no, tip_id, lead_id, rank, hash)
           select ${numbers}, id, lead_id, case id when $1 then $3::bigint else $4::bigint end, $5 from tips
            where id in ($1, $2)`,
          [one.tipId, two.tipId, ...ranks, Buffer.alloc(32)],
        ),
      );
    for (const ranks of [
      [3, 4],
      [2, 4],
      [3, 2],
      [1, 2],
    ] as const)
      expect(await add(ranks), ranks.join()).toMatch(/^arrival_ranks_(order|rank_uq)$/);
    expect(await add([2, 3], "arrival_no + 1000")).toBe("arrival_ranks_order");
    expect(await seal()).toBe(2);
    expect((await ranksOf(first.leadId)).map(({ rank }) => rank)).toEqual([1, 2, 3]);
  });

  it("have their head in the audit trail once a day, and a changed row, a wrong rank or a lost tip shows", async () => {
    const at = portal.clock.now();
    expect(await tellHead(portal.db, portal.clock)).toBe(true);
    await sendReport(portal, on("told"));
    await seal();
    expect(await tellHead(portal.db, portal.clock)).toBe(false);
    expect(await tellHead(portal.db, { now: () => new Date(at.getTime() + 86_400_000) })).toBe(true);
    await sealEvents(portal.db);
    expect((await verifyArrivals(portal.db)).fault).toBeNull();
    const tamper = async (change: string) => {
      const client = await test.owner.connect();
      try {
        await client.query("alter table arrival_ranks disable trigger user");
        await client.query(change);
        return (await verifyArrivals(portal.db)).fault?.what;
      } finally {
        await client.query("alter table arrival_ranks enable trigger user");
        client.release();
      }
    };
    const swap = (rank: number) => `update arrival_ranks set rank = ${rank} where arrival_no = 3`;
    expect(await tamper(swap(900))).toBe("row changed");
    expect(await tamper(swap(3))).toBeUndefined();
    expect(await tamper("delete from arrival_ranks where arrival_no = 1")).toBe("row changed");
  });
});
