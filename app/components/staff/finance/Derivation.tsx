import { useTranslation } from "react-i18next";
import { clauseText } from "~/forms/clause-text";
import { formatFraction } from "~/forms/format-fraction";
import type { ExplainedStep } from "~server/rewards/explain-award";
import styles from "./finance.module.css";

/** The computation step by step: the clause in the margin (none where there is no rule), the rule in plain words, the figures before and after. */
export function Derivation({ steps }: { steps: readonly ExplainedStep[] }) {
  const { t } = useTranslation("staff");
  const say = (text: string) => {
    const { amount, exact } = formatFraction(text);
    return exact ? amount : t("finance.about", { amount });
  };
  return (
    <ol className={styles.derivation}>
      {steps.map((step) => {
        const changed = step.in !== step.out;
        return (
          <li key={step.step} className={changed ? undefined : styles.same}>
            <p className={styles.margin}>
              {step.title !== null && (
                <>
                  <span className="visually-hidden">{t("finance.steps.clause")} </span>
                  {clauseText(step.clause, "zh")}
                </>
              )}
            </p>
            <div>
              <p>
                <strong>{t(`finance.steps.names.${step.step}`)}</strong>
                {step.title && ` · ${step.title.zh}`}
              </p>
              <p className={styles.stepNote}>
                {step.title === null ? t("finance.steps.noRule") : step.note?.zh}
              </p>
            </div>
            <div className={styles.figures}>
              {changed ? (
                <>
                  <p className={styles.from}>
                    <span className="visually-hidden">{t("finance.steps.from")} </span>
                    {say(step.in)}
                  </p>
                  <p>
                    <span className="visually-hidden">{t("finance.steps.to")} </span>
                    <strong>{say(step.out)}</strong>
                  </p>
                </>
              ) : (
                <p>
                  {say(step.out)} <span className={styles.from}>{t("finance.steps.unchanged")}</span>
                </p>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
