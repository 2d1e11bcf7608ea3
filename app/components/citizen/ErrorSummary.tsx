import { useTranslation } from "react-i18next";
import css from "./ErrorSummary.module.css";

export type SummaryItem = { readonly field: string; readonly text: string };

/** What to mend, at the top and in focus; each line leads to its field. */
export function ErrorSummary({ items }: { items: readonly SummaryItem[] }) {
  const { t } = useTranslation();
  if (items.length === 0) return null;
  return (
    <div
      role="alert"
      aria-labelledby="error-summary-title"
      tabIndex={-1}
      autoFocus
      data-error-summary
      className={css.summary}
    >
      <h2 id="error-summary-title" className={css.title}>
        {t("error.summary", { count: items.length })}
      </h2>
      <ul className={css.list}>
        {items.map(({ field, text }) => (
          <li key={field}>
            <a href={`#${field}`}>{text}</a>
          </li>
        ))}
      </ul>
    </div>
  );
}
