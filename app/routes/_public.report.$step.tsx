import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import type { CitizenHandle } from "~/components/PageTitle";
import { QuestionPage } from "~/components/report/QuestionPage";
import { formText } from "~/forms/form-text";
import { stepsFor, type AnswerStep, type RawAnswers } from "~/forms/report";
import { isStep, readStepForm } from "~/forms/report-fields";
import { chooseLanguage } from "~/i18n/choose-language";
import { detectLocale } from "~/i18n/locale";
import { preferenceFor } from "~/i18n/preference.server";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { changeAnswers } from "~server/intake/change-answers.server";
import { checkStep, firstOpenPage } from "~server/intake/check-step.server";
import { offerStep } from "~server/intake/offer-step.server";
import { readForm } from "~server/intake/read-form.server";
import { requireDraft } from "~server/intake/require-draft.server";
import { requireOpen } from "~server/intake/require-open.server";
import { saveDraft } from "~server/intake/save-draft.server";
import type { Portal } from "~server/portal.server";

export const handle: CitizenHandle = {
  question: true,
  title: (t, { step }) => (isStep(step) ? t(`report.steps.${step}.title`) : t("error.notFoundTitle")),
};

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { portal } = context;
  const step = answerStep(params.step);
  await requireOpen(request, portal);
  const { raw } = await requireDraft(request, portal);
  refuseToSkip(portal, step, raw);
  const steps = stepsFor(raw);
  const at = steps.indexOf(step);
  const previous = steps[at - 1];
  const fromCheck = new URL(request.url).searchParams.get("from") === "check";
  return {
    step,
    at: at + 1,
    of: steps.length,
    back: fromCheck
      ? paths.reportStep("check")
      : previous === undefined
        ? paths.report()
        : paths.reportStep(previous),
    values: raw[step] ?? {},
    offer: offerStep(portal.pack.pack, step, raw, chooseLanguage(detectLocale(request))),
  };
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const { portal } = context;
  const step = answerStep(params.step);
  const { receipt, raw } = await requireDraft(request, portal);
  refuseToSkip(portal, step, raw);
  const form = await readForm(request);
  const intent = formText(form, "intent");
  const values = readStepForm(step, form);
  const next = changeAnswers(raw, step, values);
  await saveDraft(portal.db, { receipt, raw: next, at: portal.clock.now() });
  // What was typed is kept even where it can be sent nowhere yet.
  await requireOpen(request, portal);

  const preference = preferenceFor(portal, intent);
  const url = new URL(request.url);
  if (preference !== null) {
    return redirect(`${url.pathname}${url.search}`, { headers: { "Set-Cookie": preference } });
  }
  if (intent === "save") return redirect(paths.reportSaved());
  const errors = checkStep(groundOf(portal), step, next);
  if (Object.keys(errors).length > 0) return data({ errors, values }, { status: 400 });
  return redirect(pageAfter(portal, step, next, url.searchParams.get("from") === "check"));
}

export default function ReportStep() {
  const { step, at, of, back, values, offer } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  return (
    <QuestionPage
      step={step}
      at={at}
      of={of}
      back={back}
      offer={offer}
      values={refused?.values ?? values}
      errors={refused?.errors ?? {}}
    />
  );
}

function groundOf(portal: Portal) {
  return { pack: portal.pack.pack, today: chinaDay(portal.clock.now()) };
}

function answerStep(param: string | undefined): AnswerStep {
  if (!isStep(param) || param === "check") throw data(null, { status: 404 });
  return param;
}

/** Back is always open; forward only up to the first page that does not pass. */
function refuseToSkip(portal: Portal, step: AnswerStep, raw: RawAnswers): void {
  const steps = stepsFor(raw);
  const open = firstOpenPage(groundOf(portal), raw);
  const at = steps.indexOf(step);
  if (at === -1 || (open !== null && at > steps.indexOf(open))) {
    throw redirect(paths.reportStep(open ?? "check"));
  }
}

/** The next page; after a change from the answers' list, the list again unless the change opened another page. */
function pageAfter(portal: Portal, step: AnswerStep, raw: RawAnswers, fromCheck: boolean): string {
  const open = firstOpenPage(groundOf(portal), raw);
  const steps = stepsFor(raw);
  if (fromCheck) return open === null ? paths.reportStep("check") : paths.reportChange(open);
  return paths.reportStep(steps[steps.indexOf(step) + 1] ?? "check");
}
