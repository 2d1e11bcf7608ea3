import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { paths } from "~/paths";
import type { DryBudget } from "~server/ledger/list-warnings.server";
import type { Contingent } from "~server/ledger/read-contingent.server";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

/** What lies ahead of the budgets: those that run dry, and rewards that may come. */
export function BudgetOutlook({
  dry,
  contingent,
}: {
  dry: readonly DryBudget[];
  contingent: Contingent & { readonly restFen: bigint };
}) {
  const { t } = useTranslation("staff");
  return (
    <>
      <p>
        <Link to={paths.staff.budgetActs()}>{t("ledgerActs.link")}</Link>
      </p>
      {dry.length > 0 && (
        <section className={controls.card} aria-labelledby="dry-title">
          <h2 id="dry-title">{t("ledgerActs.dryTitle")}</h2>
          {dry.map(({ budgetId, source, fiscalYear, used, percent }) => (
            <p key={budgetId}>{t("ledgerActs.dry", { source, year: fiscalYear, used, percent })}</p>
          ))}
        </section>
      )}
      <section className={controls.card} aria-labelledby="contingent-title">
        <h2 id="contingent-title">{t("ledgerActs.contingent.title")}</h2>
        <p className={controls.muted}>
          {t("ledgerActs.contingent.lead", { scheme: contingent.schemeTitle, grade: contingent.grade })}
        </p>
        {contingent.leads === 0 ? (
          <p className={controls.empty}>{t("ledgerActs.contingent.none")}</p>
        ) : (
          <dl className={styles.balances}>
            <div>
              <dt>{t("ledgerActs.contingent.leads")}</dt>
              <dd>{contingent.leads}</dd>
            </div>
            <div>
              <dt>{t("ledgerActs.contingent.likely")}</dt>
              <dd>{formatFen(contingent.likelyFen)}</dd>
            </div>
            <div>
              <dt>{t("ledgerActs.contingent.rest")}</dt>
              <dd>{formatFen(contingent.restFen)}</dd>
            </div>
          </dl>
        )}
      </section>
    </>
  );
}
