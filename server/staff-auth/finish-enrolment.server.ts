import { verifyRegistrationResponse } from "@simplewebauthn/server";
import { and, eq } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { z } from "zod";
import type { Database, Tx } from "~db/client.server";
import { enrolmentLinks, passkeys, staff } from "~db/schema/staff";
import { recordEvent } from "~server/audit/record-event.server";
import type { Clock } from "~server/clock";
import { DomainError } from "~server/errors.server";
import { systemActor } from "./actor";
import { endSessions } from "./end-sessions.server";
import { parseRegistration, type RegistrationPayload } from "./parse-passkey-response.server";
import { findEnrolmentLink, linkExpired } from "./read-enrolment-link.server";
import { challengeSpent, keepRefusal } from "./refusals.server";
import type { RelyingParty } from "./relying-party";
import { spendChallenge } from "./spend-challenge.server";
import { startSession, type SignedIn } from "./start-session.server";

/** EdDSA, ES256, RS256 (COSE): fixed, so that a voucher's signature can be checked by any later release. */
export const ALGORITHMS = [-8, -7, -257] as const;

const TRANSPORTS = new Set(["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"]);

const boundTo = z.object({ linkId: z.string() });

/**
 * Registers the passkey and signs its owner in. The link's row is locked first: of two finishes with one link the
 * second waits, then finds it used. Demo sessions of the person end, for they now have a passkey.
 * Throws the refusals of `readEnrolmentLink`, `challenge_spent`, `passkey_malformed`, `key_material_sent`,
 * `passkey_refused` (400) or `passkey_known` (409). The challenge is spent in any case.
 */
export async function finishEnrolment(
  db: Database,
  input: {
    token: string;
    challengeId: string;
    response: unknown;
    relyingParty: RelyingParty;
    clock: Clock;
  },
): Promise<SignedIn> {
  const response = parseRegistration(input.response);
  const at = input.clock.now();
  return keepRefusal(db, systemActor("staff-enrolment"), async (tx) => {
    const link = await findEnrolmentLink(tx, { token: input.token, at, lock: true });
    const owner = link.person;
    // Held until the commit, so that no demo session opens beside the first passkey and no suspension slips by.
    const active = await tx
      .select({ id: staff.id })
      .from(staff)
      .where(and(eq(staff.id, owner.id), eq(staff.status, "active")))
      .for("update");
    if (active.length === 0) return linkExpired();
    const challenge = await spendChallenge(tx, { id: input.challengeId, purpose: "enrol", at });
    const bound = boundTo.safeParse(challenge?.context);
    if (challenge?.staffId !== owner.id || !bound.success || bound.data.linkId !== link.id)
      return challengeSpent();
    const made = await verify(response, challenge.challenge, input.relyingParty);
    if (made === null)
      return new DomainError("passkey_refused", 400, "通行密钥没有登记成功。请刷新这一页，再试一次。");
    const id = await insertPasskey(tx, { owner: owner.id, response, made, at });
    if (id === null)
      return new DomainError("passkey_known", 409, "这把通行密钥已经登记过了，请直接登录或者换一把。");
    await tx.update(enrolmentLinks).set({ usedAt: at }).where(eq(enrolmentLinks.id, link.id));
    await recordEvent(
      tx,
      {
        action: "staff.passkey_enrolled",
        subjectTable: "staff",
        subjectId: owner.id,
        data: { passkeyId: id, prf: prfCapable(response), backedUp: made.credentialBackedUp },
        at,
      },
      owner,
    );
    await endSessions(tx, { staffId: owner.id, because: "passkey_enrolled", method: "demo", at }, owner);
    return startSession(tx, owner, at);
  });
}

type Made = Extract<
  Awaited<ReturnType<typeof verifyRegistrationResponse>>,
  { verified: true }
>["registrationInfo"];

async function verify(
  response: RegistrationPayload,
  expectedChallenge: string,
  relyingParty: RelyingParty,
): Promise<Made | null> {
  try {
    const result = await verifyRegistrationResponse({
      response,
      expectedChallenge,
      expectedOrigin: relyingParty.origin,
      expectedRPID: relyingParty.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...ALGORITHMS],
    });
    return result.verified ? result.registrationInfo : null;
  } catch {
    // The library's messages quote the payload; none of it may reach a log.
    return null;
  }
}

async function insertPasskey(
  tx: Tx,
  input: { owner: string; response: RegistrationPayload; made: Made; at: Date },
): Promise<string | null> {
  const { credential, credentialBackedUp } = input.made;
  const [row] = await tx
    .insert(passkeys)
    .values({
      id: uuidv7(),
      staffId: input.owner,
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey),
      signCount: BigInt(credential.counter),
      transports: (credential.transports ?? []).filter((name) => TRANSPORTS.has(name)),
      backedUp: credentialBackedUp,
      prfCapable: prfCapable(input.response),
      createdAt: input.at,
    })
    .onConflictDoNothing({ target: passkeys.credentialId })
    .returning({ id: passkeys.id });
  return row?.id ?? null;
}

function prfCapable(response: RegistrationPayload): boolean {
  return response.clientExtensionResults.prf?.enabled === true;
}
