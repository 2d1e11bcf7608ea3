import { createHash, randomBytes } from "node:crypto";

/** A secret of 256 random bits (43 base64url characters) for a link or a cookie; only its hash is kept. */
export function makeToken(): string {
  return randomBytes(32).toString("base64url");
}

/** SHA-256: 256 random bits cannot be guessed, so no slow hash is needed. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** True for the shape `makeToken` gives; anything else is not worth a query. */
export function isToken(value: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(value);
}
