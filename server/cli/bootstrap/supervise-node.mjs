import { spawn } from "node:child_process";
import { constants } from "node:os";

const FOLLOW = new URL("./follow-parent.mjs", import.meta.url).href;
const FORCE_AFTER_MS = 30_000;

/**
 * Runs Node with `nodeArgs` and waits for its end. The first of SIGINT, SIGTERM, SIGHUP, or the loss
 * of the npm that started us, is passed on, later ones are not: npm repeats the terminal's Ctrl-C,
 * and a second signal must not cut an orderly shutdown short.
 * @param {string[]} nodeArgs
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, quiet?: boolean, onStart?: (pid: number) => void }} options
 *   quiet: no stdin, and the output is returned instead of shown
 * @returns {Promise<{ code: number, stopped: boolean, output: string }>} code is 128 + n after signal n;
 *   stopped says that a signal was passed on
 */
export function superviseNode(nodeArgs, { cwd, env = process.env, quiet = false, onStart }) {
  return new Promise((resolve, reject) => {
    const stream = quiet ? "pipe" : "inherit";
    const child = spawn(process.execPath, ["--import", FOLLOW, ...nodeArgs], {
      cwd,
      env: { ...env, BOOTSTRAP_PID: String(process.pid) },
      detached: true,
      stdio: [quiet ? "ignore" : "inherit", stream, stream, "ipc"],
    });
    if (child.pid !== undefined) onStart?.(child.pid);
    let output = "";
    const keep = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk.toString()).slice(-65_536);
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);

    let stopped = false;
    /** @type {NodeJS.Timeout | undefined} */
    let force;
    const ask = (/** @type {NodeJS.Signals} */ signal) => {
      if (stopped) return;
      stopped = true;
      child.kill(signal === "SIGHUP" ? "SIGTERM" : signal);
      force = setTimeout(() => signalGroup(child.pid, "SIGKILL"), FORCE_AFTER_MS);
    };
    /** @type {NodeJS.Signals[]} */
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, ask);
    // Some shells stand between npm and us and die of a SIGTERM without passing it on.
    const parent = process.ppid;
    const watch = process.env.npm_lifecycle_event
      ? setInterval(() => process.ppid !== parent && ask("SIGTERM"), 250)
      : undefined;

    const settle = () => {
      clearTimeout(force);
      clearInterval(watch);
      for (const signal of signals) process.off(signal, ask);
    };
    child.once("error", (error) => {
      settle();
      reject(error);
    });
    // What the child left behind in its group goes with it.
    child.once("exit", () => signalGroup(child.pid, "SIGTERM"));
    child.once(quiet ? "close" : "exit", (code, signal) => {
      settle();
      resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0), stopped, output });
    });
  });
}

function signalGroup(/** @type {number | undefined} */ pid, /** @type {NodeJS.Signals} */ signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is already empty.
  }
}
