import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatInstant } from "~/i18n/format-date";
import { paths } from "~/paths";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

export type VersionView = {
  readonly id: string;
  readonly version: number;
  readonly amountFen: bigint;
  readonly computedAt: Date;
  readonly status: string;
  readonly awardId: string | null;
  readonly why: string | null;
};

/** The computations so far, newest first: each stays readable, with why it was made anew. */
export function Versions({ versions }: { readonly versions: readonly VersionView[] }) {
  const { t } = useTranslation("staff");
  return (
    <div className={controls.tableWrap}>
      <table className={`${controls.table} ${styles.table} ${styles.stacked}`}>
        <tbody>
          {versions.map((one) => (
            <tr key={one.id}>
              <th scope="row">
                {one.awardId === null ? (
                  t("assessment.versions.version", one)
                ) : (
                  <Link to={paths.staff.award(one.awardId)}>{t("assessment.versions.version", one)}</Link>
                )}
              </th>
              <td>
                {t(one.status === "live" ? "assessment.versions.live" : "assessment.versions.superseded")}
              </td>
              <td>{formatInstant(one.computedAt)}</td>
              <td className={styles.amount}>{formatFen(one.amountFen)}</td>
              <td>{one.why ?? t("assessment.versions.first")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
