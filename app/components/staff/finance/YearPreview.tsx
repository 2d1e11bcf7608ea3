import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import type { YearPlan } from "~server/ledger/close-year.server";
import { SelectField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

/** What closing a budget's year would do, worked out before anybody asks for it. */
export function YearPreview({
  budgets,
  closing,
  plan,
  refused,
}: {
  readonly budgets: readonly { readonly value: string; readonly label: string }[];
  readonly closing: { readonly budgetId: string; readonly carry: string };
  readonly plan: YearPlan | null;
  /** Why the year cannot be closed now, as a sentence. */
  readonly refused: string | null;
}) {
  const { t } = useTranslation("staff");
  const field = { form: "preview-year" };
  return (
    <section className={controls.card} aria-labelledby="preview-title" id="preview-year">
      <h2 id="preview-title">{t("ledgerActs.preview.title")}</h2>
      <p className={controls.muted}>{t("ledgerActs.preview.lead")}</p>
      {budgets.length === 0 ? (
        <p className={controls.empty}>{t("ledgerActs.preview.empty")}</p>
      ) : (
        <Form method="get" preventScrollReset>
          <SelectField
            {...field}
            name="close"
            label={t("finance.budget.budget")}
            value={closing.budgetId}
            options={budgets}
          />
          <SelectField
            {...field}
            name="carry"
            label={t("ledgerActs.fields.carry")}
            value={closing.carry}
            options={[
              { value: "yes", label: t("ledgerActs.fields.carryYes") },
              { value: "no", label: t("ledgerActs.fields.carryNo") },
            ]}
          />
          <SubmitButton kind="plain">{t("ledgerActs.preview.button")}</SubmitButton>
        </Form>
      )}
      {plan !== null && (
        <>
          <p role="status">
            {t("ledgerActs.plan", {
              available: formatFen(plan.availableFen),
              carried: formatFen(plan.carriedFen),
              lapsed: formatFen(plan.lapsedFen),
              count: plan.awards.length,
              promised: formatFen(plan.encumberedFen),
            })}
          </p>
          {refused !== null && <p className={styles.why}>{t("ledgerActs.planRefused", { why: refused })}</p>}
        </>
      )}
    </section>
  );
}
