import { checkBrackets, type Fault } from "./check-brackets";
import { compare, parseFraction } from "./fraction";
import type { Outcome, RateForm } from "./rate-grammar";
import type { Branch, Condition, Scheme } from "./scheme-grammar";

type Path = (string | number)[];

/** Everything a scheme's shape cannot say: the faults that would make two readings of it possible. */
export function checkScheme(scheme: Scheme): Fault[] {
  const faults: Fault[] = [];
  const { from, to } = scheme.effective;
  if (to !== null && to < from) faults.push({ path: ["effective", "to"], reason: "ends before it begins" });

  faults.push(
    ...repeated(scheme.grades, ["grades"], (each) => String(each.grade)),
    ...repeated(scheme.caseClasses, ["caseClasses"], (each) => each.id),
    ...repeated(scheme.stages, ["stages"], (each) => each.id),
    ...repeated(scheme.exclusions, ["exclusions"], (each) => each.id),
    ...repeated(scheme.branches, ["branches"], (each) => each.base ?? "(none)"),
    ...repeated(scheme.caps, ["caps"], (each) => JSON.stringify([each.per ?? "case", each.when])),
    ...scheme.branches.flatMap((branch, at) => checkBranch(scheme, branch, ["branches", at])),
    ...checkBrackets(scheme.approval.ladder, ["approval", "ladder"], null),
    ...checkCaps(scheme),
    ...checkSplit(scheme),
  );
  if (scheme.supersedes?.id === scheme.id) {
    faults.push({ path: ["supersedes", "id"], reason: `"${scheme.supersedes.clause}" supersedes itself` });
  }
  for (const list of ["factors", "uplifts", "caps"] as const) {
    for (const [at, { when }] of scheme[list].entries()) {
      const reason = unknownCondition(scheme, when);
      if (reason) faults.push({ path: [list, at, "when", "id"], reason });
    }
  }
  return faults;
}

function repeated<T extends { clause: string }>(
  list: readonly T[],
  path: Path,
  keyOf: (each: T) => string,
): Fault[] {
  const seen = new Map<string, T>();
  for (const [at, each] of list.entries()) {
    const earlier = seen.get(keyOf(each));
    if (earlier) {
      const reason = `"${earlier.clause}" and "${each.clause}" both decide ${keyOf(each)}`;
      return [{ path: [...path, at], reason }];
    }
    seen.set(keyOf(each), each);
  }
  return [];
}

function unknownCondition(scheme: Scheme, when: Condition): string | null {
  if (when?.kind === "caseClass" && !scheme.caseClasses.some(({ id }) => id === when.id)) {
    return `unknown case class "${when.id}"`;
  }
  if (when?.kind === "stage" && !scheme.stages.some(({ id }) => id === when.id)) {
    return `unknown stage "${when.id}"`;
  }
  return null;
}

function checkBranch(scheme: Scheme, branch: Branch, path: Path): Fault[] {
  const faults: Fault[] = [];
  const grades: (number | null)[] =
    scheme.grades.length > 0 ? scheme.grades.map((each) => each.grade) : [null];
  const name = (grade: number | null) => (grade === null ? "every case" : `grade ${grade}`);

  faults.push(...repeated(branch.rates, [...path, "rates"], (each) => name(each.grade)));
  const floorName = (each: Branch["floors"][number]) =>
    each.when ? `${name(each.grade)} where ${JSON.stringify(each.when)}` : name(each.grade);
  faults.push(...repeated(branch.floors, [...path, "floors"], floorName));
  for (const [at, { when }] of branch.floors.entries()) {
    const reason = unknownCondition(scheme, when ?? null);
    if (reason) faults.push({ path: [...path, "floors", at, "when", "id"], reason });
  }
  const parts = (branch.components ?? []).filter(({ base }) => base !== null);
  faults.push(...repeated(parts, [...path, "components"], ({ base }) => String(base)));
  for (const grade of grades) {
    if (!branch.rates.some((rate) => rate.grade === grade)) {
      faults.push({ path: [...path, "rates"], reason: `"${branch.clause}" has no rate for ${name(grade)}` });
    }
  }
  for (const list of ["rates", "floors"] as const) {
    for (const [at, { grade }] of branch[list].entries()) {
      if (!grades.includes(grade)) {
        faults.push({ path: [...path, list, at, "grade"], reason: `the scheme has no ${name(grade)}` });
      }
    }
  }
  for (const [at, rate] of branch.rates.entries()) {
    const formPath = [...path, "rates", at, "form"];
    faults.push(...checkForm(scheme, branch, rate.form, formPath));
    const floor = branch.floors.findIndex((each) => each.grade === rate.grade);
    if (rate.form.kind === "nonMonetary" && floor >= 0) {
      faults.push({ path: [...path, "floors", floor], reason: "a reward without money has no floor" });
    }
  }
  return faults;
}

function checkForm(scheme: Scheme, branch: Branch, form: RateForm, path: Path): Fault[] {
  switch (form.kind) {
    case "fixed":
    case "percent":
    case "amountRange":
    case "rateRange":
      return checkOutcome(branch, form, path);
    case "brackets":
      return [
        ...needsBase(branch, path),
        ...checkBrackets(form.brackets, [...path, "brackets"], minimumOf(scheme, branch)),
        ...form.brackets.flatMap((each, at) =>
          checkOutcome(branch, each.outcome, [...path, "brackets", at, "outcome"]),
        ),
      ];
    case "marginal":
      // The parts of a base add up from zero, whatever a gate keeps out.
      return [...needsBase(branch, path), ...checkBrackets(form.brackets, [...path, "brackets"], null)];
    case "stages":
      return [
        ...repeated(form.stages, [...path, "stages"], (each) => each.id),
        ...form.stages.flatMap((stage, at) => {
          const stagePath = [...path, "stages", at];
          const faults = checkOutcome(branch, stage.outcome, [...stagePath, "outcome"]);
          if (!scheme.stages.some(({ id }) => id === stage.id)) {
            faults.push({ path: [...stagePath, "id"], reason: `unknown stage "${stage.id}"` });
          }
          return faults;
        }),
      ];
    case "perHead":
    case "nonMonetary":
      return [];
  }
}

function checkOutcome(branch: Branch, outcome: Outcome, path: Path): Fault[] {
  switch (outcome.kind) {
    case "fixed":
      return [];
    case "percent":
      return needsBase(branch, path);
    case "amountRange":
      return isEmptyRange(outcome) ? [{ path, reason: "the range is empty" }] : [];
    case "rateRange":
      return [
        ...needsBase(branch, path),
        ...(isEmptyRange(outcome) ? [{ path, reason: "the range is empty" }] : []),
      ];
  }
}

function isEmptyRange(range: Extract<Outcome, { from: unknown }>): boolean {
  const order = compare(parseFraction(range.from.value), parseFraction(range.to.value));
  return order > 0 || (order === 0 && !(range.from.inclusive && range.to.inclusive));
}

function needsBase(branch: Branch, path: Path): Fault[] {
  return branch.base === null ? [{ path, reason: `"${branch.clause}" is a share of nothing: no base` }] : [];
}

function minimumOf(scheme: Scheme, branch: Branch): { value: string; inclusive: boolean } | null {
  for (const gate of scheme.gates) {
    if (gate.kind === "minimum" && (gate.base === "selected" || gate.base === branch.base)) return gate.at;
  }
  return null;
}

/** A later informant's part needs a first one's; a limit on each informant needs shares that are alike. */
function checkSplit({ split, caps }: Scheme): Fault[] {
  const faults: Fault[] = [];
  if (split.later && split.by !== "first") {
    const reason = `"${split.later.clause}" is for informants after the first, and "${split.clause}" knows no first`;
    faults.push({ path: ["split", "later"], reason });
  }
  for (const [at, cap] of caps.entries()) {
    if (cap.per === "informant" && split.by !== "equal") {
      const reason = `"${cap.clause}" limits each informant, and "${split.clause}" does not share equally`;
      faults.push({ path: ["caps", at, "per"], reason });
    }
  }
  return faults;
}

/** A floor above a cap, or a lift that lowers, cannot both be obeyed. */
function checkCaps(scheme: Scheme): Fault[] {
  const faults: Fault[] = [];
  for (const [at, cap] of scheme.caps.entries()) {
    if ((cap.amount === null) === (cap.share === undefined)) {
      const reason = `"${cap.clause}" is limited by an amount or by a share, one of the two`;
      faults.push({ path: ["caps", at], reason });
    }
    if (cap.amount === null) continue;
    if (cap.lift && BigInt(cap.lift.to) < BigInt(cap.amount)) {
      faults.push({
        path: ["caps", at, "lift"],
        reason: `"${cap.lift.clause}" lifts below "${cap.clause}"`,
      });
    }
    // What each informant receives at most says nothing against a floor of the whole award.
    if (cap.per === "informant") continue;
    for (const [branchAt, branch] of scheme.branches.entries()) {
      for (const [floorAt, floor] of branch.floors.entries()) {
        if (BigInt(floor.amount) > BigInt(cap.amount)) {
          faults.push({
            path: ["branches", branchAt, "floors", floorAt],
            reason: `"${floor.clause}" is a floor above the cap of "${cap.clause}"`,
          });
        }
      }
    }
  }
  return faults;
}
