import { useTranslation } from "react-i18next";
import { Choices, Question, TextField } from "~/components/citizen/Fields";
import { textOf } from "~/forms/report-fields";
import { ID_KINDS } from "~/forms/report-reporter";
import { sayError, type StepProps } from "./step-props";
import css from "./steps.module.css";

export function IdentityStep({ values, errors }: StepProps) {
  const { t } = useTranslation();
  return (
    <>
      <TextField
        name="contactName"
        label={t("report.fields.contactName.label")}
        hint={t("report.fields.contactName.hint")}
        error={sayError(t, errors, "contactName")}
        value={textOf(values, "contactName")}
        autoComplete="name"
      />
      <div className={css.asks}>
        <Question
          name="idKind"
          label={t("report.fields.idKind.label")}
          hint={t("report.fields.idKind.hint")}
          error={sayError(t, errors, "idKind")}
        >
          <Choices
            name="idKind"
            type="radio"
            chosen={[textOf(values, "idKind")]}
            items={ID_KINDS.map((value) => ({ value, label: t(`report.options.idKind.${value}`) }))}
          />
        </Question>
        <div className={`${css.nested} ${css.unlessNone}`}>
          <TextField
            name="idNumber"
            label={t("report.fields.idNumber.label")}
            hint={t("report.fields.idNumber.hint")}
            error={sayError(t, errors, "idNumber")}
            value={textOf(values, "idNumber")}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            wide={false}
          />
        </div>
      </div>
    </>
  );
}
