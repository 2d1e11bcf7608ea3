import { useTranslation } from "react-i18next";
import { Choices, Question, TextField } from "~/components/citizen/Fields";
import { textOf } from "~/forms/report-fields";
import { sayError, type StepProps } from "./step-props";
import css from "./steps.module.css";

export function TimeStep({ values, errors }: StepProps) {
  const { t } = useTranslation();
  const month = (name: "startedOn" | "endedOn") => ({
    name,
    label: t(`report.fields.${name}.label`),
    hint: t(`report.fields.${name}.hint`),
    error: sayError(t, errors, name),
    value: textOf(values, name),
    autoComplete: "off",
    wide: false,
  });
  return (
    <>
      <TextField {...month("startedOn")} />
      <div className={css.asks}>
        <Question
          name="ongoing"
          label={t("report.fields.ongoing.label")}
          error={sayError(t, errors, "ongoing")}
        >
          <Choices
            name="ongoing"
            type="radio"
            chosen={[textOf(values, "ongoing")]}
            items={(["yes", "no", "unknown"] as const).map((value) => ({
              value,
              label: t(`report.options.ongoing.${value}`),
            }))}
          />
        </Question>
        <div className={`${css.nested} ${css.whenNo}`}>
          <TextField {...month("endedOn")} optional />
        </div>
      </div>
    </>
  );
}
