import { agreePackSchema, refusePackSchema, requestPackSchema } from "~/forms/pack-proposal";
import { formValues, parseForm, textOf, type FormValues } from "~/forms/parse-form";
import { agreedTo } from "~/forms/step-up-subjects";
import { notFound } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { relyingParty } from "~server/staff-auth/relying-party";
import { requireStepUp } from "~server/staff-auth/step-up.server";
import { bringPack, readPackText, type BroughtPack } from "./bring-pack.server";
import { PackError } from "./pack-error";
import { packFault, type PackFault } from "./pack-fault";
import { agreeToPack, refusePack, requestPack } from "./settle-pack.server";

export type UploadOutcome =
  | { readonly ok: true; readonly proposalId: string }
  | {
      readonly ok: false;
      readonly status: number;
      readonly fault: PackFault | null;
      readonly refusal: string | null;
      readonly errors: Readonly<Record<string, string>>;
    };

/** Takes an uploaded pack file: checked as the data folder's are, stored as a proposal, in force for nobody. */
export async function uploadPack(portal: Portal, form: FormData, actor: StaffActor): Promise<UploadOutcome> {
  if (!hasRole(actor, "administrator")) throw notFound();
  const failed = (status: number, rest: { fault?: PackFault; refusal?: string }): UploadOutcome => ({
    ...{ ok: false, status, errors: {} },
    ...{ fault: rest.fault ?? null, refusal: rest.refusal ?? null },
  });
  const file = form.get("packFile");
  if (file === null || typeof file === "string" || file.size === 0) {
    return {
      ok: false,
      status: 400,
      fault: null,
      refusal: null,
      errors: { packFile: "choosePackFile" },
    };
  }
  const parent = textOf(formValues(form), "parentId");
  let brought: BroughtPack;
  try {
    const loaded = readPackText(await file.text(), file.name.slice(0, 100));
    brought = { ...loaded, parentId: parent === "" ? null : parent.slice(0, 60) };
  } catch (error) {
    if (!(error instanceof PackError)) throw error;
    return failed(400, { fault: packFault(error) });
  }
  const done = await catchRefusal(bringPack(portal.db, { ...brought, at: portal.clock.now() }, actor));
  if (!done.ok) return failed(done.refusal.status, { refusal: done.refusal.publicMessage });
  return { ok: true, proposalId: done.value.proposalId };
}

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

/**
 * One form of a proposal's page. Asking and agreeing need the administrator's passkey at that moment, bound to the
 * rules' hash (and the reason); turning down does not. This server hears of a version it put in force at once.
 */
export async function actOnProposal(
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
      await requireStepUp(db, { ...(await agreedTo.packRequest(shown)), ...site }, actor);
      await requestPack(db, { ...shown, at: clock.now() }, actor);
      return { ok: true, done: "requested" };
    }
    if (intent === "agree") {
      const read = parseForm(agreePackSchema, form);
      if (!read.ok) return failed(400, read.errors, null);
      const shown = { proposalId, ...read.value };
      await requireStepUp(db, { ...agreedTo.packAgreed(shown), ...site }, actor);
      await agreeToPack(db, { ...shown, at: clock.now() }, actor);
      await portal.packs.refresh(db);
      return { ok: true, done: "agreed" };
    }
    const read = parseForm(refusePackSchema, form);
    if (!read.ok) return failed(400, read.errors, null);
    const { sha256, answer } = read.value;
    const { outcome } = await refusePack(db, { proposalId, sha256, reason: answer, at: clock.now() }, actor);
    return { ok: true, done: outcome };
  };
  const done = await catchRefusal(work());
  return done.ok ? done.value : failed(done.refusal.status, {}, done.refusal.publicMessage);
}
