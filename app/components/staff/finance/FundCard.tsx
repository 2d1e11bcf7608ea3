import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import type { staffFinance } from "~/i18n/zh-CN/staff-finance";
import { FINANCIAL_KINDS } from "~server/ledger/ledger-events";
import type { FundBalances } from "~server/ledger/read-balances.server";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

export type AccountName = keyof typeof staffFinance.budget.kinds;

const COLUMNS = ["appropriation", "available", "encumbered", "spent"] as const;

/** One fund: its years in the budget book, and what its financial book stands at. */
export function FundCard({ fund }: { fund: FundBalances & { readonly agencyName: string } }) {
  const { t } = useTranslation("staff");
  const title = `fund-${fund.slug}`;
  return (
    <section className={controls.card} aria-labelledby={title}>
      <h2 id={title}>{fund.source}</h2>
      <p className={controls.muted}>
        {t("finance.budget.fundMeta", { agency: fund.agencyName, slug: fund.slug })}
      </p>
      <div className={`${controls.tableWrap} ${controls.spaced}`}>
        <table className={`${controls.table} ${styles.table} ${styles.stacked}`}>
          <caption className="visually-hidden">{t("finance.budget.budgetBook")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("finance.budget.year")}</th>
              {COLUMNS.map((column) => (
                <th key={column} scope="col" className={styles.amount}>
                  {t(`finance.budget.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {fund.budgets.map((budget) => (
              <tr key={budget.budgetId}>
                <th scope="row">{budget.fiscalYear}</th>
                {COLUMNS.map((column) => (
                  <td key={column} className={styles.amount} data-label={t(`finance.budget.${column}`)}>
                    {formatFen(budget[`${column}Fen`])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h3>{t("finance.budget.financialBook")}</h3>
      <dl className={styles.balances}>
        {FINANCIAL_KINDS.map((kind) => (
          <div key={kind}>
            <dt>{t(`finance.budget.kinds.${kind}`)}</dt>
            <dd>{formatFen(fund.financial[kind] ?? 0n)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
