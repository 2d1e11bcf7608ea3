import { agreePackSchema, refusePackSchema, requestPackSchema } from "~/forms/pack-proposal";
import { formValues, parseForm, textOf } from "~/forms/parse-form";
import { agreedTo } from "~/forms/step-up-subjects";
import { notFound } from "~server/errors.server";
import type { ProposalIntent, ProposalOutcome, UploadOutcome } from "~server/packs/act-on-versions.server";
import type { Portal } from "~server/portal.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { relyingParty } from "~server/staff-auth/relying-party";
import { requireStepUp } from "~server/staff-auth/step-up.server";
import { bringScheme } from "./bring-scheme.server";
import { parseScheme, type LoadedScheme } from "./load-scheme.server";
import { SchemeRefusedError } from "./reward-errors";
import { agreeToScheme, refuseScheme, requestScheme } from "./settle-scheme.server";

/** Bytes of one scheme's file; the largest shipped one is under 20 KB. */
const MOST_BYTES = 500_000;

/** Takes an uploaded scheme file: checked as the shipped ones are, stored as a proposal, in force for nobody. */
export async function uploadScheme(
  portal: Portal,
  form: FormData,
  actor: StaffActor,
): Promise<UploadOutcome> {
  if (!hasRole(actor, "administrator")) throw notFound();
  const failed = { ok: false as const, status: 400, fault: null, refusal: null, errors: {} };
  const file = form.get("schemeFile");
  if (file === null || typeof file === "string" || file.size === 0 || file.size > MOST_BYTES) {
    return { ...failed, errors: { schemeFile: "chooseSchemeFile" } };
  }
  let loaded: LoadedScheme;
  try {
    loaded = readSchemeText(await file.text(), file.name.slice(0, 100));
  } catch (error) {
    if (!(error instanceof SchemeRefusedError)) throw error;
    return { ...failed, fault: { file: error.file, path: error.path, rule: null, message: error.reason } };
  }
  const done = await catchRefusal(bringScheme(portal.db, { ...loaded, at: portal.clock.now() }, actor));
  if (!done.ok) return { ...failed, status: done.refusal.status, refusal: done.refusal.publicMessage };
  return { ok: true, proposalId: done.value.proposalId };
}

/** Throws SchemeRefusedError: a text that is no JSON, or a scheme that may not be used. */
function readSchemeText(text: string, name: string): LoadedScheme {
  let source: unknown;
  try {
    source = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    throw new SchemeRefusedError(name, "", "is not JSON");
  }
  return parseScheme(source, name);
}

/**
 * One form of a scheme version's page. Asking and agreeing need the administrator's passkey at that moment, bound to the
 * scheme's hash (and the reason); turning down does not. 404 for anyone but an administrator.
 */
export async function actOnScheme(
  portal: Portal,
  input: { proposalId: string; form: FormData },
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
      await requireStepUp(db, { ...(await agreedTo.schemeRequest(shown)), ...site }, actor);
      await requestScheme(db, { ...shown, at: clock.now() }, actor);
      return { ok: true, done: "requested" };
    }
    if (intent === "agree") {
      const read = parseForm(agreePackSchema, form);
      if (!read.ok) return failed(400, read.errors, null);
      const shown = { proposalId, ...read.value };
      await requireStepUp(db, { ...agreedTo.schemeAgreed(shown), ...site }, actor);
      await agreeToScheme(db, { ...shown, at: clock.now() }, actor);
      return { ok: true, done: "agreed" };
    }
    const read = parseForm(refusePackSchema, form);
    if (!read.ok) return failed(400, read.errors, null);
    const { sha256, answer } = read.value;
    const { outcome } = await refuseScheme(
      db,
      { proposalId, sha256, reason: answer, at: clock.now() },
      actor,
    );
    return { ok: true, done: outcome };
  };
  const done = await catchRefusal(work());
  return done.ok ? done.value : failed(done.refusal.status, {}, done.refusal.publicMessage);
}
