import { and, asc, count, desc, eq, gt, ilike, inArray, isNull, max } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Database, Tx } from "~db/client.server";
import { agencies, enrolmentLinks, passkeys, staff, staffRoles, staffSessions } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { Clock } from "~server/clock";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "./actor";
import { isRole } from "./load-staff-actor.server";
import type { Role } from "./roles";

export const PEOPLE_PER_PAGE = 50;

export type Person = {
  readonly id: string;
  readonly displayName: string;
  readonly agencyName: string;
  /** Set where the body has ceased; `successor` is null where the plan names nobody. */
  readonly bodyEnded: { readonly successor: string | null } | null;
  readonly isDemo: boolean;
  readonly status: "active" | "suspended";
  /** Where the portal writes to them; null where nobody gave an address. */
  readonly email: string | null;
  /**
   * Held now; `grantedBy` is null for grants made at the command line or by the demo, `requestedBy` is the first of two
   * administrators. Instants UTC.
   */
  readonly roles: readonly {
    role: Role;
    grantedAt: Date;
    grantedBy: string | null;
    requestedBy: string | null;
  }[];
  readonly passkeys: readonly {
    id: string;
    label: string;
    createdAt: Date;
    lastUsedAt: Date | null;
    prfCapable: boolean;
    backedUp: boolean;
  }[];
  /** Until when an unused enrolment link is good, or null. */
  readonly linkExpiresAt: Date | null;
  readonly lastSeenAt: Date | null;
};

/**
 * People and roles, 50 a page by name, for administrators and auditors (404 for anyone else). `search` matches a
 * part of the name; `page` counts from 1.
 */
export async function listPeople(
  db: Database,
  input: { page?: number; search?: string; clock: Clock },
  actor: StaffActor,
): Promise<{ people: Person[]; total: number }> {
  if (!hasRole(actor, "administrator", "auditor")) throw notFound();
  const page = Math.max(1, Math.trunc(input.page ?? 1));
  const wanted = (input.search ?? "").trim().replace(/[\\%_]/g, "\\$&");
  const where = wanted === "" ? undefined : ilike(staff.displayName, `%${wanted}%`);
  return withActor(db, actor, async (tx) => {
    const successors = alias(agencies, "successors");
    const [all] = await tx.select({ total: count() }).from(staff).where(where);
    const rows = await tx
      .select({
        id: staff.id,
        displayName: staff.displayName,
        agencyName: agencies.name,
        endedOn: agencies.validTo,
        successor: successors.name,
        isDemo: staff.isDemo,
        status: staff.status,
        email: staff.email,
      })
      .from(staff)
      .innerJoin(agencies, eq(agencies.id, staff.agencyId))
      .leftJoin(successors, eq(successors.id, agencies.successorId))
      .where(where)
      .orderBy(asc(staff.displayName), asc(staff.id))
      .limit(PEOPLE_PER_PAGE)
      .offset((page - 1) * PEOPLE_PER_PAGE);
    const ids = rows.map((row) => row.id);
    if (ids.length === 0) return { people: [], total: all?.total ?? 0 };
    const [roles, keys, links, seen] = [
      await rolesOf(tx, ids),
      await passkeysOf(tx, ids),
      await linksOf(tx, ids, input.clock.now()),
      await lastSeenOf(tx, ids),
    ];
    const people = rows.map(({ endedOn, successor, ...row }) => ({
      ...row,
      bodyEnded: endedOn === null ? null : { successor },
      status: row.status === "active" ? ("active" as const) : ("suspended" as const),
      roles: roles.flatMap(({ staffId, role, ...grant }) =>
        staffId === row.id && isRole(role) ? [{ role, ...grant }] : [],
      ),
      passkeys: keys.flatMap(({ staffId, ...key }) => (staffId === row.id ? [key] : [])),
      linkExpiresAt: links.find((link) => link.staffId === row.id)?.expiresAt ?? null,
      lastSeenAt: seen.find((last) => last.staffId === row.id)?.at ?? null,
    }));
    return { people, total: all?.total ?? 0 };
  });
}

function rolesOf(tx: Tx, ids: string[]) {
  const granter = alias(staff, "granter");
  const requester = alias(staff, "requester");
  return tx
    .select({
      staffId: staffRoles.staffId,
      role: staffRoles.role,
      grantedAt: staffRoles.grantedAt,
      grantedBy: granter.displayName,
      requestedBy: requester.displayName,
    })
    .from(staffRoles)
    .leftJoin(granter, eq(granter.id, staffRoles.grantedBy))
    .leftJoin(requester, eq(requester.id, staffRoles.requestedBy))
    .where(and(inArray(staffRoles.staffId, ids), isNull(staffRoles.revokedAt)))
    .orderBy(asc(staffRoles.grantedAt), asc(staffRoles.id));
}

function passkeysOf(tx: Tx, ids: string[]) {
  return tx
    .select({
      staffId: passkeys.staffId,
      id: passkeys.id,
      label: passkeys.label,
      createdAt: passkeys.createdAt,
      lastUsedAt: passkeys.lastUsedAt,
      prfCapable: passkeys.prfCapable,
      backedUp: passkeys.backedUp,
    })
    .from(passkeys)
    .where(and(inArray(passkeys.staffId, ids), eq(passkeys.kind, "passkey"), isNull(passkeys.revokedAt)))
    .orderBy(asc(passkeys.createdAt), asc(passkeys.id));
}

function linksOf(tx: Tx, ids: string[], now: Date) {
  return tx
    .select({ staffId: enrolmentLinks.staffId, expiresAt: enrolmentLinks.expiresAt })
    .from(enrolmentLinks)
    .where(
      and(
        inArray(enrolmentLinks.staffId, ids),
        isNull(enrolmentLinks.usedAt),
        gt(enrolmentLinks.expiresAt, now),
      ),
    )
    .orderBy(desc(enrolmentLinks.expiresAt));
}

function lastSeenOf(tx: Tx, ids: string[]) {
  return tx
    .select({ staffId: staffSessions.staffId, at: max(staffSessions.lastSeenAt) })
    .from(staffSessions)
    .where(inArray(staffSessions.staffId, ids))
    .groupBy(staffSessions.staffId);
}
