import { useTranslation } from "react-i18next";
import { Choices, Question, TextField } from "~/components/citizen/Fields";
import { AMOUNT_BANDS } from "~/forms/report-extent";
import { textOf } from "~/forms/report-fields";
import { sayError, type StepProps } from "./step-props";
import css from "./steps.module.css";

const bands = Object.keys(AMOUNT_BANDS) as (keyof typeof AMOUNT_BANDS)[];

export function AmountsStep({ values, errors }: StepProps) {
  const { t } = useTranslation();
  const sum = (name: "amountExact" | "ownLoss") => ({
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
        <Question
          name="amount"
          label={t("report.fields.amount.label")}
          hint={t("report.fields.amount.hint")}
          error={sayError(t, errors, "amount")}
        >
          <Choices
            name="amount"
            type="radio"
            chosen={[textOf(values, "amount")]}
            items={([...bands, "unknown", "exact"] as const).map((value) => ({
              value,
              label: t(`report.options.amount.${value}`),
            }))}
          />
        </Question>
        <div className={`${css.nested} ${css.whenExact}`}>
          <TextField {...sum("amountExact")} />
        </div>
      </div>
      <TextField {...sum("ownLoss")} optional />
    </>
  );
}
