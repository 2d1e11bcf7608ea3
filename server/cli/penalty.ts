// The range of a fine, or a late fee: `npm run -s penalty -- <schedule-id> < case.json`.
import { InputError, parseInput, readJson, runJsonCommand } from "~server/cli/json-command";
import { computePenalty } from "~server/penalties/compute-penalty";
import { loadSchedule } from "~server/penalties/load-schedule.server";
import { penaltyCaseSchema } from "~server/penalties/penalty-grammar";

await runJsonCommand(async () => {
  const [wanted, ...others] = process.argv.slice(2);
  if (!wanted || others.length > 0) throw new InputError("arguments", "expected one schedule id");
  const schedule = loadSchedule(wanted);
  if (schedule === null) throw new InputError("schedule", `unknown schedule "${wanted}"`);
  const input = await readJson("case");
  return computePenalty(schedule, parseInput("case", penaltyCaseSchema(input), input));
});
