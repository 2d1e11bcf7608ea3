import { and, asc, eq, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { events } from "~db/schema/events";
import { leads } from "~db/schema/leads";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { weighGrowth } from "~server/clocks/weigh-growth.server";
import type { Pack } from "~server/packs/grammar";
import { readPackInForce } from "~server/packs/read-stored-pack.server";
import { readEscalationFacts } from "~server/routing/lead-facts.server";
import { weighEscalation } from "~server/routing/weigh-escalation";
import type { StaffActor } from "~server/staff-auth/actor";

/**
 * Once a merge is undone and the tips are parted: takes 重大 back from the lead that went on where the merge itself, or
 * what came while it stood, had raised it and nothing else calls for it, by the pack in force of the lead: no threshold, no growth, no dispatch since
 * that escalated. Recorded on the lead. `pack` judges where the lead's own is not installed.
 */
export async function settleMajor(
  tx: Tx,
  input: { pack: Pack; leadId: string; mergeId: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  const { leadId, mergeId, at } = input;
  const set = { version: sql`${leads.version} + 1` };
  const [lead] = await tx.update(leads).set(set).where(eq(leads.id, leadId)).returning();
  if (lead?.isMajor !== true) return;
  const [raised] = await tx
    .select({ seq: events.seq })
    .from(events)
    .where(
      and(
        eq(events.leadId, leadId),
        eq(events.action, "lead.major_raised"),
        // The merge is told before it raises anything.
        sql`${events.seq} > (select max(m.seq) from events m where m.lead_id = ${leadId}
          and m.action = 'dossier.merged' and m.data ->> 'merge' = ${mergeId})`,
      ),
    )
    .orderBy(asc(events.seq))
    .limit(1);
  if (raised === undefined || (await escalatedSince(tx, leadId, raised.seq))) return;
  const pack = (await readPackInForce(tx, lead.packId, null))?.pack ?? input.pack;
  const today = chinaDay(at);
  const facts = (await readEscalationFacts(tx, { leadIds: [leadId], pack, today })).get(leadId);
  if (facts !== undefined && weighEscalation(pack, facts).length > 0) return;
  if ((await weighGrowth(tx, { leadIds: [leadId], today, limits: pack.limits })).has(leadId)) return;
  await tx.update(leads).set({ isMajor: false }).where(eq(leads.id, leadId));
  await recordEvent(
    tx,
    {
      action: "lead.major_withdrawn",
      subjectTable: "leads",
      subjectId: leadId,
      leadId,
      data: { merge: mergeId },
      at,
    },
    actor,
  );
}

async function escalatedSince(tx: Tx, leadId: string, seq: bigint | number): Promise<boolean> {
  const later = await tx
    .select({ seq: events.seq })
    .from(events)
    .where(
      and(
        eq(events.leadId, leadId),
        eq(events.action, "lead.dispatched"),
        sql`${events.seq} > ${seq}`,
        sql`${events.data} ->> 'escalate' = 'true'`,
      ),
    )
    .orderBy(asc(events.seq))
    .limit(1);
  return later.length > 0;
}
