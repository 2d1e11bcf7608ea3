import { eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database } from "~db/client.server";
import { leads } from "~db/schema/leads";
import { legalHolds } from "~db/schema/retention";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError, databaseFault, notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";

export type HoldOn = "lead" | "dossier";

/**
 * Puts a lead, or the dossier it belongs to with all its leads, under hold: nothing of it is destroyed until the hold
 * ends. Triage's act, on a lead they see. Throws `not_found` for anyone else, `no_such_lead` (400), `already_held` (409).
 */
export async function placeHold(
  db: Database,
  input: {
    readonly leadNumber: number;
    readonly on: HoldOn;
    readonly reason: string;
    readonly at: Date;
  },
  actor: StaffActor,
): Promise<{ holdId: string }> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  const id = uuidv7();
  const placed = withActor(db, actor, async (tx) => {
    const [lead] = await tx
      .select({ id: leads.id, dossierId: leads.dossierId })
      .from(leads)
      .where(eq(leads.number, input.leadNumber));
    if (lead === undefined) throw new DomainError("no_such_lead", 400, "没有这个编号的线索，请核对后再试。");
    await tx.insert(legalHolds).values({
      id,
      leadId: input.on === "lead" ? lead.id : null,
      dossierId: input.on === "dossier" ? lead.dossierId : null,
      reason: input.reason,
      placedBy: actor.id,
      placedAt: input.at,
    });
    await recordEvent(
      tx,
      {
        action: "hold.placed",
        subjectTable: "legal_holds",
        subjectId: id,
        leadId: lead.id,
        data: { on: input.on },
        at: input.at,
      },
      actor,
    );
    return { holdId: id };
  });
  return placed.catch((error: unknown) => {
    const { constraint } = databaseFault(error);
    throw constraint === "legal_holds_lead_uq" || constraint === "legal_holds_dossier_uq"
      ? new DomainError("already_held", 409, "这条线索或档案已经在保全中，不需要再次设置。")
      : error;
  });
}
