import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { paths } from "~/paths";
import type { ExplainedStep } from "~server/rewards/explain-award";
import type { WaitingRow } from "~server/rewards/list-approvals.server";
import controls from "../controls.module.css";
import { Derivation } from "./Derivation";
import { StatusTag } from "./StatusTag";
import styles from "./finance.module.css";

/** One voucher that waits: amount in digits and words, ladder, budget before and after; a closed act says why. */
export function WaitingVoucher({
  row,
  steps,
  stepsHref,
}: {
  row: WaitingRow;
  steps: readonly ExplainedStep[] | null;
  stepsHref: string;
}) {
  const { t } = useTranslation("staff");
  const box = `pick-${row.id}`;
  return (
    <section id={`voucher-${row.id}`} className={controls.card} aria-labelledby={`code-${row.id}`}>
      <div className={styles.head}>
        {row.why === null && (
          <input
            type="checkbox"
            id={box}
            name="row"
            value={`${row.id}.${row.action}`}
            className={styles.pick}
            aria-label={t("approvals.pick", { codeName: row.codeName })}
          />
        )}
        <h2 id={`code-${row.id}`}>
          <Link to={paths.staff.award(row.id)} className={styles.code}>
            {row.codeName}
          </Link>
        </h2>
        <StatusTag status={row.status} />
        {row.held && (
          <span className={controls.tag} data-tone="warn">
            {t("approvals.held")}
          </span>
        )}
      </div>
      <p className={styles.figure}>{formatFen(row.amountFen)}</p>
      {row.capitalAmount !== null && (
        <p className={styles.words}>{t("finance.capital", { words: row.capitalAmount })}</p>
      )}
      <dl className={styles.pairs}>
        <div>
          <dt>{t("approvals.act")}</dt>
          <dd>
            {t(`finance.award.acts.${row.action}`)}
            {row.why !== null && <p className={styles.why}>{t("finance.closed", { why: row.why })}</p>}
          </dd>
        </div>
        <div>
          <dt>{t("finance.leadColumn")}</dt>
          <dd>
            {row.leadNumber} · {row.leadName}
          </dd>
        </div>
        {row.otherScheme !== null && (
          <div>
            <dt>{t("assessment.choices.schemeReason")}</dt>
            <dd>{row.otherScheme}</dd>
          </div>
        )}
        <div>
          <dt>{t("approvals.ladder")}</dt>
          <dd>
            {row.ladder.title}
            <br />
            <span className={styles.margin}>
              {t("approvals.ladderAmount", { amount: formatFen(row.ladder.amountFen) })}
              {row.ladder.consultationRef !== null &&
                ` · ${t("approvals.consulted", { ref: row.ladder.consultationRef })}`}
            </span>
          </dd>
        </div>
        <div>
          <dt>{t("finance.award.budget")}</dt>
          <dd>
            {t("approvals.budgetOf", { source: row.budget.source, year: row.budget.fiscalYear })}
            <br />
            <span className={styles.margin}>
              {t("approvals.before")} {formatFen(row.budget.availableFen)} · {t("approvals.after")}{" "}
              {formatFen(row.budget.afterFen)}
            </span>
          </dd>
        </div>
      </dl>
      <p>
        <Link to={stepsHref} preventScrollReset>
          {t(steps === null ? "approvals.steps" : "approvals.hideSteps")}
        </Link>
      </p>
      {steps !== null && <Derivation steps={steps} />}
    </section>
  );
}
