import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readCheckpoints } from "~server/audit/checkpoint-files.server";
import { makeRoots } from "~server/audit/make-roots.server";
import { sealEvents } from "~server/audit/seal-events.server";
import {
  findMissingCheckpoints,
  readCheckpointTrouble,
  writeCheckpoints,
} from "~server/audit/write-checkpoints.server";
import { LEDGER_FILES, parseLedgerRoots } from "~server/ledger/published-roots";
import { receiveFunds } from "~server/ledger/receive-funds.server";
import { makeLedgerRoot, sealJournal } from "~server/ledger/seal-journal.server";
import { verifyLedger, type LedgerVerdict } from "~server/ledger/verify-ledger.server";
import { CLOCK, TODAY, makeDesk, type Desk } from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";
import { runScript } from "~tests/setup/run-script";
import { testPortal, type TestPortal } from "~tests/setup/test-portal";

const test = testDatabase();
const folder = mkdtempSync(path.join(tmpdir(), "ledger-checkpoints-"));
const file = path.join(folder, "ledger-2026-06.txt");
let portal: TestPortal;
let desk: Desk;
let kept = "";

/** A posting, sealed; on the morning of the day after it the root and its line are made. */
async function liveThrough(day: number): Promise<void> {
  await receiveFunds(
    test.db,
    { fundId: desk.fundId, amountFen: 100n, eventOn: TODAY, requestKey: `kept-${day}` },
    desk.approver.actor,
    CLOCK,
  );
  await sealJournal(test.db);
  portal.clock.set(`2026-06-0${day + 1}T01:00:00Z`);
  await makeLedgerRoot(test.db, portal.clock);
  await writeCheckpoints(portal);
}

const lines = () => readCheckpoints(folder, LEDGER_FILES);
const verify = () => verifyLedger(test.db, { checkpoints: lines() });
const lost = async () => {
  const found = await findMissingCheckpoints({ db: test.db, folder, now: portal.clock.now() });
  return found.lost.map(({ day }) => day);
};

beforeAll(async () => {
  desk = await makeDesk(test.db);
  const made = testPortal(test.db);
  portal = { ...made, env: { ...made.env, checkpointDir: folder } };
  for (const day of [1, 2, 3]) await liveThrough(day);
  kept = readFileSync(file, "utf8");
});
beforeEach(() => {
  writeFileSync(file, kept);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the ledger's checkpoint files", () => {
  it("get each day's root once, as /verify.txt has it, in a file of their own that the audit trail does not read", async () => {
    await writeCheckpoints(portal);
    expect(readFileSync(file, "utf8")).toBe(kept);
    const { rows } = await test.db.pool.query<{ day: string; position: string; hash: string }>(
      "select day::text, position::text, encode(hash, 'hex') as hash from ledger_roots order by day",
    );
    expect(kept).toBe(rows.map(({ day, position, hash }) => `ledger ${day} ${position} ${hash}\n`).join(""));
    expect(rows.map(({ day }) => day)).toEqual(["2026-06-01", "2026-06-02", "2026-06-03"]);
    expect(parseLedgerRoots(kept)).toHaveLength(3);
    expect(readdirSync(folder)).toEqual(["ledger-2026-06.txt"]);
    expect(readCheckpoints(folder)).toEqual([]);
  });

  it("hold what the ledger is proved against: sound, and how many lines were compared", async () => {
    expect(await verify()).toMatchObject({ ok: true, faults: [], checked: { checkpoints: 3 } });
  });

  it("name removed last seals, though roots and the trail's telling of them went with them", async () => {
    const client = await test.owner.connect();
    const tables = ["ledger_seals", "ledger_roots", "events"];
    try {
      await client.query("begin");
      for (const table of tables) await client.query(`alter table ${table} disable trigger user`);
      await client.query("create table cut as select * from ledger_roots where day = '2026-06-03'");
      await client.query("create table told as select * from events where subject_id = '2026-06-03'");
      await client.query("create table seal as select * from ledger_seals order by position desc limit 1");
      await client.query("delete from ledger_roots where day = '2026-06-03'");
      await client.query("delete from events where subject_id = '2026-06-03'");
      await client.query("delete from ledger_seals where position = (select position from seal)");
      await client.query("commit");
      expect(await verifyLedger(test.db)).toMatchObject({ ok: true, unsealed: 1 });
      const { ok, faults } = await verify();
      const [, , last] = lines().map(({ checkpoint }) => Number(checkpoint?.position));
      expect({ ok, faults }).toMatchObject({
        ok: false,
        faults: [
          {
            table: "ledger_seals",
            id: String(last),
            detail: `the chain ends at ${(last ?? 0) - 1}; the root of 2026-06-03 (checkpoint ledger-2026-06.txt:3) was published at ${last}`,
          },
          {
            table: "ledger_roots",
            id: "2026-06-03",
            detail: "published (checkpoint ledger-2026-06.txt:3), and not here any more",
          },
        ],
      });
      await client.query("insert into ledger_seals select * from seal");
      await client.query("insert into ledger_roots select * from cut");
      await client.query("insert into events overriding system value select * from told");
    } finally {
      for (const table of tables) await client.query(`alter table ${table} enable trigger user`);
      client.release();
    }
    expect((await verify()).ok).toBe(true);
  });

  it("name a root that is another than was published, and a line nobody wrote", async () => {
    const [first = "", second = ""] = kept.split("\n");
    writeFileSync(file, `${first}\n${second.slice(0, -64)}${"0".repeat(64)}\n`);
    expect((await verify()).faults[0]?.detail).toBe(
      "not what was published for 2026-06-02 (checkpoint ledger-2026-06.txt:2)",
    );
    writeFileSync(file, `${kept}2026-06-04 x\nand more\n`);
    expect((await verify()).faults).toMatchObject([
      { table: "ledger_roots", detail: "checkpoint ledger-2026-06.txt:4 is no root" },
    ]);
  });
});

describe("a root of the ledger without its line", () => {
  it("is a fault, but for the newest day's, and what it may be is said", async () => {
    const [first = "", second = "", third = ""] = kept.split("\n");
    writeFileSync(file, `${first}\n${second}\n`);
    expect((await verify()).ok).toBe(true);
    writeFileSync(file, `${second}\n${third}\n`);
    const { faults } = await verify();
    expect(faults).toMatchObject([{ table: "ledger_roots", id: "2026-06-01" }]);
    expect(faults[0]?.detail).toContain("or the root is older than these files");
  });

  it("is never written anew by itself, and is told on the audit page", async () => {
    rmSync(file);
    expect(await lost()).toEqual(["2026-06-01", "2026-06-02", "2026-06-03"]);
    await writeCheckpoints(portal);
    expect(lines()).toEqual([]);
    const told = { kind: "lost", roots: 3, firstDay: "2026-06-01", lastDay: "2026-06-03" };
    expect(await readCheckpointTrouble(portal)).toEqual(told);
  });

  it("does not keep the audit trail's lines from being written", async () => {
    rmSync(file);
    await sealEvents(test.db);
    await makeRoots(test.db, portal.clock);
    await writeCheckpoints(portal);
    expect(readCheckpoints(folder)).toHaveLength(1);
    expect(lines()).toEqual([]);
  });
});

describe("the commands", () => {
  const run = (command: string, ...args: string[]) =>
    runScript(`server/cli/${command}.ts`, args, {
      env: {
        DATABASE_URL: test.applicationUrl,
        MIGRATION_DATABASE_URL: test.migrationUrl,
        AUDIT_CHECKPOINT_DIR: folder,
      },
    });

  it("ledger:verify reads the files by itself; audit:verify adopts what is missing, and nothing beside a line that contradicts", async () => {
    await sealEvents(test.db);
    const sound = await run("ledger-verify");
    expect(JSON.parse(sound.stdout)).toMatchObject({ ok: true, checked: { checkpoints: 3 } });

    const [first = "", second = ""] = kept.split("\n");
    const other = `${second.slice(0, -64)}${"0".repeat(64)}\n`;
    writeFileSync(file, other);
    const refused = await run("audit-verify", "--adopt-checkpoints");
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain(
      "not what was published for 2026-06-02 (checkpoint ledger-2026-06.txt:1); see ledger:verify\n",
    );
    expect(JSON.parse(refused.stdout)).toMatchObject({ ok: false });
    expect(readFileSync(file, "utf8")).toBe(other);

    writeFileSync(file, `${second}\n`);
    const named = await run("ledger-verify");
    expect(named.status).toBe(1);
    expect((JSON.parse(named.stdout) as LedgerVerdict).faults).toMatchObject([{ id: "2026-06-01" }]);
    const adopted = await run("audit-verify", "--adopt-checkpoints");
    expect(adopted).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(adopted.stdout)).toMatchObject({ ok: true, adopted: 2 });
    expect(readFileSync(file, "utf8")).toBe(`${second}\n${first}\n${kept.split("\n")[2] ?? ""}\n`);
    expect(await lost()).toEqual([]);
    const { rows } = await test.db.pool.query(
      "select subject_table, subject_id, data from events where action = 'audit.checkpoints_adopted'",
    );
    const data = { roots: 2, firstDay: "2026-06-01", lastDay: "2026-06-03" };
    expect(rows).toEqual([{ subject_table: "ledger_roots", subject_id: "2026-06-03", data }]);
    expect((await run("ledger-verify")).status).toBe(0);
  }, 120_000);
});
