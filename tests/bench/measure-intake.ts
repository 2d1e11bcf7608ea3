import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { Agent, request as httpRequest } from "node:http";
import type pg from "pg";
import type { RawAnswers } from "~/forms/report";
import { draftCookie } from "~server/intake/draft-cookie.server";
import { makeWork } from "~server/intake/make-work.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { withSnapshot, type ReadRows } from "~server/ledger/verify/read-rows.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { createReceipt, type Receipt } from "~server/secrecy/receipt";
import { cpuOf } from "./measure-sealing";

const REPORTS = 240;

/**
 * Submits ready drafts over HTTP at concurrency 1 and 16, and inserts the rows one such submit leaves in a bare loop
 * at the same concurrency, in turns, so that a slow minute of the machine hits both. `cpuMs` is what the server spent
 * on one report, over all rounds.
 */
export async function measureIntake(
  portal: Portal,
  serverPid: number,
): Promise<{ rates: string[][]; cpuMs: number | null }> {
  await submitAll(portal, await makeDrafts(portal, 32), 8);
  const rows: string[][] = [];
  const cpu = { before: cpuOf(serverPid), ms: 0 };
  for (const concurrency of [1, 16]) {
    const bare: number[] = [];
    const real: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const drafts = await makeDrafts(portal, REPORTS);
      const before = cpuOf(serverPid) ?? 0;
      real.push(await submitAll(portal, drafts, concurrency));
      cpu.ms += (cpuOf(serverPid) ?? 0) - before;
      await checkStored(portal, drafts);
      bare.push(
        await insertBare(portal, await sampleRows(portal, drafts[0]?.lookupId), REPORTS, concurrency),
      );
    }
    const [portalRate, bareRate] = [median(real), median(bare)];
    rows.push([
      `concurrency ${String(concurrency)}`,
      portalRate.toFixed(0),
      bareRate.toFixed(0),
      (portalRate / bareRate).toFixed(2),
    ]);
  }
  return { rates: rows, cpuMs: cpu.before === null ? null : cpu.ms / (6 * REPORTS) };
}

export type Draft = {
  readonly cookie: string;
  readonly lookupId: Buffer;
  /** The form as a browser without a script sends it, its small sum answered a minute after it was asked. */
  readonly form: string;
};

/** Drafts made at a time: the pool is the portal's own. */
const MAKERS = 6;

/** Ready drafts, each about a subject of its own unless `mark` names one for all of them. */
export async function makeDrafts(portal: Portal, count: number, mark?: string): Promise<Draft[]> {
  const drafts: Draft[] = [];
  const make = async () => {
    const receipt = await saveReport(portal, mark ?? randomBytes(6).toString("hex"));
    const cookie = draftCookie(portal, receipt).split(";")[0] ?? "";
    const lookupId = lookupIdOf(receipt);
    drafts.push({ cookie, lookupId, form: await answeredForm(portal, lookupId) });
  };
  let left = count;
  await Promise.all(
    Array.from({ length: MAKERS }, async () => {
      for (; left > 0; await make()) left -= 1;
    }),
  );
  return drafts;
}

/** A draft ready to be sent about the subject `mark` names; its receipt. */
export async function saveReport(portal: Portal, mark: string): Promise<Receipt> {
  const receipt = createReceipt();
  await saveDraft(portal.db, { receipt, raw: answers(mark), at: portal.clock.now() });
  return receipt;
}

/** A report without its work would be set apart, which costs less than the whole intake. */
async function answeredForm(portal: Portal, lookupId: Buffer): Promise<string> {
  const now = portal.clock.now().getTime();
  const question = { a: 2, b: 3, wait: 3, from: now - 60_000, until: now + 3_600_000, misses: 0 };
  const work = await makeWork(portal, { lookupId, level: 0, question });
  return new URLSearchParams({
    intent: "submit",
    challenge: work.challenge,
    solution: "",
    question: work.question,
    answer: "5",
  }).toString();
}

/** Senders of their own behind the bench's proxy: one that sends everything would be a flood. */
function anySender(): string {
  return `198.18.${String(randomInt(256))}.${String(randomInt(256))}`;
}

function answers(mark: string): RawAnswers {
  return {
    mode: { mode: "anonymous" },
    relation: { relation: "investor" },
    kind: { subjectKind: "site" },
    online: { sites: `www.${mark}.example`, apps: "" },
    subject: { name: `测试平台${mark}`, uscc: "" },
    territory: { operating: "330782", registered: "330782", occurred: "" },
    sector: { sector: "p2p" },
    "red-lines": { redLines: ["p2p.cash_pool", "other"] },
    time: { startedOn: "2025-03", ongoing: "yes" },
    amounts: { amount: "from_1m" },
    scale: { people: "from_50" },
    narrative: {
      narrative: "业务员在小区门口摆摊，说每月返利百分之三，已有多位邻居把养老钱投了进去。".repeat(6),
    },
    source: { source: "own_experience", prior: "no" },
    official: { official: "no" },
    reward: { wantsReward: "yes", noConflict: "yes" },
    declaration: { truthful: "yes" },
  };
}

/** Reports a second. Throws when the portal does not accept one: a rate of refusals is no rate. */
export async function submitAll(
  portal: Portal,
  drafts: readonly Draft[],
  concurrency: number,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const waiting = [...drafts];
  const started = process.hrtime.bigint();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (let draft = waiting.pop(); draft !== undefined; draft = waiting.pop()) {
        const { status, location } = await submit(portal, agent, draft);
        if (status !== 302 || !location.endsWith("/report/done")) {
          throw new Error(`a report was answered ${String(status)} ${location}`);
        }
      }
    }),
  );
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  agent.destroy();
  return drafts.length / seconds;
}

/** A report set apart as spam costs less than one placed on a lead, and one that is not there costs nothing. */
async function checkStored(portal: Portal, drafts: readonly Draft[]): Promise<void> {
  const [row] = await withSnapshot(portal.db, "bench", (read) =>
    read<{ stored: number }>(
      "select count(*)::int as stored from tips where lookup_id = any($1) and lead_id is not null and spam is null",
      [drafts.map(({ lookupId }) => lookupId)],
    ),
  );
  if (row?.stored !== drafts.length) {
    throw new Error(`${String(row?.stored)} of ${String(drafts.length)} reports were stored and placed`);
  }
}

function submit(
  portal: Portal,
  agent: Agent,
  { cookie, form }: Draft,
): Promise<{ status: number; location: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      `http://127.0.0.1:${String(portal.env.port)}/report/check`,
      {
        method: "POST",
        agent,
        headers: {
          host: new URL(portal.env.publicOrigin).host,
          origin: portal.env.publicOrigin,
          cookie,
          "x-forwarded-for": anySender(),
          "content-type": "application/x-www-form-urlencoded",
        },
      },
      (response) => {
        response.resume();
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, location: response.headers.location ?? "" }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(form);
  });
}

type SampleTable = { readonly table: string; readonly columns: string[]; readonly rows: unknown[][] };

/** The tables one submitted report writes, parents first, with how to find its rows. */
const WRITTEN: readonly [table: string, where: string][] = [
  ["dossiers", "id = (select dossier_id from leads where id = $2)"],
  ["dossier_keys", "dossier_id = (select dossier_id from leads where id = $2)"],
  ["leads", "id = $2"],
  ["lead_sectors", "lead_id = $2"],
  ["tips", "id = $1"],
  ["tip_identifiers", "tip_id = $1"],
  ["sealed_values", "owner_id = $1"],
  ["sealed_keys", "owner_id = $1"],
  ["events", "lead_id = $2"],
  ["routing_decisions", "lead_id = $2"],
];

async function sampleRows(portal: Portal, lookupId: Buffer | undefined): Promise<SampleTable[]> {
  return withSnapshot(portal.db, "bench", (read) => readSample(read, lookupId));
}

async function readSample(read: ReadRows, lookupId: Buffer | undefined): Promise<SampleTable[]> {
  const [tip] = await read<{ id: string; lead_id: string }>(
    "select id, lead_id from tips where lookup_id = $1",
    [lookupId],
  );
  if (tip === undefined) throw new Error("the sample report was not stored");
  const sample: SampleTable[] = [];
  for (const [table, where] of WRITTEN) {
    const ids = [tip.id, tip.lead_id].slice(0, where.includes("$2") ? 2 : 1);
    const text = where.includes("$1") ? where : where.replace("$2", "$1");
    const rows = await read<Record<string, unknown>>(
      `select * from ${table} where ${text}`,
      where.includes("$1") ? ids.slice(0, 1) : [tip.lead_id],
    );
    const generated = await read<{ name: string }>(
      "select column_name as name from information_schema.columns where table_name = $1 and is_identity = 'YES'",
      [table],
    );
    const skipped = new Set(generated.map(({ name }) => name));
    const columns = Object.keys(rows[0] ?? {}).filter((column) => !skipped.has(column));
    sample.push({ table, columns, rows: rows.map((row) => columns.map((column) => row[column])) });
  }
  return sample;
}

/** The same rows again under fresh ids, one transaction a report, one statement a table, nothing else. */
async function insertBare(
  portal: Portal,
  sample: readonly SampleTable[],
  reports: number,
  concurrency: number,
): Promise<number> {
  const clients = await Promise.all(Array.from({ length: concurrency }, () => portal.db.pool.connect()));
  // Row-level security lets a connection that acts for nobody write nothing; these are closed afterwards.
  for (const client of clients) await client.query("set app.actor_kind = 'system'");
  let left = reports;
  const started = process.hrtime.bigint();
  try {
    await Promise.all(
      clients.map(async (client) => {
        while (left > 0) {
          left -= 1;
          await insertOnce(client, sample);
        }
      }),
    );
    return reports / (Number(process.hrtime.bigint() - started) / 1e9);
  } finally {
    // A connection with a failed transaction is closed, not handed on.
    for (const client of clients) client.release(true);
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-/;

async function insertOnce(client: pg.PoolClient, sample: readonly SampleTable[]): Promise<void> {
  const fresh = new Map<string, string>();
  const renew = (column: string, value: unknown): unknown => {
    if (column === "lookup_id") return randomBytes(32);
    if (column === "key") return randomBytes(8).toString("hex");
    if (column === "role_key_id") return value;
    if (typeof value === "string" && UUID.test(value)) {
      const known = fresh.get(value) ?? randomUUID();
      fresh.set(value, known);
      return known;
    }
    return value === null ||
      value instanceof Date ||
      Buffer.isBuffer(value) ||
      Array.isArray(value) ||
      typeof value !== "object"
      ? value
      : JSON.stringify(value);
  };
  await client.query("begin");
  for (const { table, columns, rows } of sample) {
    const values = rows.flatMap((row) => row.map((value, at) => renew(columns[at] ?? "", value)));
    const tuples = rows.map(
      (row, line) => `(${row.map((_, at) => `$${String(line * row.length + at + 1)}`).join(",")})`,
    );
    await client.query({
      name: `bare-${table}-${String(rows.length)}`,
      text: `insert into ${table} (${columns.join(",")}) values ${tuples.join(",")}`,
      values,
    });
  }
  await client.query("commit");
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
