import { useTranslation } from "react-i18next";
import { Notice } from "~/components/staff/Notice";
import controls from "~/components/staff/controls.module.css";
import finance from "~/components/staff/finance/finance.module.css";
import type { ImportAnswer } from "~server/exchange/receive-import.server";

/** What became of a file, row by row where one is at fault. */
export function ImportResult({ totals, bad, faults, report }: Extract<ImportAnswer, { kind: "done" }>) {
  const { t } = useTranslation("staff");
  return (
    <section className={controls.card} aria-labelledby="import-result-title">
      <h2 id="import-result-title">{t("import.done.title")}</h2>
      <Notice>{t("import.done.totals", { ...totals })}</Notice>
      <p>{t(totals.bad === 0 ? "import.done.allGood" : "import.done.fixRows")}</p>
      {totals.already > 0 && <p>{t("import.done.passed")}</p>}
      {bad.length > 0 && (
        <>
          <p>
            <a href={csvLink(report)} download="import-report.csv">
              {t("import.done.report")}
            </a>
          </p>
          <table className={`${controls.table} ${finance.stacked}`}>
            <thead>
              <tr>
                <th scope="col">{t("import.done.row")}</th>
                <th scope="col">{t("import.column")}</th>
                <th scope="col">{t("import.done.reason")}</th>
              </tr>
            </thead>
            <tbody>
              {bad.map(({ row, column, reason }) => (
                <tr key={`${String(row)}:${column}:${reason}`}>
                  <th scope="row" data-label={t("import.done.row")}>
                    {row}
                  </th>
                  <td data-label={t("import.column")}>{column || t("import.done.wholeRow")}</td>
                  <td data-label={t("import.done.reason")}>{reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {faults > bad.length && (
            <p className={controls.hint}>{t("import.done.more", { shown: bad.length, faults })}</p>
          )}
        </>
      )}
    </section>
  );
}

/** A file that is in the page itself: the server keeps none. */
export function csvLink(text: string): string {
  return `data:text/csv;charset=utf-8,${encodeURIComponent(text)}`;
}
