// The rules of one row: each case is answered, by one rule, and every rule can answer one.
import { describe, expect, test } from "vitest";
import { checkPack } from "~server/packs/check-pack";
import type { PackSource } from "~server/packs/grammar";
import { packSource, plainRow, smallPack } from "~tests/routing/packs/build-pack";
import { refusePack } from "~tests/routing/packs/refuse-pack";

const whole = packSource(smallPack);

type Rule = PackSource["rows"][number]["rules"][number];
type Substances = PackSource["rows"][number]["substances"];
const assetRow = (substances: Substances, ...rules: (Partial<Rule> & { id: string })[]): PackSource => ({
  ...whole,
  rows: [
    plainRow("test", "p2p", "一", ["a"]),
    {
      sector: "asset_mgmt",
      substances,
      rules: rules.map((rule) => ({ clause: "一", lead: ["a"], ...rule })),
    },
  ],
});
const assetRules = (...rules: (Partial<Rule> & { id: string })[]) => assetRow(undefined, ...rules);
const known = (...substances: string[]) => substances.map((name) => ({ name }));

test("an exception before its rule is accepted, and rules that share no case", () => {
  const exceptions = assetRow(
    known("证券", "基金"),
    { id: "test.x.one", when: { nested: true } },
    { id: "test.x.two", when: { substance: ["证券"], licensed: false, nested: false } },
    { id: "test.x.three", when: { substance: ["证券", "基金"], nested: false } },
    { id: "test.x.four", when: { substance: "none", nested: false } },
    { id: "test.x.five" },
  );
  expect(checkPack(exceptions).rows[1]?.rules).toHaveLength(5);
});

describe("a row is refused, naming file, path and rule, for", () => {
  const cases: [string, unknown, string][] = [
    [
      "a condition given twice",
      assetRules({ id: "test.x.one", when: { nested: true } }, { id: "test.x.two", when: { nested: true } }),
      "test/rows.json: rows[1].rules[1]: can never apply: test.x.one is tried first (rule test.x.two)",
    ],
    [
      "a condition after an unconditional rule",
      assetRules({ id: "test.x.one" }, { id: "test.x.two", when: { licensed: true } }),
      "test/rows.json: rows[1].rules[1]: can never apply: test.x.one is tried first (rule test.x.two)",
    ],
    [
      "a narrower condition after a wider one",
      assetRules(
        { id: "test.x.one", when: { licensed: true } },
        { id: "test.x.two", when: { licensed: true, nested: true } },
      ),
      "test/rows.json: rows[1].rules[1]: can never apply: test.x.one is tried first (rule test.x.two)",
    ],
    [
      "a rule whose every case the rules before it take together",
      assetRules(
        { id: "test.x.one", when: { nested: true } },
        { id: "test.x.two", when: { nested: false } },
        { id: "test.x.three", when: { licensed: true } },
      ),
      "test/rows.json: rows[1].rules[2]: can never apply: the rules before it take every case (rule test.x.three)",
    ],
    [
      "a substance given to two rules",
      assetRow(
        known("证券", "基金", "期货"),
        { id: "test.x.one", when: { substance: ["证券", "基金"] } },
        { id: "test.x.two", when: { substance: ["期货", "基金"] } },
        { id: "test.x.three" },
      ),
      'test/rows.json: rows[1].rules[1]: overlaps test.x.one: both hold for substance "基金", licensed unknown, nested false (rule test.x.two)',
    ],
    [
      "two rules that hold at once, neither an exception to the other",
      assetRules(
        { id: "test.x.one", when: { nested: true } },
        { id: "test.x.two", when: { licensed: true } },
        { id: "test.x.three" },
      ),
      "test/rows.json: rows[1].rules[1]: overlaps test.x.one: both hold for no substance, licensed true, nested true (rule test.x.two)",
    ],
    [
      "a named substance after any substance",
      assetRow(
        known("基金"),
        { id: "test.x.one", when: { substance: "any" } },
        { id: "test.x.two", when: { substance: ["基金"] } },
      ),
      "test/rows.json: rows[1].rules[1]: can never apply: test.x.one is tried first (rule test.x.two)",
    ],
    [
      "a case left open",
      assetRules(
        { id: "test.x.one", when: { licensed: true } },
        { id: "test.x.two", when: { licensed: false } },
      ),
      "test/rows.json: rows[1].rules: a case is left open: no substance, licensed unknown, nested false (rule test.x.two)",
    ],
    [
      "a substance left open",
      assetRow(
        known("基金"),
        { id: "test.x.one", when: { substance: ["基金"] } },
        { id: "test.x.two", when: { substance: "none" } },
      ),
      "test/rows.json: rows[1].rules: a case is left open: another substance, licensed unknown, nested false (rule test.x.two)",
    ],
    [
      "a rule by substance in a row that does not list the substances it knows",
      assetRules({ id: "test.x.one", when: { substance: ["基金"] } }, { id: "test.x.two" }),
      "test/rows.json: rows[1].rules[0].when.substance: the row must list the substances it knows (rule test.x.one)",
    ],
    [
      "a substance the row does not list",
      assetRow(
        known("基金"),
        { id: "test.x.one", when: { substance: ["基金", "证卷"] } },
        { id: "test.x.two" },
      ),
      'test/rows.json: rows[1].rules[0].when.substance[1]: unknown substance "证卷" (rule test.x.one)',
    ],
    [
      "a listed substance that no rule speaks of",
      assetRow(
        known("基金", "期货"),
        { id: "test.x.one", when: { substance: ["基金"] } },
        { id: "test.x.two" },
      ),
      'test/rows.json: rows[1].substances[1]: no rule speaks of substance "期货"',
    ],
    [
      "two substances by one word",
      assetRow(
        [{ name: "P2P网络借贷", aliases: ["p2p"] }, { name: "Ｐ２Ｐ" }],
        { id: "test.x.one", when: { substance: ["P2P网络借贷", "Ｐ２Ｐ"] } },
        { id: "test.x.two" },
      ),
      'test/rows.json: rows[1].substances[1]: duplicate substance "Ｐ２Ｐ"',
    ],
    [
      "a rule for nested business that no row leaves room for",
      {
        ...assetRules({ id: "test.x.one", when: { nested: true } }, { id: "test.x.two" }),
        ...{ nested: { id: "test.nested", clause: "一", lead: ["a"] } },
        rows: assetRules({ id: "test.x.one", when: { nested: true } }, { id: "test.x.two" }).rows.slice(1),
      },
      "test/nested.json: nested: can never apply: every row speaks of nesting (rule test.nested)",
    ],
    [
      "an empty condition",
      assetRules({ id: "test.x.one", when: {} }),
      "test/rows.json: rows[1].rules[0].when: an empty condition (rule test.x.one)",
    ],
    [
      "a rule with neither lead nor sameAs",
      assetRules({ id: "test.x.one", lead: undefined }),
      "test/rows.json: rows[1].rules[0]: needs either lead or sameAs (rule test.x.one)",
    ],
    [
      "a plan followed that nobody leads",
      assetRules({ id: "test.x.one", lead: undefined, sameAs: "exchanges" }),
      'test/rows.json: rows[1].rules[0].sameAs: "exchanges" has no plain row to follow (rule test.x.one)',
    ],
    [
      "a plan that follows itself",
      assetRules({ id: "test.x.one", lead: undefined, sameAs: "asset_mgmt" }),
      'test/rows.json: rows[1].rules[0].sameAs: "asset_mgmt" has no plain row to follow (rule test.x.one)',
    ],
  ];

  test.each(cases)("%s", (_, value, line) => {
    expect(refusePack(value).message).toBe(line);
  });
});
