import { writeFileSync } from "node:fs";
import pg from "pg";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { testDatabase } from "~tests/setup/database";
import { findAttempt } from "./find-attempt";
import { makeWorld } from "./make-world";
import { readRules } from "./read-rules";

const test = testDatabase();

beforeAll(() => makeWorld(test.db), 120_000);

describe("the ledger's constraints and triggers", () => {
  it("probe", async () => {
    const url = new URL(inject("clusterUrl"));
    url.pathname = new URL(test.applicationUrl).pathname;
    const client = new pg.Client({ connectionString: url.toString() });
    await client.connect();
    const rules = await readRules(client);
    const out: string[] = [];
    for (const rule of rules) {
      const began = Date.now();
      const found = await findAttempt(client, rule, rules);
      out.push(
        `${found === null ? "MISS" : found.alone ? "ok" : "also"}\t${rule.table}\t${rule.kind}\t${rule.name}\t${Date.now() - began}\t${(found?.statement ?? rule.definition).slice(0, 150)}`,
      );
      writeFileSync("/tmp/w2/probe.txt", out.join("\n"));
    }
    await client.end();
    expect(rules.length).toBeGreaterThan(100);
  }, 400_000);
});
