import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { MESSAGE_CHARACTERS } from "~server/secrecy/message-format";
import { MESSAGES_A_DAY } from "~server/messages/message-rules";
import { WORDS_FIELD, type MessageFault, type OwnIntent } from "~/forms/own-message";
import { formatDay } from "~/i18n/format-day";
import type { Locale } from "~/i18n/locale";
import { viewIntent } from "~/forms/status-view";
import { paths } from "~/paths";
import type { OpenedStatus } from "~server/messages/act-on-status.server";
import actions from "./Actions.module.css";
import { AwardCard } from "./AwardCard";
import { ErrorSummary } from "./ErrorSummary";
import { Notice } from "./Notice";
import { AwardObjection } from "./status/AwardObjection";
import { AskReopen } from "./status/AskReopen";
import { OwnMessages } from "./status/OwnMessages";
import { StatusNow } from "./status/StatusNow";
import { WriteMessage } from "./status/WriteMessage";
import { StatusTimeline } from "./StatusTimeline";
import css from "./StatusResult.module.css";

/** Told beside the files, not beside the words. */
const FILE_FAULTS: readonly MessageFault[] = ["files", "filesBroken", "tooManyFiles"];

export type ShownStatus = OpenedStatus["status"];

/** Where a report stands, what is said between its reporter and the office, and what happened so far, newest first. */
export function StatusResult({
  status,
  thread,
  sectorName,
  token,
  formId,
  refused,
  wrong,
  kept,
  typed,
  sent,
  objection,
}: OpenedStatus & { sectorName: string | null }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language as Locale;
  const numbers = { max: MESSAGE_CHARACTERS.toLocaleString(locale), day: MESSAGES_A_DAY };
  const said = wrong === null ? undefined : t(`status.messages.errors.${wrong.fault}`, numbers);
  const isOfFiles = wrong !== null && FILE_FAULTS.includes(wrong.fault);
  const refusedFiles = (wrong?.fault === "files" ? wrong.files : []).map(({ name, reason }) =>
    t("evidence.problem", { name, text: t(`evidence.reasons.${reason}`) }),
  );
  const fileErrors = isOfFiles && said !== undefined ? [...refusedFiles, said] : [];
  const error = isOfFiles ? undefined : said;
  const field = WORDS_FIELD[wrong?.intent ?? "message"];
  const problems = [
    ...(error === undefined ? [] : [{ field, text: error }]),
    ...fileErrors.map((text) => ({ field: "files", text })),
  ];
  const wordsFor = (intent: OwnIntent) => ({
    value: kept?.intent === intent ? kept.text : typed[intent],
    error: wrong?.intent === intent ? error : undefined,
  });
  const isClosed = status.stage === "closed" || status.stage === "not_accepted";
  // On no lead, so nobody would read or answer what is written here.
  const isReport = status.closure !== "not_a_report";
  const writes = thread.open && isReport;
  return (
    <>
      <ErrorSummary items={problems} />
      <h1>{t("status.result.title")}</h1>
      {refused === null ? null : (
        <div role="alert">
          <Notice kind="warning">
            <p>{t(refused === "claim" ? "claim.notNow" : `status.errors.${refused}`)}</p>
          </Notice>
        </div>
      )}
      {sent === null ? null : (
        <div role="status">
          <Notice kind="done">
            <p>{t(sent === "claim" ? "claim.done" : `status.messages.sent.${sent}`)}</p>
          </Notice>
        </div>
      )}
      {wrong === null && kept !== null ? (
        <div role="status">
          <Notice kind="warning">
            <p>
              <a href={`#${WORDS_FIELD[kept.intent]}`}>{t("status.messages.broughtBack")}</a>
            </p>
          </Notice>
        </div>
      ) : null}
      <StatusNow status={status} thread={thread} />
      {status.awards.map((award) => (
        <Fragment key={award.id}>
          <AwardCard award={award} token={token} />
          <AwardObjection award={award} token={token} formId={formId} sent={objection} />
        </Fragment>
      ))}
      {isReport || thread.messages.length > 0 ? <OwnMessages thread={thread} /> : null}
      {writes ? (
        <form
          method="post"
          action={paths.status()}
          encType="multipart/form-data"
          id="question"
          noValidate
          autoComplete="off"
          className="no-print"
          data-send-files
        >
          {/* First: without it no byte of a file is taken. */}
          <input type="hidden" name="token" value={token} />
          <input type="hidden" name="formId" value={formId} />
          <input type="hidden" name="view" value={viewIntent({ kind: "thread", before: thread.before })} />
          <WriteMessage {...wordsFor("message")} fileErrors={fileErrors} />
          {isClosed || kept?.intent === "reopen" ? (
            <AskReopen {...wordsFor("reopen")} waits={thread.wishWaits} />
          ) : null}
        </form>
      ) : null}
      <h2>{t("status.result.timeline")}</h2>
      <StatusTimeline entries={status.timeline} />
      <dl className={css.facts}>
        <div>
          <dt>{t("status.result.subject")}</dt>
          <dd>{status.subjectName || t("status.result.unnamed")}</dd>
        </div>
        {sectorName === null ? null : (
          <div>
            <dt>{t("status.result.sector")}</dt>
            <dd>{sectorName}</dd>
          </div>
        )}
        <div>
          <dt>{t("status.result.arrived")}</dt>
          <dd>{formatDay(status.arrivedOn, locale)}</dd>
        </div>
      </dl>
      <form
        method="post"
        action={paths.status()}
        id={writes ? undefined : "question"}
        className={`${actions.row} no-print`}
      >
        <input type="hidden" name="token" value={token} />
        <a href={paths.status()} className={actions.secondary}>
          {t("status.result.again")}
        </a>
        <button type="submit" name="intent" value="ask-withdraw" className={actions.link}>
          {t("status.withdraw.open")}
        </button>
      </form>
      {writes ? <script src="/upload.js" defer /> : null}
    </>
  );
}
