/** Milliseconds between two lines where stderr is no terminal. */
const LINE_EVERY = 5_000;
const BAR_EVERY = 200;
const WIDTH = 24;

/** Where progress is told: stderr, or a test's. */
export type ProgressOut = { write(text: string): unknown; readonly isTTY?: boolean };

/**
 * How far a long command has come: a bar on a terminal, a line now and then elsewhere. `share` is from 0 to 1; `say`
 * tells the rest of the line, `seconds` after the start.
 */
export function showProgress<T>(
  out: ProgressOut,
  { share, say }: { share: () => number; say: (now: T, seconds: number) => string },
) {
  const started = Date.now();
  let told = started;
  const line = (now: T): string => {
    const seconds = Math.max(0.001, (Date.now() - started) / 1000);
    const done = Math.min(1, share());
    const left = done <= 0 ? null : Math.round((seconds * (1 - done)) / done);
    const bar = "#".repeat(Math.round(done * WIDTH)).padEnd(WIDTH, ".");
    return (
      `[${bar}] ${String(Math.floor(done * 100)).padStart(3)} %  ${say(now, seconds)}, ` +
      `${left === null ? "-" : duration(left)} left`
    );
  };
  return {
    tell: (now: T) => {
      const at = Date.now();
      if (at - told < (out.isTTY === true ? BAR_EVERY : LINE_EVERY)) return;
      told = at;
      out.write(out.isTTY === true ? `\r\u001b[K${line(now)}` : `${line(now)}\n`);
    },
    end: (now: T) => {
      out.write(out.isTTY === true ? `\r\u001b[K${line(now)}\n` : `${line(now)}\n`);
    },
  };
}

function duration(seconds: number): string {
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, "0")}`;
}
