import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { AwardRow } from "~server/rewards/list-awards.server";
import controls from "../controls.module.css";
import { StatusTag } from "./StatusTag";
import styles from "./finance.module.css";

/** Awards by code name; of the lead its number and the subject's name, of the informant nothing. */
export function AwardTable({ rows, title }: { rows: readonly AwardRow[]; title: string }) {
  const { t } = useTranslation("staff");
  return (
    <div className={controls.tableWrap}>
      <table className={`${controls.table} ${styles.table} ${styles.stacked}`}>
        <caption className="visually-hidden">{title}</caption>
        <thead>
          <tr>
            <th scope="col">{t("finance.codeName")}</th>
            <th scope="col" className={styles.amount}>
              {t("finance.amount")}
            </th>
            <th scope="col">{t("finance.leadColumn")}</th>
            <th scope="col">{t("finance.status")}</th>
            <th scope="col">{t("finance.updated")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <th scope="row">
                <Link to={paths.staff.award(row.id)} className={styles.code}>
                  {row.codeName}
                </Link>
              </th>
              <td className={styles.amount} data-label={t("finance.amount")}>
                {formatFen(row.amountFen)}
              </td>
              <td data-label={t("finance.leadColumn")}>
                {row.leadNumber} · {row.leadName}
              </td>
              <td data-label={t("finance.status")}>
                <StatusTag status={row.status} />
              </td>
              <td data-label={t("finance.updated")}>{formatDay(row.updatedOn)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
