import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useActionData, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { CitizenHandle } from "~/components/PageTitle";
import actions from "~/components/citizen/Actions.module.css";
import { ErrorSummary } from "~/components/citizen/ErrorSummary";
import { Notice } from "~/components/citizen/Notice";
import { AnswerList } from "~/components/report/AnswerList";
import { Progress } from "~/components/report/Progress";
import { WorkFields, useWorkError } from "~/components/report/WorkFields";
import { formText } from "~/forms/form-text";
import { isAnswerStep, stepsFor, type RawAnswers } from "~/forms/report";
import { doubtsOf } from "~/forms/report-doubts";
import { chooseLanguage } from "~/i18n/choose-language";
import { detectLocale } from "~/i18n/locale";
import { preferenceFor } from "~/i18n/preference.server";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { DomainError } from "~server/errors.server";
import { listDraftFiles } from "~server/evidence/list-files.server";
import { firstOpenPage } from "~server/intake/check-step.server";
import { judgeWork } from "~server/intake/judge-work.server";
import { makeWork } from "~server/intake/make-work.server";
import { nameAnswers } from "~server/intake/name-answers.server";
import { readForm } from "~server/intake/read-form.server";
import { requireDraft } from "~server/intake/require-draft.server";
import { notOpenAnswer, requireOpen } from "~server/intake/require-open.server";
import { submitTip } from "~server/intake/submit-tip.server";
import { UNKNOWN_SENDER } from "~server/intake/weigh-senders.server";
import type { Portal } from "~server/portal.server";
import { lookupIdOf } from "~server/secrecy/derive-receipt-keys.server";
import { REPORTER } from "~server/staff-auth/actor";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";

export const handle: CitizenHandle = { question: true, title: (t) => t("report.steps.check.title") };

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { portal } = context;
  await requireOpen(request, portal);
  const { receipt, raw } = await requireDraft(request, portal);
  refuseUnfinished(portal, raw);
  const { level } = context.sender ?? UNKNOWN_SENDER;
  const steps = stepsFor(raw).filter((step) => step !== "check");
  const doubts = steps.filter(isAnswerStep).flatMap((step) => doubtsOf(step, raw));
  return {
    raw,
    steps,
    doubts,
    files: await listDraftFiles(portal, { receipt }),
    work: await makeWork(portal, { lookupId: lookupIdOf(receipt), level: level() }),
    back: paths.reportStep(steps.at(-1) ?? "mode"),
    names: nameAnswers(portal.pack.pack, raw, chooseLanguage(detectLocale(request))),
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { portal } = context;
  const form = await readForm(request);
  const intent = formText(form, "intent");
  const { receipt, raw } = await requireDraft(request, portal, { context, intent });
  const preference = preferenceFor(portal, intent);
  if (preference !== null) {
    return redirect(paths.reportStep("check"), { headers: { "Set-Cookie": preference } });
  }
  if (intent === "save") return redirect(paths.reportSaved());
  await requireOpen(request, portal);
  refuseUnfinished(portal, raw);
  const sender = context.sender ?? UNKNOWN_SENDER;
  const verdict = await judgeWork(portal, { lookupId: lookupIdOf(receipt), level: sender.level(), form });
  if (verdict.kind === "ask") return data(verdict, { status: verdict.why === "unsolved" ? 200 : 400 });
  const suspected = verdict.kind === "skipped" ? "no_work" : sender.floods() ? "flood" : null;
  try {
    const { outcome } = await submitTip(
      portal,
      { receipt, language: detectLocale(request), suspected },
      REPORTER,
    );
    if (outcome === "created") sender.count();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw error.code === "portal_not_open" ? await notOpenAnswer(request, portal) : refusalResponse(error);
  }
  return redirect(paths.reportDone());
}

export default function CheckAnswers() {
  const { t } = useTranslation();
  const { raw, steps, doubts, files, names, back, work } = useLoaderData<typeof loader>();
  const asked = useActionData<typeof action>() ?? null;
  const error = useWorkError(asked);
  return (
    <>
      <Progress back={back} at={steps.length + 1} of={steps.length + 1} />
      <ErrorSummary items={error === undefined ? [] : [{ field: "answer", text: error }]} />
      {asked?.why === "unsolved" ? (
        <div role="status">
          <Notice kind="warning">
            <p>
              <a href="#answer">{t("report.work.oneMore")}</a>
            </p>
          </Notice>
        </div>
      ) : null}
      <h1>{t("report.steps.check.title")}</h1>
      <p className="no-print">{t("report.check.lead")}</p>
      <AnswerList steps={steps} raw={raw} names={names} doubts={doubts} files={files} />
      <form method="post" id="question" noValidate className="no-print">
        <WorkFields work={asked?.work ?? work} asked={asked} />
        <div className={actions.row}>
          <button type="submit" name="intent" value="submit" className={actions.primary}>
            {t("report.check.submit")}
          </button>
          <button type="submit" name="intent" value="save" className={actions.link}>
            {t("report.save")}
          </button>
        </div>
      </form>
    </>
  );
}

function refuseUnfinished(portal: Portal, raw: RawAnswers): void {
  const open = firstOpenPage({ pack: portal.pack.pack, today: chinaDay(portal.clock.now()) }, raw);
  if (open !== null) throw redirect(paths.reportOverview());
}
