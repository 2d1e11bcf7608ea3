import { useTranslation } from "react-i18next";
import { RadioStep } from "./RadioStep";
import type { StepProps } from "./step-props";

export function KindStep(props: StepProps) {
  const { t } = useTranslation();
  return (
    <RadioStep
      {...props}
      name="subjectKind"
      title={t("report.steps.kind.title")}
      hint={t("report.steps.kind.hint")}
      items={(["organisation", "person", "site"] as const).map((value) => ({
        value,
        label: t(`report.options.subjectKind.${value}`),
        help: t(`report.options.subjectKindHelp.${value}`),
      }))}
    />
  );
}
