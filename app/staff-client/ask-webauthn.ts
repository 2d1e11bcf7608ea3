import type { SignChosenRequest, SignRequest } from "~/forms/signature";
import type { OwnKeysRequest } from "~/forms/own-keys";
import type { StepUpRequest } from "~/forms/step-up";
import type { WebauthnRequest } from "~/forms/webauthn";
import { paths } from "~/paths";

/** Why a passkey step did not go through: a key of the catalogue, or the server's own sentence. */
export type PasskeyFault =
  { readonly key: "unsupported" | "cancelled" | "known" | "offline" | "failed" } | { readonly said: string };

export class PasskeyRefusal extends Error {
  readonly fault: PasskeyFault;

  constructor(fault: PasskeyFault) {
    super("passkey refused");
    this.fault = fault;
  }
}

/** Posts one step to the passkey endpoint. Throws `PasskeyRefusal` with the server's sentence, or offline. */
export function askWebauthn(request: WebauthnRequest): Promise<unknown> {
  return postStep(paths.staff.webauthn(), request);
}

/** Asks for the challenge of a voucher's next signature. Throws as askWebauthn does. */
export function askSignature(request: SignRequest): Promise<unknown> {
  return postStep(paths.staff.sign(), request);
}

/** One step of one chosen voucher: its challenge, then its signature. Throws as askWebauthn does. */
export function askChosen(request: SignChosenRequest): Promise<unknown> {
  return postStep(paths.staff.sign(), request);
}

/** Asks for the challenge of a grave act. Throws as askWebauthn does. */
export function askStepUp(request: StepUpRequest): Promise<unknown> {
  return postStep(paths.staff.stepUp(), request);
}

/** Posts one step of one's own key and passkeys. Throws as askWebauthn does. */
export function askOwnKeys(request: OwnKeysRequest): Promise<unknown> {
  return postStep(paths.staff.ownKeys(), request);
}

/** Posts one step of something that takes several to a JSON endpoint. Throws as askWebauthn does. */
export async function postStep(path: string, request: unknown, signal?: AbortSignal): Promise<unknown> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(request),
    credentials: "same-origin",
    cache: "no-store",
    signal,
  }).catch(() => {
    throw new PasskeyRefusal({ key: "offline" });
  });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body;
  const said = (body as { message?: unknown } | null)?.message;
  throw new PasskeyRefusal(typeof said === "string" && said !== "" ? { said } : { key: "failed" });
}

/** What to tell the person about anything a passkey step threw. */
export function passkeyFault(error: unknown): PasskeyFault {
  if (error instanceof PasskeyRefusal) return error.fault;
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "AbortError") return { key: "cancelled" };
  if (name === "InvalidStateError") return { key: "known" };
  return { key: name === "NotSupportedError" ? "unsupported" : "failed" };
}
