import fc from "fast-check";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { listShippedSchemeIds, loadScheme, parseScheme } from "~server/rewards/load-scheme.server";
import type { Scheme } from "~server/rewards/scheme-grammar";
import type { AmountBound } from "~server/rewards/scheme-parts";
import { branch, cap, excl, incl, minimumGate, rule, schemeData } from "./build-scheme";

type Row = { clause: string; from: AmountBound | null; to: AmountBound | null };
const words = { zh: "档", en: "tier" };

function bracketed(rows: Row[], over: Partial<Scheme> = {}): Scheme {
  return schemeData({
    branches: [
      branch("penalty", {
        0: {
          kind: "brackets",
          brackets: rows.map((row) => ({ ...row, title: words, outcome: { kind: "percent", rate: "1%" } })),
        },
      }),
    ],
    ...over,
  });
}

const load = (data: unknown) => parseScheme(JSON.parse(JSON.stringify(data)), "x.json");
const fiveThousandWan = "5000000000";

describe("brackets", () => {
  test("example 12: 5000万元以上 and 5000万元以下 in different tiers are refused, both clauses named", () => {
    const rows = [
      { clause: "第十条 5000万元以上", from: incl(fiveThousandWan), to: null },
      { clause: "第九条 5000万元以下", from: null, to: incl(fiveThousandWan) },
    ];
    expect(() => load(bracketed(rows))).toThrow(
      'x.json: branches[0].rates[0].form.brackets[0]: "第九条 5000万元以下" and "第十条 5000万元以上" both include 5000000000 fen (50,000,000 yuan)',
    );
  });

  test.each<[string, Row[], string]>([
    [
      "超过 and 不满 the same number",
      [
        { clause: "不满", from: null, to: excl("100") },
        { clause: "超过", from: excl("100"), to: null },
      ],
      '"不满" and "超过" both exclude 100',
    ],
    [
      "a gap",
      [
        { clause: "low", from: null, to: incl("100") },
        { clause: "high", from: incl("101"), to: null },
      ],
      '"low" and "high" leave a gap between 100 fen (1 yuan) and 101 fen (1.01 yuan)',
    ],
    [
      "an overlap",
      [
        { clause: "low", from: null, to: excl("100") },
        { clause: "high", from: incl("99"), to: null },
      ],
      '"low" and "high" overlap between 99 fen (0.99 yuan) and 100 fen (1 yuan)',
    ],
    [
      "two without a lower end",
      [
        { clause: "one", from: null, to: excl("100") },
        { clause: "two", from: null, to: null },
      ],
      '"one" and "two" overlap',
    ],
    [
      "one without an upper end in the middle",
      [
        { clause: "one", from: null, to: null },
        { clause: "two", from: incl("100"), to: null },
      ],
      '"one" and "two" overlap',
    ],
    [
      "no end upwards",
      [{ clause: "one", from: null, to: incl("100") }],
      '"one" leaves larger amounts undecided',
    ],
    [
      "no start at zero",
      [{ clause: "one", from: excl("0"), to: null }],
      '"one" leaves smaller amounts undecided',
    ],
    [
      "a bracket nothing falls into",
      [
        { clause: "one", from: null, to: excl("100") },
        { clause: "none", from: incl("100"), to: excl("100") },
        { clause: "two", from: incl("100"), to: null },
      ],
      '"none" is empty',
    ],
  ])("%s is refused", (_, rows, message) => {
    expect(() => load(bracketed(rows))).toThrow(message);
  });

  test("brackets may begin where a gate lets amounts in", () => {
    const rows = [{ clause: "one", from: incl("100"), to: null }];
    expect(() => load(bracketed(rows, { gates: [minimumGate("penalty", incl("100"))] }))).not.toThrow();
    expect(() => load(bracketed(rows, { gates: [minimumGate("penalty", incl("99"))] }))).toThrow("undecided");
    expect(() => load(bracketed(rows, { gates: [minimumGate("goods", incl("100"))] }))).toThrow("undecided");
  });

  test("an approval ladder with two answers for one amount is refused", () => {
    const data = JSON.parse(JSON.stringify(loadScheme("samr-2021").scheme)) as Scheme;
    const [low] = data.approval.ladder;
    if (low?.to) low.to.inclusive = true;
    expect(() => load(data)).toThrow(
      /^x\.json: approval\.ladder\[1\]: .* both include 50000000 fen \(500,000 yuan\)$/,
    );
  });

  /** Cuts of the line of amounts, each given to the bracket below it or above it. */
  const cuts = fc
    .uniqueArray(fc.tuple(fc.bigInt(1n, 10n ** 12n), fc.boolean()), {
      minLength: 1,
      maxLength: 6,
      selector: ([cut]) => cut,
    })
    .map((list) => list.sort(([a], [b]) => (a < b ? -1 : 1)));

  function partition(list: [bigint, boolean][]): Row[] {
    return [...list, null].map((cut, at) => {
      const before = list[at - 1];
      return {
        clause: `第${at + 1}项`,
        from: before ? { value: before[0].toString(), inclusive: !before[1] } : null,
        to: cut ? { value: cut[0].toString(), inclusive: cut[1] } : null,
      };
    });
  }

  test("any partition of the amounts is accepted, in any order", () => {
    fc.assert(
      fc.property(cuts, fc.infiniteStream(fc.nat()), (list, salt) => {
        const rows = partition(list)
          .map((row) => ({ row, key: salt.next().value as number }))
          .sort((a, b) => a.key - b.key);
        expect(() => load(bracketed(rows.map(({ row }) => row)))).not.toThrow();
      }),
    );
  });

  test("a partition with one end moved or flipped is refused, with two clauses named", () => {
    fc.assert(
      fc.property(
        cuts,
        fc.nat(),
        fc.constantFrom("flip", "up", "down"),
        fc.boolean(),
        (list, pick, how, upper) => {
          const rows = partition(list);
          const at = pick % list.length;
          const end = upper ? rows[at + 1]?.from : rows[at]?.to;
          if (!end) throw new Error("a cut has two sides");
          if (how === "flip") end.inclusive = !end.inclusive;
          else end.value = (BigInt(end.value) + (how === "up" ? 1n : -1n)).toString();
          expect(() => load(bracketed(rows))).toThrow(/"第\d项" (and "第\d项"|is empty)/);
        },
      ),
    );
  });
});

describe("a scheme is refused", () => {
  const percent = { kind: "percent", rate: "1%" } as const;
  const plain = schemeData({ branches: [branch("penalty", { 1: percent, 2: percent })] });
  const changed = (change: (scheme: Scheme) => void) => {
    const copy = JSON.parse(JSON.stringify(plain)) as Scheme;
    change(copy);
    return copy;
  };

  test("not at all when nothing is wrong with it", () => {
    expect(() => load(plain)).not.toThrow();
  });

  test.each<[string, unknown, string]>([
    ["that is no object", [], "x.json: expected object, received array"],
    ["with a key nobody knows", { ...plain, colour: "red" }, "x.json: colour: unknown key"],
    ["with another order of steps", changed((s) => s.stepOrder.reverse()), "x.json: stepOrder[0]: "],
    [
      "with a rule without its clause",
      changed((s) => void (s.rounding.clause = " ")),
      "rounding.clause: is empty",
    ],
    [
      "with money as a number",
      { ...plain, caps: [{ ...cap("5"), amount: 5 }] },
      "caps[0].amount: expected an amount as a string of minor units",
    ],
    [
      "with a rate above the whole",
      schemeData({ branches: [branch("penalty", { 0: { kind: "percent", rate: "5" } })] }),
      "form.rate: expected a share of at most 100%",
    ],
    [
      "with a rate that is no number",
      schemeData({ branches: [branch("penalty", { 0: { kind: "percent", rate: "1/0" } })] }),
      "form.rate: expected an exact number",
    ],
    [
      "with a share of no base",
      schemeData({ branches: [branch(null, { 0: percent })] }),
      'branches[0].rates[0].form: "branch" is a share of nothing: no base',
    ],
    [
      "that ends before it begins",
      { ...plain, effective: { from: "2026-02-01", to: "2026-01-31" } },
      "effective.to: ",
    ],
    [
      "on a day that does not exist",
      { ...plain, effective: { from: "2026-02-30", to: null } },
      "effective.from: ",
    ],
    [
      "with two rates for one grade",
      changed((s) => s.branches[0]?.rates.push({ grade: 2, ...rule("第八条"), form: percent })),
      'branches[0].rates[2]: "rate 2" and "第八条" both decide grade 2',
    ],
    ["with a grade without a rate", changed((s) => s.branches[0]?.rates.pop()), "has no rate for grade 2"],
    [
      "with a rate for a grade it does not know",
      changed((s) => s.grades.pop()),
      "branches[0].rates[1].grade: the scheme has no grade 2",
    ],
    [
      "with two branches on one base",
      changed((s) => s.branches.push(...(JSON.parse(JSON.stringify(s.branches)) as Scheme["branches"]))),
      '"branch" (branches[0]) and "branch" (branches[1]) both decide penalty',
    ],
    [
      "with a floor above a cap",
      schemeData({ branches: [branch("penalty", { 0: percent }, { 0: "101" })], caps: [cap("100")] }),
      '"floor 0" is a floor above the cap of "cap 100": 101 fen (1.01 yuan) above 100 fen (1 yuan)',
    ],
    [
      "with a lift that lowers",
      changed((s) => s.caps.push({ ...cap("100"), lift: { ...rule("lift"), to: "99", by: "finance" } })),
      '"lift" lifts below "cap 100"',
    ],
    [
      "with two caps for one case",
      changed((s) => s.caps.push(cap("100"), cap("200"))),
      '"cap 100" and "cap 200" both decide',
    ],
    [
      "with a cap for a class it does not know",
      changed((s) => s.caps.push(cap("100", { kind: "caseClass", id: "huge" }))),
      'caps[0].when.id: unknown case class "huge"',
    ],
    [
      "with a factor for a stage it does not know",
      changed((s) =>
        s.factors.push({ ...rule("f"), when: { kind: "stage", id: "late" }, multiplyBy: "2", consent: null }),
      ),
      'factors[0].when.id: unknown stage "late"',
    ],
    [
      "with an empty range",
      schemeData({
        branches: [branch(null, { 0: { kind: "amountRange", from: incl("9"), to: excl("9") } })],
      }),
      "branches[0].rates[0].form: the range is empty",
    ],
    [
      "with a floor under a commendation",
      schemeData({
        branches: [branch(null, { 0: { kind: "nonMonetary", honour: words } }, { 0: "5" })],
      }),
      "a reward without money has no floor",
    ],
    [
      "where one person may sign twice",
      { ...plain, approval: { ...plain.approval, differentPeople: false } },
      "approval.differentPeople: ",
    ],
  ])("%s", (_, data, message) => {
    expect(() => load(data)).toThrow(message);
  });
});

describe("loading", () => {
  test("an id nobody ships is refused, and is never read as a path", () => {
    expect(() => loadScheme("nothing")).toThrow('unknown scheme "nothing"');
    expect(() => loadScheme("toString")).toThrow('unknown scheme "toString"');
  });

  test("a path loads the file, and a refusal names it", () => {
    const folder = mkdtempSync(join(tmpdir(), "scheme-"));
    try {
      const shippedFile = new URL("../../server/rewards/schemes/samr-2021.json", import.meta.url);
      const [good, bad] = [join(folder, "good.json"), join(folder, "bad.json")];
      // The same scheme with its keys in another order is the same scheme.
      const entries = Object.entries(JSON.parse(readFileSync(shippedFile, "utf8")) as object).reverse();
      writeFileSync(good, JSON.stringify(Object.fromEntries(entries)));
      expect(loadScheme(good).sha256).toBe(loadScheme("samr-2021").sha256);
      writeFileSync(bad, "{");
      expect(() => loadScheme(bad)).toThrow(`${bad}: is not JSON`);
      expect(() => loadScheme(join(folder, "none.json"))).toThrow("cannot be read");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a scheme changed by one 分 has another hash", () => {
    const hashes = listShippedSchemeIds().map((id) => loadScheme(id).sha256);
    const changed = JSON.parse(JSON.stringify(loadScheme("samr-2021").scheme)) as Scheme;
    const [limit] = changed.caps;
    if (limit) limit.amount = "100000001";
    hashes.push(load(changed).sha256);
    expect(new Set(hashes).size).toBe(hashes.length);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });
});
