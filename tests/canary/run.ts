import { runCanary } from "./run-canary";

// `npm run -s canary [-- --people N]`: JSON on stdout; exit 1 when anything planted was found, naming place and kind.
const at = process.argv.indexOf("--people");
const people = at < 0 ? 10_000 : Number(process.argv[at + 1]);
if (!Number.isInteger(people) || people < 1) {
  process.stderr.write("--people: must be a whole number from 1\n");
  process.exit(2);
}
const report = await runCanary(people);
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exitCode = report.findings.length === 0 && report.controls > 0 ? 0 : 1;
