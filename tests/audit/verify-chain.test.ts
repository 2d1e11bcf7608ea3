import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, appendFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readCheckpoints } from "~server/audit/checkpoint-files.server";
import { listRoots } from "~server/audit/list-roots.server";
import { makeRoots } from "~server/audit/make-roots.server";
import { sealEvents } from "~server/audit/seal-events.server";
import { verifyChain } from "~server/audit/verify-chain.server";
import {
  findMissingCheckpoints,
  readCheckpointTrouble,
  writeCheckpoints,
} from "~server/audit/write-checkpoints.server";
import { keepChain } from "~server/jobs/keep-chain.server";
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
    expect((await verifyChain(test.db, null)).ok).toBe(true);
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
    expect((await verifyChain(test.db, null)).ok).toBe(true);
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
    expect((await verifyChain(test.db, null)).ok).toBe(true);
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
    expect((await verifyChain(test.db, null)).fault).toMatchObject({ position: "5", what: "root differs" });
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

describe("a root without its checkpoint", () => {
  const lost = async () => (await findMissingCheckpoints(test.db, folder)).lost.map(({ day }) => day);

  it("is a fault, but for the newest day's", async () => {
    const [first, second] = kept.split("\n");
    writeFileSync(file, `${first ?? ""}\n`);
    expect((await verify()).ok).toBe(true);
    writeFileSync(file, `${second ?? ""}\n`);
    expect((await verify()).fault).toEqual({
      position: "5",
      seq: null,
      what: "checkpoint missing",
      where: "2026-03-02",
    });
  });

  it.each(["an emptied file", "a missing file", "a missing folder"])(
    "is never written anew by itself: %s stays as it is, and is told",
    async (what) => {
      if (what === "an emptied file") writeFileSync(file, "");
      else rmSync(file);
      if (what === "a missing folder") rmSync(folder, { recursive: true });
      expect((await verify()).fault).toMatchObject({ what: "checkpoint missing", where: "2026-03-02" });
      const written = await writeCheckpoints(portal);
      expect(written.lost.map(({ day }) => day)).toEqual(["2026-03-02", "2026-03-03"]);
      expect(readCheckpoints(folder)).toEqual([]);
      expect(await readCheckpointTrouble(portal)).toEqual({
        kind: "lost",
        roots: 2,
        firstDay: "2026-03-02",
        lastDay: "2026-03-03",
      });
      mkdirSync(folder, { recursive: true });
    },
  );

  it("taken out of the middle is never written anew, and nothing more until somebody decides", async () => {
    writeFileSync(file, kept.split("\n").slice(1).join("\n"));
    portal.clock.set("2026-03-05T01:00:00Z");
    await sealEvents(test.db);
    await makeRoots(test.db, portal.clock);
    const before = readFileSync(file, "utf8");
    expect((await writeCheckpoints(portal)).lost.map(({ day }) => day)).toEqual(["2026-03-02"]);
    expect(readFileSync(file, "utf8")).toBe(before);
    portal.clock.set("2026-03-04T01:00:00Z");
  });

  it("at the files' end is written as a matter of course on its day, and a day later no more", async () => {
    writeFileSync(file, `${kept.split("\n")[0] ?? ""}\n`);
    expect(await lost()).toEqual([]);
    await tamper(
      test.owner,
      "update audit_roots set made_at = now() - interval '25 hours' where day = '2026-03-03'",
    );
    expect(await lost()).toEqual(["2026-03-03"]);
    await writeCheckpoints(portal);
    expect(readFileSync(file, "utf8")).toBe(`${kept.split("\n")[0] ?? ""}\n`);
  });

  it("is written into an empty folder when it is the portal's first", async () => {
    writeFileSync(file, "");
    await tamper(test.owner, "delete from audit_roots where day = '2026-03-03'");
    expect((await writeCheckpoints(portal)).lost).toEqual([]);
    expect(readFileSync(file, "utf8")).toBe(`${kept.split("\n")[0] ?? ""}\n`);
    expect(await readCheckpointTrouble(portal)).toBeNull();
  });

  it("is told where the folder cannot be read at all", async () => {
    const blocked = { ...portal, env: { ...portal.env, checkpointDir: path.join(folder, "2026-04.txt") } };
    writeFileSync(blocked.env.checkpointDir, "");
    expect(await readCheckpointTrouble(blocked)).toEqual({ kind: "unreadable" });
    rmSync(blocked.env.checkpointDir);
  });

  it("is told in the log once when the portal starts", async () => {
    writeFileSync(file, "");
    const stop = keepChain(portal);
    await expect.poll(() => portal.logged()).toContain("checkpoints_missing");
    await stop();
    expect(portal.logged()).toContain("--adopt-checkpoints");
    expect(readCheckpoints(folder)).toEqual([]);
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

  it("adopts missing checkpoints when told to, and leaves an event that says so", async () => {
    writeFileSync(file, "");
    const named = await run();
    expect(named).toMatchObject({ status: 1, stderr: "position 5, 2026-03-02: checkpoint missing\n" });
    const adopted = await run("--adopt-checkpoints");
    expect(adopted).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(adopted.stdout)).toMatchObject({ ok: true, checkpoints: 2, adopted: 2 });
    expect(readFileSync(file, "utf8")).toBe(kept);
    const { rows } = await test.db.pool.query(
      "select actor_kind, data from events where action = 'audit.checkpoints_adopted'",
    );
    const data = { roots: 2, firstDay: "2026-03-02", lastDay: "2026-03-03" };
    expect(rows).toEqual([{ actor_kind: "system", data }]);
    // With nothing missing it writes nothing and records nothing.
    expect(JSON.parse((await run("--adopt-checkpoints")).stdout)).toMatchObject({ adopted: 0 });
  }, 60_000);

  it("adopts nothing while anything else is wrong, nor into another folder", async () => {
    writeFileSync(file, "");
    await tamper(test.owner, `update events set data = '{"n": 99}' where id = ${eventAt(4)}`);
    const refused = await run("--adopt-checkpoints");
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain("event changed");
    expect(readFileSync(file, "utf8")).toBe("");
    expect(await run("--adopt-checkpoints", "--checkpoints", folder)).toMatchObject({
      status: 2,
      stdout: "",
    });
  }, 60_000);

  it("refuses a folder that is not there", async () => {
    expect(await run("--checkpoints", "/nowhere/at/all")).toMatchObject({
      status: 2,
      stdout: "",
      stderr: "--checkpoints: no such folder\n",
    });
  }, 60_000);
});
