import type { Findings } from "./fault-list";
import { FIRST_ID, readPages, type ReadRows } from "./read-rows.server";

type Decision = {
  readonly id: string;
  readonly what: string;
  readonly saidBy: string;
  readonly agreedBy: string | null;
  readonly withdrawn: boolean;
  /** What became of the line: of the bank's its outcome and who wrote it, of a payment its state. */
  readonly outcome: string | null;
  readonly handledBy: string | null;
  readonly subjectTable: string;
  readonly subjectId: string | null;
  /** What the events about the line carry: its number in its statement, or its reference. */
  readonly mark: string | null;
};

const DECISIONS = `select d.id, d.what, d.said_by as "saidBy", d.agreed_by as "agreedBy", d.withdrawn_at is not null as withdrawn,
    coalesce(k.outcome, l.state) as outcome, k.handled_by as "handledBy",
    case when d.bank_line_id is null then 'payout_batches' else 'bank_statements' end as "subjectTable",
    coalesce(k.statement_id, l.batch_id)::text as "subjectId", coalesce(k.line_no::text, l.reference) as mark
  from line_decisions d left join bank_lines k on k.id = d.bank_line_id left join payout_lines l on l.id = d.line_id
 where d.id > $1::uuid order by d.id`;

const TOLD = `select e.actor_id as actor from events e where e.subject_table = $1 and e.subject_id = $2 and e.action = $3
   and coalesce(e.data ->> 'line', e.data ->> 'reference') = $4`;

const ACTIONS: Readonly<
  Record<string, { said: string; agreed: string; withdrawn: string; outcome: string }>
> = {
  not_sent: {
    said: "payout_line.said_not_sent",
    agreed: "payout_line.not_sent",
    withdrawn: "",
    outcome: "not_sent",
  },
  ...Object.fromEntries(
    ["matched", "dismissed"].map((what) => [
      what,
      {
        said: `bank_line.proposed_${what}`,
        agreed: `bank_line.${what}`,
        withdrawn: `bank_line.withdrew_${what}`,
        outcome: what,
      },
    ]),
  ),
};

/**
 * What two decided about a payment that did not go out, and about a line of the bank that is none of ours: said by one,
 * agreed to by another, both told by the audit trail; and no line ended that way without the two.
 */
export async function verifyDecisions(read: ReadRows, findings: Findings): Promise<void> {
  for await (const row of readPages<Decision>(read, DECISIONS, [FIRST_ID], ({ id }) => [id])) {
    findings.count("decisions");
    const said = (rule: string, detail: string) => findings.fault(rule, "line_decisions", row.id, detail);
    if (row.agreedBy === row.saidBy) said("9 one says it of a line, another agrees", row.saidBy);
    if (row.agreedBy !== null && row.withdrawn) said("9 what was taken back is not agreed to", row.agreedBy);
    const actions = ACTIONS[row.what];
    if (actions === undefined) continue;
    const tells = async (action: string, person: string) => {
      const told = await read<{ actor: string | null }>(TOLD, [
        row.subjectTable,
        row.subjectId,
        action,
        row.mark,
      ]);
      if (!told.some(({ actor }) => actor === person))
        said("3 the audit trail tells who decided about a line", `${action} by ${person}`);
    };
    await tells(actions.said, row.saidBy);
    if (row.withdrawn) await tells(actions.withdrawn, row.saidBy);
    if (row.agreedBy === null) continue;
    await tells(actions.agreed, row.agreedBy);
    if (row.outcome !== actions.outcome) said("9 what two agreed to of a line is so", String(row.outcome));
    if (row.what !== "not_sent" && row.handledBy !== row.agreedBy)
      said("9 a line is set aside by the second of two", String(row.handledBy));
  }
  await verifyDecided(read, findings);
}

const SET_ASIDE = `select k.id, k.outcome as what, 'bank_lines' as "table" from bank_lines k
  where k.id > $1::uuid and (k.outcome = 'dismissed' or k.outcome = 'matched' and k.payout_line_id is null)
    and not exists (select 1 from line_decisions d where d.bank_line_id = k.id and d.what = k.outcome and d.agreed_by is not null)
  order by k.id`;
const NOT_SENT = `select l.id, l.state as what, 'payout_lines' as "table" from payout_lines l
  where l.id > $1::uuid and l.state = 'not_sent'
    and not exists (select 1 from line_decisions d where d.line_id = l.id and d.agreed_by is not null)
  order by l.id`;

async function verifyDecided(read: ReadRows, findings: Findings): Promise<void> {
  type Alone = { id: string; what: string; table: string };
  for (const text of [SET_ASIDE, NOT_SENT])
    for await (const row of readPages<Alone>(read, text, [FIRST_ID], ({ id }) => [id]))
      findings.fault("9 a line is set aside by two", row.table, row.id, row.what);
}
