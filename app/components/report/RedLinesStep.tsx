import { useTranslation } from "react-i18next";
import { Choices, Question } from "~/components/citizen/Fields";
import { OTHER_RED_LINE, listOf } from "~/forms/report-fields";
import { sayError, type StepProps } from "./step-props";
import css from "./steps.module.css";

export function RedLinesStep({ values, errors, offer }: StepProps) {
  const { t } = useTranslation();
  return (
    <Question
      name="redLines"
      heading
      label={t("report.steps.red-lines.title")}
      hint={t("report.steps.red-lines.hint")}
      error={sayError(t, errors, "redLines")}
    >
      <p className={css.context}>
        {offer.sectorName === null
          ? t("report.sectorNone")
          : t("report.sectorIs", { name: offer.sectorName })}
      </p>
      <Choices
        name="redLines"
        type="checkbox"
        chosen={listOf(values, "redLines")}
        items={[
          ...offer.redLines.map(({ id, label, help }) => ({ value: id, label, help })),
          { value: OTHER_RED_LINE, label: t("report.options.otherRedLine") },
        ]}
      />
    </Question>
  );
}
