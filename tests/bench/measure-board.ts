import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { v7 as uuidv7 } from "uuid";
import { openDatabase, type Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { loadPack } from "~server/packs/load-pack.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { installPack } from "~server/start/install-pack.server";
import { listBoard } from "~server/triage/list-board.server";
import { readLead } from "~server/triage/read-lead.server";
import { searchLeads } from "~server/triage/search-leads.server";
import { APPLICATION, databaseUrl, startTestCluster } from "~tests/setup/start-test-cluster";
import { printTable, quantile } from "./print-table";

// `node --import tsx tests/bench/measure-board.ts`: what a board page, a search and a lead's page cost with ever more
// leads, as the application's own role under row-level security. LEADS gives the sizes (default 10000,100000); there
// are five reports a lead, a tenth of all on one. Quote the ratios to the first size: machines differ and are shared.

const SIZES = (process.env.LEADS ?? "10000,100000").split(",").map(Number);
const TIPS_A_LEAD = 5;
const ROUNDS = 25;

const BODIES = ["police", "banking-regulation", "market-regulation", "finance"];

/** Leads over all stages, four bodies, six names of which one in four says 理财, and one lead in flood. */
async function seed(owner: pg.Client, leads: number): Promise<void> {
  const tips = leads * TIPS_A_LEAD;
  await owner.query("set session_replication_role = replica");
  await owner.query(
    `create temp table made as select gen_random_uuid() as id, gen_random_uuid() as dossier, n,
       (array['鑫源理财','恒信投资','金禾农业合作社','瑞丰商城','德盛养老','华宇资本'])[1 + (n * 7) % 6]
         || chr(19968 + (n * 131) % 8000) || chr(19968 + (n * 57) % 8000) as name,
       (array['new','triage','dispatched','investigating','determined','closed','closed','closed','rejected'])[1 + n % 9] as stage
     from generate_series(1, $1::int) n`,
    [leads],
  );
  await owner.query(
    "insert into dossiers (id, pack_id, name, opened_on) select dossier, 'jinhua', name, current_date from made",
  );
  await owner.query(`insert into leads (id, pack_id, dossier_id, name, stage, is_major, opened_on, accept_due_on, handle_due_on, closure_code, closed_at)
    select id, 'jinhua', dossier, name, stage, n % 200 = 0, current_date - n % 300,
      case when n % 9 between 2 and 4 then current_date + n % 20 - 5 end, case when n % 9 between 2 and 4 then current_date + n % 60 - 5 end,
      case when stage = 'closed' then 'substantiated' when stage = 'rejected' then 'rejected' end,
      case when stage in ('closed','rejected') then now() end from made order by n`);
  await owner.query(
    "insert into lead_sectors (id, lead_id, sector, is_primary, from_on) select gen_random_uuid(), id, (array['p2p','insurance','advertising'])[1 + n % 3], true, current_date from made",
  );
  await owner.query(
    `insert into lead_agencies (id, lead_id, agency_id, relation)
     select gen_random_uuid(), id, 'jinhua.' || ($1::text[])[1 + n % 4], 'lead' from made where stage not in ('new', 'triage')`,
    [BODIES],
  );
  await owner.query(
    `insert into tips (id, lookup_id, pack_id, pack_version, channel, language, mode, subject_kind, subject_name, operating_at,
       sector, red_lines, wants_reward, arrived_on, lead_id)
     select gen_random_uuid(), sha256(convert_to(t::text, 'UTF8')), 'jinhua', '1', 'web', 'zh-CN', 'anonymous', 'organisation', m.name,
       '330702', 'p2p', '{}', false, current_date, m.id
       from generate_series(1, $1::int) t join made m on m.n = case when t % 10 = 0 then 2 else 1 + t % $2::int end`,
    [tips, leads],
  );
  await owner.query(`insert into events (id, recorded_on, actor_kind, action, lead_id, subject_table, subject_id)
    select gen_random_uuid(), current_date, 'reporter', 'tip.received', lead_id, 'tips', id::text from tips`);
  await owner.query("set session_replication_role = origin");
  await owner.query("select rebuild_board()");
  await owner.query("vacuum analyze");
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS + 5; round += 1) {
    const from = process.hrtime.bigint();
    await work();
    if (round >= 5) times.push(Number(process.hrtime.bigint() - from) / 1e6);
  }
  return quantile(times, 0.5);
}

function person(agency: string, role: "triage_officer" | "agency_officer"): StaffActor {
  const agencyId = `jinhua.${agency}`;
  const id = uuidv7();
  return {
    kind: "staff",
    id,
    displayName: "基准",
    agencyId,
    agencyName: agency,
    roles: [role],
    method: "passkey",
  };
}

async function measure(db: Database, owner: pg.Client): Promise<Map<string, number>> {
  const triage = person("leading-office", "triage_officer");
  const officer = person("police", "agency_officer");
  for (const { id, agencyId } of [triage, officer])
    await owner.query("insert into staff (id, display_name, agency_id) values ($1, '基准', $2)", [
      id,
      agencyId,
    ]);
  const { rows } = await owner.query<{ id: string; n: string }>(
    "select lead_id as id, count(*) as n from tips group by 1 order by 2 desc limit 1",
  );
  const flooded = rows[0]?.id ?? "";
  const { rows: plain } = await owner.query<{ id: string }>(
    "select h.lead_id as id from lead_agencies h where h.agency_id = 'jinhua.police' and h.lead_id <> $1 limit 1",
    [flooded],
  );
  const ordinary = plain[0]?.id ?? "";
  const at = new Date();
  const read = (leadId: string, actor: StaffActor) => readLead(db, { leadId, tipsPage: 1, at }, actor);
  const { rows: name } = await owner.query<{ two: string }>(
    "select right(name, 2) as two from leads limit 1",
  );
  const { rows: exact } = await owner.query<{ same: boolean }>(
    `select (select sum(cards) from board_counts where reach = '') = (select count(*) from leads) as same`,
  );
  if (exact[0]?.same !== true) throw new Error("the kept counts are not exact");
  return new Map([
    ["first board page, triage", await median(() => listBoard(db, { filters: {} }, triage))],
    ["first board page, a body", await median(() => listBoard(db, { filters: {} }, officer))],
    ["board by sector", await median(() => listBoard(db, { filters: { sector: "p2p" } }, triage))],
    ["search 理财, triage", await median(() => searchLeads(db, { text: "理财", page: 1 }, triage))],
    ["search 理财, a body", await median(() => searchLeads(db, { text: "理财", page: 1 }, officer))],
    [
      "search of a rare pair",
      await median(() => searchLeads(db, { text: name[0]?.two ?? "", page: 1 }, triage)),
    ],
    ["lead page", await median(() => read(ordinary, triage))],
    ["lead page, a body", await median(() => read(ordinary, officer))],
    ["page of the lead in flood", await median(() => read(flooded, triage))],
  ]);
}

const folder = mkdtempSync(path.join(tmpdir(), "portal-bench-board-"));
// PostgreSQL runs as another account when this is root: it must be able to pass through.
chmodSync(folder, 0o711);
const cluster = await startTestCluster(folder);
const told: Map<string, number>[] = [];
try {
  for (const leads of SIZES) {
    const name = `bench_${String(leads)}`;
    const admin = new pg.Client({ connectionString: cluster.url });
    await admin.connect();
    await admin.query(`create database ${name} template ${cluster.template}`);
    await admin.end();
    const at = new URL(cluster.url);
    at.pathname = `/${name}`;
    const owner = new pg.Client({ connectionString: at.toString() });
    await owner.connect();
    const db = openDatabase(databaseUrl(cluster.url, name, APPLICATION), { max: 2 });
    await withActor(db, systemActor("bench"), (tx) => installPack(tx, loadPack("jinhua")));
    const from = Date.now();
    await seed(owner, leads);
    process.stdout.write(
      `${String(leads)} leads, ${String(leads * TIPS_A_LEAD)} reports, made in ${((Date.now() - from) / 1000).toFixed(0)} s\n`,
    );
    told.push(await measure(db, owner));
    await db.pool.end();
    await owner.end();
  }
  const [first = new Map<string, number>()] = told;
  printTable(
    [
      "",
      ...SIZES.map((size) => `${String(size)} ms`),
      ...SIZES.slice(1).map((size) => `× at ${String(size)}`),
    ],
    [...first.keys()].map((what) => [
      what,
      ...told.map((times) => (times.get(what) ?? 0).toFixed(1)),
      ...told.slice(1).map((times) => ((times.get(what) ?? 0) / (first.get(what) ?? 1)).toFixed(2)),
    ]),
  );
} finally {
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
}
