import { Link } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { AwardPage } from "~server/rewards/read-award.server";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

const DECIDED = ["approved", "accepted", "posted", "paid"];

/** What each question was answered, the decision to print, and whether an objection is open. */
export function AwardPapers({
  award,
  objectedUntil,
}: {
  award: Pick<AwardPage, "id" | "status"> & { readonly pool: Pick<AwardPage["pool"], "record"> };
  objectedUntil: string | null;
}) {
  const { t } = useTranslation("staff");
  const { record } = award.pool;
  return (
    <>
      {objectedUntil !== null && (
        <p className={styles.note}>
          {t("assessment.objections.openOn", { due: formatDay(objectedUntil) })}{" "}
          <Link to={paths.staff.objections()}>{t("assessment.objections.toList")}</Link>
        </p>
      )}
      {DECIDED.includes(award.status) && (
        <>
          <p>
            <a href={paths.staff.awardDecision(award.id)}>{t("assessment.decision.download")}</a>
          </p>
          <p className={controls.muted}>{t("assessment.decision.hint")}</p>
        </>
      )}
      <details className={controls.disclosure}>
        <summary>{t("assessment.record.title")}</summary>
        {record === null ? (
          <p>{t("assessment.record.none")}</p>
        ) : (
          <>
            <p className={controls.muted}>{t("assessment.record.hint")}</p>
            {record.again !== null && <p>{t("assessment.record.again", { why: record.again })}</p>}
            <ul className={styles.choice}>
              {record.answers.map(({ text, answer, reason }) => (
                <li key={text}>
                  {text}：<strong>{t(`assessment.questions.${answer ? "yes" : "no"}`)}</strong>
                  {reason !== null && `（${reason}）`}
                </li>
              ))}
              {record.passedOver !== null && (
                <li>
                  {t("assessment.record.passedOver", record.passedOver)}（{record.passedOver.reason}）
                </li>
              )}
            </ul>
          </>
        )}
      </details>
    </>
  );
}
