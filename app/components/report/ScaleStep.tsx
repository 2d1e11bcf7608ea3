import { useTranslation } from "react-i18next";
import { Choices, Question, TextField } from "~/components/citizen/Fields";
import { PEOPLE_BANDS } from "~/forms/report-extent";
import { textOf } from "~/forms/report-fields";
import { sayError, type StepProps } from "./step-props";
import css from "./steps.module.css";

const bands = Object.keys(PEOPLE_BANDS) as (keyof typeof PEOPLE_BANDS)[];

export function ScaleStep({ values, errors }: StepProps) {
  const { t } = useTranslation();
  const field = (name: "peopleExact" | "promisedYield") => ({
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
      <div className={css.asks}>
        <Question name="people" label={t("report.fields.people.label")} error={sayError(t, errors, "people")}>
          <Choices
            name="people"
            type="radio"
            chosen={[textOf(values, "people")]}
            items={([...bands, "unknown", "exact"] as const).map((value) => ({
              value,
              label: t(`report.options.people.${value}`),
            }))}
          />
        </Question>
        <div className={`${css.nested} ${css.whenExact}`}>
          <TextField {...field("peopleExact")} inputMode="numeric" />
        </div>
      </div>
      <TextField {...field("promisedYield")} optional />
    </>
  );
}
