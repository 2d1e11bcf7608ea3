import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Tx } from "~db/client.server";
import type { staffMails } from "~db/schema/mail";
import type { StaffMailAbout } from "./compose-staff-mail";

const about = z.object({ dispute: z.uuid(), about: z.enum(["asked", "reminded", "decided"]) });

/**
 * What a waiting mail about a dispute says, read again when it leaves: null where the person is of no body heard in it
 * any more, or recused; where the lead went to the leading office alone; or, for what asks, where the dispute has ended
 * or their body has answered.
 */
export async function readDisputeForMail(
  tx: Tx,
  mail: Pick<typeof staffMails.$inferSelect, "staffId" | "data">,
): Promise<StaffMailAbout | null> {
  const asked = about.parse(mail.data);
  const { rows } = await tx.execute<{ lead: string; number: string }>(sql`
    select d.lead_id as lead, d.lead_number::text as number
      from disputes d join leads l on l.id = d.lead_id
      join dispute_parties p on p.dispute_id = d.id
      join staff s on s.agency_id = p.agency_id and s.id = ${mail.staffId}
     where d.id = ${asked.dispute} and not l.leading_office_only
       and exists (select 1 from staff_roles g where g.staff_id = s.id and g.role = 'agency_officer' and g.revoked_at is null)
       and not exists (select 1 from lead_recusals r where r.lead_id = l.id and r.staff_id = s.id and r.ended_at is null)
       and (${asked.about} = 'decided' or d.status = 'open' and not exists (
         select 1 from dispute_opinions o where o.dispute_id = d.id and o.agency_id = p.agency_id))`);
  const [row] = rows;
  if (row === undefined) return null;
  return { kind: "dispute", leadId: row.lead, number: Number(row.number), about: asked.about };
}
