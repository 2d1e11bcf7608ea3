import type { FindingView } from "~/components/staff/Findings";
import type { LeadPage } from "~server/triage/read-lead.server";

/** A finding as its table shows it; amounts stay in 分. */
export function presentFinding(row: LeadPage["findings"][number]): FindingView {
  return {
    id: row.id,
    version: row.version,
    status: row.status as FindingView["status"],
    entityClass: row.entityClass as FindingView["entityClass"],
    amounts: {
      illegalAmount: row.illegalAmountFen,
      penalty: row.penaltyFen,
      illegalGains: row.illegalGainsFen,
      collected: row.collectedFen,
    },
    decisionNumber: row.decisionNumber,
    decidedOn: row.decidedOn,
    isFinal: row.isFinal,
    recorder: row.recorder,
    verifier: row.verifier,
    rejectedReason: row.rejectedReason,
  };
}

/** What this person may do with the findings of a lead: which one they may verify, and whether it is their own. */
export function findingRights(
  page: LeadPage,
  actorId: string,
): { mayRecord: boolean; toVerify: string | null; own: boolean } {
  const waiting = page.findings.find(({ status }) => status === "recorded");
  const own = waiting?.recordedBy === actorId;
  return {
    mayRecord: page.mayRecordFinding,
    toVerify: page.mayVerifyFinding && waiting !== undefined && !own ? waiting.id : null,
    own: page.mayVerifyFinding && own,
  };
}
