import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { textOf } from "~/forms/parse-form";
import { capitalAmount } from "~server/rewards/capital-amount";
import type { AssessmentPreview } from "~server/rewards/preview-assessment.server";
import type { FormState } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import type { AssessView } from "./AssessForm";
import { Derivation } from "./Derivation";
import styles from "./finance.module.css";

/** What the computation gives, step by step, before anything is saved. */
export function AssessPreview({
  preview,
  view,
  state,
}: {
  preview: AssessmentPreview;
  view: AssessView;
  state: FormState | null;
}) {
  const { t } = useTranslation("staff");
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [preview.hash]);
  const budget = view.budgets.find(({ id }) => id === textOf(state?.values, "budgetId"));
  const after = budget === undefined ? null : budget.availableFen - preview.amountFen;
  return (
    <section className={controls.card} id="preview">
      <h2 ref={heading} tabIndex={-1}>
        {t("finance.assess.previewTitle")}
      </h2>
      <p className={controls.muted}>{t("finance.assess.previewHint")}</p>
      <p className={styles.figure}>{formatFen(preview.amountFen)}</p>
      {preview.currency === "CNY" && (
        <p className={styles.words}>{t("finance.capital", { words: capitalAmount(preview.amountFen) })}</p>
      )}
      {preview.flags.length > 0 && (
        <p className={controls.buttons}>
          {preview.flags.map((flag) => (
            <span key={flag} className={controls.tag} data-tone="waiting">
              {t(`finance.flags.${flag}`)}
            </span>
          ))}
        </p>
      )}
      {preview.amountFen === 0n && <p>{t("finance.assess.nothing")}</p>}
      <h3>{t("finance.steps.title")}</h3>
      <Derivation steps={preview.steps} />
      <h3>{t("finance.award.shares")}</h3>
      <div className={`${controls.tableWrap} ${controls.spaced}`}>
        <table className={`${controls.table} ${styles.table}`}>
          <tbody>
            {preview.shares.map((share) => (
              <tr key={share.tipId}>
                <th scope="row">{t("finance.assess.orderValue", { order: share.place })}</th>
                <td className={styles.amount}>{formatFen(share.amountFen)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t("finance.assess.award")}</th>
              <td className={styles.amount}>{formatFen(preview.amountFen)}</td>
            </tr>
            {after !== null && (
              <tr>
                <th scope="row">{t("finance.assess.afterBudget")}</th>
                <td className={styles.amount}>
                  {formatFen(after)}
                  {after < 0n && <span className={styles.short}> {t("finance.award.short")}</span>}
                </td>
              </tr>
            )}
          </tfoot>
        </table>
      </div>
      {preview.passedOver > 0 && <p>{t("assessment.questions.passedOver", { count: preview.passedOver })}</p>}
      <SubmitButton name="intent" value="save">
        {t("finance.assess.save")}
      </SubmitButton>
    </section>
  );
}
