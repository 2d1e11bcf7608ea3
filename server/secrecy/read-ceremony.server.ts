import type { Database } from "~db/client.server";
import { notFound } from "~server/errors.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
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

export type Ceremony = {
  readonly recoveryKey: PublicKeyView | null;
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
    slots: shown,
    staffed:
      shown.every(({ needed: first, step }) => !first || (step !== "people" && step !== "personal_keys")) &&
      vaultKeepers(shown).size >= VAULT_SLOTS.length,
    open: recoveryKey !== null && needed.every((slot) => (found.get(slot)?.key ?? null) !== null),
  };
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
