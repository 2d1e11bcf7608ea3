import { agreePackSchema, refusePackSchema, requestPackSchema } from "~/forms/pack-proposal";
import { formValues, parseForm, textOf, type FormValues } from "~/forms/parse-form";
import type { StepUpRequest } from "~/forms/step-up";
import { notFound } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { relyingParty } from "~server/staff-auth/relying-party";
import { requireStepUp } from "~server/staff-auth/step-up.server";
import type { Settling } from "./settle-proposal.server";

export type ProposalIntent = "request" | "agree" | "refuse";

export type ProposalOutcome =
  | { readonly ok: true; readonly done: "requested" | "agreed" | "refused" | "withdrawn" }
  | {
      readonly ok: false;
      readonly status: number;
      readonly intent: ProposalIntent;
      readonly state: { readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };
      readonly refusal: string | null;
    };

type Hashed = { readonly proposalId: string; readonly sha256: string };
type Reasoned = { readonly reason: string };

/** What two administrators do with a version of one kind, and what their passkeys are bound to. */
export type ProposalActs = Settling & {
  readonly requestSubject: (of: Hashed & Reasoned) => Promise<StepUpRequest>;
  readonly agreeSubject: (of: Hashed) => StepUpRequest;
};

/**
 * One form of a proposal's page. Asking and agreeing need the administrator's passkey at that moment, bound to the
 * version's hash (and the reason); turning down does not. 404 for anyone but an administrator.
 */
export async function actOnProposal(
  portal: Pick<Portal, "db" | "clock" | "env">,
  acts: ProposalActs,
  input: { readonly proposalId: string; readonly form: FormData },
  actor: StaffActor,
): Promise<ProposalOutcome> {
  if (!hasRole(actor, "administrator")) throw notFound();
  const { db, clock, env } = portal;
  const { proposalId, form } = input;
  const { stepUp: proof, ...values } = formValues(form);
  const asked = textOf(values, "intent");
  const intent: ProposalIntent = asked === "request" || asked === "agree" ? asked : "refuse";
  const site = { proof, relyingParty: relyingParty(env.staffOrigin), clock };
  const failed = (status: number, errors: Readonly<Record<string, string>>, refusal: string | null) => ({
    ...{ ok: false as const, status, intent, refusal },
    state: { values, errors },
  });
  const work = async (): Promise<ProposalOutcome> => {
    if (intent === "request") {
      const read = parseForm(requestPackSchema, form);
      if (!read.ok) return failed(400, read.errors, null);
      const shown = { proposalId, ...read.value };
      await requireStepUp(db, { ...(await acts.requestSubject(shown)), ...site }, actor);
      await acts.request(db, { ...shown, at: clock.now() }, actor);
      return { ok: true, done: "requested" };
    }
    if (intent === "agree") {
      const read = parseForm(agreePackSchema, form);
      if (!read.ok) return failed(400, read.errors, null);
      const shown = { proposalId, ...read.value };
      await requireStepUp(db, { ...acts.agreeSubject(shown), ...site }, actor);
      await acts.agree(db, { ...shown, at: clock.now() }, actor);
      return { ok: true, done: "agreed" };
    }
    const read = parseForm(refusePackSchema, form);
    if (!read.ok) return failed(400, read.errors, null);
    const { sha256, answer } = read.value;
    const { outcome } = await acts.refuse(db, { proposalId, sha256, reason: answer, at: clock.now() }, actor);
    return { ok: true, done: outcome };
  };
  const done = await catchRefusal(work());
  return done.ok ? done.value : failed(done.refusal.status, {}, done.refusal.publicMessage);
}
