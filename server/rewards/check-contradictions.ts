import { parseFraction, isZero } from "./fraction";
import { named, type Fault } from "./scheme-faults";
import type { Branch, Scheme } from "./scheme-grammar";
import type { BaseKey } from "./scheme-parts";

/** Rules that are each well formed and cannot all be obeyed, or of which one never decides anything. */
export function checkContradictions(scheme: Scheme): Fault[] {
  return [
    ...checkOrder(scheme.branches),
    ...scheme.branches.flatMap(checkComponents),
    ...checkMinimums(scheme),
    ...checkKinds(scheme),
    ...checkStages(scheme),
    ...checkMultipliers(scheme, "factors"),
    ...checkMultipliers(scheme, "uplifts"),
  ];
}

/** The amounts a branch is selected by: its base and what is added to it. */
function keysOf({ base, components = [] }: Branch): BaseKey[] {
  return [
    ...(base === null ? [] : [base]),
    ...components.flatMap((each) => (each.counts && each.base !== null ? [each.base] : [])),
  ];
}

/**
 * The first branch whose amount is not zero decides. So nothing comes after a branch without a base, and an amount that
 * an earlier branch goes by is always zero where a later one decides.
 */
function checkOrder(branches: readonly Branch[]): Fault[] {
  for (const [at, branch] of branches.entries()) {
    const path = ["branches", at];
    for (const [before, earlier] of branches.slice(0, at).entries()) {
      const both = { one: named(earlier, ["branches", before]), other: named(branch, path) };
      const taken = keysOf(branch).find((key) => keysOf(earlier).includes(key));
      if (earlier.base === null) return [{ path, kind: "neverReached", ...both }];
      // Two branches on one base are told as such.
      if (taken !== undefined && branch.base !== earlier.base) {
        return [{ path, kind: "baseTaken", ...both, subject: { of: "base", value: taken } }];
      }
    }
  }
  return [];
}

/** A base is made of an amount once, and not of one that does not count. */
function checkComponents(branch: Branch, branchAt: number): Fault[] {
  const path = ["branches", branchAt];
  const seen = new Map<BaseKey, number>();
  for (const [at, part] of (branch.components ?? []).entries()) {
    if (part.base === null) continue;
    const here = [...path, "components", at];
    const other = named(part, here);
    const subject = { of: "base", value: part.base } as const;
    if (part.base === branch.base && !part.counts) {
      return [{ path: here, kind: "baseNotCounted", one: named(branch, path), other, subject }];
    }
    const before = seen.get(part.base);
    const earlier = before === undefined ? undefined : branch.components?.[before];
    if (before !== undefined && earlier !== undefined) {
      const one = named(earlier, [...path, "components", before]);
      return [{ path: here, kind: "bothDecide", one, other, subject }];
    }
    seen.set(part.base, at);
  }
  return [];
}

/** Two minimums of one amount say two things; `selected` is the base of whichever branch decides. */
function checkMinimums({ gates, branches }: Scheme): Fault[] {
  const bases = branches.map(({ base }) => base);
  const minimums = gates.flatMap((gate, at) =>
    gate.kind === "minimum" ? [{ gate, path: ["gates", at] }] : [],
  );
  for (const [at, { gate, path }] of minimums.entries()) {
    for (const { gate: earlier, path: before } of minimums.slice(0, at)) {
      const [own, other] = gate.base === "selected" ? [earlier.base, gate.base] : [gate.base, earlier.base];
      if (own !== other && (other !== "selected" || own === "selected" || !bases.includes(own))) continue;
      const both = { one: named(earlier, before), other: named(gate, path) };
      return [{ path, kind: "bothDecide", ...both, subject: { of: "minimum", value: own } }];
    }
  }
  return [];
}

/** Every gate must open, so gates on kinds let in whom all of them allow: somebody. */
function checkKinds({ gates }: Scheme): Fault[] {
  const lists = gates.flatMap((gate, at) => (gate.kind === "kinds" ? [{ gate, path: ["gates", at] }] : []));
  const refuse = (one: (typeof lists)[number], other: (typeof lists)[number]): Fault[] => [
    {
      ...{ path: other.path, kind: "nobodyAllowed" },
      ...{ one: named(one.gate, one.path), other: named(other.gate, other.path) },
    },
  ];
  for (const [at, list] of lists.entries()) {
    const apart = lists
      .slice(0, at)
      .find(({ gate }) => !gate.allowed.some((kind) => list.gate.allowed.includes(kind)));
    if (apart !== undefined) return refuse(apart, list);
  }
  const [first, last] = [lists[0], lists.at(-1)];
  const somebody = first?.gate.allowed.some((kind) => lists.every(({ gate }) => gate.allowed.includes(kind)));
  // Three or more of which no two alone exclude each other.
  return first === undefined || last === undefined || somebody === true ? [] : refuse(first, last);
}

/** A stage that no rate pays by and no condition asks for is a stage nobody could compute. */
function checkStages({ stages, branches, factors, uplifts, caps }: Scheme): Fault[] {
  const paid = branches.flatMap(({ rates }) =>
    rates.flatMap(({ form }) => (form.kind === "stages" ? form.stages.map(({ id }) => id) : [])),
  );
  const floors = branches.flatMap((branch) => branch.floors);
  const asked = [...factors, ...uplifts, ...caps, ...floors].flatMap(({ when }) =>
    when?.kind === "stage" ? [when.id] : [],
  );
  const known = new Set([...paid, ...asked]);
  const at = stages.findIndex(({ id }) => !known.has(id));
  const stage = stages[at];
  // Where some rate pays in stages, the one that leaves a stage out is named instead.
  if (stage === undefined || paid.length > 0) return [];
  const path = ["stages", at];
  return [{ path, kind: "stageUnused", one: named(stage, path) }];
}

/**
 * Rules whose conditions differ may hold together and multiply on purpose (an insider's report in a case of national
 * significance). Two under one and the same condition always would: a document that says two numbers of the same cases
 * says which of them holds, or is to be asked. A number that leaves no award is a misprint of a gate.
 */
function checkMultipliers(scheme: Scheme, list: "factors" | "uplifts"): Fault[] {
  const seen = new Map<string, number>();
  for (const [at, rule] of scheme[list].entries()) {
    if (rule.multiplyBy === null) continue;
    const path = [list, at];
    if (isZero(parseFraction(rule.multiplyBy))) {
      return [{ path: [...path, "multiplyBy"], kind: "timesZero", one: named(rule, path) }];
    }
    const condition = JSON.stringify(rule.when);
    const before = seen.get(condition);
    const earlier = before === undefined ? undefined : scheme[list][before];
    if (before !== undefined && earlier !== undefined) {
      return [
        { path, kind: "multipliedTwice", one: named(earlier, [list, before]), other: named(rule, path) },
      ];
    }
    seen.set(condition, at);
  }
  return [];
}
