import { verifyAuthenticationResponse } from "@simplewebauthn/server";

/** A signed act's key and assertion as they were stored with it. */
export type StoredAssertion = {
  /** SHA-256 of the signed words: the challenge. */
  readonly hash: Buffer;
  readonly credentialId: string;
  /** COSE. */
  readonly publicKey: Buffer;
  readonly authenticatorData: Buffer;
  readonly clientDataJson: Buffer;
  readonly signature: Buffer;
  readonly rpId: string;
  readonly origin: string;
};

/** Why a stored assertion is not one over the act's words on its site, or null. Needs no database. */
export async function findAssertionFault(step: StoredAssertion): Promise<string | null> {
  const host = URL.canParse(step.origin) ? new URL(step.origin).hostname : "";
  if (host !== step.rpId && !host.endsWith(`.${step.rpId}`))
    return `origin ${step.origin} is not of ${step.rpId}`;
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: {
        id: step.credentialId,
        rawId: step.credentialId,
        type: "public-key",
        clientExtensionResults: {},
        response: {
          authenticatorData: step.authenticatorData.toString("base64url"),
          clientDataJSON: step.clientDataJson.toString("base64url"),
          signature: step.signature.toString("base64url"),
        },
      },
      expectedChallenge: step.hash.toString("base64url"),
      expectedOrigin: step.origin,
      expectedRPID: step.rpId,
      requireUserVerification: true,
      credential: { id: step.credentialId, publicKey: new Uint8Array(step.publicKey), counter: 0 },
    });
    return verified ? null : "the signature is not the key's";
  } catch (error) {
    return error instanceof Error ? error.message : "not an assertion";
  }
}
