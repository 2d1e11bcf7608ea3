import {
  agreeRequestSchema,
  askRequestSchema,
  declineRequestSchema,
  receivedBackSchema,
  saidInRequest,
} from "~/forms/ledger-request";
import { formValues, parseForm, textOf, type FormValues } from "~/forms/parse-form";
import { agreedTo } from "~/forms/step-up-subjects";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { relyingParty } from "~server/staff-auth/relying-party";
import { requireStepUp } from "~server/staff-auth/step-up.server";
import { agreeToRequest, declineRequest } from "./answer-request.server";
import { askRequest } from "./ask-request.server";
import type { Asked } from "./ledger-requests";
import { receiveClawback } from "./receive-clawback.server";

export type RequestIntent = "ask" | "agree" | "decline" | "receive";
const INTENTS: readonly RequestIntent[] = ["ask", "agree", "decline", "receive"];
export type RequestDone = "asked" | "agreed" | "refused" | "withdrawn" | "received" | "same";
export type RequestOutcome =
  | { readonly ok: true; readonly done: RequestDone }
  | {
      readonly ok: false;
      readonly status: number;
      readonly intent: RequestIntent;
      /** The request a form was about; empty for a new one. */
      readonly requestId: string;
      readonly state: { readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };
      readonly refusal: string | null;
    };

/**
 * One posted form of the page of acts by two. Asking and agreeing need the person's passkey at that moment, bound to
 * what was filled in, or to the request as it was read; turning down, and entering what
 * came back, does not.
 */
export async function actOnRequests(
  portal: Portal,
  { form }: { form: FormData },
  actor: StaffActor,
): Promise<RequestOutcome> {
  const { db, clock, env } = portal;
  const { stepUp: proof, ...values } = formValues(form);
  const said = textOf(values, "intent");
  const intent: RequestIntent = INTENTS.find((each) => each === said) ?? "ask";
  const site = { proof, relyingParty: relyingParty(env.staffOrigin), clock };
  const failed = (status: number, errors: Readonly<Record<string, string>>, refusal: string | null) => ({
    ...{ ok: false as const, status, intent, refusal, requestId: textOf(values, "requestId") },
    state: { values, errors },
  });
  const work = async (): Promise<RequestOutcome> => {
    if (intent === "agree") {
      const read = parseForm(agreeRequestSchema, form);
      if (!read.ok) return failed(400, read.errors, null);
      await requireStepUp(db, { ...agreedTo.ledgerAgreed(read.value), ...site }, actor);
      await agreeToRequest(db, read.value, actor, clock);
      return { ok: true, done: "agreed" };
    }
    if (intent === "decline") {
      const read = parseForm(declineRequestSchema, form);
      if (!read.ok) return failed(400, read.errors, null);
      const { outcome } = await declineRequest(db, read.value, actor, clock);
      return { ok: true, done: outcome };
    }
    if (intent === "receive") {
      const read = parseForm(receivedBackSchema, form);
      if (!read.ok) return failed(400, read.errors, null);
      const { amount, ...input } = read.value;
      const { isNew } = await receiveClawback(db, { ...input, amountFen: amount }, actor, clock);
      return { ok: true, done: isNew ? "received" : "same" };
    }
    const read = parseForm(askRequestSchema, form);
    if (!read.ok) return failed(400, read.errors, null);
    await requireStepUp(db, { ...(await agreedTo.ledgerAsked(saidInRequest(form))), ...site }, actor);
    const { id, reason } = read.value;
    await askRequest(db, { ...askedOfForm(read.value), id, reason }, actor, clock);
    return { ok: true, done: "asked" };
  };
  const done = await catchRefusal(work());
  return done.ok ? done.value : failed(done.refusal.status, {}, done.refusal.publicMessage);
}

type Filled = ReturnType<typeof askRequestSchema.parse>;

function askedOfForm(filled: Filled): Asked {
  switch (filled.kind) {
    case "open": {
      const { kind, source, slug, fiscalYear, amount, eventOn } = filled;
      return { kind, source, slug, fiscalYear, amountFen: amount, eventOn };
    }
    case "adjust": {
      const { kind, budgetId, amount, eventOn, direction } = filled;
      return { kind, budgetId, amountFen: direction === "more" ? amount : -amount, eventOn };
    }
    case "revoke":
    case "pay":
      return { kind: filled.kind, awardId: filled.awardId };
    case "bounce": {
      const { kind, awardId, payoutId, eventOn } = filled;
      return { kind, awardId, payoutId, eventOn };
    }
    case "end_order":
      return { kind: filled.kind, awardId: filled.awardId, orderId: filled.orderId };
    case "clawback":
      return { kind: filled.kind, awardId: filled.awardId, amountFen: filled.amount, ground: filled.ground };
    case "write_off":
      return { kind: filled.kind, awardId: filled.awardId, amountFen: filled.amount };
    case "close_month":
      return { kind: filled.kind, month: filled.month };
    case "close_year":
      return { kind: filled.kind, budgetId: filled.budgetId, carry: filled.carry === "yes" };
  }
}
