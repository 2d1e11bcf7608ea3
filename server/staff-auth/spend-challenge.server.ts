import { and, eq, gt, isNull } from "drizzle-orm";
import { v7 as uuidv7, validate } from "uuid";
import type { Tx } from "~db/client.server";
import { webauthnChallenges } from "~db/schema/staff";
import { makeToken } from "./make-token.server";

/** A challenge is good for five minutes. */
export const CHALLENGE_MS = 5 * 60_000;

export type ChallengePurpose = "enrol" | "sign_in" | "step_up";

export type SpentChallenge = { staffId: string | null; challenge: string; context: unknown };

/** Makes and keeps a challenge of 256 random bits; `bytes` go to the library, `id` to the browser. */
export async function storeChallenge(
  tx: Tx,
  input: { purpose: ChallengePurpose; staffId?: string; context?: unknown; at: Date },
): Promise<{ id: string; bytes: Uint8Array<ArrayBuffer> }> {
  const id = uuidv7();
  const challenge = makeToken();
  await tx.insert(webauthnChallenges).values({
    id,
    purpose: input.purpose,
    staffId: input.staffId ?? null,
    challenge,
    context: input.context ?? null,
    createdAt: input.at,
    expiresAt: new Date(input.at.getTime() + CHALLENGE_MS),
  });
  return { id, bytes: new Uint8Array(Buffer.from(challenge, "base64url")) };
}

/** Spends a challenge: the first caller gets it, every later one (or a late, or a foreign one) gets null. */
export async function spendChallenge(
  tx: Tx,
  input: { id: string; purpose: ChallengePurpose; at: Date },
): Promise<SpentChallenge | null> {
  if (!validate(input.id)) return null;
  const [spent] = await tx
    .update(webauthnChallenges)
    .set({ usedAt: input.at })
    .where(
      and(
        eq(webauthnChallenges.id, input.id),
        eq(webauthnChallenges.purpose, input.purpose),
        isNull(webauthnChallenges.usedAt),
        gt(webauthnChallenges.expiresAt, input.at),
      ),
    )
    .returning({
      staffId: webauthnChallenges.staffId,
      challenge: webauthnChallenges.challenge,
      context: webauthnChallenges.context,
    });
  return spent ?? null;
}
