import type { Pack, Threshold } from "~server/packs/grammar";
import type { RoutingFacts } from "~server/routing/facts";

/** What thresholds ask of a lead. */
export type EscalationFacts = Pick<RoutingFacts, "allegedFen" | "people" | "tipsLast7Days">;

/** A threshold that was reached; `matched` holds the figure that reached it. Amounts are 分. */
export type ThresholdHit = { threshold: Threshold; matched: Partial<EscalationFacts> };

function matchThreshold(threshold: Threshold, facts: EscalationFacts): Partial<EscalationFacts> | null {
  switch (threshold.kind) {
    case "amount":
      return BigInt(facts.allegedFen) >= BigInt(threshold.atLeast) ? { allegedFen: facts.allegedFen } : null;
    case "people":
      return facts.people >= threshold.atLeast ? { people: facts.people } : null;
    case "tips":
      return facts.tipsLast7Days >= threshold.atLeast ? { tipsLast7Days: facts.tipsLast7Days } : null;
  }
}

/**
 * Which thresholds for immediate report (马上报告) are met, in the pack's order; reaching one is
 * enough. The numbers are a setting of the pack: no plan gives any.
 */
export function weighEscalation(pack: Pack, facts: EscalationFacts): ThresholdHit[] {
  return pack.escalation.thresholds.flatMap((threshold) => {
    const matched = matchThreshold(threshold, facts);
    return matched ? [{ threshold, matched }] : [];
  });
}
