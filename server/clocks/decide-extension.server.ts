import { and, eq } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { clockExtensions, leadClocks } from "~db/schema/clocks";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError, notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { leadsTheLead, readLeadInScope } from "~server/triage/lead-scope.server";
import { setDueDay } from "./set-due-day.server";

/**
 * A second person agrees to an extension, or does not: triage, or an officer or verifier of a body that leads the lead,
 * never who asked. Agreed, the clock ends later by its days. Refusals: `not_found`, `own_request` (403), `decided` and
 * `clock_ended` (409).
 */
export async function decideExtension(
  db: Database,
  input: {
    readonly leadId: string;
    readonly extensionId: string;
    readonly outcome: "granted" | "refused";
    readonly at: Date;
  },
  actor: StaffActor,
): Promise<void> {
  await withActor(db, actor, async (tx) => {
    const lead = await readLeadInScope(tx, input.leadId, actor);
    if (!(await mayDecide(tx, lead.id, actor))) throw notFound();
    const [asked] = await tx
      .select()
      .from(clockExtensions)
      .where(and(eq(clockExtensions.id, input.extensionId), eq(clockExtensions.leadId, lead.id)))
      .for("update");
    if (asked === undefined) throw notFound();
    if (asked.askedBy === actor.id) {
      throw new DomainError("own_request", 403, "本人申请的延长须由另一位同事审批。");
    }
    if (asked.outcome !== null) {
      throw new DomainError("decided", 409, "这次延长申请已经有人审批。请刷新后查看。");
    }
    const [clock] = await tx.select().from(leadClocks).where(eq(leadClocks.id, asked.clockId)).for("update");
    if (clock === undefined) throw notFound();
    if (clock.endedOn !== null) {
      throw new DomainError("clock_ended", 409, "这项期限已经结束计时，不需要再审批延长。");
    }
    await tx
      .update(clockExtensions)
      .set({ outcome: input.outcome, decidedBy: actor.id, decidedAt: input.at })
      .where(eq(clockExtensions.id, asked.id));
    const dueOn =
      input.outcome === "granted" ? await extendClock(tx, { clockId: clock.id, days: asked.days }) : null;
    await recordEvent(
      tx,
      {
        action: input.outcome === "granted" ? "clock.extension_granted" : "clock.extension_refused",
        subjectTable: "clock_extensions",
        subjectId: asked.id,
        leadId: lead.id,
        data: { clock: clock.kind, days: asked.days, ...(dueOn === null ? {} : { due: dueOn }) },
        at: input.at,
      },
      actor,
    );
  });
}

/** Whether this person decides about extensions of a lead they see; that it was not they who asked is told apart. */
export async function mayDecide(tx: Tx, leadId: string, actor: StaffActor): Promise<boolean> {
  if (hasRole(actor, "triage_officer")) return true;
  return hasRole(actor, "agency_officer", "agency_verifier") && (await leadsTheLead(tx, leadId, actor));
}

/** Adds the days agreed to, of which the database holds that a second person did (0027), and counts anew. */
async function extendClock(tx: Tx, input: { clockId: string; days: number }): Promise<string | null> {
  const [clock] = await tx
    .update(leadClocks)
    .set({ extendedDays: input.days })
    .where(eq(leadClocks.id, input.clockId))
    .returning();
  if (clock === undefined) throw notFound();
  return (await setDueDay(tx, clock)).dueOn;
}
