import type { Pack } from "~server/packs/grammar";
import { successorOn } from "~server/packs/look-up-pack";
import { decideSector } from "./decide-sectors";
import { routingFacts } from "./facts";

/**
 * The agencies (ids of the pack's bodies, `<pack>.<slug>`) whose officers a report of this sector is sealed to at
 * once, without waiting for triage: those that lead a sector the pack marks `direct`, or their successors by `day`
 * (YYYY-MM-DD). None for every other sector.
 */
export function straightAgencies(pack: Pack, sector: string, day: string): string[] {
  const direct = pack.sectors.find((one) => one.id === sector && one.direct);
  if (direct === undefined) return [];
  const { lead } = decideSector(pack, direct.id, routingFacts.parse({ sectors: [direct.id] }));
  return pack.agencies
    .filter(({ names }) => names.some((name) => name.document && lead.includes(name.name)))
    .map(({ id }) => `${pack.id}.${successorOn(pack, id, day)}`);
}
