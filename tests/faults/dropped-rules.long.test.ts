import pg from "pg";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { testDatabase } from "~tests/setup/database";
import { findAttempt } from "./find-attempt";
import { KNOWN_RULES, NOT_YET, namesOf } from "./known-rules";
import { makeWorld } from "./make-world";
import { readRules, type Rule } from "./read-rules";

const test = testDatabase();
let client: pg.Client;
let rules: Rule[];

beforeAll(async () => {
  await makeWorld(test.db);
  const url = new URL(inject("clusterUrl"));
  url.pathname = new URL(test.applicationUrl).pathname;
  client = new pg.Client({ connectionString: url.toString() });
  await client.connect();
  rules = await readRules(client);
  return () => client.end();
}, 900_000);

const nameOf = ({ table, name }: Rule) => `${table}.${name}`;

describe("of the ledger's constraints, unique indexes and triggers", () => {
  it("each is known here: none was dropped, none came without an attempt at it", () => {
    expect(rules.map(nameOf).sort()).toEqual(namesOf(KNOWN_RULES).sort());
  });

  it("each refuses a statement that is accepted once it is dropped, but for those listed", async () => {
    const open = new Set(Object.values(NOT_YET).flatMap(namesOf));
    const without: string[] = [];
    const besides: string[] = [];
    for (const rule of rules) {
      if (open.has(nameOf(rule))) continue;
      const found = await findAttempt(client, rule, rules);
      if (found === null) without.push(nameOf(rule));
      else if (!found.alone) besides.push(nameOf(rule));
    }
    console.log(`${rules.length} rules, ${open.size} without an attempt yet: ${[...open].join(", ")}`);
    console.log(`kept by another constraint of the table too (${besides.length}): ${besides.join(", ")}`);
    expect(without).toEqual([]);
    // What is listed as open is there.
    expect([...open].filter((name) => !rules.some((rule) => nameOf(rule) === name))).toEqual([]);
  }, 1_800_000);
});
