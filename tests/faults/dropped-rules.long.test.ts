import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { testDatabase } from "~tests/setup/database";
import { APPLICATION } from "~tests/setup/start-test-cluster";
import { fillTables } from "./fill-tables";
import { findAttempt } from "./find-attempt";
import { HAND_ATTEMPTS } from "./hand-attempts";
import { IMPLIED, KNOWN_RULES, NULLABLE, OTHER_TABLES, namesOf } from "./known-rules";
import { makeWorld } from "./make-world";
import { POLICY_ATTEMPTS } from "./policy-attempts";
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

describe("of the ledger's policies", () => {
  it.each(POLICY_ATTEMPTS)("$table.$policy alone keeps one from writing in another's name", async (of) => {
    const { policy, table, role, statement } = of;
    await client.query("begin");
    try {
      // A line for it, and a second cashier whose name could be borrowed.
      await client.query("set local session_replication_role = replica");
      await client.query(
        `insert into staff_roles (id, staff_id, role)
         select gen_random_uuid(), id, 'cashier' from staff s where status = 'active'
            and not exists (select from staff_roles r where r.staff_id = s.id and r.role = 'cashier') limit 1`,
      );
      await client.query(
        `insert into bank_lines (id, statement_id, line_no, amount_fen, value_on, status, outcome, fault)
         select gen_random_uuid(), id, 999, 1, closed_on, 'out', 'named', 'double' from bank_statements limit 1`,
      );
      await client.query("set local session_replication_role = origin");
      const { rows } = await client.query<{ id: string }>(
        "select distinct staff_id as id from staff_roles where role = 'cashier' and revoked_at is null limit 2",
      );
      const [own, other] = rows.map(({ id }) => id);
      await client.query(
        `select set_config('app.actor_kind', 'staff', true), set_config('app.actor_id', $1, true),
                set_config('app.roles', $2, true), set_config('app.agency_id', '', true)`,
        [own, role],
      );
      const attempt = async () => {
        await client.query("savepoint attempt");
        await client.query(`set local role ${pg.escapeIdentifier(APPLICATION.user)}`);
        const fault = await client.query(statement(pg.escapeLiteral(other ?? ""))).then(
          ({ rowCount }) => (rowCount === 0 ? "no row" : null),
          (error: { code?: string }) => error.code ?? "",
        );
        await client.query("rollback to savepoint attempt");
        return fault;
      };
      // 42501: row-level security, nothing else.
      expect(await attempt()).toBe("42501");
      await client.query(`alter policy ${policy} on ${table} with check (true)`);
      expect(await attempt()).toBeNull();
    } finally {
      await client.query("rollback");
    }
  });
});
