import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import type { BankLinesView } from "~server/payouts/list-bank-lines.server";
import controls from "../controls.module.css";
import finance from "../finance/finance.module.css";

/** The statements last taken. */
export function StatementList({ statements }: { statements: BankLinesView["statements"] }) {
  const { t } = useTranslation("staff");
  return (
    <section className={finance.apart} aria-labelledby="statements-title">
      <h2 id="statements-title">{t("payouts.statements.last")}</h2>
      {statements.length === 0 ? (
        <p className={controls.empty}>{t("payouts.statements.none")}</p>
      ) : (
        <div className={controls.tableWrap}>
          <table className={`${controls.table} ${finance.table} ${finance.stacked}`}>
            <caption className="visually-hidden">{t("payouts.statements.last")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("payouts.statements.number")}</th>
                <th scope="col">{t("payouts.statements.fund")}</th>
                <th scope="col">{t("payouts.statements.closedOn")}</th>
                <th scope="col" className={finance.amount}>
                  {t("payouts.month.bankShown")}
                </th>
                <th scope="col">{t("payouts.count")}</th>
              </tr>
            </thead>
            <tbody>
              {statements.map((row) => (
                <tr key={row.id}>
                  <th scope="row" className={finance.code}>
                    {row.number}
                  </th>
                  <td data-label={t("payouts.statements.fund")}>{row.source}</td>
                  <td data-label={t("payouts.statements.closedOn")}>{formatDay(row.closedOn)}</td>
                  <td className={finance.amount} data-label={t("payouts.month.bankShown")}>
                    {formatFen(row.closingFen)}
                  </td>
                  <td data-label={t("payouts.count")}>
                    {t("payouts.statements.lines", { count: row.lines })}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
