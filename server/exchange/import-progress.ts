import type { ImportTotals } from "./import-tips.server";

/** Milliseconds between two lines where stderr is no terminal. */
const LINE_EVERY = 5_000;
const BAR_EVERY = 200;
const WIDTH = 24;

/** How far an import has come: a bar on a terminal, a line now and then elsewhere. `share` is from 0 to 1. */
export function showProgress(
  out: { write(text: string): unknown; readonly isTTY?: boolean },
  share: () => number,
) {
  const started = Date.now();
  let told = started;
  const line = ({ rows, bad }: ImportTotals): string => {
    const seconds = Math.max(0.001, (Date.now() - started) / 1000);
    const done = Math.min(1, share());
    const left = done <= 0 ? null : Math.round((seconds * (1 - done)) / done);
    const bar = "#".repeat(Math.round(done * WIDTH)).padEnd(WIDTH, ".");
    return (
      `[${bar}] ${String(Math.floor(done * 100)).padStart(3)} %  ${String(rows)} rows, ${String(bad)} bad, ` +
      `${String(Math.round(rows / seconds))} rows/s, ${left === null ? "-" : duration(left)} left`
    );
  };
  return {
    tell: (totals: ImportTotals) => {
      const now = Date.now();
      if (now - told < (out.isTTY === true ? BAR_EVERY : LINE_EVERY)) return;
      told = now;
      out.write(out.isTTY === true ? `\r\u001b[K${line(totals)}` : `${line(totals)}\n`);
    },
    end: (totals: ImportTotals) => {
      out.write(out.isTTY === true ? `\r\u001b[K${line(totals)}\n` : `${line(totals)}\n`);
    },
  };
}

function duration(seconds: number): string {
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, "0")}`;
}
