import type { Pack } from "~server/packs/grammar";
import type { SectorId } from "~server/packs/sector-ids";
import type { RoutingFacts } from "~server/routing/facts";

export type TerritoryRuleName = "registered" | "operating" | "both" | "outside" | "provincial" | "fallback";

/** Codes, not names: `lead` null means that no place inside leads (provincial, or none is inside). */
export type Territory = { rule: TerritoryRuleName; lead: string | null; cooperate: string[] };

export type TerritoryDecision = Territory & {
  basis: { rule: string; clause: string; matched: Partial<RoutingFacts> };
};

type Codes = { registered: string | null; operating: string | null };

function insideOf(pack: Pack, code: string | null): string | null {
  const { prefix } = pack.territory;
  return code !== null && (prefix === null || code.startsWith(prefix)) ? code : null;
}

/** The first leads; the second works with it when it is another place. Codes are inside ones. */
function leadBy(rule: TerritoryRuleName, first: string | null, second: string | null): Territory | null {
  const lead = first ?? second;
  if (lead === null) return null;
  return { rule, lead, cooperate: second !== null && second !== lead ? [second] : [] };
}

function chooseTerritory(pack: Pack, kind: string, codes: Codes): Territory {
  const registered = insideOf(pack, codes.registered);
  const operating = insideOf(pack, codes.operating);
  const none: Territory = { rule: "fallback", lead: null, cooperate: [] };
  if (registered === null && operating === null) return none;
  const { registered: seat, operating: place } = codes;
  if (kind === "provincial" && seat !== null && place !== null && seat !== place) {
    return { rule: "provincial", lead: null, cooperate: [seat, place] };
  }
  const effective = kind === "provincial" ? pack.territory.rule.kind : kind;
  if (effective === "operating") return leadBy("operating", operating, registered) ?? none;
  if (effective === "both") return leadBy("both", registered, operating) ?? none;
  // Registered elsewhere, or nobody knows where: the place of business takes it under its own name.
  if (registered === null) return leadBy("outside", operating, null) ?? none;
  return leadBy("registered", registered, operating) ?? none;
}

/**
 * Which place takes the lead on the ground. `plan` is the sector whose plan is followed (of several
 * sectors, the first given). `occurred` stands in for `operating` when that is absent.
 */
export function decideTerritory(pack: Pack, plan: SectorId, facts: RoutingFacts): TerritoryDecision {
  const { territory } = pack;
  const operating = facts.operating ?? facts.occurred;
  const codes: Codes = { registered: facts.registered, operating };
  const own = territory.sectorRules.find(({ sectors }) => sectors.includes(plan));
  const chosen = chooseTerritory(pack, (own ?? territory.rule).kind, codes);

  const matched: Partial<RoutingFacts> = {};
  if (facts.registered !== null) matched.registered = facts.registered;
  if (facts.operating !== null) matched.operating = facts.operating;
  else if (facts.occurred !== null) matched.occurred = facts.occurred;

  if (chosen.rule === "fallback") {
    const { id, clause } = territory.fallback;
    return { ...chosen, basis: { rule: id, clause, matched } };
  }
  // A provincial rule with equal codes leaves the case to the default rule, which is then cited.
  const ruling = own?.kind === chosen.rule ? own : territory.rule;
  const cited = chosen.rule === "outside" ? territory.outside : ruling;
  const differ = codes.registered !== null && operating !== null && codes.registered !== operating;
  const clause = differ ? (cited.crossRegion ?? cited.clause) : cited.clause;
  return { ...chosen, basis: { rule: cited.id, clause, matched } };
}
