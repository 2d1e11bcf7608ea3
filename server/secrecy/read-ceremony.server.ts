import { and, eq, isNull, ne } from "drizzle-orm";
import type { Database } from "~db/client.server";
import { recoveryKeyRequests } from "~db/schema/keys";
import { staff, staffRoles } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { fingerprintOf } from "./fingerprint";
import { toBase64url } from "./format";
import { listRoleKeys } from "./list-role-keys.server";
import type { PublicKeyView, SlotView } from "./role-keys-view";
import { INTAKE_SLOTS, OFFICE_SLOTS, VAULT_SLOTS } from "./slots";

/** What a slot waits for: people to be given its role, one of them to make a personal key, one of them to make its key. */
export type CeremonyStep =
  "people" | "personal_keys" | "key" | "no_holder" | "second_person" | "second_holder" | "done";

export type CeremonySlot = Pick<SlotView, "slot" | "agencyName" | "members"> & {
  readonly step: CeremonyStep;
  readonly made: boolean;
  /** Without it no report can be taken. */
  readonly needed: boolean;
};

/** A recovery key that waits for its second administrator; `awaited` are the names of those who may confirm it. */
export type RecoveryRequestView = PublicKeyView & {
  readonly requestedBy: string;
  readonly requestedAt: Date;
  /** Registered by the reader, who then does not confirm it. */
  readonly own: boolean;
  readonly awaited: readonly string[];
};

export type Ceremony = {
  readonly recoveryKey: PublicKeyView | null;
  readonly recoveryRequest: RecoveryRequestView | null;
  readonly slots: readonly CeremonySlot[];
  /** Every slot the intake needs has somebody with a personal key, the vault's two sides two different people. */
  readonly staffed: boolean;
  /** The recovery key and all of the intake's exist: `/report` takes reports. */
  readonly open: boolean;
};

/** How far a new office's keys have come, and who has to do what next. Administrators only. */
export async function readCeremony(db: Database, actor: StaffActor): Promise<Ceremony> {
  if (!hasRole(actor, "administrator")) throw notFound();
  const { slots, recoveryKey } = await listRoleKeys(db, actor);
  const found = new Map(slots.map((view) => [view.slot, view]));
  const wanted = OFFICE_SLOTS.filter((slot) => slot !== "recovery");
  const agencies = slots.filter(({ slot }) => slot.startsWith("agency:"));
  const all = [...wanted.map((slot) => found.get(slot) ?? emptySlot(slot)), ...agencies];
  const needed: readonly string[] = INTAKE_SLOTS;
  const shown = all.map((view) => ({
    slot: view.slot,
    agencyName: view.agencyName,
    members: view.members,
    step: stepOf(view),
    made: view.key !== null,
    needed: needed.includes(view.slot),
  }));
  return {
    recoveryKey,
    recoveryRequest: await readRecoveryRequest(db, actor),
    slots: shown,
    staffed:
      shown.every(({ needed: first, step }) => !first || (step !== "people" && step !== "personal_keys")) &&
      vaultKeepers(shown).size >= VAULT_SLOTS.length,
    open: recoveryKey !== null && needed.every((slot) => (found.get(slot)?.key ?? null) !== null),
  };
}

async function readRecoveryRequest(db: Database, actor: StaffActor): Promise<RecoveryRequestView | null> {
  return withActor(db, actor, async (tx) => {
    const [request] = await tx
      .select({
        id: recoveryKeyRequests.id,
        publicKey: recoveryKeyRequests.publicKey,
        requestedById: recoveryKeyRequests.requestedBy,
        requestedBy: staff.displayName,
        requestedAt: recoveryKeyRequests.requestedAt,
      })
      .from(recoveryKeyRequests)
      .innerJoin(staff, eq(staff.id, recoveryKeyRequests.requestedBy))
      .where(isNull(recoveryKeyRequests.outcome));
    if (request === undefined) return null;
    const { requestedById, ...shown } = request;
    const others = await tx
      .selectDistinct({ name: staff.displayName })
      .from(staff)
      .innerJoin(staffRoles, eq(staffRoles.staffId, staff.id))
      .where(
        and(
          eq(staffRoles.role, "administrator"),
          isNull(staffRoles.revokedAt),
          eq(staff.status, "active"),
          ne(staff.id, requestedById),
        ),
      )
      .orderBy(staff.displayName);
    return {
      ...shown,
      publicKey: toBase64url(request.publicKey),
      fingerprint: await fingerprintOf(request.publicKey),
      own: requestedById === actor.id,
      awaited: others.map(({ name }) => name),
    };
  });
}

function stepOf({ key, members }: Pick<SlotView, "key" | "members">): CeremonyStep {
  if (members.length === 0) return "people";
  const holders = members.filter(({ holds }) => holds).length;
  if (key !== null && holders === 0) return "no_holder";
  if (key !== null && holders === 1) return members.length === 1 ? "second_person" : "second_holder";
  if (key !== null) return "done";
  return members.some(({ personalKey }) => personalKey !== null) ? "key" : "personal_keys";
}

/** Custodians with a personal key, whichever side they are on or may take. */
function vaultKeepers(slots: readonly Pick<CeremonySlot, "slot" | "members">[]): ReadonlySet<string> {
  const vault: readonly string[] = VAULT_SLOTS;
  const keepers = slots.filter(({ slot }) => vault.includes(slot)).flatMap(({ members }) => members);
  return new Set(keepers.filter(({ personalKey }) => personalKey !== null).map(({ staffId }) => staffId));
}

function emptySlot(slot: string): Pick<SlotView, "slot" | "agencyName" | "members" | "key"> {
  return { slot, agencyName: null, members: [], key: null };
}
