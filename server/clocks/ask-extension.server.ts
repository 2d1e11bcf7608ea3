import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { clockExtensions, leadClocks } from "~db/schema/clocks";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { databaseFault, DomainError, notFound } from "~server/errors.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { actsForTheLead, readLeadInScope } from "~server/triage/lead-scope.server";

/**
 * Asks for a clock to be extended, once, before it runs out; by the days its limit allows. A second person decides
 * (`decideExtension`). Refusals: `not_found` for whoever does not act for the lead's bodies, `not_extendable`,
 * `clock_over` and `asked_before` (409).
 */
export async function askExtension(
  db: Database,
  input: { readonly leadId: string; readonly clockId: string; readonly reason: string; readonly at: Date },
  actor: StaffActor,
): Promise<void> {
  const asked = withActor(db, actor, async (tx) => {
    const lead = await readLeadInScope(tx, input.leadId, actor);
    if (!(await actsForTheLead(tx, lead.id, actor))) throw notFound();
    const [clock] = await tx
      .select()
      .from(leadClocks)
      .where(
        and(eq(leadClocks.id, input.clockId), eq(leadClocks.leadId, lead.id), isNull(leadClocks.endedOn)),
      )
      .for("update");
    if (clock === undefined) throw notFound();
    if (clock.extensionDays === 0) {
      throw new DomainError("not_extendable", 409, "这项期限不能延长，请在期限内办结。");
    }
    if (clock.extendedDays > 0) throw askedBefore();
    if (clock.dueOn !== null && clock.dueOn < chinaDay(input.at)) {
      throw new DomainError("clock_over", 409, "期限已过，不能再申请延长。请尽快办理，并在督办中说明原因。");
    }
    const id = uuidv7();
    await tx.insert(clockExtensions).values({
      id,
      clockId: clock.id,
      leadId: lead.id,
      days: clock.extensionDays,
      reason: input.reason,
      askedBy: actor.id,
      askedAt: input.at,
    });
    await recordEvent(
      tx,
      {
        action: "clock.extension_asked",
        subjectTable: "clock_extensions",
        subjectId: id,
        leadId: lead.id,
        data: { clock: clock.kind, days: clock.extensionDays, note: input.reason },
        at: input.at,
      },
      actor,
    );
  });
  await asked.catch((error: unknown) => {
    throw databaseFault(error).constraint === "clock_extensions_once_uq" ? askedBefore() : error;
  });
}

function askedBefore(): DomainError {
  return new DomainError("asked_before", 409, "这项期限已经申请过延长，每项期限只能延长一次。");
}
