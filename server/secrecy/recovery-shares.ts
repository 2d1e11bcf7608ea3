import { combine, split } from "shamir-secret-sharing";
import { fromBase64url, toBase64url, utf8 } from "./format";

export const SHARES = 5;
export const THRESHOLD = 3;

const PREFIX = "tipoff-recovery-1.";
const CHECK_BYTES = 4;

/**
 * The recovery key's private half in five shares, any three of which give it back (Shamir over GF(2^8)). A share is
 * one line: `tipoff-recovery-1.<base64url of share and checksum>`, so that a slip in copying is found in that share.
 */
export async function splitRecoveryKey(privateKey: Uint8Array): Promise<string[]> {
  const shares = await split(new Uint8Array(privateKey), SHARES, THRESHOLD);
  return Promise.all(shares.map(writeShare));
}

/** The bytes of a written share; null when it was copied wrongly. */
export async function readShare(text: string): Promise<Uint8Array | null> {
  const line = text.trim();
  const text64 = line.slice(PREFIX.length);
  // One letter over a multiple of four is no base64 of anything: a letter was lost.
  if (!line.startsWith(PREFIX) || !/^[A-Za-z0-9_-]+$/.test(text64) || text64.length % 4 === 1) return null;
  const bytes = fromBase64url(text64);
  const share = bytes.slice(0, -CHECK_BYTES);
  const check = await checksum(share);
  return check.every((byte, at) => byte === bytes[share.length + at]) ? share : null;
}

/** The private key from three or more different shares; null when they are too few or not of one key. */
export async function joinRecoveryShares(shares: readonly Uint8Array[]): Promise<Uint8Array | null> {
  const different = [...new Map(shares.map((share) => [share.join(), share])).values()];
  if (different.length < THRESHOLD) return null;
  try {
    return await combine(different.map((share) => new Uint8Array(share)));
  } catch {
    return null;
  }
}

async function writeShare(share: Uint8Array): Promise<string> {
  const bytes = new Uint8Array(share.length + CHECK_BYTES);
  bytes.set(share);
  bytes.set(await checksum(share), share.length);
  return PREFIX + toBase64url(bytes);
}

async function checksum(share: Uint8Array): Promise<Uint8Array> {
  const prefix = utf8(PREFIX);
  const both = new Uint8Array(prefix.length + share.length);
  both.set(prefix);
  both.set(share, prefix.length);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", both)).slice(0, CHECK_BYTES);
}
