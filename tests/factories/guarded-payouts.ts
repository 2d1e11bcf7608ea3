import type pg from "pg";
import { v4 as uuidv4, v7 as uuidv7 } from "uuid";

/** A row of everything about batches and statements, as the owner writes them: the walk asks who sees them, not how they came. */
export async function addPayoutRows(owner: pg.Pool): Promise<void> {
  const guarded = ["payout_batches", "payout_lines", "batch_releases", "payout_files", "line_decisions"];
  for (const table of guarded) await owner.query(`alter table ${table} disable trigger user`);
  const [batch, line, file, statement] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
  await owner.query(
    `insert into payout_batches (id, year, no, fund_id, cashier_id, body, hash, status, prepared_by, prepared_at)
     select $1, 2026, 1, f.id, p.cashier_id, '{}', sha256('{}'), 'frozen', s.actor_id, now()
       from funds f, payouts p, approval_steps s limit 1`,
    [batch],
  );
  await owner.query(
    `insert into payout_lines (id, batch_id, position, award_id, code_name, amount_fen, reference, state)
     select $1, $2, 1, id, code_name, amount_fen, 'PB2026-0001-0001', 'cancelled' from awards limit 1`,
    [line, batch],
  );
  await owner.query(
    `insert into batch_releases (id, batch_id, position, actor_id, role_grant_id, role_grant_snapshot, passkey_id,
       credential_id, public_key, nonce, signed_body, hash, authenticator_data, client_data_json, signature, rp_id, origin, signed_at)
     select $1, $2, 1, actor_id, role_grant_id, role_grant_snapshot, passkey_id, credential_id, public_key, repeat('a', 22),
            signed_body, hash, authenticator_data, client_data_json, signature, rp_id, origin, now() from approval_steps limit 1`,
    [uuidv7(), batch],
  );
  await owner.query(
    `insert into payout_files (id, batch_id, kind, sha256, lines, sum_fen, made_by, made_at)
     select $1, id, 'csv', repeat('a', 64), 1, 1, cashier_id, now() from payout_batches where id = $2`,
    [file, batch],
  );
  await owner.query(
    `insert into line_decisions (id, line_id, what, bank_answer, said_by, said_at)
     select $1, $2, 'not_sent', 'FK2026-1', cashier_id, now() from payout_batches where id = $3`,
    [uuidv7(), line, batch],
  );
  for (const table of guarded) await owner.query(`alter table ${table} enable trigger user`);
  await owner.query(
    `insert into bank_statements (id, fund_id, number, hash, closed_on, closing_fen, lines, uploaded_by, uploaded_at)
     select $1, fund_id, '20260601-1', sha256('x'), '2026-06-01', 0, 1, cashier_id, now() from payout_batches where id = $2`,
    [statement, batch],
  );
  await owner.query(
    `insert into bank_lines (id, statement_id, line_no, amount_fen, value_on, status, outcome)
     values ($1, $2, 1, 1, '2026-06-01', 'in', 'waiting')`,
    [uuidv7(), statement],
  );
  await owner.query(
    `insert into reconciliations (id, fund_id, month, book_fen, bank_fen, made_by, made_at)
     select $1, fund_id, '2026-06-01', 0, 0, prepared_by, now() from payout_batches where id = $2`,
    [uuidv7(), batch],
  );
}

/** An answered objection to an award, with the message of its words. */
export async function addObjection(owner: pg.Pool, awardId: string): Promise<void> {
  const [message, objection] = [uuidv4(), uuidv4()];
  await owner.query(
    `insert into tip_messages (id, tip_id, direction, kind, written_on, suite, body, content_enc, content_body, reply_enc, reply_body)
     select $1, tip_id, 'in', 'text', '2026-06-01', 's', '\\x00', $3, $4, $3, $4 from awards where id = $2`,
    [message, awardId, Buffer.alloc(32), Buffer.alloc(48)],
  );
  await owner.query("alter table award_objections disable trigger user");
  await owner.query(
    `insert into award_objections (id, award_id, lead_id, tip_id, ground, message_id, stated_on, due_on, outcome, answer,
       answered_by, answered_at)
     select $1, a.id, a.lead_id, a.tip_id, 'grade', $3, '2026-06-01', '2026-06-23', 'kept', '维持原核算，理由已经写明。',
            p.computed_by, now() from awards a join reward_pools p on p.id = a.pool_id where a.id = $2`,
    [objection, awardId, message],
  );
  await owner.query("alter table award_objections enable trigger user");
}
