import { useTranslation } from "react-i18next";
import actions from "~/components/citizen/Actions.module.css";
import { Notice } from "~/components/citizen/Notice";
import type { AlreadySent } from "~/forms/carried-answers";
import { paths } from "~/paths";
import { MAX_MESSAGE_FILES } from "~server/evidence/limits";
import { StepRows } from "./AnswerList";

/** In place of a page whose report was sent from another tab: what did not happen, and where it still may. */
export function AlreadySentPage(sent: AlreadySent) {
  const { t } = useTranslation();
  return (
    <div data-already-sent>
      <h1>{t("report.sentMeanwhile.title")}</h1>
      <Late {...sent} />
      <div className={actions.row}>
        <a className={actions.primary} href={paths.reportDone()}>
          {t("report.start.toReceipt")}
        </a>
        <a className={actions.link} href={paths.status()}>
          {t("report.sentMeanwhile.toStatus")}
        </a>
      </div>
    </div>
  );
}

function Late(sent: AlreadySent) {
  const { t } = useTranslation();
  if (sent.late === "words") {
    const { step, values, names } = sent;
    return (
      <>
        <Notice kind="warning">
          <p>{t("report.sentMeanwhile.body", { page: t(`report.steps.${step}.title`) })}</p>
        </Notice>
        <h2>{t("report.ended.words")}</h2>
        <StepRows step={step} raw={{ [step]: values }} names={names} doubts={[]} files={[]} />
      </>
    );
  }
  if (sent.late === "removal") {
    return (
      <Notice kind="warning">
        <p>{t("report.sentMeanwhile.removal")}</p>
      </Notice>
    );
  }
  return (
    <Notice kind="warning">
      <p>{t("report.sentMeanwhile.files")}</p>
      {/* The page's script adds the files it had not yet begun to send. */}
      <ul data-not-added>
        {sent.files.map((name, at) => (
          <li key={at}>{name}</li>
        ))}
      </ul>
      <p>{t("report.sentMeanwhile.filesHow", { most: MAX_MESSAGE_FILES })}</p>
    </Notice>
  );
}
