import { beforeAll, expect, it } from "vitest";
import { sealJournal } from "~server/ledger/seal-journal.server";
import { makeAward, makeDesk, type Desk, type TestAward } from "~tests/factories/make-award";
import { makeClaimable, openWindow } from "~tests/factories/pay-window";
import { testDatabase } from "~tests/setup/database";
import { refusedBy } from "~tests/setup/refused-by";
import { installTestPack, testPortal } from "~tests/setup/test-portal";
import { accountsOf, inTransaction, post, type RawPosting } from "./raw-posting";
import { buildStep, insertStep } from "./raw-step";

const test = testDatabase();
let desk: Desk;
let of: (kind: string) => string;
let drafted: TestAward;

beforeAll(async () => {
  await installTestPack(testPortal(test.db, "2026-06-01T02:00:00Z"));
  desk = await makeDesk(test.db);
  of = await accountsOf(test.db.pool, desk.budgetId);
  drafted = await makeAward(test.db, desk);
  await openWindow(test.db, desk, 0n);
  await makeClaimable(test.db, desk);
  await sealJournal(test.db);
});

const received = (more: Partial<RawPosting> = {}): RawPosting => ({
  event: "funds.received",
  fundId: desk.fundId,
  entries: [[of("treasury"), of("funding"), 1n]],
  ...more,
});
const posting = (more: () => Partial<RawPosting>) => () => post(test.db.pool, received(more()));
const signing = (person: () => Desk["preparer"], userVerified?: boolean) => async () => {
  const step = await buildStep(
    test.db.pool,
    drafted.awardId,
    person(),
    "prepare",
    userVerified === undefined ? {} : { userVerified },
  );
  return inTransaction(test.db.pool, (client) => insertStep(client, step, drafted.awardId, "prepared"));
};

/**
 * The twenty invariants of the ledger, each with one attempt at the database itself, and the files that prove it in
 * full. SQL is tried as the application, which lacks the right or meets the rule, and as the owner of the tables, who
 * meets the rule; postings and signatures are written past the code as the application.
 */
const INVARIANTS: readonly (readonly [
  number: number,
  invariant: string,
  attempt: string | (() => Promise<unknown>),
  rule: string,
  provenBy: string,
])[] = [
  [
    1,
    "a transaction balances per book and currency",
    posting(() => ({ entries: [[of("spent"), of("payable"), 1n]], event: "award.posted" })),
    "ledger_transactions_balanced",
    "ledger/journal-invariants",
  ],
  [
    2,
    "an entry moves more than nothing",
    posting(() => ({ entries: [[of("treasury"), of("funding"), 0n]] })),
    "ledger_entries_amount_ck",
    "ledger/journal-invariants",
  ],
  [
    3,
    "the journal is append-only",
    "update ledger_entries set amount_fen = amount_fen + 1",
    "ledger_entries_append_only",
    "ledger/journal-invariants",
  ],
  [
    4,
    "a correction mirrors what it names",
    "correction",
    "ledger_transactions_mirror",
    "ledger/journal-invariants, ledger/two-people",
  ],
  [
    5,
    "window cash is never below nothing",
    posting(() => ({ event: "float.returned", entries: [[of("treasury"), of("window_cash"), 1n]] })),
    "account_balances_window_cash_ck",
    "ledger/journal-invariants, ledger/races",
  ],
  [
    6,
    "balances are moved by entries alone",
    "update account_balances set debit_fen = debit_fen + 1",
    "account_balances_by_entries",
    "ledger/journal-invariants",
  ],
  [
    7,
    "an award is paid by its payout alone",
    "update awards set status = 'paid' where status = 'posted'",
    "awards_ledger",
    "ledger/award-invariants, ledger/races, payouts/batches",
  ],
  [
    8,
    "shares sum to the pool",
    "update awards set amount_fen = amount_fen + 1",
    "awards_history",
    "ledger/award-invariants",
  ],
  [
    9,
    "who signs holds the step's role and found nothing",
    signing(() => desk.cashier),
    "approval_steps_role",
    "ledger/approval-invariants",
  ],
  [
    10,
    "a step is signed by a passkey that verified its person",
    signing(() => desk.preparer, false),
    "approval_steps_authenticator",
    "ledger/approval-invariants, rewards-flow/verify-ledger",
  ],
  [
    11,
    "what the ladder looks at is never edited",
    "update reward_pools set amount_fen = 1",
    "reward_pools_history",
    "rewards-flow/approvals",
  ],
  [
    12,
    "the inputs of a reward stay",
    "update reward_pools set case_input = '{}'",
    "reward_pools_history",
    "rewards-flow/verify-ledger",
  ],
  [
    13,
    "a used scheme never changes",
    "update schemes set content = '{}'",
    "schemes_append_only",
    "rewards-flow/scheme-versions",
  ],
  [
    14,
    "voucher numbers have no gap",
    "update voucher_numbers set number = number + 100",
    "voucher_numbers_append_only",
    "ledger/journal-invariants, ledger/races",
  ],
  [
    15,
    "a batch says what its lines say",
    "insert into payout_batches",
    "payout_batches_body",
    "payouts/batches",
  ],
  [
    16,
    "a claim code is spent with its payment alone",
    "update claim_codes set status = 'spent', ended_on = '2026-06-01'",
    "claim_codes_paid",
    "claims/claim-at-window",
  ],
  [
    17,
    "no journal row holds a name",
    posting(() => ({ key: "pay:张三" })),
    "ledger_transactions_key_ck",
    "ledger/plain-names, claims/payee-secrecy, payouts/batches",
  ],
  [
    18,
    "no seal is taken away",
    "delete from ledger_seals",
    "ledger_seals_append_only",
    "ledger/journal-chain, ledger/ledger-commands",
  ],
  [
    19,
    "one key has one effect",
    async () => {
      await posting(() => ({ key: "pay:once" }))();
      return posting(() => ({ key: "pay:once" }))();
    },
    "ledger_transactions_idempotency_uq",
    "ledger/retry-posting, ledger/races",
  ],
  [
    20,
    "a month is closed by two",
    "insert into period_closings values ('2026-01', gen_random_uuid(), now())",
    "period_closings_by_two",
    "ledger/two-people",
  ],
];

it("there are twenty", () => {
  expect(INVARIANTS.map(([number]) => number)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
});

it.each(INVARIANTS)("invariant %i: %s", async (_number, _invariant, attempt, rule) => {
  if (typeof attempt !== "string") {
    expect(await refusedBy(attempt())).toBe(rule);
    return;
  }
  const text =
    attempt === "insert into payout_batches" ? badBatch() : attempt === "correction" ? null : attempt;
  if (text === null) {
    const id = await post(test.db.pool, received());
    const entries = [[of("funding"), of("treasury"), 2n]] as const;
    expect(
      await refusedBy(post(test.db.pool, received({ event: "correction", correctsId: id, entries }))),
    ).toBe(rule);
    return;
  }
  // What the application has no right to (42501) does not come to the rule.
  expect([rule, "42501"]).toContain(await refusedBy(test.db.pool.query(text)));
  expect(await refusedBy(test.owner.query(text))).toBe(rule);
});

function badBatch(): string {
  const body = '{"batch":"PB2026-0001"}';
  return `insert into payout_batches (id, year, no, fund_id, cashier_id, body, hash, status, prepared_by, prepared_at)
    values (gen_random_uuid(), 2026, 1, '${desk.fundId}', '${desk.cashier.actor.id}', '${body}',
      sha256(convert_to('${body}', 'UTF8')), 'frozen', '${desk.preparer.actor.id}', now())`;
}
