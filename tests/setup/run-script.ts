import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export type ScriptRun = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

/**
 * Runs a TypeScript file, named from the root, in a process of its own, as its npm script does. The environment is what
 * is given and nothing of the machine's but PATH.
 */
export async function runScript(
  script: string,
  args: readonly string[],
  given: { input?: string | Buffer; env?: Record<string, string> } = {},
): Promise<ScriptRun> {
  const child = spawn(process.execPath, ["--import", "tsx", script, ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, NODE_ENV: "development", ...given.env },
  });
  // A command that refuses its arguments need not read its input.
  child.stdin.on("error", () => undefined);
  child.stdin.end(given.input ?? "");
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { status, stdout, stderr };
}
