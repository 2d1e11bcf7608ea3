import { createHash } from "node:crypto";
import { canonicalJson } from "~server/canonical-json";

/** A row of the register of arrivals as its chain hashes it; numbers are text. */
export type Arrival = {
  readonly arrivalNo: string;
  readonly tipId: string;
  /** The lead it came to, and its rank there; null for a tip set apart as spam. */
  readonly leadId: string | null;
  readonly rank: string | null;
};

/** What the first row follows: SHA-256 of this label. Changing it would start another chain. */
export const ARRIVALS_GENESIS = sha256(Buffer.from("tipoff-portal arrivals 1"));

/** SHA-256(hash of the row before ‖ SHA-256(canonical JSON of the row)), 32 bytes. */
export function hashArrival(previous: Buffer, arrival: Arrival): Buffer {
  const { arrivalNo, tipId, leadId, rank } = arrival;
  const said = canonicalJson({ arrivalNo, tipId, leadId, rank });
  return sha256(Buffer.concat([previous, sha256(Buffer.from(said))]));
}

function sha256(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}
