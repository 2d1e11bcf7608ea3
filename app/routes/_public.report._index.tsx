import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { CitizenHandle } from "~/components/PageTitle";
import actions from "~/components/citizen/Actions.module.css";
import { Notice } from "~/components/citizen/Notice";
import prose from "~/components/citizen/Prose.module.css";
import { paths } from "~/paths";
import { draftCookie, readDraftReceipt } from "~server/intake/draft-cookie.server";
import { readDraft } from "~server/intake/read-draft.server";
import { readForm } from "~server/intake/read-form.server";
import { requireOpen } from "~server/intake/require-open.server";
import { saveDraft } from "~server/intake/save-draft.server";
import { createReceipt } from "~server/secrecy/receipt";

export const handle: CitizenHandle = { title: (t) => t("report.start.title") };

export async function loader({ request, context }: LoaderFunctionArgs) {
  await requireOpen(request, context.portal);
  const receipt = readDraftReceipt(request, context.portal);
  const state = receipt === null ? null : await readDraft(context.portal, { receipt });
  return { held: state?.kind ?? null };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const { portal } = context;
  await requireOpen(request, portal);
  const intent = (await readForm(request)).get("intent");
  const held = readDraftReceipt(request, portal);
  const state = held === null ? null : await readDraft(portal, { receipt: held });
  // A receipt that was never written down must not be thrown away by starting again.
  if (state?.kind === "submitted") return redirect(paths.reportDone());
  if (state?.kind === "draft" && intent !== "restart") {
    return redirect(paths.reportOverview());
  }
  const receipt = createReceipt();
  context.sender?.begin();
  await saveDraft(portal.db, { receipt, raw: {}, at: portal.clock.now() });
  return redirect(paths.reportStep("mode"), { headers: { "Set-Cookie": draftCookie(portal, receipt) } });
}

export default function ReportStart() {
  const { t } = useTranslation();
  const { held } = useLoaderData<typeof loader>();
  return (
    <div className={prose.prose}>
      <h1>{t("report.start.title")}</h1>
      {held === "draft" ? <Unfinished /> : null}
      {held === "submitted" ? (
        <Notice kind="done" title={t("report.start.sent")}>
          <p>{t("report.start.sentBody")}</p>
          <p>
            <a href={paths.reportDone()}>{t("report.start.toReceipt")}</a>
          </p>
        </Notice>
      ) : null}
      {held === null ? <Beginning /> : null}
    </div>
  );
}

function Unfinished() {
  const { t } = useTranslation();
  return (
    <>
      <h2>{t("report.start.existing")}</h2>
      <p>{t("report.start.existingBody")}</p>
      <form method="post" className={actions.row}>
        <button type="submit" name="intent" value="resume" className={actions.primary}>
          {t("report.start.resume")}
        </button>
        <button type="submit" name="intent" value="restart" className={actions.secondary}>
          {t("report.start.restart")}
        </button>
      </form>
    </>
  );
}

function Beginning() {
  const { t } = useTranslation();
  return (
    <>
      <p className={prose.lead}>{t("report.start.lead")}</p>
      <h2>{t("report.start.before")}</h2>
      <ul>
        {(["receipt", "save", "truth", "leave"] as const).map((point) => (
          <li key={point}>{t(`report.start.points.${point}`)}</li>
        ))}
      </ul>
      <form method="post" className={actions.row}>
        <button type="submit" name="intent" value="begin" className={actions.primary}>
          {t("report.start.begin")}
        </button>
      </form>
    </>
  );
}
