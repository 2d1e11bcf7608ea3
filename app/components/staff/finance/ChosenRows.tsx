import { Form, Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { paths } from "~/paths";
import type { ChosenRow } from "~server/rewards/read-chosen.server";
import controls from "../controls.module.css";
import { SubmitButton } from "../SubmitButton";
import styles from "./finance.module.css";

/** What became of each chosen voucher; one that was skipped says why. */
export function ChosenRows({ rows }: { rows: readonly ChosenRow[] }) {
  const { t } = useTranslation("staff");
  return (
    <div className={controls.tableWrap}>
      <table className={`${controls.table} ${styles.table} ${styles.stacked}`}>
        <caption className="visually-hidden">{t("approvals.set.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("finance.codeName")}</th>
            <th scope="col" className={styles.amount}>
              {t("finance.amount")}
            </th>
            <th scope="col">{t("approvals.act")}</th>
            <th scope="col">{t("approvals.set.result")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.ordinal}>
              <th scope="row">
                <Link to={paths.staff.award(row.awardId)} className={styles.code}>
                  {row.codeName}
                </Link>
              </th>
              <td className={styles.amount} data-label={t("finance.amount")}>
                {formatFen(row.amountFen)}
                {row.capitalAmount !== null && <p className={styles.margin}>{row.capitalAmount}</p>}
              </td>
              <td data-label={t("approvals.act")}>{t(`finance.award.acts.${row.action}`)}</td>
              <td data-label={t("approvals.set.result")}>
                <Result row={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Result({ row }: { row: ChosenRow }) {
  const { t } = useTranslation("staff");
  if (row.result === "signed") return <strong>{t("approvals.set.results.signed")}</strong>;
  if (row.result === "left_out") return <>{t("approvals.set.results.left_out")}</>;
  if (row.result !== null)
    return (
      <>
        {t("approvals.set.results.skipped")}
        <p className={styles.why}>{row.why}</p>
      </>
    );
  return (
    <Form method="post" preventScrollReset>
      <input type="hidden" name="ordinal" value={row.ordinal} />
      <p>{t("approvals.set.results.waiting")}</p>
      <SubmitButton kind="quiet" label={`${t("approvals.set.leave")} ${row.codeName}`}>
        {t("approvals.set.leave")}
      </SubmitButton>
    </Form>
  );
}
