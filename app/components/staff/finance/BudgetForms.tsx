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
  readonly agencyName: string;
  readonly year: number;
  readonly today: string;
  /** One a form, fresh with every page; a form that came back keeps its own. */
  readonly requestKeys: { readonly approve: string; readonly receive: string };
  readonly budgets: readonly Option[];
  readonly funds: readonly Option[];
};

/** The approver's acts on budgets. What was typed stays until it is carried out. */
export function BudgetForms({ view, failed }: { view: BudgetFormsView; failed: BudgetFailure | null }) {
  const { t } = useTranslation("staff");
  const stateOf = (intent: BudgetIntent) => (failed?.intent === intent ? failed.state : null);
  const keyOf = (intent: "approve" | "receive") =>
    textOf(stateOf(intent)?.values, "requestKey") || view.requestKeys[intent];
  const money = (intent: "approve" | "receive", state: FormState | null) => (
    <>
      <input type="hidden" name="requestKey" value={keyOf(intent)} />
      <TextField
        form={intent}
        state={state}
        name="amount"
        label={t("finance.amount")}
        hint={t("finance.budget.amountHint")}
        inputMode="decimal"
        maxLength={30}
      />
      <TextField
        form={intent}
        state={state}
        name="eventOn"
        label={t(intent === "approve" ? "finance.budget.eventOn" : "finance.budget.receivedOn")}
        value={view.today}
        maxLength={20}
      />
    </>
  );
  const approve = stateOf("approve");
  const receive = stateOf("receive");
  const open = stateOf("open");
  return (
    <div className={styles.forms}>
      {view.budgets.length > 0 && (
        <ActForm
          key={keyOf("approve")}
          intent="approve"
          title={t("finance.budget.approveTitle")}
          button={t("finance.budget.approveButton")}
          failed={failed}
        >
          <SelectField
            form="approve"
            state={approve}
            name="budgetId"
            label={t("finance.budget.budget")}
            options={view.budgets}
          />
          {money("approve", approve)}
        </ActForm>
      )}
      {view.funds.length > 0 && (
        <ActForm
          key={keyOf("receive")}
          intent="receive"
          title={t("finance.budget.receiveTitle")}
          button={t("finance.budget.receiveButton")}
          failed={failed}
        >
          <SelectField
            form="receive"
            state={receive}
            name="fundId"
            label={t("finance.budget.fund")}
            options={view.funds}
          />
          {money("receive", receive)}
        </ActForm>
      )}
      <ActForm
        key={`open ${view.budgets.length}`}
        intent="open"
        title={t("finance.budget.openTitle")}
        hint={t("finance.budget.openHint", { agency: view.agencyName })}
        button={t("finance.budget.openButton")}
        failed={failed}
      >
        <TextField
          form="open"
          state={open}
          name="source"
          label={t("finance.budget.source")}
          hint={t("finance.budget.sourceHint")}
          maxLength={60}
        />
        <TextField
          form="open"
          state={open}
          name="slug"
          label={t("finance.budget.slug")}
          hint={t("finance.budget.slugHint")}
          maxLength={41}
        />
        <TextField
          form="open"
          state={open}
          name="fiscalYear"
          label={t("finance.budget.fiscalYear")}
          value={String(view.year)}
          inputMode="numeric"
          maxLength={4}
        />
      </ActForm>
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
