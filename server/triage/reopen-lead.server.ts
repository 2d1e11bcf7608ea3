import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { leads } from "~db/schema/leads";
import { tipMessages } from "~db/schema/messages";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { databaseFault, DomainError } from "~server/errors.server";
import { noWish } from "~server/messages/write-to-reporter.server";
import { noteNews } from "~server/notifications/note-news.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { readLeadInScope } from "./lead-scope.server";
import { endHolding, refuseStale } from "./move-lead.server";

/**
 * Triage opens a closed or refused matter again, because a reporter asks for it or of its own accord (`own`: new facts, a
 * merge to be undone): back to 研判, where the leading office alone sees it until it is routed anew. Answers every wish
 * that waits on the lead; its reporters hear of it either way. Refusals: `move_not_allowed` (403), `stale_lead`,
 * `no_wish` unless of its own accord, `lead_is_duplicate` (409), and `subject_open` (409) while another lead of the same
 * subject is under way.
 */
export async function reopenLead(
  db: Database,
  input: {
    readonly leadId: string;
    readonly version: number;
    readonly note: string;
    readonly own?: boolean;
    readonly at: Date;
  },
  actor: StaffActor,
): Promise<void> {
  const done = withActor(db, actor, async (tx) => {
    const lead = await readLeadInScope(tx, input.leadId, actor, { lock: true });
    refuseStale(lead, input.version);
    if (!hasRole(actor, "triage_officer") || lead.closedAt === null) {
      throw new DomainError("move_not_allowed", 403, "这条线索现在不能重新打开，请刷新后查看可用的操作。");
    }
    const today = chinaDay(input.at);
    if (lead.closureCode === "duplicate") {
      throw new DomainError(
        "lead_is_duplicate",
        409,
        "这条线索是作为重复线索结束的，举报已经归到另一条线索，不能单独打开。需要分开的，请在档案页撤销合并。",
      );
    }
    if ((await grantWishes(tx, { leadId: lead.id }, today)) === 0 && input.own !== true) throw noWish();
    await tx
      .update(leads)
      .set({ stage: "triage", closedAt: null, closureCode: null, version: sql`${leads.version} + 1` })
      .where(eq(leads.id, lead.id));
    await recordEvent(
      tx,
      {
        action: "lead.moved",
        subjectTable: "leads",
        subjectId: lead.id,
        leadId: lead.id,
        data: { from: lead.stage, to: "triage", reopened: true, note: input.note },
        at: input.at,
      },
      actor,
    );
    await endHolding(tx, lead.id, input.at);
    await noteNews(tx, { leadId: lead.id }, today);
  });
  await done.catch((error: unknown) => {
    if (databaseFault(error).constraint !== "leads_open_uq") throw error;
    throw new DomainError(
      "subject_open",
      409,
      "同一主体另有一条线索正在办理。请把这条举报归并到那条线索，不必重新打开。",
    );
  });
}

/** Answers the wishes to reopen that wait on a lead or a tip: it is under way again. Says how many. */
export async function grantWishes(
  tx: Tx,
  of: { readonly leadId: string } | { readonly tipId: string },
  today: string,
): Promise<number> {
  const which =
    "tipId" in of
      ? eq(tipMessages.tipId, of.tipId)
      : inArray(tipMessages.tipId, tx.select({ id: tips.id }).from(tips).where(eq(tips.leadId, of.leadId)));
  const granted = await tx
    .update(tipMessages)
    .set({ outcome: "reopened", outcomeOn: today })
    .where(and(which, eq(tipMessages.kind, "reopen"), isNull(tipMessages.outcome)))
    .returning({ id: tipMessages.id });
  return granted.length;
}
