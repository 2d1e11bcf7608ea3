import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { staffForms } from "~/i18n/zh-CN/staff-forms";
import { textOf, type FormValues } from "~/forms/parse-form";
import styles from "./controls.module.css";

/** A staff form as it came back: what was typed, and catalogue keys of its faults by field. */
export type FormState = {
  readonly values: FormValues;
  readonly errors: Readonly<Record<string, string>>;
};

export type ErrorKey = keyof typeof staffForms.errors;

type FieldProps = {
  /** Names the form on the page, so that two forms may have fields of one name. */
  readonly form: string;
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly state?: FormState | null;
};

type Wiring = { id: string; name: string; "aria-describedby"?: string; "aria-invalid"?: true };

export function fieldId(form: string, name: string): string {
  return `${form}-${name}`;
}

/** Label, hint, error and control, tied together for those who hear the page. */
function Field({
  form,
  name,
  label,
  hint,
  state,
  children,
}: FieldProps & { children: (wiring: Wiring) => ReactNode }) {
  const { t } = useTranslation("staff");
  const id = fieldId(form, name);
  const error = state?.errors[name];
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className={styles.field} data-invalid={error === undefined ? undefined : "true"}>
      <label htmlFor={id}>{label}</label>
      {hint && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className={styles.error}>
          <span className="visually-hidden">{t("forms.errorPrefix")}</span>
          {t(`forms.errors.${error as ErrorKey}`)}
        </p>
      )}
      {children({
        id,
        name,
        ...(described === "" ? {} : { "aria-describedby": described }),
        ...(error === undefined ? {} : { "aria-invalid": true as const }),
      })}
    </div>
  );
}

export function TextField({
  inputMode,
  autoComplete = "off",
  maxLength,
  value,
  ...field
}: FieldProps & {
  inputMode?: "text" | "decimal" | "numeric";
  autoComplete?: string;
  maxLength?: number;
  value?: string;
}) {
  return (
    <Field {...field}>
      {(wiring) => (
        <input
          {...wiring}
          type="text"
          className={styles.input}
          inputMode={inputMode}
          autoComplete={autoComplete}
          maxLength={maxLength}
          defaultValue={field.state ? textOf(field.state.values, field.name) : value}
        />
      )}
    </Field>
  );
}

export function TextAreaField({ rows = 3, ...field }: FieldProps & { rows?: number }) {
  return (
    <Field {...field}>
      {(wiring) => (
        <textarea
          {...wiring}
          className={styles.input}
          rows={rows}
          defaultValue={textOf(field.state?.values, field.name)}
        />
      )}
    </Field>
  );
}

export function SelectField({
  options,
  empty,
  value,
  ...field
}: FieldProps & {
  options: readonly { value: string; label: string }[];
  empty?: string;
  value?: string;
}) {
  return (
    <Field {...field}>
      {(wiring) => (
        <select
          {...wiring}
          className={styles.input}
          defaultValue={field.state ? textOf(field.state.values, field.name) : (value ?? "")}
        >
          {empty !== undefined && <option value="">{empty}</option>}
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function CheckField({
  form,
  name,
  label,
  value = "yes",
  checked,
  state,
}: Omit<FieldProps, "hint"> & { value?: string; checked?: boolean }) {
  const id = fieldId(form, value === "yes" ? name : `${name}-${value}`);
  const kept = state?.values[name];
  const on = state ? kept === value || (Array.isArray(kept) && kept.includes(value)) : checked;
  return (
    <div className={styles.check}>
      <input type="checkbox" id={id} name={name} value={value} defaultChecked={on} />
      <label htmlFor={id}>{label}</label>
    </div>
  );
}
