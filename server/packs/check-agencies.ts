import type { PackFault } from "~server/packs/check-pack";
import type { Pack } from "~server/packs/grammar";

type Reference = { agency: string; path: readonly PropertyKey[]; rule?: string };

function agencyReferences(pack: Pack): Reference[] {
  const all: Reference[] = [];
  const add = (agencies: readonly string[] | undefined, path: readonly PropertyKey[], rule?: string) => {
    agencies?.forEach((agency, index) => all.push({ agency, path: [...path, index], rule }));
  };
  const one = (agency: string | undefined, path: readonly PropertyKey[], rule?: string) => {
    if (agency !== undefined) all.push({ agency, path, rule });
  };
  pack.agencies.forEach((agency, index) => {
    one(agency.seatedIn, ["agencies", index, "seatedIn"]);
    one(agency.successor?.agency, ["agencies", index, "successor", "agency"]);
    add(agency.members, ["agencies", index, "members"]);
  });
  one(pack.leadingOffice, ["leadingOffice"]);
  pack.rows.forEach((row, rowIndex) => {
    row.rules.forEach((rule, index) => {
      for (const part of ["lead", "coLead", "cooperating"] as const) {
        add(rule[part], ["rows", rowIndex, "rules", index, part], rule.id);
      }
    });
  });
  add(pack.fallback.lead, ["fallback", "lead"], pack.fallback.id);
  add(pack.nested?.lead, ["nested", "lead"], pack.nested?.id);
  for (const cut of ["crime", "petition"] as const) {
    const rule = pack.crossCuts[cut];
    one(rule?.agency, ["crossCuts", cut, "agency"], rule?.id);
  }
  one(pack.disagreement?.agency, ["disagreement", "agency"], pack.disagreement?.id);
  add(pack.publicity?.agencies, ["publicity", "agencies"]);
  add(pack.supporting?.agencies, ["supporting", "agencies"]);
  const { outside, rule, sectorRules } = pack.territory;
  one(rule.reportTo, ["territory", "rule", "reportTo"], rule.id);
  one(outside.reportTo, ["territory", "outside", "reportTo"], outside.id);
  sectorRules.forEach(({ id, reportTo }, index) =>
    one(reportTo, ["territory", "sectorRules", index, "reportTo"], id),
  );
  pack.territory.units.forEach((unit, index) =>
    one(unit.authority, ["territory", "units", index, "authority"]),
  );
  pack.duties.forEach((duty, index) => add(duty.agencies, ["duties", index, "agencies"], duty.id));
  pack.hotlines.forEach((line, index) => one(line.agency, ["hotlines", index, "agency"]));
  return all;
}

/** Names a decision prints must be unambiguous, and every reference must lead somewhere. */
export function findAgencyFault(pack: Pack): PackFault | null {
  const ids = new Set<string>();
  const printed = new Set<string>();
  for (const [index, agency] of pack.agencies.entries()) {
    if (ids.has(agency.id)) {
      return { path: ["agencies", index, "id"], fault: `duplicate agency "${agency.id}"` };
    }
    ids.add(agency.id);
    const ofDocument = agency.names.filter((name) => name.document);
    const [name] = ofDocument;
    if (!name || ofDocument.length > 1) {
      return { path: ["agencies", index, "names"], fault: "exactly one name must be the document's" };
    }
    if (printed.has(name.name)) {
      return { path: ["agencies", index, "names"], fault: `two agencies are printed as "${name.name}"` };
    }
    printed.add(name.name);
    if (agency.listedAs !== undefined) {
      if (printed.has(agency.listedAs)) {
        const fault = `two agencies are printed as "${agency.listedAs}"`;
        return { path: ["agencies", index, "listedAs"], fault };
      }
      printed.add(agency.listedAs);
    }
    for (const [at, { from, until }] of agency.names.entries()) {
      if (from !== undefined && until !== undefined && until < from) {
        return { path: ["agencies", index, "names", at], fault: "a name cannot end before it begins" };
      }
    }
  }
  const lost = agencyReferences(pack).find(({ agency }) => !ids.has(agency));
  if (lost) return { path: lost.path, rule: lost.rule, fault: `unknown agency "${lost.agency}"` };
  return findCircle(pack);
}

/** A body that comes after itself would stand and have ceased at once: leads would have nowhere to go. */
function findCircle(pack: Pack): PackFault | null {
  const heirOf = new Map(pack.agencies.map(({ id, successor }) => [id, successor?.agency]));
  for (const [index, { id }] of pack.agencies.entries()) {
    let heir = heirOf.get(id);
    for (let steps = 0; heir !== undefined && heir !== id && steps < heirOf.size; steps += 1)
      heir = heirOf.get(heir);
    if (heir === id) {
      const path = ["agencies", index, "successor", "agency"];
      return { path, fault: `agency "${id}" would be succeeded by itself` };
    }
  }
  return null;
}
