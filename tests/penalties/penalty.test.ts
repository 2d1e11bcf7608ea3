import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseInput } from "~server/cli/json-command";
import { computePenalty } from "~server/penalties/compute-penalty";
import { loadSchedule } from "~server/penalties/load-schedule.server";
import { penaltyCaseSchema } from "~server/penalties/penalty-grammar";
import { runScript } from "~tests/setup/run-script";

const schedule = loadSchedule("cn-737");
if (schedule === null) throw new Error("cn-737 is shipped");
const compute = (input: unknown) =>
  computePenalty(schedule, parseInput("case", penaltyCaseSchema(input), input));
const art = (clause: string) => ({ currency: "CNY", basis: [{ clause }] });

describe("国务院令第737号", () => {
  test.each([
    // Worked examples 10 and 11.
    [
      { role: "raiser", raised: "1000000000" },
      { min: "200000000", max: "1000000000", ...art("国务院令第737号 第三十条") },
    ],
    [
      { fine: "200000000", daysLate: 40 },
      { lateFee: "200000000", capped: true, ...art("行政处罚法 第七十二条") },
    ],
    [
      { role: "assister", illegalGains: "12345" },
      { min: "12345", max: "37035", ...art("国务院令第737号 第三十一条") },
    ],
    [
      { role: "raiser", raised: "3" },
      { min: "1", max: "3", ...art("国务院令第737号 第三十条") },
    ],
    [
      { fine: "200000000", daysLate: 33 },
      { lateFee: "198000000", capped: false, ...art("行政处罚法 第七十二条") },
    ],
    [
      { fine: "17", daysLate: 1 },
      { lateFee: "1", capped: false, ...art("行政处罚法 第七十二条") },
    ],
    [
      { fine: "17", daysLate: 0 },
      { lateFee: "0", capped: false, ...art("行政处罚法 第七十二条") },
    ],
  ])("%j", (input, output) => {
    expect(JSON.stringify(compute(input))).toBe(JSON.stringify(output));
  });

  test.each([
    [{}, "case.role: "],
    [null, "case"],
    [{ role: "bystander" }, "case.role: "],
    [{ role: "raiser" }, "case.raised: expected an amount"],
    [{ role: "raiser", raised: 5 }, "case.raised: expected an amount"],
    [{ role: "raiser", raised: "-5" }, "case.raised: expected an amount"],
    [{ role: "raiser", raised: "5", illegalGains: "5" }, "case.illegalGains: unknown key"],
    [{ role: "assister", raised: "5" }, "case.illegalGains: expected an amount"],
    [{ role: "raiser", raised: "5", fine: "5" }, "case.fine: unknown key"],
    [{ fine: "5" }, "case.daysLate: missing"],
    [{ daysLate: 5 }, "case.fine: expected an amount"],
    [{ fine: "5", daysLate: 1.5 }, "case.daysLate: "],
    [{ fine: "5", daysLate: -1 }, "case.daysLate: "],
    [{ fine: "5", daysLate: 1, colour: 1 }, "case.colour: unknown key"],
  ])("%j is refused by its path", (input, message) => {
    expect(() => compute(input)).toThrow(message);
  });

  test("a late fee grows by the day and never passes the fine", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 15n), fc.nat(100), fc.nat(100), (fine, a, b) => {
        const fee = (daysLate: number) => {
          const { lateFee } = compute({ fine: fine.toString(), daysLate }) as { lateFee: string };
          return BigInt(lateFee);
        };
        expect(fee(Math.min(a, b)) <= fee(Math.max(a, b))).toBe(true);
        expect(fee(a) <= fine).toBe(true);
      }),
    );
  });
});

test("the command answers one JSON value, or exits 2 with one line", async () => {
  const run = (args: string[], input: string) => runScript("server/cli/penalty.ts", args, { input });
  expect(await run(["cn-737"], '{"role":"raiser","raised":"1000000000"}')).toEqual({
    status: 0,
    stdout:
      '{"min":"200000000","max":"1000000000","currency":"CNY","basis":[{"clause":"国务院令第737号 第三十条"}]}\n',
    stderr: "",
  });
  expect(await run(["cn-1"], "{}")).toEqual({
    status: 2,
    stdout: "",
    stderr: 'schedule: unknown schedule "cn-1"\n',
  });
});
