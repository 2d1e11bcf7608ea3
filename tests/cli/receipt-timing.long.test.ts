import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { z } from "zod";

const told = z.object({
  ok: z.boolean(),
  tries: z.literal(300),
  pairs: z.array(z.object({ a: z.string(), b: z.string(), t: z.number() })).length(3),
});

// What it measures is read by people, at 20,000 tries; here that it still sends reports, ends some, and asks.
it("receipt-timing asks for receipts unknown, withdrawn and expired, and their answers have one shape", () => {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "server/cli/receipt-timing.ts", "--tries", "300"],
    { cwd: fileURLToPath(new URL("../..", import.meta.url)), encoding: "utf8" },
  );
  expect(stderr).toBe("");
  expect(told.parse(JSON.parse(stdout)).pairs.map(({ a, b }) => [a, b])).toEqual([
    ["unknown", "withdrawn"],
    ["unknown", "expired"],
    ["withdrawn", "expired"],
  ]);
}, 300_000);
