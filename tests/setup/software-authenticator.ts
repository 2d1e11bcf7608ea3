import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";
import { isoCBOR } from "@simplewebauthn/server/helpers";

/** What a dishonest or broken browser would say instead of the truth. */
export type Twist = {
  origin?: string;
  rpId?: string;
  userVerified?: boolean;
  counter?: number;
  challenge?: string;
  userHandle?: string | null;
  extensionResults?: Record<string, unknown>;
};

export type SoftwareAuthenticator = {
  readonly credentialId: string;
  create(options: PublicKeyCredentialCreationOptionsJSON, twist?: Twist): RegistrationResponseJSON;
  get(options: PublicKeyCredentialRequestOptionsJSON, twist?: Twist): AuthenticationResponseJSON;
};

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const ATTESTED = 0x40;

/** A passkey in memory (P-256, no attestation) as a browser on `origin` would answer with it. */
export function softwareAuthenticator(origin: string): SoftwareAuthenticator {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const credential = randomBytes(24);
  const credentialId = credential.toString("base64url");
  let counter = 0;
  let owner = "";

  const authenticatorData = (rpId: string, twist: Twist, attested: Buffer): Buffer => {
    const flags =
      USER_PRESENT |
      (twist.userVerified === false ? 0 : USER_VERIFIED) |
      (attested.length > 0 ? ATTESTED : 0);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(twist.counter ?? counter);
    return Buffer.concat([sha256(Buffer.from(twist.rpId ?? rpId)), Buffer.from([flags]), count, attested]);
  };
  const clientData = (type: string, challenge: string, twist: Twist): Buffer =>
    Buffer.from(
      JSON.stringify({
        type,
        challenge: twist.challenge ?? challenge,
        origin: twist.origin ?? origin,
        crossOrigin: false,
      }),
    );
  const common = { id: credentialId, rawId: credentialId, type: "public-key" as const };

  return {
    credentialId,
    create(options, twist = {}) {
      owner = options.user.id;
      const { x, y } = publicKey.export({ format: "jwk" });
      const cose = isoCBOR.encode(
        new Map<number, number | Uint8Array>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, bytes(x)],
          [-3, bytes(y)],
        ]),
      );
      const length = Buffer.alloc(2);
      length.writeUInt16BE(credential.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, credential, cose]);
      const authData = authenticatorData(options.rp.id ?? "", twist, attested);
      const attestation = isoCBOR.encode(
        new Map<string, string | Uint8Array | Map<string, never>>([
          ["fmt", "none"],
          ["attStmt", new Map<string, never>()],
          ["authData", new Uint8Array(authData)],
        ]),
      );
      return {
        ...common,
        response: {
          clientDataJSON: clientData("webauthn.create", options.challenge, twist).toString("base64url"),
          attestationObject: Buffer.from(attestation).toString("base64url"),
          transports: ["internal", "carrier-pigeon"],
        },
        clientExtensionResults: twist.extensionResults ?? { credProps: { rk: true }, prf: { enabled: true } },
      };
    },
    get(options, twist = {}) {
      counter += 1;
      const authData = authenticatorData(options.rpId ?? "", twist, Buffer.alloc(0));
      const client = clientData("webauthn.get", options.challenge, twist);
      const signature = sign("sha256", Buffer.concat([authData, sha256(client)]), privateKey);
      const userHandle = twist.userHandle === undefined ? owner : twist.userHandle;
      return {
        ...common,
        response: {
          clientDataJSON: client.toString("base64url"),
          authenticatorData: authData.toString("base64url"),
          signature: signature.toString("base64url"),
          ...(userHandle === null ? {} : { userHandle }),
        },
        clientExtensionResults: twist.extensionResults ?? {},
      };
    },
  };
}

function sha256(data: Buffer): Buffer {
  return createHash("sha256").update(data).digest();
}

function bytes(coordinate: string | undefined): Uint8Array {
  return new Uint8Array(Buffer.from(coordinate ?? "", "base64url"));
}
