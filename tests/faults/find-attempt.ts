import pg from "pg";
import { HAND_ATTEMPTS } from "./hand-attempts";
import type { Rule } from "./read-rules";

type Fault = { readonly code: string; readonly constraint: string };
type Column = {
  readonly name: string;
  readonly type: string;
  readonly identity: boolean;
  readonly required: boolean;
  /** Of a column that alone points to another table: a row of it that no row here points to. */
  readonly other: string | null;
};

const ROWS = 10;
const MOST_MATCHES = 25;
const MOST_TRIED = 700;

/** A statement that one rule refuses; `alone`: whether nothing else of its table refuses it too. */
export type Attempt = { readonly statement: string; readonly alone: boolean };

/**
 * Looks for one statement that `rule` refuses and that is accepted once it is dropped, all within a transaction that is
 * rolled back. The table's other triggers are disabled for it. Where other constraints of the table keep the same, they
 * are taken away too, so that the rule is judged by itself. Null where none was found.
 */
export async function findAttempt(
  client: pg.ClientBase,
  rule: Rule,
  all: readonly Rule[],
): Promise<Attempt | null> {
  for (const alone of [true, false]) {
    const statement = await search(client, rule, all, alone);
    if (statement !== null) return { statement, alone };
  }
  return null;
}

async function search(
  client: pg.ClientBase,
  rule: Rule,
  all: readonly Rule[],
  alone: boolean,
): Promise<string | null> {
  const declared = new Set(all.filter(({ kind }) => kind !== "trigger").map(({ name }) => name));
  const isOurs = ({ code, constraint }: Fault) =>
    rule.kind === "trigger"
      ? /^(23514|23503|P0001|42501|55000|23001)$/.test(code) && !declared.has(constraint)
      : constraint === rule.name;
  const t = pg.escapeIdentifier(rule.table);
  await client.query("begin");
  try {
    await client.query(`alter table ${t} disable trigger user`);
    if (!alone) await dropOthers(client, rule, all);
    if (rule.kind === "trigger") {
      await client.query(`alter table ${t} enable trigger ${pg.escapeIdentifier(rule.name)}`);
      if (/BEFORE (DELETE|TRUNCATE)/.test(rule.definition)) await dropKeysTo(client, rule.table);
    }
    const byHand = HAND_ATTEMPTS[`${rule.table}.${rule.name}`];
    if (byHand !== undefined) {
      await client.query("set local session_replication_role = replica");
      for (const each of byHand.before ?? []) await client.query(each);
      await client.query("set local session_replication_role = origin");
      const fault = await attempt(client, byHand.statement, byHand.check);
      await client.query(dropOf(rule));
      const without = await attempt(client, byHand.statement, byHand.check);
      const [kept, gone] = byHand.check === undefined ? [fault, without] : [without, fault];
      return kept !== null && (byHand.check !== undefined || isOurs(kept)) && gone === null
        ? byHand.statement
        : null;
    }
    let [matches, tried] = [0, 0];
    for await (const statement of candidates(client, rule, all)) {
      tried += 1;
      if (tried > MOST_TRIED) return null;
      const fault = await attempt(client, statement);
      if (fault === null || !isOurs(fault)) continue;
      await client.query("savepoint dropping");
      await client.query(dropOf(rule));
      const without = await attempt(client, statement);
      await client.query("rollback to savepoint dropping");
      if (without === null) return statement;
      matches += 1;
      if (matches >= MOST_MATCHES) return null;
    }
    return null;
  } finally {
    await client.query("rollback");
  }
}

async function dropOthers(client: pg.ClientBase, rule: Rule, all: readonly Rule[]): Promise<void> {
  for (const other of all) {
    if (other.table !== rule.table || other.name === rule.name) continue;
    if (other.kind === "trigger" || other.kind === "n") continue;
    await client.query(dropOf(other));
  }
}

/** What refuses the statement, or null. With a `check`, also a statement after which it does not hold is a fault. */
async function attempt(client: pg.ClientBase, statement: string, check?: string): Promise<Fault | null> {
  await client.query("savepoint attempt");
  let fault: Fault | null = null;
  try {
    const { rowCount } = await client.query(statement);
    await client.query("set constraints all immediate");
    // What touched no row was not accepted either.
    if (rowCount === 0) fault = { code: "no row", constraint: "" };
    if (check !== undefined) {
      const { rows } = await client.query<{ holds: boolean }>(`select (${check}) as holds`);
      if (rows[0]?.holds !== true) fault = { code: "no effect", constraint: "" };
    }
  } catch (error) {
    const { code, constraint, column } = error as { code?: string; constraint?: string; column?: string };
    fault = { code: code ?? "", constraint: code === "23502" ? `${column}!` : (constraint ?? "") };
  }
  await client.query("rollback to savepoint attempt");
  return fault;
}

function dropOf({ table, name, kind, columns }: Rule): string {
  const [t, n] = [pg.escapeIdentifier(table), pg.escapeIdentifier(name)];
  if (kind === "n") return `alter table ${t} alter column ${q(columns[0] ?? "")} drop not null`;
  if (kind === "trigger") return `drop trigger ${n} on ${t}`;
  return kind === "ux" ? `drop index ${n}` : `alter table ${t} drop constraint ${n} cascade`;
}

async function dropKeysTo(client: pg.ClientBase, table: string): Promise<void> {
  const { rows } = await client.query<{ from: string; name: string }>(
    `select conrelid::regclass::text as from, conname as name from pg_constraint where contype = 'f' and confrelid = $1::regclass`,
    [table],
  );
  for (const key of rows)
    await client.query(
      `alter table ${pg.escapeIdentifier(key.from)} drop constraint ${pg.escapeIdentifier(key.name)}`,
    );
}

async function* candidates(client: pg.ClientBase, rule: Rule, all: readonly Rule[]): AsyncGenerator<string> {
  const t = pg.escapeIdentifier(rule.table);
  if (/BEFORE TRUNCATE/.test(rule.definition)) {
    yield `truncate ${t}`;
    return;
  }
  const columns = await readColumns(client, rule.table);
  const where = rule.predicate === null ? "" : `where ${rule.predicate}`;
  const { rows } = await client.query<{ at: string }>(
    `select ctid::text as at from ${t} ${where} order by md5(ctid::text) limit ${ROWS}`,
  );
  const at = rows.map((row) => `ctid = '${row.at}'`);
  if (at.length === 0) yield* firstRows(client, rule, columns);
  if (rule.kind === "n") {
    for (const row of at) yield `update ${t} set ${rule.columns.map(q).join()} = null where ${row}`;
    return;
  }
  if (rule.kind === "trigger" && /BEFORE .*(DELETE|UPDATE)/.test(rule.definition)) {
    const [some] = columns;
    for (const row of at) {
      yield `delete from ${t} where ${row}`;
      if (some !== undefined && !some.identity)
        yield `update ${t} set ${q(some.name)} = ${q(some.name)} where ${row}`;
    }
  }
  if (["p", "u", "ux"].includes(rule.kind)) {
    const names = rule.columns.map(q).join(", ");
    for (const row of at)
      for (const other of at)
        if (row !== other)
          yield `update ${t} set (${names}) = (select ${names} from ${t} where ${other}) where ${row}`;
    for (const row of at) yield* copiesOf(rule, columns, all, row, {});
    return;
  }
  const judged =
    rule.columns.length === 0 ? columns : columns.filter(({ name }) => rule.columns.includes(name));
  const values = new Map<string, readonly string[]>();
  for (const column of judged) values.set(column.name, await valuesFor(client, rule, column));
  if (rule.kind === "trigger") for (const row of at) yield* copiesOf(rule, columns, all, row, {});
  // Two that must be different, or in order, are made one.
  if (rule.kind === "c")
    for (const row of at)
      for (const a of judged)
        for (const b of judged)
          if (a !== b && a.type === b.type) yield `update ${t} set ${q(a.name)} = ${q(b.name)} where ${row}`;
  for (const row of at)
    for (const { name } of judged)
      for (const value of values.get(name) ?? []) {
        yield `update ${t} set ${q(name)} = ${value} where ${row}`;
        if (/INSERT/.test(rule.definition) && rule.kind === "trigger")
          yield* copiesOf(rule, columns, all, row, { [name]: value });
      }
  // A key to a row that is nobody else's, or two columns at odds with each other.
  for (const row of at)
    for (const { name } of judged)
      for (const value of values.get(name) ?? []) yield* copiesOf(rule, columns, all, row, { [name]: value });
  if (rule.kind !== "c") return;
  for (const row of at.slice(0, 3))
    for (const a of judged)
      for (const b of judged)
        if (a.name < b.name)
          for (const one of values.get(a.name) ?? [])
            for (const two of values.get(b.name) ?? [])
              yield `update ${t} set ${q(a.name)} = ${one}, ${q(b.name)} = ${two} where ${row}`;
}

/** Rows of a table that has none: plain values of each type, with and without what may be left out, then one changed. */
async function* firstRows(
  client: pg.ClientBase,
  rule: Rule,
  columns: readonly Column[],
): AsyncGenerator<string> {
  const id = "'019aa000-0000-7000-8000-000000000001'::uuid";
  const plain: Readonly<Record<string, string>> = {
    ...{ uuid: id, text: "'zzz'", int2: "1", int4: "1", int8: "1", date: "date '2026-06-01'", bool: "false" },
    ...{ timestamptz: "now()", jsonb: "'{}'::jsonb", bytea: "sha256('x')" },
  };
  const own = columns.filter(({ identity }) => !identity);
  const isKey = ["p", "u", "ux"].includes(rule.kind);
  const insert = (change: Readonly<Record<string, string>>, withAll: boolean) => {
    const list = own.map(
      ({ name, type, required }) =>
        change[name] ??
        (withAll || required || (isKey && rule.columns.includes(name)) ? (plain[type] ?? "null") : "null"),
    );
    const names = own.map(({ name }) => q(name)).join(", ");
    return `insert into ${q(rule.table)} (${names}) select ${list.join(", ")} from generate_series(1, ${isKey ? 2 : 1})`;
  };
  const judged =
    rule.kind === "c" || isKey ? own.filter(({ name }) => isKey || rule.columns.includes(name)) : own;
  for (const withAll of [false, true]) {
    yield insert({}, withAll);
    for (const column of judged)
      for (const value of await valuesFor(client, rule, column))
        yield insert({ [column.name]: value }, withAll);
  }
}

const q = (name: string) => pg.escapeIdentifier(name);

/** A second row like one that is there, new in what other keys keep apart, with some columns changed: where such a column points to another table, to a row of it that is free, or to none. */
function* copiesOf(
  ...of: readonly [Rule, readonly Column[], readonly Rule[], string, Readonly<Record<string, string>>]
): Generator<string> {
  yield copyOf(...of, true);
  yield copyOf(...of, false);
}

function copyOf(
  rule: Rule,
  columns: readonly Column[],
  all: readonly Rule[],
  row: string,
  changed: Readonly<Record<string, string>>,
  pointing: boolean,
): string {
  const fresh = new Map<string, string>(Object.entries(changed));
  for (const other of all) {
    if (other.table !== rule.table || other.name === rule.name || !["p", "u", "ux"].includes(other.kind))
      continue;
    const free = other.columns.filter((name) => !rule.columns.includes(name));
    if (free.some((name) => fresh.has(name))) continue;
    const column =
      columns.find(({ name, type }) => free.includes(name) && type === "uuid") ??
      columns.find(({ name }) => free.includes(name));
    if (column !== undefined)
      fresh.set(column.name, (pointing ? column.other : null) ?? freshValue(rule.table, column));
  }
  const own = columns.filter(({ identity }) => !identity || rule.columns.length > 0);
  const list = own.map(({ name }) => fresh.get(name) ?? q(name)).join(", ");
  const t = q(rule.table);
  return `insert into ${t} (${own.map(({ name }) => q(name)).join(", ")}) overriding system value select ${list} from ${t} where ${row}`;
}

function freshValue(table: string, { name, type }: Column): string {
  if (type === "uuid") return "gen_random_uuid()";
  if (["int4", "int8", "int2"].includes(type)) return `(select max(${q(name)}) + 1 from ${q(table)})`;
  if (type === "bytea") return "sha256(gen_random_uuid()::text::bytea)";
  if (type === "date") return "date '2027-01-01'";
  if (type === "text")
    return `'ZZ-' || upper(translate(left(gen_random_uuid()::text, 8), '0123456789-', 'GHJKLMNPQRS'))`;
  return q(name);
}

async function readColumns(client: pg.ClientBase, table: string): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `select a.attname as name, t.typname as type, a.attidentity <> '' as identity, a.attnotnull as required,
            (select format('(select o.%I from %s o where not exists (select from %s x where x.%I = o.%I) order by 1 limit 1)',
                           k.attname, f.confrelid::regclass, f.conrelid::regclass, a.attname, k.attname)
               from pg_constraint f join pg_attribute k on k.attrelid = f.confrelid and k.attnum = f.confkey[1]
              where f.conrelid = a.attrelid and f.contype = 'f' and f.conkey = array[a.attnum] limit 1) as other
       from pg_attribute a join pg_type t on t.oid = a.atttypid
      where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum`,
    [table],
  );
  return rows;
}

/** Values that some rule may dislike: of the definition itself, of the column's other rows, and the edges of its type. */
async function valuesFor(client: pg.ClientBase, rule: Rule, column: Column): Promise<string[]> {
  const { name, type } = column;
  const { rows } = await client.query<{ value: string }>(
    `select distinct ${q(name)}::text as value from ${q(rule.table)} where ${q(name)} is not null limit 6`,
  );
  const known = rows.map(({ value }) => `${pg.escapeLiteral(value)}::${type}`);
  const said =
    type === "text"
      ? [...rule.definition.matchAll(/'([^']{1,60})'::text/g)].map(([, text]) => pg.escapeLiteral(text ?? ""))
      : [];
  const edges: Readonly<Record<string, readonly string[]>> = {
    text: ["''", "'zzz'", "'6222020200112233445'", "'13812345678'", "repeat('字', 5000)", "'A'"],
    uuid: ["gen_random_uuid()"],
    int2: ["0", "-1", "999"],
    int4: ["0", "-1", "1", "999999", `${q(name)} + 1`],
    int8: ["0", "-1", "1", "99999999999999", `${q(name)} + 1`, `-${q(name)}`],
    date: ["date '1900-01-01'", "date '2026-06-30'", "date '2999-12-31'"],
    timestamptz: ["timestamptz '1900-01-01'", "timestamptz '2999-12-31'"],
    jsonb: ["'{}'::jsonb", "'[]'::jsonb", "'\"x\"'::jsonb", "to_jsonb(repeat('x', 5000))"],
    bytea: ["''::bytea", "'\\x00'::bytea", "sha256('x')"],
    bool: ["true", "false"],
  };
  return [...(edges[type] ?? []), "null", ...said, ...known];
}
