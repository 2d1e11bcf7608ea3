import { createHash } from "node:crypto";
import type { Clock } from "~server/clock";
import { writeSignedWords } from "~server/signatures/write-signed-words";
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

/** The signed words of one act on a reward voucher (invariant 10); the first previousApprovalHash is null. */
export function writeSignedBody(act: {
  action: ApprovalAction;
  voucherHash: Buffer;
  previousHash: Buffer | null;
  actorId: string;
  nonce: string;
}): { signedBody: string; hash: Buffer } {
  const { voucherHash, ...rest } = act;
  return writeSignedWords({ ...rest, subject: { name: "voucherHash", hash: voucherHash } });
}

/** 128 random bits; a rejection's nonce also carries the hash of its reason, so that the reason is signed too. */
export function bindReason(random: string, reason: string | null): string {
  if (reason === null) return random;
  return `${random}.${createHash("sha256").update(reason, "utf8").digest("hex")}`;
}
