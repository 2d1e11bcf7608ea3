import type { z } from "zod";
import {
  answerSchema,
  askSchema,
  decideSchema,
  followSchema,
  inviteSchema,
  opinionSchema,
  proceedingSchema,
  questionSchema,
} from "~/forms/dispute";
import { formValues, parseForm, textOf, type FormValues } from "~/forms/parse-form";
import { paths } from "~/paths";
import { DomainError } from "~server/errors.server";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { dispatchLead } from "~server/triage/dispatch-lead.server";
import { answerReopening } from "./answer-reopening.server";
import { askReopening } from "./ask-reopening.server";
import { decideDispute } from "./decide-dispute.server";
import { editQuestion } from "./edit-question.server";
import { giveOpinion } from "./give-opinion.server";
import { inviteParty } from "./invite-party.server";
import { readDispute } from "./read-dispute.server";
import { recordProceeding, remindParties } from "./record-proceeding.server";

export const DISPUTE_INTENTS = [
  ...(["opinion", "question", "proceeding", "invite", "remind"] as const),
  ...(["decide", "follow", "ask", "answer"] as const),
] as const;
export type DisputeIntent = (typeof DISPUTE_INTENTS)[number];

export type DisputeFailure = {
  readonly intent: DisputeIntent;
  /** The body whose opinion it is, or the kind of proceeding. */
  readonly of: string;
  readonly state: { readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };
  readonly refusal: string | null;
  /** Somebody else saved first: the page shows what differs. */
  readonly stale: boolean;
};

export type DisputeOutcome =
  | { readonly ok: true; readonly to: string }
  | { readonly ok: false; readonly status: number; readonly failed: DisputeFailure };

/** Carries out one posted form of a dispute's page. A dispute out of this person's sight is 404 before its form is judged. */
export async function actOnDispute(
  portal: Portal,
  input: { leadId: string; form: FormData },
  actor: StaffActor,
): Promise<DisputeOutcome> {
  const { leadId, form } = input;
  const { db, pack, clock } = portal;
  await readDispute(db, { leadId }, actor);
  const at = clock.now();
  const asked = textOf(formValues(form), "intent");
  switch (asked) {
    case "question":
      return carryOut("question", questionSchema, { leadId, form }, (value) =>
        editQuestion(db, { leadId, ...value, at }, actor),
      );
    case "proceeding":
      return carryOut("proceeding", proceedingSchema, { leadId, form, of: "kind" }, (value) =>
        recordProceeding(db, { leadId, ...value, people: value.people ?? "", at }, actor),
      );
    case "invite":
      return carryOut("invite", inviteSchema, { leadId, form }, (value) =>
        inviteParty(db, { leadId, ...value, at }, actor),
      );
    case "remind":
      return carryOut("remind", null, { leadId, form }, () => remindParties(db, { leadId, at }, actor));
    case "decide":
      return carryOut(
        "decide",
        decideSchema,
        { leadId, form },
        ({ leadBody, withBodies, version, byGroup, ...grounds }) => {
          const agencyIds = [leadBody, ...withBodies.filter((id) => id !== leadBody)];
          const outcome = agencyIds.length > 1 ? ("joint" as const) : ("single" as const);
          return decideDispute(db, { leadId, version, outcome, byGroup, agencyIds, ...grounds, at }, actor);
        },
      );
    case "follow":
      return carryOut("follow", followSchema, { leadId, form }, async ({ version, sector, ...triage }) => {
        const view = await readDispute(db, { leadId }, actor);
        if (view.dispute?.status !== "decided") {
          throw new DomainError("dispute_open", 409, "会商还没有形成决定，请先作出决定，再按决定转办。");
        }
        await dispatchLead(
          db,
          pack,
          { leadId, version, sector, triage, insteadLeadBy: null, reason: null, at },
          actor,
        );
      });
    case "ask":
      return carryOut("ask", askSchema, { leadId, form }, (value) =>
        askReopening(db, { leadId, ...value, at }, actor),
      );
    case "answer":
      return carryOut("answer", answerSchema, { leadId, form }, (value) =>
        answerReopening(db, { leadId, ...value, at }, actor),
      );
    default:
      return carryOut(
        "opinion",
        opinionSchema,
        { leadId, form, of: "agencyId" },
        async ({ byLetter: _said, ...value }) => {
          await giveOpinion(db, { leadId, ...value, at }, actor);
        },
      );
  }
}

async function carryOut<S extends z.ZodType>(
  intent: DisputeIntent,
  schema: S | null,
  asked: { leadId: string; form: FormData; of?: string },
  act: (value: z.output<S>) => Promise<unknown>,
): Promise<DisputeOutcome> {
  const values = formValues(asked.form);
  const failure = (
    status: number,
    errors: Readonly<Record<string, string>>,
    refusal: DomainError | null,
  ): DisputeOutcome => ({
    ok: false,
    status,
    failed: {
      intent,
      of: asked.of === undefined ? "" : textOf(values, asked.of),
      state: { values, errors },
      refusal: refusal?.publicMessage ?? null,
      stale: refusal?.code.startsWith("stale_") ?? false,
    },
  });
  const parsed = schema === null ? null : parseForm(schema, asked.form);
  if (parsed !== null && !parsed.ok) return failure(400, parsed.errors, null);
  const done = await catchRefusal(act(parsed?.value as z.output<S>));
  if (!done.ok) return failure(done.refusal.status, {}, done.refusal);
  return { ok: true, to: `${paths.staff.dispute(asked.leadId)}?done=${intent}` };
}
