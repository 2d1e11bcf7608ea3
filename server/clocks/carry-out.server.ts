import type { z } from "zod";
import { formValues, parseForm, textOf, type FormValues } from "~/forms/parse-form";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";

/** A form of a page that was not carried out: which one, what was typed, what is wrong or why it was refused. */
export type FormFailure = {
  /** Its intent, or `intent-id` where a page has one for each row. */
  readonly form: string;
  readonly state: { readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };
  readonly refusal: string | null;
};

export type FormOutcome =
  | { readonly ok: true; readonly to: string }
  | { readonly ok: false; readonly status: number; readonly failed: FormFailure };

/** Judges one posted form and acts; `act` says where to go next. `of` names the fields that tell the form's row. */
export async function carryOut<S extends z.ZodType>(
  asked: {
    readonly form: FormData;
    readonly schema: S;
    readonly intent: string;
    readonly of?: readonly string[];
  },
  act: (value: z.output<S>) => Promise<string>,
): Promise<FormOutcome> {
  const values = formValues(asked.form);
  const name = [asked.intent, ...(asked.of ?? []).map((field) => textOf(values, field))].join("-");
  const parsed = parseForm(asked.schema, asked.form);
  if (!parsed.ok)
    return {
      ok: false,
      status: 400,
      failed: { form: name, state: { values, errors: parsed.errors }, refusal: null },
    };
  const done = await catchRefusal(act(parsed.value));
  if (done.ok) return { ok: true, to: done.value };
  const { status, publicMessage } = done.refusal;
  return { ok: false, status, failed: { form: name, state: { values, errors: {} }, refusal: publicMessage } };
}
