import { useTranslation } from "react-i18next";
import { RadioStep } from "./RadioStep";
import type { StepProps } from "./step-props";

export function OfficialStep(props: StepProps) {
  const { t } = useTranslation();
  return (
    <RadioStep
      {...props}
      name="official"
      title={t("report.steps.official.title")}
      hint={t("report.steps.official.hint")}
      items={(["no", "yes"] as const).map((value) => ({
        value,
        label: t(`report.options.official.${value}`),
        help: value === "yes" ? t("report.options.officialHelp") : undefined,
      }))}
    />
  );
}
