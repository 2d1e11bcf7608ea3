import { createHash } from "node:crypto";
import { and, eq, isNull, lt } from "drizzle-orm";
import { v7 as uuidv7, validate } from "uuid";
import type { Database, Tx } from "~db/client.server";
import { approvalDelegations } from "~db/schema/approvals";
import { staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { recordEvent } from "~server/audit/record-event.server";
import { canonicalJson } from "~server/canonical-json";
import { addDays, chinaDay, type Clock } from "~server/clock";
import { databaseFault, notFound } from "~server/errors.server";
import { refusal } from "~server/ledger/refusals.server";
import { readLiveGrants, requireFinanceRole } from "~server/ledger/require-finance-role.server";
import type { Actor, StaffActor } from "~server/staff-auth/actor";
import type { Role } from "~server/staff-auth/roles";

/** The roles that are stood in for, and that a deputy must hold one of. */
export const DEPUTY_ROLES = [
  "finance_preparer",
  "finance_reviewer",
  "finance_approver",
] as const satisfies readonly Role[];
const BARRED: readonly Role[] = ["administrator", "cashier", "window_clerk"];
const LONGEST_DAYS = 92;

export type DeputyInput = {
  readonly deputyId: string;
  readonly role: (typeof DEPUTY_ROLES)[number];
  /** Days (`YYYY-MM-DD`) of China's calendar, both included. */
  readonly fromOn: string;
  readonly untilOn: string;
};

/** What the two agree on, in canonical bytes; every signature under it carries their hash. */
export function writeDelegation(of: {
  readonly id: string;
  readonly grantId: string;
  readonly role: string;
  readonly of: string;
  readonly deputy: string;
  readonly from: string;
  readonly until: string;
}): { body: string; hash: Buffer } {
  const { id, grantId, ...rest } = of;
  const body = canonicalJson({ kind: "approval-delegation/1", delegation: id, grant: grantId, ...rest });
  return { body, hash: createHash("sha256").update(body, "utf8").digest() };
}

/**
 * Names a deputy (代理) for one's own role, for dated days, at most 92. It counts once the deputy agrees. Throws
 * `deputy_unsuitable`, `delegation_dates`, `delegation_exists`, `wrong_role`, `needs_passkey`.
 */
export async function nameDeputy(
  db: Database,
  input: DeputyInput,
  actor: Actor,
  clock: Clock,
): Promise<{ delegationId: string }> {
  const now = clock.now();
  const today = chinaDay(now);
  const { fromOn, untilOn } = input;
  if (fromOn < today || untilOn < fromOn || untilOn > addDays(fromOn, LONGEST_DAYS))
    throw refusal("delegation_dates");
  try {
    return await withActor(db, actor, async (tx) => {
      const { person, grant } = await requireFinanceRole(tx, actor, input.role);
      if (!(await isSuitable(tx, input.deputyId)) || input.deputyId === person.id)
        throw refusal("deputy_unsuitable");
      // Days that are over ended it by themselves; the row says so now that the place is wanted.
      await tx
        .update(approvalDelegations)
        .set({ endedAt: now, endedBy: person.id })
        .where(
          and(
            eq(approvalDelegations.roleGrantId, grant.id),
            isNull(approvalDelegations.endedAt),
            lt(approvalDelegations.untilOn, today),
          ),
        );
      const id = uuidv7();
      const { body, hash } = writeDelegation({
        id,
        grantId: grant.id,
        role: grant.role,
        of: person.id,
        deputy: input.deputyId,
        from: fromOn,
        until: untilOn,
      });
      await tx.insert(approvalDelegations).values({
        id,
        roleGrantId: grant.id,
        ofStaff: person.id,
        deputyId: input.deputyId,
        fromOn,
        untilOn,
        body,
        hash,
        namedAt: now,
      });
      const data = { role: grant.role, deputy: input.deputyId, fromOn, untilOn, hash: hash.toString("hex") };
      await tell(tx, { action: "approval.deputy_named", id, data, at: now }, actor);
      return { delegationId: id };
    });
  } catch (error) {
    const { constraint } = databaseFault(error);
    if (constraint === "approval_delegations_live_uq") throw refusal("delegation_exists");
    throw error;
  }
}

async function isSuitable(tx: Tx, staffId: string): Promise<boolean> {
  if (!validate(staffId)) return false;
  const roles = (await readLiveGrants(tx, staffId)).map(({ role }) => role);
  return (
    roles.some((role) => (DEPUTY_ROLES as readonly Role[]).includes(role)) &&
    !roles.some((role) => BARRED.includes(role))
  );
}

/** The deputy agrees. Throws `delegation_over`, `deputy_unsuitable`, `wrong_role` (the grant is gone), `not_found`. */
export async function acceptDeputy(
  db: Database,
  input: { readonly delegationId: string },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  const now = clock.now();
  await withActor(db, actor, async (tx) => {
    const { person, row } = await lockDelegation(tx, input.delegationId, actor);
    if (row.deputyId !== person.id) throw notFound();
    if (row.endedAt !== null || row.acceptedAt !== null || row.untilOn < chinaDay(now))
      throw refusal("delegation_over");
    if (!(await isSuitable(tx, person.id))) throw refusal("deputy_unsuitable");
    const [grant] = await tx.select().from(staffRoles).where(eq(staffRoles.id, row.roleGrantId));
    if (grant === undefined || grant.revokedAt !== null) throw refusal("delegation_over");
    await tx.update(approvalDelegations).set({ acceptedAt: now }).where(eq(approvalDelegations.id, row.id));
    const data = { onBehalfOf: row.ofStaff, hash: row.hash.toString("hex") };
    await tell(tx, { action: "approval.deputy_agreed", id: row.id, data, at: now }, actor);
  });
}

/** Ends it before its time: either of the two, or an administrator. Throws `delegation_over`, `not_found`. */
export async function endDeputy(
  db: Database,
  input: { readonly delegationId: string },
  actor: Actor,
  clock: Clock,
): Promise<void> {
  const now = clock.now();
  await withActor(db, actor, async (tx) => {
    const { person, row } = await lockDelegation(tx, input.delegationId, actor);
    const roles = (await readLiveGrants(tx, person.id)).map(({ role }) => role);
    if (![row.ofStaff, row.deputyId].includes(person.id) && !roles.includes("administrator"))
      throw notFound();
    if (row.endedAt !== null) throw refusal("delegation_over");
    await tx
      .update(approvalDelegations)
      .set({ endedAt: now, endedBy: person.id })
      .where(eq(approvalDelegations.id, row.id));
    const data = { onBehalfOf: row.ofStaff, deputy: row.deputyId };
    await tell(tx, { action: "approval.deputy_ended", id: row.id, data, at: now }, actor);
  });
}

async function lockDelegation(tx: Tx, id: string, actor: Actor) {
  if (actor.kind !== "staff" || !validate(id)) throw notFound();
  if (actor.method === "demo") throw refusal("needs_passkey");
  const [row] = await tx
    .select()
    .from(approvalDelegations)
    .where(eq(approvalDelegations.id, id))
    .for("update");
  if (row === undefined) throw notFound();
  return { person: actor satisfies StaffActor, row };
}

function tell(
  tx: Tx,
  told: { action: string; id: string; data: Record<string, unknown>; at: Date },
  actor: Actor,
): Promise<void> {
  const { id, ...rest } = told;
  return recordEvent(tx, { ...rest, subjectTable: "approval_delegations", subjectId: id }, actor);
}
