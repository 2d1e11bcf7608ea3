// Loads reports other channels received: `tips:import -- file.csv`. JSON on stdout, progress on stderr. Exit 0 when
// every row is in, 1 when some rows are bad (the good ones are in), 2 when the file or the arguments are refused.
import { importFile } from "./import-file";
import { runCommand } from "./run-command";
import { withDatabase } from "./with-database";

await runCommand("tips:import", () =>
  importFile(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr, withDatabase }),
);
