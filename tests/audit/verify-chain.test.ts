import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { listRoots } from "~server/audit/list-roots.server";
import { makeRoots } from "~server/audit/make-roots.server";
import { sealEvents } from "~server/audit/seal-events.server";
import { verifyChain } from "~server/audit/verify-chain.server";
import { REPORTER } from "~server/staff-auth/actor";
import { runScript } from "~tests/setup/run-script";
import { testDatabase } from "~tests/setup/database";
import { linksOf, recordEvents, tamper, threeDays } from "./chain-desk";

const test = testDatabase();
const desk = threeDays(test);
const { folder, file, verify } = desk;

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
    expect(desk.kept).toBe(`2026-03-02 5 ${links[4]?.hash ?? ""}\n2026-03-03 9 ${links[8]?.hash ?? ""}\n`);
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
    await makeRoots(test.db, desk.portal.clock);
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
    await makeRoots(test.db, desk.portal.clock);
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
    writeFileSync(file, `${desk.kept}2026-03-04 x\nand more\n`);
    expect((await verify()).fault).toMatchObject({ what: "checkpoint unreadable", where: "2026-03.txt:3" });
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
    expect(readFileSync(file, "utf8")).toBe(desk.kept);
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
