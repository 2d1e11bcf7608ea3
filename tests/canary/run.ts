// `npm run -s canary [-- --people N]`: proves that nothing a reporter says can be found in what a thief of the whole
// machine would get. JSON on stdout, progress on stderr; exit 0 when nothing was found, 1 when something was or the
// run could not be finished, 2 for bad arguments.
import { parseArgs } from "node:util";
import { InputError } from "~server/cli/json-command";
import { runCommand } from "~server/cli/run-command";
import { MOST_PEOPLE } from "./plant";
import { runCanary } from "./run-canary";

const MOST_BY_FORMS = 200;

await runCommand("canary", async () => {
  const { values } = parseArgs({ options: { people: { type: "string", default: String(MOST_PEOPLE) } } });
  const people = Number(values.people);
  if (!/^\d{1,5}$/.test(values.people) || people < 1 || people > MOST_PEOPLE) {
    throw new InputError("--people", `expected a number from 1 to ${String(MOST_PEOPLE)}`);
  }
  const summary = await runCanary({
    people,
    byForms: Math.min(people, Math.max(10, Math.min(MOST_BY_FORMS, Math.round(people / 10)))),
    log: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  return summary.ok ? 0 : 1;
});
