import { compare, fraction, minimum, multiply, parseFraction, roundHalfUp } from "~server/rewards/fraction";
import type { Currency } from "~server/rewards/scheme-parts";
import type { PenaltyCase, PenaltySchedule } from "./penalty-grammar";

/** Amounts are strings of minor units, rounded half-up; key order is part of the contract. */
export type FineRange = { min: string; max: string; currency: Currency; basis: { clause: string }[] };
export type LateFee = { lateFee: string; capped: boolean; currency: Currency; basis: { clause: string }[] };

/**
 * The range of a fine (国务院令第737号 art. 30–31), or the late fee on one (行政处罚法 art. 72), from a schedule and the
 * case alone. Throws RangeError where the schedule has no rule for the role.
 */
export function computePenalty(schedule: PenaltySchedule, penaltyCase: PenaltyCase): FineRange | LateFee {
  return "fine" in penaltyCase ? lateFee(schedule, penaltyCase) : fineRange(schedule, penaltyCase);
}

function fineRange(
  schedule: PenaltySchedule,
  penaltyCase: Exclude<PenaltyCase, { fine: string }>,
): FineRange {
  const rule = schedule.roles.find(({ role }) => role === penaltyCase.role);
  if (!rule) throw new RangeError(`schedule "${schedule.id}" has no rule for "${penaltyCase.role}"`);
  const base = parseFraction(penaltyCase.role === "raiser" ? penaltyCase.raised : penaltyCase.illegalGains);
  const times = (rate: string) => roundHalfUp(multiply(base, parseFraction(rate))).toString();
  return {
    min: times(rule.from),
    max: times(rule.to),
    currency: schedule.currency,
    basis: [{ clause: rule.clause }],
  };
}

function lateFee(
  { lateFee: rule, currency }: PenaltySchedule,
  { fine, daysLate }: Extract<PenaltyCase, { fine: string }>,
): LateFee {
  const base = parseFraction(fine);
  const grown = multiply(base, multiply(parseFraction(rule.perDay), fraction(BigInt(daysLate))));
  const limit = multiply(base, parseFraction(rule.atMost));
  return {
    lateFee: roundHalfUp(minimum(grown, limit)).toString(),
    capped: compare(grown, limit) > 0,
    currency,
    basis: [{ clause: rule.clause }],
  };
}
