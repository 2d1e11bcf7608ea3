import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { CitizenHandle } from "~/components/PageTitle";
import actions from "~/components/citizen/Actions.module.css";
import { TaskOverview } from "~/components/report/TaskOverview";
import { formText } from "~/forms/form-text";
import { preferenceFor } from "~/i18n/preference.server";
import { paths } from "~/paths";
import { chinaDay } from "~server/clock";
import { listDraftFiles } from "~server/evidence/list-files.server";
import { firstOpenPage } from "~server/intake/check-step.server";
import { listTasks } from "~server/intake/list-tasks.server";
import { readForm } from "~server/intake/read-form.server";
import { requireDraft } from "~server/intake/require-draft.server";
import { requireOpen } from "~server/intake/require-open.server";

export const handle: CitizenHandle = { question: true, title: (t) => t("report.overview.title") };

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { portal } = context;
  await requireOpen(request, portal);
  const { receipt, raw } = await requireDraft(request, portal);
  const files = (await listDraftFiles(portal, { receipt })).filter(({ state }) => state === "stored").length;
  const ground = { pack: portal.pack.pack, today: chinaDay(portal.clock.now()) };
  return {
    list: listTasks(ground, raw, files),
    next: paths.reportStep(firstOpenPage(ground, raw) ?? "check"),
  };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { portal } = context;
  const intent = formText(await readForm(request), "intent");
  await requireDraft(request, portal, { context, intent });
  const preference = preferenceFor(portal, intent);
  if (preference !== null) {
    return redirect(paths.reportOverview(), { headers: { "Set-Cookie": preference } });
  }
  return redirect(intent === "save" ? paths.reportSaved() : paths.reportOverview());
}

export default function ReportOverview() {
  const { t } = useTranslation();
  const { list, next } = useLoaderData<typeof loader>();
  return (
    <>
      <h1>{t("report.overview.title")}</h1>
      <p>
        {list.open === 0 ? t("report.overview.ready") : t("report.overview.left", { count: list.open })}
        {t("report.overview.anyOrder")}
      </p>
      <TaskOverview list={list} />
      <form method="post" id="question" noValidate className={actions.row}>
        <a href={next} className={actions.primary}>
          {t(list.open === 0 ? "report.overview.toCheck" : "report.overview.goOn")}
        </a>
        <button type="submit" name="intent" value="save" className={actions.link}>
          {t("report.save")}
        </button>
      </form>
    </>
  );
}
