import { useTranslation } from "react-i18next";
import actions from "~/components/citizen/Actions.module.css";
import { ErrorSummary } from "~/components/citizen/ErrorSummary";
import { TextArea } from "~/components/citizen/Fields";
import { Notice } from "~/components/citizen/Notice";
import prose from "~/components/citizen/Prose.module.css";
import { sayFault } from "~/components/citizen/StatusForm";
import { carriedFields, hasAnswers, type DraftEnded } from "~/forms/carried-answers";
import { paths } from "~/paths";
import { WorkFields, useWorkError } from "./WorkFields";

/**
 * In place of a question whose draft is out of reach: asks for the receipt, and carries what was typed in the page
 * itself, so that it stands in the draft once that is open again.
 */
export function DraftEndedPage({ carried, typed, fault, work }: DraftEnded) {
  const { t } = useTranslation();
  const unread = fault?.kind === "unread";
  const error =
    fault === null || fault.kind === "unread"
      ? undefined
      : fault.kind === "sent"
        ? t("report.ended.alreadySent")
        : sayFault(t, fault, true);
  const workError = useWorkError(work?.asked ?? null);
  const { step } = carried;
  // Words somebody took long over are shown, as they may be copied; all else goes along unseen.
  const narrative = step === "narrative" ? String(carried.values.narrative ?? "") : null;
  return (
    <>
      <ErrorSummary
        items={[
          ...(error === undefined ? [] : [{ field: "receipt", text: error }]),
          ...(unread ? [{ field: "begin", text: t("report.ended.unread") }] : []),
          ...(workError === undefined ? [] : [{ field: "answer", text: workError }]),
        ]}
      />
      <h1>{t("report.ended.title")}</h1>
      <p>{t("report.ended.body")}</p>
      {hasAnswers(carried) && step !== null ? (
        <Notice>
          <p>{t("report.ended.kept", { page: t(`report.steps.${step}.title`) })}</p>
        </Notice>
      ) : null}
      {carried.files ? (
        <Notice kind="warning">
          <p>{t("report.ended.files")}</p>
        </Notice>
      ) : null}
      {work === null ? null : (
        <div role="status">
          <Notice kind="warning">
            <p>{t("status.work")}</p>
          </Notice>
        </div>
      )}
      <form method="post" action={paths.reportResume()} id="question" noValidate autoComplete="off">
        <TextArea
          name="receipt"
          rows={3}
          label={t("status.receipt")}
          hint={t("status.hint")}
          error={error}
          value={typed}
          autoComplete="off"
        />
        {carriedFields(carried)
          .filter(([name]) => narrative === null || name !== "narrative")
          .map(([name, value], at) => (
            <input key={`${name}-${at}`} type="hidden" name={name} value={value} />
          ))}
        {work === null ? null : <WorkFields {...work} />}
        <div className={actions.row}>
          <button type="submit" name="intent" value="continue" className={actions.primary}>
            {t("report.ended.resume")}
          </button>
        </div>
        {narrative === null ? null : (
          <TextArea
            name="narrative"
            rows={6}
            label={t("report.ended.words")}
            value={narrative}
            autoComplete="off"
          />
        )}
        <h2>{t("report.ended.lost")}</h2>
        <p>{t("report.ended.lostBody")}</p>
        {unread ? (
          <Notice kind="warning">
            <p>{t("report.ended.unreadBody")}</p>
            <p>
              {/* In a window of its own: this page is the only place where the words are. */}
              <a href={paths.reportDone()} target="_blank" rel="noopener">
                {t("report.ended.unreadOpen")}
              </a>
            </p>
          </Notice>
        ) : null}
        <div className={actions.row}>
          <button type="submit" id="begin" name="intent" value="begin" className={actions.secondary}>
            {t("report.ended.begin")}
          </button>
        </div>
      </form>
      <p className={prose.source}>{t("status.privacy")}</p>
    </>
  );
}
