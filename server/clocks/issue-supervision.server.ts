import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { supervisions } from "~db/schema/clocks";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { databaseFault, DomainError, notFound } from "~server/errors.server";
import { runningClocks } from "~server/notifications/read-lead-for-mail.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { readLeadInScope } from "~server/triage/lead-scope.server";
import { addWorkingDays } from "./business-calendar";
import type { DeadlineClock } from "./clock-kinds";
import { readCalendar } from "./read-calendar.server";

/**
 * 督办: triage urges a body that leads a lead one of whose running clocks has passed (of a 转办函 the body it went to). Numbered by the database; the body's
 * officers get a mail and have `answerDays` working days to answer. Refusals: `not_found`, `not_late` (409) where the
 * clock runs no more, stands still or has been moved, `supervised` (409) while an earlier one waits for its answer.
 */
export async function issueSupervision(
  db: Database,
  input: {
    readonly leadId: string;
    readonly agencyId: string;
    /** Which of its clocks has passed. */
    readonly clock: DeadlineClock;
    readonly note: string;
    readonly answerDays: number;
    readonly at: Date;
  },
  actor: StaffActor,
): Promise<{ year: number; no: number }> {
  const issued = withActor(db, actor, async (tx) => {
    if (!hasRole(actor, "triage_officer")) throw notFound();
    const lead = await readLeadInScope(tx, input.leadId, actor, { lock: true });
    const today = chinaDay(input.at);
    const { rows } = await tx.execute<{ clock: string; due: string }>(sql`
      select l.clock, l.due::text as due from (${runningClocks()}) l
       where l.id = ${lead.id} and l.clock = ${input.clock} and l.due < ${today}::date
         and exists (select 1 from lead_agencies h where h.lead_id = l.id and h.agency_id = ${input.agencyId}
                      and h.to_at is null
                      and case when l.body is null then h.relation in ('lead', 'co_lead') else h.agency_id = l.body end)
       order by l.due limit 1`);
    const late = rows[0];
    if (late === undefined) {
      throw new DomainError("not_late", 409, "这条线索现在没有超期，或者已经不由该单位承办。请刷新后查看。");
    }
    const { calendar } = await readCalendar(tx);
    const [row] = await tx
      .insert(supervisions)
      .values({
        id: uuidv7(),
        // Both given by the database.
        year: 0,
        no: 0,
        leadId: lead.id,
        agencyId: input.agencyId,
        clockKind: late.clock,
        dueOn: late.due,
        note: input.note,
        answerBy: addWorkingDays(calendar, today, input.answerDays),
        issuedBy: actor.id,
        issuedAt: input.at,
      })
      .returning({ id: supervisions.id, year: supervisions.year, no: supervisions.no });
    if (row === undefined) throw notFound();
    await tx.execute(sql`select mail_supervision(${row.id}::uuid, ${input.at.toISOString()}::timestamptz)`);
    await recordEvent(
      tx,
      {
        action: "supervision.issued",
        subjectTable: "supervisions",
        subjectId: row.id,
        leadId: lead.id,
        data: {
          number: `${row.year}-${row.no}`,
          agency: input.agencyId,
          clock: late.clock,
          due: late.due,
          note: input.note,
        },
        at: input.at,
      },
      actor,
    );
    return { year: row.year, no: row.no };
  });
  return issued.catch((error: unknown) => {
    if (databaseFault(error).constraint !== "supervisions_open_uq") throw error;
    throw new DomainError("supervised", 409, "这项超期已经督办，正在等单位答复。请刷新后查看。");
  });
}
