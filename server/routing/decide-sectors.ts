import type { Condition, Pack, PackRow, RowRule } from "~server/packs/grammar";
import { agencyName, listedName } from "~server/packs/look-up-pack";
import { readSubstances } from "~server/packs/read-substance";
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

/** Facts of one sector that cannot all be true, so that no rule of its row may be trusted with them. */
export type Clash = { kind: "licence_nobody_gives" | "several_substances"; matched: Partial<RoutingFacts> };

type Found = { rule: RowRule; matched: Partial<RoutingFacts> };

/**
 * The facts that satisfy the condition, or null when it does not hold. `substance` is the row's word for what the
 * facts call the business: null where they name none, undefined where the row does not know it. What is absent
 * (no nesting, no substance) matches without being quoted.
 */
function matchCondition(
  when: Condition | undefined,
  facts: RoutingFacts,
  substance: string | null | undefined,
): Partial<RoutingFacts> | null {
  const matched: Partial<RoutingFacts> = {};
  if (when?.substance === "none") {
    if (facts.substance !== null) return null;
  } else if (when?.substance !== undefined) {
    if (facts.substance === null) return null;
    if (when.substance !== "any" && !when.substance.includes(substance ?? "")) return null;
    matched.substance = facts.substance;
  }
  if (when?.licensed !== undefined) {
    if (when.licensed !== facts.licensed) return null;
    matched.licensed = when.licensed;
  }
  if (when?.nested !== undefined) {
    if (when.nested !== facts.nested) return null;
    if (when.nested) matched.nested = true;
  }
  return matched;
}

/** The rules of a row, after the plan's rule for nested business where the row has none of its own. */
function rulesOf(pack: Pack, row: PackRow): readonly RowRule[] {
  const { nested } = pack;
  if (!nested || row.rules.some(({ when }) => when?.nested !== undefined)) return row.rules;
  return [{ ...nested, when: { nested: true }, coLead: [], cooperating: [] }, ...row.rules];
}

function findRule(
  rules: readonly RowRule[],
  facts: RoutingFacts,
  substance: string | null | undefined,
): Found | null {
  for (const rule of rules) {
    const matched = matchCondition(rule.when, facts, substance);
    if (matched) return { rule, matched };
  }
  return null;
}

/** The first rule that holds, or what keeps every rule from being trusted. */
function judgeRow(pack: Pack, row: PackRow, facts: RoutingFacts): Found | Clash | null {
  const rules = rulesOf(pack, row);
  if (facts.substance === null || row.substances === undefined) return findRule(rules, facts, null);
  const known = readSubstances(row, facts.substance);
  if (known.length === 0) return findRule(rules, facts, undefined);
  const found = known.map(({ name }) => findRule(rules, facts, name));
  const [first] = found;
  // Layers that nobody can sort are what the rule for nested business is for: there is nothing to contradict.
  if (facts.nested && first?.rule.when?.nested === true) return first;
  if (facts.licensed === true && known.some(({ unlicensable }) => unlicensable)) {
    return { kind: "licence_nobody_gives", matched: { substance: facts.substance, licensed: true } };
  }
  if (found.some((one) => one?.rule !== first?.rule)) {
    return { kind: "several_substances", matched: { substance: facts.substance } };
  }
  return first ?? null;
}

const isClash = (judged: Found | Clash | null): judged is Clash => judged !== null && "kind" in judged;

/** Why a sector's rules are passed over for the leading office; null where they decide. */
export function findClash(pack: Pack, sector: SectorId, facts: RoutingFacts): Clash | null {
  const row = pack.rows.find((one) => one.sector === sector);
  const judged = row ? judgeRow(pack, row, facts) : null;
  return isClash(judged) ? judged : null;
}

/** The bodies of a rule: its own, or those of the plan it follows (the loader proved that one leads). */
function bodiesOf(pack: Pack, rule: RowRule): RowRule {
  if (rule.sameAs === undefined) return rule;
  const plan = pack.rows.find((row) => row.sector === rule.sameAs);
  return plan?.rules.find(({ when, lead }) => !when && lead) ?? rule;
}

/** The leading office's decision: for a sector without a row, and as the next best of any other. */
export function decideByFallback(pack: Pack): { lead: string[]; rule: string; clause: string } {
  const { id, clause, lead } = pack.fallback;
  return { lead: lead.map((agency) => agencyName(pack, agency)), rule: id, clause };
}

/**
 * Finds who leads one sector. Total: where no rule holds, and where the facts contradict each other (`findClash`), the
 * fallback decides; in the second case `matched` quotes the facts that clash.
 */
export function decideSector(pack: Pack, sector: SectorId, facts: RoutingFacts): SectorDecision {
  const row = pack.rows.find((one) => one.sector === sector);
  const found = row ? judgeRow(pack, row, facts) : null;
  const sectors: SectorId[] = [sector];
  if (found === null || isClash(found)) {
    const matched = { sectors, ...found?.matched };
    const fallback = decideByFallback(pack);
    return { ...fallback, coLead: [], cooperating: [], matched, byFallback: true, plan: sector };
  }
  const { rule, matched } = found;
  const bodies = bodiesOf(pack, rule);
  const names = (agencies: readonly string[]) => agencies.map((agency) => agencyName(pack, agency));
  return {
    lead: names(bodies.lead ?? []),
    coLead: names(bodies.coLead),
    cooperating: bodies.cooperating.map((agency) => listedName(pack, agency)),
    rule: rule.id,
    clause: rule.clause,
    matched: { sectors, ...matched },
    byFallback: false,
    plan: rule.sameAs ?? sector,
  };
}
