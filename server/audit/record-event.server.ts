import { v4 as uuidv4, v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { events } from "~db/schema/events";
import type { Actor } from "~server/staff-auth/actor";
import { chinaDay } from "~server/clock";

export type EventInput = {
  /** Dotted verb, e.g. `lead.moved`. */
  action: string;
  subjectTable: string;
  subjectId: string;
  leadId?: string;
  /** Structured and public to staff in scope: never narrative, contact, receipt or account. */
  data?: Record<string, unknown>;
  /** When it happened; for a reporter's act only its day is kept. */
  at: Date;
};

/** Appends to the audit trail inside the caller's transaction. */
export async function recordEvent(tx: Tx, input: EventInput, actor: Actor): Promise<void> {
  const byReporter = actor.kind === "reporter";
  await tx.insert(events).values({
    id: byReporter ? uuidv4() : uuidv7(),
    recordedOn: chinaDay(input.at),
    recordedAt: byReporter ? null : input.at,
    actorKind: actor.kind,
    actorId: actor.kind === "staff" ? actor.id : null,
    actorSnapshot: snapshot(actor),
    action: input.action,
    leadId: input.leadId ?? null,
    subjectTable: input.subjectTable,
    subjectId: input.subjectId,
    data: input.data ?? {},
  });
}

function snapshot(actor: Actor): unknown {
  if (actor.kind === "reporter") return null;
  if (actor.kind === "system") return { task: actor.task };
  return { name: actor.displayName, agency: actor.agencyName, roles: actor.roles, method: actor.method };
}
