import { mkdtempSync, readFileSync, rmSync, writeFileSync, appendFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readCheckpoints } from "~server/audit/checkpoint-files.server";
import { listRoots } from "~server/audit/list-roots.server";
import { makeRoots } from "~server/audit/make-roots.server";
import { sealEvents } from "~server/audit/seal-events.server";
import { verifyChain } from "~server/audit/verify-chain.server";
import { writeCheckpoints } from "~server/jobs/keep-chain.server";
import { REPORTER } from "~server/staff-auth/actor";
import { runScript } from "~tests/setup/run-script";
import { testDatabase } from "~tests/setup/database";
import { testPortal, type TestPortal } from "~tests/setup/test-portal";
import { linksOf, recordEvents, tamper } from "./chain-desk";

const test = testDatabase();
const folder = mkdtempSync(path.join(tmpdir(), "checkpoints-"));
let portal: TestPortal;
let kept: string;

const verify = () => verifyChain(test.db, readCheckpoints(folder));
const file = path.join(folder, "2026-03.txt");

/** A day's events, sealed; its root and checkpoint are made on the morning after. */
async function liveThrough(day: string, next: string, events: number): Promise<void> {
  await recordEvents(test.db, events, `${day}T02:00:00Z`);
  await sealEvents(test.db);
  portal.clock.set(`${next}T01:00:00Z`);
  await makeRoots(test.db, portal.clock);
  await writeCheckpoints(portal);
}

beforeAll(async () => {
  const made = testPortal(test.db);
  portal = { ...made, env: { ...made.env, checkpointDir: folder } };
  await liveThrough("2026-03-02", "2026-03-03", 5);
  await liveThrough("2026-03-03", "2026-03-04", 4);
  await recordEvents(test.db, 3, "2026-03-04T02:00:00Z");
  await sealEvents(test.db);
  await recordEvents(test.db, 2, "2026-03-04T03:00:00Z");
  kept = readFileSync(file, "utf8");
  for (const table of ["events", "event_chain", "audit_roots"])
    await test.owner.query(`create table kept_${table} as table ${table}`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Each test spoils the trail in its own way and finds it whole.
beforeEach(async () => {
  writeFileSync(file, kept);
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

/** What a thief with the owner's password does who knows how links are made. */
async function recomputeEverything(): Promise<void> {
  await tamper(test.owner, "delete from audit_roots", "delete from event_chain");
  await sealEvents(test.db);
}

const eventAt = (position: number) =>
  `(select event_id from event_chain where position = ${String(position)})`;

describe("a sound trail", () => {
  it("passes, with the events not yet chained reported", async () => {
    const links = await linksOf(test.db);
    expect(await verify()).toEqual({
      ok: true,
      events: 14,
      unsealed: 2,
      head: { position: "12", hash: links[11]?.hash },
      roots: 2,
      checkpoints: 2,
      late: { count: 0, firstSeq: null },
      fault: null,
    });
  });

  it("has a root for each finished day, the chain's last link of it, and the same line in the file", async () => {
    const links = await linksOf(test.db);
    expect(await listRoots(test.db, { limit: 30 }, REPORTER)).toEqual([
      { day: "2026-03-03", position: 9n, hash: links[8]?.hash, added: 4n },
      { day: "2026-03-02", position: 5n, hash: links[4]?.hash, added: null },
    ]);
    expect(kept).toBe(`2026-03-02 5 ${links[4]?.hash ?? ""}\n2026-03-03 9 ${links[8]?.hash ?? ""}\n`);
  });

  it("an event of an older transaction that was chained after its day's root is counted, not condemned", async () => {
    await recordEvents(test.db, 1, "2026-03-03T15:59:00Z");
    await sealEvents(test.db);
    expect(await verify()).toMatchObject({ ok: true, late: { count: 1 } });
  });
});

describe("a trail that was touched", () => {
  it("changed data is found at its event", async () => {
    await tamper(test.owner, `update events set data = '{"n": 99}' where id = ${eventAt(4)}`);
    const [, , , link] = await linksOf(test.db);
    expect(await verify()).toMatchObject({
      ok: false,
      head: { position: "3" },
      fault: { position: "4", seq: link?.seq, what: "event changed" },
    });
  });

  it.each([
    "recorded_on = '2026-03-01'",
    'actor_snapshot = \'{"task": "other"}\'',
    "action = 'test.undone'",
    "subject_id = 'y'",
    "recorded_at = recorded_at + interval '1 millisecond'",
  ])("a change of %s is found", async (change) => {
    await tamper(test.owner, `update events set ${change} where id = ${eventAt(5)}`);
    expect((await verify()).fault).toMatchObject({ position: "5", what: "event changed" });
  });

  it("an event taken away with its link is found at the gap", async () => {
    await tamper(
      test.owner,
      "create temporary table gone as select event_id from event_chain where position = 7",
      "delete from event_chain where position = 7",
      "delete from events where id in (select event_id from gone)",
      "drop table gone",
    );
    expect((await verify()).fault).toEqual({ position: "7", seq: null, what: "link removed" });
  });

  it("an event taken away from under its link is found", async () => {
    await tamper(
      test.owner,
      "alter table event_chain drop constraint event_chain_event_fk",
      `delete from events where id = ${eventAt(7)}`,
    );
    expect((await verify()).fault).toEqual({ position: "7", seq: null, what: "event removed" });
    await test.owner.query(
      "alter table event_chain add constraint event_chain_event_fk foreign key (event_id) references events (id) not valid",
    );
  });

  it("a changed link is found", async () => {
    await tamper(test.owner, "update event_chain set hash = sha256(hash) where position = 6");
    expect((await verify()).fault).toMatchObject({ position: "6", what: "link changed" });
  });

  it("an event slipped in between two links is found", async () => {
    await tamper(
      test.owner,
      "delete from audit_roots",
      "update event_chain set position = position + 1000 where position >= 7",
      "update event_chain set position = position - 999 where position > 1000",
      `insert into event_chain select 7, id, sha256('x') from events e
        where not exists (select 1 from event_chain c where c.event_id = e.id) limit 1`,
    );
    expect((await verify()).fault).toMatchObject({ position: "7", what: "event inserted out of the chain" });
  });

  it("an event dated back before the last root and not in the chain is found", async () => {
    await test.owner.query(
      `insert into events (id, recorded_on, actor_kind, action, subject_table, subject_id)
       values (gen_random_uuid(), '2026-03-03', 'system', 'test.forged', 'tests', 'x')`,
    );
    expect((await verify()).fault).toMatchObject({ position: null, what: "event inserted out of the chain" });
  });

  it("a changed root is found", async () => {
    await tamper(test.owner, "update audit_roots set hash = sha256(hash) where day = '2026-03-02'");
    expect((await verify()).fault).toMatchObject({
      position: "5",
      what: "root differs",
      where: "2026-03-02",
    });
  });

  it("a removed root is found by its checkpoint", async () => {
    await tamper(test.owner, "delete from audit_roots where day = '2026-03-02'");
    expect((await verify()).fault).toMatchObject({ what: "root missing", where: "2026-03.txt:1" });
  });

  it("a cut-off end is found by the checkpoint, though the database is sound in itself", async () => {
    await tamper(
      test.owner,
      "delete from audit_roots where day = '2026-03-03'",
      "create temporary table gone as select event_id from event_chain where position > 5",
      "delete from event_chain where position > 5",
      "delete from events where id in (select event_id from gone)",
      "drop table gone",
      "delete from events where recorded_on > '2026-03-02'",
    );
    expect((await verifyChain(test.db, [])).ok).toBe(true);
    expect((await verify()).fault).toEqual({
      position: "9",
      seq: null,
      what: "checkpoint missing from the chain",
      where: "2026-03.txt:2",
    });
  });

  it("an older copy that was put back and lived on is found by the checkpoint", async () => {
    await tamper(
      test.owner,
      "delete from audit_roots where day = '2026-03-03'",
      "delete from event_chain where position > 5",
      "delete from events e where not exists (select 1 from event_chain c where c.event_id = e.id)",
    );
    await recordEvents(test.db, 20, "2026-03-03T05:00:00Z");
    await sealEvents(test.db);
    await makeRoots(test.db, portal.clock);
    expect((await verifyChain(test.db, [])).ok).toBe(true);
    expect((await verify()).fault).toMatchObject({
      position: "9",
      what: "checkpoint differs",
      where: "2026-03.txt:2",
    });
  });

  it("a wholly recomputed chain is found by the checkpoint, and by the roots where they stayed", async () => {
    await tamper(test.owner, `update events set data = '{"n": 99}' where id = ${eventAt(2)}`);
    await recomputeEverything();
    await makeRoots(test.db, portal.clock);
    expect((await verifyChain(test.db, [])).ok).toBe(true);
    expect((await verify()).fault).toMatchObject({
      position: "5",
      what: "checkpoint differs",
      where: "2026-03.txt:1",
    });
    await tamper(
      test.owner,
      "delete from audit_roots",
      "insert into audit_roots select * from kept_audit_roots",
    );
    expect((await verifyChain(test.db, [])).fault).toMatchObject({ position: "5", what: "root differs" });
  });

  it("a checkpoint file with a line nobody wrote is found", async () => {
    writeFileSync(file, `${kept}2026-03-04 x\nand more\n`);
    expect((await verify()).fault).toMatchObject({ what: "checkpoint unreadable", where: "2026-03.txt:3" });
  });
});

describe("the checkpoint files", () => {
  it("get every root they lack, and none twice", async () => {
    writeFileSync(file, kept.split("\n").slice(0, 1).join("\n") + "\n");
    await writeCheckpoints(portal);
    await writeCheckpoints(portal);
    expect(readFileSync(file, "utf8")).toBe(kept);
  });

  it("survive a crash in the middle of a line", async () => {
    const [first = "", second = ""] = kept.split("\n");
    writeFileSync(file, `${first}\n`);
    appendFileSync(file, second.slice(0, 30));
    expect((await verify()).ok).toBe(true);
    await writeCheckpoints(portal);
    expect(readFileSync(file, "utf8")).toBe(`${first}\n${second.slice(0, 30)}\n${second}\n`);
    expect(await verify()).toMatchObject({ ok: true, checkpoints: 2 });
  });

  it("catch up with the days a stopped portal missed, each with the chain as it stood that day", async () => {
    portal.clock.set("2026-03-08T01:00:00Z");
    await sealEvents(test.db);
    expect(await makeRoots(test.db, portal.clock)).toEqual([
      "2026-03-04",
      "2026-03-05",
      "2026-03-06",
      "2026-03-07",
    ]);
    expect(await makeRoots(test.db, portal.clock)).toEqual([]);
    await writeCheckpoints(portal);
    const [, , ...caught] = readFileSync(file, "utf8").trim().split("\n");
    expect(caught.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "2026-03-04 14",
      "2026-03-05 14",
      "2026-03-06 14",
      "2026-03-07 14",
    ]);
    expect((await verify()).ok).toBe(true);
    portal.clock.set("2026-03-04T01:00:00Z");
  });

  it("a day is not rooted in the ten minutes after it ends", async () => {
    portal.clock.set("2026-03-04T16:05:00Z");
    expect(await makeRoots(test.db, portal.clock)).toEqual([]);
    portal.clock.set("2026-03-04T16:11:00Z");
    await sealEvents(test.db);
    expect(await makeRoots(test.db, portal.clock)).toEqual(["2026-03-04"]);
  });

  it("two portals on one database root a day once", async () => {
    portal.clock.set("2026-03-05T01:00:00Z");
    await sealEvents(test.db);
    const made = await Promise.all([1, 2, 3].map(() => makeRoots(test.db, portal.clock)));
    expect(made.flat()).toEqual(["2026-03-04"]);
  });
});

describe("audit:verify", () => {
  const run = (...args: string[]) =>
    runScript("server/cli/audit-verify.ts", args, {
      env: {
        DATABASE_URL: test.applicationUrl,
        MIGRATION_DATABASE_URL: test.migrationUrl,
        AUDIT_CHECKPOINT_DIR: folder,
      },
    });

  it("prints one line of JSON and exits 0 when everything holds, 1 naming the first bad row", async () => {
    const sound = await run();
    expect(sound).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(sound.stdout)).toMatchObject({ ok: true, events: 14, roots: 2, checkpoints: 2 });
    await tamper(test.owner, `update events set data = '{"n": 99}' where id = ${eventAt(4)}`);
    const links = await linksOf(test.db);
    const bad = await run();
    expect(bad).toMatchObject({
      status: 1,
      stderr: `position 4, event ${links[3]?.seq ?? ""}: event changed\n`,
    });
    expect(JSON.parse(bad.stdout)).toMatchObject({ ok: false, fault: { position: "4" } });
  }, 60_000);

  it("refuses a folder that is not there", async () => {
    expect(await run("--checkpoints", "/nowhere/at/all")).toMatchObject({
      status: 2,
      stdout: "",
      stderr: "--checkpoints: no such folder\n",
    });
  }, 60_000);
});
