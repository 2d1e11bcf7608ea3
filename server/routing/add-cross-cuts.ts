import type { Pack } from "~server/packs/grammar";
import { agencyName } from "~server/packs/look-up-pack";
import type { RoutingFacts } from "~server/routing/facts";

export type CrossCut = { agency: string; rule: string; clause: string; matched: Partial<RoutingFacts> };

/**
 * The bodies a lead also goes to, whatever its sector: the police when a crime is suspected, then
 * the petition office. A pack that names no such body (jilin's petitions) adds none.
 */
export function addCrossCuts(pack: Pack, facts: RoutingFacts): CrossCut[] {
  const { crime, petition } = pack.crossCuts;
  const cuts: CrossCut[] = [];
  if (facts.suspectedCrime && crime) {
    const agency = agencyName(pack, crime.agency);
    cuts.push({ agency, rule: crime.id, clause: crime.clause, matched: { suspectedCrime: true } });
  }
  if (facts.petition && petition) {
    const agency = agencyName(pack, petition.agency);
    cuts.push({ agency, rule: petition.id, clause: petition.clause, matched: { petition: true } });
  }
  return cuts;
}
