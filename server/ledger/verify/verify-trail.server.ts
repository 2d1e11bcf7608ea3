import type { Findings } from "./fault-list";
import { readPages, type ReadRows } from "./read-rows.server";

type ToldOnce = {
  actor: string | null;
  recorded_on: string;
  day: string | null;
  entered: boolean;
};

type Posting = {
  seq: string;
  id: string;
  actor_id: string | null;
  event_on: string;
  /** What the event that tells of it may be about: its award, the posting it corrects, its fund, its budget. */
  about: string[];
};

type Telling = ToldOnce & { seq: string; posting: string; subject: string };

type Told = {
  seq: string;
  transaction_id: string;
  told: string;
  entries: { id: string; amount: string }[] | null;
};

/**
 * Holds the journal against the audit trail, which tells the amount of every posting a person made: an entry changed
 * afterwards, or a posting taken away, contradicts it.
 */
export async function verifyTrail(read: ReadRows, findings: Findings): Promise<void> {
  await verifyTold(read, findings);
  await verifyPostingsTold(read, findings);
}

/**
 * What an event `e` is about, told so that no index knows it: events are read in their order, a page at a time, and the
 * index by subject would fetch and sort all of them for every page.
 */
export const SUBJECT = "(e.subject_table || '')";

async function verifyTold(read: ReadRows, findings: Findings): Promise<void> {
  const trail = readPages<Told>(
    read,
    `select e.seq::text, e.data ->> 'transaction' as transaction_id, e.data ->> 'amountFen' as told,
            (select json_agg(json_build_object('id', n.id, 'amount', n.amount_fen::text) order by n.line)
               from ledger_entries n where n.transaction_id = (e.data ->> 'transaction')::uuid) as entries
       from events e where e.seq > $1 and ${SUBJECT} in ('awards', 'budgets', 'funds') and e.data ? 'transaction' and e.data ? 'amountFen' order by e.seq`,
    ["0"],
    (row) => [row.seq],
  );
  for await (const event of trail) {
    findings.count("trail");
    if (event.entries === null) {
      findings.fault(
        "3 no posting is removed",
        "ledger_transactions",
        event.transaction_id,
        "the audit trail tells of it",
      );
    }
    for (const entry of event.entries ?? []) {
      if (entry.amount !== event.told) {
        findings.fault(
          "3 no entry is changed",
          "ledger_entries",
          entry.id,
          `${entry.amount}, the audit trail tells ${event.told}`,
        );
      }
    }
  }
}

const SUBJECTS = "('awards', 'budgets', 'funds', 'ledger_transactions')";

/** Of an event `e`: who did it, when, and the day it gives to the posting where that is another. */
const TOLD = `e.actor_id as actor, e.recorded_on::text as recorded_on,
  coalesce(e.data ->> 'eventOn', e.data ->> 'paidOn', e.data ->> 'bouncedOn') as day,
  (e.subject_table in ('budgets', 'funds') or e.subject_table = 'ledger_transactions' and e.data ? 'request') as entered`;

/** Of a posting `t`. */
const POSTING = `t.seq::text, t.id, t.actor_id, t.event_on::text,
  array_remove(array[t.award_id::text, t.corrects_id::text, t.fund_id::text,
    (select d.budget_id::text from ledger_entries n join accounts d on d.id = n.debit_account_id
      where n.transaction_id = t.id and d.budget_id is not null order by n.line limit 1)], null) as about`;

/** Postings and events that wait for each other, at most; more than these are looked up. */
const WAITING = 5_000;

/**
 * Every posting has its one event, by the same person and of the same day. An event tells the day of the posting where
 * that is not the day it was recorded on (a bank's value date, an appropriation's date).
 *
 * A posting and its event are written together, so both are read in their order, side by side, and meet soon. What
 * meets no match, and what is told again, is looked up by itself.
 */
async function verifyPostingsTold(read: ReadRows, findings: Findings): Promise<void> {
  const postings = readPages<Posting>(
    read,
    `select ${POSTING} from ledger_transactions t where t.seq > $1 order by t.seq`,
    ["0"],
    (row) => [row.seq],
  );
  const tellings = readPages<Telling>(
    read,
    `select e.seq::text, e.data ->> 'transaction' as posting, e.subject_id as subject, ${TOLD} from events e
      where e.seq > $1 and ${SUBJECT} in ${SUBJECTS} and e.data ? 'transaction' order by e.seq`,
    ["0"],
    (row) => [row.seq],
  );
  const untold = new Map<string, Posting>();
  const early = new Map<string, Telling>();
  const again = new Set<string>();
  const meet = (posting: Posting, told: Telling): boolean => {
    if (!posting.about.includes(told.subject)) return false;
    checkTold(posting, told, findings);
    return true;
  };
  const lookUp = async () => {
    await verifyAlone(read, [...new Set([...untold.keys(), ...early.keys(), ...again])], findings);
    untold.clear();
    early.clear();
    again.clear();
  };
  for (let [more, further] = [true, true]; more || further;) {
    const posting = await postings.next();
    more = posting.done !== true;
    if (posting.done !== true) {
      const told = early.get(posting.value.id);
      if (told === undefined || !meet(posting.value, told)) untold.set(posting.value.id, posting.value);
      else early.delete(posting.value.id);
    }
    const telling = await tellings.next();
    further = telling.done !== true;
    if (telling.done !== true) {
      const told = telling.value;
      const waiting = untold.get(told.posting);
      if (waiting !== undefined && meet(waiting, told)) untold.delete(told.posting);
      else if (early.has(told.posting)) again.add(told.posting);
      else early.set(told.posting, told);
    }
    if (untold.size + early.size + again.size > WAITING) await lookUp();
  }
  await lookUp();
}

/** Postings by themselves, each with all events that tell of it. */
async function verifyAlone(read: ReadRows, ids: readonly string[], findings: Findings): Promise<void> {
  if (ids.length === 0) return;
  const rows = await read<Posting & { told: ToldOnce[] }>(
    `select p.*, (select coalesce(json_agg(json_build_object('actor', x.actor, 'recorded_on', x.recorded_on, 'day', x.day,
              'entered', x.entered) order by x.seq), '[]')
            from (select e.seq, ${TOLD} from events e where e.subject_table in ${SUBJECTS}
                    and e.subject_id = any (p.about) and e.data ->> 'transaction' = p.id::text) x) as told
       from (select ${POSTING} from ledger_transactions t where t.id = any (array(select i::uuid from unnest($1::text[]) i where i ~ '^[0-9a-f-]{36}$'))) p order by p.seq::bigint`,
    [ids],
  );
  for (const posting of rows) {
    const [told] = posting.told;
    if (told !== undefined && posting.told.length === 1) checkTold(posting, told, findings);
    else
      findings.fault(
        "3 the audit trail tells of every posting once",
        "ledger_transactions",
        posting.id,
        `${posting.told.length} events`,
      );
  }
}

function checkTold(posting: Posting, told: ToldOnce, findings: Findings): void {
  const wrong = (rule: string, detail: string) =>
    findings.fault(rule, "ledger_transactions", posting.id, detail);
  if (told.actor !== posting.actor_id) {
    wrong("3 a posting is by whom the audit trail names", `${posting.actor_id}, told ${told.actor}`);
  }
  // Entered money without a day of its own (an older event) was at least not entered before it happened.
  const sameDay =
    told.day === null && told.entered
      ? posting.event_on <= told.recorded_on
      : posting.event_on === (told.day ?? told.recorded_on);
  if (!sameDay) {
    wrong(
      "3 a posting has the day the audit trail tells",
      `${posting.event_on}, told ${told.day ?? told.recorded_on}`,
    );
  }
}
