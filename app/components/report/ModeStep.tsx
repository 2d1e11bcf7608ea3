import { useTranslation } from "react-i18next";
import { RadioStep } from "./RadioStep";
import type { StepProps } from "./step-props";

export function ModeStep(props: StepProps) {
  const { t } = useTranslation();
  return (
    <RadioStep
      {...props}
      name="mode"
      title={t("report.steps.mode.title")}
      hint={t("report.steps.mode.hint")}
      items={(["anonymous", "named"] as const).map((value) => ({
        value,
        label: t(`report.options.mode.${value}`),
        help: t(`report.options.modeHelp.${value}`),
      }))}
    />
  );
}
