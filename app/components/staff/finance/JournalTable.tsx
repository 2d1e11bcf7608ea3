import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { JournalRow } from "~server/ledger/list-transactions.server";
import controls from "../controls.module.css";
import type { AccountName } from "./FundCard";
import { sayEvent } from "./say-event";
import styles from "./finance.module.css";

/** The journal, newest first: voucher number, business day, what happened, and its entries in both books. */
export function JournalTable({ rows }: { rows: readonly JournalRow[] }) {
  const { t } = useTranslation("staff");
  const kind = (name: string) => t(`finance.budget.kinds.${name as AccountName}`);
  return (
    <div className={controls.tableWrap}>
      <table className={`${controls.table} ${styles.table} ${styles.stacked}`}>
        <caption className="visually-hidden">{t("finance.budget.journal")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("finance.budget.voucher")}</th>
            <th scope="col">{t("finance.budget.day")}</th>
            <th scope="col">{t("finance.budget.event")}</th>
            <th scope="col">{t("finance.budget.entry")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <th scope="row" className={styles.code}>
                {row.voucher ?? t("finance.budget.numbering")}
              </th>
              <td data-label={t("finance.budget.day")}>{formatDay(row.eventOn)}</td>
              <td data-label={t("finance.budget.event")}>
                {sayEvent(t, row.event)}
                {row.awardId !== null && row.codeName !== null && (
                  <>
                    {" "}
                    <Link to={paths.staff.award(row.awardId)} className={styles.code}>
                      {row.codeName}
                    </Link>
                  </>
                )}
              </td>
              <td>
                <ul className={styles.entries}>
                  {row.entries.map((entry, index) => (
                    <li key={index}>
                      <span>
                        {t("finance.budget.entryText", {
                          debit: kind(entry.debitKind),
                          credit: kind(entry.creditKind),
                        })}
                      </span>
                      <span className={styles.amount}>{formatFen(entry.amountFen)}</span>
                    </li>
                  ))}
                </ul>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
