import { createHash } from "node:crypto";
import { canonicalJson } from "~server/canonical-json";

/** What an act is signed over: the name its hash has in the signed words, and the hash (SHA-256). */
export type SignedSubject = {
  /** `voucherHash` for a reward voucher; another kind of subject takes a name of its own, so that no signature over one kind passes for another. */
  readonly name: `${string}Hash`;
  readonly hash: Buffer;
};

export type SignedAct = {
  readonly action: string;
  readonly subject: SignedSubject;
  /** The hash of the signed words before these on the same subject; null for the first. */
  readonly previousHash: Buffer | null;
  readonly actorId: string;
  readonly nonce: string;
};

/**
 * The canonical bytes of one act: `{action, <subject>Hash, previousApprovalHash, actor, nonce}` (ledger invariant 10),
 * hashes in hex. Their SHA-256 is the WebAuthn challenge, and the next act's previousApprovalHash.
 */
export function writeSignedWords(act: SignedAct): { signedBody: string; hash: Buffer } {
  const signedBody = canonicalJson({
    action: act.action,
    [act.subject.name]: act.subject.hash.toString("hex"),
    previousApprovalHash: act.previousHash?.toString("hex") ?? null,
    actor: act.actorId,
    nonce: act.nonce,
  });
  return { signedBody, hash: createHash("sha256").update(signedBody, "utf8").digest() };
}
