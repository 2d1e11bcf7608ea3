import { expect, it } from "vitest";
import { runCanary } from "~tests/canary/run-canary";

const full = process.env.TEST_FULL === "1";

// Here because it needs the built pages: half of a leak's ways lie in how a request is answered.
it(
  "nothing reporters give away lies in a dump, the database's files, the log, the data folder or the environment",
  { timeout: full ? 45 * 60_000 : 180_000 },
  async () => {
    const report = await runCanary(full ? 10_000 : 60);
    expect(report.findings).toEqual([]);
    // A table at least, and a file of the database: the search sees what is there.
    expect(report.controls).toBeGreaterThan(1);
  },
);
