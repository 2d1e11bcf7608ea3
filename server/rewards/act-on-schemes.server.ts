import { agreedTo } from "~/forms/step-up-subjects";
import { notFound } from "~server/errors.server";
import type { UploadOutcome } from "~server/packs/act-on-versions.server";
import type { Portal } from "~server/portal.server";
import {
  actOnProposal,
  type ProposalActs,
  type ProposalOutcome,
} from "~server/proposals/act-on-proposal.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { bringScheme } from "./bring-scheme.server";
import { parseScheme, type LoadedScheme } from "./load-scheme.server";
import { SchemeRefusedError } from "./reward-errors";
import { agreeToScheme, refuseScheme, requestScheme } from "./settle-scheme.server";

const SCHEME_ACTS: ProposalActs = {
  requestSubject: agreedTo.schemeRequest,
  agreeSubject: agreedTo.schemeAgreed,
  request: requestScheme,
  agree: agreeToScheme,
  refuse: refuseScheme,
};

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
    const { file: name, path, reason: message, fault: scheme } = error;
    const said = { file: name, path, rule: null, message };
    return { ...failed, fault: scheme === null ? said : { ...said, scheme } };
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

/** One form of a scheme version's page, as `actOnProposal` has it. */
export function actOnScheme(
  portal: Portal,
  input: { readonly proposalId: string; readonly form: FormData },
  actor: StaffActor,
): Promise<ProposalOutcome> {
  return actOnProposal(portal, SCHEME_ACTS, input, actor);
}
