import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { loader as verifyText } from "~/routes/_public.verify[.]txt";
import type { Database } from "~db/client.server";
import { writeCheckpoints } from "~server/audit/write-checkpoints.server";
import { fixedClock } from "~server/clock";
import { makeLedgerRoot, sealJournal } from "~server/ledger/seal-journal.server";
import type { LedgerVerdict } from "~server/ledger/verify-ledger.server";
import { makeDesk, type Desk } from "~tests/factories/make-award";
import { call } from "~tests/setup/call-route";
import { copyDatabase, type CopiedDatabase } from "~tests/setup/copy-database";
import { runScript } from "~tests/setup/run-script";
import { testPortal } from "~tests/setup/test-portal";
import { makePaidAward } from "./two-hands";

const folder = mkdtempSync(path.join(tmpdir(), "restored-backup-"));
const kept = path.join(folder, "checkpoints");
const elsewhere = path.join(folder, "nothing-kept");
const names = ["live", "backup", "restored"].map((name) => `${name}_${randomBytes(4).toString("hex")}`);
const [liveName = "", backupName = "", restoredName = ""] = names;
const open: CopiedDatabase[] = [];

afterAll(async () => {
  for (const each of open) await each.close();
  rmSync(folder, { recursive: true, force: true });
});

async function copy(name: string, from?: string): Promise<CopiedDatabase> {
  const made = await copyDatabase(name, from);
  open.push(made);
  return made;
}

/** Another award is paid, sealed, and the day's root made, with its line in the checkpoint files. */
async function anotherDay(db: Database, desk: Desk, day: number): Promise<void> {
  await makePaidAward(db, desk);
  await sealJournal(db);
  const clock = fixedClock(`2026-06-${String(day + 1).padStart(2, "0")}T02:00:00Z`);
  await makeLedgerRoot(db, clock);
  const { env } = testPortal(db);
  await writeCheckpoints({ db, clock, env: { ...env, checkpointDir: kept } });
}

/** `keptIn`: the checkpoint folder it is compared with. */
async function verify(
  of: CopiedDatabase,
  keptIn: string,
  ...args: string[]
): Promise<Pick<LedgerVerdict, "ok" | "faults">> {
  const { applicationUrl: DATABASE_URL, migrationUrl: MIGRATION_DATABASE_URL } = of;
  const env = { DATABASE_URL, MIGRATION_DATABASE_URL, DATA_DIR: folder, AUDIT_CHECKPOINT_DIR: keptIn };
  const { status, stdout } = await runScript("server/cli/ledger-verify.ts", args, { env });
  const { ok, faults } = JSON.parse(stdout) as LedgerVerdict;
  expect(status).toBe(ok ? 0 : 1);
  return { ok, faults };
}

it("a restored old backup is sound in itself, and found and named by the roots that were published since", async () => {
  const live = await copy(liveName);
  const desk = await makeDesk(live.db);
  await anotherDay(live.db, desk, 1);
  await (await copy(backupName, liveName)).db.pool.query("select 1");
  await anotherDay(live.db, desk, 2);
  await anotherDay(live.db, desk, 3);

  const published = path.join(folder, "verify.txt");
  const url = "/verify.txt";
  const { body } = await call(verifyText, { portal: testPortal(live.db), actor: null, url });
  writeFileSync(published, String(body));
  expect(await verify(live, kept, "--roots", published)).toEqual({ ok: true, faults: [] });
  const { rows } = await live.db.pool.query<{ day: string; position: string }>(
    "select day::text, position::text from ledger_roots order by day",
  );
  expect(rows.map(({ day }) => day)).toEqual(["2026-06-01", "2026-06-02", "2026-06-03"]);
  const [first, second, third] = rows.map(({ position }) => Number(position));

  // With nothing that was kept outside it, an old backup is sound: one root, whose line may be about to be written.
  const restored = await copy(restoredName, backupName);
  expect(await verify(restored, elsewhere)).toEqual({ ok: true, faults: [] });
  const beside = await verify(restored, kept);
  expect(beside.ok).toBe(false);
  expect(beside.faults[0]).toMatchObject({
    table: "ledger_seals",
    id: String(second),
    detail: `the chain ends at ${String(first)}; the root of 2026-06-02 (checkpoint ledger-2026-06.txt:2) was published at ${String(second)}`,
  });
  const found = await verify(restored, elsewhere, "--roots", published);
  expect(found.ok).toBe(false);
  expect(found.faults[0]).toMatchObject({
    table: "ledger_seals",
    id: String(second),
    detail: `the chain ends at ${String(first)}; the root of 2026-06-02 (kept elsewhere) was published at ${String(second)}`,
  });

  // Gone on with, it grows as long as what was published, and is other books.
  for (const day of [2, 3, 4]) await anotherDay(restored.db, desk, day);
  const longer = await restored.db.pool.query<{ n: number }>("select count(*)::int as n from ledger_seals");
  expect(longer.rows[0]?.n).toBeGreaterThan(third ?? Infinity);
  const unkept = await verify(restored, elsewhere);
  expect(unkept.faults.map(({ table, id }) => [table, id])).toEqual([["ledger_roots", "2026-06-01"]]);
  const other = await verify(restored, kept);
  expect(other.faults[0]?.detail).toBe(
    "not what was published for 2026-06-02 (checkpoint ledger-2026-06.txt:2)",
  );
  const gone = await verify(restored, elsewhere, "--roots", published);
  expect(gone.ok).toBe(false);
  expect(gone.faults[0]?.detail).toBe("not what was published for 2026-06-02 (kept elsewhere)");
}, 300_000);
