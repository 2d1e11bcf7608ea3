import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import controls from "~/components/staff/controls.module.css";
import finance from "~/components/staff/finance/finance.module.css";
import type { BatchView } from "~server/retention/list-retention.server";
import type { RetentionPolicy, RetentionRule } from "~server/retention/policies";

/** The policy of today with where each number comes from, and the batches of before. */
export function PolicyTable({
  policy,
  batches,
}: {
  policy: RetentionPolicy | null;
  batches: readonly BatchView[];
}) {
  const { t } = useTranslation("staff");
  const title =
    policy === null
      ? t("retention.noPolicy")
      : t("retention.policyTitle", { version: policy.version, from: formatDay(policy.from) });
  return (
    <>
      {batches.length > 0 && (
        <section className={controls.card} aria-labelledby="recent-title">
          <h2 id="recent-title">{t("retention.recentTitle")}</h2>
          <ul>
            {batches.map((one) => (
              <li key={one.id}>
                <Link to={paths.staff.retention({ batch: one.id })}>
                  {t("retention.batch", {
                    day: formatDay(one.drawnOn),
                    count: one.items,
                    version: one.policyVersion,
                  })}
                </Link>{" "}
                {t(`retention.states.${one.state}`)}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className={controls.card} aria-labelledby="policy-title">
        <h2 id="policy-title">{title}</h2>
        {policy !== null && (
          <div className={controls.tableWrap} role="region" aria-labelledby="policy-title" tabIndex={0}>
            <table className={`${controls.table} ${controls.wide} ${finance.stacked}`}>
              <thead>
                <tr>
                  <th scope="col">{t("retention.category")}</th>
                  <th scope="col">{t("retention.keep")}</th>
                  <th scope="col">{t("retention.basis")}</th>
                </tr>
              </thead>
              <tbody>
                {policy.rules.map((rule) => (
                  <tr key={rule.id}>
                    <td data-label={t("retention.category")}>{t(`retention.categories.${rule.id}`)}</td>
                    <td data-label={t("retention.keep")}>
                      <Keep rule={rule} />
                    </td>
                    <td data-label={t("retention.basis")}>
                      <Basis rule={rule} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
    </>
  );
}

function Keep({ rule: { keep } }: { rule: RetentionRule }) {
  const { t } = useTranslation("staff");
  if (keep === null) return <>{t("retention.forever")}</>;
  return (
    <>
      {"years" in keep
        ? t("retention.years", { count: keep.years })
        : t("retention.days", { count: keep.days })}
    </>
  );
}

function Basis({ rule: { source } }: { rule: RetentionRule }) {
  const { t } = useTranslation("staff");
  if (source.kind === "law") return <>{source.text}</>;
  return (
    <>{source.text === "" ? t("retention.setting") : t("retention.settingWith", { text: source.text })}</>
  );
}
