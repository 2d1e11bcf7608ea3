import { data, redirect, type ActionFunctionArgs } from "@remix-run/node";
import { z } from "zod";
import { readForm } from "~server/intake/read-form.server";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { actorOf } from "~server/staff-auth/actor-of.server";
import { answerRefusals } from "~server/staff-auth/answer-refusals.server";
import type { ProposalOutcome } from "./act-on-proposal.server";

const listQuery = z.object({ page: z.coerce.number().int().min(1).max(10_000).catch(1) });
const pageQuery = z.object({
  done: z.enum(["brought", "requested", "agreed", "refused", "withdrawn"]).nullable().catch(null),
});

type Brought = { readonly ok: true; readonly proposalId: string };
type Failed = { readonly ok: false; readonly status: number };
type Do<Input, Outcome> = (portal: Portal, input: Input, actor: StaffActor) => Promise<Outcome>;

/** Which page of the list was asked for. */
export function listPageAsked(request: Request): number {
  return listQuery.parse(Object.fromEntries(new URL(request.url).searchParams)).page;
}

/** What was done just now, as the answer to a form tells the page it leads to. */
export function doneJustNow(request: Request): z.infer<typeof pageQuery>["done"] {
  return pageQuery.parse(Object.fromEntries(new URL(request.url).searchParams)).done;
}

/** The form that brings a version: on to its page, or back with what is wrong. */
export async function answerBrought<Outcome extends Failed>(
  { request, context }: ActionFunctionArgs,
  bring: Do<FormData, Brought | Outcome>,
  pageOf: (proposalId: string) => string,
) {
  const outcome = await answerRefusals(bring(context.portal, await readForm(request), actorOf(context)));
  if (outcome.ok) throw redirect(`${pageOf(outcome.proposalId)}?done=brought`);
  return data(outcome, { status: outcome.status });
}

/** A form of a version's own page: the page anew with what was done, or with what is wrong. */
export async function answerProposalAct(
  { request, params, context }: ActionFunctionArgs,
  act: Do<{ readonly proposalId: string; readonly form: FormData }, ProposalOutcome>,
  pageOf: (proposalId: string) => string,
) {
  const proposalId = params.proposalId ?? "";
  const input = { proposalId, form: await readForm(request) };
  const outcome = await answerRefusals(act(context.portal, input, actorOf(context)));
  if (outcome.ok) throw redirect(`${pageOf(proposalId)}?done=${outcome.done}`);
  return data(outcome, { status: outcome.status });
}
