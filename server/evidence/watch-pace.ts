export type PaceLimits = {
  /** Milliseconds waited for a sender before anything is asked of it. */
  readonly grace: number;
  /** The last so many milliseconds count. */
  readonly span: number;
  /** Bytes a second, on average, that must come. */
  readonly rate: number;
};

/** The slowest mobile line sends more; whoever sends less keeps a place from others. */
export const PACE: PaceLimits = { grace: 30_000, span: 60_000, rate: 1024 };

export type Pace = {
  /** From now on it is the sender who is waited for. */
  readonly wait: () => void;
  /** So many bytes came; what is done with them is not the sender's time. */
  readonly came: (bytes: number) => void;
  readonly tooSlow: () => boolean;
};

/** Watches how fast a body comes, in time spent waiting for its sender alone. `now` in milliseconds. */
export function watchPace(limits: PaceLimits = PACE, now: () => number = () => performance.now()): Pace {
  const step = limits.span / 60;
  /** What came, oldest first, one entry for each step of time waited. */
  const came: { readonly at: number; bytes: number }[] = [];
  let waited = 0;
  let since: number | null = null;
  const time = () => waited + (since === null ? 0 : now() - since);
  return {
    wait: () => {
      since ??= now();
    },
    came: (bytes) => {
      waited = time();
      since = null;
      const last = came.at(-1);
      if (last !== undefined && waited - last.at < step) last.bytes += bytes;
      else came.push({ at: waited, bytes });
      while ((came[0]?.at ?? waited) < waited - limits.span - step) came.shift();
    },
    tooSlow: () => {
      const passed = time();
      if (passed < limits.grace) return false;
      const span = Math.min(passed, limits.span);
      const bytes = came.reduce((sum, one) => (one.at >= passed - span ? sum + one.bytes : sum), 0);
      return bytes * 1000 < limits.rate * span;
    },
  };
}
