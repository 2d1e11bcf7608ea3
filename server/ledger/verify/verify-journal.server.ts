import { groupRows } from "../group-rows";
import { NEVER_NEGATIVE, naturalBalance } from "../ledger-events";
import type { Findings } from "./fault-list";
import { FIRST_ID, readPages, type ReadRows } from "./read-rows.server";

type Account = {
  id: string;
  book: string;
  kind: string;
  fund_id: string;
  budget_id: string | null;
  currency: string;
  debit: string | null;
  credit: string | null;
  /** Whether its balance says of it what it is. */
  told: boolean;
};
type Entry = { id: string; debit: string; credit: string; amount: string };
type Transaction = {
  id: string;
  seq: string;
  event: string;
  fund_id: string;
  award_id: string | null;
  award_amount: string | null;
  award_budget: string | null;
  corrects_id: string | null;
  corrected: Entry[] | null;
  entries: Entry[];
};
type Rule = { event: string; leg: number; debit_kind: string; credit_kind: string; award: string };
type Sums = { debit: bigint; credit: bigint };

const ENTRIES = (id: string) =>
  `(select coalesce(json_agg(json_build_object('id', e.id, 'debit', e.debit_account_id, 'credit', e.credit_account_id,
     'amount', e.amount_fen::text) order by e.line), '[]') from ledger_entries e where e.transaction_id = ${id})`;

/**
 * Replays the whole journal in its order of posting and compares the outcome with the stored balances (invariants 1,
 * 2, 4, 5 and 6). Memory grows with accounts, not with postings.
 */
export async function verifyJournal(read: ReadRows, findings: Findings): Promise<void> {
  const accounts = new Map(
    (
      await read<Account>(
        `select a.id, a.book, a.kind, a.fund_id, a.budget_id, a.currency, b.debit_fen::text as debit, b.credit_fen::text as credit,
                (b.kind, b.fund_id, b.budget_id, b.currency) is not distinct from (a.kind, a.fund_id, a.budget_id, a.currency) as told
           from accounts a left join account_balances b on b.account_id = a.id order by a.id`,
      )
    ).map((account) => [account.id, account]),
  );
  const rules = groupRows(
    await read<Rule>("select event, leg, debit_kind, credit_kind, award from posting_rules"),
    (rule) => rule.event,
  );
  const sums = new Map<string, Sums>();
  let replayed = 0n;
  const transactions = readPages<Transaction>(
    read,
    `select t.id, t.seq::text, t.event, t.fund_id, t.award_id, a.amount_fen::text as award_amount, coalesce((select k.to_budget_id from award_carries k join ledger_transactions c on c.id = k.transaction_id
              where k.award_id = a.id and c.seq < t.seq order by c.seq desc limit 1), a.budget_id) as award_budget,
            t.corrects_id, case when t.corrects_id is not null then ${ENTRIES("t.corrects_id")} end as corrected,
            ${ENTRIES("t.id")} as entries
       from ledger_transactions t left join awards a on a.id = t.award_id where t.seq > $1 order by t.seq`,
    ["0"],
    (row) => [row.seq],
  );
  for await (const transaction of transactions) {
    findings.count("transactions");
    checkTransaction(transaction, accounts, rules.get(transaction.event) ?? [], findings);
    for (const entry of transaction.entries) {
      findings.count("entries");
      replayed += 1n;
      add(sums, entry.debit, BigInt(entry.amount), 0n);
      add(sums, entry.credit, 0n, BigInt(entry.amount));
    }
    checkRunning(transaction, accounts, sums, findings);
  }
  await findStray(read, replayed, findings);
  for (const account of accounts.values()) {
    findings.count("accounts");
    const sum = sums.get(account.id) ?? { debit: 0n, credit: 0n };
    if (account.debit !== sum.debit.toString() || account.credit !== sum.credit.toString()) {
      findings.fault(
        "5 stored balance equals the entries",
        "account_balances",
        account.id,
        `stored ${account.debit ?? "none"}/${account.credit ?? "none"}, entries ${sum.debit}/${sum.credit}`,
      );
    } else if (!account.told) {
      findings.fault(
        "5 a balance says what its account is",
        "account_balances",
        account.id,
        `an account of kind ${account.kind}`,
      );
    }
  }
}

/** Entries of no posting, which no foreign key keeps out (decision 007): looked for where there are more than were replayed. */
async function findStray(read: ReadRows, replayed: bigint, findings: Findings): Promise<void> {
  const [all] = await read<{ n: string }>("select count(*)::text as n from ledger_entries");
  if (BigInt(all?.n ?? 0) === replayed) return;
  const stray = readPages<{ id: string; transaction_id: string }>(
    read,
    `select e.id, e.transaction_id from ledger_entries e
      where e.id > $1 and not exists (select 1 from ledger_transactions t where t.id = e.transaction_id) order by e.id`,
    [FIRST_ID],
    (row) => [row.id],
  );
  for await (const { id, transaction_id } of stray) {
    findings.fault("1 an entry is of a posting", "ledger_entries", id, transaction_id);
  }
}

function add(sums: Map<string, Sums>, id: string, debit: bigint, credit: bigint): void {
  const known = sums.get(id) ?? { debit: 0n, credit: 0n };
  sums.set(id, { debit: known.debit + debit, credit: known.credit + credit });
}

function checkTransaction(
  transaction: Transaction,
  accounts: ReadonlyMap<string, Account>,
  rules: readonly Rule[],
  findings: Findings,
): void {
  const wrong = (rule: string, detail: string, entry?: Entry) =>
    findings.fault(
      rule,
      entry ? "ledger_entries" : "ledger_transactions",
      entry?.id ?? transaction.id,
      detail,
    );
  if (transaction.entries.length === 0) wrong("1 a posting has entries", transaction.event);
  const legs = new Map<number, bigint>(rules.map((rule) => [rule.leg, 0n]));
  for (const entry of transaction.entries) {
    const debit = accounts.get(entry.debit);
    const credit = accounts.get(entry.credit);
    if (debit === undefined || credit === undefined) {
      wrong("1 an entry names known accounts", `${entry.debit} ${entry.credit}`, entry);
      continue;
    }
    if (debit.book !== credit.book || debit.currency !== credit.currency) {
      wrong("1 a posting balances per book and currency", `${debit.kind}/${credit.kind}`, entry);
    }
    if (
      debit.budget_id !== credit.budget_id ||
      debit.fund_id !== credit.fund_id ||
      debit.fund_id !== transaction.fund_id
    ) {
      wrong("1 a posting stays in its fund and budget", `${debit.kind}/${credit.kind}`, entry);
    }
    if (BigInt(entry.amount) <= 0n || entry.debit === entry.credit)
      wrong("2 an entry moves money", entry.amount, entry);
    if (transaction.event === "correction") continue;
    const rule = rules.find((each) => each.debit_kind === debit.kind && each.credit_kind === credit.kind);
    if (rule === undefined)
      wrong(`1 ${transaction.event} posts such a pair`, `${debit.kind}/${credit.kind}`, entry);
    else legs.set(rule.leg, (legs.get(rule.leg) ?? 0n) + BigInt(entry.amount));
    if (
      debit.budget_id !== null &&
      transaction.award_budget !== null &&
      debit.budget_id !== transaction.award_budget
    ) {
      wrong("7 an award is posted in its own budget", debit.budget_id, entry);
    }
  }
  if (transaction.award_id !== null && transaction.award_amount === null)
    wrong("7 a posting is about an award that is there", transaction.award_id);
  if (transaction.event === "correction") {
    checkMirror(transaction, findings);
    return;
  }
  const totals = [...legs.values()];
  if (totals.some((total) => total !== totals[0])) {
    wrong("1 every book the event touches carries the same amount", totals.join(" / "));
  }
  const about = rules[0]?.award ?? "none";
  if ((about === "none") !== (transaction.award_id === null))
    wrong("7 the event names its award", transaction.event);
  if (about === "whole" && totals[0]?.toString() !== transaction.award_amount) {
    wrong("7 the posting carries the award's amount", `${totals[0]} instead of ${transaction.award_amount}`);
  }
}

function checkMirror(transaction: Transaction, findings: Findings): void {
  const spell = (entries: readonly Entry[], swap: boolean) =>
    entries
      .map((entry) =>
        swap
          ? `${entry.credit} ${entry.debit} ${entry.amount}`
          : `${entry.debit} ${entry.credit} ${entry.amount}`,
      )
      .sort()
      .join("\n");
  if (spell(transaction.entries, false) !== spell(transaction.corrected ?? [], true)) {
    findings.fault(
      "4 a correction mirrors what it corrects",
      "ledger_transactions",
      transaction.id,
      `corrects ${transaction.corrects_id}`,
    );
  }
}

/** Balances after this posting: none negative that may not be, and each budget's appropriation whole. */
function checkRunning(
  transaction: Transaction,
  accounts: ReadonlyMap<string, Account>,
  sums: ReadonlyMap<string, Sums>,
  findings: Findings,
): void {
  const budgets = new Set<string>();
  for (const id of new Set(transaction.entries.flatMap((entry) => [entry.debit, entry.credit]))) {
    const account = accounts.get(id);
    const sum = sums.get(id);
    if (account === undefined || sum === undefined) continue;
    if (account.budget_id !== null) budgets.add(account.budget_id);
    const balance = naturalBalance(account.kind, sum.debit, sum.credit);
    if (NEVER_NEGATIVE.has(account.kind) && balance < 0n) {
      findings.fault(
        `5 ${account.kind} is never negative`,
        "ledger_transactions",
        transaction.id,
        balance.toString(),
      );
    }
  }
  for (const budgetId of budgets) {
    let off = 0n;
    for (const account of accounts.values()) {
      const sum = account.budget_id === budgetId ? sums.get(account.id) : undefined;
      if (sum !== undefined) off += sum.debit - sum.credit;
    }
    if (off !== 0n) {
      findings.fault(
        "6 appropriation = available + encumbered + spent",
        "ledger_transactions",
        transaction.id,
        `budget ${budgetId} is off by ${off}`,
      );
    }
  }
}
