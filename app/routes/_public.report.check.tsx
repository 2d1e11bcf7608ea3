import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { CitizenHandle } from "~/components/PageTitle";
import actions from "~/components/citizen/Actions.module.css";
import { AnswerList } from "~/components/report/AnswerList";
import { Progress } from "~/components/report/Progress";
import { formText } from "~/forms/form-text";
import { stepsFor, type RawAnswers } from "~/forms/report";
import { chooseLanguage } from "~/i18n/choose-language";
import { detectLocale } from "~/i18n/locale";
import { preferenceFor } from "~/i18n/preference.server";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { DomainError } from "~server/errors.server";
import { firstOpenPage } from "~server/intake/check-step.server";
import { nameAnswers } from "~server/intake/name-answers.server";
import { readForm } from "~server/intake/read-form.server";
import { requireDraft } from "~server/intake/require-draft.server";
import { submitTip } from "~server/intake/submit-tip.server";
import type { Portal } from "~server/portal.server";
import { REPORTER } from "~server/staff-auth/actor";
import { refusalResponse } from "~server/staff-auth/refusal-response.server";

export const handle: CitizenHandle = { question: true, title: (t) => t("report.steps.check.title") };

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { portal } = context;
  const { raw } = await requireDraft(request, portal);
  refuseUnfinished(portal, raw);
  const steps = stepsFor(raw).filter((step) => step !== "check");
  return {
    raw,
    steps,
    back: paths.reportStep(steps.at(-1) ?? "mode"),
    names: nameAnswers(portal.pack.pack, raw, chooseLanguage(detectLocale(request))),
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { portal } = context;
  const { receipt, raw } = await requireDraft(request, portal);
  const intent = formText(await readForm(request), "intent");
  const preference = preferenceFor(portal, intent);
  if (preference !== null) {
    return redirect(paths.reportStep("check"), { headers: { "Set-Cookie": preference } });
  }
  if (intent === "save") return redirect(paths.reportSaved());
  refuseUnfinished(portal, raw);
  try {
    await submitTip(portal, { receipt, language: detectLocale(request) }, REPORTER);
  } catch (error) {
    throw error instanceof DomainError ? refusalResponse(error) : error;
  }
  return redirect(paths.reportDone());
}

export default function CheckAnswers() {
  const { t } = useTranslation();
  const { raw, steps, names, back } = useLoaderData<typeof loader>();
  return (
    <>
      <Progress back={back} at={steps.length + 1} of={steps.length + 1} />
      <h1>{t("report.steps.check.title")}</h1>
      <p>{t("report.check.lead")}</p>
      <AnswerList steps={steps} raw={raw} names={names} />
      <form method="post" id="question" className={actions.row}>
        <button type="submit" name="intent" value="submit" className={actions.primary}>
          {t("report.check.submit")}
        </button>
        <button type="submit" name="intent" value="save" className={actions.link}>
          {t("report.save")}
        </button>
      </form>
    </>
  );
}

function refuseUnfinished(portal: Portal, raw: RawAnswers): void {
  const open = firstOpenPage({ pack: portal.pack.pack, today: chinaDay(portal.clock.now()) }, raw);
  if (open !== null) throw redirect(paths.reportStep(open));
}
