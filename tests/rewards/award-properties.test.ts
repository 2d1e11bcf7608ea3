import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { caseSchema, type RewardCase } from "~server/rewards/case";
import { computeAward } from "~server/rewards/compute-award";
import { compare, fraction, parseFraction, subtract } from "~server/rewards/fraction";
import { loadScheme } from "~server/rewards/load-scheme.server";
import { schemeSchema, type Scheme } from "~server/rewards/scheme-grammar";
import { stepNames } from "~server/rewards/scheme-parts";
import { buildCase } from "./build-scheme";
import { acrc, csrc, foodDrug, qinghai } from "./fixture-schemes";

const money = fc
  .oneof(fc.bigInt(0n, 10n ** 14n), fc.bigInt(0n, 10n ** 6n), fc.constant(10n ** 10n))
  .map(String);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const informants = fc
  .array(
    fc.record({
      kind: fc.constantFrom("named", "anonymous", "insider"),
      weight: optional(fc.oneof(fc.nat(20), fc.constantFrom("0.1", "2.75", 0.3))),
      order: optional(fc.nat(3)),
      joint: optional(fc.boolean()),
      excluded: optional(fc.constant("受害人")),
    }),
    { maxLength: 7 },
  )
  .map((list) => list.map((each, at) => ({ id: `i${at}`, ...each })));

const cases: fc.Arbitrary<RewardCase> = fc
  .record({
    grade: fc.constantFrom(1, 2, 3),
    bases: fc.record({
      illegalAmount: optional(money),
      fundraising: optional(money),
      penalty: optional(money),
      goods: optional(money),
      recovered: optional(money),
    }),
    informants,
    final: fc.oneof(
      { weight: 9, arbitrary: fc.constant(true) },
      { weight: 1, arbitrary: fc.constant(false) },
    ),
    caseClass: optional(fc.constantFrom("national", "huge")),
    capLifted: fc.boolean(),
    approvalRef: fc.constant("财 1"),
  })
  .map((value) => caseSchema.parse(value));

/** The choice a range asks for is made inside it; the others ignore it. */
const choices: [Scheme, string | undefined][] = [
  [loadScheme("samr-2021").scheme, undefined],
  [loadScheme("jinhua-default").scheme, "12345"],
  [qinghai, "50000"],
  [csrc, undefined],
  [acrc, undefined],
];
const tried = fc.tuple(fc.constantFrom(...choices), cases).map(([[scheme, chosen], value]) => ({
  scheme,
  rewardCase: { ...value, chosen },
}));

const runs = { numRuns: 1000 };

describe("every award", () => {
  test("is the exact sum of its shares", () => {
    fc.assert(
      fc.property(tried, ({ scheme, rewardCase }) => {
        const { award, shares } = computeAward(scheme, rewardCase);
        expect(shares.map(({ id }) => id)).toEqual(rewardCase.informants.map(({ id }) => id));
        expect(shares.reduce((sum, { amount }) => sum + BigInt(amount), 0n)).toBe(BigInt(award));
      }),
      runs,
    );
  });

  test("gives each informant within one 分 of the exact share, and the excluded nothing", () => {
    fc.assert(
      fc.property(tried, ({ scheme, rewardCase }) => {
        const { award, shares } = computeAward(scheme, rewardCase);
        const asked = rewardCase.informants.map(({ excluded, weight }) =>
          excluded ? 0n : BigInt(Math.round(Number(weight ?? 0) * 100)),
        );
        const equal = asked.every((weight) => weight === 0n);
        const weights = equal ? rewardCase.informants.map(({ excluded }) => (excluded ? 0n : 1n)) : asked;
        const total = weights.reduce((sum, weight) => sum + weight, 0n);
        for (const [at, { amount }] of shares.entries()) {
          if (weights[at] === 0n) expect(amount).toBe("0");
          if (total === 0n) continue;
          const exact = fraction(BigInt(award) * (weights[at] ?? 0n), total);
          const off = subtract(fraction(BigInt(amount)), exact);
          expect(compare(off, fraction(1n)) < 0 && compare(off, fraction(-1n)) > 0).toBe(true);
        }
      }),
      runs,
    );
  });

  test("has all eight steps in order, each starting where the one before ended", () => {
    fc.assert(
      fc.property(tried, ({ scheme, rewardCase }) => {
        const { award, steps } = computeAward(scheme, rewardCase);
        expect(steps.map(({ step }) => step)).toEqual(stepNames);
        for (const [at, step] of steps.entries()) {
          if (at > 0) expect(step.in).toBe(steps[at - 1]?.out);
          expect(step.clause).not.toBe("");
          expect(step.out).toMatch(/^(0|[1-9]\d*)(\/[1-9]\d*)?$/);
        }
        expect(steps.at(-1)?.out).toBe(award);
      }),
      runs,
    );
  });

  test("stays within the scheme's highest cap, and says when a cap or floor decided", () => {
    fc.assert(
      fc.property(tried, ({ scheme, rewardCase }) => {
        const { award, steps, flags } = computeAward(scheme, rewardCase);
        const highest = scheme.caps
          .map(({ amount, lift }) => BigInt((rewardCase.capLifted ? lift?.to : null) ?? amount ?? "0"))
          .reduce((a, b) => (a > b ? a : b), 0n);
        expect(BigInt(award) <= highest).toBe(true);
        expect(flags.includes("capped")).toBe(steps[5]?.in !== steps[5]?.out);
        expect(flags.includes("floored")).toBe(steps[4]?.in !== steps[4]?.out);
        expect(flags.includes("editable_default")).toBe(scheme.editableDefault);
      }),
      runs,
    );
  });

  test("replays to the same bytes after its scheme and case have been stored as JSON", () => {
    fc.assert(
      fc.property(tried, ({ scheme, rewardCase }) => {
        const first = JSON.stringify(computeAward(scheme, rewardCase));
        const stored = JSON.stringify({ scheme, rewardCase });
        const read = JSON.parse(stored) as { scheme: unknown; rewardCase: unknown };
        const again = computeAward(schemeSchema.parse(read.scheme), caseSchema.parse(read.rewardCase));
        expect(JSON.stringify(again)).toBe(first);
      }),
      { numRuns: 200 },
    );
  });

  test("does not shrink when the base grows within a bracket, or across shipped ones", () => {
    const amount = fc.bigInt(1n, 10n ** 12n);
    fc.assert(
      fc.property(fc.constantFrom(1, 2), amount, amount, fc.boolean(), (grade, x, y, penalty) => {
        const [low, high] = x < y ? [x, y] : [y, x];
        const [jinhua] = choices[1] ?? [];
        if (!jinhua) throw new Error("the second choice is jinhua-default");
        const award = (base: bigint) =>
          BigInt(
            computeAward(
              jinhua,
              buildCase({ grade, bases: { [penalty ? "penalty" : "illegalAmount"]: base.toString() } }),
            ).award,
          );
        expect(award(low) <= award(high)).toBe(true);
      }),
      runs,
    );
  });

  test("of a chosen rate grows with the choice", () => {
    const permille = fc.integer({ min: 40, max: 60 });
    fc.assert(
      fc.property(permille, permille, fc.bigInt(1n, 10n ** 11n), (x, y, goods) => {
        const award = (rate: number) =>
          BigInt(
            computeAward(foodDrug, buildCase({ bases: { goods: goods.toString() }, chosen: `0.0${rate}` }))
              .award,
          );
        expect(award(Math.min(x, y)) <= award(Math.max(x, y))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("is exact: the rate step is the base times the printed rate", () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 9n), (base) => {
        const { steps } = computeAward(qinghai, buildCase({ bases: { fundraising: base.toString() } }));
        expect(parseFraction(steps[1]?.out ?? "")).toEqual(fraction(base * 5n, 10_000n));
      }),
    );
  });
});
