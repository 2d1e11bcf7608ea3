import { v7 as uuidv7 } from "uuid";
import type pg from "pg";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { REPORTER, systemActor } from "~server/staff-auth/actor";

/** Adds `count` events to the trail, every third a reporter's, all on the day of `at`. */
export async function recordEvents(db: Database, count: number, at = "2026-03-02T02:00:00Z"): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const actor = n % 3 === 0 ? REPORTER : systemActor("test");
    await withActor(db, systemActor("test"), (tx) =>
      recordEvent(
        tx,
        {
          action: "test.done",
          subjectTable: "tests",
          subjectId: uuidv7(),
          data: { n, 名: "值" },
          at: new Date(at),
        },
        actor,
      ),
    );
  }
}

/** As somebody who owns the tables, with every guard switched off for the length of `work`. */
export async function tamper(owner: pg.Pool, ...statements: string[]): Promise<void> {
  const tables = ["events", "event_chain", "audit_roots"];
  for (const table of tables) await owner.query(`alter table ${table} disable trigger user`);
  try {
    for (const statement of statements) await owner.query(statement);
  } finally {
    for (const table of tables) await owner.query(`alter table ${table} enable trigger user`);
  }
}

/** The links in order, as text. */
export async function linksOf(db: Database): Promise<{ position: string; seq: string; hash: string }[]> {
  const { rows } = await db.pool.query<{ position: string; seq: string; hash: string }>(
    `select c.position::text as position, e.seq::text as seq, encode(c.hash, 'hex') as hash
       from event_chain c join events e on e.id = c.event_id order by c.position`,
  );
  return rows;
}
