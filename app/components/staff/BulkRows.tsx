import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { staffBulk } from "~/i18n/zh-CN/staff-board-tools";
import { paths } from "~/paths";
import type { BulkSet } from "~server/triage/act-on-set.server";
import controls from "./controls.module.css";

/** Each lead of a set by name, with what became of it; before the act, whether it changed since it was chosen. */
export function BulkRows({ rows, acted }: { rows: BulkSet["rows"]; acted: boolean }) {
  const { t } = useTranslation("staff");
  const result = (code: string | null) => {
    if (code === null) return t("bulk.results.pending");
    const known = code in t("bulk.results", { returnObjects: true });
    return known ? t(`bulk.results.${code as keyof typeof staffBulk.results}`) : t("bulk.results.other");
  };
  return (
    <div className={controls.tableWrap} role="region" aria-label={t("bulk.rows")} tabIndex={0}>
      <table className={controls.table}>
        <caption className="visually-hidden">{t("bulk.rows")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("bulk.number")}</th>
            <th scope="col">{t("bulk.name")}</th>
            <th scope="col">{t("bulk.stage")}</th>
            <th scope="col">{t("bulk.result")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.leadId} data-result={row.result ?? undefined}>
              <td>{row.number}</td>
              <td>
                <Link to={paths.staff.lead(row.leadId)}>{row.name}</Link>
              </td>
              <td>{t(`stages.${row.stage}`)}</td>
              <td>{acted ? result(row.result) : row.changed ? t("bulk.changed") : t("bulk.ready")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
