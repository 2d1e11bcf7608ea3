import { and, eq, gte, isNull, type SQL } from "drizzle-orm";
import { drafts, tips } from "~db/schema/intake";

/**
 * The tip a receipt still opens. A withdrawn or expired receipt simply finds nothing, in the same query that finds
 * nothing for an unknown one: neither the answer nor the time it takes tells them apart (secrecy.md).
 */
export function tipOfReceipt(lookupId: Buffer): SQL | undefined {
  return and(eq(tips.lookupId, lookupId), isNull(tips.receiptClosedOn));
}

/** The draft a receipt still opens; past its last day it is unknown, whether or not the job has deleted it yet. */
export function draftOfReceipt(lookupId: Buffer, today: string): SQL | undefined {
  return and(eq(drafts.lookupId, lookupId), gte(drafts.expiresOn, today));
}
