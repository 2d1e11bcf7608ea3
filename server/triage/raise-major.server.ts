import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { leads } from "~db/schema/leads";
import { recordEvent } from "~server/audit/record-event.server";
import type { Pack } from "~server/packs/grammar";
import { readLeadFacts } from "~server/routing/lead-facts.server";
import { weighEscalation } from "~server/routing/weigh-escalation";
import type { Actor } from "~server/staff-auth/actor";

/**
 * Marks a lead 重大 the moment a threshold of the pack is met (马上报告), once. A lead already marked costs one
 * indexed read, so that a flood of tips on one subject stays cheap.
 */
export async function raiseMajor(
  tx: Tx,
  input: { leadId: string; pack: Pack; today: string; at: Date },
  actor: Actor,
): Promise<boolean> {
  const [lead] = await tx.select({ isMajor: leads.isMajor }).from(leads).where(eq(leads.id, input.leadId));
  if (lead === undefined || lead.isMajor) return false;
  // Reports that arrive together must see each other: without the lock each counts itself alone and the last one
  // up to the threshold raises nothing. Inserting a tip only shares the lead's key, so reporters do not block.
  await tx.select({ id: leads.id }).from(leads).where(eq(leads.id, input.leadId)).for("no key update");
  const facts = await readLeadFacts(tx, input);
  const hits = weighEscalation(input.pack, facts);
  if (hits.length === 0) return false;
  const raised = await tx
    .update(leads)
    .set({ isMajor: true, version: sql`${leads.version} + 1` })
    .where(and(eq(leads.id, input.leadId), eq(leads.isMajor, false)))
    .returning({ id: leads.id });
  if (raised.length === 0) return false;
  // Whoever's act raises it may see neither the officers' addresses nor the outbox (0020).
  await tx.execute(sql`select mail_major(${input.leadId}::uuid, ${input.at.toISOString()}::timestamptz)`);
  await recordEvent(
    tx,
    {
      action: "lead.major_raised",
      subjectTable: "leads",
      subjectId: input.leadId,
      leadId: input.leadId,
      data: {
        hits: hits.map(({ threshold, matched }) => ({
          rule: threshold.id,
          clause: threshold.clause,
          matched,
        })),
      },
      at: input.at,
    },
    actor,
  );
  return true;
}
