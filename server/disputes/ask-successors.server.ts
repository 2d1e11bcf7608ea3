import { and, eq, inArray, notExists, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { disputeOpinions, disputeParties, disputes } from "~db/schema/disputes";
import { agencies } from "~db/schema/staff";
import { recordEvent } from "~server/audit/record-event.server";
import type { EndedBody } from "~server/packs/settle-bodies.server";
import type { Actor } from "~server/staff-auth/actor";
import { mailDispute } from "./mail-dispute.server";

/** Parties looked up at a time; what is left waits for the next run. */
const AT_MOST = 500;

/**
 * Has the successors of bodies that have ceased heard in open disputes in which those have said nothing yet: from then
 * on the office waits for the successor and no more for them (0048). What a body had said before it ceased stands.
 */
export async function askSuccessors(
  tx: Tx,
  ended: readonly EndedBody[],
  at: Date,
  actor: Actor,
): Promise<void> {
  const heirOf = new Map(
    ended.flatMap(({ id, successorId }) => (successorId === null ? [] : [[id, successorId]])),
  );
  if (heirOf.size === 0) return;
  const said = tx
    .select({ one: sql`1` })
    .from(disputeOpinions)
    .where(
      and(
        eq(disputeOpinions.disputeId, disputeParties.disputeId),
        eq(disputeOpinions.agencyId, disputeParties.agencyId),
      ),
    );
  const successors = alias(disputeParties, "successors");
  const joined = tx
    .select({ one: sql`1` })
    .from(successors)
    .where(
      and(eq(successors.disputeId, disputeParties.disputeId), eq(successors.agencyId, agencies.successorId)),
    );
  const asked = await tx
    .select({ disputeId: disputes.id, leadId: disputes.leadId, agencyId: disputeParties.agencyId })
    .from(disputeParties)
    .innerJoin(disputes, and(eq(disputes.id, disputeParties.disputeId), eq(disputes.status, "open")))
    .innerJoin(agencies, eq(agencies.id, disputeParties.agencyId))
    .where(and(inArray(disputeParties.agencyId, [...heirOf.keys()]), notExists(said), notExists(joined)))
    .orderBy(disputes.id)
    .limit(AT_MOST)
    .for("update", { of: disputes });
  for (const { disputeId, leadId, agencyId } of asked) {
    const heir = heirOf.get(agencyId) ?? agencyId;
    const added = await tx
      .insert(disputeParties)
      .values({ id: uuidv7(), disputeId, leadId, agencyId: heir, why: "succeeded", joinedAt: at })
      .onConflictDoNothing()
      .returning({ id: disputeParties.id });
    if (added.length === 0) continue;
    const clause = ended.find(({ id }) => id === agencyId)?.clause;
    await recordEvent(
      tx,
      {
        action: "dispute.party_succeeded",
        subjectTable: "disputes",
        subjectId: disputeId,
        data: {
          bodies: [heir],
          formerBody: ended.find(({ id }) => id === agencyId)?.name,
          legalBasis: clause,
        },
        at,
      },
      actor,
    );
    await mailDispute(tx, { disputeId, about: "asked", turn: `succeeded:${heir}`, at });
  }
}
