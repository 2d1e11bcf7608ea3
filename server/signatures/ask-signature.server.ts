import {
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import { and, eq, isNull, or, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { passkeys, staff, webauthnChallenges } from "~db/schema/staff";
import { refusal } from "~server/ledger/refusals.server";
import type { Signing } from "~server/rewards/signing.server";

/** Minutes a person has to touch their passkey. */
const CHALLENGE_MINUTES = 5;

export type AskedSignature = {
  readonly challengeId: string;
  /** For `startAuthentication({ optionsJSON })` in the browser. */
  readonly options: PublicKeyCredentialRequestOptionsJSON;
};

/**
 * Keeps a challenge for one signed act, single use, five minutes, bound to the person and to `context` (which
 * takeSignature reads back by its schema: give every kind of subject a shape of its own). `hash` is that of the signed
 * words. Throws `no_passkey`.
 */
export async function askSignature(
  tx: Tx,
  asked: { readonly staffId: string; readonly hash: Buffer; readonly context: Record<string, unknown> },
  signing: Signing,
): Promise<AskedSignature> {
  const allowed = await readUsablePasskeys(tx, asked.staffId, signing.seedKeys === true);
  if (allowed.length === 0) throw refusal("no_passkey");
  const now = signing.clock.now();
  const challengeId = uuidv7();
  await tx.insert(webauthnChallenges).values({
    id: challengeId,
    purpose: "sign",
    staffId: asked.staffId,
    challenge: asked.hash.toString("base64url"),
    context: asked.context,
    createdAt: now,
    expiresAt: new Date(now.getTime() + CHALLENGE_MINUTES * 60_000),
  });
  const options = await generateAuthenticationOptions({
    rpID: signing.rpId,
    challenge: new Uint8Array(asked.hash),
    allowCredentials: allowed.map((key) => ({ id: key.credentialId, transports: key.transports })),
    userVerification: "required",
    timeout: CHALLENGE_MINUTES * 60_000,
  });
  return { challengeId, options };
}

/** Live passkeys of a person; with `seedKeys`, also the throw-away keys of a demo person. */
export function readUsablePasskeys(tx: Tx, staffId: string, seedKeys: boolean) {
  const live = isNull(passkeys.revokedAt);
  return tx
    .select({ passkey: passkeys })
    .from(passkeys)
    .innerJoin(staff, eq(staff.id, passkeys.staffId))
    .where(
      and(
        eq(passkeys.staffId, staffId),
        seedKeys ? or(live, and(eq(passkeys.kind, "seed"), eq(staff.isDemo, true))) : live,
      ),
    )
    .orderBy(sql`${passkeys.createdAt}`, passkeys.id)
    .then((rows) => rows.map((row) => row.passkey));
}
