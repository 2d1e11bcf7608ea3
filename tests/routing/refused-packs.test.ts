import { describe, expect, test } from "vitest";
import { checkPack } from "~server/packs/check-pack";
import {
  body,
  packSource,
  plainRow,
  smallPack,
  territorySource,
  words,
} from "~tests/routing/packs/build-pack";
import { refusePack } from "~tests/routing/packs/refuse-pack";

const whole = packSource(smallPack);

test("a whole pack is accepted", () => {
  expect(checkPack(whole).id).toBe("test");
});

describe("a pack is refused, naming file, path and rule, for", () => {
  const cases: [string, unknown, string][] = [
    [
      "an unknown agency in a row",
      { ...whole, rows: [plainRow("test", "p2p", "一", ["a", "b"])] },
      'test/rows.json: rows[0].rules[0].lead[1]: unknown agency "b" (rule test.sector.p2p)',
    ],
    [
      "an unknown agency as police",
      { ...whole, crossCuts: { crime: { id: "test.crime", clause: "一", agency: "x" }, petition: null } },
      'test/crossCuts.json: crossCuts.crime.agency: unknown agency "x" (rule test.crime)',
    ],
    [
      "an unknown agency with a hotline",
      {
        ...whole,
        hotlines: [{ agency: "x", number: "0579-0000-0101", hours: words("全天"), fictitious: true }],
      },
      'test/hotlines.json: hotlines[0].agency: unknown agency "x"',
    ],
    [
      "bodies that come after each other in a circle",
      {
        ...whole,
        agencies: [
          body("office", "办公室"),
          { ...body("a", "甲"), successor: { agency: "b", from: "2018" } },
          { ...body("b", "乙"), successor: { agency: "a", from: "2020" } },
        ],
      },
      'test/agencies.json: agencies[1].successor.agency: agency "a" would be succeeded by itself',
    ],
    [
      "an unknown sector",
      { ...whole, rows: [{ ...whole.rows[0], sector: "lottery" }] },
      'test/rows.json: rows[0].sector: unknown sector "lottery"',
    ],
    [
      "an unknown key",
      { ...whole, rows: [{ sector: "p2p", rules: [{ ...whole.rows[0]?.rules[0], leads: [] }] }] },
      "test/rows.json: rows[0].rules[0].leads: unknown key (rule test.sector.p2p)",
    ],
    ["an unknown key at the top", { ...whole, colour: "red" }, "test/colour.json: colour: unknown key"],
    [
      "a rule without a clause",
      { ...whole, rows: [{ sector: "p2p", rules: [{ id: "test.sector.p2p", lead: ["a"] }] }] },
      "test/rows.json: rows[0].rules[0].clause: missing (rule test.sector.p2p)",
    ],
    [
      "a rule id used twice",
      {
        ...whole,
        rows: [
          plainRow("test", "p2p", "一", ["a"]),
          { sector: "exchanges", rules: [{ id: "test.sector.p2p", clause: "一", lead: ["a"] }] },
        ],
      },
      'test/rows.json: rows[1].rules[0].id: duplicate rule id "test.sector.p2p" (rule test.sector.p2p)',
    ],
    [
      "a rule id of another pack",
      { ...whole, rows: [plainRow("other", "p2p", "一", ["a"])] },
      'test/rows.json: rows[0].rules[0].id: must begin with "test." (rule other.sector.p2p)',
    ],
    [
      "two rows for one sector",
      {
        ...whole,
        rows: [
          plainRow("test", "p2p", "一", ["a"]),
          { sector: "p2p", rules: [{ id: "test.again", clause: "一", lead: ["a"] }] },
        ],
      },
      'test/rows.json: rows[1].sector: duplicate row for sector "p2p"',
    ],
    [
      "an unknown agency for nested business",
      { ...whole, nested: { id: "test.nested", clause: "一", lead: ["x"] } },
      'test/nested.json: nested.lead[0]: unknown agency "x" (rule test.nested)',
    ],
    [
      "a shorter name that is another agency's",
      { ...whole, agencies: [body("office", "办公室"), { ...body("a", "甲"), listedAs: "办公室" }] },
      'test/agencies.json: agencies[1].listedAs: two agencies are printed as "办公室"',
    ],
    [
      "an enabled sector that nobody leads",
      { ...whole, fallback: undefined },
      'test/sectors.json: sectors[0]: sector "unknown" has no row and the pack has no fallback',
    ],
    [
      "a missing fallback",
      { ...whole, fallback: undefined, sectors: [{ id: "p2p", title: words("网贷"), help: words("网贷") }] },
      "test/fallback.json: fallback: missing",
    ],
    [
      "a threshold left out",
      {
        ...whole,
        escalation: { setting: true, thresholds: whole.escalation.thresholds.slice(0, 2) },
      },
      'test/escalation.json: escalation.thresholds: no threshold of "tips"',
    ],
    [
      "a threshold given twice",
      {
        ...whole,
        escalation: {
          setting: true,
          thresholds: [
            ...whole.escalation.thresholds,
            { kind: "people", id: "test.escalation.more", clause: "一", atLeast: 300 },
          ],
        },
      },
      'test/escalation.json: escalation.thresholds[3].kind: duplicate threshold "people"',
    ],
    [
      "an unknown agency to report to",
      {
        ...whole,
        territory: territorySource("test", null, {
          outside: { id: "test.territory.outside", clause: "一", reportTo: "x" },
        }),
      },
      'test/territory.json: territory.outside.reportTo: unknown agency "x" (rule test.territory.outside)',
    ],
    [
      "a date that does not exist",
      { ...whole, dates: [{ id: "report", task: words("报告"), due: "2016-09-31" }] },
      "test/dates.json: dates[0].due: must be a date that exists, as YYYY, YYYY-MM or YYYY-MM-DD",
    ],
    [
      "a month that does not exist",
      { ...whole, asOf: "2016-13" },
      "test/asOf.json: asOf: must be a date that exists, as YYYY, YYYY-MM or YYYY-MM-DD",
    ],
    [
      "an agency declared twice",
      { ...whole, agencies: [...smallPack.agencies, body("a", "乙")] },
      'test/agencies.json: agencies[2].id: duplicate agency "a"',
    ],
    [
      "two agencies printed alike",
      { ...whole, agencies: [...smallPack.agencies, body("b", "甲")] },
      'test/agencies.json: agencies[2].names: two agencies are printed as "甲"',
    ],
    [
      "an agency without the document's name",
      { ...whole, agencies: [body("office", "办公室"), { id: "a", names: [{ name: "甲", en: "A" }] }] },
      "test/agencies.json: agencies[1].names: exactly one name must be the document's",
    ],
    [
      "a name that ends before it begins",
      {
        ...whole,
        agencies: [
          body("office", "办公室"),
          { id: "a", names: [{ name: "甲", en: "A", document: true, from: "2018", until: "2016" }] },
        ],
      },
      "test/agencies.json: agencies[1].names[0]: a name cannot end before it begins",
    ],
    [
      "a territory outside the prefix",
      {
        ...whole,
        territory: territorySource("test", "3307", {
          units: [{ code: "330802", name: words("柯城区"), parent: "330800" }],
        }),
      },
      'test/territory.json: territory.units[0].code: "330802" does not begin with the prefix 3307',
    ],
    [
      "a local code that looks like a division code",
      {
        ...whole,
        territory: territorySource("test", "3307", {
          units: [{ code: "330799", name: words("开发区"), parent: "330700", local: true }],
        }),
      },
      "test/territory.json: territory.units[0].code: a local code must not be six digits",
    ],
    [
      "a division code that is not six digits",
      {
        ...whole,
        territory: territorySource("test", "3307", {
          units: [{ code: "3307K1", name: words("开发区"), parent: "330700" }],
        }),
      },
      "test/territory.json: territory.units[0].code: must be six digits, or marked local",
    ],
    [
      "an unknown parent territory",
      {
        ...whole,
        territory: territorySource("test", "3307", {
          units: [{ code: "3307K1", name: words("开发区"), parent: "3307K2", local: true }],
        }),
      },
      'test/territory.json: territory.units[0].parent: unknown territory "3307K2"',
    ],
    [
      "a second territory rule for a sector",
      {
        ...whole,
        territory: territorySource("test", null, {
          sectorRules: [
            { id: "test.t.one", kind: "both", clause: "一", sectors: ["p2p"] },
            { id: "test.t.two", kind: "operating", clause: "一", sectors: ["p2p"] },
          ],
        }),
      },
      'test/territory.json: territory.sectorRules[1].sectors[0]: can never apply: "p2p" already has a territory rule (rule test.t.two)',
    ],
    [
      "a default territory rule that answers only half the cases",
      {
        ...whole,
        territory: territorySource("test", null, {
          rule: { id: "test.t", kind: "provincial", clause: "一" },
        }),
      },
      "test/territory.json: territory.rule.kind: the default rule cannot be provincial: equal codes would have none (rule test.t)",
    ],
    [
      "a fictitious number that somebody could dial",
      {
        ...whole,
        hotlines: [{ agency: "a", number: "0579-8321-0101", hours: words("全天"), fictitious: true }],
      },
      "test/hotlines.json: hotlines[0].number: a fictitious number must hold the exchange 0000",
    ],
    [
      "two checklists for one sector",
      {
        ...whole,
        redLines: [
          { sectors: ["p2p"], items: [{ id: "p2p.a", text: words("一") }] },
          { sectors: ["exchanges", "p2p"], items: [{ id: "p2p.b", text: words("二") }] },
        ],
      },
      'test/redLines.json: redLines[1].sectors[1]: duplicate checklist for sector "p2p"',
    ],
    [
      "a checklist item used twice",
      { ...whole, redLines: [{ sectors: ["p2p"], items: [{ id: "unfair.returns", text: words("一") }] }] },
      'test/unfairCompetition.json: unfairCompetition[0].id: duplicate checklist item "unfair.returns"',
    ],
    ["something that is no object", [], "test/.json: pack: expected object, received array"],
  ];

  test.each(cases)("%s", (_, value, line) => {
    expect(refusePack(value).message).toBe(line);
  });
});
