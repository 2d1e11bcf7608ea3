import { useTranslation } from "react-i18next";
import { Choices, Question, type ChoiceItem } from "~/components/citizen/Fields";
import type { FieldName } from "~/forms/report-fields";
import { textOf } from "~/forms/report-fields";
import { sayError, type StepProps } from "./step-props";

/** A page of one question with one answer. */
export function RadioStep({
  name,
  title,
  hint,
  items,
  values,
  errors,
}: Pick<StepProps, "values" | "errors"> & {
  name: FieldName;
  title: string;
  hint: string;
  items: readonly ChoiceItem[];
}) {
  const { t } = useTranslation();
  return (
    <Question name={name} heading label={title} hint={hint} error={sayError(t, errors, name)}>
      <Choices name={name} type="radio" chosen={[textOf(values, name)]} items={items} />
    </Question>
  );
}
