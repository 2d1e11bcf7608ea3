import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { paths } from "~/paths";
import type { DryBudget } from "~server/ledger/list-warnings.server";
import type { Contingent } from "~server/ledger/read-contingent.server";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

type Outlook = Contingent & { readonly availableFen: bigint; readonly restFen: bigint };

/** What lies ahead of the budgets: those that run dry, and rewards that may come. */
export function BudgetOutlook({ dry, contingent }: { dry: readonly DryBudget[]; contingent: Outlook }) {
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

/** Each kind of reward that may come: how many leads, how it is worked out, what it comes to; and what that leaves. */
function Expected({ contingent }: { contingent: Outlook }) {
  const { t } = useTranslation("staff");
  const { schemeTitle, grade, informant, likelyFen, verifying, availableFen, restFen } = contingent;
  const known = verifying.leads === 0 || verifying.averageFen !== null;
  return (
    <>
      <p className={controls.muted}>{t("ledgerActs.contingent.lead")}</p>
      <div className={`${controls.tableWrap} ${controls.spaced}`}>
        <table className={`${controls.table} ${styles.table} ${styles.stacked}`}>
          <caption className="visually-hidden">{t("ledgerActs.contingent.title")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("ledgerActs.contingent.case")}</th>
              <th scope="col">{t("ledgerActs.contingent.leads")}</th>
              <th scope="col">{t("ledgerActs.contingent.how")}</th>
              <th scope="col" className={styles.amount}>
                {t("ledgerActs.contingent.likely")}
              </th>
            </tr>
          </thead>
          <tbody>
            <Kind
              name={t("ledgerActs.contingent.found")}
              of={contingent}
              how={t(
                grade === null ? "ledgerActs.contingent.foundHowUngraded" : "ledgerActs.contingent.foundHow",
                {
                  scheme: schemeTitle,
                  grade: grade ?? "",
                  informant: t(`ledgerActs.contingent.informants.${informant}`),
                },
              )}
              amount={formatFen(likelyFen)}
            />
            <Kind
              name={t("ledgerActs.contingent.verifying")}
              of={verifying}
              how={
                verifying.averageFen === null
                  ? t("ledgerActs.contingent.noAverage")
                  : t("ledgerActs.contingent.verifyingHow", { average: formatFen(verifying.averageFen) })
              }
              amount={known ? formatFen(verifying.likelyFen) : t("ledgerActs.contingent.unknown")}
            />
          </tbody>
        </table>
      </div>
      <dl className={styles.sums}>
        {(
          [
            [known ? "sum" : "sumKnown", likelyFen + verifying.likelyFen],
            ["available", availableFen],
          ] as const
        ).map(([name, fen]) => (
          <div key={name}>
            <dt>{t(`ledgerActs.contingent.${name}`)}</dt>
            <dd>{formatFen(fen)}</dd>
          </div>
        ))}
        <div className={restFen < 0n ? `${styles.ruled} ${styles.short}` : styles.ruled}>
          <dt>{t(restFen < 0n ? "ledgerActs.contingent.short" : "ledgerActs.contingent.rest")}</dt>
          <dd>{formatFen(restFen < 0n ? -restFen : restFen)}</dd>
        </div>
      </dl>
    </>
  );
}

function Kind({
  name,
  of,
  how,
  amount,
}: {
  name: string;
  of: { readonly leads: number; readonly more: boolean };
  how: string;
  amount: string;
}) {
  const { t } = useTranslation("staff");
  const none = of.leads === 0;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td data-label={t("ledgerActs.contingent.leads")}>
        {t(of.more ? "ledgerActs.contingent.countMore" : "ledgerActs.contingent.count", { count: of.leads })}
      </td>
      <td>{none ? "" : how}</td>
      <td className={styles.amount} data-label={t("ledgerActs.contingent.likely")}>
        {amount}
      </td>
    </tr>
  );
}
