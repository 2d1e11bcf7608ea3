import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Portal } from "~server/portal.server";
import { importFile } from "~server/cli/import-file";
import { BAD_EVERY, writeImportFile } from "~tests/factories/import-file";

/** Reports of a file a platform, one row in ten of a named caller, one in a hundred bad. */
const A_PLATFORM = 4;
/** What 100,000 rows may take at most (issue 4). */
const LIMIT_S = 300;

/** Loads a CSV of `rows` rows as `tips:import` does, its progress line told. Throws where a good row is left out. */
export async function measureImport(
  portal: Portal,
  rows: number,
  tell: (line: string) => void,
): Promise<string[][]> {
  const folder = mkdtempSync(path.join(tmpdir(), "portal-bench-import-"));
  try {
    const file = path.join(folder, "list.csv");
    await writeImportFile(file, rows, Math.max(1, Math.floor(rows / A_PLATFORM)));
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
    const { imported, bad } = JSON.parse(told) as { imported: number; bad: number };
    const expected = Math.floor(rows / BAD_EVERY);
    if (bad !== expected || imported !== rows - expected)
      throw new Error(`of ${String(rows)} rows ${String(imported)} were loaded and ${String(bad)} refused`);
    const whole = (seconds / rows) * 100_000;
    return [
      [
        String(rows),
        (rows / seconds).toFixed(0),
        seconds.toFixed(1),
        whole.toFixed(0),
        (whole / LIMIT_S).toFixed(2),
      ],
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
