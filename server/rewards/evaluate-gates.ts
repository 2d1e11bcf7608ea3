import type { Informant, RewardCase } from "./case";
import { fraction, type Fraction, compare, zero } from "./fraction";
import { RewardInputError } from "./reward-errors";
import type { Branch, Gate, Scheme } from "./scheme-grammar";
import type { AmountBound, BaseKey, Rule } from "./scheme-parts";

export type RateRule = Branch["rates"][number];
export type StageRule = Extract<RateRule["form"], { kind: "stages" }>["stages"][number];
export type GateFlag = "below_gate" | "not_final" | "kind_not_eligible";

/** Which of a scheme's rules one case falls under, and who may receive. */
export type Situation = {
  branch: Branch;
  rate: RateRule;
  stage: StageRule | null;
  /** Minor units; zero where there is no base. */
  base: Fraction;
  hasBase: boolean;
  /** Neither excluded nor of a kind the scheme does not reward; in the order of the case. */
  eligible: Informant[];
};

export type GateResult = { open: boolean; flags: Set<GateFlag>; rule: Rule | null };

export function baseAmount(rewardCase: RewardCase, key: BaseKey): bigint {
  return BigInt(rewardCase.bases?.[key] ?? "0");
}

/** The branch's base with the components that count towards it; minor units. */
export function branchAmount(rewardCase: RewardCase, branch: Branch): bigint {
  const keys = (branch.components ?? []).flatMap(({ counts, base }) => (counts && base ? [base] : []));
  return [...new Set([...(branch.base === null ? [] : [branch.base]), ...keys])].reduce(
    (sum, key) => sum + baseAmount(rewardCase, key),
    0n,
  );
}

/**
 * The first branch whose base is not zero decides; a branch without a base takes every case that
 * reaches it; with no base at all the primary branch decides, so that its floors apply.
 */
function selectBranch(scheme: Scheme, rewardCase: RewardCase): Branch {
  const found = scheme.branches.find((each) => each.base === null || branchAmount(rewardCase, each) > 0n);
  const branch = found ?? scheme.branches[0];
  if (!branch) throw new RangeError("a scheme has at least one branch");
  return branch;
}

function selectRate(scheme: Scheme, branch: Branch, rewardCase: RewardCase): RateRule {
  const grade = scheme.grades.length > 0 ? (rewardCase.grade ?? null) : null;
  const rate = branch.rates.find((each) => each.grade === grade);
  if (rate) return rate;
  throw new RewardInputError(
    "grade",
    grade === null ? `required by scheme "${scheme.id}"` : `unknown grade ${grade} in scheme "${scheme.id}"`,
  );
}

function selectStage(rate: RateRule, rewardCase: RewardCase): StageRule | null {
  if (rate.form.kind !== "stages") return null;
  const stage = rate.form.stages.find(({ id }) => id === rewardCase.stage);
  if (stage) return stage;
  throw new RewardInputError(
    "stage",
    rewardCase.stage ? `unknown stage ${JSON.stringify(rewardCase.stage)}` : "required by the scheme",
  );
}

/** Throws RewardInputError where the case lacks, or misnames, a fact the scheme decides by. */
export function describeSituation(scheme: Scheme, rewardCase: RewardCase): Situation {
  const { caseClass, stage } = rewardCase;
  if (caseClass && scheme.caseClasses.length > 0 && !scheme.caseClasses.some(({ id }) => id === caseClass)) {
    throw new RewardInputError("caseClass", `unknown class ${JSON.stringify(caseClass)}`);
  }
  if (stage && scheme.stages.length > 0 && !scheme.stages.some(({ id }) => id === stage)) {
    throw new RewardInputError("stage", `unknown stage ${JSON.stringify(stage)}`);
  }
  const branch = selectBranch(scheme, rewardCase);
  const rate = selectRate(scheme, branch, rewardCase);
  const base = branch.base === null ? 0n : branchAmount(rewardCase, branch);
  return {
    branch,
    rate,
    stage: selectStage(rate, rewardCase),
    base: base === 0n ? zero : fraction(base),
    hasBase: base > 0n,
    eligible: rewardCase.informants.filter(
      (informant) => !informant.excluded && kindIsRewarded(scheme, informant),
    ),
  };
}

function kindIsRewarded(scheme: Scheme, { kind }: Informant): boolean {
  return scheme.gates.every((gate) => gate.kind !== "kinds" || gate.allowed.includes(kind));
}

export function reaches(amount: bigint, at: AmountBound): boolean {
  const order = compare(fraction(amount), fraction(BigInt(at.value)));
  return order > 0 || (order === 0 && at.inclusive);
}

/** What a gate says against the case, or null. An informant of the wrong kind closes it only if nobody is left. */
function objection(gate: Gate, situation: Situation, rewardCase: RewardCase): GateFlag | null {
  switch (gate.kind) {
    case "minimum": {
      const amount =
        gate.base === "selected"
          ? branchAmount(rewardCase, situation.branch)
          : baseAmount(rewardCase, gate.base);
      return reaches(amount, gate.at) ? null : "below_gate";
    }
    case "collected":
      return baseAmount(rewardCase, "collected") > 0n ? null : "below_gate";
    case "final":
      return rewardCase.final ? null : "not_final";
    case "kinds":
      return rewardCase.informants.some((each) => !each.excluded && !gate.allowed.includes(each.kind))
        ? "kind_not_eligible"
        : null;
    case "naturalPersons":
    case "notKnownBefore":
      return null;
  }
}

/**
 * Every gate is asked, so that the informant hears every reason at once. With nobody left to receive
 * (all excluded, or all of kinds not rewarded) the gate is shut too: no award exists that could be
 * floored, capped or sent to finance.
 */
export function evaluateGates(scheme: Scheme, situation: Situation, rewardCase: RewardCase): GateResult {
  const flags = new Set<GateFlag>();
  let shutBy: Rule | null = null;
  for (const gate of scheme.gates) {
    const flag = objection(gate, situation, rewardCase);
    if (!flag) continue;
    flags.add(flag);
    if (flag !== "kind_not_eligible" || situation.eligible.length === 0) shutBy ??= gate;
  }
  const minimum = situation.stage?.minimum;
  if (situation.stage && minimum && !reaches(baseAmount(rewardCase, minimum.base), minimum.at)) {
    flags.add("below_gate");
    shutBy ??= situation.stage;
  }
  const open = shutBy === null && situation.eligible.length > 0;
  return { open, flags, rule: shutBy ?? scheme.gates[0] ?? null };
}
