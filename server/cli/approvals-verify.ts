// Checks the approval of one voucher without a database: `npm run -s approvals:verify -- bundle.json`. JSON on stdout;
// exit 0 when everything holds, 1 when something does not (each fault named), 2 for a file that is no bundle.
import { createReadStream } from "node:fs";
import { InputError, parseInput, readJson } from "~server/cli/json-command";
import { bundleSchema, verifyBundle } from "~server/rewards/approval-bundle";
import { runCommand } from "./run-command";

await runCommand("approvals:verify", async () => {
  const [file, ...others] = process.argv.slice(2);
  if (file === undefined || others.length > 0) throw new InputError("arguments", "expected one bundle.json");
  const bundle = parseInput("bundle", bundleSchema, await readFileJson(file));
  const faults = await verifyBundle(bundle);
  const verdict = {
    ok: faults.length === 0,
    voucher: bundle.voucher.id,
    status: bundle.status,
    steps: bundle.steps.length,
    faults,
  };
  process.stdout.write(`${JSON.stringify(verdict)}\n`);
  return verdict.ok ? 0 : 1;
});

async function readFileJson(file: string): Promise<unknown> {
  try {
    return await readJson("bundle", createReadStream(file));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError("arguments", "the file cannot be read");
  }
}
