/** A day's root as a checkpoint file and /verify.txt keep it. `hash` is 64 hex digits, `position` counts from 1. */
export type Checkpoint = { readonly day: string; readonly position: bigint; readonly hash: string };

const LINE = /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])) ([1-9]\d{0,18}) ([0-9a-f]{64})$/;

/** `2026-11-21 1042 9f86…`, without the line's end. */
export function formatCheckpoint({ day, position, hash }: Checkpoint): string {
  return `${day} ${position.toString()} ${hash}`;
}

/** Null when the line is not one. */
export function parseCheckpoint(line: string): Checkpoint | null {
  const [, day, position, hash] = LINE.exec(line) ?? [];
  if (day === undefined || position === undefined || hash === undefined) return null;
  return { day, position: BigInt(position), hash };
}
