import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { runStorm } from "./run-storm";

/** FAULT_KILLS: how often the worker or its PostgreSQL is killed. */
const KILLS = Number(process.env.FAULT_KILLS ?? 200);

describe("a portal and a PostgreSQL that are killed at any moment", () => {
  it(
    "lose nothing they told, do nothing twice, and keep every invariant",
    async () => {
      const folder = mkdtempSync(path.join(tmpdir(), "portal-storm-"));
      chmodSync(folder, 0o711);
      const report = await runStorm(folder, { kills: KILLS, onProgress: (line) => console.log(line) });
      console.log(JSON.stringify(report));
      expect(report.faults).toEqual([]);
      expect(report.told).toBeGreaterThan(KILLS);
      expect(Object.values(report.kills).reduce((sum, each) => sum + each, 0)).toBe(KILLS);
      // What went wrong stays to be looked at.
      rmSync(folder, { recursive: true, force: true });
    },
    60_000 + KILLS * 20_000,
  );
});
