import type { Sender } from "~server/intake/weigh-senders.server";

/**
 * Files being received by this server now, each with the draft or report it is for. A row that says `receiving` and is
 * not among them was cut off: by a broken connection or by the end of a server.
 */
const receiving = new Map<string, string>();

/**
 * How many files arrive at once before newcomers are asked to try again: each takes a few MiB of memory. One draft or
 * one sender has a share of them, so that nobody alone keeps the evidence of all others out.
 */
const MOST = { all: 100, ofReport: 3, ofSender: 20 };

export function isReceiving(fileId: string): boolean {
  return receiving.has(fileId);
}

export function countReceiving(): number {
  return receiving.size;
}

/** Takes a place for a file; null while too many are under way. Call what it gives when the file is through. */
export function beginReceiving(
  fileId: string,
  from: { readonly lookupId: Buffer; readonly sender: Sender },
): (() => void) | null {
  const report = from.lookupId.toString("base64");
  const ofReport = [...receiving.values()].filter((one) => one === report).length;
  if (receiving.size >= MOST.all || ofReport >= MOST.ofReport) return null;
  const leave = from.sender.hold(MOST.ofSender);
  if (leave === null) return null;
  receiving.set(fileId, report);
  return () => {
    if (receiving.delete(fileId)) leave();
  };
}
