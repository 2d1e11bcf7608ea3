import { beforeAll, describe, expect, it } from "vitest";
import { fixedClock } from "~server/clock";
import type { Asked } from "~server/ledger/ledger-requests";
import { postAcceptedAward } from "~server/ledger/post-accepted-award.server";
import { verifyLedger } from "~server/ledger/verify-ledger.server";
import { agreeAside, proposeAside } from "~server/payouts/set-line-aside.server";
import { takeStatement } from "~server/payouts/take-statement.server";
import { agreeDay, countDay } from "~server/windows/count-day.server";
import { payAgainstCode } from "~server/windows/pay-claim.server";
import { actByTwo } from "~tests/factories/by-two";
import { bounceByHand } from "~tests/factories/bounce-by-hand";
import {
  CLOCK,
  TODAY,
  approveTo,
  makeAcceptedAward,
  makeAward,
  makeDesk,
  openEmptyYear,
  type Desk,
} from "~tests/factories/make-award";
import { makeStaff } from "~tests/factories/make-staff";
import { makeClaimable, openWindow } from "~tests/factories/pay-window";
import { payByHand } from "~tests/factories/pay-by-hand";
import { testDatabase } from "~tests/setup/database";
import { one, verdictAfter } from "./tamper";

const test = testDatabase();
const NEXT_YEAR = fixedClock("2027-01-05T02:00:00Z");

let desk: Desk;
let other: Desk;

beforeAll(async () => {
  desk = await makeDesk(test.db);
  other = await makeDesk(test.db);
  const byTwo = (asked: Asked, clock = CLOCK) =>
    actByTwo(test.db, asked, { asker: desk.preparer, agreer: desk.approver, clock });
  const adjust = { kind: "adjust", budgetId: desk.budgetId, eventOn: "2026-05-20" } as const;
  await byTwo({ ...adjust, amountFen: 900n });
  await byTwo({ ...adjust, amountFen: -400n });
  const wrong = await byTwo({ ...adjust, amountFen: 77n });
  const { rows } = await test.owner.query<{ id: string }>(
    "select id from ledger_transactions where request_id = $1",
    [wrong],
  );
  await byTwo({ ...adjust, amountFen: -77n, corrects: rows[0]?.id ?? "" });
  const promised = await makeAward(test.db, desk);
  await approveTo(test.db, desk, promised.awardId, "approved");
  await byTwo({ kind: "revoke", awardId: promised.awardId });
  const booked = await makeAcceptedAward(test.db, desk);
  await postAcceptedAward(test.db, booked, desk.preparer.actor, CLOCK);
  await byTwo({ kind: "revoke", awardId: booked.awardId });
  const paid = await makeAcceptedAward(test.db, desk);
  await postAcceptedAward(test.db, paid, desk.preparer.actor, CLOCK);
  const payment = { awardId: paid.awardId, paidOn: TODAY };
  const first = await payByHand(test.db, { ...payment, reference: "BK-FIRST" }, desk.cashier.actor, CLOCK);
  await bounceByHand(test.db, { payoutId: first.payoutId, bouncedOn: TODAY }, CLOCK);
  await payByHand(test.db, { ...payment, reference: "BK-SECOND" }, desk.cashier.actor, CLOCK);
  const back = { awardId: paid.awardId, amountFen: 500n };
  await byTwo({ kind: "clawback", ...back, ground: "wrong-facts" });
  await byTwo({ kind: "write_off", ...back });
  await makeCash();
  await makeStatement();
  const late = await makeDesk(test.db, 700n);
  await openEmptyYear(test.db, late.approver, {
    source: await slugOf(late),
    slug: await slugOf(late),
    fiscalYear: 2027,
  });
  await byTwo({ kind: "close_year", budgetId: late.budgetId, carry: true }, NEXT_YEAR);
  const lapsing = await makeDesk(test.db, 300n);
  await byTwo({ kind: "close_year", budgetId: lapsing.budgetId, carry: false }, NEXT_YEAR);
  await byTwo({ kind: "close_month", month: "2026-01" }, NEXT_YEAR);
});

async function slugOf({ fundId }: Desk): Promise<string> {
  const { rows } = await test.owner.query<{ slug: string }>("select slug from funds where id = $1", [fundId]);
  return rows[0]?.slug ?? "";
}

async function makeCash(): Promise<void> {
  const clerk = await makeStaff(test.db, ["window_clerk"]);
  const windowId = await openWindow(test.db, desk, 10_000_000n);
  const { awardId, code } = await makeClaimable(test.db, desk);
  await payAgainstCode(test.db, { windowId, awardId, code }, clerk.actor, CLOCK);
  const bookFen = 10_000_000n - 4_999_500n;
  const count = { windowId, countedFen: bookFen - 5n, bookFen, explanation: "零钱短少，已登记" };
  await countDay(test.db, count, clerk.actor, CLOCK);
  await agreeDay(test.db, { windowId, day: TODAY }, desk.cashier.actor, CLOCK);
}

async function makeStatement(): Promise<void> {
  const of = { fundId: desk.fundId, number: "20260601-1", closedOn: TODAY, closingFen: "0" };
  const stranger = { endToEndId: null, amountFen: "4200", date: TODAY, status: "in" as const };
  const taken = { ...of, lines: [stranger, { ...stranger, status: "out" as const }] };
  const { statementId } = await takeStatement(test.db, taken, desk.cashier.actor, CLOCK);
  const { rows } = await test.owner.query<{ id: string }>(
    "select id from bank_lines where statement_id = $1 order by line_no limit 1",
    [statementId],
  );
  const aside = { bankLineId: rows[0]?.id ?? "", what: "matched" } as const;
  await proposeAside(test.db, { ...aside, reason: "已另行入账，核对无误" }, desk.cashier.actor, CLOCK);
  await agreeAside(test.db, aside, desk.reviewer.actor, CLOCK);
}

type Change = { readonly table: string; readonly set: string; readonly where: string };

/** Changes columns of rows for one verdict, and puts them back. */
function verdictOf(changes: readonly Change[]) {
  return verdictAfter(test, async (client) => {
    for (const [at, { table, where }] of changes.entries()) {
      await client.query(`create table was_${at} as select t.* from ${table} t where ${where}`);
      await one(client, `select count(*) as n from was_${at} having count(*) > 0`);
    }
    for (const [at, { table, set }] of changes.entries())
      await client.query(
        `update ${table} t set ${set} from was_${at} w where t.${keyOf(table)} = w.${keyOf(table)}`,
      );
    return async () => {
      for (const [at, { table, set }] of changes.entries()) {
        const columns = set.split(/, (?=[a-z_]+ = )/).map((each) => each.split(" = ")[0] ?? "");
        const back = columns.map((name) => `${name} = w.${name}`).join(", ");
        await client.query(
          `update ${table} t set ${back} from was_${at} w where t.${keyOf(table)} = w.${keyOf(table)}`,
        );
        await client.query(`drop table was_${at}`);
      }
    };
  });
}

/** What a row is known by that no test changes. */
const keyOf = (table: string) => KEYS[table] ?? "id";
const KEYS: Readonly<Record<string, string>> = {
  year_closings: "request_id",
  period_closings: "request_id",
  window_days: "window_id",
};

/** The posting of an act by two: of a kind, or of an event where a kind has several. */
function postingOf(kind: string, and = "true"): string {
  return `(select p.id from ledger_transactions p join ledger_requests q on q.id = p.request_id where q.kind = '${kind}' and ${and} order by p.seq desc limit 1)`;
}

const AMOUNT = "9 a posting carries the amount two agreed to";
const BUDGET = "9 a posting is on the budget two agreed to";
const DAY = "9 a posting has the day two agreed to";
const CLOSED = "20 what two agreed to close is closed";
const CASH = "9 a window's cash moves as it was posted";
const COUNTED = "3 the audit trail tells what was counted";
const CAME = "15 a statement's lines are as they came";
const BOOKED = "15 a line of the bank is booked as it is";
const OPENED = postingOf("open");
const MATCHED = "(select p.id from ledger_transactions p where p.event = 'bank.matched')";
const YESTERDAY = "decided_at = t.decided_at - interval '1 day'";

describe("ledger:verify, of what two agreed to", () => {
  it("finds nothing in books that say what was agreed to", async () => {
    expect((await verifyLedger(test.db)).faults).toEqual([]);
  });

  // Several at once, as reading all books again for each would only take longer.
  it.each([
    [
      ["open", "true", AMOUNT, DAY],
      ["adjust", "q.amount_fen = 900", AMOUNT, DAY],
      ["adjust", "q.amount_fen = -400", AMOUNT, DAY],
      ["adjust", "p.event = 'correction'", AMOUNT, DAY],
      ["revoke", "p.event = 'award.revoked'", AMOUNT, DAY],
      ["revoke", "p.event = 'award.posting_revoked'", AMOUNT, DAY],
    ],
    [
      ["clawback", "true", AMOUNT, DAY],
      ["write_off", "true", AMOUNT, DAY],
      ["bounce", "true", AMOUNT, DAY],
      ["pay", "true", AMOUNT, BUDGET],
      ["close_year", "p.event = 'year.lapsed'", BUDGET, DAY],
      ["close_year", "p.event = 'year.available_carried'", BUDGET, DAY],
    ],
  ])("names another amount, budget and day of an act by two", async (...kinds) => {
    const ids: string[] = [];
    for (const [kind = "", and] of kinds) {
      const { rows } = await test.owner.query<{ id: string }>(`select ${postingOf(kind, and)} as id`);
      ids.push(rows[0]?.id ?? "");
    }
    // The accounts become those of another fund, as a whole: the books themselves stay in order.
    const like = (side: string) =>
      `(select o.id from accounts o join accounts m on m.id = t.${side} where o.kind = m.kind and o.currency = m.currency and o.fund_id = '${other.fundId}' limit 1)`;
    const accounts = `debit_account_id = ${like("debit_account_id")}, credit_account_id = ${like("credit_account_id")}`;
    const any = `any ('{${ids.join()}}')`;
    const { faults } = await verdictOf([
      {
        table: "ledger_entries",
        set: `amount_fen = t.amount_fen + 1, ${accounts}`,
        where: `transaction_id = ${any}`,
      },
      {
        table: "ledger_transactions",
        set: `event_on = t.event_on - 1, fund_id = '${other.fundId}'`,
        where: `id = ${any}`,
      },
    ]);
    for (const [at, [kind, , ...rules]] of kinds.entries()) {
      const named = faults.filter((fault) => fault.id === ids[at]).map(({ rule }) => rule);
      expect(named, kind).toEqual(expect.arrayContaining([...rules, BUDGET]));
    }
  });

  it.each<readonly (readonly [string, string, string, string])[]>([
    // Of each act another row, each found by a rule of its own.
    [
      [
        "budgets",
        "fiscal_year = 2031",
        `id = (select a.budget_id from accounts a join ledger_entries e on e.debit_account_id = a.id where e.transaction_id = ${OPENED})`,
        BUDGET,
      ],
      ["ledger_requests", "amount_fen = t.amount_fen + 1", "kind = 'write_off'", AMOUNT],
      ["ledger_requests", YESTERDAY, "kind = 'clawback'", DAY],
      ["period_closings", "month = '2025-12'", "true", CLOSED],
      ["window_movements", "amount_fen = t.amount_fen + 1", "kind = 'top_up'", CASH],
      ["window_days", "counted_fen = t.counted_fen + 1", "true", COUNTED],
      ["bank_lines", "amount_fen = t.amount_fen + 1", "outcome = 'suspense'", CAME],
      [
        "ledger_entries",
        "debit_account_id = t.credit_account_id, credit_account_id = t.debit_account_id",
        `transaction_id = ${MATCHED}`,
        BOOKED,
      ],
    ],
    [
      [
        "funds",
        "source = '另一项资金'",
        `id = (select fund_id from ledger_transactions where id = ${OPENED})`,
        BUDGET,
      ],
      [
        "ledger_requests",
        YESTERDAY,
        "kind = 'pay'",
        "3 the audit trail tells of every act by two, by whom and when",
      ],
      [
        "year_closings",
        `budget_id = (select id from budgets b where not exists (select from year_closings y where y.budget_id = b.id) limit 1)`,
        "request_id = (select id from ledger_requests where kind = 'close_year' limit 1)",
        CLOSED,
      ],
      ["window_movements", "day = t.day - 1", "kind = 'payment'", CASH],
      [
        "window_days",
        "agreed_by = (select id from staff where id not in (t.agreed_by, t.counted_by) limit 1)",
        "true",
        COUNTED,
      ],
      [
        "bank_lines",
        "value_on = t.value_on - 1",
        "outcome = 'suspense'",
        "15 a line of the bank is booked on its day",
      ],
      ["ledger_entries", "amount_fen = t.amount_fen + 1", `transaction_id = ${MATCHED}`, BOOKED],
    ],
    [
      [
        "funds",
        "agency_id = 't.other'",
        `id = (select fund_id from ledger_transactions where id = ${OPENED})`,
        BUDGET,
      ],
      [
        "window_movements",
        "amount_fen = t.amount_fen - 1",
        "kind = 'payment'",
        "9 a day's book is what moved",
      ],
      ["bank_statements", "fund_id = (select id from funds f where f.id <> t.fund_id limit 1)", "true", CAME],
    ],
    [
      [
        "ledger_requests",
        "budget_id = (select id from budgets where id <> t.budget_id limit 1)",
        "kind = 'adjust'",
        BUDGET,
      ],
    ],
  ])("names a change of what was agreed to, counted or brought by the bank", async (...changes) => {
    await test.owner.query(
      "insert into agencies (id, pack_id, slug, name, name_en) values ('t.other', 't', 'other', '另一局', 'Other') on conflict do nothing",
    );
    const { faults } = await verdictOf(changes.map(([table, set, where]) => ({ table, set, where })));
    expect(faults.map((fault) => fault.rule)).toEqual(expect.arrayContaining(changes.map((each) => each[3])));
  });

  it("finds nothing any more once all is as it was", async () => {
    expect((await verifyLedger(test.db)).faults).toEqual([]);
  });
});
