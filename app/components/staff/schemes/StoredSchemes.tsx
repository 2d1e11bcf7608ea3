import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import controls from "~/components/staff/controls.module.css";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { StoredVersion } from "~server/rewards/list-scheme-versions.server";

/** Every stored version and the days between which it decides. */
export function StoredSchemes({ stored }: { stored: readonly StoredVersion[] }) {
  const { t } = useTranslation("staff");
  return (
    <section aria-labelledby="stored-title">
      <h2 id="stored-title">{t("schemes.storedTitle")}</h2>
      <div className={controls.tableWrap}>
        <table className={controls.table}>
          <thead>
            <tr>
              <th scope="col">{t("schemes.scheme")}</th>
              <th scope="col">{t("schemes.version")}</th>
              <th scope="col">{t("schemes.effective")}</th>
            </tr>
          </thead>
          <tbody>
            {stored.map(({ schemeId, version, title, from, to }) => (
              <tr key={`${schemeId} ${version}`}>
                <th scope="row">
                  <Link to={paths.rewardScheme(schemeId)}>{title}</Link>
                </th>
                <td>{version}</td>
                <td>
                  {to === null
                    ? t("schemes.from", { from: formatDay(from) })
                    : t("schemes.period", { from: formatDay(from), to: formatDay(to) })}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
