import fc from "fast-check";
import { expect, test } from "vitest";
import { caseSchema } from "~server/rewards/case";
import { computeAward } from "~server/rewards/compute-award";
import { compare, parseFraction } from "~server/rewards/fraction";
import type { RateForm } from "~server/rewards/rate-grammar";
import { schemeSchema, type Scheme } from "~server/rewards/scheme-grammar";
import { branch, buildScheme, excl, incl, minimumGate, rule } from "./build-scheme";

// Schemes nobody wrote: brackets cut at random, limits and gates at random, any split.

const amount = fc.bigInt(0n, 10n ** 10n);
const rate = fc.integer({ min: 1, max: 100 }).map((percent) => `${percent}%`);

/** Cuts of a line into brackets, each end on one side only. */
const cuts = fc
  .uniqueArray(fc.bigInt(1n, 10n ** 10n), { minLength: 0, maxLength: 4 })
  .map((list) => list.toSorted((a, b) => (a < b ? -1 : 1)).map(String));

const cutForm = (kind: "brackets" | "marginal") =>
  fc.tuple(cuts, fc.array(rate, { minLength: 5, maxLength: 5 }), fc.boolean()).map(([at, rates, below]) => {
    const rows = [null, ...at].map((from, index) => ({
      clause: `第${index + 1}档`,
      title: { zh: "档", en: "tier" },
      from: from === null ? null : below ? excl(from) : incl(from),
      to: at[index] === undefined ? null : below ? incl(at[index]) : excl(at[index]),
      rate: rates[index] ?? "1%",
    }));
    const whole = rows.map(({ rate: percent, ...row }) => ({
      ...row,
      outcome: { kind: "percent" as const, rate: percent },
    }));
    return kind === "marginal" ? { kind, brackets: rows } : { kind, brackets: whole };
  });

const form: fc.Arbitrary<RateForm> = fc.oneof(
  cutForm("brackets"),
  cutForm("marginal"),
  rate.map((percent) => ({ kind: "percent" as const, rate: percent })),
  amount.map((fixed) => ({ kind: "fixed" as const, amount: fixed.toString() })),
  fc.bigInt(1n, 10n ** 6n).map((each) => ({ kind: "perHead" as const, amount: each.toString() })),
);

const schemes = fc
  .record({
    form,
    floor: fc.option(fc.bigInt(0n, 10n ** 5n)),
    cap: fc.option(fc.bigInt(10n ** 5n, 10n ** 8n)),
    year: fc.option(fc.bigInt(10n ** 5n, 10n ** 8n)),
    gate: fc.option(fc.bigInt(1n, 10n ** 6n)),
    by: fc.constantFrom("weights" as const, "first" as const),
    later: fc.option(rate),
    mode: fc.constantFrom("half-up" as const, "down" as const),
    uplift: fc.option(fc.constantFrom("3/2", "1", "7/3")),
    anonymous: fc.boolean(),
  })
  .map((of): Scheme => {
    const floors: Record<number, string> = of.floor === null ? {} : { 0: of.floor.toString() };
    const limit = (per: "case" | "year", at: bigint | null) =>
      at === null ? [] : [{ ...rule(`cap ${per}`), when: null, per, amount: at.toString(), lift: null }];
    return buildScheme({
      gates: [
        ...(of.gate === null ? [] : [minimumGate("penalty", incl(of.gate.toString()))]),
        ...(of.anonymous
          ? []
          : [{ kind: "kinds" as const, ...rule("实名"), allowed: ["named" as const, "insider" as const] }]),
      ],
      branches: [branch("penalty", { 0: of.form }, floors)],
      uplifts:
        of.uplift === null
          ? []
          : [
              {
                ...rule("insider"),
                when: { kind: "informantKind", id: "insider" },
                multiplyBy: of.uplift,
                consent: null,
              },
            ],
      caps: [...limit("case", of.cap), ...limit("year", of.year)],
      rounding: { ...rule("rounding"), mode: of.mode },
      split: {
        ...{ ...rule("split"), by: of.by, remainder: "largest", ties: "earlier" },
        ...(of.by === "first" && of.later !== null ? { later: { ...rule("later"), share: of.later } } : {}),
      },
    });
  });

const cases = fc
  .record({
    bases: fc.record({ penalty: amount.map(String) }),
    informants: fc
      .array(
        fc.record({
          kind: fc.constantFrom("named", "anonymous", "insider"),
          weight: fc.option(fc.nat(9)),
          order: fc.option(fc.nat(3)),
          joint: fc.option(fc.constantFrom("甲", "乙")),
          excluded: fc.option(fc.constant("official"), { freq: 5 }),
        }),
        { maxLength: 5 },
      )
      .map((list) => list.map((each, at) => ({ id: `i${at}`, ...each }))),
    already: fc.option(
      fc.record({
        case: fc.bigInt(0n, 10n ** 8n).map(String),
        year: fc.bigInt(0n, 10n ** 8n).map(String),
      }),
    ),
  })
  .map((value) => caseSchema.parse(value));

test("any scheme and any case: the shares are the award, the excluded get 0, limits hold, a replay is the same", () => {
  fc.assert(
    fc.property(schemes, cases, (scheme, rewardCase) => {
      const result = computeAward(scheme, rewardCase);
      const award = BigInt(result.award);
      expect(result.shares.reduce((sum, share) => sum + BigInt(share.amount), 0n)).toBe(award);
      for (const [at, { amount: share }] of result.shares.entries()) {
        if (rewardCase.informants[at]?.excluded) expect(share).toBe("0");
      }
      for (const { per, amount: limit } of scheme.caps) {
        const used = BigInt(rewardCase.already?.[per === "year" ? "year" : "case"] ?? "0");
        const left = BigInt(limit ?? "0") - used;
        expect(award <= (left > 0n ? left : 0n)).toBe(true);
      }
      const outs = result.steps.map(({ out }) => parseFraction(out));
      const [uplift, floor, cap] = [outs[3], outs[4], outs[5]];
      if (uplift && floor && cap) {
        expect(compare(floor, uplift) >= 0 && compare(cap, floor) <= 0).toBe(true);
      }
      const stored = JSON.parse(JSON.stringify({ scheme, rewardCase })) as Record<string, unknown>;
      const again = computeAward(schemeSchema.parse(stored.scheme), caseSchema.parse(stored.rewardCase));
      expect(JSON.stringify(again)).toBe(JSON.stringify(result));
    }),
    { numRuns: 300 },
  );
});

test("marginal brackets, a flat share and a fixed sum never fall when the base rises", () => {
  const monotone = schemes.filter((scheme) => scheme.branches[0]?.rates[0]?.form.kind !== "brackets");
  fc.assert(
    fc.property(monotone, cases, amount, amount, (scheme, rewardCase, x, y) => {
      const award = (penalty: bigint) =>
        BigInt(computeAward(scheme, { ...rewardCase, bases: { penalty: penalty.toString() } }).award);
      expect(award(x < y ? x : y) <= award(x < y ? y : x)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test("brackets that overlap or part are refused, both clauses named", () => {
  fc.assert(
    fc.property(
      fc.bigInt(2n, 10n ** 10n),
      fc.bigInt(2n, 10n ** 10n),
      fc.boolean(),
      fc.boolean(),
      (end, start, endIn, startIn) => {
        const tier = (clause: string) => ({ clause, title: { zh: "档", en: "tier" } });
        const outcome = { kind: "fixed", amount: "1" } as const;
        const to = { value: end.toString(), inclusive: endIn };
        const from = { value: start.toString(), inclusive: startIn };
        const load = () =>
          buildScheme({
            branches: [
              branch("penalty", {
                0: {
                  kind: "brackets",
                  brackets: [
                    { ...tier("五千万元以下"), from: null, to, outcome },
                    { ...tier("五千万元以上"), from, to: null, outcome },
                  ],
                },
              }),
            ],
          });
        if (end === start && endIn !== startIn) expect(load).not.toThrow();
        else expect(load).toThrow(/"五千万元以下" and "五千万元以上"/);
      },
    ),
    { numRuns: 100 },
  );
});
