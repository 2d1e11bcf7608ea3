import { randomBytes } from "node:crypto";
import type pg from "pg";
import { v4 as uuidv4, v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { numberVouchers } from "~server/ledger/number-vouchers.server";
import { sealJournal } from "~server/ledger/seal-journal.server";
import { storedCaseSchema, type RewardCase } from "~server/rewards/case";
import { computeAward } from "~server/rewards/compute-award";
import { parseScheme } from "~server/rewards/load-scheme.server";
import { writeSignedBody } from "~server/rewards/signing.server";
import type { RecordFacts } from "~server/rewards/write-record.server";
import { writeRecord } from "~server/rewards/write-record.server";
import { hashComputation, writeVoucher } from "~server/rewards/write-voucher.server";
import { makeAcceptedAward, makeDesk, SIGNING, type Desk } from "~tests/factories/make-award";
import type { TestPerson } from "~tests/factories/make-staff";
import { BALANCES, codeOf, insertAll, type Row } from "./insert-all";

// Accepted awards by the thousand, each a case of its own: lead, report, finding, computation by the engine, record of
// the questions, voucher, three signatures by software passkeys, claim, encumbrance and trail. One award is made by the
// portal's own code and all others are written after its rows, by sets, with the tables' triggers and foreign keys off
// (session_replication_role): a hundred thousand cases are no work to be done one by one. What the triggers keep is
// proved afterwards by ledger:verify. Bypassed besides: no report's body and no sealed payee is inside the rows.

const AT_ONCE = 500;

export type FilledAwards = {
  readonly desks: readonly Desk[];
  /** In the order of their making: `days[i]` is the day award `i` was promised and accepted. */
  readonly awardIds: readonly string[];
  readonly days: readonly string[];
};

export type FillOptions = {
  /** Tables' superuser on the same database. */
  readonly root: pg.Client;
  readonly count: number;
  /** How many funds they are spread over. */
  readonly funds?: number;
  /** The day of the i-th award (`YYYY-MM-DD`), in 2026 and not before 2026-01-06. */
  readonly dayOf?: (at: number) => string;
  readonly onProgress?: (done: number) => void;
};

/** Fills `db`, a database of tests whose connections act for the portal. */
export async function fillAwards(db: Database, options: FillOptions): Promise<FilledAwards> {
  const { root, count, funds = 4, onProgress = () => undefined } = options;
  const dayOf = options.dayOf ?? (() => "2026-06-01");
  const desks: Desk[] = [];
  const budget = (BigInt(count) * 20_000_000n) / BigInt(funds) + 100_000_000n;
  for (let at = 0; at < funds; at += 1) desks.push(await makeDesk(db, budget));
  const [desk] = desks;
  if (desk === undefined) throw new Error("no desk");
  const first = await makeAcceptedAward(db, desk);
  const pattern = await readPattern(root, first.awardId);
  const accounts = await readAccounts(root);
  const awardIds: string[] = [];
  const days: string[] = [];
  await root.query("set session_replication_role = replica");
  try {
    for (let from = 0; from < count; from += AT_ONCE) {
      const tables = new Map<string, Row[]>();
      for (let at = from; at < Math.min(count, from + AT_ONCE); at += 1) {
        const own = desks[at % desks.length] ?? desk;
        const made = makeCase(pattern, { at, day: dayOf(at), desk, own, accounts });
        awardIds.push(made.awardId);
        days.push(dayOf(at));
        for (const [table, rows] of made.rows) {
          const known = tables.get(table);
          if (known === undefined) tables.set(table, [...rows]);
          else known.push(...rows);
        }
      }
      await root.query("begin");
      for (const [table, rows] of tables) await insertAll(root, table, rows);
      await root.query("commit");
      onProgress(awardIds.length);
    }
    await root.query(BALANCES);
  } catch (error) {
    await root.query("rollback");
    throw error;
  } finally {
    await root.query("set session_replication_role = origin");
  }
  await root.query("vacuum analyze");
  await numberVouchers(db);
  await sealJournal(db);
  return { desks, awardIds, days };
}

/** The rows one award of the portal's own making consists of. */
type Pattern = {
  readonly rows: ReadonlyMap<string, readonly Row[]>;
  readonly scheme: ReturnType<typeof parseScheme>["scheme"];
  /** Awards there were before. */
  readonly before: number;
};

async function readPattern(root: pg.Client, awardId: string): Promise<Pattern> {
  const rows = new Map<string, Row[]>();
  const ask = async (table: string, where: string) => {
    const found = await root.query<{ row: Row }>(`select to_jsonb(t) as row from ${table} t where ${where}`, [
      awardId,
    ]);
    rows.set(
      table,
      found.rows.map(({ row }) => row),
    );
  };
  const ofAward = (column: string) => `t.id = (select ${column} from awards where id = $1)`;
  await ask("leads", ofAward("lead_id"));
  await ask(
    "dossiers",
    "t.id = (select dossier_id from leads where id = (select lead_id from awards where id = $1))",
  );
  await ask("tips", ofAward("tip_id"));
  await ask("findings", "t.lead_id = (select lead_id from awards where id = $1)");
  await ask("reward_pools", ofAward("pool_id"));
  for (const table of ["assessment_records", "assessment_answers"])
    await ask(table, "t.pool_id = (select pool_id from awards where id = $1)");
  await ask("awards", "t.id = $1");
  await ask("vouchers", "t.award_id = $1");
  await ask(
    "approval_steps",
    "t.voucher_id = (select id from vouchers where award_id = $1) order by t.position",
  );
  await ask("award_claims", "t.award_id = $1");
  await ask("ledger_transactions", "t.award_id = $1");
  await ask("ledger_entries", "t.transaction_id = (select id from ledger_transactions where award_id = $1)");
  await ask(
    "events",
    "t.subject_id in ($1::text, (select pool_id::text from awards where id = $1::uuid)) order by t.seq",
  );
  const { rows: schemes } = await root.query<{ content: unknown }>(
    "select s.content from schemes s join reward_pools p on p.scheme_id = s.scheme_id and p.scheme_version = s.version join awards a on a.pool_id = p.id where a.id = $1",
    [awardId],
  );
  const { rows: counted } = await root.query<{ n: number }>("select count(*)::int as n from awards");
  const { scheme } = parseScheme(schemes[0]?.content, "stored scheme");
  return { rows, scheme, before: counted[0]?.n ?? 0 };
}

async function readAccounts(root: pg.Client): Promise<(budgetId: string, kind: string) => string> {
  const { rows } = await root.query<{ id: string; kind: string; budget_id: string }>(
    "select id, kind, budget_id from accounts where budget_id is not null",
  );
  const known = new Map(rows.map((row) => [`${row.budget_id} ${row.kind}`, row.id]));
  return (budgetId, kind) => known.get(`${budgetId} ${kind}`) ?? "";
}

type Place = {
  readonly at: number;
  readonly day: string;
  /** Whose people sign, and whose money it is. */
  readonly desk: Desk;
  readonly own: Desk;
  readonly accounts: (budgetId: string, kind: string) => string;
};

function makeCase(pattern: Pattern, { at, day, desk, own, accounts }: Place) {
  const { rows, scheme } = pattern;
  const one = (table: string): Row => rows.get(table)?.[0] ?? {};
  const now = `${day}T02:00:00Z`;
  const ids = {
    dossier: uuidv7(),
    lead: uuidv7(),
    tip: uuidv4(),
    finding: uuidv7(),
    pool: uuidv7(),
    award: uuidv7(),
    voucher: uuidv7(),
  };
  const old = { tip: String(one("tips").id), transaction: String(one("ledger_transactions").id) };
  const amount = String(500_000_000 + (at % 9_001) * 100_000 + 37);
  const given = storedCaseSchema.parse(one("reward_pools").case_input);
  const rewardCase = JSON.parse(
    JSON.stringify({
      ...given,
      bases: { ...given.bases, illegalAmount: amount, fundraising: amount },
    }).replaceAll(old.tip, ids.tip),
  ) as RewardCase;
  const computation = computeAward(scheme, rewardCase);
  const { kind: _, ...facts } = JSON.parse(
    String(one("assessment_records").body).replaceAll(old.tip, ids.tip),
  ) as RecordFacts & { kind: string };
  const record = writeRecord(facts);
  const share = computation.shares[0]?.amount ?? "0";
  const codeName = codeOf(pattern.before + at);
  const voucher = writeVoucher({
    award: ids.award,
    amount: share,
    budget: own.budgetId,
    codeName,
    computation: hashComputation(rewardCase, computation, record.hash),
    consultationRef: null,
    currency: computation.currency,
    finding: ids.finding,
    lead: ids.lead,
    pool: ids.pool,
    poolAmount: computation.award,
    scheme: computation.scheme,
    stage: String(one("awards").stage),
    tip: ids.tip,
    version: "1",
  });
  const transaction = uuidv7();
  const steps = signSteps(rows.get("approval_steps") ?? [], {
    desk,
    voucher: { id: ids.voucher, hash: voucher.hash },
    now,
  });
  const common = { lead_id: ids.lead };
  const hex = (bytes: Buffer) => `\\x${bytes.toString("hex")}`;
  const made: [string, Row[]][] = [
    ["dossiers", [{ ...one("dossiers"), id: ids.dossier }]],
    ["leads", [{ ...one("leads"), id: ids.lead, dossier_id: ids.dossier }]],
    ["tips", [{ ...one("tips"), ...common, id: ids.tip, lookup_id: hex(randomBytes(32)) }]],
    ["findings", [{ ...one("findings"), ...common, id: ids.finding, illegal_amount_fen: amount }]],
    [
      "reward_pools",
      [
        {
          ...one("reward_pools"),
          ...common,
          id: ids.pool,
          finding_id: ids.finding,
          case_input: rewardCase,
          computation,
          amount_fen: computation.award,
          record_hash: hex(record.hash),
          computed_at: now,
        },
      ],
    ],
    ["assessment_records", [{ ...common, pool_id: ids.pool, body: record.body, hash: hex(record.hash) }]],
    [
      "assessment_answers",
      (rows.get("assessment_answers") ?? []).map((answer) => ({
        ...answer,
        ...common,
        pool_id: ids.pool,
        tip_id: answer.tip_id === null ? null : ids.tip,
        answered_at: now,
      })),
    ],
    [
      "awards",
      [
        {
          ...one("awards"),
          ...common,
          id: ids.award,
          pool_id: ids.pool,
          tip_id: ids.tip,
          code_name: codeName,
          amount_fen: share,
          budget_id: own.budgetId,
          accepted_on: day,
        },
      ],
    ],
    ["vouchers", [{ id: ids.voucher, award_id: ids.award, body: voucher.body, hash: hex(voucher.hash) }]],
    ["approval_steps", steps],
    [
      "award_claims",
      [
        {
          ...one("award_claims"),
          award_id: ids.award,
          told_on: day,
          claim_by: null,
          way: "transfer",
          chosen_on: day,
          claimant: "self",
        },
      ],
    ],
    [
      "payee_details",
      [{ id: uuidv4(), award_id: ids.award, suite: "bench", body: EMPTY_PAYEE, sealed_on: day }],
    ],
    [
      "ledger_transactions",
      [
        {
          ...one("ledger_transactions"),
          id: transaction,
          event_on: day,
          recorded_at: now,
          fund_id: own.fundId,
          idempotency_key: `award.encumbered:${ids.award}`,
          award_id: ids.award,
        },
      ],
    ],
    [
      "ledger_entries",
      [
        {
          id: uuidv7(),
          transaction_id: transaction,
          line: 1,
          debit_account_id: accounts(own.budgetId, "encumbered"),
          credit_account_id: accounts(own.budgetId, "available"),
          amount_fen: share,
        },
      ],
    ],
    ["voucher_queue", [{ transaction_id: transaction }]],
    [
      "events",
      (rows.get("events") ?? []).map((event) =>
        tellAgain(event, { ids, day, now, steps, voucher, transaction, share }),
      ),
    ],
  ];
  return { awardId: ids.award, rows: made };
}

/** One padded step of 4 KiB, as a sealed record has; nothing is inside. */
const EMPTY_PAYEE = `\\x${"00".repeat(4124)}`;
function signSteps(
  pattern: readonly Row[],
  { desk, voucher, now }: { desk: Desk; voucher: { id: string; hash: Buffer }; now: string },
): Row[] {
  const people: readonly TestPerson[] = [desk.preparer, desk.reviewer, desk.approver];
  let previousHash: Buffer | null = null;
  return pattern.map((step, position) => {
    const person = people[position] ?? desk.preparer;
    const action = (["prepare", "review", "approve"] as const)[position] ?? "prepare";
    const nonce = randomBytes(16).toString("base64url");
    const act = writeSignedBody({
      action,
      voucherHash: voucher.hash,
      previousHash,
      actorId: person.actor.id,
      nonce,
    });
    const { response } = person.passkey.assert({
      challenge: act.hash.toString("base64url"),
      rpId: SIGNING.rpId,
      origin: SIGNING.origin,
    });
    const bytes = (text: string) => `\\x${Buffer.from(text, "base64url").toString("hex")}`;
    const row: Row = {
      ...step,
      id: uuidv7(),
      voucher_id: voucher.id,
      nonce,
      previous_hash: previousHash === null ? null : `\\x${previousHash.toString("hex")}`,
      signed_body: act.signedBody,
      hash: `\\x${act.hash.toString("hex")}`,
      authenticator_data: bytes(response.authenticatorData),
      client_data_json: bytes(response.clientDataJSON),
      signature: bytes(response.signature),
      signed_at: now,
    };
    previousHash = act.hash;
    return row;
  });
}

type Told = {
  readonly ids: { readonly lead: string; readonly pool: string; readonly award: string };
  readonly day: string;
  readonly now: string;
  readonly steps: readonly Row[];
  readonly voucher: { readonly hash: Buffer };
  readonly transaction: string;
  readonly share: string;
};

const STEP_OF: Readonly<Record<string, number>> = {
  "award.prepared": 0,
  "award.reviewed": 1,
  "award.approved": 2,
};

function tellAgain(event: Row, { ids, day, now, steps, voucher, transaction, share }: Told): Row {
  const step = steps[STEP_OF[String(event.action)] ?? -1];
  const data = event.data as Row;
  return {
    ...event,
    id: event.recorded_at === null ? uuidv4() : uuidv7(),
    lead_id: ids.lead,
    recorded_on: day,
    recorded_at: event.recorded_at === null ? null : now,
    subject_id: event.subject_table === "reward_pools" ? ids.pool : ids.award,
    data: {
      ...data,
      ...("amountFen" in data ? { amountFen: share } : {}),
      ...("transaction" in data ? { transaction } : {}),
      ...(step === undefined
        ? {}
        : { step: step.id, stepHash: String(step.hash).slice(2), voucherHash: voucher.hash.toString("hex") }),
    },
  };
}
