import { useTranslation } from "react-i18next";
import { chooseLanguage } from "~/i18n/choose-language";
import { formatDay } from "~/i18n/format-day";
import type { Locale } from "~/i18n/locale";
import { paths } from "~/paths";
import type { TipStatus } from "~server/intake/read-status.server";
import actions from "./Actions.module.css";
import { AwardCard } from "./AwardCard";
import { Notice } from "./Notice";
import { StatusTimeline } from "./StatusTimeline";
import css from "./StatusResult.module.css";

export type ShownStatus = Omit<TipStatus, "tipId">;

/** Where a report stands: one plain sentence, who has it, by when, and what happened so far, newest first. */
export function StatusResult({
  status,
  sectorName,
  token,
  refused,
}: {
  status: ShownStatus;
  sectorName: string | null;
  token: string;
  refused: "accept" | "withdraw" | null;
}) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language as Locale;
  const language = chooseLanguage(locale);
  const due = status.nextDeadline;
  return (
    <>
      <h1>{t("status.result.title")}</h1>
      {refused === null ? null : (
        <div role="alert">
          <Notice kind="warning">
            <p>{t(`status.errors.${refused}`)}</p>
          </Notice>
        </div>
      )}
      <section className={css.now} aria-labelledby="status-now">
        <h2 id="status-now" className={css.nowTitle}>
          {t("status.result.now")}
        </h2>
        <p className={css.stage}>{t(`status.stage.${status.stage}`)}</p>
        {status.closure === null ? null : <p>{t(`status.closure.${status.closure}`)}</p>}
        <dl className={css.facts}>
          <div>
            <dt>{t("status.result.department")}</dt>
            <dd>{status.department?.[language] ?? t("status.result.noDepartment")}</dd>
          </div>
          {due === null ? null : (
            <div>
              <dt>{t("status.result.next")}</dt>
              <dd>{t(`status.result.deadline.${due.kind}`, { date: formatDay(due.on, locale) })}</dd>
            </div>
          )}
        </dl>
      </section>
      {status.awards.map((award) => (
        <AwardCard key={award.id} award={award} token={token} />
      ))}
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
      <form method="post" action={paths.status()} className={`${actions.row} no-print`}>
        <input type="hidden" name="token" value={token} />
        <a href={paths.status()} className={actions.secondary}>
          {t("status.result.again")}
        </a>
        <button type="submit" name="intent" value="ask-withdraw" className={actions.link}>
          {t("status.withdraw.open")}
        </button>
      </form>
    </>
  );
}
