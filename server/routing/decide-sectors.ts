import type { Condition, Pack, RowRule } from "~server/packs/grammar";
import { agencyName } from "~server/packs/look-up-pack";
import type { SectorId } from "~server/packs/sector-ids";
import type { RoutingFacts } from "~server/routing/facts";

/** What one rule says of one sector; names as the plan prints them, in the order it writes them. */
export type SectorDecision = {
  lead: string[];
  coLead: string[];
  cooperating: string[];
  rule: string;
  clause: string;
  matched: Partial<RoutingFacts>;
  byFallback: boolean;
  /** The sector whose plan is followed: another one under `sameAs`. It picks the territory rule. */
  plan: SectorId;
};

/** The facts that satisfy the condition, or null when it does not hold. */
function matchCondition(when: Condition | undefined, facts: RoutingFacts): Partial<RoutingFacts> | null {
  const matched: Partial<RoutingFacts> = {};
  if (when?.substance !== undefined) {
    const { substance } = facts;
    if (substance === null) return null;
    if (when.substance !== "any" && !when.substance.includes(substance)) return null;
    matched.substance = substance;
  }
  if (when?.licensed !== undefined) {
    if (when.licensed !== facts.licensed) return null;
    matched.licensed = when.licensed;
  }
  if (when?.nested !== undefined) {
    if (when.nested !== facts.nested) return null;
    matched.nested = when.nested;
  }
  return matched;
}

function firstRule(pack: Pack, sector: SectorId, facts: RoutingFacts, mayFollow: boolean) {
  const rules = pack.rows.find((row) => row.sector === sector)?.rules ?? [];
  for (const rule of rules) {
    const matched = mayFollow || rule.lead ? matchCondition(rule.when, facts) : null;
    if (matched) return { rule, matched };
  }
  return null;
}

/** The bodies of a rule: its own, or those of the plan it follows (the loader proved that one leads). */
function bodiesOf(pack: Pack, rule: RowRule, facts: RoutingFacts): RowRule {
  if (rule.sameAs === undefined) return rule;
  return firstRule(pack, rule.sameAs, facts, false)?.rule ?? rule;
}

/** The leading office's decision: for a sector without a row, and as the next best of any other. */
export function decideByFallback(pack: Pack): { lead: string[]; rule: string; clause: string } {
  const { id, clause, lead } = pack.fallback;
  return { lead: lead.map((agency) => agencyName(pack, agency)), rule: id, clause };
}

/** Finds who leads one sector. Total: where no rule holds, the fallback decides. */
export function decideSector(pack: Pack, sector: SectorId, facts: RoutingFacts): SectorDecision {
  const found = firstRule(pack, sector, facts, true);
  const sectors: SectorId[] = [sector];
  if (!found) {
    const fallback = decideByFallback(pack);
    return {
      ...fallback,
      coLead: [],
      cooperating: [],
      matched: { sectors },
      byFallback: true,
      plan: sector,
    };
  }
  const { rule, matched } = found;
  const bodies = bodiesOf(pack, rule, facts);
  const names = (agencies: readonly string[]) => agencies.map((agency) => agencyName(pack, agency));
  return {
    lead: names(bodies.lead ?? []),
    coLead: names(bodies.coLead),
    cooperating: names(bodies.cooperating),
    rule: rule.id,
    clause: rule.clause,
    matched: { sectors, ...matched },
    byFallback: false,
    plan: rule.sameAs ?? sector,
  };
}
