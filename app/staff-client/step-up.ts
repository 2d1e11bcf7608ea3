import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser";
import type { StepUpRequest } from "~/forms/step-up";
import { askStepUp } from "./ask-webauthn";
import { unlockWithPrf } from "./keys/unlock";
import { signWithPasskey } from "./passkey";

/**
 * Has the person touch their passkey for one act; the text goes into the form's `stepUp` field. Throws what
 * `passkeyFault` puts into words. Keys that were still locked open with the same touch.
 */
export async function stepUp(request: StepUpRequest): Promise<string> {
  const { proof, prf } = await stepUpWithPrf(request);
  if (prf !== null) await unlockWithPrf(prf);
  return proof;
}

/**
 * The same, with the passkey's PRF output (null where it gives none) for wrapping a key under it; `credentialId` asks
 * for that one of the person's passkeys.
 */
export async function stepUpWithPrf(
  request: StepUpRequest,
  credentialId?: string,
): Promise<{ proof: string; prf: Uint8Array | null }> {
  const { challengeId, options } = (await askStepUp(request)) as {
    challengeId: string;
    options: PublicKeyCredentialRequestOptionsJSON;
  };
  const wanted = options.allowCredentials?.filter(({ id }) => id === credentialId);
  const { answer, prf } = await signWithPasskey(
    credentialId === undefined ? options : { ...options, allowCredentials: wanted },
  );
  return { proof: JSON.stringify({ challengeId, response: answer }), prf };
}
