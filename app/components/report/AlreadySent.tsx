import { useTranslation } from "react-i18next";
import actions from "~/components/citizen/Actions.module.css";
import { Notice } from "~/components/citizen/Notice";
import type { AlreadySent } from "~/forms/carried-answers";
import { paths } from "~/paths";
import { StepRows } from "./AnswerList";

/** In place of a question whose report was sent from another tab: shows what was typed, as it may be copied. */
export function AlreadySentPage({ step, values, names }: AlreadySent) {
  const { t } = useTranslation();
  return (
    <>
      <h1>{t("report.sentMeanwhile.title")}</h1>
      <Notice kind="warning">
        <p>{t("report.sentMeanwhile.body", { page: t(`report.steps.${step}.title`) })}</p>
      </Notice>
      <h2>{t("report.ended.words")}</h2>
      <StepRows step={step} raw={{ [step]: values }} names={names} doubts={[]} files={[]} />
      <div className={actions.row}>
        <a className={actions.primary} href={paths.reportDone()}>
          {t("report.start.toReceipt")}
        </a>
        <a className={actions.link} href={paths.status()}>
          {t("report.sentMeanwhile.toStatus")}
        </a>
      </div>
    </>
  );
}
