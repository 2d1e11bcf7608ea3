import { desc, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { findings } from "~db/schema/findings";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { databaseFault, DomainError } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { actsForTheLead, readLeadInScope } from "~server/triage/lead-scope.server";

export type FindingInput = {
  readonly leadId: string;
  /** The version of the last finding the page showed, 0 where it showed none; a later one refuses. Absent: not asked. */
  readonly seen?: number;
  readonly entityClass: "compliant" | "rectify" | "ban";
  /** Amounts in 分; null where the document gives none. */
  readonly illegalAmountFen: bigint | null;
  readonly penaltyFen: bigint | null;
  readonly illegalGainsFen: bigint | null;
  readonly collectedFen: bigint | null;
  readonly fundraisingFen?: bigint | null;
  readonly goodsFen?: bigint | null;
  readonly recoveredFen?: bigint | null;
  readonly orderedFen?: bigint | null;
  readonly decisionNumber: string;
  /** YYYY-MM-DD */
  readonly decidedOn: string;
  readonly isFinal: boolean;
  readonly at: Date;
};

/**
 * Records a finding for an agency verifier to confirm. A later one replaces an earlier one as a new version. Where the
 * bodies that lead have no accounts, triage records what their letter says (its number and day), for another triage
 * officer to confirm.
 * Refusals: `not_your_lead`, `not_investigating`, `decided_in_future`, `stale_finding`, `finding_paid`.
 */
export async function recordFinding(
  db: Database,
  input: FindingInput,
  actor: StaffActor,
): Promise<{ findingId: string; version: number }> {
  const done = withActor(db, actor, async (tx) => {
    const lead = await readLeadInScope(tx, input.leadId, actor, { lock: true });
    if (!(await actsForTheLead(tx, lead.id, actor))) {
      throw new DomainError(
        "not_your_lead",
        403,
        "认定由承办该线索的部门录入；该部门没有账号的，由研判员按其来函代为录入。",
      );
    }
    if (!["investigating", "determined"].includes(lead.stage)) {
      throw new DomainError("not_investigating", 409, "线索进入“核查”后才能录入认定，请先受理。");
    }
    if (input.decidedOn > chinaDay(input.at)) {
      throw new DomainError("decided_in_future", 400, "决定文书的日期不能晚于今天。");
    }
    const [last] = await tx
      .select()
      .from(findings)
      .where(eq(findings.leadId, lead.id))
      .orderBy(desc(findings.version))
      .limit(1);
    // Sent twice, or from a page of before somebody's verified one: it would take that one's place unread.
    if (input.seen !== undefined && input.seen !== (last?.version ?? 0)) {
      throw new DomainError(
        "stale_finding",
        409,
        "这条线索刚刚录入过另一份认定。请先查看最新的认定，确需更改的再录入，您填写的内容仍在下方。",
      );
    }
    if (last !== undefined && (last.status === "recorded" || last.status === "verified")) {
      await tx.update(findings).set({ status: "superseded" }).where(eq(findings.id, last.id));
    }
    const findingId = uuidv7();
    const version = (last?.version ?? 0) + 1;
    await tx.insert(findings).values({
      id: findingId,
      leadId: lead.id,
      version,
      supersedesId: last?.id ?? null,
      status: "recorded",
      entityClass: input.entityClass,
      illegalAmountFen: input.illegalAmountFen,
      penaltyFen: input.penaltyFen,
      illegalGainsFen: input.illegalGainsFen,
      collectedFen: input.collectedFen,
      fundraisingFen: input.fundraisingFen ?? null,
      goodsFen: input.goodsFen ?? null,
      recoveredFen: input.recoveredFen ?? null,
      orderedFen: input.orderedFen ?? null,
      decisionNumber: input.decisionNumber,
      decidedOn: input.decidedOn,
      isFinal: input.isFinal,
      recordedBy: actor.id,
      recordedAt: input.at,
    });
    await recordEvent(
      tx,
      {
        action: "finding.recorded",
        subjectTable: "findings",
        subjectId: findingId,
        leadId: lead.id,
        data: { version, decisionNumber: input.decisionNumber, isFinal: input.isFinal },
        at: input.at,
      },
      actor,
    );
    return { findingId, version };
  });
  return done.catch((error: unknown) => {
    // Officers see no awards: the database knows of approved ones, also of one signed at the same moment.
    throw databaseFault(error).constraint === "findings_rewarded" ? findingPaid() : error;
  });
}

/**
 * A reward on its way is not left without the finding it rests on. Once paid it stays as it was, and a later finding
 * can bring a supplement.
 */
function findingPaid(): DomainError {
  return new DomainError(
    "finding_paid",
    409,
    "该线索有已批准、还没有付款的奖励，不能更改认定。请等付款以后再录入，或者先由财政撤销、重新核定奖励。",
  );
}
