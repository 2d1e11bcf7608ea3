import { findCaseFault, findNestedFault } from "~server/packs/check-cases";
import type { PackFault } from "~server/packs/check-pack";
import type { Pack, PackRow } from "~server/packs/grammar";

type Identified = { id: string; path: readonly PropertyKey[] };

function identifiedRules(pack: Pack): Identified[] {
  const { crossCuts, territory } = pack;
  return [
    ...pack.rows.flatMap((row, at) =>
      row.rules.map(({ id }, index) => ({ id, path: ["rows", at, "rules", index, "id"] })),
    ),
    { id: pack.fallback.id, path: ["fallback", "id"] },
    ...(pack.nested ? [{ id: pack.nested.id, path: ["nested", "id"] }] : []),
    ...(crossCuts.crime ? [{ id: crossCuts.crime.id, path: ["crossCuts", "crime", "id"] }] : []),
    ...(crossCuts.petition ? [{ id: crossCuts.petition.id, path: ["crossCuts", "petition", "id"] }] : []),
    ...(pack.disagreement ? [{ id: pack.disagreement.id, path: ["disagreement", "id"] }] : []),
    { id: territory.rule.id, path: ["territory", "rule", "id"] },
    ...territory.sectorRules.map(({ id }, at) => ({ id, path: ["territory", "sectorRules", at, "id"] })),
    { id: territory.outside.id, path: ["territory", "outside", "id"] },
    { id: territory.fallback.id, path: ["territory", "fallback", "id"] },
    ...pack.escalation.thresholds.map(({ id }, at) => ({ id, path: ["escalation", "thresholds", at, "id"] })),
    ...pack.duties.map(({ id }, at) => ({ id, path: ["duties", at, "id"] })),
  ];
}

function findRowFault(pack: Pack, row: PackRow, at: number): PackFault | null {
  for (const [index, rule] of row.rules.entries()) {
    const path = ["rows", at, "rules", index];
    if ((rule.lead === undefined) === (rule.sameAs === undefined)) {
      return { path, rule: rule.id, fault: "needs either lead or sameAs" };
    }
    if (rule.when && Object.values(rule.when).every((part) => part === undefined)) {
      return { path: [...path, "when"], rule: rule.id, fault: "an empty condition" };
    }
    if (rule.sameAs !== undefined) {
      const plan = pack.rows.find(({ sector }) => sector === rule.sameAs);
      const decides = plan !== row && plan?.rules.some(({ when, lead }) => !when && lead);
      if (!decides) {
        const fault = `"${rule.sameAs}" has no plain row to follow`;
        return { path: [...path, "sameAs"], rule: rule.id, fault };
      }
    }
  }
  return findCaseFault(row, at);
}

function repeated(
  values: readonly string[],
  what: string,
  path: (at: number) => readonly PropertyKey[],
): PackFault | null {
  const at = values.findIndex((value, index) => values.indexOf(value) < index);
  return at < 0 ? null : { path: path(at), fault: `duplicate ${what} "${values[at]}"` };
}

function findListFault(pack: Pack): PackFault | null {
  const lists = pack.redLines.flatMap((list, at) =>
    list.sectors.map((sector, index) => ({ sector, path: ["redLines", at, "sectors", index] })),
  );
  const items = [
    ...pack.redLines.flatMap((list, at) =>
      list.items.map(({ id }, index) => ({ id, path: ["redLines", at, "items", index, "id"] })),
    ),
    ...pack.unfairCompetition.map(({ id }, index) => ({ id, path: ["unfairCompetition", index, "id"] })),
  ];
  const kinds = pack.escalation.thresholds.map(({ kind }) => kind);
  // A kind left out would never escalate, and nobody would notice.
  const absent = (["amount", "people", "tips"] as const).find((kind) => !kinds.includes(kind));
  const real = pack.hotlines.findIndex(({ fictitious, number }) => fictitious && !number.includes("-0000-"));
  return (
    repeated(
      pack.rows.map(({ sector }) => sector),
      "row for sector",
      (at) => ["rows", at, "sector"],
    ) ??
    repeated(
      pack.sectors.map(({ id }) => id),
      "sector",
      (at) => ["sectors", at, "id"],
    ) ??
    repeated(kinds, "threshold", (at) => ["escalation", "thresholds", at, "kind"]) ??
    (absent === undefined
      ? null
      : { path: ["escalation", "thresholds"], fault: `no threshold of "${absent}"` }) ??
    repeated(
      pack.dates.map(({ id }) => id),
      "date",
      (at) => ["dates", at, "id"],
    ) ??
    repeated(
      lists.map(({ sector }) => sector),
      "checklist for sector",
      (at) => lists[at]?.path ?? [],
    ) ??
    repeated(
      items.map(({ id }) => id),
      "checklist item",
      (at) => items[at]?.path ?? [],
    ) ??
    (real < 0
      ? null
      : { path: ["hotlines", real, "number"], fault: "a fictitious number must hold the exchange 0000" })
  );
}

/** Rule ids are stored with every decision: they must be the pack's own and mean one rule. */
export function findRuleFault(pack: Pack): PackFault | null {
  const seen = new Set<string>();
  for (const { id, path } of identifiedRules(pack)) {
    if (!id.startsWith(`${pack.id}.`)) return { path, rule: id, fault: `must begin with "${pack.id}."` };
    if (seen.has(id)) return { path, rule: id, fault: `duplicate rule id "${id}"` };
    seen.add(id);
  }
  for (const [at, row] of pack.rows.entries()) {
    const fault = findRowFault(pack, row, at);
    if (fault) return fault;
  }
  return findNestedFault(pack) ?? findListFault(pack);
}
