import { useTranslation } from "react-i18next";
import { Choices, Question } from "~/components/citizen/Fields";
import { textOf } from "~/forms/report-fields";
import { sayError, type StepProps } from "./step-props";

export function ModeStep({ values, errors }: StepProps) {
  const { t } = useTranslation();
  return (
    <Question
      name="mode"
      heading
      label={t("report.steps.mode.title")}
      hint={t("report.steps.mode.hint")}
      error={sayError(t, errors, "mode")}
    >
      <Choices
        name="mode"
        type="radio"
        chosen={[textOf(values, "mode")]}
        items={(["anonymous", "named"] as const).map((value) => ({
          value,
          label: t(`report.options.mode.${value}`),
          help: t(`report.options.modeHelp.${value}`),
        }))}
      />
    </Question>
  );
}
