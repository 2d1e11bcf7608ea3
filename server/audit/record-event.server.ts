import { v4 as uuidv4, v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { insertRows } from "~db/insert-rows.server";
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
  /** An act of staff done for a reporter who is there or on the phone: of it, too, only the day is kept. */
  dayOnly?: boolean;
};

/** Appends to the audit trail inside the caller's transaction. */
export async function recordEvent(tx: Tx, input: EventInput, actor: Actor): Promise<void> {
  await tx.insert(events).values(eventRow(input, actor));
}

/** The same for many events at once, in their order. */
export async function recordEvents(tx: Tx, inputs: readonly EventInput[], actor: Actor): Promise<void> {
  await insertRows(
    tx,
    events,
    inputs.map((input) => eventRow(input, actor)),
  );
}

function eventRow(input: EventInput, actor: Actor): typeof events.$inferInsert {
  const dayOnly = actor.kind === "reporter" || input.dayOnly === true;
  return {
    id: dayOnly ? uuidv4() : uuidv7(),
    recordedOn: chinaDay(input.at),
    recordedAt: dayOnly ? null : input.at,
    actorKind: actor.kind,
    actorId: actor.kind === "staff" ? actor.id : null,
    actorSnapshot: snapshot(actor),
    action: input.action,
    leadId: input.leadId ?? null,
    subjectTable: input.subjectTable,
    subjectId: input.subjectId,
    data: input.data ?? {},
  };
}

function snapshot(actor: Actor): unknown {
  if (actor.kind === "reporter") return null;
  if (actor.kind === "system") return { task: actor.task };
  return { name: actor.displayName, agency: actor.agencyName, roles: actor.roles, method: actor.method };
}
