import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { staffLead } from "~/i18n/zh-CN/staff-lead";
import type { Database, Tx } from "~db/client.server";
import { leadAgencies, leadSectors, leads, routingDecisions } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { followDecision } from "~server/disputes/follow-decision.server";
import { chinaDay } from "~server/clock";
import { moveClocks } from "~server/clocks/move-clocks.server";
import { DomainError } from "~server/errors.server";
import { noteNews } from "~server/notifications/note-news.server";
import { findStanding } from "~server/packs/find-standing.server";
import type { Pack } from "~server/packs/grammar";
import type { LoadedPack } from "~server/packs/load-pack.server";
import { successorOn } from "~server/packs/look-up-pack";
import { readPackInForce } from "~server/packs/read-stored-pack.server";
import type { SectorId } from "~server/packs/sector-ids";
import { BY_SUBSTANCE } from "~server/routing/by-substance";
import type { RoutingFacts } from "~server/routing/facts";
import { isKnownSector, readLeadFacts, type TriageFacts } from "~server/routing/lead-facts.server";
import { nameHolders, type HolderRelation } from "~server/routing/name-holders";
import { routeLead, type RoutingDecision } from "~server/routing/route-lead";
import { settleSectors, type SettledSectors } from "~server/routing/settle-sectors";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { endHolding, refuseStale } from "./move-lead.server";
import { readLeadInScope } from "./lead-scope.server";
import { raiseMajor } from "./raise-major.server";
import { findMove, type Stage } from "./stages";

export type DispatchInput = {
  readonly leadId: string;
  readonly version: number;
  /** The sector triage settles on; it becomes the lead's primary one. `BY_SUBSTANCE` leaves it to the pack's rules. */
  readonly sector: string;
  /** Nested business (穿透): what else it reaches into. */
  readonly alsoSectors?: readonly string[];
  readonly triage: TriageFacts;
  /** Another lead body than the router names; then a reason is required. */
  readonly insteadLeadBy: string | null;
  readonly reason: string | null;
  readonly at: Date;
};

type Holder = { agencyId: string; relation: HolderRelation };

/**
 * 确认转办: routes the lead on the facts as triage sees them, keeps the decision, hands the lead to the bodies it
 * names and starts their clocks. Only now do those bodies see it. Decided by the version of the lead's pack in force at
 * this moment; `known` is the pack as this server knows it. Refusals: `stale_lead`, `move_not_allowed`,
 * `unknown_sector`, `needs_reason`, `unknown_agency`, `body_ended`, `dispute_open`. Out of 争议会商 it goes where the
 * dispute was decided, whatever body the input names. A lead of the leading office alone is handled by that office,
 * whatever the rules say: any other body would be the one accused, or its neighbour. Naming one is `kept_to_office` (409).
 */
export async function dispatchLead(
  db: Database,
  known: LoadedPack,
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
    const pack = (await readPackInForce(tx, lead.packId, known)) ?? known;
    const settled = settle(pack.pack, input);
    if (input.insteadLeadBy !== null && !input.reason) {
      throw new DomainError("needs_reason", 400, "改派其他牵头部门时，请写明理由。");
    }
    const decided = from === "disputed" ? await followDecision(tx, lead.id) : null;
    const asked = decided?.agencyIds ?? (input.insteadLeadBy === null ? null : [input.insteadLeadBy]);
    const office = lead.leadingOfficeOnly ? officeOf(pack.pack, asked, chinaDay(input.at)) : null;
    const instead = office === null ? asked : [office];
    const reason = decided?.reason ?? input.reason ?? (office === null ? null : staffLead.dispatchedToOffice);
    const today = chinaDay(input.at);
    await keepSectors(tx, lead.id, settled.sectors, today);
    const triage = { ...input.triage, nested: settled.nested };
    const gathered = await readLeadFacts(tx, { leadId: lead.id, pack: pack.pack, today, triage });
    const facts = { ...gathered, sectors: [...settled.sectors] };
    const decision = routeLead(pack.pack, facts);
    const holders: Holder[] =
      office === null
        ? await holdersOf(tx, pack.pack, { decision, facts, day: today, instead })
        : [{ agencyId: office, relation: "lead" }];
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
      overridden: instead !== null,
      reason,
      decidedBy: actor.id,
      decidedOn: today,
    });
    await tx
      .update(leads)
      .set({
        stage: "dispatched",
        version: sql`${leads.version} + 1`,
        dispatchedAt: input.at,
      })
      .where(eq(leads.id, lead.id));
    await moveClocks(
      tx,
      { leadId: lead.id, from, to: "dispatched", limits: pack.pack.limits, at: input.at },
      actor,
    );
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
          overridden: instead !== null,
          ...(settled.sectors.length > 1 ? { sectors: settled.sectors, primaryBy: settled.by } : {}),
          ...(reason ? { note: reason } : {}),
          ...(decided === null ? {} : { dispute: decided.disputeId }),
        },
        at: input.at,
      },
      actor,
    );
    // A threshold of the lead's pack is met: marked, alerted and mailed like any other lead.
    await raiseMajor(tx, { leadId: lead.id, pack: pack.pack, today, at: input.at }, actor);
    await noteNews(tx, { leadId: lead.id }, today);
    return decision;
  });
}

/** The pack's leading office as it is on a day, which alone handles a lead that is kept to it. Throws `kept_to_office`. */
function officeOf(pack: Pack, asked: readonly string[] | null, day: string): string {
  const office = `${pack.id}.${successorOn(pack, pack.leadingOffice, day)}`;
  if (asked?.some((agencyId) => agencyId !== office) === true) {
    throw new DomainError(
      "kept_to_office",
      409,
      "这条线索仅限领导小组办公室办理，不能转给其他部门。需要转办的，请先在线索页解除限制。",
    );
  }
  return office;
}

/** What triage asks for, as the pack settles it. Throws `unknown_sector`. */
function settle(pack: Pack, input: DispatchInput): SettledSectors {
  const { substance = null, licensed = null, nested } = input.triage;
  const primary = input.sector === BY_SUBSTANCE ? null : input.sector;
  const asked = [...(primary === null ? [] : [primary]), ...(input.alsoSectors ?? [])];
  const sectors = asked.filter((sector) => isKnownSector(pack, sector));
  if (sectors.length < asked.length || sectors.length === 0) {
    throw new DomainError("unknown_sector", 400, "请选择方案所列的领域。");
  }
  return settleSectors(pack, {
    ...{ sectors, substance, licensed, nested },
    primary: primary === null ? null : (sectors[0] ?? null),
  });
}

/** The lead's sectors from today on, the first of them primary; rows that already say so stay. */
async function keepSectors(
  tx: Tx,
  leadId: string,
  wanted: readonly SectorId[],
  today: string,
): Promise<void> {
  const current = await tx
    .select()
    .from(leadSectors)
    .where(and(eq(leadSectors.leadId, leadId), isNull(leadSectors.toOn)));
  const says = (sector: string, isPrimary: boolean) =>
    wanted.some((one, at) => one === sector && (at === 0) === isPrimary);
  const ended = current.filter((row) => !says(row.sector, row.isPrimary));
  if (ended.length > 0) {
    const ids = ended.map(({ id }) => id);
    await tx.update(leadSectors).set({ toOn: today }).where(inArray(leadSectors.id, ids));
  }
  const added = wanted.flatMap((sector, at) => {
    const isPrimary = at === 0;
    const kept = current.some((row) => row.sector === sector && row.isPrimary === isPrimary);
    return kept ? [] : [{ id: uuidv7(), leadId, sector, isPrimary, fromOn: today }];
  });
  if (added.length > 0) await tx.insert(leadSectors).values(added);
}

async function holdersOf(
  tx: Tx,
  pack: Pack,
  asked: {
    readonly decision: RoutingDecision;
    readonly facts: RoutingFacts;
    readonly day: string;
    readonly instead: readonly string[] | null;
  },
): Promise<Holder[]> {
  const holders = nameHolders(pack, asked).map(({ agencyId, relation }) => ({ agencyId, relation }));
  const standing = await findStanding(
    tx,
    holders.map(({ agencyId }) => agencyId),
  );
  // A body that ceased without a successor helps nobody any more, and holds up nobody either.
  const left = holders.filter(({ agencyId }) => standing.includes(agencyId));
  if (left.some(({ relation }) => relation === "lead")) return left;
  if (asked.instead !== null) {
    throw new DomainError("unknown_agency", 400, "请选择方案所列的部门，已经撤并的部门不能再承办。");
  }
  throw new DomainError(
    "body_ended",
    409,
    "方案规定的牵头部门已经撤销，没有承接单位。请选择改由哪个部门牵头，写明理由后转办；方案需要修改的，请联系管理员。",
  );
}
