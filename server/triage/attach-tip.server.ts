import { and, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { tips } from "~db/schema/intake";
import { leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { databaseFault, DomainError, notFound } from "~server/errors.server";
import type { Pack } from "~server/packs/grammar";
import type { StaffActor } from "~server/staff-auth/actor";
import { hasRole } from "~server/staff-auth/actor";
import { readLeadInScope } from "./lead-scope.server";
import { raiseMajor } from "./raise-major.server";
import { refuseEnding } from "./refuse-ending.server";
import { grantWishes } from "./reopen-lead.server";

/**
 * 归并: triage hangs a tip on another lead of the same subject. Its order of arrival stays its own. A lead left
 * without tips closes as a duplicate. Refusals: `same_lead`, `lead_closed`, `lead_has_findings`, `lead_in_dispute`,
 * `tip_has_award`.
 */
export async function attachTip(
  db: Database,
  pack: Pack,
  input: { tipId: string; toLeadNumber: number; fromLeadId?: string; at: Date },
  actor: StaffActor,
): Promise<{ leadId: string }> {
  const done = withActor(db, actor, async (tx) => {
    if (!hasRole(actor, "triage_officer") || !/^[0-9a-f-]{36}$/.test(input.tipId)) throw notFound();
    const [tip] = await tx.select().from(tips).where(eq(tips.id, input.tipId)).for("update");
    const [target] = await tx
      .select({ id: leads.id })
      .from(leads)
      .where(eq(leads.number, input.toLeadNumber));
    if (tip === undefined || tip.leadId === null) throw notFound();
    // The page that shows it is of the lead it was on: somebody else's move is not undone by a page of before.
    if (input.fromLeadId !== undefined && tip.leadId !== input.fromLeadId) {
      throw new DomainError("tip_moved", 409, "这条举报刚刚被他人归并到另一条线索。请返回看板查看最新情况。");
    }
    if (target === undefined)
      throw new DomainError("no_such_lead", 400, "没有这个编号的线索，请核对后再试。");
    const [from, to] = [tip.leadId, target.id];
    if (from === to) throw new DomainError("same_lead", 400, "这条举报已经在该线索下。");
    // Locked in id order, so that two officers merging towards each other wait instead of failing.
    for (const id of [from, to].sort()) await readLeadInScope(tx, id, actor, { lock: true });
    const source = await readLeadInScope(tx, from, actor);
    const destination = await readLeadInScope(tx, to, actor);
    if (destination.closedAt !== null)
      throw new DomainError("lead_closed", 409, "目标线索已经办结，不能再归并。");
    await tx.update(tips).set({ leadId: to }).where(eq(tips.id, tip.id));
    const left = await tx.select({ id: tips.id }).from(tips).where(eq(tips.leadId, from)).limit(1);
    const emptied = left.length === 0;
    if (emptied && source.closedAt === null) await refuseEnding(tx, from);
    // Bodies read what changed of a lead: that a report they do not see has left it is told by no version either.
    if (emptied || !tip.concernsOfficial) {
      await tx
        .update(leads)
        .set({
          version: sql`${leads.version} + 1`,
          ...(emptied ? { stage: "closed", closureCode: "duplicate", closedAt: input.at } : {}),
        })
        .where(and(eq(leads.id, from), isNull(leads.closedAt)));
    }
    // A body that holds a lead reads its history: what concerns an agency or official is told on no lead.
    for (const leadId of tip.concernsOfficial ? [null] : [from, to]) {
      await recordEvent(
        tx,
        {
          action: "tip.attached",
          subjectTable: "tips",
          subjectId: tip.id,
          ...(leadId === null ? {} : { leadId }),
          data: { from, to, closedAsDuplicate: emptied && leadId !== to },
          at: input.at,
        },
        actor,
      );
    }
    // The matter it is about now is under way: a wish to open the old one again is answered by that.
    await grantWishes(tx, { tipId: tip.id }, chinaDay(input.at));
    await raiseMajor(tx, { leadId: to, pack, today: chinaDay(input.at), at: input.at }, actor);
    return { leadId: to };
  });
  return done.catch((error: unknown) => {
    // Triage sees no awards: the database knows of them.
    const { constraint } = databaseFault(error);
    if (constraint === "legal_holds_moved") throw tipUnderHold();
    throw constraint === "tips_awarded" ? tipHasAward() : error;
  });
}

function tipUnderHold(): DomainError {
  return new DomainError(
    "tip_under_hold",
    409,
    "这条线索在保全中，举报不能移到别处。需要移动的，请先解除保全。",
  );
}

function tipHasAward(): DomainError {
  return new DomainError("tip_has_award", 409, "这条举报已有奖励记录，不能再移动。");
}
