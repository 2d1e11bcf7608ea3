import { eq, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { leads } from "~db/schema/leads";
import { watchEntries } from "~db/schema/watch";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { DomainError, notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import type { WatchStatus } from "./watch-status";

/**
 * Triage decides about a watched company: to look at, under watch, cleared (with the reason), or followed up on a lead,
 * which is named by its number. Throws `not_found` for anyone else, `stale_entry` (409) where somebody was faster,
 * `no_such_lead` (400).
 */
export async function decideEntry(
  db: Database,
  input: {
    readonly entryId: string;
    readonly version: number;
    readonly status: WatchStatus;
    readonly reason: string | null;
    readonly leadNumber: number | null;
    readonly at: Date;
  },
  actor: StaffActor,
): Promise<void> {
  if (!hasRole(actor, "triage_officer")) throw notFound();
  const { entryId, status, at } = input;
  await withActor(db, actor, async (tx) => {
    const [entry] = await tx.select().from(watchEntries).where(eq(watchEntries.id, entryId)).for("update");
    if (entry === undefined) throw notFound();
    if (entry.version !== input.version)
      throw new DomainError("stale_entry", 409, "这一条刚刚有变动，请刷新后再处理。");
    const leadId = status === "lead_opened" ? await leadOf(input.leadNumber) : null;
    await tx
      .update(watchEntries)
      .set({
        status,
        statusReason: input.reason,
        statusBy: actor.id,
        statusAt: at,
        leadId,
        version: sql`${watchEntries.version} + 1`,
      })
      .where(eq(watchEntries.id, entryId));
    await recordEvent(
      tx,
      {
        action: "watch.decided",
        subjectTable: "watch_entries",
        subjectId: entryId,
        ...(leadId === null ? {} : { leadId }),
        data: { status },
        at,
      },
      actor,
    );

    async function leadOf(number: number | null): Promise<string> {
      const [lead] =
        number === null ? [] : await tx.select({ id: leads.id }).from(leads).where(eq(leads.number, number));
      if (lead === undefined)
        throw new DomainError("no_such_lead", 400, "没有这个编号的线索，请核对后再试。");
      return lead.id;
    }
  });
}
