import { readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BAD_EVERY, writeImportFile } from "~tests/factories/import-file";
import { testDatabase } from "~tests/setup/database";
import { installTestPack, testPortal } from "~tests/setup/test-portal";
import { importDesk, summaryOf, type ImportDesk } from "./run-import";

const test = testDatabase();
let desk: ImportDesk;
beforeAll(async () => {
  await installTestPack(testPortal(test.db));
  desk = importDesk(test);
});
afterAll(() => rmSync(desk.folder, { recursive: true, force: true }));

const ROWS = process.env.TEST_FULL === "1" ? Number(process.env.IMPORT_ROWS ?? 100_000) : 2_000;

describe(`a file of ${String(ROWS)} rows, one in a hundred bad`, () => {
  it(
    "loads the good, names the bad, and doubles nothing when run again",
    async () => {
      const file = desk.file("large.csv");
      await writeImportFile(file, ROWS, ROWS / 4);
      const first = await desk.runAlone(file, "--report", desk.file("bad.ndjson"));
      process.stdout.write(first.stderr.split("\n").slice(-2).join("\n"));
      const bad = ROWS / BAD_EVERY;
      expect(summaryOf(first)).toMatchObject({ rows: ROWS, imported: ROWS - bad, already: 0, bad });
      expect(first.status).toBe(1);
      // The header is row 1.
      expect(summaryOf(first).errors.map(({ row }) => row)).toEqual(
        Array.from({ length: bad }, (_, n) => (n + 1) * BAD_EVERY + 1),
      );
      const named = readFileSync(desk.file("bad.ndjson"), "utf8").trim().split("\n");
      expect(named.map((line) => (JSON.parse(line) as { row: number }).row)).toEqual(
        summaryOf(first).errors.map(({ row }) => row),
      );
      expect(first.stderr).toContain(`100 %  ${String(ROWS)} rows, ${String(bad)} bad`);
      const again = summaryOf(await desk.run(file));
      expect(again).toMatchObject({ rows: ROWS, imported: 0, already: ROWS - bad, bad });
      const { rows } = await test.owner.query<{ n: string }>("select count(*) as n from tips");
      expect(Number(rows[0]?.n)).toBe(ROWS - bad);
    },
    20 * 60_000,
  );
});
