import type { z } from "zod";
import { attachSchema } from "~/forms/attach";
import { dispatchSchema } from "~/forms/dispatch";
import { moveSchema } from "~/forms/move";
import { openUpSchema } from "~/forms/open-up";
import { formValues, parseForm, textOf, type FormValues } from "~/forms/parse-form";
import { endRecusalSchema, recusalSchema } from "~/forms/recusal";
import { agreedTo } from "~/forms/step-up-subjects";
import { reopenSchema } from "~/forms/staff-messages";
import { paths } from "~/paths";
import { notFound } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import { hasRole, type StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { relyingParty } from "~server/staff-auth/relying-party";
import { requireStepUp } from "~server/staff-auth/step-up.server";
import { attachTip } from "./attach-tip.server";
import { declareRecusal } from "./declare-recusal.server";
import { dispatchLead } from "./dispatch-lead.server";
import { endRecusal } from "./end-recusal.server";
import { listChanges, type LeadChange } from "./list-changes.server";
import { moveLead } from "./move-lead.server";
import { openUpLead } from "./open-up-lead.server";
import { readLeadNumber } from "./read-lead-number.server";
import { reopenLead } from "./reopen-lead.server";
import { MOVES, type MoveNeed } from "./stages";

export type LeadIntent = "move" | "dispatch" | "attach" | "reopen" | "recuse" | "endRecusal" | "openUp";

/** A form that was not carried out: which one, what was typed, what is wrong with it or why it was refused. */
export type LeadFailure = {
  readonly intent: LeadIntent;
  /** The stage asked for, the tip to attach or whose wish is granted, or the recusal to end. */
  readonly of: string;
  readonly needs: readonly MoveNeed[];
  readonly state: { readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };
  readonly refusal: string | null;
  /** Where somebody else saved first: what changed since the version the form showed. */
  readonly changes: readonly LeadChange[];
};

export type LeadOutcome =
  | { readonly ok: true; readonly to: string }
  | { readonly ok: false; readonly status: number; readonly failed: LeadFailure };

/**
 * Carries out one posted form of a lead's page and says where to go next, or what to show again. A lead out of this
 * person's sight is 404 before its form is judged.
 */
export async function actOnLead(
  portal: Portal,
  input: { leadId: string; form: FormData },
  actor: StaffActor,
): Promise<LeadOutcome> {
  return tellChanges(portal, input, await actByForm(portal, input, actor), actor);
}

async function actByForm(
  portal: Portal,
  input: { leadId: string; form: FormData },
  actor: StaffActor,
): Promise<LeadOutcome> {
  const { leadId, form } = input;
  const { db, pack, clock } = portal;
  const number = await readLeadNumber(db, leadId, actor);
  const at = clock.now();
  const here = paths.staff.lead(leadId);
  switch (textOf(formValues(form), "intent")) {
    case "dispatch":
      return carryOut({ intent: "dispatch", schema: dispatchSchema, form }, async (value) => {
        const { suspectedCrime, petition, nested, substance, licensed, ...rest } = value;
        await dispatchLead(
          db,
          pack,
          { leadId, ...rest, triage: { suspectedCrime, petition, nested, substance, licensed }, at },
          actor,
        );
        return `${here}?done=dispatched`;
      });
    case "attach":
      return carryOut({ intent: "attach", of: "tipId", schema: attachSchema, form }, async (value) => {
        const attached = await attachTip(db, pack.pack, { ...value, fromLeadId: leadId, at }, actor);
        return `${paths.staff.lead(attached.leadId)}?done=attached`;
      });
    case "reopen":
      return carryOut({ intent: "reopen", of: "tipId", schema: reopenSchema, form }, async (value) => {
        // The form beside a reporter's wish names the report; triage's own names none.
        const own = textOf(formValues(form), "tipId") === "";
        await reopenLead(db, { leadId, version: value.version, note: value.reopenNote, own, at }, actor);
        return `${here}?done=reopened`;
      });
    case "recuse":
      return carryOut({ intent: "recuse", schema: recusalSchema, form }, async ({ reason }) => {
        await declareRecusal(db, { leadId, reason, at }, actor);
        return `${paths.staff.board()}?recused=${number}`;
      });
    case "endRecusal":
      return carryOut(
        { intent: "endRecusal", of: "recusalId", schema: endRecusalSchema, form },
        async ({ recusalId }) => {
          if (!hasRole(actor, "triage_officer")) throw notFound();
          const bound = agreedTo.recusalEnd({ leadId, recusalId });
          const proof = form.get("stepUp");
          const party = relyingParty(portal.env.staffOrigin);
          await requireStepUp(db, { ...bound, proof, relyingParty: party, clock }, actor);
          await endRecusal(db, { leadId, recusalId, at }, actor);
          return `${here}?done=recusalEnded`;
        },
      );
    case "openUp":
      return carryOut({ intent: "openUp", schema: openUpSchema, form }, async (value) => {
        await openUpLead(db, pack, { leadId, ...value, at }, actor);
        return `${here}?done=openedUp`;
      });
    default: {
      const needs = needsOf(textOf(formValues(form), "to"));
      return carryOut({ intent: "move", of: "to", schema: moveSchema(needs), needs, form }, async (value) => {
        const { stage } = await moveLead(db, { leadId, ...value, at }, actor);
        // A returned lead leaves the agency's sight: its page would be a 404 for whoever returned it.
        if (stage === "returned" && !hasRole(actor, "triage_officer", "auditor")) {
          return `${paths.staff.board()}?moved=${number}&to=${stage}`;
        }
        return `${here}?done=${stage === value.to ? "moved" : "disputed"}`;
      });
    }
  }
}

/** What a move to a stage needs, from wherever it starts; which moves there are is the domain's to say. */
function needsOf(to: string): readonly MoveNeed[] {
  return MOVES.find((move) => move.to === to)?.needs ?? [];
}

async function carryOut<S extends z.ZodType>(
  asked: { intent: LeadIntent; of?: string; schema: S; needs?: readonly MoveNeed[]; form: FormData },
  act: (value: z.output<S>) => Promise<string>,
): Promise<LeadOutcome> {
  const { stepUp: _spent, ...values } = formValues(asked.form);
  const failure = (errors: Readonly<Record<string, string>>, refusal: string | null): LeadFailure => ({
    intent: asked.intent,
    of: asked.of === undefined ? "" : textOf(values, asked.of),
    needs: asked.needs ?? [],
    state: { values, errors },
    refusal,
    changes: [],
  });
  const parsed = parseForm(asked.schema, asked.form);
  if (!parsed.ok) return { ok: false, status: 400, failed: failure(parsed.errors, null) };
  const done = await catchRefusal(act(parsed.value));
  if (done.ok) return { ok: true, to: done.value };
  const { status, code, publicMessage } = done.refusal;
  if (code === "no_such_lead")
    return { ok: false, status, failed: failure({ toLeadNumber: "noSuchLead" }, null) };
  return { ok: false, status, failed: failure({}, publicMessage) };
}

/** A form refused because somebody saved first is told what they saved. */
async function tellChanges(
  portal: Portal,
  input: { leadId: string; form: FormData },
  outcome: LeadOutcome,
  actor: StaffActor,
): Promise<LeadOutcome> {
  if (outcome.ok || outcome.status !== 409) return outcome;
  const since = Number(textOf(formValues(input.form), "version"));
  if (!Number.isInteger(since) || since < 1 || since > 999_999_999) return outcome;
  const changes = await listChanges(portal.db, { leadId: input.leadId, since }, actor);
  return { ...outcome, failed: { ...outcome.failed, changes } };
}
