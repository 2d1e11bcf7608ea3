import { and, asc, desc, eq, inArray, isNull, ne, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Database, Tx } from "~db/client.server";
import { approvalDelegations, approvalLimits } from "~db/schema/approvals";
import { staff, staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { chinaDay, type Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import { readLiveGrants } from "~server/ledger/require-finance-role.server";
import type { StaffActor } from "~server/staff-auth/actor";
import type { Role } from "~server/staff-auth/roles";
import { DEPUTY_ROLES } from "./name-deputy.server";

const deputy = alias(staff, "deputy");
const READERS: readonly Role[] = [...DEPUTY_ROLES, "auditor", "administrator"];
const MOST = 50;

/**
 * Who stands in for whom (the latest 50), who could, the approvers' limits (the first 50 by name) and what the viewer may
 * do about each. Throws `not_found` for who has neither finance nor people to do with.
 */
export async function listDeputies(db: Database, actor: StaffActor, clock: Clock) {
  return withActor(db, actor, async (tx) => {
    const roles = (await readLiveGrants(tx, actor.id)).map(({ role }) => role);
    if (!roles.some((role) => READERS.includes(role))) throw notFound();
    const own = DEPUTY_ROLES.filter((role) => roles.includes(role));
    const signs = actor.method === "passkey";
    return {
      delegations: await readDelegations(tx, actor, roles, chinaDay(clock.now())),
      ownRoles: signs ? own : [],
      candidates: signs && own.length > 0 ? await readCandidates(tx, actor.id) : [],
      approvers: await readApprovers(tx, actor),
      mayAskLimits: signs && roles.includes("administrator"),
    };
  });
}

async function readDelegations(tx: Tx, actor: StaffActor, roles: readonly Role[], today: string) {
  const rows = await tx
    .select({
      row: approvalDelegations,
      role: staffRoles.role,
      of: staff.displayName,
      by: deputy.displayName,
    })
    .from(approvalDelegations)
    .innerJoin(staffRoles, eq(staffRoles.id, approvalDelegations.roleGrantId))
    .innerJoin(staff, eq(staff.id, approvalDelegations.ofStaff))
    .innerJoin(deputy, eq(deputy.id, approvalDelegations.deputyId))
    .orderBy(desc(approvalDelegations.id))
    .limit(MOST);
  return rows.map(({ row, role, of, by }) => {
    const over = row.untilOn < today;
    const state: "ended" | "over" | "named" | "agreed" =
      row.endedAt !== null ? "ended" : over ? "over" : row.acceptedAt === null ? "named" : "agreed";
    const party = [row.ofStaff, row.deputyId].includes(actor.id) || roles.includes("administrator");
    const live = row.endedAt === null && !over && actor.method === "passkey";
    return {
      id: row.id,
      role: role as (typeof DEPUTY_ROLES)[number],
      of,
      deputy: by,
      fromOn: row.fromOn,
      untilOn: row.untilOn,
      state,
      mayAccept: live && row.acceptedAt === null && row.deputyId === actor.id,
      mayEnd: live && party,
    };
  });
}

/** Colleagues with a finance role and none that bars it, by name. */
async function readCandidates(tx: Tx, self: string) {
  const rows = await tx
    .selectDistinct({ id: staff.id, name: staff.displayName })
    .from(staff)
    .innerJoin(staffRoles, eq(staffRoles.staffId, staff.id))
    .where(
      and(
        ne(staff.id, self),
        eq(staff.status, "active"),
        isNull(staffRoles.revokedAt),
        inArray(staffRoles.role, [...DEPUTY_ROLES]),
        sql`not exists (select 1 from ${staffRoles} b where b.staff_id = ${staff.id} and b.revoked_at is null
          and b.role in ('administrator', 'cashier', 'window_clerk'))`,
      ),
    )
    .orderBy(asc(staff.displayName), asc(staff.id))
    .limit(200);
  return rows;
}

async function readApprovers(tx: Tx, actor: StaffActor) {
  const rows = await tx
    .select({
      staffId: staff.id,
      name: staff.displayName,
      grantId: staffRoles.id,
      limit: sql<string | null>`grant_limit(${staffRoles.id})::text`,
    })
    .from(staffRoles)
    .innerJoin(staff, eq(staff.id, staffRoles.staffId))
    .where(
      and(eq(staffRoles.role, "finance_approver"), isNull(staffRoles.revokedAt), eq(staff.status, "active")),
    )
    .orderBy(asc(staff.displayName), asc(staff.id))
    .limit(MOST);
  const grantIds = rows.map(({ grantId }) => grantId);
  const asked =
    grantIds.length === 0
      ? []
      : await tx
          .select({ request: approvalLimits, name: staff.displayName })
          .from(approvalLimits)
          .innerJoin(staff, eq(staff.id, approvalLimits.requestedBy))
          .where(and(inArray(approvalLimits.roleGrantId, grantIds), isNull(approvalLimits.outcome)));
  return rows.map(({ grantId, limit, ...person }) => {
    const open = asked.find(({ request }) => request.roleGrantId === grantId);
    return {
      ...person,
      limitFen: limit === null ? null : BigInt(limit),
      asked:
        open === undefined
          ? null
          : {
              id: open.request.id,
              limitFen: open.request.limitFen,
              name: open.name,
              own: open.request.requestedBy === actor.id,
            },
    };
  });
}
