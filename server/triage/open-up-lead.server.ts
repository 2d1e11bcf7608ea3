import { eq, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { events } from "~db/schema/events";
import { leads, routingDecisions } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { weighGrowth } from "~server/clocks/weigh-growth.server";
import { DomainError, notFound } from "~server/errors.server";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { readPackInForce } from "~server/packs/read-stored-pack.server";
import { readEscalationFacts } from "~server/routing/lead-facts.server";
import { proposeRoute } from "~server/routing/propose-route.server";
import { weighEscalation } from "~server/routing/weigh-escalation";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { readLeadInScope } from "./lead-scope.server";
import { endHolding, refuseStale } from "./move-lead.server";

/** Stages in which a lead is with whoever holds it: opened up, it goes back to 研判 to be dispatched to its body. */
const HELD = ["dispatched", "investigating", "determined"];

/**
 * Triage ends a lead's being for the leading office alone: it goes back to 研判 if it was dispatched, and the bodies it
 * is dispatched to from then on see it, without the tips that concern an agency or official. Nor do they see what rests
 * on those tips: what was done and decided so far stays with the office, 重大 is weighed and the route proposed anew by
 * the other tips alone. Told by its subject and not in the lead's history, which those bodies read. `pack` is the
 * portal's own. Throws `not_found` for anyone else, `stale_lead`, `not_restricted` (409) when it is open already.
 */
export async function openUpLead(
  db: Database,
  pack: LoadedPack,
  input: { leadId: string; version: number; reason: string; at: Date },
  actor: StaffActor,
): Promise<void> {
  await withActor(db, actor, async (tx) => {
    if (!hasRole(actor, "triage_officer")) throw notFound();
    const lead = await readLeadInScope(tx, input.leadId, actor, { lock: true });
    refuseStale(lead, input.version);
    if (!lead.leadingOfficeOnly) {
      throw new DomainError("not_restricted", 409, "这条线索已经不限于领导小组办公室，请刷新查看。");
    }
    const { at } = input;
    const leadId = lead.id;
    const back = HELD.includes(lead.stage);
    if (back) {
      await endHolding(tx, leadId, at);
      const data = { from: lead.stage, to: "triage" };
      const moved = { action: "lead.moved", subjectTable: "leads", subjectId: leadId, leadId, data, at };
      await recordEvent(tx, moved, actor);
    }
    await recordEvent(
      tx,
      {
        action: "lead.opened_up",
        subjectTable: "leads",
        subjectId: leadId,
        data: { note: input.reason },
        at,
      },
      actor,
    );
    await tx
      .update(leads)
      .set({
        leadingOfficeOnly: false,
        version: sql`${leads.version} + 1`,
        ...(back ? { stage: "triage" } : {}),
        ...(await readKept(tx, leadId)),
      })
      .where(eq(leads.id, leadId));
    const today = chinaDay(at);
    if (lead.isMajor && !(await staysMajor(tx, { leadId, packId: lead.packId, pack, today })))
      await tx.update(leads).set({ isMajor: false }).where(eq(leads.id, leadId));
    if (lead.closedAt === null) await proposeRoute(tx, { leadId, pack, today });
  });
}

/** How far the lead's trail and decisions are the office's own. */
async function readKept(tx: Tx, leadId: string): Promise<{ keptEventsTo: number; keptDecisionsTo: number }> {
  const [event] = await tx
    .select({ last: sql<string | null>`max(${events.seq})` })
    .from(events)
    .where(eq(events.leadId, leadId));
  const [decision] = await tx
    .select({ last: sql<string | null>`max(${routingDecisions.decisionNo})` })
    .from(routingDecisions)
    .where(eq(routingDecisions.leadId, leadId));
  return { keptEventsTo: Number(event?.last ?? 0), keptDecisionsTo: Number(decision?.last ?? 0) };
}

/** Whether the tips that bodies may see call for 重大, by the pack in force of the lead. */
async function staysMajor(
  tx: Tx,
  of: { leadId: string; packId: string; pack: LoadedPack; today: string },
): Promise<boolean> {
  const { leadId, today } = of;
  const { pack } = (await readPackInForce(tx, of.packId, of.pack)) ?? of.pack;
  const facts = (await readEscalationFacts(tx, { leadIds: [leadId], pack, today })).get(leadId);
  if (facts !== undefined && weighEscalation(pack, facts).length > 0) return true;
  return (await weighGrowth(tx, { leadIds: [leadId], today, limits: pack.limits })).has(leadId);
}
