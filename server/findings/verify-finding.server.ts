import { eq, sql } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { findings } from "~db/schema/findings";
import { leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { DomainError, notFound } from "~server/errors.server";
import { noteNews } from "~server/notifications/note-news.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { readLeadInScope, verifiesForTheLead } from "~server/triage/lead-scope.server";

/**
 * The second pair of eyes on a finding: confirms it (the lead moves to 认定) or sends it back with a reason.
 * Refusals: `not_a_verifier`, `own_finding`, `finding_settled`, `not_investigating`, `needs_reason`.
 */
export async function verifyFinding(
  db: Database,
  input: { findingId: string; outcome: "verified" | "rejected"; reason: string | null; at: Date },
  actor: StaffActor,
): Promise<void> {
  await withActor(db, actor, async (tx) => {
    if (!/^[0-9a-f-]{36}$/.test(input.findingId)) throw notFound();
    const [known] = await tx
      .select({ leadId: findings.leadId })
      .from(findings)
      .where(eq(findings.id, input.findingId));
    if (known === undefined) throw notFound();
    const lead = await readLeadInScope(tx, known.leadId, actor, { lock: true });
    const [finding] = await tx.select().from(findings).where(eq(findings.id, input.findingId));
    if (finding === undefined) throw notFound();
    if (!(await verifiesForTheLead(tx, lead.id, actor))) {
      throw new DomainError(
        "not_a_verifier",
        403,
        "认定由承办部门的认定人复核；该部门没有账号的，由另一位研判员复核。",
      );
    }
    if (finding.recordedBy === actor.id) {
      throw new DomainError("own_finding", 403, "不能复核自己录入的认定，请由另一位复核人办理。");
    }
    if (finding.status !== "recorded") {
      throw new DomainError("finding_settled", 409, "这份认定已经处理过，请刷新后查看。");
    }
    // A lead closed meanwhile on other grounds would be rewarded on what its page no longer says.
    if (!["investigating", "determined"].includes(lead.stage)) {
      throw new DomainError(
        "not_investigating",
        409,
        "这条线索已经不在“核查”或“认定”阶段，不能再复核认定。需要复核的，请先由领导小组办公室重新打开线索。",
      );
    }
    if (input.outcome === "rejected" && !input.reason) {
      throw new DomainError("needs_reason", 400, "退回认定时请写明需要补正的地方。");
    }
    await tx
      .update(findings)
      .set(
        input.outcome === "verified"
          ? { status: "verified", verifiedBy: actor.id, verifiedAt: input.at }
          : { status: "rejected", verifiedBy: actor.id, verifiedAt: input.at, rejectedReason: input.reason },
      )
      .where(eq(findings.id, finding.id));
    const moves = input.outcome === "verified" && lead.stage === "investigating";
    await tx
      .update(leads)
      .set({ version: sql`${leads.version} + 1`, ...(moves ? { stage: "determined" } : {}) })
      .where(eq(leads.id, lead.id));
    await recordEvent(
      tx,
      {
        action: input.outcome === "verified" ? "finding.verified" : "finding.rejected",
        subjectTable: "findings",
        subjectId: finding.id,
        leadId: lead.id,
        data: {
          version: finding.version,
          ...(moves ? { from: "investigating", to: "determined" } : {}),
          ...(input.reason ? { note: input.reason } : {}),
        },
        at: input.at,
      },
      actor,
    );
    if (moves) await noteNews(tx, { leadId: lead.id }, chinaDay(input.at));
  });
}
