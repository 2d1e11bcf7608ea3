import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "~db/client.server";
import { DEADLINE_CLOCKS } from "~server/clocks/clock-kinds";
import type { staffMails } from "~db/schema/mail";
import type { StaffMailAbout } from "./compose-staff-mail";
import { readDisputeForMail } from "./read-dispute-for-mail.server";

const deadline = z.object({
  lead: z.uuid(),
  clock: z.enum(DEADLINE_CLOCKS),
  due: z.iso.date(),
  when: z.enum(["near", "passed", "escalated"]),
});
const major = z.object({ lead: z.uuid() });

/**
 * What a waiting mail about a lead says, read again when it leaves: null where the person no longer sees the lead (their
 * body's hold, their role or a recusal changed), or the cause is gone (the clock runs no more, or to another day; the
 * lead is closed). `today` is a day in China, `YYYY-MM-DD`.
 */
export async function readLeadForMail(
  tx: Tx,
  mail: Pick<typeof staffMails.$inferSelect, "kind" | "staffId" | "data">,
  today: string,
): Promise<StaffMailAbout | null> {
  if (mail.kind === "major") {
    const { lead } = major.parse(mail.data);
    const { rows } = await tx.execute<{ number: string; marked: boolean }>(sql`
      select l.number::text as number, l.is_major as marked from leads l
       where l.id = ${lead} and l.closed_at is null
         and (l.is_major or exists (select 1 from alerts a where a.lead_id = l.id and a.kind = 'major_office'))
         and ${stillHolds(mail.staffId, "triage_officer")} and ${notRecused(mail.staffId)}`);
    const [row] = rows;
    if (row === undefined) return null;
    const number = Number(row.number);
    return row.marked ? { kind: "major", leadId: lead, number } : { kind: "officeAlert", number };
  }
  if (mail.kind === "dispute") return readDisputeForMail(tx, mail);
  const { lead, clock, due, when } = deadline.parse(mail.data);
  const escalated = when === "escalated";
  const officer = sql`(${stillHolds(mail.staffId, "agency_officer")}
    or ${escalated} and ${stillHolds(mail.staffId, "agency_verifier")})`;
  const { rows } = await tx.execute<{ number: string }>(sql`
    select l.number::text as number from (${runningClocks("kept")}) l
     where l.id = ${lead} and l.clock = ${clock} and l.due = ${due}::date
       and (${when} <> 'near') = (l.due < ${today}::date)
       and ${notRecused(mail.staffId)}
       and (not (l.kept or l.office) and ${officer}
       and exists (select 1 from lead_agencies h join staff s on s.agency_id = h.agency_id
                    where h.lead_id = l.id and h.to_at is null and h.relation in ('lead', 'co_lead')
                      and s.id = ${mail.staffId})
        or (l.kept or l.office or ${escalated}) and ${stillHolds(mail.staffId, "triage_officer")})
     limit 1`);
  if (rows[0] === undefined) return null;
  return { kind: "deadline", leadId: lead, number: Number(rows[0].number), clock, due, when };
}

/**
 * Open leads with the clock that runs now (`runningClock` of the board) and its day, and the clocks of handling with theirs
 * (整改, 兑付方案, 先行登记保存, 回头看, answers to letters): of leads shown to their bodies, or with `kept` also of those of the
 * leading office alone, and of what that office began before it opened a lead up, which only it may be told of (`own`). `office`: the answer to a 转办函, which the leading office
 * waits for; `body` is then the one that owes it, null where an old letter does not say.
 */
export function runningClocks(of: "shown" | "kept" = "shown") {
  const shown = sql`(${of === "kept"} or not leading_office_only)`;
  return sql`
    select id, number, pack_id, case when stage = 'dispatched' then 'accept' else 'handle' end as clock,
           case when stage = 'dispatched' then accept_due_on else handle_due_on end as due,
           leading_office_only as kept, false as own, false as office, null::text as body
      from leads
     where stage in ('dispatched', 'investigating', 'determined') and ${shown}
    union
    select l.id, l.number, l.pack_id, c.kind, c.due_on, k.kept, k.kept and not l.leading_office_only,
           f.id is not null, f.recipient_agency_id
      from lead_clocks c
      join leads l on l.id = c.lead_id and l.closed_at is null
      join lateral (select l.leading_office_only or l.kept_events_to is not null and clock_of_office(l.id, c.id, c.subject)
                        as kept) k on ${of === "kept"} or not k.kept
      left join handling_letters f on f.lead_id = c.lead_id and f.kind = 'forward' and c.kind = 'answer'
                                  and c.subject like f.id::text || '%'
     where c.ended_on is null and c.due_on is not null
       and c.kind in ('rectify', 'follow_up', 'preservation', 'repayment_plan', 'answer')`;
}

function stillHolds(staffId: string, role: string) {
  return sql`exists (select 1 from staff_roles g where g.staff_id = ${staffId} and g.role = ${role} and g.revoked_at is null)`;
}

function notRecused(staffId: string) {
  return sql`not exists (select 1 from lead_recusals r where r.lead_id = l.id and r.staff_id = ${staffId} and r.ended_at is null)`;
}
