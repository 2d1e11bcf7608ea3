import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import styles from "./finance.module.css";

export type FindingView = {
  readonly decisionNumber: string;
  readonly decidedOn: string;
  readonly isFinal: boolean;
  readonly amounts: Readonly<Record<(typeof AMOUNTS)[number], bigint | null>>;
};

const AMOUNTS = [
  ...(["illegalAmount", "fundraising", "goods", "penalty"] as const),
  ...(["illegalGains", "collected", "recovered", "ordered"] as const),
] as const;

/** What the reward rests on: the decision document and the amounts it states. */
export function FindingFacts({ finding }: { finding: FindingView }) {
  const { t } = useTranslation("staff");
  const stated = AMOUNTS.filter((name) => finding.amounts[name] !== null);
  return (
    <>
      <dl className={styles.pairs}>
        <div>
          <dt>{t("findings.decisionNumber")}</dt>
          <dd>{finding.decisionNumber}</dd>
        </div>
        <div>
          <dt>{t("findings.decidedOn")}</dt>
          <dd>
            {formatDay(finding.decidedOn)} · {t(finding.isFinal ? "findings.final" : "findings.notFinal")}
          </dd>
        </div>
      </dl>
      {stated.length === 0 ? (
        <p>{t("finance.award.noAmounts")}</p>
      ) : (
        <dl className={styles.sums}>
          {stated.map((name) => (
            <div key={name}>
              <dt>{t(`findings.${name}`)}</dt>
              <dd>{formatFen(finding.amounts[name] ?? 0n)}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
