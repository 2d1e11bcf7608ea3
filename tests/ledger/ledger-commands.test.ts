import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

describe("ledger:verify", () => {
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
    const changed = { rule: "3 no entry is changed", table: "ledger_entries" };
    expect(verdict.faults).toContainEqual(expect.objectContaining(changed));
  }, 60_000);

  it("knows no arguments", async () => {
    expect(await run("ledger-verify", "--fast")).toMatchObject({
      status: 2,
      stdout: "",
      stderr: 'arguments: ledger-verify takes none, not "--fast"\n',
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
