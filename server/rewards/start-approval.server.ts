import { randomBytes } from "node:crypto";
import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/server";
import { z } from "zod";
import type { Database } from "~db/client.server";
import { withActor } from "~db/with-actor.server";
import { lockAward } from "~server/ledger/lock-award.server";
import { refusal } from "~server/ledger/refusals.server";
import { askSignature } from "~server/signatures/ask-signature.server";
import type { Actor } from "~server/staff-auth/actor";
import { judgeApproval, type ApprovalAction } from "./judge-approval.server";
import { bindReason, writeSignedBody, type Signing } from "./signing.server";

/** What a stored `sign` challenge is for. */
export const signContext = z.strictObject({
  awardId: z.string(),
  action: z.enum(["prepare", "review", "approve", "reject"]),
  nonce: z.string(),
  signedBody: z.string(),
  reason: z.string().nullable(),
});

export type StartApprovalInput = {
  readonly awardId: string;
  readonly action: ApprovalAction;
  /** Why a voucher is rejected, 5 to 300 characters, without names or numbers of people. */
  readonly reason?: string;
};

export type StartedApproval = {
  readonly challengeId: string;
  /** For `startAuthentication({ optionsJSON })` in the browser. */
  readonly options: PublicKeyCredentialRequestOptionsJSON;
  /** The canonical bytes whose SHA-256 is the challenge, to be shown to who signs. */
  readonly signedBody: string;
  /** The voucher's canonical JSON. */
  readonly voucherBody: string;
};

/**
 * Asks a person for their signature on the next act of a voucher. The challenge is kept on the server, single use,
 * five minutes. Throws what judgeApproval throws, `no_passkey`, `reason_required`, `not_found`.
 */
export async function startApproval(
  db: Database,
  input: StartApprovalInput,
  actor: Actor,
  signing: Signing,
): Promise<StartedApproval> {
  return withActor(db, actor, async (tx) => {
    const award = await lockAward(tx, input.awardId);
    const plan = await judgeApproval(tx, award, input.action, actor);
    const reason = input.action === "reject" ? checkReason(input.reason) : null;
    const actorId = actor.kind === "staff" ? actor.id : "";
    const nonce = bindReason(randomBytes(16).toString("base64url"), reason);
    const { signedBody, hash } = writeSignedBody({
      action: input.action,
      voucherHash: plan.voucher.hash,
      previousHash: plan.previousHash,
      actorId,
      nonce,
    });
    const context: z.infer<typeof signContext> = {
      awardId: award.id,
      action: input.action,
      nonce,
      signedBody,
      reason,
    };
    const { challengeId, options } = await askSignature(tx, { staffId: actorId, hash, context }, signing);
    return { challengeId, options, signedBody, voucherBody: plan.voucher.body };
  });
}

function checkReason(reason: string | undefined): string {
  const said = reason?.trim() ?? "";
  // Eleven digits in a row are a phone, a card or an identity number (invariant 17).
  if (said.length < 5 || said.length > 300 || /\d{11}/.test(said)) throw refusal("reason_required");
  return said;
}
