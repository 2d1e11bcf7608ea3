import type { FindingView } from "~/components/staff/Findings";
import type { StaffActor } from "~server/staff-auth/actor";
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
      fundraising: row.fundraisingFen,
      goods: row.goodsFen,
      recovered: row.recoveredFen,
      ordered: row.orderedFen,
    },
    decisionNumber: row.decisionNumber,
    decidedOn: row.decidedOn,
    isFinal: row.isFinal,
    recorder: row.recorder,
    verifier: row.verifier,
    rejectedReason: row.rejectedReason,
  };
}

/**
 * What this person may do with the findings of a lead: record, verify one, and whether that one is their own. A demo
 * session may do neither, and is told so before it types anything.
 */
export function findingRights(
  page: LeadPage,
  actor: StaffActor,
): {
  mayRecord: boolean;
  toVerify: string | null;
  own: boolean;
  needsPasskey: boolean;
  /** As triage, for a body without accounts: the letter it sent stands for its own entry. */
  forBody: boolean;
} {
  const waiting = page.findings.find(({ status }) => status === "recorded");
  const own = waiting?.recordedBy === actor.id;
  const byPasskey = actor.method === "passkey";
  return {
    mayRecord: page.mayRecordFinding && byPasskey,
    toVerify: page.mayVerifyFinding && byPasskey && waiting !== undefined && !own ? waiting.id : null,
    own: page.mayVerifyFinding && own,
    forBody: page.findsForBody,
    needsPasskey: !byPasskey && (page.mayRecordFinding || (page.mayVerifyFinding && waiting !== undefined)),
  };
}
