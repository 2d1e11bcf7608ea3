import { desc, eq, isNull, sql, type SQL } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { supervisions } from "~db/schema/clocks";
import { leads } from "~db/schema/leads";
import { agencies } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { chinaDay } from "~server/clock";
import { notFound } from "~server/errors.server";
import { runningClocks } from "~server/notifications/read-lead-for-mail.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { leadsInScope } from "~server/triage/lead-scope.server";
import { workingDaysBetween } from "./business-calendar";
import type { DeadlineClock } from "./clock-kinds";
import { readCalendar } from "./read-calendar.server";

export const LATE_A_PAGE = 30;
export const SUPERVISIONS_A_PAGE = 20;
/** Bodies listed at most: a pack names some dozens. */
const BODIES = 300;

/** How late a body is, and how it answers. Days are working days. */
export type LateBody = {
  readonly agencyId: string;
  readonly name: string;
  readonly lateAccept: number;
  readonly lateHandle: number;
  /** Of 整改, 兑付方案, 先行登记保存, 回头看 and answers to letters. */
  readonly lateDuty: number;
  readonly longest: number;
  readonly issued: number;
  readonly answered: number;
};

export type LateLead = {
  readonly leadId: string;
  readonly number: number;
  readonly name: string;
  readonly agencyId: string;
  readonly agency: string;
  readonly clock: DeadlineClock;
  readonly dueOn: string;
  /** Working days. */
  readonly over: number;
  /** The leading office's alone: nobody else is urged. */
  readonly kept: boolean;
  /** The 督办 that waits for its answer. */
  readonly waiting: { readonly year: number; readonly no: number } | null;
};

export type SupervisionView = {
  readonly id: string;
  readonly year: number;
  readonly no: number;
  readonly leadId: string;
  readonly number: number;
  readonly agency: string;
  readonly agencyId: string;
  readonly clock: DeadlineClock;
  readonly dueOn: string;
  readonly note: string;
  readonly answerBy: string;
  readonly issuedOn: string;
  /** Whether the body can answer itself: it holds the lead and has an officer. */
  readonly bodyAnswers: boolean;
  readonly answer: string | null;
  readonly answeredOn: string | null;
};

/**
 * Late leads and 督办 as this person may see them: all for triage and audit, those of the leading office alone among
 * them; an agency's people those their body leads now. Leads one is recused from are in none of it. 404 for anyone else.
 */
export async function listLate(
  db: Database,
  input: {
    readonly agencyId: string | null;
    readonly page: number;
    readonly issuedPage: number;
    readonly at: Date;
  },
  actor: StaffActor,
): Promise<{
  bodies: LateBody[];
  count: number;
  late: LateLead[];
  issuedCount: number;
  issued: SupervisionView[];
}> {
  const office = hasRole(actor, "triage_officer", "auditor");
  if (!office && !hasRole(actor, "agency_officer", "agency_verifier")) throw notFound();
  const agencyId = office ? input.agencyId : actor.agencyId;
  const today = chinaDay(input.at);
  return withActor(db, actor, async (tx) => {
    const { calendar } = await readCalendar(tx);
    const over = (due: string) => workingDaysBetween(calendar, due, today);
    const where = lateWhere(actor, today, agencyId);
    const { rows: counted } = await tx.execute<{ n: number }>(sql`select count(*)::int as n ${where}`);
    const { rows } = await tx.execute<
      Omit<LateLead, "over" | "waiting"> & { year: number | null; no: number | null }
    >(sql`
      select l.id as "leadId", l.number::int as number, l.name, h.agency_id as "agencyId", a.name as agency,
             l.clock, l.due::text as "dueOn", l.kept, s.year, s.no
        from (select x.*, ${leads.name} from (${runningClocks("kept")}) x join ${leads} on ${leads.id} = x.id
               where ${leadsInScope(actor)}) l
        join lead_agencies h on ${owes}
        join agencies a on a.id = h.agency_id
        left join supervisions s on s.lead_id = l.id and s.agency_id = h.agency_id and s.clock_kind = l.clock
              and s.answered_at is null
       where l.due < ${today}::date ${agencyId === null ? sql`` : sql`and h.agency_id = ${agencyId}`}
       order by l.due, l.number, h.agency_id, l.clock limit ${LATE_A_PAGE} offset ${(input.page - 1) * LATE_A_PAGE}`);
    return {
      bodies: office ? await listBodies(tx, { today, over }, actor) : [],
      count: counted[0]?.n ?? 0,
      late: rows.map(({ year, no, ...row }) => ({
        ...row,
        over: over(row.dueOn),
        waiting: year === null || no === null ? null : { year, no },
      })),
      ...(await listIssued(tx, { agencyId, page: input.issuedPage })),
    };
  });
}

/** The rows of all bodies, for the file of the page. */
export async function listLateBodies(db: Database, at: Date, actor: StaffActor): Promise<LateBody[]> {
  if (!hasRole(actor, "triage_officer", "auditor")) throw notFound();
  const today = chinaDay(at);
  return withActor(db, actor, async (tx) => {
    const { calendar } = await readCalendar(tx);
    return listBodies(tx, { today, over: (due) => workingDaysBetween(calendar, due, today) }, actor);
  });
}

/** Which holders a deadline is theirs: those that lead the lead; of a 转办函 the one it was written to. */
const owes = sql`h.lead_id = l.id and h.to_at is null
  and case when l.body is null then h.relation in ('lead', 'co_lead') else h.agency_id = l.body end`;

function lateWhere(actor: StaffActor, today: string, agencyId: string | null): SQL {
  return sql`from (select x.* from (${runningClocks("kept")}) x join ${leads} on ${leads.id} = x.id
                    where ${leadsInScope(actor)} and x.due < ${today}::date) l
     join lead_agencies h on ${owes}
    ${agencyId === null ? sql`` : sql`where h.agency_id = ${agencyId}`}`;
}

/** What the office began itself, before a body got the lead, is on nobody's account. */
async function listBodies(
  tx: Tx,
  of: { today: string; over: (due: string) => number },
  actor: StaffActor,
): Promise<LateBody[]> {
  const { rows } = await tx.execute<Omit<LateBody, "longest"> & { oldest: string | null }>(sql`
    select a.id as "agencyId", a.name, coalesce(t.accept, 0) as "lateAccept", coalesce(t.handle, 0) as "lateHandle",
           coalesce(t.duty, 0) as "lateDuty",
           t.oldest::text as oldest, coalesce(s.issued, 0) as issued, coalesce(s.answered, 0) as answered
      from agencies a
      left join (select h.agency_id, count(*) filter (where l.clock = 'accept')::int as accept,
                        count(*) filter (where l.clock = 'handle')::int as handle,
                        count(*) filter (where l.clock not in ('accept', 'handle'))::int as duty, min(l.due) as oldest
                   ${lateWhere(actor, of.today, null)} where not l.own group by h.agency_id) t on t.agency_id = a.id
      left join (select agency_id, count(*)::int as issued, count(answered_at)::int as answered
                   from supervisions group by agency_id) s on s.agency_id = a.id
     where t.agency_id is not null or s.agency_id is not null
     order by t.oldest nulls last, a.id limit ${BODIES}`);
  return rows.map(({ oldest, ...row }) => ({ ...row, longest: oldest === null ? 0 : of.over(oldest) }));
}

async function listIssued(
  tx: Tx,
  of: { agencyId: string | null; page: number },
): Promise<{ issuedCount: number; issued: SupervisionView[] }> {
  const where = of.agencyId === null ? undefined : eq(supervisions.agencyId, of.agencyId);
  const [counted] = await tx
    .select({ n: sql<number>`count(*)::int` })
    .from(supervisions)
    .where(where);
  const rows = await tx
    .select({ row: supervisions, number: leads.number, agency: agencies.name, bodyAnswers: bodyAnswers() })
    .from(supervisions)
    .innerJoin(leads, eq(leads.id, supervisions.leadId))
    .innerJoin(agencies, eq(agencies.id, supervisions.agencyId))
    .where(where)
    .orderBy(sql`${isNull(supervisions.answeredAt)} desc`, desc(supervisions.year), desc(supervisions.no))
    .limit(SUPERVISIONS_A_PAGE)
    .offset((of.page - 1) * SUPERVISIONS_A_PAGE);
  return {
    issuedCount: counted?.n ?? 0,
    issued: rows.map(({ row, number, agency, bodyAnswers: answers }) => ({
      id: row.id,
      year: row.year,
      no: row.no,
      leadId: row.leadId,
      number,
      agency,
      agencyId: row.agencyId,
      clock: row.clockKind as DeadlineClock,
      dueOn: row.dueOn,
      note: row.note,
      answerBy: row.answerBy,
      issuedOn: chinaDay(row.issuedAt),
      bodyAnswers: answers,
      answer: row.answer,
      answeredOn: row.answeredAt === null ? null : chinaDay(row.answeredAt),
    })),
  };
}

/** Whether the body of a 督办 leads its lead still and has an officer with an account. */
export function bodyAnswers(): SQL<boolean> {
  return sql<boolean>`exists (select 1 from lead_agencies h join staff p on p.agency_id = h.agency_id and p.status = 'active'
      join staff_roles g on g.staff_id = p.id and g.role = 'agency_officer' and g.revoked_at is null
     where h.lead_id = supervisions.lead_id and h.agency_id = supervisions.agency_id and h.to_at is null
       and h.relation in ('lead', 'co_lead'))`;
}
