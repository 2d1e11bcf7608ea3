import { asc, isNull, or, sql } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { keyGrants, roleKeys } from "~db/schema/keys";
import { agencies } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { fingerprintOf } from "./fingerprint";
import { toBase64url } from "./format";
import { countStaleDataKeys } from "./list-stale-data-keys.server";
import { readMembers, readPersonalKey, type SlotMember } from "./read-members.server";
import type { RecoveryRequest } from "./recovery-request";
import type { PublicKeyView, RoleKeysView, SlotMemberView, SlotView } from "./role-keys-view";
import { OFFICE_SLOTS, VAULT_SLOTS, slotsFor } from "./slots";

/**
 * The slots a person is a member of, with who else is and who holds the key; for administrators and auditors all
 * slots, to look at. Public halves and names alone, and for a member the role key sealed to the recovery key.
 */
export function listRoleKeys(db: Database, actor: StaffActor): Promise<RoleKeysView> {
  return withActor(db, actor, async (tx) => {
    const members = await readMembers(tx);
    const isMember = (slot: string) => (members.get(slot) ?? []).some(({ staffId }) => staffId === actor.id);
    const mine = slotsFor(actor).filter(isMember);
    const looks = hasRole(actor, "administrator", "auditor");
    const keys = await readKeys(tx);
    const others = looks ? [...new Set([...keys.map(({ slot }) => slot), ...members.keys()])] : [];
    const slots = inOrder([...new Set([...mine, ...others])]);
    const recovery = keys.find(({ slot, retiredAt }) => slot === "recovery" && retiredAt === null);
    const own = await readPersonalKey(tx, actor.id);
    const ownKey = own === null ? null : await showKey(own);
    const recoveryKey = recovery === undefined ? null : await showKey(recovery);
    const grants = await readGrants(tx);
    const stale = await countStaleDataKeys(tx);
    const names = await readAgencyNames(tx);
    const views = slots.map(async (slot): Promise<SlotView> => {
      const epochs = keys.filter((key) => key.slot === slot);
      const live = epochs.find(({ retiredAt }) => retiredAt === null);
      const holds = (keyId: string | undefined) =>
        live !== undefined && grants.some((one) => one.roleKeyId === live.id && one.personalKeyId === keyId);
      const shown = await Promise.all((members.get(slot) ?? []).map((member) => showMember(member, holds)));
      const held = ownKey !== null && holds(ownKey.id);
      const asked = mine.includes(slot) && ownKey !== null && recoveryKey !== null;
      return {
        slot,
        agencyName: slot.startsWith("agency:") ? (names.get(slot.slice("agency:".length)) ?? null) : null,
        mine: mine.includes(slot),
        key:
          live === undefined
            ? null
            : {
                ...(await showKey(live)),
                epoch: live.epoch,
                madeAt: live.madeAt,
                rotationDueSince: live.rotationDueSince,
              },
        held,
        members: shown,
        rotateTo: shown.flatMap(({ personalKey, holds: has }) =>
          personalKey !== null && (has || !isVault(slot)) ? [personalKey] : [],
        ),
        stale: stale.get(slot) ?? 0,
        requests: asked
          ? epochs.flatMap((key) =>
              requestFor(key, { grants, ownKey, recoveryKey, recoveryId: recoveryKey.id }),
            )
          : [],
      };
    });
    return { slots: await Promise.all(views), recoveryKey, ownKey, ownId: actor.id };
  });
}

type KeyRow = Awaited<ReturnType<typeof readKeys>>[number];
type GrantRow = Awaited<ReturnType<typeof readGrants>>[number];

/** Live keys, and retired ones to which something is still sealed. */
function readKeys(tx: Tx) {
  return tx
    .select({
      id: roleKeys.id,
      slot: roleKeys.slot,
      epoch: roleKeys.epoch,
      publicKey: roleKeys.publicKey,
      madeAt: roleKeys.madeAt,
      rotationDueSince: roleKeys.rotationDueSince,
      retiredAt: roleKeys.retiredAt,
    })
    .from(roleKeys)
    .where(
      or(
        isNull(roleKeys.retiredAt),
        sql`exists (select 1 from sealed_keys k where k.role_key_id = ${roleKeys.id})`,
      ),
    )
    .orderBy(asc(roleKeys.slot), asc(roleKeys.epoch));
}

function readGrants(tx: Tx) {
  return tx
    .select({
      roleKeyId: keyGrants.roleKeyId,
      personalKeyId: keyGrants.personalKeyId,
      recoveryKeyId: keyGrants.recoveryKeyId,
      enc: keyGrants.enc,
      body: keyGrants.body,
    })
    .from(keyGrants)
    .where(isNull(keyGrants.revokedAt));
}

function requestFor(
  key: KeyRow,
  by: {
    grants: readonly GrantRow[];
    ownKey: PublicKeyView;
    recoveryKey: PublicKeyView;
    recoveryId: string;
  },
): RecoveryRequest[] {
  const granted = by.grants.some((one) => one.roleKeyId === key.id && one.personalKeyId === by.ownKey.id);
  const sealed = by.grants.find((one) => one.roleKeyId === key.id && one.recoveryKeyId === by.recoveryId);
  if (granted || sealed === undefined) return [];
  return [
    {
      format: "tipoff-recovery-request.v1",
      roleKey: { id: key.id, slot: key.slot, epoch: key.epoch, publicKey: toBase64url(key.publicKey) },
      recoveryKey: { id: by.recoveryKey.id, publicKey: by.recoveryKey.publicKey },
      grant: { enc: toBase64url(sealed.enc), body: toBase64url(sealed.body) },
      personalKey: { id: by.ownKey.id, publicKey: by.ownKey.publicKey },
    },
  ];
}

async function showMember(
  member: SlotMember,
  holds: (keyId: string | undefined) => boolean,
): Promise<SlotMemberView> {
  const { staffId, name, agencyName, personalKey } = member;
  return {
    staffId,
    name,
    agencyName,
    personalKey: personalKey === null ? null : await showKey(personalKey),
    holds: holds(personalKey?.id),
  };
}

async function showKey(key: { id: string; publicKey: Uint8Array }): Promise<PublicKeyView> {
  return {
    id: key.id,
    publicKey: toBase64url(key.publicKey),
    fingerprint: await fingerprintOf(key.publicKey),
  };
}

async function readAgencyNames(tx: Tx): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.select({ id: agencies.id, name: agencies.name }).from(agencies);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

function isVault(slot: string): boolean {
  return (VAULT_SLOTS as readonly string[]).includes(slot);
}

/** The office's slots as the ceremony has them, then the agencies'. The recovery key is shown apart. */
function inOrder(slots: readonly string[]): string[] {
  const office: readonly string[] = OFFICE_SLOTS;
  const place = (slot: string) => (office.includes(slot) ? office.indexOf(slot) : office.length);
  return slots
    .filter((slot) => slot !== "recovery")
    .toSorted((a, b) => place(a) - place(b) || a.localeCompare(b));
}
