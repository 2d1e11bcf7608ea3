import { and, asc, eq, isNull, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { leadAgencies } from "~db/schema/leads";
import { agencies } from "~db/schema/staff";
import { databaseFault, DomainError, notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import {
  actsForTheLead,
  leadsTheLead,
  readLeadInScope,
  type LeadRow,
} from "~server/triage/lead-scope.server";

/** The lead, for who may see how it is handled: triage, audit and the bodies that lead it. 404 for everybody else. */
export async function readHandledLead(
  tx: Tx,
  leadId: string,
  actor: StaffActor,
  options: { lock?: boolean } = {},
): Promise<LeadRow> {
  const lead = await readLeadInScope(tx, leadId, actor, options);
  if (hasRole(actor, "triage_officer", "auditor") || (await leadsTheLead(tx, lead.id, actor))) return lead;
  throw notFound();
}

/** Refuses who does not act for the lead's bodies (`not_your_lead`), and what comes before acceptance (`not_handling`). */
export async function refuseUnlessHandling(
  tx: Tx,
  lead: LeadRow,
  actor: StaffActor,
  stages: readonly string[] = ["investigating", "determined"],
): Promise<void> {
  await refuseUnlessActs(tx, lead, actor);
  if (!stages.includes(lead.stage)) {
    throw new DomainError(
      "not_handling",
      409,
      "线索在“核查”或“认定”阶段才能办理处置，请先受理或查看线索的阶段。",
    );
  }
}

/** What came of an act is recorded whatever the stage: an answer may come after the lead is closed. */
export async function refuseUnlessActs(tx: Tx, lead: LeadRow, actor: StaffActor): Promise<void> {
  if (!(await actsForTheLead(tx, lead.id, actor))) {
    throw new DomainError(
      "not_your_lead",
      403,
      "处置由牵头承办部门的承办人办理；该部门没有账号的，由研判员代为登记。",
    );
  }
}

/**
 * Whether triage goes on with what the leading office began while the lead was its own alone: bodies that got it since see
 * none of that (0048, told_while_kept), and its trail tells them nothing of it either.
 */
export async function continuesOwn(
  tx: Tx,
  of: { leadId: string; table: "handling_letters" | "lead_measures"; id: string },
  actor: StaffActor,
): Promise<boolean> {
  if (!hasRole(actor, "triage_officer")) return false;
  const { rows } = await tx.execute<{ kept: boolean }>(
    sql`select told_while_kept(${of.leadId}::uuid, ${of.table}, ${of.id}::uuid) as kept`,
  );
  return rows[0]?.kept === true;
}

/** The body an act is put down to: the officer's own, or the first that leads the lead where triage acts for it. */
export async function bodyOfAct(
  tx: Tx,
  leadId: string,
  actor: StaffActor,
): Promise<{ agencyId: string; name: string }> {
  if (hasRole(actor, "agency_officer") && (await leadsTheLead(tx, leadId, actor))) {
    return bodyNamed(tx, actor.agencyId);
  }
  const [holder] = await tx
    .select({ agencyId: leadAgencies.agencyId, name: agencies.name })
    .from(leadAgencies)
    .innerJoin(agencies, eq(agencies.id, leadAgencies.agencyId))
    .where(and(eq(leadAgencies.leadId, leadId), eq(leadAgencies.relation, "lead"), isNull(leadAgencies.toAt)))
    .orderBy(asc(leadAgencies.id))
    .limit(1);
  if (holder === undefined) throw notFound();
  return holder;
}

export async function bodyNamed(tx: Tx, agencyId: string): Promise<{ agencyId: string; name: string }> {
  const [row] = await tx.select({ name: agencies.name }).from(agencies).where(eq(agencies.id, agencyId));
  if (row === undefined) throw notFound();
  return { agencyId, name: row.name };
}

/** What the database refuses, in words; anything else is thrown on. */
const REFUSALS: Readonly<Record<string, readonly [string, string]>> = {
  lead_measures_version: ["stale_measure", "这项措施刚刚有人更新过，请刷新后再登记。"],
  lead_measures_version_uq: ["stale_measure", "这项措施刚刚有人更新过，请刷新后再登记。"],
  lead_measures_many: ["too_many_versions", "这项措施的更新次数已满，请另行登记一项措施。"],
  letter_steps_of_kind: ["wrong_step", "这份文书没有这一步，或者日期早于发文日期，请核对后再登记。"],
  letter_steps_ended: ["letter_ended", "这份文书已经办结，不能再登记；需要时请另发一份。"],
  letter_steps_served: ["not_served", "请先登记送达（发出）日期，再登记后续办理。"],
  letter_steps_served_uq: ["served_already", "送达（发出）日期已经登记过，请刷新后查看。"],
  letter_steps_received: ["not_received", "请先登记收到方案，再登记审核结果。"],
  letter_steps_reviewed: [
    "not_reviewed",
    "办结须与最近一次回头看的结果一致：整改到位的办结，未到位的建议取缔；请先登记回头看。",
  ],
  letter_steps_extended_uq: ["extended_already", "整改期限只能延长一次，请登记其他结果。"],
  letter_steps_many: ["too_many_steps", "这份文书的办理记录已满，请另发一份。"],
  preservation_steps_ended: ["decided_already", "这件物品已经作出处理决定，不能再登记。"],
  preservation_steps_decided_uq: ["decided_already", "这件物品已经作出处理决定，不能再登记。"],
  preservation_steps_chain: [
    "chain_broken",
    "交接须由现保管人交出，日期不能早于上一次登记，请刷新后核对保管链。",
  ],
  preservation_steps_many: ["too_many_steps", "这件物品的交接记录已满，请联系系统管理员。"],
};

export function sayRefusal(error: unknown): never {
  const { constraint } = databaseFault(error);
  const known =
    constraint !== undefined && Object.hasOwn(REFUSALS, constraint) ? REFUSALS[constraint] : undefined;
  if (known === undefined) throw error;
  throw new DomainError(known[0], 409, known[1]);
}

/** Refuses a day that lies ahead (`in_future`). */
export function refuseFuture(day: string, today: string): void {
  if (day > today) throw new DomainError("in_future", 400, "日期不能晚于今天，请核对后再登记。");
}
