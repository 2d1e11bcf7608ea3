import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "~db/client.server";
import type { staffMails } from "~db/schema/mail";
import { loadStaffActor } from "~server/staff-auth/load-staff-actor.server";
import { boardReach } from "~server/triage/board-reach.server";
import type { StaffMailAbout } from "./compose-staff-mail";

const supervision = z.object({ supervision: z.uuid() });
const calendar = z.object({ list: z.int() });
const budget = z.object({ budget: z.uuid(), percent: z.int() });
const view = z.object({ view: z.uuid(), on: z.string() });
const plan = z.object({ deadline: z.uuid(), when: z.enum(["near", "passed"]) });

/** Kinds of mail to staff that are about the office's own affairs. */
export const OFFICE_MAILS = ["supervision", "calendar", "plan", "budget", "view"] as const;

export function isOfficeMail(kind: string): kind is (typeof OFFICE_MAILS)[number] {
  return (OFFICE_MAILS as readonly string[]).includes(kind);
}

/**
 * What a waiting mail about a 督办, the calendar, the plan or a board view says, read again when it leaves; null where its
 * cause is gone: the body answered or lost the lead, the phase was moved to another day or its round ended, the view holds
 * no more than it may or its owner has no board. `today` is a day in China.
 */
export async function readOfficeMail(
  tx: Tx,
  mail: Pick<typeof staffMails.$inferSelect, "kind" | "staffId" | "data">,
  today: string,
): Promise<StaffMailAbout | null> {
  if (mail.kind === "supervision") {
    const of = supervision.parse(mail.data);
    const { rows } = await tx.execute<{ year: number; no: number; answerBy: string }>(sql`
      select s.year, s.no, s.answer_by::text as "answerBy"
        from supervisions s join staff p on p.id = ${mail.staffId} and p.agency_id = s.agency_id
       where s.id = ${of.supervision} and s.answered_at is null
         and exists (select 1 from staff_roles g where g.staff_id = p.id and g.revoked_at is null
                      and g.role in ('agency_officer', 'agency_verifier'))
         and exists (select 1 from lead_agencies h join leads l on l.id = h.lead_id
                      where h.lead_id = s.lead_id and h.agency_id = s.agency_id and h.to_at is null
                        and not l.leading_office_only)
         and not exists (select 1 from lead_recusals r
                          where r.lead_id = s.lead_id and r.staff_id = p.id and r.ended_at is null)`);
    return rows[0] === undefined ? null : { kind: "supervision", ...rows[0] };
  }
  if (mail.kind === "calendar") {
    const { list } = calendar.parse(mail.data);
    const { rows } = await tx.execute<{ year: number; document: string }>(
      sql`select year, document from calendar_lists where list_no = ${list}`,
    );
    return rows[0] === undefined ? null : { kind: "calendar", ...rows[0] };
  }
  if (mail.kind === "budget") {
    const { budget: budgetId, percent } = budget.parse(mail.data);
    const { rows } = await tx.execute<{ source: string; year: number }>(
      sql`select f.source, b.fiscal_year as year from budgets b join funds f on f.id = b.fund_id where b.id = ${budgetId}`,
    );
    return rows[0] === undefined ? null : { kind: "budget", percent, ...rows[0] };
  }
  if (mail.kind === "view") {
    const of = view.parse(mail.data);
    const { rows } = await tx.execute(
      sql`select id from saved_views where id = ${of.view} and owner_id = ${mail.staffId} and over_on = ${of.on}::date`,
    );
    const owner = await loadStaffActor(tx, mail.staffId, "passkey");
    return rows.length === 0 || owner === null || boardReach(owner) === null ? null : { kind: "view" };
  }
  const { deadline, when } = plan.parse(mail.data);
  const { rows } = await tx.execute<{ phase: string; due: string }>(sql`
    select d.title as phase, d.due_on::text as due
      from plan_deadlines d join plan_rounds r on r.id = d.round_id and r.ended_at is null
     where d.id = ${deadline} and (${when} = 'passed') = (d.due_on < ${today}::date)`);
  return rows[0] === undefined ? null : { kind: "plan", when, ...rows[0] };
}
