import type { PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser";
import type { StepUpRequest } from "~/forms/step-up";
import { askStepUp } from "./ask-webauthn";
import { signWithPasskey } from "./passkey";

/**
 * Has the person touch their passkey for one act; the text goes into the form's `stepUp` field. Throws what
 * `passkeyFault` puts into words.
 */
export async function stepUp(request: StepUpRequest): Promise<string> {
  const started = (await askStepUp(request)) as {
    challengeId: string;
    options: PublicKeyCredentialRequestOptionsJSON;
  };
  const response = await signWithPasskey(started.options);
  return JSON.stringify({ challengeId: started.challengeId, response });
}
