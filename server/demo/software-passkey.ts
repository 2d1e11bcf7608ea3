import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import type { AuthenticationResponseJSON } from "@simplewebauthn/server";

export type SoftwarePasskey = {
  /** base64url, as `passkeys.credential_id` keeps it. */
  readonly credentialId: string;
  /** COSE_Key, as `passkeys.public_key` keeps it. */
  readonly publicKey: Buffer;
  /** What a browser would post for `challenge` (base64url) on `origin`. */
  assert(request: {
    challenge: string;
    rpId: string;
    origin: string;
    /** Whether the person was verified (UV); a real authenticator with a PIN or a finger says true. */
    userVerified?: boolean;
    signCount?: number;
  }): AuthenticationResponseJSON;
};

/**
 * A throw-away authenticator in software (ES256 over P-256; WebAuthn 6.1 and 6.5.5), for demo history and tests.
 * Its key lives in this process only: what it signed stays verifiable, and nobody can sign with it again.
 */
export function createSoftwarePasskey(): SoftwarePasskey {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const credentialId = randomBytes(32).toString("base64url");
  return {
    credentialId,
    publicKey: encodeCose(publicKey),
    assert: ({ challenge, rpId, origin, userVerified = true, signCount = 0 }) => {
      const clientData = Buffer.from(
        JSON.stringify({ type: "webauthn.get", challenge, origin, crossOrigin: false }),
        "utf8",
      );
      const authenticatorData = writeAuthenticatorData(rpId, userVerified, signCount);
      const signed = Buffer.concat([authenticatorData, hash(clientData)]);
      return {
        id: credentialId,
        rawId: credentialId,
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData.toString("base64url"),
          authenticatorData: authenticatorData.toString("base64url"),
          signature: sign("sha256", signed, { key: privateKey, dsaEncoding: "der" }).toString("base64url"),
        },
      };
    },
  };
}

/** rpIdHash, flags (UP 0x01, UV 0x04), signature counter. */
function writeAuthenticatorData(rpId: string, userVerified: boolean, signCount: number): Buffer {
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(signCount);
  return Buffer.concat([hash(Buffer.from(rpId, "utf8")), Buffer.from([userVerified ? 0x05 : 0x01]), counter]);
}

/** COSE_Key map {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y} (RFC 9053), in CBOR. */
function encodeCose(key: KeyObject): Buffer {
  const jwk = key.export({ format: "jwk" });
  const coordinate = (text: string | undefined) => Buffer.from(text ?? "", "base64url");
  return Buffer.concat([
    Buffer.from("a5010203262001215820", "hex"),
    coordinate(jwk.x),
    Buffer.from("225820", "hex"),
    coordinate(jwk.y),
  ]);
}

function hash(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}
