import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type pg from "pg";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { readCheckpoints } from "~server/audit/checkpoint-files.server";
import { makeRoots } from "~server/audit/make-roots.server";
import { sealEvents } from "~server/audit/seal-events.server";
import { verifyChain } from "~server/audit/verify-chain.server";
import { writeCheckpoints } from "~server/audit/write-checkpoints.server";
import { recordEvent } from "~server/audit/record-event.server";
import { REPORTER, systemActor } from "~server/staff-auth/actor";
import type { testDatabase } from "~tests/setup/database";
import { testPortal, type TestPortal } from "~tests/setup/test-portal";

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

type TestDatabase = ReturnType<typeof testDatabase>;

/**
 * A trail of three days: two with their root and checkpoint line, the third half sealed. Each test may spoil the tables
 * and the file in its own way and finds them whole.
 */
export function threeDays(test: TestDatabase) {
  const folder = mkdtempSync(path.join(tmpdir(), "checkpoints-"));
  const file = path.join(folder, "2026-03.txt");
  const desk = {
    folder,
    file,
    portal: undefined as unknown as TestPortal,
    /** The file as the portal wrote it. */
    kept: "",
    verify: () => verifyChain(test.db, readCheckpoints(folder)),
  };

  /** A day's events, sealed; its root and checkpoint are made on the morning after. */
  async function liveThrough(day: string, next: string, events: number): Promise<void> {
    await recordEvents(test.db, events, `${day}T02:00:00Z`);
    await sealEvents(test.db);
    desk.portal.clock.set(`${next}T01:00:00Z`);
    await makeRoots(test.db, desk.portal.clock);
    await writeCheckpoints(desk.portal);
  }

  beforeAll(async () => {
    const made = testPortal(test.db);
    desk.portal = { ...made, env: { ...made.env, checkpointDir: folder } };
    await liveThrough("2026-03-02", "2026-03-03", 5);
    await liveThrough("2026-03-03", "2026-03-04", 4);
    await recordEvents(test.db, 3, "2026-03-04T02:00:00Z");
    await sealEvents(test.db);
    await recordEvents(test.db, 2, "2026-03-04T03:00:00Z");
    desk.kept = readFileSync(file, "utf8");
    for (const table of ["events", "event_chain", "audit_roots"])
      await test.owner.query(`create table kept_${table} as table ${table}`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    writeFileSync(file, desk.kept);
    await tamper(
      test.owner,
      "delete from audit_roots",
      "delete from event_chain",
      "delete from events",
      "insert into events overriding system value select * from kept_events",
      "insert into event_chain select * from kept_event_chain",
      "insert into audit_roots select * from kept_audit_roots",
    );
  });
  return desk;
}
