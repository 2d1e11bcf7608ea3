import { useTranslation } from "react-i18next";
import { CheckField, type FormState } from "../Field";
import controls from "../controls.module.css";
import type { AssessChoices } from "./AssessForm";

/** Each grade's criteria to be ticked one by one; only those of the grade chosen count. */
export function GradeCriteria({
  form,
  state,
  grades,
}: {
  readonly form: string;
  readonly state: FormState | null;
  readonly grades: AssessChoices["grades"];
}) {
  const { t } = useTranslation("staff");
  return grades.map(({ grade, title, criteria }) => (
    <fieldset key={grade} className={controls.fieldset}>
      <legend>{t("assessment.choices.criteria", { title })}</legend>
      {criteria.map((text, at) => (
        <CheckField
          key={text}
          form={form}
          name={`criteria.${String(grade)}`}
          label={text}
          value={String(at)}
          state={state}
        />
      ))}
    </fieldset>
  ));
}
