import { v7 as uuidv7 } from "uuid";
import type { KeyAct } from "~/forms/key-acts";
import { fromBase64url, toBase64url } from "~server/secrecy/format";
import { keysMatch } from "~server/secrecy/match-keys";
import type { OpenKeyring } from "~server/secrecy/open-keyring";
import type { RecoveryGrant, RecoveryRequest } from "~server/secrecy/recovery-request";
import { grantRoleKey, makeRoleKey, openGrant, type RoleKeyGrant } from "~server/secrecy/role-key";
import type { PublicKeyView } from "~server/secrecy/role-keys-view";

/** An act all but the touch of the passkey that goes with it. */
type Prepared<Intent extends KeyAct["intent"]> = Omit<Extract<KeyAct, { intent: Intent }>, "stepUp">;

/** Makes a slot's first key here and seals it to its maker and to the recovery key. */
export async function prepareMake(
  slot: string,
  own: PublicKeyView,
  recoveryKey: PublicKeyView,
): Promise<Prepared<"make">> {
  const id = uuidv7();
  const made = await makeRoleKey({ id, slot, epoch: 1 }, [granteeOf(own), granteeOf(recoveryKey)]);
  return {
    intent: "make",
    slot,
    id,
    publicKey: toBase64url(made.publicKey),
    own: { personalKeyId: own.id, ...grantTo(made.grants, own.id) },
    recovery: { recoveryKeyId: recoveryKey.id, ...grantTo(made.grants, recoveryKey.id) },
  };
}

/** Seals a role key held in this browser to a colleague's personal key. null: it is not held here. */
export async function prepareShare(
  roleKeyId: string,
  to: PublicKeyView,
  keyring: OpenKeyring,
): Promise<Prepared<"share"> | null> {
  const held = keyring.roleKeys.find(({ id }) => id === roleKeyId);
  if (held === undefined) return null;
  const name = { id: held.id, slot: held.slot, epoch: held.epoch };
  const sealed = await grantRoleKey(name, held.privateKey, granteeOf(to));
  return { intent: "share", roleKeyId, personalKeyId: to.id, ...textOf(sealed) };
}

/** Makes the epoch after `replaces` and seals it to every member given and to the recovery key. */
export async function prepareRotate(
  replaces: { readonly id: string; readonly slot: string; readonly epoch: number },
  members: readonly PublicKeyView[],
  recoveryKey: PublicKeyView,
): Promise<Prepared<"rotate">> {
  const name = { id: uuidv7(), slot: replaces.slot, epoch: replaces.epoch + 1 };
  const made = await makeRoleKey(name, [...members, recoveryKey].map(granteeOf));
  return {
    intent: "rotate",
    slot: name.slot,
    replaces: replaces.id,
    id: name.id,
    publicKey: toBase64url(made.publicKey),
    grants: members.map(({ id }) => ({ personalKeyId: id, ...grantTo(made.grants, id) })),
    recovery: { recoveryKeyId: recoveryKey.id, ...grantTo(made.grants, recoveryKey.id) },
  };
}

/**
 * A role key that came back from the share holders, tried before it is sent: null when it is for another personal key
 * or request, or is not the key that was asked for.
 */
export async function prepareRecover(
  grant: RecoveryGrant,
  requests: readonly RecoveryRequest[],
  keyring: OpenKeyring,
): Promise<Prepared<"recover"> | null> {
  const request = requests.find(({ roleKey }) => roleKey.id === grant.roleKeyId);
  if (request === undefined || grant.personalKeyId !== keyring.personalKeyId) return null;
  const { publicKey, ...name } = request.roleKey;
  const privateKey = await openGrant(
    name,
    {
      granteeKeyId: grant.personalKeyId,
      enc: fromBase64url(grant.enc),
      body: fromBase64url(grant.body),
    },
    keyring.personalPrivateKey,
  );
  if (privateKey === null || !(await keysMatch(fromBase64url(publicKey), privateKey))) return null;
  const { roleKeyId, personalKeyId, enc, body } = grant;
  return { intent: "recover", roleKeyId, personalKeyId, enc, body };
}

function granteeOf(key: PublicKeyView) {
  return { keyId: key.id, publicKey: fromBase64url(key.publicKey) };
}

function grantTo(grants: readonly RoleKeyGrant[], keyId: string) {
  const grant = grants.find(({ granteeKeyId }) => granteeKeyId === keyId);
  if (grant === undefined) throw new Error("no grant was made for this key");
  return textOf(grant);
}

function textOf({ enc, body }: { enc: Uint8Array; body: Uint8Array }) {
  return { enc: toBase64url(enc), body: toBase64url(body) };
}
