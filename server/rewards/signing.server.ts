import { createHash } from "node:crypto";
import type { Clock } from "~server/clock";
import { canonicalJson } from "~server/canonical-json";
import type { ApprovalAction } from "./judge-approval.server";

/** Where signatures are asked for: the relying party and the origin people sign on. */
export type Signing = {
  readonly clock: Clock;
  /** The host name of `origin` or a parent of it. */
  readonly rpId: string;
  readonly origin: string;
  /** Set by the demo seed alone: demo people sign their history with throw-away keys that are born revoked. */
  readonly seedKeys?: boolean;
};

/** The signing place of a portal reached at `publicOrigin`. */
export function signingAt(publicOrigin: string, clock: Clock): Signing {
  return { clock, rpId: new URL(publicOrigin).hostname, origin: publicOrigin };
}

/**
 * The canonical bytes of one act: `{action, voucherHash, previousApprovalHash, actor, nonce}` (invariant 10), hashes
 * in hex, the first previousApprovalHash null. Their SHA-256 is the WebAuthn challenge.
 */
export function writeSignedBody(act: {
  action: ApprovalAction;
  voucherHash: Buffer;
  previousHash: Buffer | null;
  actorId: string;
  nonce: string;
}): { signedBody: string; hash: Buffer } {
  const signedBody = canonicalJson({
    action: act.action,
    voucherHash: act.voucherHash.toString("hex"),
    previousApprovalHash: act.previousHash?.toString("hex") ?? null,
    actor: act.actorId,
    nonce: act.nonce,
  });
  return { signedBody, hash: createHash("sha256").update(signedBody, "utf8").digest() };
}

/** 128 random bits; a rejection's nonce also carries the hash of its reason, so that the reason is signed too. */
export function bindReason(random: string, reason: string | null): string {
  if (reason === null) return random;
  return `${random}.${createHash("sha256").update(reason, "utf8").digest("hex")}`;
}
