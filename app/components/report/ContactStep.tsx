import { useTranslation } from "react-i18next";
import { TextField } from "~/components/citizen/Fields";
import { textOf } from "~/forms/report-fields";
import { sayError, type StepProps } from "./step-props";

export function ContactStep({ values, errors }: StepProps) {
  const { t } = useTranslation();
  const field = (name: "contactPhone" | "contactEmail") => ({
    name,
    label: t(`report.fields.${name}.label`),
    hint: t(`report.fields.${name}.hint`),
    error: sayError(t, errors, name),
    value: textOf(values, name),
  });
  return (
    <>
      <TextField {...field("contactPhone")} type="tel" autoComplete="tel" wide={false} />
      <TextField {...field("contactEmail")} inputMode="email" autoComplete="email" spellCheck={false} />
    </>
  );
}
