/**
 * `statement` is refused by the rule, after `before` was written with all triggers asleep. Of a trigger that refuses
 * nothing but does what follows, `check` says instead what holds after the statement only while the trigger is there.
 */
export type HandAttempt = {
  readonly before?: readonly string[];
  readonly statement: string;
  readonly check?: string;
};

const ON_WAY = (state: string) =>
  `update payout_lines set state = '${state}' where id = (select l.id from payout_lines l join payee_details d on d.award_id = l.award_id
     join payouts p on p.reference = l.reference and p.status = 'live' where l.state = 'settled' order by l.id limit 1)`;
const onWay = (state: string) => `(select award_id from payout_lines where state = '${state}')`;
const HELD = "(select award_id from award_holds where lifted_at is null)";

/** A row like the first one that fits, with some columns changed. */
function like(table: string, changed: Readonly<Record<string, string>>, where = "true"): string {
  const list = Object.entries(changed).map(([name, value]) => `'${name}', ${value}`);
  return `insert into ${table} overriding system value
    select (jsonb_populate_record(x, jsonb_build_object(${list.join(", ")}))).* from ${table} x where ${where} limit 1`;
}

/** Every claim's papers were seen, as an heir's. */
const SEEN = `update award_claims set claimant = 'heir', papers_kind = 'court_decision', papers_voided_on = null,
  papers_by = (select min(id::text)::uuid from staff), papers_too = (select max(id::text)::uuid from staff), papers_on = '2026-06-01'
  where way is not null`;
const ID = "gen_random_uuid()";
/** So many proposals that a line of the bank is a double. */
const decided = (line: string, reason: string, times = 1) =>
  `insert into line_decisions (id, bank_line_id, what, reason, said_by, said_at)
    select gen_random_uuid(), ${line}, 'dismissed', ${reason}, s.id, now() from (select id from staff limit 1) s, generate_series(1, ${times})`;
const NONCE = "replace(gen_random_uuid()::text, '-', '')";
const HASH = "sha256(gen_random_uuid()::text::bytea)";
const ANOTHER =
  "(select s.id from staff s where not exists (select from approval_steps o where o.actor_id = s.id) limit 1)";
const UNPAID =
  "(select t.id from ledger_transactions t where not exists (select from payouts p where p.transaction_id = t.id) limit 1)";
const DELEGATED = "delegation_id = gen_random_uuid(), nonce = left(nonce, 22) || '~' || repeat('a', 64)";
/** Of a computation of its own stage, so that no other of the lead stands in its way. */
const POOL = { id: ID, stage: "'supplement'" };

/** Attempts at rules that the search does not come upon, because they depend on rows of other tables. */
export const HAND_ATTEMPTS: Readonly<Record<string, HandAttempt>> = {
  "accounts.accounts_open": {
    statement: `insert into accounts (id, book, kind, fund_id, budget_id, currency)
      select gen_random_uuid(), 'budget', 'available', f.id, b.id, 'USD' from budgets b join funds f on f.id <> b.fund_id limit 1`,
  },
  "award_claims.award_claims_of_reporter": {
    before: ["select set_config('app.actor_kind', 'reporter', true)"],
    statement: "update award_claims set told_on = told_on - 1",
  },
  "award_claims.award_claims_on_line": {
    before: [ON_WAY("frozen")],
    statement: `update award_claims set claimant = 'heir' where award_id in ${onWay("frozen")}`,
  },
  "award_holds.award_holds_on_line": {
    before: [ON_WAY("released")],
    statement: `insert into award_holds (id, award_id, reason, placed_by, placed_at)
      select gen_random_uuid(), l.award_id, '核对预算科目', h.placed_by, now() from ${onWay("released")} l, award_holds h limit 1`,
  },
  "awards.awards_accepted_in_window": {
    before: [
      `update awards set status = 'approved', accepted_on = null
        where id = (select c.award_id from award_claims c join awards a on a.id = c.award_id where c.claim_by is not null limit 1)`,
    ],
    statement: `update awards a set status = 'accepted', accepted_on = '2999-01-01' from award_claims c
      where c.award_id = a.id and a.status = 'approved' and c.claim_by is not null`,
  },
  "awards.awards_held": {
    statement: `update awards set status = 'prepared' where status = 'drafted' and id in ${HELD}`,
  },
  "awards.awards_on_line": {
    before: [ON_WAY("frozen")],
    statement: `update awards set status = 'revoked' where id in ${onWay("frozen")}`,
  },
  "ledger_transactions.ledger_transactions_stamp": {
    statement: `insert into ledger_transactions (id, event, event_on, fund_id, idempotency_key)
      select gen_random_uuid(), 'funds.received', '2026-01-15', id, 'raw:closed' from funds limit 1`,
  },
  "ledger_requests.ledger_requests_budget_fk": {
    statement: "update ledger_requests set budget_id = gen_random_uuid() where budget_id is not null",
  },
  "ledger_requests.ledger_requests_month_ck": {
    statement: "update ledger_requests set month = '2026-13' where month is not null",
  },
  "line_decisions.line_decisions_bank_fk": { statement: decided(ID, "'与前一条是同一笔'") },
  "line_decisions.line_decisions_reason_ck": {
    statement: decided("(select id from bank_lines limit 1)", "'同'"),
  },
  "ledger_requests.ledger_requests_ended_by_fk": {
    statement: `update ledger_requests set ended_by = gen_random_uuid(), ended_at = now(), ended_why = '改列付款批次'
      where kind = 'pay' and outcome = 'agreed'`,
  },
  "ledger_requests.ledger_requests_reference_uq": {
    statement: like(
      "ledger_requests",
      { id: ID, award_id: "x.award_id" },
      "kind = 'pay' and outcome = 'agreed'",
    ),
  },
  "bank_lines.bank_lines_payout_ck": {
    statement: `update bank_lines set payout_id = (select id from payouts limit 1)
      where id = (select id from bank_lines where payout_line_id is not null limit 1)`,
  },
  "bank_lines.bank_lines_payout_fk": {
    statement: `update bank_lines set payout_line_id = null, payout_id = gen_random_uuid()`,
  },
  "bank_lines.bank_lines_payout_uq": {
    statement: `insert into bank_lines (id, statement_id, line_no, amount_fen, value_on, status, outcome, payout_id)
      select gen_random_uuid(), s.id, 900 + n, 5, '2026-06-01', 'out', 'settled', p.id
        from (select id from bank_statements limit 1) s, (select id from payouts limit 1) p, generate_series(1, 2) n`,
  },
  "ledger_requests.ledger_requests_ended_why_ck": {
    statement: `update ledger_requests set ended_by = requested_by, ended_at = now(), ended_why = '改' where kind = 'pay' and outcome = 'agreed'`,
  },
  "ledger_requests.ledger_requests_ended_ck": {
    statement: `update ledger_requests set ended_by = requested_by, ended_at = now(), ended_why = '改列付款批次' where outcome = 'agreed' and kind <> 'pay'`,
  },
  "payee_details.payee_details_papers": {
    before: [
      SEEN,
      "update payee_details set shredded_on = '2026-06-01', shredded_why = 'replaced', body = null where shredded_on is null",
    ],
    statement: like("payee_details", {
      ...{ id: ID, shredded_on: "null", shredded_why: "null", body: "'\\x' || repeat('00', 4124)" },
      award_id: "(select c.award_id from award_claims c where c.way = 'transfer' order by 1 limit 1)",
    }),
    check: "exists (select from award_claims where papers_by is null and papers_voided_on is not null)",
  },
  "claim_codes.claim_codes_papers": {
    before: [SEEN, "update claim_codes set status = 'dead', ended_on = made_on where status = 'live'"],
    statement: like("claim_codes", {
      ...{ id: ID, hash: HASH, number: "99", status: "'live'", ended_on: "null" },
      award_id: "(select c.award_id from award_claims c where c.way is not null order by 1 limit 1)",
    }),
    check: "exists (select from award_claims where papers_by is null and papers_voided_on is not null)",
  },
  "line_decisions.line_decisions_bank_uq": {
    statement: decided("(select id from bank_lines limit 1)", "'与前一条是同一笔'", 2),
  },
  "line_decisions.line_decisions_end": {
    before: [
      "update payout_lines set state = 'unknown' where id in (select line_id from line_decisions where agreed_by is null)",
    ],
    statement: `update line_decisions d set agreed_by = (select id from staff where id <> d.said_by limit 1), agreed_at = now()
      where agreed_by is null`,
    check: "not exists (select from payout_lines where state = 'unknown')",
  },
  "pay_windows.pay_windows_guard": {
    statement: `insert into pay_windows (id, fund_id, code, name_zh, name_en, address_zh, address_en, hours_zh, hours_en, status, proposed_by, proposed_at)
      select gen_random_uuid(), fund_id, 'ZZ', name_zh, name_en, address_zh, address_en, hours_zh, hours_en, 'proposed', proposed_by, now()
        from pay_windows limit 1`,
    check:
      "not exists (select from pay_windows w where not exists (select from window_guards g where g.window_id = w.id))",
  },
  "payee_details.payee_details_on_line": {
    before: [ON_WAY("frozen")],
    statement: `update payee_details set sealed_on = sealed_on where award_id in ${onWay("frozen")}`,
  },
  "payee_details.payee_details_shred": {
    before: [
      `update payee_details set shredded_on = null, shredded_why = null, body = decode(repeat('00', 4124), 'hex')
        where id in (select payee_id from payee_releases)`,
    ],
    statement: `update payee_details set shredded_on = '2026-06-01', shredded_why = 'ended', body = null
      where id in (select payee_id from payee_releases)`,
    check:
      "not exists (select from payee_releases r join payee_details d on d.id = r.payee_id where d.shredded_on is not null)",
  },
  "payouts.payouts_held": {
    statement: `insert into payouts (id, award_id, kind, amount_fen, paid_on, reference, status, transaction_id, cashier_id)
      select gen_random_uuid(), h.award_id, 'transfer', 1, '2026-06-01', 'BK-HELD', 'live',
             (select id from ledger_transactions where id not in (select transaction_id from payouts) limit 1), p.cashier_id
        from ${HELD} h, payouts p limit 1`,
  },
  "payouts.payouts_move_line": {
    statement: `update payouts set status = 'bounced' where reference in (select reference from payout_lines where state = 'settled')`,
    check: "not exists (select from payout_lines where state = 'settled')",
  },
  "reconciliations.reconciliations_keep": {
    statement: `insert into reconciliations (id, fund_id, month, book_fen, bank_fen, made_by, made_at)
      select gen_random_uuid(), f.id, '2026-04-01', 5, 5, c.staff_id, now() from funds f, staff_roles c where c.role = 'cashier' limit 1`,
  },
  "approval_steps.approval_steps_delegation_fk": {
    statement: `update approval_steps set ${DELEGATED} where action = 'approve'`,
  },
  "approval_steps.approval_steps_keep": {
    statement: like(
      "approval_steps",
      { id: ID, position: "9", actor_id: ANOTHER, nonce: NONCE },
      "position > 1",
    ),
  },
  "approval_steps.approval_steps_stands": {
    before: ["update findings set is_final = false"],
    statement: like(
      "approval_steps",
      { id: ID, position: "9", actor_id: ANOTHER, nonce: NONCE },
      "position > 1",
    ),
  },
  "approval_steps.approval_steps_position_uq": {
    statement: like("approval_steps", { id: ID, actor_id: ANOTHER, nonce: NONCE }),
  },
  "countersignatures.countersignatures_delegation_fk": {
    statement: `update countersignatures set ${DELEGATED} where delegation_id is null`,
  },
  ...Object.fromEntries(
    ["keep", "stands"].map((name) => [
      `countersignatures.countersignatures_${name}`,
      {
        before: name === "stands" ? ["update findings set is_final = false"] : [],
        statement: like("countersignatures", {
          ...{ id: ID, nonce: NONCE },
          voucher_id:
            "(select v.id from vouchers v where not exists (select from countersignatures c where c.voucher_id = v.id) limit 1)",
        }),
      },
    ]),
  ),
  "assessment_answers.assessment_answers_closed": {
    statement: like("assessment_answers", { position: "999", question: "'another'" }),
  },
  "assessment_records.assessment_records_judged": {
    before: [
      "create temp table kept on commit drop as select * from assessment_records limit 1",
      "delete from assessment_records where pool_id = (select pool_id from kept)",
    ],
    statement: "insert into assessment_records select pool_id, lead_id, '{}', sha256('{}') from kept",
  },
  "award_objections.award_objections_outcome_ck": {
    statement: "update award_objections set outcome = 'zzz', new_pool_id = null where outcome = 'reassessed'",
  },
  "awards.awards_held_tip": {
    statement: like(
      "awards",
      {
        ...{
          id: ID,
          code_name: "'ZZZZ-ZZZZ'",
          lead_id: "(select l.id from leads l where l.id <> x.lead_id limit 1)",
        },
        pool_id: "(select p.id from reward_pools p where p.id <> x.pool_id limit 1)",
      },
      "x.status = 'paid'",
    ),
  },
  "awards.awards_history": {
    statement: like("awards", {
      ...{
        id: ID,
        code_name: "'ZZZZ-ZZZZ'",
        pool_id: "(select p.id from reward_pools p where p.id <> x.pool_id limit 1)",
      },
      stage: "'supplement'",
    }),
  },
  "bank_lines.bank_lines_why_ck": {
    statement: "update bank_lines set outcome = 'named', fault = 'zzz'",
  },
  "batch_releases.batch_releases_keep": {
    statement: like(
      "batch_releases",
      {
        id: ID,
        nonce: NONCE,
        batch_id: "(select b.id from payout_batches b where b.status = 'frozen' limit 1)",
      },
      "position = 1",
    ),
  },
  "batch_releases.batch_releases_position_uq": {
    statement: like("batch_releases", { id: ID, nonce: NONCE, actor_id: ANOTHER }),
  },
  "claim_codes.claim_codes_number_uq": {
    statement: like("claim_codes", { id: ID, hash: HASH, status: "'dead'", ended_on: "x.made_on" }),
  },
  "claim_codes.claim_codes_live_uq": {
    statement: `insert into claim_codes (id, award_id, number, hash, made_on, ends_on, status)
      select ${ID}, c.award_id, 50 + n, ${HASH}, c.made_on, c.ends_on, 'live' from (select * from claim_codes limit 1) c, generate_series(1, 2) n`,
  },
  "ledger_seals.ledger_seals_chain": {
    before: [
      "create temp table kept on commit drop as select * from ledger_seals order by position desc limit 1",
      "delete from ledger_seals where position = (select position from kept)",
    ],
    statement: "insert into ledger_seals select position, transaction_id, hash, hash from kept",
  },
  "ledger_transactions.ledger_transactions_judged": {
    statement: like(
      "ledger_transactions",
      { id: ID, idempotency_key: "'raw:empty'", seq: "99999999" },
      "corrects_id is null and request_id is null",
    ),
  },
  "ledger_transactions.ledger_transactions_corrects_uq": {
    statement: like(
      "ledger_transactions",
      { id: ID, idempotency_key: "'raw:twice'", seq: "99999999" },
      "corrects_id is not null",
    ),
  },
  "ledger_transactions.ledger_transactions_seq_uq": {
    statement: like(
      "ledger_transactions",
      { id: ID, idempotency_key: "'raw:seq'" },
      "corrects_id is null and request_id is null",
    ),
  },
  "pay_windows.pay_windows_status_ck": {
    before: ["update pay_windows set status = 'open', closed_by = null, closed_at = null"],
    statement: "update pay_windows set status = 'zzz'",
  },
  "pay_windows.pay_windows_pkey": {
    statement: like("pay_windows", { code: "'ZZ'" }),
  },
  "payouts.payouts_reference_plain_ck": {
    statement: "update payouts set reference = 'BK-13812345678' where id = (select id from payouts limit 1)",
  },
  "payouts.payouts_on_line": {
    statement: like("payouts", {
      ...{ id: ID, reference: "'BK-BESIDE'", status: "'live'", transaction_id: UNPAID },
      award_id: "(select l.award_id from payout_lines l where l.state = 'frozen' limit 1)",
    }),
  },
  "period_closings.period_closings_keep": {
    statement: like("period_closings", {
      ...{ month: "'2027-09'" },
      request_id: "(select q.id from ledger_requests q where q.kind = 'revoke' limit 1)",
    }),
  },
  "reward_pools.reward_pools_amount_ck": {
    statement: `update reward_pools set amount_fen = -1, computation = computation || '{"award": "-1"}'`,
  },
  "reward_pools.reward_pools_scheme_fk": {
    statement: `update reward_pools set scheme_version = 'none', computation = jsonb_set(computation, '{scheme,version}', '"none"')`,
  },
  "reward_pools.reward_pools_history": {
    statement: like("reward_pools", { ...POOL, version: "7" }),
  },
  "reward_pools.reward_pools_live_uq": {
    statement: like("reward_pools", { id: ID, version: "7" }, "status = 'live'"),
  },
  "reward_pools.reward_pools_version_uq": {
    statement: like("reward_pools", { id: ID, status: "'superseded'" }),
  },
  "voucher_numbers.voucher_numbers_gapless": {
    before: [
      "create temp table kept on commit drop as select * from voucher_numbers order by number desc limit 1",
      "delete from voucher_numbers where transaction_id = (select transaction_id from kept)",
    ],
    statement:
      "insert into voucher_numbers (fiscal_year, number, transaction_id) select fiscal_year, number + 5, transaction_id from kept",
  },
  "vouchers.vouchers_body": {
    before: [
      "create temp table kept on commit drop as select * from vouchers limit 1",
      "delete from vouchers where id = (select id from kept)",
    ],
    statement: "insert into vouchers select id, award_id, '{}', sha256('{}') from kept",
  },
  "window_days.window_days_counted_ck": {
    statement: "update window_days set counted_fen = -1, book_fen = -1",
  },
  "window_movements.window_movements_kind_ck": {
    statement: "update window_movements set kind = 'zzz', amount_fen = -5 where kind = 'top_up'",
  },
  "window_movements.window_movements_keep": {
    statement: like(
      "window_movements",
      {
        ...{ id: ID, slip: "'ZZ20260601-9999'" },
        transaction_id:
          "(select t.id from ledger_transactions t where not exists (select from window_movements m where m.transaction_id = t.id) limit 1)",
      },
      "x.slip is not null",
    ),
  },
  "year_closings.year_closings_judged": {
    before: ["delete from year_closings where budget_id = (select max(id::text)::uuid from budgets)"],
    statement: like("year_closings", {
      ...{ budget_id: "(select max(id::text)::uuid from budgets)" },
      request_id: "(select q.id from ledger_requests q where q.kind = 'revoke' limit 1)",
    }),
  },
};
