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

/**
 * Where nothing tells senders apart, one of them may be behind many drafts, which cost nothing. Then a report has one
 * place once half of all are taken, and the last quarter is for messages alone: whoever has sent a report can always
 * add evidence with its receipt, and a report itself never waits for a file.
 */
const OF_UNKNOWN = { ofReportWhenHalfTaken: 1, drafts: 75 };

export function isReceiving(fileId: string): boolean {
  return receiving.has(fileId);
}

export function countReceiving(): number {
  return receiving.size;
}

/** Takes a place for a file; null while too many are under way. Call what it gives when the file is through. */
export function beginReceiving(
  fileId: string,
  from: { readonly lookupId: Buffer; readonly kind: "draft" | "message"; readonly sender: Sender },
): (() => void) | null {
  const report = from.lookupId.toString("base64");
  const ofReport = [...receiving.values()].filter((one) => one === report).length;
  if (receiving.size >= MOST.all || ofReport >= MOST.ofReport) return null;
  if (!from.sender.known) {
    if (receiving.size >= MOST.all / 2 && ofReport >= OF_UNKNOWN.ofReportWhenHalfTaken) return null;
    if (from.kind === "draft" && receiving.size >= OF_UNKNOWN.drafts) return null;
  }
  const leave = from.sender.hold(MOST.ofSender);
  if (leave === null) return null;
  receiving.set(fileId, report);
  return () => {
    if (receiving.delete(fileId)) leave();
  };
}
