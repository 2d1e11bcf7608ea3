import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sealEvents } from "~server/audit/seal-events.server";
import { formatLedgerRoot } from "~server/ledger/published-roots";
import { sealJournal } from "~server/ledger/seal-journal.server";
import type { LedgerVerdict } from "~server/ledger/verify-ledger.server";
import { approveTo, makeAward, makeDesk } from "~tests/factories/make-award";
import { testDatabase } from "~tests/setup/database";
import { runScript } from "~tests/setup/run-script";

const test = testDatabase();
const dataDir = mkdtempSync(path.join(tmpdir(), "ledger-command-"));

beforeAll(async () => {
  const desk = await makeDesk(test.db);
  const award = await makeAward(test.db, desk);
  await approveTo(test.db, desk, award.awardId, "approved");
});

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const run = (command: string, ...args: string[]) =>
  runScript(`server/cli/${command}.ts`, args, {
    env: {
      DATABASE_URL: test.applicationUrl,
      MIGRATION_DATABASE_URL: test.migrationUrl,
      DATA_DIR: dataDir,
    },
  });

describe("ledger:verify --roots", () => {
  const file = path.join(dataDir, "verify.txt");
  const verify = async () => {
    const { status, stdout, stderr } = await run("ledger-verify", "--roots", file);
    expect(stderr).toBe("");
    return { status, faults: (JSON.parse(stdout) as LedgerVerdict).faults };
  };

  it("names a removed last block and a restored old backup by the roots kept elsewhere", async () => {
    await sealJournal(test.db);
    const root = async () => {
      const { rows } = await test.owner.query<{ position: bigint; hash: Buffer }>(
        "select position::bigint as position, hash from ledger_seals order by position desc limit 1",
      );
      const [last] = rows;
      return { position: BigInt(last?.position ?? 0), hash: last?.hash.toString("hex") ?? "" };
    };
    const kept = await root();
    const audit = `2026-06-01 12 ${"a".repeat(64)}`;
    const text = (...roots: Parameters<typeof formatLedgerRoot>[0][]) =>
      writeFileSync(file, ["# day position sha256", audit, ...roots.map(formatLedgerRoot), ""].join("\r\n"));
    text({ day: "2026-06-01", ...kept });
    expect(await verify()).toEqual({ status: 0, faults: [] });
    // A folder of kept copies is as good.
    const folder = path.join(dataDir, "kept");
    mkdirSync(folder);
    const empty = await run("ledger-verify", "--roots", folder);
    expect([empty.status, empty.stderr]).toEqual([2, "--roots: no root of the ledger is in it\n"]);
    copyFileSync(file, path.join(folder, "2026-06-01.txt"));
    expect((await run("ledger-verify", "--roots", folder)).status).toBe(0);

    // The last block cut off with its seals, by somebody who owns the tables.
    const cut = await test.owner.connect();
    await cut.query("begin");
    for (const table of ["ledger_seals", "ledger_roots"])
      await cut.query(`alter table ${table} disable trigger user`);
    await cut.query("delete from ledger_seals where position = $1", [kept.position]);
    for (const table of ["ledger_seals", "ledger_roots"])
      await cut.query(`alter table ${table} enable trigger user`);
    await cut.query("commit");
    cut.release();
    const beyond = `the chain ends at ${String(kept.position - 1n)}; the root of 2026-06-01 (kept elsewhere) was published at ${String(kept.position)}`;
    const removed = await verify();
    expect(removed.status).toBe(1);
    expect(removed.faults[0]).toMatchObject({ table: "ledger_seals", detail: beyond });
    await sealJournal(test.db);
    expect(await verify()).toEqual({ status: 0, faults: [] });

    // An old backup went on by itself: as long as what was published, and other books.
    text(
      { day: "2026-06-01", ...kept },
      { day: "2026-06-02", position: kept.position, hash: "b".repeat(64) },
    );
    const restored = await verify();
    expect(restored.status).toBe(1);
    expect(restored.faults[0]?.detail).toBe("not what was published for 2026-06-02 (kept elsewhere)");
    // An old backup as it was: shorter than what was published.
    text({ day: "2026-06-02", position: kept.position + 3n, hash: "c".repeat(64) });
    expect((await verify()).faults[0]?.detail).toBe(
      `the chain ends at ${String(kept.position)}; the root of 2026-06-02 (kept elsewhere) was published at ${String(kept.position + 3n)}`,
    );
  }, 120_000);

  it("refuses a file that is none, or holds no root of the ledger", async () => {
    const refused = async (...args: string[]) => (await run("ledger-verify", ...args)).stderr;
    writeFileSync(file, `2026-06-01 12 ${"a".repeat(64)}\nledger 2026-06-01 x\n`);
    expect(await refused("--roots", file)).toBe("--roots: line 2 is no root\n");
    writeFileSync(file, `2026-06-01 12 ${"a".repeat(64)}\n`);
    expect(await refused("--roots", file)).toBe("--roots: no root of the ledger is in it\n");
    expect(await refused("--roots", path.join(dataDir, "none"))).toBe("--roots: no such file\n");
  }, 120_000);
});

describe("ledger:verify", () => {
  it("names an event of the audit trail that was changed, though the ledger itself says nothing against it", async () => {
    await sealEvents(test.db);
    const change = async (set: string) => {
      await test.owner.query("alter table events disable trigger user");
      await test.owner.query(
        `update events set data = ${set} where seq = (select min(seq) from events where action = 'award.assessed')`,
      );
      await test.owner.query("alter table events enable trigger user");
    };
    const { rows } = await test.owner.query<{ seq: string }>(
      "select min(seq)::text as seq from events where action = 'award.assessed'",
    );
    await change(`data || '{"amountFen": "1"}'`);
    const found = await run("ledger-verify");
    expect(found.status).toBe(1);
    expect((JSON.parse(found.stdout) as LedgerVerdict).faults).toEqual([
      {
        ...{ rule: "18 the audit trail's chain holds", table: "events", id: rows[0]?.seq },
        detail: "event changed",
      },
    ]);
    await change(`data || '{"amountFen": "4999500"}'`);
  }, 60_000);

  it("prints one line of JSON and exits 0 when everything holds, 1 when something does not", async () => {
    const sound = await run("ledger-verify");
    expect(sound).toMatchObject({ status: 0, stderr: "" });
    expect(sound.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(sound.stdout)).toMatchObject({ ok: true, faults: [], checked: { approvals: 3 } });

    await test.owner.query("alter table ledger_entries disable trigger user");
    await test.owner.query("update ledger_entries set amount_fen = amount_fen + 1 where line = 1");
    await test.owner.query("alter table ledger_entries enable trigger user");
    const broken = await run("ledger-verify");
    expect(broken).toMatchObject({ status: 1, stderr: "" });
    const verdict = JSON.parse(broken.stdout) as LedgerVerdict;
    expect(verdict.ok).toBe(false);
    expect(verdict.faults[0]).toMatchObject({ rule: "18 the journal's chain holds" });
    expect(verdict.faults).toContainEqual(
      expect.objectContaining({ rule: "3 no entry is changed", table: "ledger_entries" }),
    );
  }, 60_000);

  it("only looks: a database of another version is refused and left as it is", async () => {
    const last = "(select max(created_at) from drizzle.__drizzle_migrations)";
    await test.owner.query(
      `update drizzle.__drizzle_migrations set hash = 'x' || hash where created_at = ${last}`,
    );
    expect(await run("ledger-verify")).toMatchObject({
      status: 1,
      stdout: "",
      stderr: "The database is of another version of the portal; it was left as it is\n",
    });
    await test.owner.query(
      `update drizzle.__drizzle_migrations set hash = substr(hash, 2) where created_at = ${last}`,
    );
  }, 60_000);

  it("knows no other arguments", async () => {
    expect(await run("ledger-verify", "--fast")).toMatchObject({
      status: 2,
      stdout: "",
      stderr: 'arguments: expected nothing or --roots <file or folder>, not "--fast"\n',
    });
  }, 60_000);
});

describe("ledger:export", () => {
  it("writes the journal to stdout", async () => {
    const { status, stdout, stderr } = await run("ledger-export", "--format", "hledger");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^account budget:fund-[0-9a-f]{8}:2026:available$/m);
  }, 60_000);

  it.each([["--format", "abacus"], ["--fromat", "hledger"], ["hledger"]])(
    "refuses %s %s",
    async (...args) => {
      const { status, stdout, stderr } = await run("ledger-export", ...args);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toMatch(/^--format: expected /);
    },
    60_000,
  );
});
