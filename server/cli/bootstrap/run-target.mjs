import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildBundle } from "./build-bundle.mjs";
import { installPackages } from "./install-packages.mjs";
import { PlainError } from "./plain-error.mjs";
import { superviseNode } from "./supervise-node.mjs";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * `bundle`: the target serves pages, so build/ must be fresh.
 * @type {Record<string, { script: string, args?: string[], bundle?: boolean }>}
 */
const TARGETS = {
  start: { script: "server/index.ts", bundle: true },
  test: { script: "server/cli/check.ts" },
  "test:full": { script: "server/cli/check.ts", args: ["--full"] },
  bench: { script: "tests/bench/run.ts", bundle: true },
  route: { script: "server/cli/route.ts" },
  reward: { script: "server/cli/reward.ts" },
  penalty: { script: "server/cli/penalty.ts" },
  "ledger:export": { script: "server/cli/ledger-export.ts" },
  "ledger:verify": { script: "server/cli/ledger-verify.ts" },
  "approvals:verify": { script: "server/cli/approvals-verify.ts" },
  "audit:verify": { script: "server/cli/audit-verify.ts" },
  canary: { script: "tests/canary/run.ts", bundle: true },
  "tips:import": { script: "server/cli/tips-import.ts" },
  "access:matrix": { script: "server/cli/access-matrix.ts" },
  "admin:enrol": { script: "server/cli/admin-enrol.ts" },
  "receipt-timing": { script: "server/cli/receipt-timing.ts", bundle: true },
  "keys:recovery": { script: "server/cli/keys-recovery.ts" },
};

/**
 * Installs and builds what is stale, then runs one target with stdin and stdout untouched.
 * @param {string | undefined} name
 * @param {string[]} args
 * @returns {Promise<number>} the target's exit code; 130 when stopped before it began
 */
export async function runTarget(name, args) {
  const target = Object.hasOwn(TARGETS, name ?? "") ? TARGETS[name ?? ""] : undefined;
  if (target === undefined || !existsSync(join(ROOT, target.script))) {
    throw new PlainError(`没有命令 ${name ?? ""}；可用 / commands: ${Object.keys(TARGETS).join(" ")}`);
  }
  if (!(await installPackages(ROOT))) return 130;
  if (target.bundle && !(await buildBundle(ROOT))) return 130;
  const { code } = await superviseNode(["--import", "tsx", target.script, ...(target.args ?? []), ...args], {
    cwd: ROOT,
    env: process.env,
  });
  return code;
}
