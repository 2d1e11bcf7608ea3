import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { BookMonth } from "~server/books/read-month.server";
import controls from "../controls.module.css";
import { sayEvent } from "./say-event";
import styles from "./finance.module.css";

/** A month's vouchers, each with its print. */
export function VoucherTable({ rows, month }: { rows: BookMonth["rows"]; month: string }) {
  const { t } = useTranslation("staff");
  return (
    <div className={controls.tableWrap}>
      <table className={`${controls.table} ${styles.table} ${styles.stacked}`}>
        <caption className="visually-hidden">{t("books.vouchers")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("books.number")}</th>
            <th scope="col">{t("books.day")}</th>
            <th scope="col">{t("books.event")}</th>
            <th scope="col" className={styles.amount}>
              {t("books.amount")}
            </th>
            <th scope="col">{t("books.print")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.number}>
              <th scope="row" className={styles.code}>
                {row.name}
              </th>
              <td data-label={t("books.day")}>{formatDay(row.eventOn)}</td>
              <td data-label={t("books.event")}>
                {sayEvent(t, row.event)}{" "}
                {row.codeName !== null && <span className={styles.code}>{row.codeName}</span>}
              </td>
              <td data-label={t("books.amount")} className={styles.amount}>
                {formatFen(totalOf(row.entries))}
              </td>
              <td>
                <a
                  href={paths.staff.booksPdf({ document: "voucher", month, from: String(row.number) })}
                  aria-label={t("books.printOne", { number: row.name })}
                  download
                >
                  {t("books.print")}
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Both books carry the same amount: the voucher's is that of one. */
function totalOf(entries: BookMonth["rows"][number]["entries"]): bigint {
  const book = entries[0]?.book;
  return entries.filter((entry) => entry.book === book).reduce((sum, { amountFen }) => sum + amountFen, 0n);
}
