import type { RoutingDecision } from "./route-lead";

export const DECISION_PARTS = ["lead", "coLead", "cooperating", "also", "territory", "escalate"] as const;
export type DecisionPart = (typeof DECISION_PARTS)[number];

/** What of a decision somebody would notice; which clause is cited is not compared. */
export type DecisionOutcome = Pick<RoutingDecision, DecisionPart>;

/** The parts in which two decisions differ. The order of bodies matters: the first leads. */
export function compareDecisions(before: DecisionOutcome, after: DecisionOutcome): DecisionPart[] {
  const { territory: from } = before;
  const { territory: to } = after;
  const differs: Record<DecisionPart, boolean> = {
    lead: !sameList(before.lead, after.lead),
    coLead: !sameList(before.coLead, after.coLead),
    cooperating: !sameList(before.cooperating, after.cooperating),
    also: !sameList(before.also, after.also),
    territory: from.rule !== to.rule || from.lead !== to.lead || !sameList(from.cooperate, to.cooperate),
    escalate: before.escalate !== after.escalate,
  };
  return DECISION_PARTS.filter((part) => differs[part]);
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, at) => name === other[at]);
}
