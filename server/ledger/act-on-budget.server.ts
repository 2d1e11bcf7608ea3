import { receiveFundsSchema } from "~/forms/budget";
import { formValues, parseForm, type FormValues } from "~/forms/parse-form";
import type { Portal } from "~server/portal.server";
import type { StaffActor } from "~server/staff-auth/actor";
import { catchRefusal } from "~server/staff-auth/answer-refusals.server";
import { receiveFunds } from "./receive-funds.server";

/** What one approver does alone. Opening a budget and changing its appropriation take two (act-on-requests). */
export const BUDGET_INTENTS = ["receive"] as const;
export type BudgetIntent = (typeof BUDGET_INTENTS)[number];

/** A form that was not carried out: which one, what was typed, and what is wrong with it or why it was refused. */
export type BudgetFailure = {
  readonly intent: BudgetIntent;
  readonly state: { readonly values: FormValues; readonly errors: Readonly<Record<string, string>> };
  readonly refusal: string | null;
};

export type BudgetOutcome =
  | { readonly ok: true; readonly done: "received" | "same" }
  | { readonly ok: false; readonly status: number; readonly failed: BudgetFailure };

/** Carries out one posted form of the budget page. An intent the page does not have is a stale page. */
export async function actOnBudget(
  portal: Portal,
  { form }: { form: FormData },
  actor: StaffActor,
): Promise<BudgetOutcome> {
  const intent = BUDGET_INTENTS.find((each) => each === form.get("intent")) ?? "receive";
  const refused = (status: number, errors: Record<string, string>, refusal: string | null = null) => ({
    ok: false as const,
    status,
    failed: { intent, state: { values: formValues(form), errors }, refusal },
  });
  const work = start(portal, form, actor);
  if (work.errors !== null) return refused(400, work.errors);
  const done = await catchRefusal(work.run());
  if (done.ok) return { ok: true, done: done.value };
  const { code, status, publicMessage } = done.refusal;
  if (code === "date_invalid") return refused(status, { eventOn: "budgetDay" });
  return refused(status, {}, publicMessage);
}

type Work =
  | { readonly errors: Record<string, string> }
  | { readonly errors: null; run(): Promise<Extract<BudgetOutcome, { ok: true }>["done"]> };

function start({ db, clock }: Portal, form: FormData, actor: StaffActor): Work {
  const parsed = parseForm(receiveFundsSchema, form);
  if (!parsed.ok) return { errors: { ...parsed.errors } };
  const { amount, ...input } = parsed.value;
  return {
    errors: null,
    run: () =>
      receiveFunds(db, { ...input, amountFen: amount }, actor, clock).then(({ isNew }) =>
        isNew ? "received" : "same",
      ),
  };
}
