import { useTranslation } from "react-i18next";
import { Choices, TextField } from "~/components/citizen/Fields";
import { listOf, textOf } from "~/forms/report-fields";
import { sayError, type StepProps } from "./step-props";

/** A private person has no credit code to ask for, unless one was typed before. */
export function SubjectStep({ values, errors, offer }: StepProps) {
  const { t } = useTranslation();
  const kind = offer.subjectKind ?? "organisation";
  return (
    <>
      <TextField
        name="name"
        label={t(`report.nameOf.${kind}`)}
        hint={t("report.fields.name.hint")}
        error={sayError(t, errors, "name")}
        value={textOf(values, "name")}
        autoComplete="off"
      />
      <Choices
        name="nameUnknown"
        type="checkbox"
        chosen={listOf(values, "nameUnknown")}
        items={[{ value: "yes", label: t("report.fields.nameUnknown.label") }]}
      />
      {kind !== "person" || textOf(values, "uscc") !== "" ? (
        <TextField
          name="uscc"
          optional
          label={t("report.fields.uscc.label")}
          hint={t("report.fields.uscc.hint")}
          error={sayError(t, errors, "uscc")}
          value={textOf(values, "uscc")}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          wide={false}
        />
      ) : null}
    </>
  );
}
