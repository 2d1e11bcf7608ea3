import { passkeyLabel } from "~/forms/own-keys";
import { formValues, textOf } from "~/forms/parse-form";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "./actor";
import { catchRefusal } from "./answer-refusals.server";
import { endOtherSessions } from "./end-other-sessions.server";
import { endSession } from "./end-session.server";
import { namePasskey } from "./name-passkey.server";
import { relyingParty } from "./relying-party";
import { revokeOwnPasskey } from "./revoke-own-passkey.server";

export const ACCOUNT_DONE = ["named", "revoked", "session-ended", "sessions-ended"] as const;

export type AccountOutcome =
  | { readonly kind: "done"; readonly done: (typeof ACCOUNT_DONE)[number] }
  | {
      readonly kind: "failed";
      readonly status: number;
      readonly passkeyId: string;
      readonly refusal: string;
    };

/** Carries out one form of the account page. What may be done is decided by the functions it calls. */
export async function manageAccount(
  { db, env, clock }: Portal,
  form: FormData,
  actor: StaffActor,
): Promise<AccountOutcome> {
  const values = formValues(form);
  const passkeyId = textOf(values, "passkeyId");
  const failed = (status: number, refusal: string) => ({
    kind: "failed" as const,
    status,
    passkeyId,
    refusal,
  });
  const run = async (
    done: (typeof ACCOUNT_DONE)[number],
    work: Promise<unknown>,
  ): Promise<AccountOutcome> => {
    const result = await catchRefusal(work);
    return result.ok ? { kind: "done", done } : failed(result.refusal.status, result.refusal.publicMessage);
  };
  switch (textOf(values, "intent")) {
    case "name": {
      const label = passkeyLabel.safeParse(textOf(values, "label"));
      if (!label.success) return failed(400, "名称最多 40 个字，请改短后再保存。");
      return run("named", namePasskey(db, { passkeyId, label: label.data }, actor));
    }
    case "revoke": {
      const site = { relyingParty: relyingParty(env.publicOrigin), clock };
      const stepUp = textOf(values, "stepUp");
      return run("revoked", revokeOwnPasskey(db, { passkeyId, stepUp, ...site }, actor));
    }
    case "end-session": {
      const sessionId = textOf(values, "sessionId");
      return run("session-ended", endSession(db, { sessionId, clock }, actor));
    }
    case "end-others":
      return run("sessions-ended", endOtherSessions(db, { clock }, actor));
    default:
      return failed(400, "没有读懂这次操作，请刷新这一页后再试。");
  }
}
