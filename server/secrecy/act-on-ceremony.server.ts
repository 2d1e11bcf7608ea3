import { recoveryAnswerForm, recoveryConfirmForm, recoveryKeyForm } from "~/forms/key-acts";
import { formValues, parseForm, textOf, type FormValues } from "~/forms/parse-form";
import type { StepUpRequest } from "~/forms/step-up";
import { agreedTo } from "~/forms/step-up-subjects";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { relyingParty } from "~server/staff-auth/relying-party";
import { requireStepUp } from "~server/staff-auth/step-up.server";
import { fingerprintOf } from "./fingerprint";
import { fromBase64url } from "./format";
import { registerRecoveryKey } from "./register-recovery-key.server";
import { confirmRecoveryKey, refuseRecoveryKey } from "./settle-recovery-key.server";

export const CEREMONY_DONE = ["registered", "confirmed", "refused"] as const;

export type CeremonyOutcome =
  | { readonly kind: "done"; readonly done: (typeof CEREMONY_DONE)[number] }
  | {
      readonly kind: "failed";
      readonly status: number;
      readonly state: { readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };
      readonly refusal: string | null;
    };

/**
 * Carries out one form of the key ceremony: registering the recovery key, confirming it (by the fingerprint the recovery
 * command printed, typed anew), or turning it down. Registering and confirming ask for the passkey, bound to the key.
 */
export async function actOnCeremony(
  { db, env, clock }: Portal,
  form: FormData,
  actor: StaffActor,
): Promise<CeremonyOutcome> {
  const { stepUp: proof, ...values } = formValues(form);
  const failed = (status: number, errors: Readonly<Record<string, string>>, refusal: string | null) => ({
    kind: "failed" as const,
    status,
    state: { values, errors },
    refusal,
  });
  const run = async (
    done: (typeof CEREMONY_DONE)[number],
    work: () => Promise<unknown>,
  ): Promise<CeremonyOutcome> => {
    const result = await catchRefusal(work());
    return result.ok
      ? { kind: "done", done }
      : failed(result.refusal.status, {}, result.refusal.publicMessage);
  };
  const touched = (agreed: StepUpRequest) =>
    requireStepUp(db, { ...agreed, proof, relyingParty: relyingParty(env.staffOrigin), clock }, actor);

  switch (textOf(values, "intent")) {
    case "confirm": {
      const asked = parseForm(recoveryConfirmForm, form);
      if (!asked.ok) return failed(400, asked.errors, null);
      const { requestId, publicKey, fingerprint } = asked.value;
      if ((await fingerprintOf(fromBase64url(publicKey))).replaceAll(" ", "") !== fingerprint)
        return failed(400, { fingerprint: "fingerprintDiffers" }, null);
      return run("confirmed", async () => {
        await touched(await agreedTo.recoveryKeyConfirmed({ requestId, publicKey }));
        await confirmRecoveryKey(db, { requestId, publicKey, at: clock.now() }, actor);
      });
    }
    case "refuse": {
      const asked = parseForm(recoveryAnswerForm, form);
      if (!asked.ok) return failed(400, {}, null);
      return run("refused", () => refuseRecoveryKey(db, { ...asked.value, at: clock.now() }, actor));
    }
    default: {
      const asked = parseForm(recoveryKeyForm, form);
      if (!asked.ok) return failed(400, asked.errors, null);
      return run("registered", async () => {
        await touched(await agreedTo.recoveryKey(asked.value));
        await registerRecoveryKey(db, { ...asked.value, at: clock.now() }, actor);
      });
    }
  }
}
