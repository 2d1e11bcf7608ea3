import fc from "fast-check";

/** One act or the passing of time; `award`: which of a history's awards, `part`: 1 000 分 instead of all, `back`: days ago. */
export type Step =
  | { kind: "advance" | "revoke"; award: number }
  | { kind: "clawback" | "receive" | "write_off"; award: number; part: boolean }
  | { kind: "pass"; days: number }
  | { kind: "month" | "next_budget" | "lapse" }
  | { kind: "year"; carry: boolean }
  | { kind: "money"; back: number }
  | { kind: "adjust"; amount: number; back: number };

export const AWARDS = 4;
const award = fc.nat({ max: AWARDS - 1 });
const part = fc.boolean();
const back = fc.constantFrom(0, 0, 3, 40, 400);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ kind: fc.constant("advance" as const), award }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), days: fc.constantFrom(1, 20, 31, 120, 200) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("month" as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("next_budget" as const) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("year" as const), carry: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("money" as const), back }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("adjust" as const),
      amount: fc.integer({ min: -9_000_000, max: 9_000_000 }),
      back,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("lapse" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("revoke" as const), award }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constantFrom("clawback" as const, "receive" as const), award, part }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("write_off" as const), award, part }) },
);

const of = (kind: "advance" | "revoke", at: number): Step => ({ kind, award: at });
/**
 * What chance alone rarely plays to its end: one award is paid and asked back over the turn of a year that another passes
 * as a promise, a third bounces, and what is left lapses a year later.
 */
const TURN: readonly Step[] = [
  ...Array.from({ length: 6 }, () => of("advance", 0)),
  { kind: "clawback", award: 0, part: false },
  { kind: "receive", award: 0, part: true },
  ...Array.from({ length: 4 }, () => of("advance", 1)),
  ...Array.from({ length: 8 }, () => of("advance", 2)),
  { kind: "pass", days: 200 },
  { kind: "pass", days: 31 },
  ...Array.from({ length: 9 }, (): Step => ({ kind: "month" })),
  { kind: "next_budget" },
  { kind: "year", carry: true },
  { kind: "receive", award: 0, part: true },
  { kind: "money", back: 40 },
  { kind: "next_budget" },
  { kind: "pass", days: 200 },
  { kind: "pass", days: 200 },
  { kind: "year", carry: false },
];
/** The turn of a year with anything before, between and after. */
export const history = fc
  .tuple(
    fc.array(step, { maxLength: 8, size: "max" }),
    fc.array(fc.array(step, { maxLength: 1 }), { minLength: TURN.length, maxLength: TURN.length }),
    fc.array(step, { minLength: 30, maxLength: 50, size: "max" }),
  )
  .map(([before, between, after]) => [
    ...before,
    ...TURN.flatMap((each, at) => [each, ...(at % 3 === 0 ? (between[at] ?? []) : [])]),
    ...after,
  ]);
