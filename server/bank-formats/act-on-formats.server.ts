import { readBankFormatForm } from "~/forms/bank-format-form";
import type { FormValues } from "~/forms/parse-form";
import { agreedTo } from "~/forms/step-up-subjects";
import { notFound } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import {
  actOnProposal,
  type ProposalActs,
  type ProposalOutcome,
} from "~server/proposals/act-on-proposal.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { bringFormat } from "./bring-format.server";
import { agreeToFormat, refuseFormat, requestFormat } from "./settle-format.server";

const FORMAT_ACTS: ProposalActs = {
  requestSubject: agreedTo.formatRequest,
  agreeSubject: agreedTo.formatAgreed,
  request: requestFormat,
  agree: agreeToFormat,
  refuse: refuseFormat,
};

export type WriteOutcome =
  | { readonly ok: true; readonly proposalId: string }
  | {
      readonly ok: false;
      readonly status: number;
      readonly state: { readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };
      readonly refusal: string | null;
    };

/** Takes a format as an administrator wrote it: checked, stored as a proposal, in force for nobody. */
export async function writeFormat(portal: Portal, form: FormData, actor: StaffActor): Promise<WriteOutcome> {
  if (!hasRole(actor, "administrator")) throw notFound();
  const read = readBankFormatForm(form);
  const failed = (status: number, errors: Readonly<Record<string, string>>, refusal: string | null) => ({
    ...{ ok: false as const, status, refusal },
    state: { values: read.values, errors },
  });
  if (!read.ok) return failed(400, read.errors, null);
  const done = await catchRefusal(
    bringFormat(portal.db, { format: read.value, at: portal.clock.now() }, actor),
  );
  return done.ok
    ? { ok: true, proposalId: done.value.proposalId }
    : failed(done.refusal.status, {}, done.refusal.publicMessage);
}

/** One form of a format's page, as `actOnProposal` has it. */
export function actOnFormat(
  portal: Portal,
  input: { readonly proposalId: string; readonly form: FormData },
  actor: StaffActor,
): Promise<ProposalOutcome> {
  return actOnProposal(portal, FORMAT_ACTS, input, actor);
}
