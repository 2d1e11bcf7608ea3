import { useTranslation } from "react-i18next";
import { Choices, Question } from "~/components/citizen/Fields";
import { Notice } from "~/components/citizen/Notice";
import { listOf, textOf } from "~/forms/report-fields";
import { paths } from "~/paths";
import { sayError, type StepProps } from "./step-props";
import css from "./steps.module.css";

export function RewardStep({ values, errors, offer }: StepProps) {
  const { t } = useTranslation();
  return (
    <div className={css.asks}>
      <Question
        name="wantsReward"
        heading
        label={t("report.steps.reward.title")}
        hint={t("report.steps.reward.hint")}
        error={sayError(t, errors, "wantsReward")}
      >
        {offer.reward === null ? null : (
          <Notice title={t("report.rewardRule")}>
            <p>{offer.reward}</p>
            <p>
              <a href={paths.rewards()} target="_blank" rel="noopener">
                {t("nav.rewards")}
              </a>
            </p>
          </Notice>
        )}
        <Choices
          name="wantsReward"
          type="radio"
          chosen={[textOf(values, "wantsReward")]}
          items={(["yes", "no"] as const).map((value) => ({
            value,
            label: t(`report.options.wantsReward.${value}`),
          }))}
        />
      </Question>
      <div className={css.whenYes}>
        <Question
          name="noConflict"
          label={t("report.noConflictTitle")}
          error={sayError(t, errors, "noConflict")}
        >
          <Choices
            name="noConflict"
            type="checkbox"
            chosen={listOf(values, "noConflict")}
            items={[{ value: "yes", label: t("report.fields.noConflict.label") }]}
          />
        </Question>
      </div>
    </div>
  );
}
