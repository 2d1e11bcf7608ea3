import { describe, expect, it } from "vitest";
import { sealEvents, startOfTrail } from "~server/audit/seal-events.server";
import { verifyChain } from "~server/audit/verify-chain.server";
import { refusedBy } from "~tests/setup/refused-by";
import { testDatabase } from "~tests/setup/database";
import { linksOf, recordEvents } from "./chain-desk";

const test = testDatabase();
const MINUTE = 60_000;

const insertEvent = `insert into events (id, recorded_on, actor_kind, action, subject_table, subject_id)
  values (gen_random_uuid(), '2026-03-02', 'system', 'test.slow', 'tests', 'x') returning seq::text as seq`;

/** Other test files write to the same cluster, some for seconds on end; what they began before must have ended. */
async function sealUntilSettled(place: ReturnType<typeof startOfTrail>, from: number): Promise<void> {
  for (let minute = from; minute < from + 150 && place.settled === 0n; minute += 1) {
    await sealEvents(test.db, place, { now: minute * MINUTE });
    if (place.settled === 0n) await new Promise((resume) => setTimeout(resume, 100));
  }
}

describe("the sealer", () => {
  it("gives every event one link, in the order of the trail and without gaps", async () => {
    await recordEvents(test.db, 7);
    expect(await sealEvents(test.db)).toBe(7);
    expect(await sealEvents(test.db)).toBe(0);
    await recordEvents(test.db, 2);
    expect(await sealEvents(test.db)).toBe(2);
    const links = await linksOf(test.db);
    expect(links.map(({ position }) => position)).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(links.map(({ seq }) => Number(seq))).toEqual(
      links.map(({ seq }) => Number(seq)).sort((a, b) => a - b),
    );
    expect(new Set(links.map(({ hash }) => hash)).size).toBe(9);
    expect((await verifyChain(test.db, [])).ok).toBe(true);
  });

  it("racing with others makes one chain", async () => {
    await recordEvents(test.db, 40);
    const sealed = await Promise.all(Array.from({ length: 5 }, () => sealEvents(test.db)));
    expect(sealed.reduce((total, one) => total + one, 0)).toBe(40);
    expect(await verifyChain(test.db, [])).toMatchObject({ ok: true, unsealed: 0 });
  });

  it("chains an event whose transaction commits late, also when it has long gone past its number", async () => {
    const place = startOfTrail();
    const slow = await test.db.pool.connect();
    try {
      await slow.query("begin");
      const { rows } = await slow.query<{ seq: string }>(insertEvent);
      await recordEvents(test.db, 3);
      const last = (await linksOf(test.db)).length;
      for (let minute = 0; minute < 8; minute += 1)
        await sealEvents(test.db, place, { now: minute * MINUTE });
      expect((await linksOf(test.db)).length).toBe(last + 3);
      await slow.query("commit");
      expect(await sealEvents(test.db, place, { now: 9 * MINUTE })).toBe(1);
      expect((await linksOf(test.db)).at(-1)?.seq).toBe(rows[0]?.seq);
    } finally {
      slow.release();
    }
    expect(await verifyChain(test.db, [])).toMatchObject({ ok: true, unsealed: 0 });
  });

  it("does not go past a number while a writer is open that began after the last one to end", async () => {
    const place = startOfTrail();
    await recordEvents(test.db, 1);
    // Chained beforehand, so that no writing of the sealer's own ends after the writer began.
    await sealEvents(test.db);
    const slow = await test.db.pool.connect();
    try {
      await slow.query("begin");
      await slow.query("select pg_current_xact_id()");
      for (let minute = 0; minute < 4; minute += 1)
        await sealEvents(test.db, place, { now: minute * MINUTE });
      expect(place.settled).toBe(0n);
      await slow.query("commit");
    } finally {
      slow.release();
    }
    await sealUntilSettled(place, 4);
    expect(place.settled).not.toBe(0n);
  });

  it("once nothing older is open, reads only what is new", async () => {
    const place = startOfTrail();
    await recordEvents(test.db, 2);
    const { rows } = await test.db.pool.query<{ top: string }>("select max(seq)::text as top from events");
    await sealUntilSettled(place, 0);
    expect(place.settled).toBe(BigInt(rows[0]?.top ?? 0));
    await recordEvents(test.db, 1);
    expect(await sealEvents(test.db, place, { now: 99 * MINUTE })).toBe(1);
  });

  it("leaves numbers that a rollback used up behind without waiting for them", async () => {
    const client = await test.db.pool.connect();
    await client.query("begin");
    await client.query(insertEvent);
    await client.query("rollback");
    client.release();
    await recordEvents(test.db, 1);
    expect(await sealEvents(test.db)).toBe(1);
    expect((await verifyChain(test.db, [])).ok).toBe(true);
  });

  it("links carry no time, so that a reporter's act gets no clock from them", async () => {
    const { rows } = await test.db.pool.query<{ column_name: string }>(
      "select column_name from information_schema.columns where table_name = 'event_chain' order by 1",
    );
    expect(rows.map(({ column_name }) => column_name)).toEqual(["event_id", "hash", "position"]);
  });

  it.each([
    "update event_chain set hash = hash",
    "delete from event_chain",
    "update events set action = action",
  ])("nobody undoes a link with %s", async (statement) => {
    expect(await refusedBy(test.db.pool.query(statement))).toBe("42501");
    expect(await refusedBy(test.owner.query(statement))).toMatch(/_append_only$/);
  });
});
