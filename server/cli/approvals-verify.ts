// Checks the approval of one voucher without a database:
// `npm run -s approvals:verify -- bundle.json [--origin https://…] [--rp-id …]`. A bundle is signed by whatever site it
// says itself: JSON on stdout names that site and the keys' fingerprints, to be held against what is known from
// elsewhere; with --origin and --rp-id this command does so. Exit 0 when everything holds, 1 when something does not
// (each fault named), 2 for a file that is no bundle.
import { createReadStream } from "node:fs";
import { parseArgs } from "node:util";
import { InputError, parseInput, readJson } from "~server/cli/json-command";
import { bundleSchema, readSigners, verifyBundle } from "~server/rewards/approval-bundle";
import { runCommand } from "./run-command";

await runCommand("approvals:verify", async () => {
  const { values, positionals } = parseArgs({
    options: { origin: { type: "string" }, "rp-id": { type: "string" } },
    allowPositionals: true,
  });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new InputError("arguments", "expected one bundle.json");
  const bundle = parseInput("bundle", bundleSchema, await readFileJson(file));
  const site = { origin: values.origin ?? null, rpId: values["rp-id"] ?? null };
  const faults = await verifyBundle(bundle, site);
  const verdict = {
    ok: faults.length === 0,
    voucher: bundle.voucher.id,
    status: bundle.status,
    steps: bundle.steps.length,
    ...readSigners(bundle),
    heldAgainst: site,
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
