import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { leadAgencies, leadSectors, leads, routingDecisions } from "~db/schema/leads";
import { agencies } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { addDays, chinaDay } from "~server/clock";
import { DomainError } from "~server/errors.server";
import { noteNews } from "~server/notifications/note-news.server";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { agencyIdByName } from "~server/packs/look-up-pack";
import { isKnownSector, readLeadFacts, type TriageFacts } from "~server/routing/lead-facts.server";
import { routeLead, type RoutingDecision } from "~server/routing/route-lead";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { endHolding, refuseStale } from "./move-lead.server";
import { readLeadInScope } from "./lead-scope.server";
import { findMove, type Stage } from "./stages";

/** Days from dispatch: 受理 15, 办理 60. Calendar days until the business calendar comes. */
export const ACCEPT_DAYS = 15;
export const HANDLE_DAYS = 60;

export type DispatchInput = {
  readonly leadId: string;
  readonly version: number;
  /** The sector triage settles on; it becomes the lead's primary one. */
  readonly sector: string;
  readonly triage: TriageFacts;
  /** Another lead body than the router names; then a reason is required. */
  readonly insteadLeadBy: string | null;
  readonly reason: string | null;
  readonly at: Date;
};

type Holder = { agencyId: string; relation: "lead" | "co_lead" | "cooperating" | "also" };

/**
 * 确认转办: routes the lead on the facts as triage sees them, keeps the decision, hands the lead to the bodies it
 * names and starts their clocks. Only now do those bodies see it. Refusals: `stale_lead`, `move_not_allowed`,
 * `unknown_sector`, `needs_reason`, `unknown_agency`.
 */
export async function dispatchLead(
  db: Database,
  pack: LoadedPack,
  input: DispatchInput,
  actor: StaffActor,
): Promise<RoutingDecision> {
  return withActor(db, actor, async (tx) => {
    const lead = await readLeadInScope(tx, input.leadId, actor, { lock: true });
    refuseStale(lead, input.version);
    const from = lead.stage as Stage;
    if (!hasRole(actor, "triage_officer") || findMove(from, "dispatched") === null) {
      throw new DomainError("move_not_allowed", 403, "这条线索现在不能转办，请刷新后查看可用的操作。");
    }
    if (!isKnownSector(pack.pack, input.sector)) {
      throw new DomainError("unknown_sector", 400, "请选择方案所列的领域。");
    }
    if (input.insteadLeadBy !== null && !input.reason) {
      throw new DomainError("needs_reason", 400, "改派其他牵头部门时，请写明理由。");
    }
    const today = chinaDay(input.at);
    await settleSector(tx, lead.id, input.sector, today);
    const facts = await readLeadFacts(tx, { leadId: lead.id, pack: pack.pack, today, triage: input.triage });
    const decision = routeLead(pack.pack, facts);
    const holders = await holdersOf(tx, pack, decision, input.insteadLeadBy);
    await endHolding(tx, lead.id, input.at);
    await tx
      .insert(leadAgencies)
      .values(holders.map((holder) => ({ id: uuidv7(), leadId: lead.id, ...holder, fromAt: input.at })));
    await tx.insert(routingDecisions).values({
      id: uuidv7(),
      leadId: lead.id,
      kind: "confirmed",
      packId: pack.pack.id,
      packVersion: pack.pack.version,
      packSha256: pack.sha256,
      facts,
      decision,
      overridden: input.insteadLeadBy !== null,
      reason: input.reason,
      decidedBy: actor.id,
      decidedOn: today,
    });
    await tx
      .update(leads)
      .set({
        stage: "dispatched",
        version: sql`${leads.version} + 1`,
        isMajor: lead.isMajor || decision.escalate,
        dispatchedAt: input.at,
        acceptDueOn: addDays(today, ACCEPT_DAYS),
        handleDueOn: addDays(today, HANDLE_DAYS),
      })
      .where(eq(leads.id, lead.id));
    await recordEvent(
      tx,
      {
        action: "lead.dispatched",
        subjectTable: "leads",
        subjectId: lead.id,
        leadId: lead.id,
        data: {
          from,
          to: "dispatched",
          holders,
          escalate: decision.escalate,
          overridden: input.insteadLeadBy !== null,
          ...(input.reason ? { note: input.reason } : {}),
        },
        at: input.at,
      },
      actor,
    );
    await noteNews(tx, { leadId: lead.id }, today);
    return decision;
  });
}

async function settleSector(tx: Tx, leadId: string, sector: string, today: string): Promise<void> {
  const live = and(eq(leadSectors.leadId, leadId), isNull(leadSectors.toOn));
  const current = await tx.select().from(leadSectors).where(live);
  if (current.some((row) => row.isPrimary && row.sector === sector)) return;
  await tx.update(leadSectors).set({ toOn: today }).where(live);
  await tx.insert(leadSectors).values({ id: uuidv7(), leadId, sector, isPrimary: true, fromOn: today });
}

async function holdersOf(
  tx: Tx,
  pack: LoadedPack,
  decision: RoutingDecision,
  insteadLeadBy: string | null,
): Promise<Holder[]> {
  const named = (names: readonly string[], relation: Holder["relation"]): Holder[] =>
    names.flatMap((name) => {
      const slug = agencyIdByName(pack.pack, name);
      return slug === null ? [] : [{ agencyId: `${pack.pack.id}.${slug}`, relation }];
    });
  const lead: Holder[] =
    insteadLeadBy === null ? named(decision.lead, "lead") : [{ agencyId: insteadLeadBy, relation: "lead" }];
  const all = [
    ...lead,
    ...named(decision.coLead, "co_lead"),
    ...named(decision.also, "also"),
    ...named(decision.cooperating, "cooperating"),
  ];
  const once = all.filter((one, at) => all.findIndex((other) => other.agencyId === one.agencyId) === at);
  const known = await tx
    .select({ id: agencies.id })
    .from(agencies)
    .where(
      inArray(
        agencies.id,
        once.map(({ agencyId }) => agencyId),
      ),
    );
  if (known.length !== once.length) throw new DomainError("unknown_agency", 400, "请选择方案所列的部门。");
  return once;
}
