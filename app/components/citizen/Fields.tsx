import { createContext, useContext, type InputHTMLAttributes, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import css from "./Fields.module.css";

type Common = {
  name: string;
  label: string;
  hint?: string;
  error?: string;
  optional?: boolean;
};

/** What a question that is its page's only one is headed by: pages of many questions give it a lower rank. */
export const HeadingRank = createContext<"h1" | "h3">("h1");

function Heading({ children }: { children: ReactNode }) {
  return useContext(HeadingRank) === "h1" ? (
    <h1 className={css.heading}>{children}</h1>
  ) : (
    <h3 className={css.heading}>{children}</h3>
  );
}

function describedBy(name: string, hint: string | undefined, error: string | undefined): string | undefined {
  const ids = [hint ? `${name}-hint` : null, error ? `${name}-error` : null].filter((id) => id !== null);
  return ids.length > 0 ? ids.join(" ") : undefined;
}

function Hint({ name, hint }: { name: string; hint: string | undefined }) {
  return hint ? (
    <span id={`${name}-hint`} className={css.hint}>
      {hint}
    </span>
  ) : null;
}

export function FieldError({ name, error }: { name: string; error: string | undefined }) {
  const { t } = useTranslation();
  return error ? (
    <span id={`${name}-error`} className={css.error}>
      <span className="visually-hidden">{t("error.prefix")}</span>
      {error}
    </span>
  ) : null;
}

function Label({
  name,
  label,
  optional,
  heading,
}: {
  name: string;
  label: string;
  optional?: boolean;
  heading?: boolean;
}) {
  const { t } = useTranslation();
  const text = (
    <label htmlFor={name} className={css.label}>
      {label}
      {optional ? <span className={css.optional}>{t("report.optional")}</span> : null}
    </label>
  );
  return heading ? <Heading>{text}</Heading> : text;
}

export function TextField({
  name,
  label,
  hint,
  error,
  optional,
  value,
  wide = true,
  ...input
}: Common & { value: string; wide?: boolean } & Omit<
    InputHTMLAttributes<HTMLInputElement>,
    "name" | "value"
  >) {
  return (
    <div className={`${css.field} ${error ? css.wrong : ""}`}>
      <Label name={name} label={label} optional={optional} />
      <Hint name={name} hint={hint} />
      <FieldError name={name} error={error} />
      <input
        {...input}
        id={name}
        name={name}
        defaultValue={value}
        className={`${css.input} ${wide ? "" : css.short}`}
        aria-describedby={describedBy(name, hint, error)}
        aria-invalid={error ? true : undefined}
      />
    </div>
  );
}

/** `id` where another field of the page has the same name. */
export function TextArea({
  name,
  id = name,
  label,
  hint,
  error,
  optional,
  value,
  rows,
  heading,
  autoComplete,
}: Common & { value: string; rows: number; id?: string; heading?: boolean; autoComplete?: string }) {
  return (
    <div className={`${css.field} ${error ? css.wrong : ""}`}>
      <Label name={id} label={label} optional={optional} heading={heading} />
      <Hint name={id} hint={hint} />
      <FieldError name={id} error={error} />
      <textarea
        id={id}
        name={name}
        rows={rows}
        defaultValue={value}
        autoComplete={autoComplete}
        className={css.input}
        aria-describedby={describedBy(id, hint, error)}
        aria-invalid={error ? true : undefined}
      />
    </div>
  );
}

export type ChoiceItem = { readonly value: string; readonly label: string; readonly help?: string };

/** Radios or checkboxes under one question. `first` carries the id the error summary leads to. */
export function Choices({
  name,
  type,
  items,
  chosen,
  first = true,
}: {
  name: string;
  type: "radio" | "checkbox";
  items: readonly ChoiceItem[];
  chosen: readonly string[];
  first?: boolean;
}) {
  return (
    <div className={css.choices}>
      {items.map(({ value, label, help }, index) => {
        const id = first && index === 0 ? name : `${name}-${value}`;
        return (
          <div key={value} className={css.choice}>
            <input
              type={type}
              id={id}
              name={name}
              value={value}
              defaultChecked={chosen.includes(value)}
              aria-describedby={help ? `${id}-help` : undefined}
            />
            <label htmlFor={id}>{label}</label>
            {help ? (
              <span id={`${id}-help`} className={css.help}>
                {help}
              </span>
            ) : null}
          </div>
        );
      })}
    </div>
  );
}

/** The question around a group of choices; `heading` when it is the page's only one. */
export function Question({
  name,
  label,
  hint,
  error,
  heading,
  children,
}: Common & { heading?: boolean; children: ReactNode }) {
  return (
    <fieldset
      className={`${css.group} ${error ? css.wrong : ""}`}
      aria-describedby={describedBy(name, hint, error)}
    >
      <legend className={css.legend}>
        {heading ? <Heading>{label}</Heading> : <span className={css.label}>{label}</span>}
      </legend>
      <Hint name={name} hint={hint} />
      <FieldError name={name} error={error} />
      {children}
    </fieldset>
  );
}

export type OptionGroup = {
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly label: string; readonly lang?: string }[];
};

export function SelectField({
  name,
  label,
  hint,
  error,
  value,
  empty,
  groups,
}: Common & { value: string; empty: string; groups: readonly OptionGroup[] }) {
  return (
    <div className={`${css.field} ${error ? css.wrong : ""}`}>
      <Label name={name} label={label} />
      <Hint name={name} hint={hint} />
      <FieldError name={name} error={error} />
      <select
        id={name}
        name={name}
        defaultValue={value}
        className={css.input}
        aria-describedby={describedBy(name, hint, error)}
        aria-invalid={error ? true : undefined}
      >
        <option value="">{empty}</option>
        {groups.map((group) => (
          <optgroup key={group.label} label={group.label}>
            {group.options.map((option) => (
              <option key={option.value} value={option.value} lang={option.lang}>
                {option.label}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </div>
  );
}
