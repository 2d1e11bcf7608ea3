import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import type { CitizenHandle } from "~/components/PageTitle";
import { QuestionPage } from "~/components/report/QuestionPage";
import { formText } from "~/forms/form-text";
import { isAnswerStep, isStep, type AnswerStep, type RawAnswers } from "~/forms/report";
import { doubtMark, doubtsOf, type Doubt } from "~/forms/report-doubts";
import { readStepForm, tellCut, type FieldErrors } from "~/forms/report-fields";
import { readFrom, wayOf, type From, type Way } from "~/forms/report-way";
import { chooseLanguage } from "~/i18n/choose-language";
import { detectLocale } from "~/i18n/locale";
import { preferenceFor } from "~/i18n/preference.server";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { checkStep, firstOpenPage } from "~server/intake/check-step.server";
import { offerStep } from "~server/intake/offer-step.server";
import { readForm } from "~server/intake/read-form.server";
import { endedAnswer, requireDraft, sentAnswer } from "~server/intake/require-draft.server";
import { requireOpen } from "~server/intake/require-open.server";
import { saveStep } from "~server/intake/save-step.server";
import type { Portal } from "~server/portal.server";

export const handle: CitizenHandle = {
  question: true,
  title: (t, { step }) =>
    isStep(step) && step !== "evidence" ? t(`report.steps.${step}.title`) : t("error.notFoundTitle"),
};

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const { portal } = context;
  await requireOpen(request, portal);
  const { raw } = await requireDraft(request, portal);
  const step = answerStep(params.step);
  const { at, of, back } = requireAsked(raw, step, readFrom(new URL(request.url)));
  return {
    ...{ step, at, of, back },
    values: raw[step] ?? {},
    offer: offerStep(portal.pack.pack, step, raw, chooseLanguage(detectLocale(request))),
  };
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const { portal } = context;
  const step = answerStep(params.step);
  const url = new URL(request.url);
  const from = readFrom(url);
  const form = await readForm(request);
  const intent = formText(form, "intent");
  const values = readStepForm(step, form);
  const posted = { context, carried: { step, from, values, files: false }, intent };
  const { receipt } = await requireDraft(request, portal, posted);
  const saved = await saveStep(portal, { receipt, step, values });
  if (saved.kind === "gone") throw endedAnswer(posted);
  if (saved.kind === "submitted") throw sentAnswer(request, portal, posted);
  if (saved.kind === "not_asked") return redirect(paths.reportOverview());
  const next = saved.raw;
  // What was typed is kept even where it can be sent nowhere yet.
  await requireOpen(request, portal);

  const errors = tellCut(values, checkStep(groundOf(portal), step, next));
  const refused = { errors, values, doubts: [] as Doubt[] };
  // Whatever else was asked for: what was not kept is told before the page with it is gone.
  if (Object.values(errors).includes("cut")) return data(refused, { status: 400 });
  const preference = preferenceFor(portal, intent);
  if (preference !== null) {
    return redirect(`${url.pathname}${url.search}`, { headers: { "Set-Cookie": preference } });
  }
  if (intent === "save") return redirect(paths.reportSaved());
  if (Object.keys(errors).length > 0) return data(refused, { status: 400 });
  const doubts = doubtsOf(step, next);
  // A browser sends line breaks as CRLF.
  const seen = formText(form, "seen").replace(/\r\n?/g, "\n");
  if (doubts.length > 0 && seen !== doubtMark(doubts)) return data({ ...refused, doubts }, { status: 200 });
  return redirect(pageAfter(portal, step, next, from));
}

export default function ReportStep() {
  const { step, at, of, back, values, offer } = useLoaderData<typeof loader>();
  const refused = useActionData<typeof action>();
  const errors: FieldErrors = refused?.errors ?? {};
  return (
    <QuestionPage
      {...{ step, at, of, back, offer, errors }}
      values={refused?.values ?? values}
      doubts={refused?.doubts}
    />
  );
}

function groundOf(portal: Portal) {
  return { pack: portal.pack.pack, today: chinaDay(portal.clock.now()) };
}

function answerStep(param: string | undefined): AnswerStep {
  if (!isStep(param) || !isAnswerStep(param)) throw data(null, { status: 404 });
  return param;
}

/** Pages come in any order, but only those this reporter is asked. */
function requireAsked(raw: RawAnswers, step: AnswerStep, from: From): Way {
  const way = wayOf(raw, step, from);
  if (way === null) throw redirect(paths.reportOverview());
  return way;
}

/** The next page; after a change from the answers' list, the list again unless the change opened another page. */
function pageAfter(portal: Portal, step: AnswerStep, raw: RawAnswers, from: From): string {
  if (from === "check") {
    const open = firstOpenPage(groundOf(portal), raw);
    if (open !== null) return paths.reportChange(open);
  }
  return wayOf(raw, step, from)?.next ?? paths.reportOverview();
}
