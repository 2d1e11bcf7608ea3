import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatDay, formatInstant } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { AwardPage } from "~server/rewards/read-award.server";
import controls from "../controls.module.css";
import { StatusTag } from "./StatusTag";
import styles from "./finance.module.css";

type PartOf<K extends keyof AwardPage> = Pick<AwardPage, K>;

/** Where the award comes from: the scheme's version, the document, the computation, and the bytes that are signed. */
export function AwardOrigin({
  award,
}: {
  award: PartOf<"stage" | "version" | "acceptedOn" | "voucher" | "scheme"> & {
    readonly pool: Pick<AwardPage["pool"], "computedAt" | "consultationRef" | "record">;
  };
}) {
  const { t } = useTranslation("staff");
  const rows: [string, string | null][] = [
    [
      t("finance.award.stage"),
      `${t(`finance.award.stages.${award.stage as "final"}`)} · ${t("finance.award.version", { version: award.version })}`,
    ],
    [t("finance.award.computedAt"), formatInstant(award.pool.computedAt)],
    [
      t("finance.award.scheme"),
      t("finance.award.schemeVersion", {
        title: award.scheme.title?.zh ?? award.scheme.id,
        version: award.scheme.version,
      }),
    ],
    [t("assessment.choices.schemeReason"), award.pool.record?.otherScheme ?? null],
    [t("finance.award.document"), award.scheme.document],
    [t("finance.award.consultationRef"), award.pool.consultationRef],
    [t("finance.award.acceptedOn"), award.acceptedOn && formatDay(award.acceptedOn)],
  ];
  return (
    <>
      <dl className={styles.pairs}>
        {rows
          .filter(([, value]) => value !== null)
          .map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        <div>
          <dt>{t("finance.award.hash")}</dt>
          <dd>
            <span className={styles.hash}>{award.voucher.hash}</span>
            <br />
            <span className={styles.margin}>{t("finance.award.hashHint")}</span>
          </dd>
        </div>
      </dl>
      <details className={controls.disclosure}>
        <summary>{t("finance.award.body")}</summary>
        <pre className={styles.body} tabIndex={0}>
          {award.voucher.body}
        </pre>
      </details>
    </>
  );
}

/** All shares of the computation by code name, summing to the whole. */
export function Shares({ awardId, pool }: { awardId: string; pool: AwardPage["pool"] }) {
  const { t } = useTranslation("staff");
  return (
    <>
      <p className={controls.muted}>{t("finance.award.sharesHint")}</p>
      <div className={controls.tableWrap}>
        <table className={`${controls.table} ${styles.table}`}>
          <thead>
            <tr>
              <th scope="col">{t("finance.codeName")}</th>
              <th scope="col">{t("finance.status")}</th>
              <th scope="col" className={styles.amount}>
                {t("finance.amount")}
              </th>
            </tr>
          </thead>
          <tbody>
            {pool.sharers.map((sharer) => (
              <tr key={sharer.id}>
                <th scope="row" className={styles.code}>
                  {sharer.id === awardId ? (
                    <>
                      {sharer.codeName} {t("finance.award.thisAward")}
                    </>
                  ) : (
                    <Link to={paths.staff.award(sharer.id)}>{sharer.codeName}</Link>
                  )}
                </th>
                <td>
                  <StatusTag status={sharer.status} />
                </td>
                <td className={styles.amount}>{formatFen(sharer.amountFen)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={2}>
                {t("finance.award.poolTotal")}
              </th>
              <td className={styles.amount}>{formatFen(pool.amountFen)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
      {pool.unpaid > 0 && (
        <p className={controls.muted}>{t("finance.award.unpaid", { count: pool.unpaid })}</p>
      )}
    </>
  );
}

/** What is available, what this award takes, and what stays. */
export function BudgetEffect({ budget, amountFen }: PartOf<"budget" | "amountFen">) {
  const { t } = useTranslation("staff");
  const { afterFen } = budget;
  return (
    <>
      <p>{t("finance.award.budgetName", { source: budget.source, year: budget.fiscalYear })}</p>
      <dl className={styles.sums}>
        <div>
          <dt>{t(afterFen === null ? "finance.award.available" : "finance.award.before")}</dt>
          <dd>{formatFen(budget.availableFen)}</dd>
        </div>
        {afterFen !== null && (
          <>
            <div>
              <dt>{t("finance.award.thisAmount")}</dt>
              <dd>{formatFen(-amountFen)}</dd>
            </div>
            <div className={styles.ruled}>
              <dt>{t("finance.award.after")}</dt>
              <dd className={afterFen < 0n ? styles.short : undefined}>
                {formatFen(afterFen)}
                {afterFen < 0n && ` ${t("finance.award.short")}`}
              </dd>
            </div>
          </>
        )}
      </dl>
    </>
  );
}

/** Payments of the award, the bank's returns among them. */
export function PayoutList({ payouts }: PartOf<"payouts">) {
  const { t } = useTranslation("staff");
  return (
    <ul className={styles.choice}>
      {payouts.map((payout) => (
        <li key={payout.id}>
          {t("finance.award.payout", { day: formatDay(payout.paidOn), reference: payout.reference })}
          {payout.status === "bounced" && (
            <>
              {" "}
              <span className={controls.tag} data-tone="major">
                {t("finance.award.bounced")}
              </span>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
