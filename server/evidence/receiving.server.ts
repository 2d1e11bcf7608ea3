/**
 * Files being received by this server now. A row that says `receiving` and is not among them was cut off: by a broken
 * connection or by the end of a server.
 */
const receiving = new Set<string>();

/** How many files arrive at once before newcomers are asked to try again: each takes a few MiB of memory. */
const MOST_AT_ONCE = 100;

export function isReceiving(fileId: string): boolean {
  return receiving.has(fileId);
}

/** false while too many are under way. */
export function beginReceiving(fileId: string): boolean {
  if (receiving.size >= MOST_AT_ONCE) return false;
  receiving.add(fileId);
  return true;
}

export function endReceiving(fileId: string): void {
  receiving.delete(fileId);
}
