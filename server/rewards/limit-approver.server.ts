import { and, eq, isNull } from "drizzle-orm";
import { v7 as uuidv7, validate } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { approvalLimits } from "~db/schema/approvals";
import { staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { databaseFault, notFound } from "~server/errors.server";
import { refusal } from "~server/ledger/refusals.server";
import { readLiveGrants } from "~server/ledger/require-finance-role.server";
import type { Actor, StaffActor } from "~server/staff-auth/actor";

/**
 * One administrator asks that an approver's grant reach up to an amount (分; null lifts an earlier limit). Throws
 * `limit_invalid`, `limit_grant`, `limit_own`, `limit_requested`, `needs_passkey`; 404 for anyone but an administrator.
 */
export async function requestLimit(
  db: Database,
  input: { readonly staffId: string; readonly limitFen: bigint | null },
  actor: Actor,
  clock: Clock,
): Promise<{ limitId: string }> {
  if (input.limitFen !== null && input.limitFen <= 0n) throw refusal("limit_invalid");
  const now = clock.now();
  try {
    return await withActor(db, actor, async (tx) => {
      const person = await requireAdministrator(tx, actor);
      if (input.staffId === person.id) throw refusal("limit_own");
      const [grant] = validate(input.staffId)
        ? await tx
            .select()
            .from(staffRoles)
            .where(
              and(
                eq(staffRoles.staffId, input.staffId),
                eq(staffRoles.role, "finance_approver"),
                isNull(staffRoles.revokedAt),
              ),
            )
        : [];
      if (grant === undefined) throw refusal("limit_grant");
      const id = uuidv7();
      const { limitFen } = input;
      await tx
        .insert(approvalLimits)
        .values({ id, roleGrantId: grant.id, limitFen, requestedBy: person.id, requestedAt: now });
      const data = { grant: grant.id, staff: input.staffId, limitFen: limitFen?.toString() ?? null };
      await tell(tx, { action: "approval.limit_requested", id, data, at: now }, actor);
      return { limitId: id };
    });
  } catch (error) {
    const { constraint } = databaseFault(error);
    if (constraint === "approval_limits_open_uq") throw refusal("limit_requested");
    throw error;
  }
}

/**
 * Another administrator gives the limit, or one of the two refuses it. Throws `limit_own` (who asked, or whose limit it
 * is, gives nothing), `limit_settled`, `limit_grant`, `needs_passkey`, `not_found`.
 */
export async function settleLimit(
  db: Database,
  input: { readonly limitId: string; readonly outcome: "granted" | "refused" },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  const now = clock.now();
  await withActor(db, actor, async (tx) => {
    const person = await requireAdministrator(tx, actor);
    const [row] = validate(input.limitId)
      ? await tx.select().from(approvalLimits).where(eq(approvalLimits.id, input.limitId)).for("update")
      : [];
    if (row === undefined) throw notFound();
    if (row.outcome !== null) throw refusal("limit_settled");
    const [grant] = await tx.select().from(staffRoles).where(eq(staffRoles.id, row.roleGrantId));
    if (grant === undefined || grant.revokedAt !== null) throw refusal("limit_grant");
    const own = row.requestedBy === person.id && input.outcome === "granted";
    if (own || grant.staffId === person.id) throw refusal("limit_own");
    await tx
      .update(approvalLimits)
      .set({ outcome: input.outcome, decidedBy: person.id, decidedAt: now })
      .where(eq(approvalLimits.id, row.id));
    const data = { grant: row.roleGrantId, staff: grant.staffId, limitFen: row.limitFen?.toString() ?? null };
    await tell(tx, { action: `approval.limit_${input.outcome}`, id: row.id, data, at: now }, actor);
  });
}

async function requireAdministrator(tx: Tx, actor: Actor): Promise<StaffActor> {
  if (actor.kind !== "staff") throw notFound();
  const grants = await readLiveGrants(tx, actor.id);
  if (!grants.some(({ role }) => role === "administrator")) throw notFound();
  if (actor.method === "demo") throw refusal("needs_passkey");
  return actor;
}

function tell(
  tx: Tx,
  told: { action: string; id: string; data: Record<string, unknown>; at: Date },
  actor: Actor,
): Promise<void> {
  const { id, ...rest } = told;
  return recordEvent(tx, { ...rest, subjectTable: "approval_limits", subjectId: id }, actor);
}
