import { rewrapDataKey } from "./data-key";
import { fromBase64url, toBase64url, type KeyPart } from "./format";
import type { HeldRoleKey } from "./open-keyring";

/** A data key (or one share of it) still sealed to a retired epoch of a slot. Bytes in base64url. */
export type StaleDataKey = {
  readonly id: string;
  readonly table: string;
  readonly ownerId: string;
  readonly record: string;
  readonly part: KeyPart;
  readonly roleKeyId: string;
  readonly enc: string;
  readonly body: string;
};

/** The live key it should be sealed to. */
export type RewrapTarget = {
  readonly roleKeyId: string;
  readonly slot: string;
  readonly epoch: number;
  readonly publicKey: string;
};

export type RewrappedKey = { readonly id: string; readonly enc: string; readonly body: string };

/** Seals a data key anew for the live epoch; a share stays the share it was. null when it does not open. */
export async function rewrapStaleKey(
  key: StaleDataKey,
  to: RewrapTarget,
  roleKeys: readonly HeldRoleKey[],
): Promise<RewrappedKey | null> {
  const by = roleKeys.find(({ id }) => id === key.roleKeyId);
  if (by === undefined) return null;
  const sealed = await rewrapDataKey(
    { enc: fromBase64url(key.enc), body: fromBase64url(key.body) },
    { table: key.table, id: key.ownerId, record: key.record, part: key.part },
    by,
    { slot: to.slot, epoch: to.epoch, publicKey: fromBase64url(to.publicKey) },
  );
  return sealed === null
    ? null
    : { id: key.id, enc: toBase64url(sealed.enc), body: toBase64url(sealed.body) };
}
