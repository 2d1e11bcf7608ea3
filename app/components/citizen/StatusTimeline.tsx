import { useTranslation } from "react-i18next";
import { chooseLanguage } from "~/i18n/choose-language";
import { formatDay } from "~/i18n/format-day";
import type { Locale } from "~/i18n/locale";
import type { TimelineEntry } from "~server/intake/read-status.server";
import css from "./StatusResult.module.css";

/** More than any case has unless it goes to and fro for years: a page stays within its 60 KB. */
const SHOWN = 30;

/** What happened to a report so far, newest first. */
export function StatusTimeline({ entries }: { entries: readonly TimelineEntry[] }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language as Locale;
  const isCut = entries.length > SHOWN + 1;
  const shown = isCut ? [...entries.slice(0, SHOWN), ...entries.slice(-1)] : entries;
  return (
    <>
      {isCut ? <p>{t("status.result.timelineCut", { count: SHOWN })}</p> : null}
      <ol className={css.timeline}>
        {shown.map((entry, at) => (
          <li key={at}>
            <time dateTime={entry.on}>{formatDay(entry.on, locale)}</time>
            <p>
              {t(`status.step.${entry.key}`)}
              {entry.department === null ? null : (
                <span className={css.department}>{entry.department[chooseLanguage(locale)]}</span>
              )}
            </p>
          </li>
        ))}
      </ol>
    </>
  );
}
