import type pg from "pg";

const two = "generate_series(1, 2) as n";
const nth = (table: string, order: string, n = "n") =>
  `(select ${table}.* from ${table} order by ${order} offset ${n} - 1 limit 1)`;
const staff = (n: string) => `(select id from staff order by id offset ${n} - 1 limit 1)`;

/**
 * Two rows of every table that the stories of makeWorld leave empty, one waiting and one answered, as no rule of the
 * portal would let them come about but each constraint would: what they point to is there. Written with triggers asleep.
 */
const ROWS: readonly string[] = [
  `insert into approval_sets (id, staff_id, made_at) select gen_random_uuid(), ${staff("n")}, now() from ${two}`,
  `insert into approval_set_rows (set_id, ordinal, award_id, action, voucher_hash)
   select s.id, 1, v.award_id, 'prepare', v.hash
     from (select id, row_number() over (order by id) as n from approval_sets) s
     join (select award_id, hash, row_number() over (order by id) as n from vouchers) v using (n)`,
  `insert into approval_delegations (id, role_grant_id, of_staff, deputy_id, from_on, until_on, body, hash, named_at)
   select gen_random_uuid(), g.id, g.staff_id, (select id from staff where id <> g.staff_id order by id limit 1),
          '2026-06-01', '2026-06-30', 'body ' || g.id, sha256(convert_to('body ' || g.id, 'UTF8')), now()
     from (select * from staff_roles where role = 'finance_approver' order by id limit 2) g`,
  `insert into approval_limits (id, role_grant_id, limit_fen, requested_by, requested_at)
   select gen_random_uuid(), g.id, 5000000, g.staff_id, now()
     from (select * from staff_roles where role = 'finance_approver' order by id limit 2) g`,
  `update approval_delegations set ended_at = now(), ended_by = of_staff where id = (select max(id::text)::uuid from approval_delegations)`,
  `update approval_limits set outcome = 'granted', decided_at = now(), decided_by = (select id from staff where id <> requested_by limit 1)
    where id = (select max(id::text)::uuid from approval_limits)`,
  `update award_claims set extended_to = claim_by + 30, extended_reason = '受领人因病住院', extended_by = ${staff("1")},
          papers_kind = 'court_decision', papers_by = ${staff("1")}, papers_too = ${staff("2")}, papers_on = '2026-06-01' where claim_by is not null`,
  `update award_holds set lifted_at = now(), lift_reason = '科目已核对无误', lifted_by = (select id from staff where id <> placed_by limit 1)
    where id = (select max(id::text)::uuid from award_holds)`,
  `update pay_windows set status = 'closed', closed_at = now(), closed_by = proposed_by where id in (select id from pay_windows order by id desc limit 1)`,
  `insert into award_carries (award_id, from_budget_id, to_budget_id, transaction_id)
   select a.id, a.budget_id, (select id from budgets where id <> a.budget_id limit 1), (select id from ledger_transactions where award_id = a.id order by seq limit 1)
     from (select * from awards where status = 'paid' order by id limit 2) a`,
  `insert into award_decisions (award_id, lead_id, pack_id, year, no, issued_on, facts)
   select a.id, a.lead_id, 'jinhua', 2026, row_number() over (order by a.id), '2026-06-01', '{}'
     from (select * from awards order by id limit 2) a`,
  `insert into tip_messages (id, tip_id, direction, kind, written_on, suite, body, content_enc, content_body, reply_enc, reply_body)
   select gen_random_uuid(), a.tip_id, 'in', 'text', '2026-06-01', 's', '\\x00', z.enc, z.body, z.enc, z.body
     from (select * from awards order by id limit 3) a, (select decode(repeat('00', 32), 'hex') as enc, decode(repeat('00', 48), 'hex') as body) z`,
  `insert into award_objections (id, award_id, lead_id, tip_id, ground, message_id, stated_on, due_on)
   select gen_random_uuid(), a.id, a.lead_id, a.tip_id, 'grade', (select id from tip_messages where tip_id = a.tip_id limit 1), '2026-06-01', '2026-06-23'
     from (select * from awards order by id limit 2) a`,
  `update award_objections set outcome = 'reassessed', answer = '重新核算，理由已经写明。', answered_at = now(), answered_by = ${staff("1")},
          new_pool_id = (select id from reward_pools limit 1) where id = (select max(id::text)::uuid from award_objections)`,
  `insert into budget_warnings (budget_id, percent, appropriation_fen, warned_at) select id, 80, 1000000, now() from budgets order by id limit 2`,
  `insert into countersignatures (id, voucher_id, action, actor_id, role_grant_id, role_grant_snapshot, passkey_id, credential_id, public_key, nonce,
     previous_hash, signed_body, hash, authenticator_data, client_data_json, signature, rp_id, origin, signed_at)
   select gen_random_uuid(), voucher_id, 'countersign', actor_id, role_grant_id, role_grant_snapshot, passkey_id, credential_id, public_key, nonce,
          previous_hash, signed_body, hash, authenticator_data, client_data_json, signature, rp_id, origin, now()
     from approval_steps where action = 'approve' order by id limit 2`,
  `insert into ledger_roots (day, position, hash) select date '2026-06-01' + n, p.position, p.hash from ${two}, lateral ${nth("ledger_seals", "position")} p`,
  `insert into line_decisions (id, line_id, what, bank_answer, said_by, said_at)
   select gen_random_uuid(), p.id, 'not_sent', 'FK2026-' || n, ${staff("n")}, now() from ${two}, lateral ${nth("payout_lines", "id")} p`,
  `update line_decisions set agreed_at = now(), agreed_by = ${staff("3")} where bank_answer = 'FK2026-2'`,
  `insert into payee_releases (payee_id, batch_id, person_id, role_key_id, enc, body, released_by, released_at)
   select d.id, l.batch_id, ${staff("1")}, (select id from role_keys limit 1), decode(repeat('00', 32), 'hex'), decode(repeat('00', 48), 'hex'),
          ${staff("2")}, now()
     from payee_details d join payout_lines l on l.award_id = d.award_id
    where not exists (select 1 from payee_releases r where r.payee_id = d.id) order by l.id limit 2`,
  `insert into ledger_requests (id, kind, month, reason, requested_by, requested_at, outcome, decided_by, decided_at)
   select gen_random_uuid(), 'close_month', '2026-0' || n, '月末结账申请', ${staff("1")}, now(), 'agreed', ${staff("2")}, now() from ${two}`,
  `insert into ledger_requests (id, kind, budget_id, reason, requested_by, requested_at, outcome, decided_by, decided_at)
   select gen_random_uuid(), 'close_year', b.id, '年末结账申请', ${staff("1")}, now(), 'agreed', ${staff("2")}, now() from ${two}, lateral ${nth("budgets", "id")} b`,
  `insert into period_closings (month, request_id, closed_at) select month, id, now() from ledger_requests where kind = 'close_month'`,
  `insert into year_closings (budget_id, request_id, closed_at) select budget_id, id, now() from ledger_requests where kind = 'close_year'`,
  `insert into reconciliations (id, fund_id, month, book_fen, bank_fen, made_by, made_at)
   select gen_random_uuid(), f.id, '2026-05-01', 5, 5, ${staff("1")}, now() from ${two}, lateral ${nth("funds", "id")} f`,
  `insert into scheme_proposals (id, scheme_id, version, line, sha256, content, effective_from, source, brought_by, brought_at, requested_by, requested_at, reason)
   select gen_random_uuid(), 'scheme-' || n, '1', 'line-' || n, repeat('a', 64), '{}', '2026-06-01', 'upload', ${staff("1")}, now(), ${staff("1")}, now(), '新的办法'
     from ${two}`,
  `insert into scheme_proposals (id, scheme_id, version, line, sha256, content, effective_from, source, brought_at, requested_by, requested_at, reason,
     outcome, decided_by, decided_at, answer)
   select gen_random_uuid(), 'scheme-3', '1', 'line-3', repeat('a', 64), '{}', '2026-06-01', 'release', now(), ${staff("1")}, now(), '新的办法',
          'agreed', ${staff("2")}, now(), '同意'`,
  `insert into voucher_queue (transaction_id) select p.id from ${two}, lateral ${nth("ledger_transactions", "seq")} p`,
  `insert into window_days (window_id, day, counted_fen, book_fen, status, counted_by, counted_at)
   select w.id, date '2026-05-01' + n, 5, 5, 'counted', ${staff("1")}, now() from ${two}, (select id from pay_windows limit 1) w`,
  `update window_days set status = 'closed', agreed_at = now(), agreed_by = ${staff("2")} where day = '2026-05-02'`,
  `insert into ledger_requests (id, kind, award_id, reason, requested_by, requested_at)
   select gen_random_uuid(), 'revoke', a.id, '申请撤销奖励', ${staff("1")}, now() from ${two}, lateral ${nth("awards", "id")} a`,
];

/** Writes them; `client` is the superuser's, which alone may put triggers to sleep. */
export async function fillTables(client: pg.ClientBase): Promise<void> {
  await client.query("begin");
  await client.query("set local session_replication_role = replica");
  for (const row of ROWS) {
    const { rowCount } = await client.query(row);
    if (rowCount === 0) throw new Error(`no row came of ${row.slice(0, 60)}`);
  }
  await client.query("commit");
}
