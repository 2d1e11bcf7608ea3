import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { keyGrants, personalKeyWraps, personalKeys, roleKeys } from "~db/schema/keys";
import type { WrapMethod } from "./personal-key";

/** Stores a personal key's public half and its wraps, inside a transaction that has checked whose it is. */
export async function storePersonalKey(
  tx: Tx,
  input: {
    readonly id: string;
    readonly staffId: string;
    readonly publicKey: Uint8Array;
    readonly wraps: readonly {
      readonly method: WrapMethod;
      readonly passkeyId: string | null;
      readonly salt: Uint8Array;
      readonly body: Uint8Array;
    }[];
    readonly at: Date;
  },
): Promise<void> {
  await tx.insert(personalKeys).values({
    id: input.id,
    staffId: input.staffId,
    publicKey: Buffer.from(input.publicKey),
    madeAt: input.at,
  });
  await tx.insert(personalKeyWraps).values(
    input.wraps.map(({ method, passkeyId, salt, body }) => ({
      id: uuidv7(),
      personalKeyId: input.id,
      method,
      passkeyId,
      salt: Buffer.from(salt),
      body: Buffer.from(body),
      madeAt: input.at,
    })),
  );
}

/** A role's private key for one grantee: a member's personal key, or the recovery key. */
export type StoredGrant = { readonly enc: Uint8Array; readonly body: Uint8Array } & (
  { readonly personalKeyId: string } | { readonly recoveryKeyId: string }
);

/** Stores a role key's public half and its grants, inside a transaction that has checked who may make it. */
export async function storeRoleKey(
  tx: Tx,
  input: {
    readonly id: string;
    readonly slot: string;
    readonly epoch: number;
    readonly publicKey: Uint8Array;
    readonly grants: readonly StoredGrant[];
    readonly by: string | null;
    readonly at: Date;
  },
): Promise<void> {
  await tx.insert(roleKeys).values({
    id: input.id,
    slot: input.slot,
    epoch: input.epoch,
    publicKey: Buffer.from(input.publicKey),
    madeBy: input.by,
    madeAt: input.at,
  });
  await storeGrants(tx, { roleKeyId: input.id, grants: input.grants, by: input.by, at: input.at });
}

/** Adds grants to a role key. */
export async function storeGrants(
  tx: Tx,
  input: {
    readonly roleKeyId: string;
    readonly grants: readonly StoredGrant[];
    readonly by: string | null;
    readonly at: Date;
  },
): Promise<void> {
  if (input.grants.length === 0) return;
  await tx.insert(keyGrants).values(
    input.grants.map((grant) => ({
      id: uuidv7(),
      roleKeyId: input.roleKeyId,
      personalKeyId: "personalKeyId" in grant ? grant.personalKeyId : null,
      recoveryKeyId: "recoveryKeyId" in grant ? grant.recoveryKeyId : null,
      enc: Buffer.from(grant.enc),
      body: Buffer.from(grant.body),
      grantedBy: input.by,
      grantedAt: input.at,
    })),
  );
}
