import { readFileSync, readdirSync } from "node:fs";

/** Milliseconds of CPU a tick of /proc is. */
const TICK_MS = 10;

/** What this process, its workers included, has used of the CPU so far, in ms. */
export function cpuHere(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * What a server and all processes it ever started have used of the CPU so far, in ms: times on a clock tell of a shared
 * machine as much as of what is measured. null where the system does not tell.
 */
export function cpuOf(pid: number): number | null {
  try {
    const own = statOf(pid);
    const children = childrenOf(pid).map((child) => child.used);
    return (own.used + own.reaped + children.reduce((sum, used) => sum + used, 0)) * TICK_MS;
  } catch {
    return null;
  }
}

/** What one process has used by itself so far, in ms; null where it is gone or the system does not tell. */
export function cpuOfOne(pid: number): number | null {
  try {
    return statOf(pid).used * TICK_MS;
  } catch {
    return null;
  }
}

/** Who started a process; null where it is gone or the system does not tell. */
export function parentOf(pid: number): number | null {
  try {
    return statOf(pid).parent;
  } catch {
    return null;
  }
}

type Stat = { parent: number; used: number; reaped: number };

function childrenOf(pid: number): Stat[] {
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((name) => {
      try {
        const child = statOf(Number(name));
        return child.parent === pid ? [child] : [];
      } catch {
        return [];
      }
    });
}

function statOf(pid: number): Stat {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in parentheses may hold anything; what follows the last of them starts with the state.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const at = (place: number) => Number(fields[place]);
  return { parent: at(1), used: at(11) + at(12), reaped: at(13) + at(14) };
}
