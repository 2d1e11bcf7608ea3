import {
  startAuthentication,
  startRegistration,
  type AuthenticationResponseJSON,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
} from "@simplewebauthn/browser";
import { prfInput } from "~server/secrecy/personal-key";
import { stripKeyMaterial } from "./strip-key-material";

/**
 * A passkey's answer, safe to post, and apart from it the PRF output: the secret that unlocks the person's key, which
 * stays in this browser. null where the authenticator or the browser evaluates none.
 */
export type PasskeyAnswer<T> = { readonly answer: T; readonly prf: Uint8Array | null };

/** Has the browser make a passkey, and evaluate its PRF where it can already. Rejects when the person cancels. */
export async function registerPasskey(
  options: PublicKeyCredentialCreationOptionsJSON,
): Promise<PasskeyAnswer<RegistrationResponseJSON>> {
  return parted(await startRegistration({ optionsJSON: await withPrf(options) }));
}

/** Has the browser sign a challenge (sign-in, approval, step-up) and evaluate the passkey's PRF. Rejects on cancel. */
export async function signWithPasskey(
  options: PublicKeyCredentialRequestOptionsJSON,
): Promise<PasskeyAnswer<AuthenticationResponseJSON>> {
  return parted(await startAuthentication({ optionsJSON: await withPrf(options) }));
}

/** The PRF is asked for here and not by the server: what it is evaluated at is the browser's business alone. */
async function withPrf<
  T extends PublicKeyCredentialCreationOptionsJSON | PublicKeyCredentialRequestOptionsJSON,
>(options: T): Promise<T> {
  const prf = { eval: { first: await prfInput() } };
  return { ...options, extensions: { ...options.extensions, prf } };
}

function parted<T extends RegistrationResponseJSON | AuthenticationResponseJSON>(raw: T): PasskeyAnswer<T> {
  return { answer: stripKeyMaterial(raw), prf: prfOutput(raw.clientExtensionResults.prf?.results?.first) };
}

/** 32 bytes, or null: anything else is no PRF output (WebAuthn Level 3 §10.1.4). */
function prfOutput(first: ArrayBuffer | ArrayBufferView | undefined): Uint8Array | null {
  if (first === undefined) return null;
  const bytes = ArrayBuffer.isView(first)
    ? new Uint8Array(first.buffer, first.byteOffset, first.byteLength)
    : new Uint8Array(first);
  return bytes.length === 32 ? new Uint8Array(bytes) : null;
}
