import type { Pack } from "~server/packs/grammar";
import { agencyIdByName } from "~server/packs/look-up-pack";
import { addCrossCuts } from "~server/routing/add-cross-cuts";
import { decideByFallback, decideSector } from "~server/routing/decide-sectors";
import { decideTerritory, type Territory } from "~server/routing/decide-territory";
import type { RoutingFacts } from "~server/routing/facts";
import { weighEscalation } from "~server/routing/weigh-escalation";

/** One reason: the rule's id, the clause to cite, and the part of the facts that matched it. */
export type BasisEntry = { rule: string; clause: string; matched: Partial<RoutingFacts> };

export type RoutingDecision = {
  pack: { id: string; version: string };
  lead: string[];
  coLead: string[];
  cooperating: string[];
  also: string[];
  territory: Territory;
  escalate: boolean;
  basis: BasisEntry[];
  nextBest: { lead: string[]; rule: string; clause: string } | null;
};

/**
 * Decides who leads, who leads with them, who helps, who is told, and which place takes it, citing
 * the clause of each. Pure and total: the same pack and facts give the same decision on any day, so
 * a stored decision can be replayed. Facts must have passed `routingFactsFor(pack)`.
 *
 * An agency appears once: lead before coLead before also before cooperating. `nextBest` is the
 * leading office's decision, or null when the fallback decided any of the sectors, since that
 * office then leads already.
 */
export function routeLead(pack: Pack, facts: RoutingFacts): RoutingDecision {
  const sectors = [...new Set(facts.sectors)].map((sector) => decideSector(pack, sector, facts));
  const cuts = addCrossCuts(pack, facts);
  const { basis: ground, ...territory } = decideTerritory(pack, sectors[0]?.plan ?? "unknown", facts);
  const hits = weighEscalation(pack, facts);

  // By its id: a list of responsible units may print a body under a shorter name (县金融办, 金融办).
  const named = new Set<string>();
  const once = (names: string[]) =>
    names.filter((name) => {
      const agency = agencyIdByName(pack, name) ?? name;
      if (named.has(agency)) return false;
      named.add(agency);
      return true;
    });
  const lead = once(sectors.flatMap((sector) => sector.lead));
  const coLead = once(sectors.flatMap((sector) => sector.coLead));
  const also = once(cuts.map((cut) => cut.agency));
  const cooperating = once(sectors.flatMap((sector) => sector.cooperating));

  return {
    pack: { id: pack.id, version: pack.version },
    lead,
    coLead,
    cooperating,
    also,
    territory,
    escalate: hits.length > 0,
    basis: [
      ...[...sectors, ...cuts].map(({ rule, clause, matched }) => ({ rule, clause, matched })),
      ground,
      ...hits.map(({ threshold, matched }) => ({ rule: threshold.id, clause: threshold.clause, matched })),
    ],
    nextBest: sectors.some(({ byFallback }) => byFallback) ? null : decideByFallback(pack),
  };
}
