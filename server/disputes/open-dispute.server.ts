import { and, eq, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { disputeParties, disputes, leadReturns } from "~db/schema/disputes";
import { staffDisputeQuestions } from "~/i18n/zh-CN/staff-disputes";
import { recordEvent } from "~server/audit/record-event.server";
import { readPackInForce } from "~server/packs/read-stored-pack.server";
import type { StaffActor } from "~server/staff-auth/actor";
import type { LeadRow } from "~server/triage/lead-scope.server";
import { hasRole } from "~server/staff-auth/actor";
import { mailDispute } from "./mail-dispute.server";
import { nameBodies } from "./name-bodies.server";
import { decidedAlready, leadingBodies } from "./record-return.server";
import { weighDispute } from "./weigh-dispute.server";

export type DisputeCause = "second_return" | "body" | "triage" | "new_facts";
type Party = { agencyId: string; why: "returned" | "proposed" | "held" | "invited" };

/**
 * Opens the dispute of a lead that goes to 争议会商, in the caller's transaction and before its stage changes. Who is
 * heard: after a second return those who returned it and those they named; else the bodies that lead it; of a dispute
 * taken up again the parties it had. The pack says who mediates, how, and by which clause. Refused with
 * `decided_already` to a body after a decision.
 */
export async function openDispute(
  tx: Tx,
  input: {
    readonly lead: LeadRow;
    readonly ground: string | null;
    readonly secondReturn?: boolean;
    readonly reopensId?: string;
    readonly at: Date;
  },
  actor: StaffActor,
): Promise<string> {
  const { lead, at } = input;
  const cause = causeOf(input, actor);
  if (cause === "body" && (await weighDispute(tx, lead.id)).decided) throw decidedAlready();
  const parties = await partiesOf(tx, lead.id, cause, input.reopensId ?? null);
  const name = await nameBodies(tx, [actor.agencyId, ...parties.map(({ agencyId }) => agencyId)]);
  const returned = parties.filter(({ why }) => why === "returned").map(({ agencyId }) => name(agencyId));
  const id = uuidv7();
  await tx.insert(disputes).values({
    id,
    leadId: lead.id,
    leadNumber: lead.number,
    subjectName: lead.name,
    cause,
    reopensId: input.reopensId ?? null,
    question: questionOf(cause, {
      bodies: cause === "second_return" ? returned.join("、") : name(actor.agencyId),
      ground: input.ground ?? "",
    }),
    ...(await mediationOf(tx, lead.packId)),
    openedBy: actor.id,
    openedAt: at,
  });
  if (parties.length > 0) {
    await tx
      .insert(disputeParties)
      .values(
        parties.map((party) => ({ id: uuidv7(), disputeId: id, leadId: lead.id, ...party, joinedAt: at })),
      );
  }
  await recordEvent(
    tx,
    {
      action: "dispute.opened",
      subjectTable: "disputes",
      subjectId: id,
      data: { bodies: parties.map(({ agencyId }) => agencyId) },
      at,
    },
    actor,
  );
  await mailDispute(tx, { disputeId: id, about: "asked", turn: "opened", at });
  return id;
}

function causeOf(input: { secondReturn?: boolean; reopensId?: string }, actor: StaffActor): DisputeCause {
  if (input.reopensId !== undefined) return "new_facts";
  if (input.secondReturn === true) return "second_return";
  return hasRole(actor, "triage_officer") ? "triage" : "body";
}

function questionOf(cause: DisputeCause, words: { bodies: string; ground: string }): string {
  const fill = (line: string) => line.replace("{{bodies}}", words.bodies).replace("{{ground}}", words.ground);
  return fill(words.ground === "" ? staffDisputeQuestions.bare : staffDisputeQuestions[cause]).slice(0, 500);
}

async function partiesOf(
  tx: Tx,
  leadId: string,
  cause: DisputeCause,
  reopensId: string | null,
): Promise<Party[]> {
  const all: Party[] = [];
  if (cause === "second_return") {
    const returns = await tx
      .select()
      .from(leadReturns)
      .where(and(eq(leadReturns.leadId, leadId), sql`${leadReturns.round} = return_round(${leadId}::uuid)`));
    all.push(...returns.map(({ agencyId }) => ({ agencyId, why: "returned" as const })));
    all.push(
      ...returns.map(({ proposedAgencyId }) => ({ agencyId: proposedAgencyId, why: "proposed" as const })),
    );
  }
  if (reopensId !== null) {
    const before = await tx
      .select({ agencyId: disputeParties.agencyId })
      .from(disputeParties)
      .where(eq(disputeParties.disputeId, reopensId));
    all.push(...before.map(({ agencyId }) => ({ agencyId, why: "invited" as const })));
  }
  all.push(...(await leadingBodies(tx, leadId)).map((agencyId) => ({ agencyId, why: "held" as const })));
  return all.filter((one, at) => all.findIndex(({ agencyId }) => agencyId === one.agencyId) === at);
}

/** In the version in force, the pack's disagreement body with its method and clause; where the plan names none, the leading office. */
async function mediationOf(
  tx: Tx,
  packId: string,
): Promise<{ mediatorId: string; method: string; clause: string }> {
  const inForce = await readPackInForce(tx, packId, null);
  if (inForce === null) throw new Error(`pack ${packId} is not installed`);
  const { disagreement, leadingOffice } = inForce.pack;
  return {
    mediatorId: `${packId}.${disagreement?.agency ?? leadingOffice}`,
    method: disagreement?.method.zh ?? "",
    clause: disagreement?.clause ?? "",
  };
}
