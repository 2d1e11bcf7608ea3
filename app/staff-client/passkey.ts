import {
  startAuthentication,
  startRegistration,
  type AuthenticationResponseJSON,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
} from "@simplewebauthn/browser";
import { stripKeyMaterial } from "./strip-key-material";

/** Has the browser make a passkey; the answer is safe to post. Rejects when the person cancels. */
export async function registerPasskey(
  options: PublicKeyCredentialCreationOptionsJSON,
): Promise<RegistrationResponseJSON> {
  return stripKeyMaterial(await startRegistration({ optionsJSON: options }));
}

/** Has the browser sign a challenge (sign-in, approval); the answer is safe to post. Rejects on cancel. */
export async function signWithPasskey(
  options: PublicKeyCredentialRequestOptionsJSON,
): Promise<AuthenticationResponseJSON> {
  return stripKeyMaterial(await startAuthentication({ optionsJSON: options }));
}
