import { z } from "zod";
import { fromBase64url } from "./format";

/** 32 bytes in base64url: a public key, or HPKE's encapsulation. */
export const bytes32 = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** 48 bytes in base64url: a 32-byte secret and its tag. */
export const bytes48 = z.string().regex(/^[A-Za-z0-9_-]{64}$/);

/** A role's private key sealed to somebody, as it travels; only HPKE's two parts. Bytes in base64url. */
export type SealedText = { readonly enc: string; readonly body: string };

/** The same to be stored. */
export function sealedBytes(sealed: SealedText) {
  return { enc: fromBase64url(sealed.enc), body: fromBase64url(sealed.body) };
}
