import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { openDatabase, type Database } from "~db/client.server";
import { migrateDatabase } from "~db/migrate";
import { sealArrivals } from "~server/arrivals/seal-arrivals.server";
import { verifyArrivals } from "~server/arrivals/verify-arrivals.server";
import { sealEvents, startOfTrail } from "~server/audit/seal-events.server";
import { verifyChain } from "~server/audit/verify-chain.server";
import { findSurges } from "~server/clocks/find-surges.server";
import { noteDeadlines } from "~server/jobs/note-deadlines.server";
import { settleBoardCounts, settleKeyWaits } from "~server/jobs/keep-board.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { numberVouchers } from "~server/ledger/number-vouchers.server";
import { sealJournal } from "~server/ledger/seal-journal.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { drawBatch } from "~server/retention/draw-batch.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { sendReport } from "~tests/factories/make-lead";
import { asPortal } from "~tests/setup/database";
import { APPLICATION, OWNER, databaseUrl } from "~tests/setup/start-test-cluster";
import { testPortal } from "~tests/setup/test-portal";

const MIGRATIONS = fileURLToPath(new URL("../../db/migrations/", import.meta.url));

/** Made anew or added to by the migrations themselves. */
const REMADE = [
  ...["lead_terms", "lead_cards", "board_counts", "board_deltas", "lead_tip_counts", "lead_tip_deltas"],
  ...["tip_tallies", "tip_tally_deltas", "key_waits"],
];
const ADDED_TO = ["posting_rules", "rule_starts"];

/**
 * Databases of landed versions, by the last migration of each: every table a line, its name and its rows as JSON.
 * Written by the code of that time through its own acts: by its factories, with rows in every table (0032), and by the
 * demonstration's story, from reports to reconciled payments (0046). Sealed bodies are cut short; nothing in them was
 * ever real.
 */
const LANDED = [
  { last: "0032_disputes_handed_and_merges_undone", file: "at-0032.jsonl", accepted: 1 },
  { last: "0046_rule_starts", file: "at-0046.jsonl", accepted: 0 },
] as const;

describe.each(LANDED)(
  "a filled database of migration $last, brought up to date",
  ({ last, file, accepted }) => {
    const name = `upgrade_${last.slice(0, 4)}_${process.pid}`;
    const folder = mkdtempSync(path.join(tmpdir(), "portal-upgrade-"));
    const tables = readFileSync(fileURLToPath(new URL(`./${file}`, import.meta.url)), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as [name: string, rows: string]);
    /** Rows of each table before, by the columns it had. */
    const before = new Map<string, { columns: string; rows: string[] }>();
    let root: pg.Client;
    let db: Database;

    beforeAll(async () => {
      const cluster = inject("clusterUrl");
      const admin = new pg.Client({ connectionString: cluster });
      await admin.connect();
      await admin.query(`create database ${name} owner ${OWNER.user}`);
      await admin.end();
      const url = new URL(cluster);
      url.pathname = `/${name}`;
      root = new pg.Client({ connectionString: url.toString() });
      await root.connect();
      await migrateToOld();
      await fill();
      for (const [table] of tables) before.set(table, await readRows(table));
      await migrateDatabase(databaseUrl(cluster, name, OWNER), APPLICATION.user);
      db = openDatabase(asPortal(databaseUrl(cluster, name, APPLICATION)));
    }, 120_000);
    afterAll(async () => {
      await db?.pool.end();
      await root.end();
      const admin = new pg.Client({ connectionString: inject("clusterUrl") });
      await admin.connect();
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.end();
      rmSync(folder, { recursive: true, force: true });
    });

    /** The migrations up to the last of that time, as drizzle's own files of a folder. */
    async function migrateToOld(): Promise<void> {
      const journal = JSON.parse(readFileSync(path.join(MIGRATIONS, "meta", "_journal.json"), "utf8")) as {
        entries: { tag: string }[];
      };
      const entries = journal.entries.slice(0, journal.entries.findIndex(({ tag }) => tag === last) + 1);
      mkdirSync(path.join(folder, "meta"));
      writeFileSync(path.join(folder, "meta", "_journal.json"), JSON.stringify({ ...journal, entries }));
      for (const { tag } of entries)
        copyFileSync(path.join(MIGRATIONS, `${tag}.sql`), path.join(folder, `${tag}.sql`));
      const client = new pg.Client({ connectionString: databaseUrl(inject("clusterUrl"), name, OWNER) });
      await client.connect();
      await client.query("set client_min_messages = warning");
      await migrate(drizzle(client), { migrationsFolder: folder, migrationsSchema: "drizzle" });
      await client.end();
    }

    /** Rows as they were, whatever order their references ask for: what checked them then is off. */
    async function fill(): Promise<void> {
      await root.query("set session_replication_role = replica");
      for (const [table] of tables) await root.query(`delete from ${table}`);
      for (const [table, rows] of tables) {
        const { rows: columns } = await root.query<{ name: string; counted: boolean; generated: boolean }>(
          `select quote_ident(column_name) as name, is_identity = 'YES' as counted, is_generated = 'ALWAYS' as generated
           from information_schema.columns where table_schema = 'public' and table_name = $1 order by ordinal_position`,
          [table],
        );
        const list = columns.flatMap(({ name, generated }) => (generated ? [] : [name])).join(", ");
        await root.query(
          `insert into ${table} (${list}) overriding system value select ${list} from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
          [rows],
        );
        for (const { name } of columns.filter(({ counted }) => counted))
          await root.query(
            `select setval(pg_get_serial_sequence($1, $2), coalesce((select max(${name}) from ${table}), 0) + 1, false)`,
            [table, name],
          );
      }
      await root.query("set session_replication_role = origin");
    }

    async function readRows(table: string, columns?: string): Promise<{ columns: string; rows: string[] }> {
      const { rows: known } = await root.query<{ names: string }>(
        `select string_agg(quote_ident(column_name), ', ' order by ordinal_position) as names
         from information_schema.columns where table_schema = 'public' and table_name = $1`,
        [table],
      );
      const list = columns ?? known[0]?.names ?? "";
      const { rows } = await root.query<{ row: string }>(
        `select (${list})::text as row from ${table} order by 1`,
      );
      return { columns: list, rows: rows.map(({ row }) => row) };
    }

    it("had leads, money promised and paid, and all that hangs on them", () => {
      const filled = [...before].flatMap(([table, { rows }]) => (rows.length > 0 ? [table] : []));
      expect(filled).toEqual(
        expect.arrayContaining(["tips", "leads", "awards", "ledger_entries", "payouts", "events"]),
      );
      expect(filled.length).toBeGreaterThanOrEqual(90);
    });

    it("keeps every row as it was", async () => {
      for (const [table, old] of before) {
        const { rows } = await readRows(table, old.columns);
        if (REMADE.includes(table)) continue;
        if (ADDED_TO.includes(table)) expect([table, ...rows]).toEqual(expect.arrayContaining(old.rows));
        else expect([table, rows]).toEqual([table, old.rows]);
      }
    });

    const holds = async () => {
      expect(await verifyLedger(db)).toMatchObject({ ok: true, faults: [] });
      expect(await verifyChain(db, null)).toMatchObject({ ok: true, fault: null });
      expect(await verifyArrivals(db)).toMatchObject({ ok: true, fault: null });
    };

    const reviewer = async (): Promise<StaffActor> => {
      const { rows } = await root.query<Pick<StaffActor, "id" | "displayName" | "agencyId">>(
        `select s.id, s.display_name as "displayName", s.agency_id as "agencyId" from staff s
         join staff_roles r on r.staff_id = s.id and r.revoked_at is null
        where s.status = 'active' and r.role = 'finance_reviewer'
        limit 1`,
      );
      const [person] = rows;
      if (person === undefined) throw new Error("nobody of that role was there");
      return { kind: "staff", ...person, agencyName: "", roles: ["finance_reviewer"], method: "passkey" };
    };

    it("verifies: the ledger, the trail and the register of arrivals", async () => {
      // As a portal that starts does: what was posted last may wait for its seal.
      await sealJournal(db);
      await holds();
    }, 60_000);

    it("goes on: an award accepted before is booked, a report is ranked after those before, jobs run, and all verifies", async () => {
      const portal = testPortal(db, "2026-12-01T02:00:00Z");
      const [last] = (
        await root.query<{ no: string }>("select max(arrival_no)::text as no from arrival_ranks")
      ).rows;
      const { tipId } = await sendReport(portal);
      for (let round = 0; round < 2; round += 1) await sealArrivals(db, { horizon: null });
      const { rows } = await root.query<{ later: boolean }>(
        "select arrival_no > $2::bigint as later from arrival_ranks where tip_id = $1",
        [tipId, last?.no],
      );
      expect(rows).toEqual([{ later: true }]);
      const { rows: toBook } = await root.query<{ id: string }>(
        "select id from awards where status = 'accepted'",
      );
      for (const { id } of toBook)
        await postAcceptedAward(db, { awardId: id }, await reviewer(), portal.clock);
      expect(toBook).toHaveLength(accepted);
      await settleBoardCounts(db, 10_000);
      await settleKeyWaits(db);
      await findSurges(db, portal.clock, portal.pack);
      await noteDeadlines(db, portal.clock);
      await drawBatch(db, portal.clock);
      await numberVouchers(db);
      await sealJournal(db);
      await sealEvents(db, startOfTrail());
      const kept = await root.query<{ exact: boolean }>(
        `select (select sum(tips) from (select tips from lead_tip_counts union all select tips from lead_tip_deltas) k)
                = (select count(*) from tips where lead_id is not null) as exact`,
      );
      expect(kept.rows).toEqual([{ exact: true }]);
      await holds();
    }, 60_000);
  },
);
