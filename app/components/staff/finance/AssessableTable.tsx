import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { AssessableLead } from "~server/rewards/list-assessable.server";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

/** Leads a preparer may assess, each with its decision and why it waits. */
export function AssessableTable({ rows }: { rows: readonly AssessableLead[] }) {
  const { t } = useTranslation("staff");
  return (
    <div className={controls.tableWrap}>
      <table className={`${controls.table} ${styles.table} ${styles.stacked}`}>
        <caption className="visually-hidden">{t("finance.assess.choose")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("finance.leadColumn")}</th>
            <th scope="col">{t("findings.decisionNumber")}</th>
            <th scope="col">{t("findings.decidedOn")}</th>
            <th scope="col">{t("finance.assess.whyColumn")}</th>
            <th scope="col">{t("finance.assess.start")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.leadId}>
              <th scope="row">
                {row.leadNumber} · {row.leadName}
              </th>
              <td data-label={t("findings.decisionNumber")}>{row.decisionNumber}</td>
              <td data-label={t("findings.decidedOn")}>{formatDay(row.decidedOn)}</td>
              <td data-label={t("finance.assess.whyColumn")}>{t(`finance.assess.why.${row.why}`)}</td>
              <td>
                <Link to={paths.staff.assess(row.leadId)}>
                  {t("finance.assess.startFor", { number: row.leadNumber })}
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
