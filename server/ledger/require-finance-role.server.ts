import { and, eq, inArray, isNull } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { staff, staffRoles } from "~db/schema/staff";
import { notFound } from "~server/errors.server";
import type { Actor, StaffActor } from "~server/staff-auth/actor";
import type { Role } from "~server/staff-auth/roles";
import { refusal } from "./refusals.server";

/** Who may look at awards, budgets and the journal. */
export const MONEY_READERS: readonly Role[] = [
  "finance_preparer",
  "finance_reviewer",
  "finance_approver",
  "cashier",
  "auditor",
];

export type LiveGrant = {
  readonly id: string;
  readonly role: Role;
  readonly grantedBy: string | null;
  readonly grantedAt: Date;
};

/**
 * Re-reads, inside the transaction, what the actor holds now: the session may be older than a revocation.
 * Throws `needs_passkey` for a demo session and `wrong_role` where none of `roles` is held by an active person.
 */
export async function requireFinanceRole(
  tx: Tx,
  actor: Actor,
  ...roles: Role[]
): Promise<{ person: StaffActor; grant: LiveGrant }> {
  if (actor.kind !== "staff") throw notFound();
  if (actor.method === "demo") throw refusal("needs_passkey");
  const grants = await readLiveGrants(tx, actor.id);
  const grant = grants.find((each) => roles.includes(each.role));
  if (grant === undefined) throw refusal("wrong_role");
  return { person: actor, grant };
}

/** Lets readers of money in; to anybody else the page is not there. */
export async function requireMoneyReader(tx: Tx, actor: Actor): Promise<StaffActor> {
  if (actor.kind !== "staff") throw notFound();
  const grants = await readLiveGrants(tx, actor.id);
  if (!grants.some((each) => MONEY_READERS.includes(each.role))) throw notFound();
  return actor;
}

/** Live grants of an active person; none where the person is suspended or unknown. */
export async function readLiveGrants(tx: Tx, staffId: string): Promise<LiveGrant[]> {
  const rows = await tx
    .select({
      id: staffRoles.id,
      role: staffRoles.role,
      grantedBy: staffRoles.grantedBy,
      grantedAt: staffRoles.grantedAt,
    })
    .from(staffRoles)
    .innerJoin(staff, eq(staff.id, staffRoles.staffId))
    .where(
      and(eq(staffRoles.staffId, staffId), isNull(staffRoles.revokedAt), inArray(staff.status, ["active"])),
    );
  return rows.map((row) => ({ ...row, role: row.role as Role }));
}
