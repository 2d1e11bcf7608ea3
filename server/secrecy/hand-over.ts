import { rewrapDataKey } from "./data-key";
import { fromBase64url, toBase64url } from "./format";
import type { HeldRoleKey } from "./open-keyring";
import type { KeyForYou } from "./sealed-view";

/** A tip's content key that triage holds and an agency should get. Bytes in base64url. */
export type KeyToHandOver = {
  readonly tipId: string;
  readonly from: KeyForYou;
  readonly to: {
    readonly roleKeyId: string;
    readonly slot: string;
    readonly epoch: number;
    readonly publicKey: string;
  };
};

/** The same, sealed to the agency. */
export type HandedOver = {
  readonly tipId: string;
  readonly roleKeyId: string;
  readonly enc: string;
  readonly body: string;
};

/** Opens a content key with the role keys held and seals it for the agency. null when it does not open. */
export async function handOver(
  key: KeyToHandOver,
  roleKeys: readonly HeldRoleKey[],
): Promise<HandedOver | null> {
  const by = roleKeys.find(({ id }) => id === key.from.roleKeyId);
  if (by === undefined) return null;
  const sealed = await rewrapDataKey(
    { enc: fromBase64url(key.from.enc), body: fromBase64url(key.from.body) },
    { table: "tips", id: key.tipId, record: "content", part: "whole" },
    by,
    { slot: key.to.slot, epoch: key.to.epoch, publicKey: fromBase64url(key.to.publicKey) },
  );
  if (sealed === null) return null;
  return {
    tipId: key.tipId,
    roleKeyId: key.to.roleKeyId,
    enc: toBase64url(sealed.enc),
    body: toBase64url(sealed.body),
  };
}
