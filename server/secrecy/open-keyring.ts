import { fromBase64url } from "./format";
import type { KeyringView } from "./keyring-view";
import { unwrapPersonalKey, type WrapMethod } from "./personal-key";
import { openGrant } from "./role-key";

/** A role key held open, in a staff browser (or where the demo plays one) and nowhere else. */
export type HeldRoleKey = {
  readonly id: string;
  readonly slot: string;
  readonly epoch: number;
  readonly privateKey: Uint8Array;
};

export type OpenKeyring = {
  readonly staffId: string;
  readonly personalKeyId: string;
  readonly personalPrivateKey: Uint8Array;
  readonly roleKeys: readonly HeldRoleKey[];
};

/**
 * Opens a person's keys with a passkey's PRF output, their recovery code or the demo's passphrase. null when none of
 * the wraps of that method opens. A grant that does not open is left out: its slot shows as not held.
 */
export async function openKeyring(
  view: KeyringView,
  input: { readonly method: WrapMethod; readonly secret: Uint8Array },
): Promise<OpenKeyring | null> {
  const personal = view.personalKey;
  if (personal === null) return null;
  for (const wrap of personal.wraps) {
    if (wrap.method !== input.method) continue;
    const privateKey = await unwrapPersonalKey(
      { method: wrap.method, salt: fromBase64url(wrap.salt), body: fromBase64url(wrap.body) },
      { secret: input.secret, personalKeyId: personal.id },
    );
    if (privateKey === null) continue;
    return {
      staffId: view.staffId,
      personalKeyId: personal.id,
      personalPrivateKey: privateKey,
      roleKeys: await openGrants(view, personal.id, privateKey),
    };
  }
  return null;
}

/** The role keys a person's grants give, opened with their personal key. */
export async function openGrants(
  view: KeyringView,
  personalKeyId: string,
  personalPrivateKey: Uint8Array,
): Promise<HeldRoleKey[]> {
  const opened = await Promise.all(
    view.grants.map(async (grant): Promise<HeldRoleKey[]> => {
      const name = { id: grant.roleKeyId, slot: grant.slot, epoch: grant.epoch };
      const sealed = {
        granteeKeyId: personalKeyId,
        enc: fromBase64url(grant.enc),
        body: fromBase64url(grant.body),
      };
      const privateKey = await openGrant(name, sealed, personalPrivateKey);
      return privateKey === null ? [] : [{ ...name, privateKey }];
    }),
  );
  return opened.flat();
}
