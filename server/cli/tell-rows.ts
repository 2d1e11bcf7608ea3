import { showProgress, type ProgressOut } from "./show-progress";

/** Tells how many rows `of` something a long command has gone through, of about how many. */
export function tellRows(out: ProgressOut, of: string): (done: number, total: number) => void {
  let share = 0;
  const progress = showProgress<number>(out, {
    share: () => share,
    say: (rows, seconds) => `${of}: ${String(rows)} rows, ${String(Math.round(rows / seconds))} rows/s`,
  });
  return (done, total) => {
    share = total === 0 ? 1 : done / total;
    progress.tell(done);
  };
}
