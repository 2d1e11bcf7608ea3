import { useTranslation } from "react-i18next";
import { formatInstant } from "~/i18n/format-date";
import type { AwardPage } from "~server/rewards/read-award.server";
import styles from "./finance.module.css";

/** Who signed what, in which office, when and with which key, in the order they signed. */
export function Signatures({ approvals }: { approvals: AwardPage["approvals"] }) {
  const { t } = useTranslation("staff");
  if (approvals.length === 0) return <p>{t("finance.award.noSignatures")}</p>;
  return (
    <ol className={styles.steps}>
      {approvals.map((step) => (
        <li key={step.id}>
          <p>
            <strong>{t(`finance.award.acts.${step.action}`)}</strong> ·{" "}
            {t("finance.award.signer", { name: step.actorName, role: t(`roles.${step.role}`) })}
          </p>
          <p className={styles.margin}>{formatInstant(step.signedAt)}</p>
          {step.onBehalfOf !== null && <p>{t("finance.award.onBehalfOf", { name: step.onBehalfOf })}</p>}
          {step.reason !== null && <p>{t("finance.award.reason", { reason: step.reason })}</p>}
          <p className={styles.margin}>
            {t("finance.award.key")} <span className={styles.hash}>{step.keyFingerprint}</span>
          </p>
        </li>
      ))}
    </ol>
  );
}
