import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { testDatabase } from "~tests/setup/database";
import { fillTables } from "./fill-tables";
import { findAttempt } from "./find-attempt";
import { HAND_ATTEMPTS } from "./hand-attempts";
import { IMPLIED, KNOWN_RULES, NULLABLE, OTHER_TABLES, namesOf } from "./known-rules";
import { makeWorld } from "./make-world";
import { readNullable, readOtherTables, readRules, type Rule } from "./read-rules";

const test = testDatabase();
let client: pg.Client;
let rules: Rule[];

beforeAll(async () => {
  await makeWorld(test.db);
  const url = new URL(inject("clusterUrl"));
  url.pathname = new URL(test.applicationUrl).pathname;
  client = new pg.Client({ connectionString: url.toString() });
  await client.connect();
  await fillTables(client);
  rules = await readRules(client);
}, 900_000);

afterAll(() => client.end());

const nameOf = ({ table, name }: Rule) => `${table}.${name}`;

describe("of the ledger's constraints, unique indexes and triggers", () => {
  it("each is known here: none was dropped, none came without an attempt at it", async () => {
    const named = rules.filter(({ kind }) => kind !== "n");
    expect(named.map(nameOf).sort()).toEqual(namesOf(KNOWN_RULES).sort());
    expect(await readNullable(client)).toEqual(NULLABLE);
  });

  it("none stands on a table that nobody entered here", async () => {
    expect(await readOtherTables(client)).toEqual(OTHER_TABLES);
  });

  it("each refuses, or does, what no other does once it is dropped", async () => {
    const without: string[] = [];
    const besides: string[] = [];
    const attempts: Record<string, number> = {};
    for (const rule of rules) {
      const found = await findAttempt(client, rule, rules);
      if (found === null) without.push(nameOf(rule));
      else if (!found.alone) besides.push(nameOf(rule));
      if (found !== null) attempts[rule.kind] = (attempts[rule.kind] ?? 0) + 1;
    }
    console.log(`${rules.length} rules, attempts by kind: ${JSON.stringify(attempts)}`);
    expect(without).toEqual([]);
    // Refused by another constraint of the table too: only those that are listed with that constraint.
    expect(besides.sort()).toEqual(Object.keys(IMPLIED).sort());
    // Every attempt written by hand is at a rule that is there.
    const all = new Set(rules.map(nameOf));
    expect(Object.keys(HAND_ATTEMPTS).filter((name) => !all.has(name))).toEqual([]);
  }, 1_800_000);
});
