import { createHash } from "node:crypto";
import { canonicalJson } from "~server/canonical-json";

/** An event as the chain hashes it: every column of its row. `seq` is text and `recordedAt` ISO 8601 in UTC. */
export type ChainedEvent = {
  readonly id: string;
  readonly seq: string;
  readonly recordedOn: string;
  readonly recordedAt: string | null;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly actorSnapshot: unknown;
  readonly action: string;
  readonly leadId: string | null;
  readonly subjectTable: string;
  readonly subjectId: string;
  readonly data: unknown;
};

/** Selects a `ChainedEvent` from `events e`; instants as text, so that no driver's reading of them matters. */
export const EVENT_COLUMNS = `e.id, e.seq::text as "seq", e.recorded_on::text as "recordedOn",
  to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "recordedAt",
  e.actor_kind as "actorKind", e.actor_id as "actorId", e.actor_snapshot as "actorSnapshot", e.action,
  e.lead_id as "leadId", e.subject_table as "subjectTable", e.subject_id as "subjectId", e.data`;

/** What the first link follows: SHA-256 of this label. Changing it would start another chain. */
export const GENESIS = sha256(Buffer.from("tipoff-portal audit chain 1"));

/** SHA-256(previous link ‖ SHA-256(canonical JSON of the event)), 32 bytes. */
export function hashLink(previous: Buffer, event: ChainedEvent): Buffer {
  const { id, seq, recordedOn, recordedAt, actorKind, actorId, actorSnapshot, action } = event;
  const { leadId, subjectTable, subjectId, data } = event;
  // Named one by one: a column added to the query must not change the hashes of old events.
  const said = canonicalJson({
    ...{ id, seq, recordedOn, recordedAt, actorKind, actorId, actorSnapshot, action },
    ...{ leadId, subjectTable, subjectId, data },
  });
  return sha256(Buffer.concat([previous, sha256(Buffer.from(said))]));
}

function sha256(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}
