import { checkBrackets } from "./check-brackets";
import { checkContradictions } from "./check-contradictions";
import { compare, parseFraction } from "./fraction";
import type { Outcome, RateForm } from "./rate-grammar";
import { named, type Fault, type FaultPath, type FaultSubject } from "./scheme-faults";
import type { Branch, Condition, Scheme } from "./scheme-grammar";
import type { Text } from "./scheme-parts";

type Path = FaultPath;

/** Everything a scheme's shape cannot say: the faults that would make two readings of it possible. */
export function checkScheme(scheme: Scheme): Fault[] {
  const faults: Fault[] = [];
  const { from, to } = scheme.effective;
  if (to !== null && to < from) faults.push({ path: ["effective", "to"], kind: "endsBeforeBegins" });

  const byId = ({ id }: { id: string }): FaultSubject => ({ of: "id", value: id });
  faults.push(
    ...repeated(scheme.grades, ["grades"], ({ grade }) => nameGrade(grade)),
    ...repeated(scheme.caseClasses, ["caseClasses"], byId),
    ...repeated(scheme.stages, ["stages"], byId),
    ...repeated(scheme.exclusions, ["exclusions"], byId),
    ...repeated(scheme.branches, ["branches"], ({ base }) =>
      base === null ? { of: "noBase" } : { of: "base", value: base },
    ),
    ...repeated(
      scheme.caps,
      ["caps"],
      () => ({ of: "sameCases" }),
      (each) => JSON.stringify([each.per ?? "case", each.when]),
    ),
    ...scheme.branches.flatMap((branch, at) => checkBranch(scheme, branch, ["branches", at])),
    ...checkBrackets(scheme.approval.ladder, ["approval", "ladder"], null),
    ...checkCaps(scheme),
    ...checkSplit(scheme),
    ...checkContradictions(scheme),
  );
  if (scheme.supersedes?.id === scheme.id) {
    const path = ["supersedes", "id"];
    faults.push({ path, kind: "supersedesItself", one: named(scheme.supersedes, path) });
  }
  for (const list of ["factors", "uplifts", "caps"] as const) {
    for (const [at, { when }] of scheme[list].entries()) {
      faults.push(...unknownCondition(scheme, when, [list, at, "when", "id"]));
    }
  }
  return faults;
}

/** The first two rules of a list that decide the same thing, by `keyOf`. */
export function repeated<T extends { clause: string; title?: Text }>(
  list: readonly T[],
  path: Path,
  subjectOf: (each: T) => FaultSubject,
  keyOf: (each: T) => string = (each) => JSON.stringify(subjectOf(each)),
): Fault[] {
  const seen = new Map<string, number>();
  for (const [at, each] of list.entries()) {
    const place = seen.get(keyOf(each));
    const earlier = place === undefined ? undefined : list[place];
    if (place !== undefined && earlier !== undefined) {
      const here = [...path, at];
      return [
        {
          ...{ path: here, kind: "bothDecide", subject: subjectOf(each) },
          ...{ one: named(earlier, [...path, place]), other: named(each, here) },
        },
      ];
    }
    seen.set(keyOf(each), at);
  }
  return [];
}

function nameGrade(grade: number | null): FaultSubject {
  return grade === null ? { of: "everyCase" } : { of: "grade", value: String(grade) };
}

function unknownCondition(scheme: Scheme, when: Condition, path: Path): Fault[] {
  if (when?.kind === "caseClass" && !scheme.caseClasses.some(({ id }) => id === when.id)) {
    return [{ path, kind: "unknownClass", word: when.id }];
  }
  if (when?.kind === "stage" && !scheme.stages.some(({ id }) => id === when.id)) {
    return [{ path, kind: "unknownStage", word: when.id }];
  }
  return [];
}

function checkBranch(scheme: Scheme, branch: Branch, path: Path): Fault[] {
  const faults: Fault[] = [];
  const grades: (number | null)[] =
    scheme.grades.length > 0 ? scheme.grades.map((each) => each.grade) : [null];

  faults.push(...repeated(branch.rates, [...path, "rates"], ({ grade }) => nameGrade(grade)));
  faults.push(
    ...repeated(
      branch.floors,
      [...path, "floors"],
      ({ grade }) => nameGrade(grade),
      ({ grade, when }) => JSON.stringify([grade, when ?? null]),
    ),
  );
  for (const [at, { when }] of branch.floors.entries()) {
    faults.push(...unknownCondition(scheme, when ?? null, [...path, "floors", at, "when", "id"]));
  }
  for (const grade of grades) {
    if (!branch.rates.some((rate) => rate.grade === grade)) {
      const subject = nameGrade(grade);
      faults.push({ path: [...path, "rates"], kind: "noRateFor", one: named(branch, path), subject });
    }
  }
  for (const list of ["rates", "floors"] as const) {
    for (const [at, { grade }] of branch[list].entries()) {
      if (grades.includes(grade)) continue;
      faults.push({ path: [...path, list, at, "grade"], kind: "noSuchGrade", subject: nameGrade(grade) });
    }
  }
  for (const [at, rate] of branch.rates.entries()) {
    const ratePath = [...path, "rates", at];
    faults.push(...checkForm(scheme, { branch, path }, rate, ratePath));
    const floor = branch.floors.findIndex((each) => each.grade === rate.grade);
    if (rate.form.kind === "nonMonetary" && floor >= 0) {
      faults.push({ path: [...path, "floors", floor], kind: "floorWithoutMoney" });
    }
  }
  return faults;
}

/** A branch and where it stands. */
type Placed = { readonly branch: Branch; readonly path: Path };

function checkForm(scheme: Scheme, placed: Placed, rate: Branch["rates"][number], ratePath: Path): Fault[] {
  const { branch } = placed;
  const form: RateForm = rate.form;
  const path = [...ratePath, "form"];
  switch (form.kind) {
    case "fixed":
    case "percent":
    case "amountRange":
    case "rateRange":
      return checkOutcome(placed, form, path);
    case "brackets":
      return [
        ...needsBase(placed, path),
        ...checkBrackets(form.brackets, [...path, "brackets"], minimumOf(scheme, branch)),
        ...form.brackets.flatMap((each, at) =>
          checkOutcome(placed, each.outcome, [...path, "brackets", at, "outcome"]),
        ),
      ];
    case "marginal":
      // The parts of a base add up from zero, whatever a gate keeps out.
      return [...needsBase(placed, path), ...checkBrackets(form.brackets, [...path, "brackets"], null)];
    case "stages":
      return [
        ...repeated(form.stages, [...path, "stages"], ({ id }) => ({ of: "id", value: id })),
        ...form.stages.flatMap((stage, at): Fault[] => {
          const stagePath = [...path, "stages", at];
          return [
            ...checkOutcome(placed, stage.outcome, [...stagePath, "outcome"]),
            ...(scheme.stages.some(({ id }) => id === stage.id)
              ? []
              : [{ path: [...stagePath, "id"], kind: "unknownStage" as const, word: stage.id }]),
          ];
        }),
        ...scheme.stages.flatMap((stage, at): Fault[] =>
          form.stages.some(({ id }) => id === stage.id)
            ? []
            : [
                {
                  ...{ path: [...path, "stages"], kind: "stageWithoutRate" },
                  ...{ one: named(stage, ["stages", at]), other: named(rate, ratePath) },
                },
              ],
        ),
      ];
    case "perHead":
    case "nonMonetary":
      return [];
  }
}

function checkOutcome(placed: Placed, outcome: Outcome, path: Path): Fault[] {
  switch (outcome.kind) {
    case "fixed":
      return [];
    case "percent":
      return needsBase(placed, path);
    case "amountRange":
      return checkRange(outcome, path);
    case "rateRange":
      return [...needsBase(placed, path), ...checkRange(outcome, path)];
  }
}

function checkRange(range: Extract<Outcome, { from: unknown }>, path: Path): Fault[] {
  const { from, to } = range;
  const order = compare(parseFraction(from.value), parseFraction(to.value));
  if (order < 0 || (order === 0 && from.inclusive && to.inclusive)) return [];
  const say = ({ value }: { value: string }) =>
    range.kind === "amountRange" ? { amount: value } : { rate: value };
  return [{ path, kind: "emptyRange", low: say(from), high: say(to) }];
}

function needsBase({ branch, path: at }: Placed, path: Path): Fault[] {
  return branch.base === null ? [{ path, kind: "shareOfNothing", one: named(branch, at) }] : [];
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
  const other = named(split, ["split"]);
  if (split.later && split.by !== "first") {
    const path = ["split", "later"];
    faults.push({ path, kind: "laterWithoutFirst", one: named(split.later, path), other });
  }
  for (const [at, cap] of caps.entries()) {
    if (cap.per === "informant" && split.by !== "equal") {
      const path = ["caps", at, "per"];
      faults.push({ path, kind: "unequalShares", one: named(cap, ["caps", at]), other });
    }
  }
  return faults;
}

/** A floor above a cap, or a lift that lowers, cannot both be obeyed. */
function checkCaps(scheme: Scheme): Fault[] {
  const faults: Fault[] = [];
  for (const [at, cap] of scheme.caps.entries()) {
    const capPath = ["caps", at];
    const capped = named(cap, capPath);
    if ((cap.amount === null) === (cap.share === undefined)) {
      faults.push({ path: capPath, kind: "amountOrShare", one: capped });
    }
    if (cap.amount === null) continue;
    const limit = { amount: cap.amount };
    const lift = cap.lift === null ? null : { clause: cap.lift.clause, title: cap.lift.title };
    if (cap.lift && lift && BigInt(cap.lift.to) < BigInt(cap.amount)) {
      const path = [...capPath, "lift"];
      faults.push({
        ...{ path, kind: "liftLowers", one: named(lift, path), other: capped },
        ...{ low: { amount: cap.lift.to }, high: limit },
      });
    }
    // What each informant receives at most says nothing against a floor of the whole award.
    if (cap.per === "informant") continue;
    for (const [branchAt, branch] of scheme.branches.entries()) {
      for (const [floorAt, floor] of branch.floors.entries()) {
        if (BigInt(floor.amount) <= BigInt(cap.amount)) continue;
        const path = ["branches", branchAt, "floors", floorAt];
        faults.push({
          ...{ path, kind: "floorAboveCap", one: named(floor, path), other: capped },
          ...{ low: limit, high: { amount: floor.amount } },
        });
      }
    }
  }
  return faults;
}
