import { openDataKey } from "./data-key";
import { SUITE, fromBase64url, toBase64url, unpad } from "./format";
import { openWith, sealTo } from "./hpke";
import type { OtherSide, ReleasedShare } from "./identity-shares";
import type { HeldRoleKey } from "./open-keyring";
import {
  PAYEE_RECORD,
  PAYEE_TABLE,
  payeeAad,
  payeeReleaseInfo,
  type PayeeDetails,
  type PayeeRef,
} from "./payee-format";
import { decryptBytes } from "./sealed-body";
import type { KeyForYou } from "./sealed-view";
import { joinShares } from "./split-key";

/** One payee record as an approver's browser gets it: their share, and whom it is to go to. */
export type PayeeToRelease = PayeeRef & { readonly own: KeyForYou };

/** For which batch, to which cashier (`personId`), under which live key of the cashiers. */
export type ReleaseTo = {
  readonly batchId: string;
  readonly personId: string;
  readonly to: OtherSide;
};

/** One payee record as the cashier's browser gets it for one batch. Bytes in base64url. */
export type PayeeInParts = PayeeRef & {
  readonly batchId: string;
  readonly personId: string;
  readonly released: ReleasedShare & { readonly roleKeyId: string };
  readonly own: KeyForYou;
  readonly suite: string;
  readonly body: string;
};

/** Opens the approvers' share and seals it to one cashier for one batch. null when it does not open. */
export async function releasePayeeShare(
  payee: PayeeToRelease,
  { batchId, personId, to }: ReleaseTo,
  roleKeys: readonly HeldRoleKey[],
): Promise<ReleasedShare | null> {
  const share = await openOwnShare(payee, payee.own, roleKeys);
  if (share === null) return null;
  const { payeeId, awardId } = payee;
  const info = payeeReleaseInfo({ payeeId, awardId, batchId, personId }, to);
  const { enc, body } = await sealTo(fromBase64url(to.publicKey), info, share);
  return { enc: toBase64url(enc), body: toBase64url(body) };
}

/** Joins the two shares and opens where to. null when any part is not of this batch, award, record or person. */
export async function openPayee(
  parts: PayeeInParts,
  roleKeys: readonly HeldRoleKey[],
): Promise<PayeeDetails | null> {
  if (parts.suite !== SUITE) return null;
  const by = roleKeys.find(({ id }) => id === parts.released.roleKeyId);
  if (by === undefined) return null;
  try {
    const theirs = await openWith(by.privateKey, payeeReleaseInfo(parts, by), {
      enc: fromBase64url(parts.released.enc),
      body: fromBase64url(parts.released.body),
    });
    const own = await openOwnShare(parts, parts.own, roleKeys);
    if (theirs === null || own === null || theirs.length !== own.length) return null;
    const padded = await decryptBytes(joinShares(theirs, own), payeeAad(parts), fromBase64url(parts.body));
    const plain = padded === null ? null : unpad(padded);
    return plain === null ? null : (JSON.parse(new TextDecoder().decode(plain)) as PayeeDetails);
  } catch {
    // Bytes that are no base64url are as broken as those that do not open.
    return null;
  }
}

async function openOwnShare(ref: PayeeRef, own: KeyForYou, roleKeys: readonly HeldRoleKey[]) {
  const by = roleKeys.find(({ id }) => id === own.roleKeyId);
  if (by === undefined) return null;
  return openDataKey(
    { enc: fromBase64url(own.enc), body: fromBase64url(own.body) },
    { table: PAYEE_TABLE, id: ref.payeeId, record: PAYEE_RECORD, part: own.part },
    by,
  );
}
