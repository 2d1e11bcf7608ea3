import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { MatrixRow } from "~server/staff-auth/access-matrix";
import { ROLES } from "~server/staff-auth/roles";
import controls from "./controls.module.css";
import finance from "./finance/finance.module.css";
import { actsOf, pageName } from "./matrix-words";
import styles from "./matrix.module.css";

/** Pages by roles: what each may do there, and how far. On a narrow screen each page lists only the roles it admits. */
export function AccessTable({ rows }: { rows: readonly MatrixRow[] }) {
  const { t } = useTranslation("staff");
  return (
    <div className={controls.tableWrap} role="region" aria-label={t("matrix.title")} tabIndex={0}>
      <table className={`${controls.table} ${finance.stacked} ${styles.matrix}`}>
        <thead>
          <tr>
            <th scope="col">{t("matrix.page")}</th>
            {ROLES.map((role) => (
              <th scope="col" key={role}>
                {t(`roles.${role}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.routeId}>
              <th scope="row">
                {pageName(row)}
                <br />
                <code className={styles.address}>{breakable(row.address)}</code>
                {row.demoMayWrite && (
                  <>
                    <br />
                    <span className={styles.demo}>{t("matrix.demo")}</span>
                  </>
                )}
              </th>
              {ROLES.map((role) => {
                const cell = row.cells.find((one) => one.role === role);
                return cell === undefined ? (
                  <td key={role} className={styles.shut}>
                    <span aria-label={t("matrix.none")}>—</span>
                  </td>
                ) : (
                  <td key={role} data-label={t(`roles.${role}`)}>
                    <span className={styles.acts}>{actsOf(cell)}</span>{" "}
                    <span className={styles.scope}>{t(`matrix.scopes.${cell.scope}`)}</span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** An address may break after a slash: a column is narrower than the longest. */
function breakable(address: string): ReactNode {
  return address.split(/(?<=\/)(?=.)/).map((part, at) => (
    <Fragment key={at}>
      {at > 1 && <wbr />}
      {part}
    </Fragment>
  ));
}
