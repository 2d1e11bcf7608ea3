import { presentEvent, type EventView } from "~server/audit/present-event";
import type { Pack } from "~server/packs/grammar";
import { nameAgencyAmong, sectorTitle } from "~server/packs/list-options";
import { screenName } from "~server/packs/look-up-pack";
import { isKnownSector } from "~server/routing/lead-facts.server";
import type { ClosureCode, Stage } from "~server/triage/stages";
import { DOSSIER_FIELDS } from "./field-names";
import type { DossierPage } from "./read-dossier.server";

/**
 * A dossier as its page shows it, in the words of its own plan, and of the portal's other plans (`packs`) for leads that
 * were handed on.
 */
export function presentDossier(packs: readonly Pack[], page: DossierPage) {
  const { dossier } = page;
  const own = packs.filter(({ id }) => id === dossier.packId);
  const plans = [...own, ...packs.filter((pack) => !own.includes(pack))];
  return {
    ...{ id: dossier.id, name: dossier.name, version: dossier.version, openedOn: dossier.openedOn },
    ...{ mergedInto: page.mergedInto, aliases: page.aliases, keys: page.keys, links: page.links },
    ...{
      suggestions: page.suggestions,
      dismissals: page.dismissals,
      merges: page.merges,
      fieldHistory: page.fieldHistory,
    },
    ...{ leadCount: page.leadCount, classes: page.classes, mayWrite: page.mayWrite, mayMerge: page.mayMerge },
    fields: DOSSIER_FIELDS.map((field) => ({
      field,
      latest: page.fields.find((one) => one.field === field) ?? null,
      base: page.fieldBases.get(field) ?? 0,
    })),
    leads: page.leads.map((lead) => ({
      ...lead,
      stage: lead.stage as Stage,
      closureCode: lead.closureCode as ClosureCode | null,
    })),
    sectors: page.sectors.flatMap((sector) =>
      plans.flatMap((pack) => sectorTitle(pack, sector) ?? []).slice(0, 1),
    ),
    keywords: plans.slice(0, 1).flatMap((pack) => keywordsOf(pack, page)),
    timeline: page.timeline.map((row): EventView => presentEvent(row, (id) => nameAgencyAmong(packs, id))),
  };
}

/** Words of the plan's name screening in any of its names, each once. */
export function keywordsOf(pack: Pack, { dossier, aliases, sectors }: DossierPage): string[] {
  const names = [dossier.name, ...aliases.map(({ name }) => name)];
  const screened = [undefined, ...sectors.filter((sector) => isKnownSector(pack, sector))];
  return [...new Set(names.flatMap((name) => screened.flatMap((sector) => screenName(pack, name, sector))))];
}
