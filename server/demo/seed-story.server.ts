import { and, eq, isNull } from "drizzle-orm";
import { leads } from "~db/schema/leads";
import { tips } from "~db/schema/intake";
import { withActor } from "~db/with-actor.server";
import { recordFinding } from "~server/findings/record-finding.server";
import { verifyFinding } from "~server/findings/verify-finding.server";
import { chinaDay } from "~server/clock";
import { agencyName } from "~server/packs/look-up-pack";
import type { SectorId } from "~server/packs/sector-ids";
import type { Portal } from "~server/portal.server";
import { decideSector } from "~server/routing/decide-sectors";
import { routingFacts } from "~server/routing/facts";
import { systemActor, type StaffActor } from "~server/staff-auth/actor";
import { attachTip } from "~server/triage/attach-tip.server";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { moveLead } from "~server/triage/move-lead.server";
import { readLead } from "~server/triage/read-lead.server";
import type { ClosureCode } from "~server/triage/stages";
import type { DemoLead, DemoMove } from "./demo-grammar";
import { castMember, type Cast } from "./seed-people.server";

const SEEDER = systemActor("demo-seed");

const CLOSURES: Record<string, ClosureCode> = {
  not_accepted: "rejected",
  insufficient_evidence: "insufficient",
};

/** Where a platform's story plays: the lead of its first tip. */
export type Stage = { readonly leadId: string; readonly sector: SectorId };

/** One move of the story, made through the same acts staff use. */
export async function playMove(
  portal: Portal,
  input: { stage: Stage; story: DemoLead; move: DemoMove; at: Date },
  cast: Cast,
): Promise<void> {
  const { stage, story, move, at } = input;
  const { actor } = castMember(cast, move.by);
  const version = await versionOf(portal, stage.leadId);
  if (move.to === "dispatched") {
    await dispatchLead(portal.db, portal.pack, { ...dispatchFacts(portal, stage, move), version, at }, actor);
    return;
  }
  if (move.to === "determined" && story.findings !== undefined) {
    await playFinding(portal, stage, story.findings, at, cast);
    return;
  }
  // The second return has already gone to consultation by itself.
  if (move.to === "disputed" && move.from === "returned") return;
  const code = story.closure?.code;
  // Nobody ends what they have not opened.
  if (move.to === "closed" || move.to === "rejected")
    await readLead(portal.db, { leadId: stage.leadId, tipsPage: 1, at }, actor);
  await moveLead(
    portal.db,
    {
      leadId: stage.leadId,
      to: move.to,
      version,
      note: move.note,
      legalBasis: move.legalBasis ?? null,
      proposedBody: move.proposedAgency ? agencyIdOf(portal, move.proposedAgency) : null,
      closureCode: code === undefined ? null : (CLOSURES[code] ?? (code as ClosureCode)),
      at,
    },
    actor,
  );
}

function dispatchFacts(portal: Portal, stage: Stage, move: DemoMove) {
  const { pack } = portal.pack;
  const wanted = move.agency ?? "";
  const routed = decideSector(pack, stage.sector, routingFacts.parse({ sectors: [stage.sector] })).lead;
  const instead = routed.includes(agencyName(pack, wanted)) ? null : agencyIdOf(portal, wanted);
  return {
    leadId: stage.leadId,
    sector: stage.sector,
    triage: {
      suspectedCrime: move.cooperating?.includes("police") === true,
      petition: move.cooperating?.includes("petition") === true,
      nested: false,
    },
    insteadLeadBy: instead,
    reason: move.note,
  };
}

async function playFinding(
  portal: Portal,
  stage: Stage,
  finding: NonNullable<DemoLead["findings"]>,
  at: Date,
  cast: Cast,
): Promise<void> {
  const amount = (value: string) => (value === "0" ? null : BigInt(value));
  const { findingId } = await recordFinding(
    portal.db,
    {
      leadId: stage.leadId,
      entityClass: finding.entityClass,
      illegalAmountFen: amount(finding.illegalAmountFen),
      penaltyFen: amount(finding.penaltyFen),
      illegalGainsFen: amount(finding.illegalGainsFen),
      collectedFen: amount(finding.collectedFen),
      decisionNumber: finding.decisionNumber,
      decidedOn: chinaDay(at),
      isFinal: finding.final,
      at,
    },
    castMember(cast, finding.recordedBy).actor,
  );
  await verifyFinding(
    portal.db,
    { findingId, outcome: "verified", reason: null, at },
    castMember(cast, finding.verifiedBy).actor,
  );
}

/**
 * Triage hangs a report that named no code and no site on the lead it belongs to, while that lead is open.
 */
export async function gatherTip(
  portal: Portal,
  input: { tipId: string; toLeadId: string; at: Date },
  triage: StaffActor,
): Promise<void> {
  const [tip, target] = await withActor(portal.db, SEEDER, async (tx) => [
    (await tx.select({ leadId: tips.leadId }).from(tips).where(eq(tips.id, input.tipId)))[0],
    (
      await tx
        .select({ number: leads.number })
        .from(leads)
        .where(and(eq(leads.id, input.toLeadId), isNull(leads.closedAt)))
    )[0],
  ]);
  if (tip === undefined || target === undefined || tip.leadId === input.toLeadId) return;
  await attachTip(
    portal.db,
    portal.pack.pack,
    { tipId: input.tipId, toLeadNumber: target.number, at: input.at },
    triage,
  );
}

async function versionOf(portal: Portal, leadId: string): Promise<number> {
  const [lead] = await withActor(portal.db, SEEDER, (tx) =>
    tx.select({ version: leads.version }).from(leads).where(eq(leads.id, leadId)),
  );
  return lead?.version ?? 0;
}

function agencyIdOf(portal: Portal, slug: string): string {
  return `${portal.pack.pack.id}.${slug}`;
}
