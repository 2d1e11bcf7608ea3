import { formValues, textOf } from "~/forms/parse-form";
import { agreedTo } from "~/forms/step-up-subjects";
import { databaseFault, notFound } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import {
  actOnProposal,
  type ProposalActs,
  type ProposalOutcome,
} from "~server/proposals/act-on-proposal.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { followSuccessors } from "~server/triage/follow-successors.server";
import { bringPack, readPackText, type BroughtPack } from "./bring-pack.server";
import { PackError } from "./pack-error";
import { packFault, type PackFault } from "./pack-fault";
import { agreeToPack, refusePack, requestPack } from "./settle-pack.server";

/** Leads moved before the page answers. */
const AT_ONCE = 200;

const PACK_ACTS: ProposalActs = {
  requestSubject: agreedTo.packRequest,
  agreeSubject: agreedTo.packAgreed,
  request: requestPack,
  agree: agreeToPack,
  refuse: refusePack,
};

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

/**
 * One form of a pack version's page, as `actOnProposal` has it. This server hears of a version it put in force at once, and leads
 * of bodies that it ends go to their successors.
 */
export async function actOnPack(
  portal: Portal,
  input: { readonly proposalId: string; readonly form: FormData },
  actor: StaffActor,
): Promise<ProposalOutcome> {
  const outcome = await actOnProposal(portal, PACK_ACTS, input, actor);
  if (outcome.ok && outcome.done === "agreed") {
    await portal.packs.refresh(portal.db);
    // In force already, whatever becomes of this; the job moves what is left (keep-packs).
    await followSuccessors(portal, AT_ONCE).catch((error: unknown) =>
      portal.log.error({ code: databaseFault(error).code ?? "unknown" }, "successors not followed"),
    );
  }
  return outcome;
}
