import { useTranslation } from "react-i18next";
import { RELATIONS } from "~/forms/report-reporter";
import { RadioStep } from "./RadioStep";
import type { StepProps } from "./step-props";

export function RelationStep(props: StepProps) {
  const { t } = useTranslation();
  return (
    <RadioStep
      {...props}
      name="relation"
      title={t("report.steps.relation.title")}
      hint={t("report.steps.relation.hint")}
      items={RELATIONS.map((value) => ({ value, label: t(`report.options.relation.${value}`) }))}
    />
  );
}
