import { useTranslation } from "react-i18next";
import { Choices, Question } from "~/components/citizen/Fields";
import { Notice } from "~/components/citizen/Notice";
import { listOf } from "~/forms/report-fields";
import { sayError, type StepProps } from "./step-props";

export function DeclarationStep({ values, errors }: StepProps) {
  const { t } = useTranslation();
  return (
    <>
      <Question
        name="truthful"
        heading
        label={t("report.steps.declaration.title")}
        hint={t("report.declare.lead")}
        error={sayError(t, errors, "truthful")}
      >
        <Choices
          name="truthful"
          type="checkbox"
          chosen={listOf(values, "truthful")}
          items={[{ value: "yes", label: t("report.fields.truthful.label") }]}
        />
      </Question>
      <Notice>
        <p>{t("report.declare.law")}</p>
      </Notice>
    </>
  );
}
