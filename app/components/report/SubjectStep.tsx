import { useTranslation } from "react-i18next";
import { Choices, Question, TextArea, TextField } from "~/components/citizen/Fields";
import { textOf } from "~/forms/report-fields";
import { sayError, type StepProps } from "./step-props";
import css from "./steps.module.css";

export function SubjectStep({ values, errors }: StepProps) {
  const { t } = useTranslation();
  return (
    <>
      <Question
        name="subjectKind"
        label={t("report.fields.subjectKind.label")}
        error={sayError(t, errors, "subjectKind")}
      >
        <Choices
          name="subjectKind"
          type="radio"
          chosen={[textOf(values, "subjectKind")]}
          items={(["organisation", "person", "site"] as const).map((value) => ({
            value,
            label: t(`report.options.subjectKind.${value}`),
          }))}
        />
      </Question>
      <TextField
        name="name"
        label={t("report.fields.name.label")}
        hint={t("report.fields.name.hint")}
        error={sayError(t, errors, "name")}
        value={textOf(values, "name")}
        autoComplete="off"
      />
      <h2 className={css.part}>{t("report.moreSubject")}</h2>
      <TextField
        name="uscc"
        label={t("report.fields.uscc.label")}
        hint={t("report.fields.uscc.hint")}
        error={sayError(t, errors, "uscc")}
        value={textOf(values, "uscc")}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        wide={false}
      />
      {(["sites", "apps", "responsible", "phonesOrAccounts"] as const).map((name) => (
        <TextArea
          key={name}
          name={name}
          rows={2}
          label={t(`report.fields.${name}.label`)}
          hint={t(`report.fields.${name}.hint`)}
          error={sayError(t, errors, name)}
          value={textOf(values, name)}
          autoComplete="off"
        />
      ))}
    </>
  );
}
