import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import type { Tx } from "~db/client.server";
import { keyGrants, personalKeys, roleKeys } from "~db/schema/keys";
import { agencies, staff, staffRoles } from "~db/schema/staff";
import { isRole, loadStaffActor } from "~server/staff-auth/load-staff-actor.server";
import type { Role } from "~server/staff-auth/roles";
import { VAULT_SLOTS, slotsFor } from "./slots";

/** Somebody who may hold a slot's key now. */
export type SlotMember = {
  readonly staffId: string;
  readonly name: string;
  readonly agencyName: string;
  /** null: has made no personal key yet, so nothing can be handed to them. */
  readonly personalKey: { readonly id: string; readonly publicKey: Uint8Array } | null;
};

/**
 * The current members of every slot: active people whose roles let them hold its key. A custodian who ever held one
 * side of the vault is a member of that side alone; one who held none may yet take either and is listed for both.
 */
export async function readMembers(tx: Tx): Promise<ReadonlyMap<string, readonly SlotMember[]>> {
  const rows = await tx
    .select({
      staffId: staff.id,
      name: staff.displayName,
      agencyId: staff.agencyId,
      agencyName: agencies.name,
      role: staffRoles.role,
      keyId: personalKeys.id,
      publicKey: personalKeys.publicKey,
    })
    .from(staff)
    .innerJoin(staffRoles, and(eq(staffRoles.staffId, staff.id), isNull(staffRoles.revokedAt)))
    .innerJoin(agencies, eq(agencies.id, staff.agencyId))
    .leftJoin(personalKeys, and(eq(personalKeys.staffId, staff.id), isNull(personalKeys.retiredAt)))
    .where(eq(staff.status, "active"))
    .orderBy(asc(staff.displayName), asc(staff.id));
  const sides = await readVaultSides(tx);
  const people = new Map<string, { row: (typeof rows)[number]; roles: Role[] }>();
  for (const row of rows) {
    const known = people.get(row.staffId) ?? { row, roles: [] };
    if (isRole(row.role)) known.roles.push(row.role);
    people.set(row.staffId, known);
  }
  const members = new Map<string, SlotMember[]>();
  for (const { row, roles } of people.values()) {
    const { staffId, name, agencyName, keyId, publicKey } = row;
    const personalKey = keyId === null || publicKey === null ? null : { id: keyId, publicKey };
    for (const slot of onOneSide(slotsFor({ roles, agencyId: row.agencyId }), sides.get(staffId))) {
      members.set(slot, [...(members.get(slot) ?? []), { staffId, name, agencyName, personalKey }]);
    }
  }
  return members;
}

/**
 * The slots one person's roles let them be a member of now, read anew; none for the suspended and the unknown. Both
 * sides of the vault for a custodian: which one they may hold is the database's to refuse.
 */
export async function readSlotsOf(tx: Tx, staffId: string): Promise<readonly string[]> {
  const person = await loadStaffActor(tx, staffId, "passkey");
  return person === null ? [] : slotsFor(person);
}

/**
 * Holds people's rows until the transaction ends, in one order for everybody, so that nobody is handed a key while
 * the role it belongs to is being taken from them. Roles are to be read after this.
 */
export async function lockPeople(tx: Tx, staffIds: readonly string[]): Promise<void> {
  await tx
    .select({ id: staff.id })
    .from(staff)
    .where(inArray(staff.id, [...new Set(staffIds)]))
    .orderBy(asc(staff.id))
    .for("update");
}

/** The person's live personal key. */
export async function readPersonalKey(
  tx: Tx,
  staffId: string,
): Promise<{ readonly id: string; readonly publicKey: Uint8Array } | null> {
  const [key] = await tx
    .select({ id: personalKeys.id, publicKey: personalKeys.publicKey })
    .from(personalKeys)
    .where(and(eq(personalKeys.staffId, staffId), isNull(personalKeys.retiredAt)));
  return key ?? null;
}

/** Which side of the vault people have ever held: that one stays theirs, even after it was taken from them. */
async function readVaultSides(tx: Tx): Promise<ReadonlyMap<string, string>> {
  const rows = await tx
    .selectDistinct({ staffId: personalKeys.staffId, slot: roleKeys.slot })
    .from(keyGrants)
    .innerJoin(roleKeys, eq(roleKeys.id, keyGrants.roleKeyId))
    .innerJoin(personalKeys, eq(personalKeys.id, keyGrants.personalKeyId))
    .where(inArray(roleKeys.slot, [...VAULT_SLOTS]));
  return new Map(rows.map((row) => [row.staffId, row.slot]));
}

function onOneSide(slots: readonly string[], side: string | undefined): string[] {
  const vault: readonly string[] = VAULT_SLOTS;
  return slots.filter((slot) => side === undefined || slot === side || !vault.includes(slot));
}
