import { Form } from "@remix-run/react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { textOf } from "~/forms/parse-form";
import type { BudgetFailure, BudgetIntent } from "~server/ledger/act-on-budget.server";
import { ErrorSummary } from "../ErrorSummary";
import { SelectField, TextField, type FormState } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

type Option = { readonly value: string; readonly label: string };

export type BudgetFormsView = {
  readonly today: string;
  /** Fresh with every page; a form that came back keeps its own. */
  readonly requestKey: string;
  readonly funds: readonly Option[];
};

/**
 * What an approver enters alone: money that arrived. Opening a budget and changing its appropriation are asked for by
 * one and agreed to by another, on their own page. What was typed stays until it is carried out.
 */
export function BudgetForms({ view, failed }: { view: BudgetFormsView; failed: BudgetFailure | null }) {
  const { t } = useTranslation("staff");
  const state: FormState | null = failed?.state ?? null;
  const requestKey = textOf(state?.values, "requestKey") || view.requestKey;
  return (
    <div className={styles.forms}>
      {view.funds.length > 0 && (
        <ActForm
          key={requestKey}
          intent="receive"
          title={t("finance.budget.receiveTitle")}
          button={t("finance.budget.receiveButton")}
          failed={failed}
        >
          <SelectField
            form="receive"
            state={state}
            name="fundId"
            label={t("finance.budget.fund")}
            options={view.funds}
          />
          <input type="hidden" name="requestKey" value={requestKey} />
          <TextField
            form="receive"
            state={state}
            name="amount"
            label={t("finance.amount")}
            hint={t("finance.budget.amountHint")}
            inputMode="decimal"
            maxLength={30}
          />
          <TextField
            form="receive"
            state={state}
            name="eventOn"
            label={t("finance.budget.receivedOn")}
            value={view.today}
            maxLength={20}
          />
        </ActForm>
      )}
    </div>
  );
}

function ActForm({
  intent,
  title,
  hint,
  button,
  failed,
  children,
}: {
  intent: BudgetIntent;
  title: string;
  hint?: string;
  button: string;
  failed: BudgetFailure | null;
  children: ReactNode;
}) {
  const mine = failed?.intent === intent ? failed : null;
  return (
    <Form method="post" noValidate preventScrollReset aria-label={title} id={`form-${intent}`}>
      <h3>{title}</h3>
      {hint && <p className={controls.muted}>{hint}</p>}
      <ErrorSummary form={intent} state={mine?.state} refusal={mine?.refusal} />
      <input type="hidden" name="intent" value={intent} />
      {children}
      <SubmitButton kind="plain">{button}</SubmitButton>
    </Form>
  );
}
