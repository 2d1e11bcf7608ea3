import { and, eq, isNull, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { findings } from "~db/schema/findings";
import { leadAgencies, leads } from "~db/schema/leads";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { chinaDay } from "~server/clock";
import { openDispute } from "~server/disputes/open-dispute.server";
import { recordReturn } from "~server/disputes/record-return.server";
import { moveClocks } from "~server/clocks/move-clocks.server";
import { DomainError } from "~server/errors.server";
import { refuseWhileKept } from "~server/handling/refuse-while-kept.server";
import { noteNews } from "~server/notifications/note-news.server";
import { findStanding } from "~server/packs/find-standing.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { actsForTheLead, readLeadInScope, type LeadRow } from "./lead-scope.server";
import { BETWEEN_BODIES, findMove, type ClosureCode, type Move, type Stage } from "./stages";

export type MoveInput = {
  readonly leadId: string;
  readonly to: Stage;
  /** The version the person saw; a newer one refuses the move. */
  readonly version: number;
  readonly note: string | null;
  readonly legalBasis: string | null;
  /** Agency id of the body that should have it, for a return. */
  readonly proposedBody: string | null;
  readonly closureCode: ClosureCode | null;
  readonly at: Date;
};

/**
 * Moves a card. Refusals (DomainError): `stale_lead`, `move_not_allowed`, `needs_note`, `needs_legal_basis`,
 * `needs_proposed_body`, `needs_closure`, `needs_route`, `needs_verified_finding`, `proposed_itself`,
 * `decided_already`, `not_viewed`, `kept_to_office`, `things_kept`. The second return of a lead goes to 争议会商 by
 * itself, so that no lead is sent to and fro.
 */
export async function moveLead(db: Database, input: MoveInput, actor: StaffActor): Promise<{ stage: Stage }> {
  return withActor(db, actor, async (tx) => {
    const lead = await readLeadInScope(tx, input.leadId, actor, { lock: true });
    refuseStale(lead, input.version);
    const from = lead.stage as Stage;
    const move = findMove(from, input.to);
    if (move === null || !(await mayMove(tx, lead, move, actor))) {
      throw new DomainError("move_not_allowed", 403, "这张卡片现在不能这样移动，请刷新后查看可用的操作。");
    }
    if (lead.leadingOfficeOnly && BETWEEN_BODIES.includes(input.to)) {
      throw new DomainError(
        "kept_to_office",
        409,
        "这条线索仅限领导小组办公室办理，不能退回或者提交会商。需要交给其他部门的，请先在线索页解除限制。",
      );
    }
    await refuseMissing(tx, move, input);
    if (input.to === "closed" || input.to === "rejected") await refuseUnseen(tx, lead.id);
    const { legalBasis, proposedBody } = input;
    const stage =
      input.to === "returned" && legalBasis !== null && proposedBody !== null
        ? await recordReturn(tx, { leadId: lead.id, legalBasis, proposedBody, at: input.at }, actor)
        : input.to;
    if (stage === "disputed") {
      const secondReturn = input.to === "returned";
      await openDispute(tx, { lead, ground: legalBasis, secondReturn, at: input.at }, actor);
    }
    const closing = stage === "closed" || stage === "rejected";
    if (closing) await refuseWhileKept(tx, lead.id);
    await tx
      .update(leads)
      .set({
        stage,
        version: sql`${leads.version} + 1`,
        ...(closing
          ? { closedAt: input.at, closureCode: stage === "rejected" ? "rejected" : input.closureCode }
          : {}),
      })
      .where(eq(leads.id, lead.id));
    await recordEvent(
      tx,
      {
        action: "lead.moved",
        subjectTable: "leads",
        subjectId: lead.id,
        leadId: lead.id,
        data: {
          from,
          to: stage,
          ...(stage === input.to ? {} : { asked: input.to, reason: "second_return" }),
          ...(input.note ? { note: input.note } : {}),
          ...(input.legalBasis ? { legalBasis: input.legalBasis } : {}),
          ...(input.proposedBody ? { proposedBody: input.proposedBody } : {}),
          ...(closing ? { closureCode: stage === "rejected" ? "rejected" : input.closureCode } : {}),
        },
        at: input.at,
      },
      actor,
    );
    await moveClocks(tx, { leadId: lead.id, from, to: stage, at: input.at }, actor);
    await noteNews(tx, { leadId: lead.id }, chinaDay(input.at));
    // Last: with its hold the body loses the lead from sight, its history included.
    if (stage === "returned") await endHolding(tx, lead.id, input.at);
    return { stage };
  });
}

/** Somebody else saved first: nothing is overwritten. */
export function refuseStale(lead: LeadRow, version: number): void {
  if (lead.version !== version) {
    throw new DomainError(
      "stale_lead",
      409,
      "这条线索刚刚被别人更新过。请查看最新内容后再操作，您填写的内容仍在下方。",
    );
  }
}

async function mayMove(tx: Tx, lead: LeadRow, move: Move, actor: StaffActor): Promise<boolean> {
  if (move.roles.includes("triage_officer") && hasRole(actor, "triage_officer")) return true;
  return move.roles.includes("agency_officer") && actsForTheLead(tx, lead.id, actor);
}

/** Nobody ends what they have not looked at: this person opened the lead since the last report they may see came. */
async function refuseUnseen(tx: Tx, leadId: string): Promise<void> {
  const { rows } = await tx.execute<{ viewed: boolean }>(sql`select viewed_by_me(${leadId}::uuid) as viewed`);
  if (rows[0]?.viewed !== true) {
    throw new DomainError(
      "not_viewed",
      409,
      "最近一次收到举报以后，您还没有看过这条线索。请先打开线索页查看举报内容，再办结或者不予受理。",
    );
  }
}

async function refuseMissing(tx: Tx, move: Move, input: MoveInput): Promise<void> {
  for (const need of move.needs) {
    switch (need) {
      case "note":
        if (!input.note) throw new DomainError("needs_note", 400, "请写明理由，举报人会看到办理结果。");
        break;
      case "legal_basis":
        if (!input.legalBasis)
          throw new DomainError("needs_legal_basis", 400, "请写明法律或方案依据，例如“方案三(二)5”。");
        break;
      case "proposed_body":
        if (!input.proposedBody || (await findStanding(tx, [input.proposedBody])).length === 0) {
          throw new DomainError("needs_proposed_body", 400, "请选择您认为应当承办的部门。");
        }
        break;
      case "closure":
        if (!input.closureCode || input.closureCode === "rejected") {
          throw new DomainError("needs_closure", 400, "请选择办结结论。");
        }
        break;
      case "route":
        throw new DomainError(
          "needs_route",
          400,
          "转办请在线索页“确认转办”中完成，以便同时确定承办部门和时限。",
        );
      case "verified_finding":
        if (!(await hasVerifiedFinding(tx, input.leadId))) {
          throw new DomainError(
            "needs_verified_finding",
            409,
            "还没有经复核的认定，请先录入认定并由认定人复核。",
          );
        }
        break;
    }
  }
}

async function hasVerifiedFinding(tx: Tx, leadId: string): Promise<boolean> {
  const rows = await tx
    .select({ id: findings.id })
    .from(findings)
    .where(and(eq(findings.leadId, leadId), eq(findings.status, "verified")));
  return rows.length > 0;
}

/** Ends every agency's hold: from then on only the leading office sees the lead. */
export async function endHolding(tx: Tx, leadId: string, at: Date): Promise<void> {
  await tx
    .update(leadAgencies)
    .set({ toAt: at })
    .where(and(eq(leadAgencies.leadId, leadId), isNull(leadAgencies.toAt)));
}
