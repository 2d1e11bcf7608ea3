import { and, asc, eq, gte, inArray, isNotNull, isNull, lte, sql } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { approvalDelegations } from "~db/schema/approvals";
import { staff, staffRoles } from "~db/schema/staff";
import { chinaDay } from "~server/clock";
import { refusal } from "~server/ledger/refusals.server";
import { readLiveGrants, type LiveGrant } from "~server/ledger/require-finance-role.server";
import type { StaffActor } from "~server/staff-auth/actor";
import type { Role } from "~server/staff-auth/roles";

export type Delegation = typeof approvalDelegations.$inferSelect;

export type Signer = {
  /** The grant the act is taken under: the person's own, or that of whom they stand in for. */
  readonly grant: LiveGrant;
  /** Null for the grant's own holder. */
  readonly delegation: Delegation | null;
};

/**
 * Under which grants of `role` a person may sign now: their own first, then those of absent colleagues whose deputy they
 * are today. Throws `wrong_role` where there is none.
 */
export async function findSigners(tx: Tx, person: StaffActor, role: Role, now: Date): Promise<Signer[]> {
  const held = await readLiveGrants(tx, person.id);
  const own = held.find((grant) => grant.role === role);
  if (own !== undefined) return [{ grant: own, delegation: null }];
  const today = chinaDay(now);
  const rows = await tx
    .select({ delegation: approvalDelegations, grant: staffRoles })
    .from(approvalDelegations)
    .innerJoin(staffRoles, eq(staffRoles.id, approvalDelegations.roleGrantId))
    .innerJoin(staff, eq(staff.id, approvalDelegations.ofStaff))
    .where(
      and(
        eq(approvalDelegations.deputyId, person.id),
        eq(staffRoles.role, role),
        isNull(staffRoles.revokedAt),
        inArray(staff.status, ["active"]),
        isNotNull(approvalDelegations.acceptedAt),
        isNull(approvalDelegations.endedAt),
        lte(approvalDelegations.fromOn, today),
        gte(approvalDelegations.untilOn, today),
      ),
    )
    .orderBy(asc(approvalDelegations.id));
  if (rows.length === 0) throw refusal("wrong_role");
  return rows.map(({ delegation, grant }) => ({ grant: { ...grant, role: grant.role as Role }, delegation }));
}

/** Up to which amount (分) a signer approves; null without a limit. A deputy's own lower limit binds as well. */
export async function readReach(tx: Tx, person: StaffActor, signer: Signer): Promise<bigint | null> {
  const { rows } = await tx.execute<{ reach: string | null }>(sql`
    select min(grant_limit(r.id))::text as reach from staff_roles r
     where r.id = ${signer.grant.id}
        or r.staff_id = ${person.id} and r.role = 'finance_approver' and r.revoked_at is null`);
  const reach = rows[0]?.reach ?? null;
  return reach === null ? null : BigInt(reach);
}
