import { and, eq, isNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { leadAssignments } from "~db/schema/board";
import { staff } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { databaseFault, DomainError } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { boardReach } from "./board-reach.server";
import { readLeadInScope } from "./lead-scope.server";
import { refuseStale } from "./move-lead.server";

/** To whom: oneself, a colleague by id, whoever's turn it is, or nobody any more. */
export type AssignTo = "me" | "turn" | "nobody" | { readonly staffId: string };

export type AssignInput = {
  readonly leadId: string;
  /** The version the person saw; a newer one refuses. null where the form shows none. */
  readonly version: number | null;
  readonly to: AssignTo;
  readonly at: Date;
};

/**
 * Puts somebody on a lead for the body that holds it (for triage: for the leading office); whoever had it is relieved,
 * and the history stays. Nobody sees more for it: only an active officer of that body who is not recused can be chosen.
 * Refusals: `not_assignable`, `stale_lead`, `nobody_free`, `already_assigned`.
 */
export async function assignLead(
  db: Database,
  input: AssignInput,
  actor: StaffActor,
): Promise<{ staffId: string | null }> {
  const done = withActor(db, actor, async (tx) => {
    const lead = await readLeadInScope(tx, input.leadId, actor, { lock: true });
    const reach = assigningReach(actor);
    if (reach === null) throw notAssignable();
    if (input.version !== null) refuseStale(lead, input.version);
    const [held] = await tx
      .select({ id: leadAssignments.id, staffId: leadAssignments.staffId })
      .from(leadAssignments)
      .where(
        and(
          eq(leadAssignments.leadId, lead.id),
          eq(leadAssignments.reach, reach),
          isNull(leadAssignments.endedAt),
        ),
      );
    const staffId = await choose(tx, { ...input, reach, held: held?.staffId ?? null }, actor);
    if (staffId === (held?.staffId ?? null)) {
      throw new DomainError("already_assigned", 409, "这条线索的经办人没有变化，不需要再分派。");
    }
    if (held !== undefined) {
      await tx
        .update(leadAssignments)
        .set({ endedAt: input.at, endedBy: actor.id })
        .where(eq(leadAssignments.id, held.id));
    }
    const how = howOf(input.to, staffId, held?.staffId ?? null, actor);
    const id = uuidv7();
    if (staffId !== null) {
      await tx.insert(leadAssignments).values({
        id,
        leadId: lead.id,
        reach,
        staffId,
        how,
        assignedBy: actor.id,
        fromAt: input.at,
      });
    }
    await recordEvent(
      tx,
      {
        action: staffId === null ? "lead.unassigned" : "lead.assigned",
        // Of the assignment, which its own house reads, not of the lead, whose trail all its holders read.
        subjectTable: "lead_assignments",
        subjectId: staffId === null ? (held?.id ?? id) : id,
        leadId: lead.id,
        data: {
          ...(staffId === null ? {} : { staffId, assignee: await nameOf(tx, staffId), how }),
          ...(held ? { relieved: await nameOf(tx, held.staffId) } : {}),
        },
        at: input.at,
      },
      actor,
    );
    return { staffId };
  });
  return done.catch((error: unknown) => {
    throw databaseFault(error).constraint === "lead_assignments_person" ? notAssignable() : error;
  });
}

/** On whose behalf a person puts people on leads: '' the leading office, or their body; null for who may not. */
export function assigningReach(actor: StaffActor): string | null {
  return hasRole(actor, "triage_officer", "agency_officer") ? boardReach(actor) : null;
}

/** Whom a lead may be given to, fewest open leads first, then whoever has waited longest for one. */
export async function listAssignable(
  tx: Tx,
  leadId: string,
  reach: string,
): Promise<{ staffId: string; name: string; open: number }[]> {
  const { rows } = await tx.execute<{ id: string; name: string; open: string }>(sql`
    select a.staff_id as id, s.display_name as name, a.open_cards as open
      from assignable_staff(${leadId}::uuid, ${reach}) a join staff s on s.id = a.staff_id
     order by a.open_cards, a.last_at nulls first, a.staff_id limit 200`);
  return rows.map(({ id, name, open }) => ({ staffId: id, name, open: Number(open) }));
}

async function choose(
  tx: Tx,
  input: { leadId: string; to: AssignTo; reach: string; held: string | null },
  actor: StaffActor,
): Promise<string | null> {
  if (input.to === "nobody") return null;
  if (input.to === "me") return actor.id;
  if (typeof input.to === "object") return input.to.staffId;
  // Two who give in turn at once would both choose the same colleague.
  await tx.execute(sql`select pg_advisory_xact_lock(7301652, hashtext(${input.reach}))`);
  const free = (await listAssignable(tx, input.leadId, input.reach)).filter(
    ({ staffId }) => staffId !== input.held,
  );
  const next = free[0];
  if (next === undefined) {
    throw new DomainError("nobody_free", 409, "没有可以轮派的经办人，请先由管理员为本单位添加承办人。");
  }
  return next.staffId;
}

async function nameOf(tx: Tx, staffId: string): Promise<string> {
  const [person] = await tx.select({ name: staff.displayName }).from(staff).where(eq(staff.id, staffId));
  return person?.name ?? "";
}

function howOf(
  to: AssignTo,
  staffId: string | null,
  held: string | null,
  actor: StaffActor,
): "taken" | "assigned" | "handed_over" | "in_turn" {
  if (to === "turn") return "in_turn";
  if (staffId === actor.id) return "taken";
  return held === actor.id ? "handed_over" : "assigned";
}

function notAssignable(): DomainError {
  return new DomainError(
    "not_assignable",
    403,
    "只能分派给正在承办这条线索的单位、且没有回避的承办人，请另选一位。",
  );
}
