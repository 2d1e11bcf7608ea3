import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { textOf } from "~/forms/parse-form";
import type { RequestOutcome } from "~server/ledger/act-on-requests.server";
import { ErrorSummary } from "../ErrorSummary";
import { TextField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import styles from "./finance.module.css";

const FORM = "receive-back";

/** What came in of an award that was ordered back: entered by one approver, once however often it is sent. */
export function ReceiveBack({
  award,
  owedFen,
  may,
  today,
  requestKey,
  failed,
}: {
  readonly award: { readonly id: string };
  readonly owedFen: bigint;
  readonly may: boolean;
  readonly today: string;
  /** Minted with the page. */
  readonly requestKey: string;
  readonly failed: Extract<RequestOutcome, { ok: false }> | null;
}) {
  const { t } = useTranslation("staff");
  const mine = failed?.intent === "receive" ? failed : null;
  const field = { form: FORM, state: mine?.state ?? null };
  return (
    <section className={controls.card} aria-labelledby="receive-title">
      <h2 id="receive-title">{t("ledgerActs.received.title")}</h2>
      <p className={controls.muted}>{t("ledgerActs.received.lead")}</p>
      <p>{t("ledgerActs.received.owed", { amount: formatFen(owedFen) })}</p>
      {may ? (
        <Form method="post" preventScrollReset>
          <ErrorSummary form={FORM} state={mine?.state} refusal={mine?.refusal} />
          <input type="hidden" name="intent" value="receive" />
          <input type="hidden" name="awardId" value={award.id} />
          <input
            type="hidden"
            name="requestKey"
            value={textOf(mine?.state.values, "requestKey") || requestKey}
          />
          <TextField
            {...field}
            name="amount"
            label={t("finance.amount")}
            hint={t("finance.budget.amountHint")}
            inputMode="decimal"
            maxLength={30}
          />
          <TextField
            {...field}
            name="eventOn"
            label={t("finance.budget.eventOn")}
            value={today}
            maxLength={20}
          />
          <SubmitButton>{t("ledgerActs.received.button")}</SubmitButton>
        </Form>
      ) : (
        <p className={styles.why}>{t("ledgerActs.received.notYours")}</p>
      )}
    </section>
  );
}
