import { createHash, createPublicKey, verify, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
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
  if (await isPlainlyRight(step)) return null;
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

/** On a thread of Node's own pool. */
const verifyApart = promisify(verify);

/** Flags of authenticator data (WebAuthn 6.1). */
const [PRESENT, VERIFIED, MAY_BACK_UP, BACKED_UP] = [0x01, 0x04, 0x08, 0x10];
/** COSE_Key {1: 2, 3: -7, -1: 1, -2: x, -3: y} as authenticators write it (RFC 9053), around x and y. */
const [BEFORE_X, BEFORE_Y] = [Buffer.from("a5010203262001215820", "hex"), Buffer.from("225820", "hex")];

/**
 * Whether the assertion is the common one in every respect, ES256 without extensions, and its signature verifies. A
 * ledger's worth of signatures is checked in a tenth of the time this way, and on the other cores. Whatever is
 * unusual, or wrong, is not judged here.
 */
async function isPlainlyRight(step: StoredAssertion): Promise<boolean> {
  const key = readKey(step.publicKey);
  const { authenticatorData: told, clientDataJson } = step;
  if (key === null || told.length !== 37) return false;
  const flags = told[32] ?? 0;
  const known = PRESENT | VERIFIED | MAY_BACK_UP | BACKED_UP;
  if ((flags & ~known) !== 0 || (flags & PRESENT) === 0 || (flags & VERIFIED) === 0) return false;
  if ((flags & BACKED_UP) !== 0 && (flags & MAY_BACK_UP) === 0) return false;
  if (!told.subarray(0, 32).equals(sha256(Buffer.from(step.rpId)))) return false;
  const client = readClient(clientDataJson);
  if (client?.type !== "webauthn.get" || client.origin !== step.origin) return false;
  if (client.challenge !== step.hash.toString("base64url") || "tokenBinding" in client) return false;
  const signed = Buffer.concat([told, sha256(clientDataJson)]);
  try {
    return await verifyApart("sha256", signed, { key, dsaEncoding: "der" }, step.signature);
  } catch {
    return false;
  }
}

function readClient(json: Buffer): { type?: unknown; origin?: unknown; challenge?: unknown } | null {
  try {
    const client: unknown = JSON.parse(json.toString("utf8"));
    return typeof client === "object" ? client : null;
  } catch {
    return null;
  }
}

/** Keys by their bytes: a ledger has few signers. */
const keys = new Map<string, KeyObject>();

function readKey(cose: Buffer): KeyObject | null {
  const name = cose.toString("base64url");
  const known = keys.get(name);
  if (known !== undefined) return known;
  if (cose.length !== 77 || !cose.subarray(0, 10).equals(BEFORE_X) || !cose.subarray(42, 45).equals(BEFORE_Y))
    return null;
  const coordinate = (from: number) => cose.subarray(from, from + 32).toString("base64url");
  try {
    const jwk = { kty: "EC", crv: "P-256", x: coordinate(10), y: coordinate(45) };
    const key = createPublicKey({ key: jwk, format: "jwk" });
    if (keys.size >= 1_000) keys.clear();
    keys.set(name, key);
    return key;
  } catch {
    return null;
  }
}

function sha256(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}
