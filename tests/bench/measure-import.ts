import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Portal } from "~server/portal.server";
import { importFile } from "~server/cli/import-file";
import { BAD_EVERY, writeImportFile } from "~tests/factories/import-file";
import { cpuHere, cpuOf, cpuOfOne, parentOf } from "./read-cpu";

/** Reports of a file a platform, one row in ten of a named caller, one in a hundred bad. */
const A_PLATFORM = 4;
/** What 100,000 rows may take at most (issue 4). */
const LIMIT_S = 300;
/** Cores of the machine those 300 seconds are promised on. */
const CORES = 2;

export const IMPORT_CPU_HEAD = [
  "CPU ms a row",
  "command",
  "its backends",
  "portal",
  "its backends, rest of the database",
  "all",
  `s per 100,000 on ${String(CORES)} cores`,
];

/**
 * Loads a CSV of `rows` rows as `tips:import` does, its progress line told; how fast, and what it costs by process,
 * until the portal's own work on the rows is done. Throws where a good row is left out.
 */
export async function measureImport(
  portal: Portal,
  serverPid: number,
  rows: number,
  tell: (line: string) => void,
): Promise<{ pace: string[][]; cpu: string[][] }> {
  const folder = mkdtempSync(path.join(tmpdir(), "portal-bench-import-"));
  const backends = new Set<number>();
  const note = (client: unknown) => backends.add((client as { processID: number }).processID);
  portal.db.pool.on("acquire", note);
  try {
    const file = path.join(folder, "list.csv");
    await writeImportFile(file, rows, Math.max(1, Math.floor(rows / A_PLATFORM)));
    await portal.db.pool.query("select 1");
    const postmaster = parentOf([...backends][0] ?? 0) ?? 0;
    const before = used(serverPid, postmaster, backends);
    let told = "";
    const from = process.hrtime.bigint();
    await importFile([file], {
      stdout: { write: (text: string) => (told += text) },
      stderr: { write: (text: string) => tell(`import: ${text.trim()}`) },
      withDatabase: (work) => {
        const { staffOrigin, mail, checkpointDir, demo } = portal.env;
        return work({ portal, db: portal.db, staffOrigin, mail, checkpointDir, demo });
      },
    });
    const seconds = Number(process.hrtime.bigint() - from) / 1e9;
    const done = used(serverPid, postmaster, backends);
    await untilIdle(serverPid, postmaster);
    const after = used(serverPid, postmaster, backends);
    const { imported, bad } = JSON.parse(told) as { imported: number; bad: number };
    const expected = Math.floor(rows / BAD_EVERY);
    if (bad !== expected || imported !== rows - expected)
      throw new Error(`of ${String(rows)} rows ${String(imported)} were loaded and ${String(bad)} refused`);
    const whole = (seconds / rows) * 100_000;
    const pace = [
      String(rows),
      (rows / seconds).toFixed(0),
      seconds.toFixed(1),
      whole.toFixed(0),
      (whole / LIMIT_S).toFixed(2),
    ];
    const parts = [
      done.command - before.command,
      done.own - before.own,
      after.portal - before.portal,
      after.database - before.database - (done.own - before.own),
    ].map((ms) => ms / rows);
    const all = parts.reduce((sum, ms) => sum + ms, 0);
    const cpu = ["", ...[...parts, all].map((ms) => ms.toFixed(3)), ((all * 100) / CORES).toFixed(0)];
    return { pace: [pace], cpu: [cpu] };
  } finally {
    portal.db.pool.off("acquire", note);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In ms; NaN where the system does not tell. Idle backends end, and count among those the database has reaped. */
function used(serverPid: number, postmaster: number, backends: ReadonlySet<number>) {
  return {
    command: cpuHere(),
    own: [...backends].reduce((sum, pid) => sum + (cpuOfOne(pid) ?? 0), 0),
    portal: cpuOfOne(serverPid) ?? NaN,
    database: cpuOf(postmaster) ?? NaN,
  };
}

/** Ranks, links of the chain and the board's numbers come after the rows, the last of them within a minute. */
async function untilIdle(serverPid: number, postmaster: number): Promise<void> {
  const now = () => (cpuOfOne(serverPid) ?? 0) + (cpuOf(postmaster) ?? 0);
  for (let [last, quiet] = [now(), 0]; quiet < 5;) {
    await wait(2_000);
    const next = now();
    quiet = next - last < 60 ? quiet + 1 : 0;
    last = next;
  }
}
