import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import controls from "../controls.module.css";

/** The phases as the document gives them. */
export function PlanHistory({
  document,
  dates,
  past,
}: {
  document: string;
  dates: readonly { id: string; title: string; due: string; printed: string | null }[];
  past: boolean;
}) {
  const { t } = useTranslation("staff");
  return (
    <section aria-labelledby="history-title">
      <h2 id="history-title">{t("plan.history")}</h2>
      <p className={controls.muted}>{t(past ? "plan.historyLead" : "plan.historyFuture", { document })}</p>
      <div className={controls.tableWrap}>
        <table className={controls.table}>
          <thead>
            <tr>
              <th scope="col">{t("plan.phase")}</th>
              <th scope="col">{t("plan.due")}</th>
            </tr>
          </thead>
          <tbody>
            {dates.map(({ id, title, due, printed }) => (
              <tr key={id}>
                <th scope="row">{title}</th>
                <td>
                  {formatDay(due)}
                  {printed !== null && (
                    <span className={controls.muted}> {t("plan.printed", { printed })}</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
