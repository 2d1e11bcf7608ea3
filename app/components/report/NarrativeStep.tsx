import { useTranslation } from "react-i18next";
import { TextArea } from "~/components/citizen/Fields";
import { textOf } from "~/forms/report-fields";
import { sayError, type StepProps } from "./step-props";

export function NarrativeStep({ values, errors }: StepProps) {
  const { t } = useTranslation();
  return (
    <TextArea
      name="narrative"
      heading
      rows={12}
      label={t("report.steps.narrative.title")}
      hint={t("report.steps.narrative.hint")}
      error={sayError(t, errors, "narrative")}
      value={textOf(values, "narrative")}
      autoComplete="off"
    />
  );
}
