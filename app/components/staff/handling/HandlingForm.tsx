import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import type { FormFailure } from "~server/clocks/carry-out.server";
import { ErrorSummary } from "../ErrorSummary";
import { SelectField, TextAreaField, TextField, type FormState } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import type { FieldSpec } from "./field-specs";

/** One folded form of the handling page; open again, with what was typed, when it was not carried out. */
export function HandlingForm({
  intent,
  of,
  title,
  hint,
  submit,
  fields,
  hidden = {},
  values = {},
  failed,
  itemsLabel,
  choices = [],
}: {
  intent: string;
  /** The row it is about, where the page has one form for each. */
  of?: string;
  title: string;
  hint?: string;
  submit: string;
  fields: readonly FieldSpec[];
  hidden?: Readonly<Record<string, string>>;
  /** What its fields begin with. */
  values?: Readonly<Record<string, string>>;
  failed: FormFailure | null;
  itemsLabel?: string;
  /** What its choices without words of their own are. */
  choices?: readonly { readonly value: string; readonly label: string }[];
}) {
  const { t } = useTranslation("staff");
  const form = of === undefined ? intent : `${intent}-${of}`;
  const own = failed?.form === form ? failed : null;
  const state: FormState | null =
    own?.state ?? (Object.keys(values).length > 0 ? { values, errors: {} } : null);
  return (
    <details className={controls.disclosure} open={own !== null || undefined}>
      <summary>{title}</summary>
      <Form method="post">
        <ErrorSummary form={form} state={own?.state} refusal={own?.refusal} />
        {hint !== undefined && <p className={controls.hint}>{hint}</p>}
        <input type="hidden" name="intent" value={intent} />
        {Object.entries(hidden).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        {fields.map((field) => {
          const common = {
            form,
            name: field.name,
            label:
              field.name === "items" && itemsLabel !== undefined
                ? itemsLabel
                : t(`handling.fields.${field.label ?? field.name}`),
            ...(field.hint === undefined ? {} : { hint: t(`handling.hints.${field.hint}`) }),
            state,
          };
          if (field.as === "area") return <TextAreaField key={field.name} {...common} />;
          if (field.as === "choice")
            return (
              <SelectField
                key={field.name}
                {...common}
                empty={t("handling.choose")}
                options={
                  field.options?.map((value) => ({
                    value,
                    label: t(`handling.${field.words ?? "units"}.${value}` as "handling.units.working"),
                  })) ?? choices
                }
              />
            );
          return <TextField key={field.name} {...common} maxLength={300} />;
        })}
        <SubmitButton>{submit}</SubmitButton>
      </Form>
    </details>
  );
}
