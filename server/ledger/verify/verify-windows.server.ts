import type { Findings } from "./fault-list";
import { readPages, FIRST_ID, type ReadRows } from "./read-rows.server";

type Movement = {
  readonly id: string;
  readonly kind: string;
  readonly amount: string;
  readonly day: string;
  readonly fund: string;
  readonly staff: string;
  readonly award: string | null;
  readonly slip: string | null;
  readonly event: string;
  readonly eventOn: string;
  readonly postedFund: string;
  readonly actor: string | null;
  readonly postedAward: string | null;
  readonly posted: string;
  readonly reference: string | null;
};

const MOVEMENTS = `select m.id, m.kind, m.amount_fen::text as amount, m.day::text, w.fund_id as fund, m.staff_id as staff, m.award_id as award, m.slip,
    t.event, t.event_on::text as "eventOn", t.fund_id as "postedFund", t.actor_id as actor, t.award_id as "postedAward",
    (select coalesce(sum(case when d.kind = 'window_cash' then e.amount_fen else -e.amount_fen end), 0)::text from ledger_entries e
       join accounts d on d.id = e.debit_account_id join accounts c on c.id = e.credit_account_id
      where e.transaction_id = t.id and 'window_cash' in (d.kind, c.kind)) as posted,
    (select p.reference from payouts p where p.transaction_id = t.id) as reference
  from window_movements m join pay_windows w on w.id = m.window_id join ledger_transactions t on t.id = m.transaction_id
 where m.id > $1::uuid order by m.id`;

const EVENTS: Readonly<Record<string, string>> = {
  top_up: "float.topped_up",
  return: "float.returned",
  payment: "award.paid",
};

/** What the book held at the end of a day, what was counted, and who said so: one, or of a difference two. */
const DAYS = `select d.window_id as id, d.day::text as what, d.book_fen::text as book, (select coalesce(sum(m.amount_fen), 0)::text
     from window_movements m where m.window_id = d.window_id and m.day <= d.day) as moved,
   array(select concat_ws(' ', e.data ->> 'bookFen', e.data ->> 'countedFen', e.actor_id) from events e where e.subject_table = 'pay_windows'
      and e.subject_id = d.window_id::text and e.action in ('window.day_counted', 'window.day_closed') and e.data ->> 'day' = d.day::text order by e.seq) as told,
   array(select concat_ws(' ', d.book_fen, d.counted_fen, who) from unnest(array[d.counted_by, d.agreed_by]) who where who is not null) as said
  from window_days d where (d.window_id, d.day) > ($1::uuid, $2::date) order by d.window_id, d.day`;

/** Cash of windows says what its postings say: how much, of which fund, when, by whom; and each day its book. */
export async function verifyWindows(read: ReadRows, findings: Findings): Promise<void> {
  for await (const row of readPages<Movement>(read, MOVEMENTS, [FIRST_ID], ({ id }) => [id])) {
    findings.count("movements");
    const says = [EVENTS[row.kind], row.amount, row.fund, row.day, row.staff, row.award, row.slip];
    const posted = [row.event, row.posted, row.postedFund, row.eventOn, row.actor, row.postedAward];
    posted.push(row.kind === "payment" ? row.reference : null);
    if (says.join(" ") !== posted.join(" "))
      findings.fault(
        "9 a window's cash moves as it was posted",
        "window_movements",
        row.id,
        `${says.join(" ")}, posted ${posted.join(" ")}`,
      );
  }
  type Day = { id: string; what: string; book: string; moved: string; told: string[]; said: string[] };
  for await (const day of readPages<Day>(read, DAYS, [FIRST_ID, "0001-01-01"], (row) => [row.id, row.what])) {
    const wrong = (rule: string, detail: string) =>
      findings.fault(rule, "window_days", day.id, `${day.what}: ${detail}`);
    if (day.book !== day.moved) wrong("9 a day's book is what moved", `${day.book}, moved ${day.moved}`);
    if (day.told.join() !== day.said.join())
      wrong("3 the audit trail tells what was counted", `${day.said.join()}, told ${day.told.join()}`);
  }
}
