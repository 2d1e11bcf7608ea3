import type { ReactNode } from "react";
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
        {contingent.leads + contingent.verifying.leads === 0 ? (
          <p className={controls.empty}>{t("ledgerActs.contingent.none")}</p>
        ) : (
          <Expected contingent={contingent} />
        )}
      </section>
    </>
  );
}

function Expected({ contingent }: { contingent: Contingent & { readonly restFen: bigint } }) {
  const { t } = useTranslation("staff");
  const { schemeTitle, grade, leads, likelyFen, verifying, restFen } = contingent;
  const rows = (of: readonly (readonly [string, ReactNode])[]) => (
    <dl className={styles.balances}>
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
  return (
    <>
      <p className={controls.muted}>{t("ledgerActs.contingent.lead", { scheme: schemeTitle, grade })}</p>
      {rows([
        [t("ledgerActs.contingent.leads"), leads],
        [t("ledgerActs.contingent.likely"), formatFen(likelyFen)],
      ])}
      <p className={controls.muted}>{t("ledgerActs.contingent.verifyingLead")}</p>
      {rows([
        [t("ledgerActs.contingent.verifying"), verifying.leads],
        verifying.averageFen === null
          ? [t("ledgerActs.contingent.likely"), t("ledgerActs.contingent.noAverage")]
          : [t("ledgerActs.contingent.average"), formatFen(verifying.averageFen)],
        ...(verifying.averageFen === null
          ? []
          : ([[t("ledgerActs.contingent.likely"), formatFen(verifying.likelyFen)]] as const)),
      ])}
      {rows([[t("ledgerActs.contingent.rest"), formatFen(restFen)]])}
    </>
  );
}
