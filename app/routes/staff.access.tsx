import { Link, useLoaderData } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { AccessTable } from "~/components/staff/AccessTable";
import { pageName } from "~/components/staff/matrix-words";
import { pageTitle } from "~/components/staff/page-title";
import controls from "~/components/staff/controls.module.css";
import styles from "~/components/staff/matrix.module.css";
import { staffZh } from "~/i18n/zh-CN/staff";
import { paths } from "~/paths";
import { accessMatrix } from "~server/staff-auth/access-matrix";
import { SCOPES } from "~server/staff-auth/access-table";

const RULES = Object.keys(staffZh.matrix.rules) as (keyof typeof staffZh.matrix.rules)[];

export const meta = () => pageTitle(staffZh.matrix.title);

export function loader() {
  return { rows: accessMatrix() };
}

export default function Access() {
  const { rows } = useLoaderData<typeof loader>();
  const { t } = useTranslation("staff");
  return (
    <div className={styles.sheet}>
      <h1>{t("matrix.title")}</h1>
      <p className={controls.muted}>{t("matrix.lead")}</p>
      <AccessTable rows={rows.filter(({ opensTo }) => opensTo === "roles")} />
      <div className={styles.notes}>
        <section aria-labelledby="scopes-title">
          <h2 id="scopes-title">{t("matrix.scopesTitle")}</h2>
          <dl className={styles.scopes}>
            {SCOPES.map((scope) => (
              <div key={scope}>
                <dt>{t(`matrix.scopes.${scope}`)}</dt>
                <dd>{t(`matrix.scopeHints.${scope}`)}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section aria-labelledby="rules-title">
          <h2 id="rules-title">{t("matrix.rulesTitle")}</h2>
          <ul>
            {RULES.map((rule) => (
              <li key={rule}>{t(`matrix.rules.${rule}`)}</li>
            ))}
          </ul>
        </section>
        <section aria-labelledby="everyone-title">
          <h2 id="everyone-title">{t("matrix.everyoneTitle")}</h2>
          <p>{t("matrix.everyoneLead")}</p>
          <ul>
            {rows
              .filter(({ opensTo }) => opensTo !== "roles")
              .map((row) => (
                <li key={row.routeId}>
                  {pageName(row)} <code className={styles.address}>{row.address}</code>{" "}
                  <span className={controls.hint}>
                    {t(row.opensTo === "anyone" ? "matrix.anyone" : "matrix.signedIn")}
                  </span>
                </li>
              ))}
          </ul>
        </section>
      </div>
      <p className={styles.away}>
        <Link to={paths.staff.people()}>{t("people.title")}</Link>
      </p>
    </div>
  );
}
