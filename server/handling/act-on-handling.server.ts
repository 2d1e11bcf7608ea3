import * as forms from "~/forms/handling";
import { formValues, textOf } from "~/forms/parse-form";
import { paths } from "~/paths";
import { carryOut, type FormOutcome } from "~server/clocks/carry-out.server";
import { chinaDay } from "~server/clock";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { DomainError } from "~server/errors.server";
import { withActor } from "~db/with-actor.server";
import type { LetterKind, StepKind } from "./handling-kinds";
import { readHandledLead } from "./handling-scope.server";
import { issueLetter, type LetterInput } from "./issue-letter.server";
import { preserveItem, recordCustody } from "./preserve-item.server";
import { recordMeasure, recordOutcome } from "./record-measure.server";
import { recordStep, type StepInput } from "./record-step.server";

/** Carries out one form of the handling page, or says what to show again. A lead out of sight is 404 first. */
export async function actOnHandling(
  portal: Portal,
  input: { leadId: string; form: FormData },
  actor: StaffActor,
): Promise<FormOutcome> {
  const { leadId, form } = input;
  const { db, clock } = portal;
  await withActor(db, actor, (tx) => readHandledLead(tx, leadId, actor));
  const at = clock.now();
  const intent = textOf(formValues(form), "intent");
  const to = (what: string) => `${paths.staff.handling(leadId)}?done=${what}`;
  const issue = async (kind: LetterKind, value: Omit<LetterInput, "leadId" | "kind">) => {
    const { letterId } = await issueLetter(portal, { leadId, kind, ...value }, actor);
    return `${to("issued")}#letter-${letterId}`;
  };
  const step = async (kind: StepKind, value: Partial<StepInput> & { letterId: string; onDay: string }) => {
    const none = { result: null, extendDays: null, documentNumber: null, note: null, bundle: null };
    await recordStep(db, { ...none, ...value, kind, leadId, at }, actor);
    return `${to("recorded")}#letter-${value.letterId}`;
  };
  const none = { reason: null, limit: null, replyTo: null };
  const ofLetter = ["letterId"];
  const ofThing = ["preservationId"];
  switch (intent) {
    case "measure":
      return carryOut({ form, intent, schema: forms.measureSchema }, async (value) => {
        await recordMeasure(db, { ...value, leadId, at }, actor);
        return `${to("measure")}#measures`;
      });
    case "outcome":
      return carryOut({ form, intent, schema: forms.outcomeSchema, of: ["measureId"] }, async (value) => {
        await recordOutcome(db, { ...value, leadId, at }, actor);
        return `${to("measure")}#measures`;
      });
    case "rectify":
      return carryOut({ form, intent, schema: forms.rectifySchema }, ({ days, unit, ...value }) =>
        issue(intent, { ...none, ...value, limit: { days, kind: unit } }),
      );
    case "repayment":
      return carryOut({ form, intent, schema: forms.repaymentSchema }, ({ days, ...value }) =>
        issue(intent, { ...none, ...value, limit: { days, kind: "working" } }),
      );
    case "forward":
      return carryOut({ form, intent, schema: forms.forwardSchema }, ({ days, unit, ...value }) =>
        issue(intent, { ...none, ...value, limit: { days, kind: unit } }),
      );
    case "sites":
      return carryOut({ form, intent, schema: forms.sitesSchema }, (value) =>
        issue(intent, { ...none, ...value }),
      );
    case "transfer":
      return carryOut({ form, intent, schema: forms.transferSchema }, (value) =>
        issue(intent, { ...none, ...value }),
      );
    case "served":
      return carryOut({ form, intent, schema: forms.servedSchema, of: ofLetter }, (value) =>
        step(intent, value),
      );
    case "reminded":
      return carryOut({ form, intent, schema: forms.remindedSchema, of: ofLetter }, (value) =>
        step(intent, value),
      );
    case "received":
      return carryOut({ form, intent, schema: forms.receivedSchema, of: ofLetter }, (value) =>
        step(intent, value),
      );
    case "answered":
      return carryOut({ form, intent, schema: forms.answeredSchema, of: ofLetter }, (value) =>
        step(intent, value),
      );
    case "review":
      return carryOut({ form, intent, schema: forms.reviewSchema, of: ofLetter }, (value) =>
        step(intent, value),
      );
    case "closed":
      return carryOut({ form, intent, schema: forms.closedSchema, of: ofLetter }, (value) =>
        step(intent, value),
      );
    case "judged":
      return carryOut({ form, intent, schema: forms.judgedSchema, of: ofLetter }, (value) =>
        step(intent, value),
      );
    case "receipt":
      return carryOut({ form, intent, schema: forms.receiptSchema, of: ofLetter }, (value) =>
        step(intent, value),
      );
    case "bundle":
      return carryOut({ form, intent, schema: forms.bundleSchema, of: ofLetter }, ({ letterId, ...bundle }) =>
        step(intent, { letterId, onDay: chinaDay(at), bundle }),
      );
    case "preserve":
      return carryOut({ form, intent, schema: forms.preserveSchema }, async (value) => {
        await preserveItem(db, { ...value, leadId, at }, actor);
        return `${to("preserved")}#preservations`;
      });
    case "handover":
      return carryOut({ form, intent, schema: forms.handoverSchema, of: ofThing }, async (value) => {
        await recordCustody(db, { ...value, kind: intent, leadId, at }, actor);
        return `${to("recorded")}#preservations`;
      });
    case "decided":
      return carryOut({ form, intent, schema: forms.decidedSchema, of: ofThing }, async (value) => {
        await recordCustody(db, { ...value, kind: intent, leadId, at }, actor);
        return `${to("recorded")}#preservations`;
      });
    default:
      throw new DomainError("no_such_form", 400, "没有识别到要办理的事项，请刷新页面后再试。");
  }
}
