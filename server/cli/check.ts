import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { setPriority, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildBundle } from "./bootstrap/build-bundle.mjs";
import { readReport } from "./read-report";

// `npm test`: everything a change must pass. Quiet while a step passes; of one that fails, what failed and why. Ends with
// one line, `N passed, N failed, N skipped`, over all steps: a format, lint or type check counts as one.

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
const scratch = mkdtempSync(path.join(tmpdir(), "portal-check-"));
const full = process.argv.includes("--full");

const LINES_OF_A_CRASH = 120;

type Count = { passed: number; failed: number; skipped: number };
type Outcome = Count & { readonly name: string };

const bin = (script: string) => path.join(ROOT, "node_modules", script);

function run(
  name: string,
  args: readonly string[],
  { giveWay = false } = {},
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: {
        ...process.env,
        FORCE_COLOR: "0",
        TEST_FULL: full ? "1" : "",
        // They check nothing and take a third of the journeys' time.
        SCREENSHOTS: full ? "on" : "off",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (giveWay && child.pid !== undefined) setPriority(child.pid, 10);
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.once("error", (error) => resolve({ code: 1, output: `${name}: ${error.message}` }));
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

async function step(
  name: string,
  work: () => Promise<{ code: number; output: string; count?: Count }>,
): Promise<Outcome> {
  const started = Date.now();
  const { code, output, count } = await work();
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  const outcome = count ?? { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  // A runner that died before its first test has failed, whatever it counted.
  if (code !== 0 && outcome.failed === 0) outcome.failed = 1;
  process.stdout.write(`${code === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)\n`);
  if (code !== 0) process.stdout.write(`${output}\n`);
  for (const line of output.split("\n"))
    if (line.includes("SKIPPED")) process.stdout.write(`     ${line.trim()}\n`);
  return { name, ...outcome };
}

const check = (name: string, ...args: string[]) => step(name, () => run(name, args, { giveWay: true }));

function vitest(name: string, config: string): Promise<Outcome> {
  return step(name, async () => {
    const report = path.join(scratch, `${name}.json`);
    const ran = await run(name, [
      bin("vitest/vitest.mjs"),
      "run",
      "--config",
      config,
      "--reporter=default",
      "--reporter=json",
      `--outputFile=${report}`,
    ]);
    const count = readReport(report, ROOT);
    if (count === null) return ran;
    // A fault outside every test stands in the output alone.
    const told = count.failures.length > 0 ? count.failures.join("\n") : lastLines(ran.output);
    return { code: ran.code, output: ran.code === 0 ? ran.output : told, count };
  });
}

const lastLines = (output: string): string => output.split("\n").slice(-LINES_OF_A_CRASH).join("\n");

const outcomes: Outcome[] = [];
// Two cores, which the tests do not fill: what only reads the sources runs beside them and gives way to them.
const reading = (async () => [
  // The Go program that lints by types names the compiler's own errors too, in a fraction of the compiler's time.
  await check("lint and types", bin("oxlint/bin/oxlint"), "--type-aware", "--type-check", "."),
  ...(full ? [await check("types by the reference compiler", bin("typescript/bin/tsc"), "--noEmit")] : []),
  // Remembers by content what it has checked already; it passes nothing it would not pass afresh.
  await check(
    "format",
    bin("prettier/bin/prettier.cjs"),
    "--check",
    "--cache",
    "--cache-strategy=content",
    "--cache-location=.cache/prettier",
    "--log-level=warn",
    ".",
  ),
])();
outcomes.push(await step("build", async () => ({ code: (await buildBundle(ROOT)) ? 0 : 1, output: "" })));
outcomes.push(await vitest("unit, property, database and route tests", "tests/vitest.config.ts"));
outcomes.push(await vitest("browser tests", "tests/browser/vitest.config.ts"));
outcomes.push(...(await reading));
rmSync(scratch, { recursive: true, force: true });

const sum = (key: keyof Count) => outcomes.reduce((total, outcome) => total + outcome[key], 0);
process.stdout.write(`\n${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped\n`);
process.exitCode = sum("failed") === 0 ? 0 : 1;
