import { describe, expect, test } from "vitest";
import { parseInput, readJson } from "~server/cli/json-command";
import { loadPack } from "~server/packs/load-pack.server";
import { routingFactsFor } from "~server/routing/facts";
import { runScript } from "~tests/setup/run-script";

const route = (args: string[], input: string) => runScript("server/cli/route.ts", args, { input });

const KNOWN =
  "beijing, county-ndrc, jiangsu, jilin, jinhua, maanshan, national, shandong, shangjie, template, xx-county, xx-district";

describe("the route command", () => {
  test("reads facts and writes one decision, and nothing else", async () => {
    const input =
      '{"sectors":["p2p"],"registered":"330702","operating":"330782","occurred":null,"allegedFen":"6000000000","people":200,"tipsLast7Days":0,"suspectedCrime":true,"petition":false,"substance":null,"licensed":null,"nested":false}';
    const { status, stdout, stderr } = await route(["jinhua"], input);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    const decision = JSON.parse(stdout) as Record<string, unknown>;
    expect(Object.keys(decision)).toEqual([
      "pack",
      "lead",
      "coLead",
      "cooperating",
      "also",
      "territory",
      "escalate",
      "basis",
      "nextBest",
    ]);
    expect(decision).toEqual({
      pack: { id: "jinhua", version: "2016.1" },
      lead: ["金华银监分局"],
      coLead: [],
      cooperating: [],
      also: ["市公安局"],
      territory: { rule: "registered", lead: "330702", cooperate: ["330782"] },
      escalate: true,
      basis: [
        { rule: "jinhua.sector.p2p", clause: "三(二)5", matched: { sectors: ["p2p"] } },
        { rule: "jinhua.crime", clause: "三(二)7", matched: { suspectedCrime: true } },
        {
          rule: "jinhua.territory.registered",
          clause: "四(二)",
          matched: { registered: "330702", operating: "330782" },
        },
        { rule: "jinhua.escalation.amount", clause: "四(二)", matched: { allegedFen: "6000000000" } },
        { rule: "jinhua.escalation.people", clause: "四(二)", matched: { people: 200 } },
      ],
      nextBest: { lead: ["领导小组办公室"], rule: "jinhua.fallback", clause: "三 末段" },
    });
  });

  test("knows the other plans too, and a place by a code of the plan's own", async () => {
    const input = '{"sectors":["equity_crowdfunding"],"registered":"410106Z1"}';
    const { status, stdout } = await route(["shangjie"], input);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      pack: { id: "shangjie", version: "2016.1" },
      lead: ["所在镇办"],
      territory: { rule: "registered", lead: "410106Z1", cooperate: [] },
    });
  });

  test.each([
    ["an unknown sector", ["jinhua"], '{"sectors":["x"]}', 'facts.sectors[0]: unknown sector "x"'],
    [
      "an unknown pack",
      ["atlantis"],
      '{"sectors":["p2p"]}',
      `pack: unknown pack "atlantis" (known: ${KNOWN})`,
    ],
    ["no pack", [], '{"sectors":["p2p"]}', `pack: name one pack (known: ${KNOWN})`],
    ["two packs", ["jinhua", "jilin"], '{"sectors":["p2p"]}', `pack: name one pack (known: ${KNOWN})`],
    ["empty input", ["jinhua"], "", "facts: nothing on standard input, a JSON object is expected"],
    ["input that is no JSON", ["jinhua"], '{"sectors":\n', "facts: not valid JSON"],
  ])("%s exits 2 with one line on stderr and nothing on stdout", async (_, args, input, line) => {
    expect(await route(args, input)).toEqual({ status: 2, stdout: "", stderr: `${line}\n` });
  });
});

// The same refusals without a process each: what the command prints is the error's message.
describe("bad facts are refused with the path", () => {
  const schema = routingFactsFor(loadPack("jinhua").pack);
  const p2p = { sectors: ["p2p"] };
  const cases: [string, unknown, string][] = [
    ["no object", [], "facts: must be a JSON object"],
    ["null", null, "facts: must be a JSON object"],
    ["no sectors", {}, "facts.sectors: must be a list of sectors"],
    ["an empty list of sectors", { sectors: [] }, "facts.sectors: must name at least one sector"],
    ["a sector that is no string", { sectors: ["p2p", 5] }, "facts.sectors[1]: unknown sector 5"],
    ["a sector of two lines", { sectors: ["a\nb"] }, 'facts.sectors[0]: unknown sector "a\\nb"'],
    ["an unknown key", { ...p2p, amount: "5" }, "facts.amount: unknown key"],
    ["an unknown key of two lines", { ...p2p, "a\nb": 1 }, 'facts["a\\nb"]: unknown key'],
    [
      "a key that reaches for the prototype",
      JSON.parse('{"sectors":["p2p"],"__proto__":1}'),
      "facts.__proto__: unknown key",
    ],
    [
      "an amount as a number",
      { ...p2p, allegedFen: 6000000000 },
      "facts.allegedFen: must be a string of digits (分)",
    ],
    [
      "an amount with a sign",
      { ...p2p, allegedFen: "-1" },
      "facts.allegedFen: must be a string of digits (分)",
    ],
    [
      "an amount in yuan",
      { ...p2p, allegedFen: "1.50" },
      "facts.allegedFen: must be a string of digits (分)",
    ],
    [
      "full-width digits",
      { ...p2p, allegedFen: "１０" },
      "facts.allegedFen: must be a string of digits (分)",
    ],
    ["half a person", { ...p2p, people: 1.5 }, "facts.people: must be a whole number"],
    ["fewer than no people", { ...p2p, people: -1 }, "facts.people: must not be negative"],
    ["tips as text", { ...p2p, tipsLast7Days: "3" }, "facts.tipsLast7Days: must be a whole number"],
    [
      "a code as a number",
      { ...p2p, registered: 330702 },
      "facts.registered: must be a code as a string, or null",
    ],
    ["a code too short", { ...p2p, operating: "33070" }, 'facts.operating: unknown territory "33070"'],
    [
      "a local code no pack lists",
      { ...p2p, occurred: "3307K9" },
      'facts.occurred: unknown territory "3307K9"',
    ],
    [
      "a place name",
      { ...p2p, registered: "义乌市" },
      "facts.registered: must be a six-digit division code or a code of the pack",
    ],
    ["a yes in words", { ...p2p, nested: "yes" }, "facts.nested: expected boolean, received string"],
    ["an empty substance", { ...p2p, substance: " " }, "facts.substance: must not be empty"],
  ];

  test.each(cases)("%s", (_, value, line) => {
    expect(() => parseInput("facts", schema, value)).toThrow(expect.objectContaining({ message: line }));
  });
});

describe("standard input", () => {
  const input = async function* (...chunks: Uint8Array[]) {
    yield* chunks;
    await Promise.resolve();
  };

  test("may begin with a byte order mark and split a character between chunks", async () => {
    const bytes = Buffer.from('\uFEFF{"a":"证"}');
    expect(await readJson("facts", input(bytes.subarray(0, 10), bytes.subarray(10)))).toEqual({ a: "证" });
  });

  test("that is not UTF-8 is refused", async () => {
    await expect(readJson("facts", input(Buffer.from([0x22, 0xbd, 0xf0, 0x22])))).rejects.toThrow(
      "facts: not valid UTF-8",
    );
  });

  test("of white space only counts as none", async () => {
    await expect(readJson("facts", input(Buffer.from(" \n")))).rejects.toThrow("facts: nothing on standard");
  });

  test("beyond 8 MiB is refused before it fills the memory", async () => {
    const chunk = new Uint8Array(5 * 1024 * 1024);
    await expect(readJson("facts", input(chunk, chunk))).rejects.toThrow("facts: more than 8 MiB");
  });
});
