import { grantInfo, type Recipient } from "./format";
import { makeKeyPair, openWith, sealTo, type KeyPair, type SealedTo } from "./hpke";

/** A role key as people speak of it: which slot, which epoch. */
export type RoleKeyName = Recipient & { readonly id: string };

/** Whom a role's private key is handed to: a member's personal key or the recovery key. */
export type Grantee = { readonly keyId: string; readonly publicKey: Uint8Array };

export type RoleKeyGrant = { readonly granteeKeyId: string } & SealedTo;

/** A new role key and its private half sealed to each grantee. The private half exists in this browser alone. */
export async function makeRoleKey(
  name: RoleKeyName,
  grantees: readonly Grantee[],
): Promise<KeyPair & { readonly grants: readonly RoleKeyGrant[] }> {
  const pair = await makeKeyPair();
  return {
    ...pair,
    grants: await Promise.all(grantees.map((one) => grantRoleKey(name, pair.privateKey, one))),
  };
}

/** Seals a role's private key to one more grantee. */
export async function grantRoleKey(
  name: RoleKeyName,
  privateKey: Uint8Array,
  grantee: Grantee,
): Promise<RoleKeyGrant> {
  const sealed = await sealTo(grantee.publicKey, grantInfo(name, grantee.keyId), privateKey);
  return { granteeKeyId: grantee.keyId, ...sealed };
}

/** The role's private key; null when the grant was made for another key, role or epoch. */
export function openGrant(
  name: RoleKeyName,
  grant: RoleKeyGrant,
  granteePrivateKey: Uint8Array,
): Promise<Uint8Array<ArrayBuffer> | null> {
  return openWith(granteePrivateKey, grantInfo(name, grant.granteeKeyId), grant);
}
