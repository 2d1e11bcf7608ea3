import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseInput } from "~server/cli/json-command";
import { caseSchema } from "~server/rewards/case";
import { runScript } from "~tests/setup/run-script";
import { branch, incl, schemeData } from "./build-scheme";

const reward = (args: string[], input: string) => runScript("server/cli/reward.ts", args, { input });

const good = {
  grade: 1,
  bases: { penalty: "3000000000" },
  informants: [{ id: "a", kind: "named" }],
  final: true,
};

describe("the reward command", () => {
  test("answers one JSON value on stdout and nothing else", async () => {
    const { status, stdout, stderr } = await reward(["samr-2021"], JSON.stringify(good));
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(Object.keys(result)).toEqual(["scheme", "award", "currency", "shares", "steps", "flags"]);
    expect(result).toMatchObject({ award: "100000000", flags: ["consult_finance", "capped"] });
  });

  test("a gate that stays shut is an answer", async () => {
    const { status, stdout } = await reward(["jinhua-default"], JSON.stringify({ ...good, final: false }));
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ award: "0", flags: ["not_final", "editable_default"] });
  });

  test.each([
    [["samr-2021"], "{", "case: not valid JSON"],
    [["nothing"], JSON.stringify(good), 'scheme: unknown scheme "nothing"'],
    [[], JSON.stringify(good), "arguments: expected one scheme id or path.json"],
    [
      ["jinhua-default"],
      JSON.stringify({ ...good, grade: 3, bases: { illegalAmount: "1" } }),
      "case.chosen: required",
    ],
    [["samr-2021"], JSON.stringify({ ...good, capLifted: true }), "case.approvalRef: a lifted cap needs"],
    [
      ["jinhua-default"],
      JSON.stringify({ ...good, informants: [{ id: "a", kind: "ghost" }] }),
      "case.informants[0].kind: ",
    ],
  ])("bad input %j exits 2 with one line", async (args, input, message) => {
    const { status, stdout, stderr } = await reward(args, input);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr.startsWith(message)).toBe(true);
    expect(stderr.match(/\n/g)).toHaveLength(1);
  });

  test("a scheme file is loaded by path, and one that contradicts itself is refused, both clauses named", async () => {
    const folder = mkdtempSync(join(tmpdir(), "reward-"));
    try {
      const file = join(folder, "scheme.json");
      const tier = { title: { zh: "档", en: "tier" }, outcome: { kind: "percent", rate: "1%" } } as const;
      const rows = (inclusive: boolean) => [
        { ...tier, clause: "5000万元以下", from: null, to: { value: "5000000000", inclusive } },
        { ...tier, clause: "5000万元以上", from: incl("5000000000"), to: null },
      ];
      const write = (inclusive: boolean) => {
        const form = { kind: "brackets", brackets: rows(inclusive) } as const;
        writeFileSync(file, JSON.stringify(schemeData({ branches: [branch("penalty", { 0: form })] })));
      };
      write(false);
      const accepted = await reward([file], JSON.stringify(good));
      expect(JSON.parse(accepted.stdout)).toMatchObject({ scheme: { id: "fixture" }, award: "30000000" });
      write(true);
      const refused = await reward([file], JSON.stringify(good));
      expect(refused).toEqual({
        status: 2,
        stdout: "",
        stderr: `${file}: branches[0].rates[0].form.brackets[1]: "5000万元以下" and "5000万元以上" both include 5000000000 fen (50,000,000 yuan)\n`,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the command's input", () => {
  const informant = { id: "a", kind: "named" };
  test.each<[unknown, string]>([
    [null, "case: "],
    [[], "case: "],
    [{ ...good, colour: 1 }, "case.colour: unknown key"],
    [JSON.parse('{"__proto__":1,"informants":[]}'), "case.__proto__: unknown key"],
    [{ ...good, informants: undefined }, "case.informants: "],
    [{ ...good, informants: [{ ...informant, age: 3 }] }, "case.informants[0].age: unknown key"],
    [{ ...good, informants: [{ id: "a", kind: "ghost" }] }, "case.informants[0].kind: "],
    [{ ...good, informants: [{ id: " ", kind: "named" }] }, "case.informants[0].id: id is empty"],
    [{ ...good, informants: [informant, informant] }, 'case.informants[1].id: "a" is listed twice'],
    [{ ...good, informants: [{ ...informant, weight: -1 }] }, "case.informants[0].weight: expected a weight"],
    [
      { ...good, informants: [{ ...informant, weight: 1e-9 }] },
      "case.informants[0].weight: expected a weight",
    ],
    ...[-1, 1.5, "1"].map((order): [unknown, string] => [
      { ...good, informants: [{ ...informant, order }] },
      "case.informants[0].order: expected a whole number of 0 or more",
    ]),
    [
      { ...good, informants: [{ ...informant, weight: [] }] },
      "case.informants[0].weight: expected a weight of 0 or more",
    ],
    [
      { ...good, informants: [{ ...informant, joint: 3 }] },
      "case.informants[0].joint: expected true, false or the name of a group",
    ],
    [
      { ...good, informants: [{ ...informant, excluded: "" }] },
      "case.informants[0].excluded: excluded is empty",
    ],
    [{ ...good, bases: { penalty: "-5" } }, "case.bases.penalty: expected an amount"],
    [{ ...good, bases: { penalty: "1.5" } }, "case.bases.penalty: expected an amount"],
    [{ ...good, bases: { penalty: 5 } }, "case.bases.penalty: expected an amount"],
    [{ ...good, bases: { fines: "5" } }, "case.bases.fines: unknown key"],
    ...["1", 1.5, 0, -1, 10].map((grade): [unknown, string] => [
      { ...good, grade },
      "case.grade: expected a whole number from 1 to 9",
    ]),
    [{ ...good, final: "yes" }, "case.final: "],
    [{ ...good, chosen: "5%" }, "case.chosen: expected a rate"],
    [{ ...good, chosen: 20000 }, "case.chosen: expected a rate"],
    [{ ...good, capLifted: true, approvalRef: " " }, "case.approvalRef: approvalRef is empty"],
    [{ ...good, capLifted: true, approvalRef: null }, "case.approvalRef: a lifted cap needs"],
  ])("%j is refused by its path", (input, message) => {
    const refusal = (() => {
      try {
        parseInput("case", caseSchema, input);
      } catch (error) {
        return error instanceof Error ? error.message : "";
      }
      return "accepted";
    })();
    expect(refusal.slice(0, message.length)).toBe(message);
    expect(refusal).not.toMatch(/[\r\n]/);
  });

  test("what is optional may be missing or null", () => {
    const bare = { informants: [{ ...informant, weight: null, joint: null, order: null, excluded: null }] };
    const nulls = { ...bare, grade: null, bases: null, final: null, stage: null, caseClass: null };
    expect(() => parseInput("case", caseSchema, bare)).not.toThrow();
    expect(() =>
      parseInput("case", caseSchema, { ...nulls, chosen: null, capLifted: null, approvalRef: null }),
    ).not.toThrow();
  });
});
