import type { Findings } from "./fault-list";
import { FIRST_ID, readPages, type ReadRows } from "./read-rows.server";
import { sinceByTwo } from "./since-by-two";

type Payment = {
  readonly id: string;
  readonly award: string;
  readonly reference: string;
  readonly cashier: string;
  readonly paidOn: string;
  readonly status: string;
  /** Of an ordered one: how many payments of the award were posted before it. */
  readonly earlier: string;
  readonly onLine: boolean;
  readonly orderNeeded: boolean;
  readonly twoNeeded: boolean;
  readonly order: {
    readonly id: string;
    readonly kind: string;
    readonly award: string | null;
    readonly outcome: string | null;
    readonly two: readonly (string | null)[];
    readonly ended: boolean;
    readonly earlier: string | null;
    readonly until: string | null;
    /** Whether the audit trail tells of the agreement before it tells of the payment. */
    readonly before: boolean;
  } | null;
  /** Of a payment that came back: the line of the bank booked to it, and the payment that two named when they said so. */
  readonly bankSaid: boolean;
  readonly twoSaid: string | null;
};

const BY_TRANSFER = `select p.id, ${sinceByTwo("t")} as "orderNeeded",
    coalesce((select ${sinceByTwo("b")} from ledger_transactions b where b.idempotency_key = 'award.bounced:' || p.id), true) as "twoNeeded", p.award_id as award, p.reference, p.cashier_id as cashier, p.paid_on::text as "paidOn", p.status,
    case when t.request_id is not null then (select count(*)::text from payouts o join ledger_transactions x on x.id = o.transaction_id
      where o.award_id = p.award_id and x.seq < t.seq) else '' end as earlier,
    exists (select 1 from payout_lines l join payout_batches b on b.id = l.batch_id and b.status = 'sent'
      where l.award_id = p.award_id and l.reference = p.reference and l.state in ('settled', 'bounced')) as "onLine",
    (select json_build_object('id', q.id, 'kind', q.kind, 'award', q.award_id, 'outcome', q.outcome,
        'two', json_build_array(q.requested_by, q.decided_by), 'ended', q.ended_at is not null, 'earlier', q.data ->> 'earlier',
        'until', q.data ->> 'until', 'before', coalesce((select min(e.seq) from events e where e.subject_table = 'ledger_requests'
            and e.subject_id = q.id::text and e.action = 'ledger.request_agreed')
          < (select min(e.seq) from events e where e.subject_table = 'awards' and e.subject_id = p.award_id::text
              and e.action = 'award.paid' and e.data ->> 'payout' = p.id::text), false))
       from ledger_requests q where q.id = t.request_id) as order,
    p.status = 'bounced' and (exists (select 1 from payout_lines l join bank_lines k on k.payout_line_id = l.id where l.award_id = p.award_id
      and l.reference = p.reference and k.status <> 'out' and k.outcome in ('bounced', 'matched'))
      or exists (select 1 from bank_lines k where k.payout_id = p.id and k.status = 'returned' and k.outcome = 'bounced')) as "bankSaid",
    (select q.data ->> 'payout' from ledger_transactions b join ledger_requests q on q.id = b.request_id and q.kind = 'bounce' and q.outcome = 'agreed'
      where p.status = 'bounced' and b.idempotency_key = 'award.bounced:' || p.id) as "twoSaid"
  from payouts p join ledger_transactions t on t.id = p.transaction_id
 where p.kind = 'transfer' and p.id > $1::uuid order by p.id`;

/**
 * Who stands behind a transfer: the line of a batch that two released (verify-batches), or an order of two for this very
 * payment, given before it, good on its day and not taken back, and carried out by a third. And behind its return: the
 * bank's line, or the word of two.
 */
export async function verifyOrders(read: ReadRows, findings: Findings): Promise<void> {
  await verifyPlaces(read, findings);
  for await (const payment of readPages<Payment>(read, BY_TRANSFER, [FIRST_ID], ({ id }) => [id])) {
    findings.count("transfers");
    const said = (rule: string, detail: string) => findings.fault(rule, "payouts", payment.id, detail);
    const batched = payment.onLine || (payment.orderNeeded && /^PB\d{4}-/.test(payment.reference));
    if (batched && !payment.onLine) said("15 a payment of a batch is of one of its lines", payment.reference);
    const why = batched || payment.onLine || !payment.orderNeeded ? null : findOrderFault(payment);
    if (why !== null) said("15 a payment by hand is ordered by two and made by a third", why);
    if (payment.status !== "bounced") continue;
    if (batched && !payment.bankSaid)
      said("15 a payment of a batch bounces by the bank's line", payment.reference);
    if (
      !batched &&
      payment.twoNeeded &&
      payment.twoSaid !== payment.id &&
      (payment.twoSaid !== null || !payment.bankSaid)
    )
      said("9 a payment by hand comes back by the word of two", payment.reference);
  }
}

/** A payment came out of where it says: a transfer out of the fund's money alone, one at a window out of its box. */
async function verifyPlaces(read: ReadRows, findings: Findings): Promise<void> {
  const misplaced = await read<{ id: string; kind: string }>(`
    select p.id, p.kind from payouts p
     where p.kind = 'transfer' and exists (select 1 from ledger_entries e join accounts c on c.id = e.credit_account_id
                                            where e.transaction_id = p.transaction_id and c.kind = 'window_cash')
        or p.kind <> 'transfer' and not exists (select 1 from window_movements m where m.transaction_id = p.transaction_id)
     order by p.id limit 100`);
  for (const { id, kind } of misplaced)
    findings.fault("9 a payment came out of where it says", "payouts", id, kind);
}

function findOrderFault({ order, award, earlier, paidOn, cashier }: Payment): string | null {
  if (order === null) return "no order";
  const wrong = (what: string) => `order ${order.id}: ${what}`;
  if (order.kind !== "pay" || order.award !== award) return wrong("for something else");
  if (order.outcome !== "agreed" || order.two[0] === order.two[1]) return wrong("not agreed to by another");
  if (order.two.includes(cashier)) return wrong("carried out by one of its two");
  if (order.ended) return wrong("taken back");
  if (order.earlier !== earlier)
    return wrong(`for the payment after ${String(order.earlier)} others, not ${earlier}`);
  if (order.until === null || paidOn > order.until)
    return wrong(`good until ${String(order.until)}, paid on ${paidOn}`);
  return order.before ? null : wrong("agreed to after the payment");
}
