import { verifyAuthenticationResponse, type AuthenticationResponseJSON } from "@simplewebauthn/server";
import { and, eq, gt, isNull } from "drizzle-orm";
import type { z } from "zod";
import type { Database, Tx } from "~db/client.server";
import { passkeys, webauthnChallenges } from "~db/schema/staff";
import { withActor } from "~db/with-actor.server";
import { refusal } from "~server/ledger/refusals.server";
import type { LiveGrant } from "~server/ledger/require-finance-role.server";
import type { Signing } from "~server/rewards/signing.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { readUsablePasskeys } from "./ask-signature.server";

export type SignatureInput = {
  readonly challengeId: string;
  /** What the browser's `startAuthentication` returned, without PRF results. */
  readonly response: AuthenticationResponseJSON;
};

export type TakenSignature<Context> = {
  readonly context: Context;
  /** The columns of a signed act's row: key and assertion as they were, so that it verifies from stored data alone. */
  readonly stored: {
    readonly passkeyId: string;
    readonly credentialId: string;
    readonly publicKey: Buffer;
    readonly authenticatorData: Buffer;
    readonly clientDataJson: Buffer;
    readonly signature: Buffer;
    readonly rpId: string;
    readonly origin: string;
  };
  readonly signCount: number;
};

/**
 * Spends the challenge, in a transaction of its own (a failed signature burns it too), and verifies the assertion
 * over it with the person's stored key. The act's own transaction then judges anew, compares the words, and calls
 * spendPasskey. Throws `challenge_spent` (also where the context is of another kind), `passkey_revoked`,
 * `signature_invalid`.
 */
export async function takeSignature<Schema extends z.ZodType>(
  db: Database,
  input: SignatureInput,
  contextSchema: Schema,
  actor: StaffActor,
  signing: Signing,
): Promise<TakenSignature<z.output<Schema>>> {
  const { context, challenge } = await spendChallenge(db, input.challengeId, contextSchema, actor, signing);
  const { response } = input;
  const known = await withActor(db, actor, (tx) =>
    readUsablePasskeys(tx, actor.id, signing.seedKeys === true),
  );
  const passkey = known.find((key) => key.credentialId === response.id);
  if (passkey === undefined) throw refusal("passkey_revoked");
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: signing.origin,
    expectedRPID: signing.rpId,
    requireUserVerification: true,
    credential: {
      id: passkey.credentialId,
      publicKey: new Uint8Array(passkey.publicKey),
      counter: Number(passkey.signCount),
    },
  }).catch(() => {
    throw refusal("signature_invalid");
  });
  if (!verified || !authenticationInfo.userVerified) throw refusal("signature_invalid");
  return {
    context,
    stored: {
      passkeyId: passkey.id,
      credentialId: passkey.credentialId,
      publicKey: passkey.publicKey,
      authenticatorData: Buffer.from(response.response.authenticatorData, "base64url"),
      clientDataJson: Buffer.from(response.response.clientDataJSON, "base64url"),
      signature: Buffer.from(response.response.signature, "base64url"),
      rpId: signing.rpId,
      origin: authenticationInfo.origin,
    },
    signCount: authenticationInfo.newCounter,
  };
}

async function spendChallenge<Schema extends z.ZodType>(
  db: Database,
  challengeId: string,
  contextSchema: Schema,
  actor: StaffActor,
  signing: Signing,
): Promise<{ context: z.output<Schema>; challenge: string }> {
  const now = signing.clock.now();
  const spent = await withActor(db, actor, (tx) =>
    tx
      .update(webauthnChallenges)
      .set({ usedAt: now })
      .where(
        and(
          eq(webauthnChallenges.id, challengeId),
          eq(webauthnChallenges.purpose, "sign"),
          eq(webauthnChallenges.staffId, actor.id),
          isNull(webauthnChallenges.usedAt),
          gt(webauthnChallenges.expiresAt, now),
        ),
      )
      .returning({ context: webauthnChallenges.context, challenge: webauthnChallenges.challenge }),
  );
  const [row] = spent;
  const context = contextSchema.safeParse(row?.context);
  if (row === undefined || !context.success) throw refusal("challenge_spent");
  return { context: context.data, challenge: row.challenge };
}

/**
 * Re-reads the key inside the act's transaction: it may have been revoked since it signed. Throws `passkey_revoked`,
 * `signature_invalid` where its counter stood still.
 */
export async function spendPasskey(
  tx: Tx,
  taken: Pick<TakenSignature<unknown>, "stored" | "signCount">,
  signing: Signing,
): Promise<void> {
  const [key] = await tx.select().from(passkeys).where(eq(passkeys.id, taken.stored.passkeyId)).for("update");
  const seed = key?.kind === "seed" && signing.seedKeys === true;
  if (key === undefined || (key.revokedAt !== null && !seed)) throw refusal("passkey_revoked");
  // A counter that stands still or runs back is a copied authenticator (WebAuthn 7.2, step 22).
  if (key.signCount > 0n && BigInt(taken.signCount) <= key.signCount) throw refusal("signature_invalid");
  await tx
    .update(passkeys)
    .set({ signCount: BigInt(taken.signCount), lastUsedAt: signing.clock.now() })
    .where(eq(passkeys.id, key.id));
}

/** What of a role grant is stored with a signed act (invariant 10). */
export function snapshotGrant(grant: LiveGrant, actor: StaffActor) {
  return {
    id: grant.id,
    staffId: actor.id,
    role: grant.role,
    grantedBy: grant.grantedBy,
    grantedAt: grant.grantedAt.toISOString(),
    agency: actor.agencyId,
  };
}
