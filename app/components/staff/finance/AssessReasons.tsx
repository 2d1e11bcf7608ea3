import { useTranslation } from "react-i18next";
import { SPLIT_CHOICES } from "~/forms/assessment";
import { SelectField, TextAreaField, TextField, type FormState } from "../Field";
import type { AssessView } from "./AssessForm";

/** Why this grade, this choice within the range, this split, and this computation instead of the one before. */
export function AssessReasons({
  view,
  ...field
}: {
  readonly form: string;
  readonly state: FormState | null;
  readonly view: AssessView;
}) {
  const { t } = useTranslation("staff");
  const { choices } = view.scheme;
  const say = (name: "schemeReason" | "gradeReason" | "chosenReason" | "splitReason") => (
    <TextField {...field} name={name} label={t(`assessment.choices.${name}`)} maxLength={500} />
  );
  return (
    <>
      {!view.scheme.local && say("schemeReason")}
      {choices.grades.length > 0 && say("gradeReason")}
      {choices.ranges.length > 0 && say("chosenReason")}
      {choices.splitsByWeight && view.total > 1 && (
        <>
          <SelectField
            {...field}
            name="splitBy"
            label={t("assessment.choices.splitBy")}
            value="equal"
            options={SPLIT_CHOICES.map((by) => ({ value: by, label: t(`assessment.choices.splits.${by}`) }))}
          />
          {say("splitReason")}
        </>
      )}
      {view.replaces !== null && (
        <TextField
          {...field}
          name="whyAgain"
          label={t("assessment.choices.whyAgain")}
          hint={t("assessment.choices.whyAgainHint")}
          maxLength={500}
        />
      )}
      {view.objections > 0 && (
        <TextAreaField
          {...field}
          name="objectionAnswer"
          label={t("assessment.choices.objectionAnswer")}
          hint={t("assessment.choices.objectionAnswerHint")}
          rows={4}
        />
      )}
    </>
  );
}
