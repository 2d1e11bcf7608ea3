import { and, asc, eq, inArray, isNull, or } from "drizzle-orm";
import type { Database, Tx } from "~db/client.server";
import { keyGrants, personalKeyWraps, personalKeys, roleKeys } from "~db/schema/keys";
import { passkeys } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { toBase64url } from "./format";
import type { KeyringView } from "./keyring-view";
import type { WrapMethod } from "./personal-key";
import { readSlotsOf } from "./read-members.server";

/** The signed-in person's own wrapped keys and live grants. Nobody else's are ever handed out. */
export function readKeyring(db: Database, actor: StaffActor): Promise<KeyringView> {
  return withActor(db, actor, (tx) => readKeyringOf(tx, actor.id));
}

/**
 * The same inside a caller's transaction. Only keys of slots the person is a member of at this moment, whatever grants
 * there are: a role taken back hands out nothing even where ending its grants was forgotten.
 */
export async function readKeyringOf(tx: Tx, staffId: string): Promise<KeyringView> {
  const [personal] = await tx
    .select({ id: personalKeys.id, publicKey: personalKeys.publicKey })
    .from(personalKeys)
    .where(and(eq(personalKeys.staffId, staffId), isNull(personalKeys.retiredAt)));
  if (personal === undefined) return { staffId, personalKey: null, grants: [] };
  const wraps = await tx
    .select({
      id: personalKeyWraps.id,
      method: personalKeyWraps.method,
      credentialId: passkeys.credentialId,
      salt: personalKeyWraps.salt,
      body: personalKeyWraps.body,
    })
    .from(personalKeyWraps)
    .leftJoin(passkeys, eq(passkeys.id, personalKeyWraps.passkeyId))
    .where(
      and(
        eq(personalKeyWraps.personalKeyId, personal.id),
        isNull(personalKeyWraps.revokedAt),
        or(isNull(personalKeyWraps.passkeyId), isNull(passkeys.revokedAt)),
      ),
    )
    .orderBy(asc(personalKeyWraps.id));
  const grants = await tx
    .select({
      roleKeyId: roleKeys.id,
      slot: roleKeys.slot,
      epoch: roleKeys.epoch,
      enc: keyGrants.enc,
      body: keyGrants.body,
    })
    .from(keyGrants)
    .innerJoin(roleKeys, eq(roleKeys.id, keyGrants.roleKeyId))
    .where(
      and(
        eq(keyGrants.personalKeyId, personal.id),
        isNull(keyGrants.revokedAt),
        inArray(roleKeys.slot, [...(await readSlotsOf(tx, staffId))]),
      ),
    )
    .orderBy(asc(roleKeys.slot), asc(roleKeys.epoch));
  return {
    staffId,
    personalKey: {
      id: personal.id,
      publicKey: toBase64url(personal.publicKey),
      wraps: wraps.map(({ salt, body, method, ...rest }) => ({
        ...rest,
        method: method as WrapMethod,
        salt: toBase64url(salt),
        body: toBase64url(body),
      })),
    },
    grants: grants.map(({ enc, body, ...rest }) => ({
      ...rest,
      enc: toBase64url(enc),
      body: toBase64url(body),
    })),
  };
}
