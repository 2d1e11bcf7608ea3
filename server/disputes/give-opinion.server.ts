import { and, desc, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { disputeOpinions } from "~db/schema/disputes";
import { agencies } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError, databaseFault, notFound } from "~server/errors.server";
import { findStanding } from "~server/packs/find-standing.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { hasOfficer, isParty, readOpenDispute } from "./dispute-scope.server";

export type OpinionInput = {
  readonly leadId: string;
  /** The body that speaks: one's own, or for triage one without accounts. */
  readonly agencyId: string;
  /** The version of its opinion the person saw; 0 where there was none. */
  readonly seen: number;
  readonly opinion: string;
  readonly legalBasis: string;
  readonly proposedBody: string;
  /** The body's letter, where triage writes down what came by post. Its day is YYYY-MM-DD. */
  readonly letterNumber: string | null;
  readonly letterOn: string | null;
  readonly at: Date;
};

/**
 * A party's opinion, or its next version: what was said before stays on the record. Refusals: 404 to who is no party,
 * `dispute_ended`, `not_your_body`, `has_accounts`, `needs_letter`, `unknown_agency`, `stale_opinion`.
 */
export async function giveOpinion(
  db: Database,
  input: OpinionInput,
  actor: StaffActor,
): Promise<{ version: number }> {
  const done = withActor(db, actor, async (tx) => {
    const dispute = await readOpenDispute(tx, input.leadId, actor);
    const byLetter = await speaksByLetter(tx, dispute.id, input, actor);
    const known = await findStanding(tx, [input.proposedBody]);
    if (known.length === 0) throw new DomainError("unknown_agency", 400, "请选择方案所列的部门。");
    const version = input.seen + 1;
    if ((await liveVersion(tx, dispute.id, input.agencyId)) !== input.seen) throw staleOpinion();
    await tx.insert(disputeOpinions).values({
      id: uuidv7(),
      disputeId: dispute.id,
      leadId: dispute.leadId,
      agencyId: input.agencyId,
      version,
      opinion: input.opinion,
      legalBasis: input.legalBasis,
      proposedAgencyId: input.proposedBody,
      letterNumber: byLetter ? input.letterNumber : null,
      letterOn: byLetter ? input.letterOn : null,
      givenBy: actor.id,
      givenAt: input.at,
    });
    await recordEvent(
      tx,
      {
        action: "dispute.opinion_given",
        subjectTable: "disputes",
        subjectId: dispute.id,
        data: { bodies: [input.agencyId], version, ...(byLetter ? { letter: input.letterNumber } : {}) },
        at: input.at,
      },
      actor,
    );
    return { version };
  });
  return done.catch((error: unknown) => {
    // Two saves at the same moment: the second finds its version taken.
    if (databaseFault(error).constraint === "dispute_opinions_version_uq") throw staleOpinion();
    throw error;
  });
}

/** Whether it is a letter that triage writes down; refuses whoever may not speak for the body. */
async function speaksByLetter(
  tx: Tx,
  disputeId: string,
  input: OpinionInput,
  actor: StaffActor,
): Promise<boolean> {
  if (!(await isParty(tx, disputeId, input.agencyId))) throw notFound();
  const [body] = await tx
    .select({ successorId: agencies.successorId })
    .from(agencies)
    .where(eq(agencies.id, input.agencyId));
  // A page opened before the body ceased must not speak for it beside its successor.
  if (body?.successorId && (await isParty(tx, disputeId, body.successorId))) {
    throw new DomainError("body_ended", 409, "这个单位已经撤并，意见由承接其职责的单位提交。");
  }
  if (hasRole(actor, "agency_officer") && actor.agencyId === input.agencyId) return false;
  if (!hasRole(actor, "triage_officer")) {
    throw new DomainError("not_your_body", 403, "您只能以本单位的名义提交意见。");
  }
  if (await hasOfficer(tx, input.agencyId)) {
    throw new DomainError("has_accounts", 409, "这个部门已经开通账号，请由其承办人自行提交意见。");
  }
  if (input.letterNumber === null || input.letterOn === null) {
    throw new DomainError("needs_letter", 400, "请填写复函的文号和日期。");
  }
  return true;
}

async function liveVersion(tx: Tx, disputeId: string, agencyId: string): Promise<number> {
  const [row] = await tx
    .select({ version: disputeOpinions.version })
    .from(disputeOpinions)
    .where(and(eq(disputeOpinions.disputeId, disputeId), eq(disputeOpinions.agencyId, agencyId)))
    .orderBy(desc(disputeOpinions.version))
    .limit(1);
  return row?.version ?? 0;
}

function staleOpinion(): DomainError {
  return new DomainError(
    "stale_opinion",
    409,
    "本单位的意见刚刚被更新过。请对照下面不同的地方，确认后再提交。",
  );
}
