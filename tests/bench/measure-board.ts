import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { openDatabase, type Database, type Tx } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import { readLeadClocks } from "~server/clocks/read-lead-clocks.server";
import { readDisputeLine } from "~server/disputes/read-dispute-line.server";
import { listDossiers } from "~server/dossiers/list-dossiers.server";
import { readDossier } from "~server/dossiers/read-dossier.server";
import { placeTip } from "~server/intake/place-tip.server";
import { loadPack } from "~server/packs/load-pack.server";
import { readLeadFacts } from "~server/routing/lead-facts.server";
import { proposeRoute } from "~server/routing/propose-route.server";
import { countWaitingLeads, readWaitingOf } from "~server/secrecy/list-waiting-leads.server";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { installPack } from "~server/start/install-pack.server";
import { listAssignments } from "~server/triage/list-assignments.server";
import { listBoard } from "~server/triage/list-board.server";
import { raiseMajor } from "~server/triage/raise-major.server";
import { readLead } from "~server/triage/read-lead.server";
import { searchLeads } from "~server/triage/search-leads.server";
import { APPLICATION, databaseUrl, startTestCluster } from "~tests/setup/start-test-cluster";
import { endClean } from "./end-clean";
import { addOfficer, fillLeads, type Filled } from "./fill-leads";
import { measureJobs } from "./measure-jobs";
import { quantile } from "./print-table";

const ROUNDS = 25;
const WARM = 5;
const PACK = loadPack("jinhua");
const BENCH = systemActor("bench");

/** A filled database and who looks at it. */
type Set = Filled & {
  readonly db: Database;
  readonly owner: pg.Client;
  readonly triage: StaffActor;
  readonly officer: StaffActor;
};

/** A row of the table: one figure a size in milliseconds, then each later one as a multiple of the first. */
export type SizedTable = { readonly head: string[]; readonly rows: string[][] };

/**
 * What pages, searches, routing and jobs cost with ever more leads (five reports each, a tenth of all on one), as the
 * application's own role under row-level security, on a cluster of its own that is gone afterwards. Each round asks every
 * size in turn, so that a slow minute of the machine hits all. `pages` are lower quartiles (the machine may be shared), `jobs`
 * one run each.
 */
export async function measureBoard(
  sizes: readonly number[],
  tell: (line: string) => void,
): Promise<{ pages: SizedTable; jobs: SizedTable }> {
  const folder = mkdtempSync(path.join(tmpdir(), "portal-bench-board-"));
  // PostgreSQL runs as another account when this is root: it must be able to pass through.
  chmodSync(folder, 0o711);
  const cluster = await startTestCluster(folder);
  const sets: Set[] = [];
  const end = endClean(async () => {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  try {
    for (const leads of sizes) {
      const from = Date.now();
      sets.push(await openSet(cluster, leads));
      const seconds = ((Date.now() - from) / 1000).toFixed(0);
      tell(`board: ${String(leads)} leads, ${String(sets.at(-1)?.tips)} reports, made in ${seconds} s`);
    }
    const pages = await measurePages(sets, tell);
    const jobs: Map<string, number>[] = [];
    for (const { db } of sets) jobs.push(await measureJobs(db, PACK));
    return {
      pages: sized(sets, [...pages.keys()], (what, at) => pages.get(what)?.[at] ?? 0),
      jobs: sized(sets, [...(jobs[0]?.keys() ?? [])], (what, at) => jobs[at]?.get(what) ?? 0),
    };
  } finally {
    // Interrupted, the cluster is gone already, and a statement under way with it.
    for (const { db, owner } of sets) await Promise.allSettled([db.pool.end(), owner.end()]);
    await end();
  }
}

async function openSet(cluster: { url: string; template: string }, leads: number): Promise<Set> {
  const name = `bench_${String(leads)}`;
  const admin = new pg.Client({ connectionString: cluster.url });
  await admin.connect();
  await admin.query(`create database ${name} template ${cluster.template}`);
  await admin.end();
  const at = new URL(cluster.url);
  at.pathname = `/${name}`;
  const owner = new pg.Client({ connectionString: at.toString() });
  owner.on("error", () => undefined);
  await owner.connect();
  const db = openDatabase(databaseUrl(cluster.url, name, APPLICATION), { max: 2 });
  await withActor(db, BENCH, (tx) => installPack(tx, PACK));
  const triage = await addOfficer(owner, "leading-office", "triage_officer");
  const officer = await addOfficer(owner, "police", "agency_officer");
  const filled = await fillLeads(db, owner, { leads, pack: PACK });
  return { ...filled, db, owner, triage, officer };
}

/** The parts of a page as its route loads them. */
const PROBES: readonly (readonly [what: string, work: (set: Set) => Promise<unknown>])[] = [
  ["first board page, triage", ({ db, triage }) => listBoard(db, { filters: {} }, triage)],
  ["first board page, a body", ({ db, officer }) => listBoard(db, { filters: {} }, officer)],
  ["… its line of leads that wait for keys", ({ db, triage }) => countWaitingLeads(db, triage)],
  ["board by sector", ({ db, triage }) => listBoard(db, { filters: { sector: "p2p" } }, triage)],
  ["search 理财, triage", ({ db, triage }) => searchLeads(db, { text: "理财", page: 1 }, triage)],
  ["search 理财, a body", ({ db, officer }) => searchLeads(db, { text: "理财", page: 1 }, officer)],
  ["search of a rare pair", ({ db, triage, rare }) => searchLeads(db, { text: rare, page: 1 }, triage)],
  ["dossiers, first page, triage", ({ db, triage }) => listDossiers(db, { fragment: "", page: 1 }, triage)],
  ["dossiers, first page, a body", ({ db, officer }) => listDossiers(db, { fragment: "", page: 1 }, officer)],
  [
    "dossiers named 理财, triage",
    ({ db, triage }) => listDossiers(db, { fragment: "理财", page: 1 }, triage),
  ],
  [
    "dossiers named 理财, a body",
    ({ db, officer }) => listDossiers(db, { fragment: "理财", page: 1 }, officer),
  ],
  ["dossier page", (set) => dossierPage(set, set.ordinaryDossier, set.triage)],
  ["dossier page, a body", (set) => dossierPage(set, set.ordinaryDossier, set.officer)],
  ["dossier page, in flood", (set) => dossierPage(set, set.floodedDossier, set.triage)],
  ["lead page", ({ ordinary, ...set }) => leadPage(set, ordinary, set.triage)],
  ["lead page, a body", ({ ordinary, ...set }) => leadPage(set, ordinary, set.officer)],
  ["lead page, in flood", ({ flooded, ...set }) => leadPage(set, flooded, set.triage)],
  [
    "routing",
    (set) => undone(set, (tx) => proposeRoute(tx, { leadId: set.ordinary, pack: PACK, ...today() })),
  ],
  [
    "routing of the lead in flood",
    (set) => undone(set, (tx) => readLeadFacts(tx, { leadId: set.flooded, pack: PACK.pack, ...today() })),
  ],
  ["a report's new lead, placed and routed", (set) => undone(set, placeNew)],
  ["weighing 重大 of the lead in flood", (set) => undone(set, (tx) => weigh(tx, set.flooded))],
];

const today = () => ({ today: chinaDay(new Date()) });

async function dossierPage({ db }: Set, dossierId: string, actor: StaffActor): Promise<void> {
  await readDossier(db, { dossierId }, actor);
}

async function leadPage({ db }: Pick<Set, "db">, leadId: string, actor: StaffActor): Promise<void> {
  const at = new Date();
  await readLead(db, { leadId, tipsPage: 1, at }, actor);
  await readLeadClocks(db, { leadId, at }, actor);
  await readDisputeLine(db, leadId, actor);
  if (actor.roles.includes("triage_officer")) await readWaitingOf(db, leadId, actor);
  await listAssignments(db, leadId, actor);
}

async function placeNew(tx: Tx): Promise<void> {
  const mark = crypto.randomUUID();
  const { leadId } = await placeTip(tx, {
    facts: {
      ...{ uscc: null, subjectName: `新到理财${mark.slice(0, 8)}`, sector: "p2p", concernsOfficial: false },
      identifiers: [{ kind: "site", value: `www.${mark}.example`, key: `${mark}.example` }],
    },
    pack: PACK,
    ...today(),
  });
  await proposeRoute(tx, { leadId, pack: PACK, ...today() });
}

async function weigh(tx: Tx, leadId: string): Promise<void> {
  await raiseMajor(tx, { leadId, pack: PACK.pack, ...today(), at: new Date(), dayOnly: true }, BENCH);
}

class Undone extends Error {}

/** Measured and taken back. */
async function undone({ db }: Pick<Set, "db">, work: (tx: Tx) => Promise<unknown>): Promise<void> {
  await withActor(db, BENCH, async (tx) => {
    await work(tx);
    throw new Undone();
  }).catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
}

async function measurePages(
  sets: readonly Set[],
  tell: (line: string) => void,
): Promise<Map<string, readonly number[]>> {
  const told = new Map<string, readonly number[]>();
  for (const [what, work] of PROBES) {
    const times: number[][] = sets.map(() => []);
    for (let round = 0; round < ROUNDS + WARM; round += 1) {
      for (const [at, set] of sets.entries()) {
        const from = process.hrtime.bigint();
        await work(set);
        if (round >= WARM) times[at]?.push(Number(process.hrtime.bigint() - from) / 1e6);
      }
    }
    const quartiles = times.map((of) => quantile(of, 0.25));
    told.set(what, quartiles);
    tell(`board: ${what} ${quartiles.map((ms) => ms.toFixed(1)).join(" / ")} ms`);
  }
  return told;
}

function sized(
  sets: readonly Set[],
  whats: readonly string[],
  ms: (what: string, at: number) => number,
): SizedTable {
  const names = sets.map(({ tips }) => `${String(tips / 1000)}k`);
  return {
    head: [
      "",
      ...names.map((name) => `${name} reports, ms`),
      ...names.slice(1).map((name) => `× at ${name}`),
    ],
    rows: whats.map((what) => [
      what,
      ...sets.map((_, at) => ms(what, at).toFixed(1)),
      ...sets.slice(1).map((_, at) => (ms(what, at + 1) / ms(what, 0)).toFixed(2)),
    ]),
  };
}
