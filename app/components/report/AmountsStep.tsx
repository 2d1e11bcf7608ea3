import { useTranslation } from "react-i18next";
import { Choices, Question, TextField } from "~/components/citizen/Fields";
import { AMOUNT_BANDS, PEOPLE_BANDS } from "~/forms/report";
import { textOf } from "~/forms/report-fields";
import { sayError, type StepProps } from "./step-props";
import css from "./steps.module.css";

const amountBands = Object.keys(AMOUNT_BANDS) as (keyof typeof AMOUNT_BANDS)[];
const peopleBands = Object.keys(PEOPLE_BANDS) as (keyof typeof PEOPLE_BANDS)[];

export function AmountsStep({ values, errors }: StepProps) {
  const { t } = useTranslation();
  const common = (name: "startedOn" | "amountExact" | "peopleExact" | "promisedYield") => ({
    name,
    label: t(`report.fields.${name}.label`),
    hint: t(`report.fields.${name}.hint`),
    error: sayError(t, errors, name),
    value: textOf(values, name),
    autoComplete: "off",
    wide: false,
  });
  const choice = (name: "ongoing" | "amount" | "people") => ({
    name,
    label: t(`report.fields.${name}.label`),
    error: sayError(t, errors, name),
  });
  return (
    <>
      <TextField {...common("startedOn")} optional />
      <Question {...choice("ongoing")}>
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
      <Question {...choice("amount")} hint={t("report.fields.amount.hint")}>
        <Choices
          name="amount"
          type="radio"
          chosen={[textOf(values, "amount")]}
          items={([...amountBands, "unknown", "exact"] as const).map((value) => ({
            value,
            label: t(`report.options.amount.${value}`),
          }))}
        />
        <div className={css.nested}>
          <TextField {...common("amountExact")} inputMode="decimal" />
        </div>
      </Question>
      <Question {...choice("people")}>
        <Choices
          name="people"
          type="radio"
          chosen={[textOf(values, "people")]}
          items={([...peopleBands, "unknown", "exact"] as const).map((value) => ({
            value,
            label: t(`report.options.people.${value}`),
          }))}
        />
        <div className={css.nested}>
          <TextField {...common("peopleExact")} inputMode="numeric" />
        </div>
      </Question>
      <TextField {...common("promisedYield")} optional />
    </>
  );
}
