import { redirect, type ActionFunctionArgs, type LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { CitizenHandle } from "~/components/PageTitle";
import actions from "~/components/citizen/Actions.module.css";
import { ReceiptCard } from "~/components/citizen/ReceiptCard";
import { formatDay } from "~/i18n/format-day";
import { detectLocale } from "~/i18n/locale";
import { paths } from "~/paths";
import { addDays, chinaDay } from "~server/clock";
import { clearDraftCookie } from "~server/intake/draft-cookie.server";
import { drawReceiptCode } from "~server/intake/draw-receipt-code.server";
import { requireDraft } from "~server/intake/require-draft.server";
import { draftDays } from "~server/intake/save-draft.server";
import { spellReceipt } from "~server/secrecy/receipt";

export const handle: CitizenHandle = { title: (t) => t("report.saved.title") };

export async function loader({ request, context }: LoaderFunctionArgs) {
  const { portal } = context;
  const { receipt, raw } = await requireDraft(request, portal);
  const today = chinaDay(portal.clock.now());
  return {
    spellings: spellReceipt(receipt),
    code: await drawReceiptCode(receipt),
    resume: paths.reportOverview(),
    days: draftDays(raw),
    until: formatDay(addDays(today, draftDays(raw)), detectLocale(request)),
  };
}

/** Leaves the draft under its receipt and takes the receipt out of this browser. */
export function action({ context }: ActionFunctionArgs) {
  return redirect(paths.reportSent(), { headers: { "Set-Cookie": clearDraftCookie(context.portal) } });
}

export default function DraftSaved() {
  const { t } = useTranslation();
  const { spellings, code, resume, until, days } = useLoaderData<typeof loader>();
  return (
    <>
      <h1>{t("report.saved.title")}</h1>
      <p>{t("report.saved.body")}</p>
      <ReceiptCard spellings={spellings} code={code} />
      <p>{t("report.saved.until", { date: until, days })}</p>
      <form method="post" className={`${actions.row} no-print`}>
        <a href={resume} className={actions.primary}>
          {t("report.saved.resume")}
        </a>
        <button type="submit" className={actions.secondary}>
          {t("report.saved.leave")}
        </button>
      </form>
    </>
  );
}
