import type pg from "pg";

/** Each query answers with the rows that break a rule; all look at one snapshot. */
const RULES: Readonly<Record<string, string>> = {
  "1: both sides of an entry stand in one book, currency and fund, and every transaction has entries": `
    select t.id from ledger_transactions t left join ledger_entries e on e.transaction_id = t.id
      left join accounts d on d.id = e.debit_account_id left join accounts c on c.id = e.credit_account_id
     where e.id is null or d.book <> c.book or d.currency <> c.currency or d.fund_id <> c.fund_id or d.fund_id <> t.fund_id`,
  "the running balances are the sums of the entries": `
    select b.account_id as id from account_balances b
     where b.debit_fen <> (select coalesce(sum(e.amount_fen), 0) from ledger_entries e where e.debit_account_id = b.account_id)
        or b.credit_fen <> (select coalesce(sum(e.amount_fen), 0) from ledger_entries e where e.credit_account_id = b.account_id)`,
  "5: nothing is overdrawn": `
    select a.id from accounts a join account_balances b on b.account_id = a.id
     where a.kind in ('available', 'encumbered', 'window_cash') and b.debit_fen < b.credit_fen
        or a.kind = 'payable' and b.credit_fen < b.debit_fen`,
  "6: appropriation = available + encumbered + spent": `
    select a.budget_id as id from accounts a join account_balances b on b.account_id = a.id
     where a.book = 'budget' group by a.budget_id, a.currency having sum(b.debit_fen) <> sum(b.credit_fen)`,
  "7: one live award of an informant, one live payout of an award": `
    select min(id::text)::uuid as id from awards where status not in ('rejected','superseded','revoked','lapsed')
     group by lead_id, tip_id, stage having count(*) > 1
    union all select min(id::text)::uuid from payouts where status = 'live' group by award_id having count(*) > 1`,
  "7: an award is paid where it was paid once more than it bounced, and so says its live payout": `
    select a.id from awards a
      left join (select award_id, count(*) filter (where event = 'award.paid') - count(*) filter (where event = 'award.bounced') as net
                   from ledger_transactions where award_id is not null group by award_id) t on t.award_id = a.id
      left join (select award_id, count(*) as n from payouts where status = 'live' group by award_id) p on p.award_id = a.id
     where coalesce(t.net, 0) <> case a.status when 'paid' then 1 else 0 end
        or coalesce(p.n, 0) <> case a.status when 'paid' then 1 else 0 end`,
  "an award's state is what was posted of it": `
    select a.id from awards a
      left join (select award_id, count(*) filter (where event = 'award.encumbered') as promised,
                        count(*) filter (where event = 'award.posted') as booked,
                        count(*) filter (where event in ('award.lapsed', 'award.revoked', 'award.posting_revoked')) as ended
                   from ledger_transactions where award_id is not null group by award_id) t on t.award_id = a.id
     where coalesce(t.promised, 0) <> case when a.status in ('approved','accepted','posted','paid','revoked','lapsed') then 1 else 0 end
        or a.status in ('posted', 'paid') and coalesce(t.booked, 0) <> 1 or a.status in ('approved', 'accepted') and coalesce(t.booked, 0) <> 0
        or coalesce(t.ended, 0) <> case when a.status in ('revoked', 'lapsed') then 1 else 0 end`,
  "8: the shares of a live pool are its amount": `
    select p.id from reward_pools p join awards a on a.pool_id = p.id and a.status <> 'superseded'
     where p.status = 'live' group by p.id having sum(a.amount_fen) <> p.amount_fen`,
  "14: numbers have no gap, and what has none waits in the queue": `
    select min(transaction_id::text)::uuid as id from voucher_numbers group by fiscal_year having max(number) <> count(*) or min(number) <> 1
    union all select t.id from ledger_transactions t where not exists (select 1 from voucher_numbers v where v.transaction_id = t.id)
       and not exists (select 1 from voucher_queue q where q.transaction_id = t.id)`,
  "every posting is told once in the trail": `
    select t.id from ledger_transactions t left join events e on e.data ->> 'transaction' = t.id::text
     group by t.id having count(e.id) <> 1`,
  "the cash of a window is what its movements say": `
    select m.id from window_movements m left join ledger_transactions t on t.id = m.transaction_id
     where m.kind in ('payment', 'top_up', 'return') and t.id is null`,
};

/** The rules that do not hold in this moment's snapshot, each with its first bad row; empty when all is well. */
export async function findBrokenRules(pool: pg.Pool): Promise<string[]> {
  const client = await pool.connect();
  try {
    await client.query("begin isolation level repeatable read read only");
    const broken: string[] = [];
    for (const [rule, text] of Object.entries(RULES)) {
      const { rows } = await client.query<{ id: string }>(`${text} limit 1`);
      if (rows[0] !== undefined) broken.push(`${rule} (${rows[0].id})`);
    }
    await client.query("commit");
    return broken;
  } finally {
    client.release();
  }
}
