import { useTranslation } from "react-i18next";
import { chooseLanguage } from "~/i18n/choose-language";
import { formatDay } from "~/i18n/format-day";
import type { Locale } from "~/i18n/locale";
import type { TimelineEntry } from "~server/intake/read-status.server";
import css from "./StatusResult.module.css";

/** What happened to a report so far, newest first. */
export function StatusTimeline({ entries }: { entries: readonly TimelineEntry[] }) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language as Locale;
  return (
    <ol className={css.timeline}>
      {entries.map((entry) => (
        <li key={`${entry.on}-${entry.key}`}>
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
  );
}
