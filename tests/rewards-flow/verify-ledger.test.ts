import { beforeAll, describe, expect, it } from "vitest";
import { sealEvents } from "~server/audit/seal-events.server";
import { verifyBooks } from "~server/ledger/verify-books.server";
import { verifyLedger, type LedgerVerdict } from "~server/ledger/verify-ledger.server";
import { assessAward } from "~server/rewards/assess-award.server";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { correctTransaction } from "~server/ledger/correct-transaction.server";
import { receiveFunds } from "~server/ledger/receive-funds.server";
import { bounceByHand } from "~tests/factories/bounce-by-hand";
import { makeFinding } from "~tests/factories/make-finding";
import {
  CLOCK,
  TODAY,
  approveTo,
  assessmentOf,
  makeAcceptedAward,
  makeAward,
  makeDesk,
  signAs,
} from "~tests/factories/make-award";
import { payByHand } from "~tests/factories/pay-by-hand";
import { testDatabase } from "~tests/setup/database";
import { one, verdictAfter } from "./tamper";

const test = testDatabase();

beforeAll(async () => {
  const desk = await makeDesk(test.db);
  const paid = await makeAcceptedAward(test.db, desk);
  await postAcceptedAward(test.db, paid, desk.preparer.actor, CLOCK);
  const payment = { awardId: paid.awardId, paidOn: TODAY, reference: "BK20260601-0001" };
  const first = await payByHand(test.db, payment, desk.cashier.actor, CLOCK);
  await bounceByHand(test.db, { payoutId: first.payoutId, bouncedOn: TODAY }, CLOCK);
  await payByHand(test.db, { ...payment, reference: "BK20260601-0002" }, desk.cashier.actor, CLOCK);
  const rejected = await makeAward(test.db, desk);
  await approveTo(test.db, desk, rejected.awardId, "prepared");
  await signAs(test.db, desk.reviewer, rejected.awardId, "reject");
  const many = await makeFinding(test.db, { tips: 3 });
  const assessed = await assessAward(test.db, assessmentOf(many, desk), desk.preparer.actor, CLOCK);
  await approveTo(test.db, desk, assessed.awards[0]?.id ?? "", "prepared");
  const again = assessmentOf(many, desk, { replaces: assessed.poolId, grade: 2 });
  await assessAward(test.db, again, desk.preparer.actor, CLOCK);
  const slip = { fundId: desk.fundId, amountFen: 700n, eventOn: TODAY };
  const wrong = await receiveFunds(test.db, { ...slip, requestKey: "slip-700" }, desk.approver.actor, CLOCK);
  await correctTransaction(test.db, wrong, desk.approver.actor, CLOCK);
});

function named(verdict: LedgerVerdict): string[] {
  // The chain over the journal finds changed postings as well; tests/ledger/journal-chain asks it.
  const faults = verdict.faults.filter(({ rule }) => !rule.startsWith("18 the journal"));
  return faults.map((fault) => `${fault.rule} @ ${fault.table} ${fault.id}`);
}

describe("ledger:verify", () => {
  it("finds nothing wrong with an untouched ledger and says what it checked", async () => {
    const verdict = await verifyLedger(test.db);
    expect(verdict.faults).toEqual([]);
    expect(verdict).toMatchObject({
      ok: true,
      checked: {
        transactions: 9,
        entries: 10,
        voucherNumbers: 9,
        pools: 4,
        awards: 8,
        vouchers: 8,
        approvals: 6,
        payouts: 2,
        transfers: 2,
        requests: 4,
      },
    });
  });

  it("tells how far it has come: of the books, then of the audit trail, to the end", async () => {
    await sealEvents(test.db);
    const heard: { of: string; done: number; total: number }[] = [];
    const hear = (of: string) => (done: number, total: number) => void heard.push({ of, done, total });
    const verdict = await verifyBooks(test.db, {
      published: [],
      onLedger: hear("ledger"),
      onTrail: hear("trail"),
    });
    expect(verdict.faults).toEqual([]);
    expect([...new Set(heard.map(({ of }) => of))]).toEqual(["ledger", "trail"]);
    for (const of of ["ledger", "trail"]) {
      const own = heard.filter((each) => each.of === of);
      expect(own.map(({ done }) => done)).toEqual(own.map(({ done }) => done).sort((a, b) => a - b));
      expect(own.at(-1)?.done).toBeGreaterThan(0);
      expect(own.at(-1)?.done).toBeGreaterThanOrEqual(own.at(-1)?.total ?? Infinity);
    }
    expect(heard.at(-1)?.done).toBe(verdict.checked.chainedEvents);
  });

  it("names a changed entry, and the balances that no longer follow from it", async () => {
    let id = "";
    const verdict = await verdictAfter(test, async (client) => {
      const row = await one(client, "select id from ledger_entries order by amount_fen desc, id limit 1");
      id = row.id ?? "";
      await client.query("update ledger_entries set amount_fen = amount_fen + 1 where id = $1", [id]);
      return () => client.query("update ledger_entries set amount_fen = amount_fen - 1 where id = $1", [id]);
    });
    expect(verdict.ok).toBe(false);
    expect(named(verdict)[0]).toBe(`3 no entry is changed @ ledger_entries ${id}`);
    expect(verdict.faults.map((fault) => fault.rule)).toContain("5 stored balance equals the entries");
  });

  it("names the posting whose amount is no longer its award's", async () => {
    let transactionId = "";
    let entryId = "";
    const verdict = await verdictAfter(test, async (client) => {
      const row = await one(
        client,
        "select e.id, t.id as transaction_id from ledger_entries e join ledger_transactions t on t.id = e.transaction_id where t.event = 'award.encumbered' limit 1",
      );
      transactionId = row.transaction_id ?? "";
      entryId = row.id ?? "";
      await client.query("update ledger_entries set amount_fen = amount_fen - 1 where id = $1", [row.id]);
      return () =>
        client.query("update ledger_entries set amount_fen = amount_fen + 1 where id = $1", [row.id]);
    });
    expect(named(verdict).slice(0, 2)).toEqual([
      `3 no entry is changed @ ledger_entries ${entryId}`,
      `7 the posting carries the award's amount @ ledger_transactions ${transactionId}`,
    ]);
  });

  it("names a voucher changed by one 分, even with its hash made to fit", async () => {
    let id = "";
    const verdict = await verdictAfter(test, async (client) => {
      const row = await one(
        client,
        "select v.id, v.body from vouchers v join awards a on a.id = v.award_id where a.status = 'paid'",
      );
      id = row.id ?? "";
      const set = (body: string | undefined) =>
        client.query("update vouchers set body = $2, hash = sha256(convert_to($2, 'UTF8')) where id = $1", [
          id,
          body,
        ]);
      await set(row.body?.replace('"amount":"4999500"', '"amount":"4999501"'));
      return () => set(row.body);
    });
    expect(named(verdict)).toContain(`10 a voucher says what its award says @ vouchers ${id}`);
    expect(
      verdict.faults.filter((fault) => fault.rule === "10 the signed words are those of the step"),
    ).toHaveLength(3);
  });

  it("names a removed step", async () => {
    let id = "";
    const verdict = await verdictAfter(test, async (client) => {
      const row = await one(client, "select id from approval_steps where action = 'review' limit 1");
      id = row.id ?? "";
      await client.query("create temp table kept as select * from approval_steps where id = $1", [id]);
      await client.query("delete from approval_steps where id = $1", [id]);
      return () => client.query("insert into approval_steps select * from kept");
    });
    expect(named(verdict)).toContain(`10 no step is removed @ approval_steps ${id}`);
    expect(verdict.faults.map((fault) => fault.rule)).toEqual(
      expect.arrayContaining([
        "9 an award stands where its signatures put it",
        "10 steps follow each other",
        "10 a step names the hash of the one before it",
      ]),
    );
  });

  it("names a forged signature", async () => {
    let id = "";
    const verdict = await verdictAfter(test, async (client) => {
      const row = await one(
        client,
        "select id, encode(signature, 'hex') as signature, (select encode(o.signature, 'hex') from approval_steps o where o.id <> s.id limit 1) as other from approval_steps s where action = 'approve' limit 1",
      );
      id = row.id ?? "";
      const set = (hex: string | undefined) =>
        client.query("update approval_steps set signature = decode($2, 'hex') where id = $1", [id, hex]);
      await set(row.other);
      return () => set(row.signature);
    });
    expect(named(verdict)).toEqual([`10 a step's signature verifies @ approval_steps ${id}`]);
  });

  it("names a changed balance", async () => {
    let id = "";
    const verdict = await verdictAfter(test, async (client) => {
      const row = await one(
        client,
        "select a.id from accounts a join account_balances b on b.account_id = a.id where a.kind = 'treasury' and b.debit_fen > 0",
      );
      id = row.id ?? "";
      await client.query("update account_balances set debit_fen = debit_fen + 1 where account_id = $1", [id]);
      return () =>
        client.query("update account_balances set debit_fen = debit_fen - 1 where account_id = $1", [id]);
    });
    expect(named(verdict)).toEqual([`5 stored balance equals the entries @ account_balances ${id}`]);
  });

  it("names a balance that says of its account what it is not", async () => {
    let id = "";
    const verdict = await verdictAfter(test, async (client) => {
      const row = await one(client, "select account_id as id from account_balances where kind = 'payable'");
      id = row.id ?? "";
      await client.query("update account_balances set kind = 'treasury' where account_id = $1", [id]);
      return () => client.query("update account_balances set kind = 'payable' where account_id = $1", [id]);
    });
    expect(named(verdict)).toEqual([`5 a balance says what its account is @ account_balances ${id}`]);
  });

  it("names every entry of an account that was taken away, which no key of the journal holds", async () => {
    let entries: string[] = [];
    const verdict = await verdictAfter(test, async (client) => {
      await client.query("create temp table gone_account as select * from accounts where kind = 'funding'");
      await client.query(
        "create temp table gone_balance as select * from account_balances where account_id in (select id from gone_account)",
      );
      const { rows } = await client.query<{ id: string }>(
        "select e.id from ledger_entries e where e.debit_account_id in (select id from gone_account) or e.credit_account_id in (select id from gone_account)",
      );
      entries = rows.map(({ id }) => id);
      await client.query("delete from account_balances where account_id in (select id from gone_account)");
      await client.query("delete from accounts where id in (select id from gone_account)");
      return async () => {
        await client.query("insert into accounts select * from gone_account");
        await client.query("insert into account_balances select * from gone_balance");
      };
    });
    expect(entries.length).toBeGreaterThan(1);
    expect(named(verdict)).toEqual(
      expect.arrayContaining(entries.map((id) => `1 an entry names known accounts @ ledger_entries ${id}`)),
    );
  });

  it("names a computation that no longer replays", async () => {
    let id = "";
    const verdict = await verdictAfter(test, async (client) => {
      const row = await one(client, "select id from reward_pools where status = 'live' order by id limit 1");
      id = row.id ?? "";
      const set = (grade: number) =>
        client.query(
          "update reward_pools set case_input = jsonb_set(case_input, '{grade}', to_jsonb($2::int)) where id = $1",
          [id, grade],
        );
      await set(2);
      return () => set(1);
    });
    expect(named(verdict)).toContain(`12 a reward is recomputable bit for bit @ reward_pools ${id}`);
  });

  it("names a gap in the voucher numbers", async () => {
    const verdict = await verdictAfter(test, async (client) => {
      await client.query("create temp table gone as select * from voucher_numbers where number = 2");
      await client.query("delete from voucher_numbers where number = 2");
      return () => client.query("insert into voucher_numbers select * from gone");
    });
    expect(verdict.faults.map((fault) => [fault.rule, fault.id])).toEqual(
      expect.arrayContaining([["14 voucher numbers have no gap", "2026-000003"]]),
    );
  });

  const PAID = "(select id from awards where status = 'paid')";

  it.each([
    [
      "a finding superseded under a paid award",
      "findings",
      `id = (select finding_id from reward_pools p join awards a on a.pool_id = p.id where a.id = ${PAID})`,
      "status = 'superseded'",
      ["12 an approved award rests on a finding that stands @ awards"],
    ],
    [
      "a finding no longer final",
      "findings",
      `id = (select finding_id from reward_pools p join awards a on a.pool_id = p.id where a.id = ${PAID})`,
      "is_final = false",
      [
        "12 a reward rests on a verified, final finding @ reward_pools",
        "12 an approved award rests on a finding that stands @ awards",
      ],
    ],
    [
      "a tip hung on another lead",
      "tips",
      `id = (select tip_id from awards where id = ${PAID})`,
      "lead_id = (select id from leads where id <> tips.lead_id limit 1)",
      ["7 an award is on its tip's lead @ awards"],
    ],
    [
      "a payment of another day",
      "payouts",
      "status = 'live'",
      "paid_on = paid_on + 1",
      ["7 a payment has the day of its posting @ payouts"],
    ],
    [
      "a payment by one of the signers",
      "payouts",
      "status = 'live'",
      "cashier_id = (select s.actor_id from approval_steps s join vouchers v on v.id = s.voucher_id where v.award_id = payouts.award_id and s.action = 'approve')",
      [
        "7 a payment is posted by its cashier @ payouts",
        "9 a cashier signed nothing on the voucher @ payouts",
      ],
    ],
    [
      "a payment of another amount",
      "payouts",
      "status = 'live'",
      "amount_fen = amount_fen + 1",
      ["7 a payment is the award's, with its own posting @ payouts"],
    ],
    [
      "a posting by another person",
      "ledger_transactions",
      "event = 'award.posted'",
      "actor_id = (select id from staff where id <> ledger_transactions.actor_id order by id limit 1)",
      ["3 a posting is by whom the audit trail names @ ledger_transactions"],
    ],
    [
      "a posting of another day",
      "ledger_transactions",
      "event = 'budget.approved'",
      "event_on = event_on + 1",
      [
        "3 a posting has the day the audit trail tells @ ledger_transactions",
        "9 a posting has the day two agreed to @ ledger_transactions",
      ],
    ],
    [
      "a posting the audit trail no longer tells of",
      "events",
      "action = 'award.posted'",
      "data = data - 'transaction'",
      ["3 the audit trail tells of every posting once @ ledger_transactions"],
    ],
  ])("names %s", async (_what, table, where, change, expected) => {
    const verdict = await verdictAfter(test, async (client) => {
      await client.query(`create temp table before_${table} as select * from ${table} where ${where}`);
      const { rowCount } = await client.query(`update ${table} set ${change} where ${where}`);
      expect(rowCount).toBe(1);
      const { rows } = await client.query<{ name: string }>(
        "select column_name as name from information_schema.columns where table_schema = 'public' and table_name = $1 and is_identity = 'NO' and column_name <> 'id'",
        [table],
      );
      const back = rows.map(({ name }) => `${name} = b.${name}`).join(", ");
      return async () => {
        await client.query(`update ${table} o set ${back} from before_${table} b where b.id = o.id`);
        await client.query(`drop table before_${table}`);
      };
    });
    expect([...new Set(named(verdict).map((fault) => fault.replace(/ [^ ]*$/, "")))].sort()).toEqual(
      [...expected].sort(),
    );
  });
});
