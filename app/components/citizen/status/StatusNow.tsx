import { useTranslation } from "react-i18next";
import { chooseLanguage } from "~/i18n/choose-language";
import { formatDay } from "~/i18n/format-day";
import type { Locale } from "~/i18n/locale";
import { paths } from "~/paths";
import type { OpenedStatus } from "~server/messages/act-on-status.server";
import css from "../StatusResult.module.css";

/** Where the clocks are still to start; later, one that does not run stands still or has ended. */
const BEFORE_HANDLING: readonly ShownStage[] = ["received", "reviewing", "consulting", "returned"];
type ShownStage = OpenedStatus["status"]["stage"];

/** Now: one plain sentence, whether somebody waits for the reporter, who has it, by when, and how it ended. */
export function StatusNow({ status, thread }: Pick<OpenedStatus, "status" | "thread">) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language as Locale;
  const due = status.nextDeadline;
  const { closure } = status;
  const { fresh } = thread;
  const unclocked = !BEFORE_HANDLING.includes(status.stage)
    ? "noneRuns"
    : status.official
      ? "noDeadlineOffice"
      : "noDeadline";
  const daysOf = ({ kind, days }: (typeof status.limits)["acceptance"]) =>
    t(`status.result.days.${kind}`, { days });
  const limits = { accept: daysOf(status.limits.acceptance), handle: daysOf(status.limits.handling) };
  return (
    <section className={css.now} aria-labelledby="status-now">
      <h2 id="status-now" className={css.nowTitle}>
        {t("status.result.now")}
      </h2>
      <p className={css.stage}>{t(`status.${status.official ? "stageOffice" : "stage"}.${status.stage}`)}</p>
      {thread.questionOn === null ? null : (
        <p className={css.waiting}>
          <strong>{t("status.messages.waiting")}</strong>{" "}
          {t("status.messages.waitingHint", { date: formatDay(thread.questionOn, locale) })}{" "}
          <a href="#messages">{t("status.messages.toMessages")}</a>
        </p>
      )}
      {thread.questionOn === null && fresh > 0 ? (
        <p className={css.waiting}>
          <a href="#messages">{t("status.messages.fresh", { count: fresh })}</a>
        </p>
      ) : null}
      <dl className={css.facts}>
        {closure === "not_a_report" ? null : (
          <div>
            <dt>{t("status.result.department")}</dt>
            <dd>{status.department?.[chooseLanguage(locale)] ?? t("status.result.noDepartment")}</dd>
          </div>
        )}
        {closure === null ? (
          <div>
            <dt>{t("status.result.next")}</dt>
            <dd>
              {due === null
                ? t(`status.result.${unclocked}`, limits)
                : t(`status.result.deadline.${due.kind}`, { date: formatDay(due.on, locale) })}
            </dd>
          </div>
        ) : null}
      </dl>
      {closure === null ? null : (
        <div className={css.closure}>
          <h3>{t("status.closureTitle", { closure: t(`status.closure.${closure}.name`) })}</h3>
          <p>{t(`status.closure.${closure}.means`)}</p>
          <h3>{t("status.whatNow")}</h3>
          <p>
            {t(
              closure === "substantiated"
                ? `status.closure.substantiated.${nextOf(status.awards)}`
                : `status.closure.${closure}.next`,
            )}{" "}
            {["rejected", "transferred", "not_a_report"].includes(closure) ? (
              <a href={paths.hotlines()}>{t("status.otherAuthorities")}</a>
            ) : null}
          </p>
        </div>
      )}
    </section>
  );
}

/** What a reporter who was right may do now: of an award that is there already, nothing is promised any more. */
function nextOf(awards: OpenedStatus["status"]["awards"]) {
  if (awards.length === 0) return "next" as const;
  // As on its card: it is accepted once every objection to it has been answered.
  const waits = awards.some(
    ({ status, objections }) => status === "approved" && objections.every(({ outcome }) => outcome !== null),
  );
  return waits ? ("nextAward" as const) : ("nextShown" as const);
}
