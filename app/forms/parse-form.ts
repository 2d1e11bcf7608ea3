import type { z } from "zod";

/** What a person typed, by field name: comes back with every error. A field sent several times is a list. */
export type FormValues = Readonly<Record<string, string | readonly string[]>>;

export type ParsedForm<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };

/** The fields of a form as text; files are no part of staff forms. */
export function formValues(form: FormData): FormValues {
  const values: Record<string, string | string[]> = {};
  for (const name of new Set(form.keys())) {
    const all = form.getAll(name).filter((value) => typeof value === "string");
    values[name] = all.length === 1 ? (all[0] ?? "") : all;
  }
  return values;
}

/** Judges a posted form. Of several faults in one field the first is told; messages are catalogue keys. */
export function parseForm<S extends z.ZodType>(schema: S, form: FormData): ParsedForm<z.output<S>> {
  const values = formValues(form);
  const parsed = schema.safeParse(values);
  if (parsed.success) return { ok: true, value: parsed.data };
  const errors: Record<string, string> = {};
  for (const issue of parsed.error.issues) errors[String(issue.path[0] ?? "")] ??= issue.message;
  return { ok: false, values, errors };
}

/** One text of what was typed; "" when the field was not sent. */
export function textOf(values: FormValues | undefined, name: string): string {
  const value = values?.[name];
  return typeof value === "string" ? value : (value?.[0] ?? "");
}
