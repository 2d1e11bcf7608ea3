import { useTranslation } from "react-i18next";
import { Choices, Question, TextField } from "~/components/citizen/Fields";
import { textOf } from "~/forms/report-fields";
import { SOURCES } from "~/forms/report-reporter";
import { sayError, type StepProps } from "./step-props";
import css from "./steps.module.css";

export function SourceStep({ values, errors }: StepProps) {
  const { t } = useTranslation();
  const question = (name: "source" | "prior") => ({
    name,
    label: t(`report.fields.${name}.label`),
    error: sayError(t, errors, name),
  });
  return (
    <>
      <Question {...question("source")}>
        <Choices
          name="source"
          type="radio"
          chosen={[textOf(values, "source")]}
          items={SOURCES.map((value) => ({ value, label: t(`report.options.source.${value}`) }))}
        />
      </Question>
      <div className={css.asks}>
        <Question {...question("prior")}>
          <Choices
            name="prior"
            type="radio"
            chosen={[textOf(values, "prior")]}
            items={(["no", "yes"] as const).map((value) => ({
              value,
              label: t(`report.options.prior.${value}`),
            }))}
          />
        </Question>
        <div className={`${css.nested} ${css.whenYes}`}>
          <TextField
            name="priorWhere"
            optional
            label={t("report.fields.priorWhere.label")}
            hint={t("report.fields.priorWhere.hint")}
            error={sayError(t, errors, "priorWhere")}
            value={textOf(values, "priorWhere")}
            autoComplete="off"
          />
        </div>
      </div>
    </>
  );
}
