import { dataKeyInfo, type KeyPart, type Recipient } from "./format";
import { openWith, sealTo, type SealedTo } from "./hpke";

/** Which data key: of which record of which row, and which part of it. */
export type DataKeyOf = {
  readonly table: string;
  readonly id: string;
  readonly record: string;
  readonly part: KeyPart;
};

/** A data key (or one share of it) sealed to one recipient. */
export function sealDataKey(
  key: Uint8Array,
  of: DataKeyOf,
  to: Recipient & { readonly publicKey: Uint8Array },
): Promise<SealedTo> {
  return sealTo(to.publicKey, dataKeyInfo(of, to), key);
}

/** null when it was sealed for another record, recipient or epoch, or was changed. */
export function openDataKey(
  sealed: SealedTo,
  of: DataKeyOf,
  by: Recipient & { readonly privateKey: Uint8Array },
): Promise<Uint8Array<ArrayBuffer> | null> {
  return openWith(by.privateKey, dataKeyInfo(of, by), sealed);
}

/**
 * Hands a data key on: opened with one role's key and sealed to another's (转办, a new epoch). null when it does not
 * open. Runs in a staff browser; the server only stores the result.
 */
export async function rewrapDataKey(
  sealed: SealedTo,
  of: DataKeyOf,
  by: Recipient & { readonly privateKey: Uint8Array },
  to: Recipient & { readonly publicKey: Uint8Array },
): Promise<SealedTo | null> {
  const key = await openDataKey(sealed, of, by);
  return key === null ? null : sealDataKey(key, of, to);
}
