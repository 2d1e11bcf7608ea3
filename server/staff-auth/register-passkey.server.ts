import { verifyRegistrationResponse } from "@simplewebauthn/server";
import { v7 as uuidv7 } from "uuid";
import type { Tx } from "~db/client.server";
import { passkeys } from "~db/schema/staff";
import { DomainError } from "~server/errors.server";
import type { RegistrationPayload } from "./parse-passkey-response.server";
import { ALGORITHMS } from "./registration-options.server";
import type { RelyingParty } from "./relying-party";

const TRANSPORTS = new Set(["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"]);

export type RegisteredPasskey = {
  readonly id: string;
  /** Whether the authenticator said it can evaluate a PRF: only then may it unlock keys. */
  readonly prf: boolean;
  readonly backedUp: boolean;
};

/**
 * Checks a browser's answer to a registration challenge and keeps the passkey, inside the caller's transaction, which
 * has spent the challenge. Returns the refusals `passkey_refused` (400) and `passkey_known` (409).
 */
export async function registerPasskey(
  tx: Tx,
  input: {
    owner: string;
    response: RegistrationPayload;
    challenge: string;
    relyingParty: RelyingParty;
    label?: string;
    at: Date;
  },
): Promise<RegisteredPasskey | DomainError> {
  const { response } = input;
  const made = await verify(response, input.challenge, input.relyingParty);
  if (made === null)
    return new DomainError("passkey_refused", 400, "通行密钥没有登记成功。请刷新这一页，再试一次。");
  const { credential, credentialBackedUp } = made;
  const prf = response.clientExtensionResults.prf?.enabled === true;
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
      prfCapable: prf,
      label: input.label ?? "",
      createdAt: input.at,
    })
    .onConflictDoNothing({ target: passkeys.credentialId })
    .returning({ id: passkeys.id });
  if (row === undefined)
    return new DomainError("passkey_known", 409, "这把通行密钥已经登记过了，请直接登录或者换一把。");
  return { id: row.id, prf, backedUp: credentialBackedUp };
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
