import { and, desc, eq, isNull } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { leadSectors, routingDecisions } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { readLeadInScope } from "~server/triage/lead-scope.server";

/** What the form that carries a decision out begins with: the lead's version, sector, and what triage said before. */
export async function readFollowing(
  db: Database,
  leadId: string,
  actor: StaffActor,
): Promise<{
  version: number;
  sector: string;
  triage: { suspectedCrime: boolean; petition: boolean; nested: boolean };
}> {
  return withActor(db, actor, async (tx) => {
    const lead = await readLeadInScope(tx, leadId, actor);
    const [primary] = await tx
      .select({ sector: leadSectors.sector })
      .from(leadSectors)
      .where(and(eq(leadSectors.leadId, lead.id), eq(leadSectors.isPrimary, true), isNull(leadSectors.toOn)));
    const [last] = await tx
      .select({ facts: routingDecisions.facts })
      .from(routingDecisions)
      .where(eq(routingDecisions.leadId, lead.id))
      .orderBy(desc(routingDecisions.decisionNo))
      .limit(1);
    const known = (last?.facts ?? {}) as Record<string, unknown>;
    return {
      version: lead.version,
      sector: primary?.sector ?? "unknown",
      triage: {
        suspectedCrime: known["suspectedCrime"] === true,
        petition: known["petition"] === true,
        nested: known["nested"] === true,
      },
    };
  });
}
