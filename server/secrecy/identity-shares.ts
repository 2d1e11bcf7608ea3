import { openDataKey } from "./data-key";
import { RECORD_OF, SUITE, fromBase64url, releasedShareInfo, toBase64url } from "./format";
import { openWith, sealTo } from "./hpke";
import type { HeldRoleKey } from "./open-keyring";
import { openBody } from "./sealed-body";
import type { KeyForYou, SealedBundle } from "./sealed-view";
import { joinShares } from "./split-key";

/** The live key of the other side of the vault. Bytes in base64url. */
export type OtherSide = {
  readonly roleKeyId: string;
  readonly slot: string;
  readonly epoch: number;
  readonly publicKey: string;
};

/** A share on its way to the other side, good for one request about one tip. */
export type ReleasedShare = { readonly enc: string; readonly body: string };

/** What the second custodian is handed, once: the first's share, their own, and the sealed identity. */
export type IdentityInParts = {
  readonly requestId: string;
  readonly tipId: string;
  readonly released: ReleasedShare & { readonly roleKeyId: string };
  readonly own: KeyForYou;
  readonly identity: SealedBundle;
};

/** Opens the custodian's own share and seals it to the other side for one request. null when it does not open. */
export async function releaseShare(
  input: {
    readonly requestId: string;
    readonly tipId: string;
    readonly own: KeyForYou;
    readonly to: OtherSide;
  },
  roleKeys: readonly HeldRoleKey[],
): Promise<ReleasedShare | null> {
  const share = await openOwnShare(input.tipId, input.own, roleKeys);
  if (share === null) return null;
  const { enc, body } = await sealTo(
    fromBase64url(input.to.publicKey),
    releasedShareInfo(input.requestId, input.tipId, input.to),
    share,
  );
  return { enc: toBase64url(enc), body: toBase64url(body) };
}

/** Joins the two shares and opens the identity. null when any part is not of this request, tip or person. */
export async function openIdentity(
  parts: IdentityInParts,
  roleKeys: readonly HeldRoleKey[],
): Promise<string | null> {
  const { identity, released, tipId } = parts;
  if (identity.suite !== SUITE || identity.ref.id !== tipId || identity.ref.field !== "identity") return null;
  const by = roleKeys.find(({ id }) => id === released.roleKeyId);
  if (by === undefined) return null;
  const theirs = await openWith(by.privateKey, releasedShareInfo(parts.requestId, tipId, by), {
    enc: fromBase64url(released.enc),
    body: fromBase64url(released.body),
  });
  const own = await openOwnShare(tipId, parts.own, roleKeys);
  if (theirs === null || own === null || theirs.length !== own.length) return null;
  return openBody(joinShares(theirs, own), identity.ref, fromBase64url(identity.body));
}

async function openOwnShare(tipId: string, own: KeyForYou, roleKeys: readonly HeldRoleKey[]) {
  const by = roleKeys.find(({ id }) => id === own.roleKeyId);
  if (by === undefined) return null;
  return openDataKey(
    { enc: fromBase64url(own.enc), body: fromBase64url(own.body) },
    { table: "tips", id: tipId, record: RECORD_OF.identity, part: own.part },
    by,
  );
}
