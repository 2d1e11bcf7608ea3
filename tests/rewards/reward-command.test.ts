import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseInput } from "~server/cli/reward-input";
import { caseSchema } from "~server/rewards/case";
import { branch, incl, schemeData } from "./build-scheme";

const root = fileURLToPath(new URL("../..", import.meta.url));

async function reward(args: string[], input: string) {
  const child = spawn(process.execPath, ["--import", "tsx", "server/cli/reward.ts", ...args], { cwd: root });
  // A command that refuses its arguments need not read its input.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

const good = {
  grade: 1,
  bases: { penalty: "3000000000" },
  informants: [{ id: "a", kind: "named" }],
  final: true,
};

describe("the reward command", () => {
  test("answers one JSON value on stdout and nothing else", async () => {
    const { code, stdout, stderr } = await reward(["samr-2021"], JSON.stringify(good));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(Object.keys(result)).toEqual(["scheme", "award", "currency", "shares", "steps", "flags"]);
    expect(result).toMatchObject({ award: "100000000", flags: ["consult_finance", "capped"] });
  });

  test("a gate that stays shut is an answer", async () => {
    const { code, stdout } = await reward(["jinhua-default"], JSON.stringify({ ...good, final: false }));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ award: "0", flags: ["not_final", "editable_default"] });
  });

  test.each([
    [["samr-2021"], "{", "stdin: expected one JSON value"],
    [["nothing"], JSON.stringify(good), 'scheme: unknown scheme "nothing"'],
    [[], JSON.stringify(good), "arguments: expected one scheme id or path.json"],
    [
      ["jinhua-default"],
      JSON.stringify({ ...good, grade: 3, bases: { illegalAmount: "1" } }),
      "chosen: required",
    ],
    [["samr-2021"], JSON.stringify({ ...good, capLifted: true }), "approvalRef: a lifted cap needs"],
  ])("bad input %j exits 2 with one line", async (args, input, message) => {
    const { code, stdout, stderr } = await reward(args, input);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
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
        code: 2,
        stdout: "",
        stderr: `${file}: branches[0].rates[0].form.brackets[1]: "5000万元以下" and "5000万元以上" both include 5000000000\n`,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the command's input", () => {
  const informant = { id: "a", kind: "named" };
  test.each<[unknown, string]>([
    [null, "stdin: "],
    [[], "stdin: "],
    [{ ...good, colour: 1 }, "colour: unknown key"],
    [JSON.parse('{"__proto__":1,"informants":[]}'), "__proto__: unknown key"],
    [{ ...good, informants: undefined }, "informants: "],
    [{ ...good, informants: [{ ...informant, age: 3 }] }, "informants[0].age: unknown key"],
    [{ ...good, informants: [{ id: "a", kind: "ghost" }] }, "informants[0].kind: "],
    [{ ...good, informants: [{ id: " ", kind: "named" }] }, "informants[0].id: id is empty"],
    [{ ...good, informants: [informant, informant] }, 'informants[1].id: "a" is listed twice'],
    [{ ...good, informants: [{ ...informant, weight: -1 }] }, "informants[0].weight: expected a weight"],
    [{ ...good, informants: [{ ...informant, weight: 1e-9 }] }, "informants[0].weight: expected a weight"],
    [{ ...good, informants: [{ ...informant, order: -1 }] }, "informants[0].order: "],
    [{ ...good, informants: [{ ...informant, excluded: "" }] }, "informants[0].excluded: excluded is empty"],
    [{ ...good, bases: { penalty: "-5" } }, "bases.penalty: expected an amount"],
    [{ ...good, bases: { penalty: "1.5" } }, "bases.penalty: expected an amount"],
    [{ ...good, bases: { penalty: 5 } }, "bases.penalty: expected an amount"],
    [{ ...good, bases: { fines: "5" } }, "bases.fines: unknown key"],
    [{ ...good, grade: "1" }, "grade: "],
    [{ ...good, grade: 1.5 }, "grade: "],
    [{ ...good, final: "yes" }, "final: "],
    [{ ...good, chosen: "5%" }, "chosen: expected a rate"],
    [{ ...good, chosen: 20000 }, "chosen: "],
    [{ ...good, capLifted: true, approvalRef: " " }, "approvalRef: approvalRef is empty"],
    [{ ...good, capLifted: true, approvalRef: null }, "approvalRef: a lifted cap needs"],
  ])("%j is refused by its path", (input, message) => {
    const refusal = (() => {
      try {
        parseInput(caseSchema, input);
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
    expect(() => parseInput(caseSchema, bare)).not.toThrow();
    expect(() =>
      parseInput(caseSchema, { ...nulls, chosen: null, capLifted: null, approvalRef: null }),
    ).not.toThrow();
  });
});
