import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import { saidInRequest } from "~/forms/ledger-request";
import { agreedTo } from "~/forms/step-up-subjects";
import type { staffLedgerActs } from "~/i18n/zh-CN/staff-ledger-acts";
import { textOf } from "~/forms/parse-form";
import type { RequestOutcome } from "~server/ledger/act-on-requests.server";
import { ORDER_WORKING_DAYS, type RequestKind } from "~server/ledger/ledger-requests";
import { ErrorSummary } from "../ErrorSummary";
import { SelectField, TextAreaField, TextField } from "../Field";
import { StepUpForm } from "../StepUpForm";
import { SubmitButton } from "../SubmitButton";

type Failed = Extract<RequestOutcome, { ok: false }>;
type Ground = keyof typeof staffLedgerActs.grounds;

export type AskView = {
  /** Minted with the page, so that a double click asks once. */
  readonly requestId: string;
  readonly today: string;
  readonly year: number;
  readonly budgets: readonly { readonly value: string; readonly label: string }[];
  readonly nextMonth: string | null;
  /** The award's order to pay by hand that may be taken back. */
  readonly openOrderId: string | null;
  readonly award: {
    readonly id: string;
    readonly codeName: string;
    readonly amountFen: bigint;
    readonly grounds: readonly string[];
    readonly byHand: {
      readonly payoutId: string;
      readonly paidOn: string;
      readonly reference: string;
    } | null;
  } | null;
};

/** What one of finance fills in to ask for an act that takes a second. */
export function AskForm({ kind, view, failed }: { kind: RequestKind; view: AskView; failed: Failed | null }) {
  const { t } = useTranslation("staff");
  const mine = failed?.intent === "ask" && textOf(failed.state.values, "kind") === kind ? failed : null;
  const form = `ask-${kind}`;
  const common = { form, state: mine?.state ?? null };
  const amount = (
    <TextField
      {...common}
      name="amount"
      label={t("finance.amount")}
      hint={t("finance.budget.amountHint")}
      inputMode="decimal"
      maxLength={30}
    />
  );
  const day = (
    <TextField
      {...common}
      name="eventOn"
      label={t("finance.budget.eventOn")}
      hint={t("finance.payments.dayHint")}
      value={view.today}
      maxLength={20}
    />
  );
  const budget = (
    <SelectField {...common} name="budgetId" label={t("finance.budget.budget")} options={view.budgets} />
  );
  const aboutAward = kind !== "open" && kind !== "adjust" && kind !== "close_month" && kind !== "close_year";
  return (
    <StepUpForm name={form} of={(filled) => agreedTo.ledgerAsked(saidInRequest(filled))}>
      <h3>{t(`ledgerActs.kinds.${kind}`)}</h3>
      <ErrorSummary form={form} state={mine?.state} refusal={mine?.refusal} />
      <input type="hidden" name="intent" value="ask" />
      <input type="hidden" name="kind" value={kind} />
      <input type="hidden" name="id" value={textOf(mine?.state.values, "id") || view.requestId} />
      {aboutAward && view.award !== null && (
        <>
          <input type="hidden" name="awardId" value={view.award.id} />
          <p>
            {t("ledgerActs.fields.awardText", {
              codeName: view.award.codeName,
              amount: formatFen(view.award.amountFen),
            })}
          </p>
        </>
      )}
      {kind === "pay" && <p>{t("ledgerActs.orderHint", { days: ORDER_WORKING_DAYS })}</p>}
      {kind === "end_order" && (
        <>
          <input type="hidden" name="orderId" value={view.openOrderId ?? ""} />
          <p>{t("ledgerActs.endHint")}</p>
        </>
      )}
      {kind === "bounce" && view.award?.byHand && (
        <>
          <input type="hidden" name="payoutId" value={view.award.byHand.payoutId} />
          <p>
            {t("ledgerActs.fields.payment", {
              day: formatDay(view.award.byHand.paidOn),
              reference: view.award.byHand.reference,
            })}
          </p>
          <TextField
            {...common}
            name="eventOn"
            label={t("ledgerActs.fields.returnedOn")}
            hint={t("finance.payments.dayHint")}
            value={view.today}
            maxLength={20}
          />
        </>
      )}
      {kind === "open" && (
        <>
          <TextField
            {...common}
            name="source"
            label={t("finance.budget.source")}
            hint={t("finance.budget.sourceHint")}
            maxLength={60}
          />
          <TextField
            {...common}
            name="slug"
            label={t("finance.budget.slug")}
            hint={t("finance.budget.slugHint")}
            maxLength={41}
          />
          <TextField
            {...common}
            name="fiscalYear"
            label={t("finance.budget.fiscalYear")}
            value={String(view.year)}
            inputMode="numeric"
            maxLength={4}
          />
        </>
      )}
      {(kind === "adjust" || kind === "close_year") && budget}
      {kind === "adjust" && (
        <SelectField
          {...common}
          name="direction"
          label={t("ledgerActs.fields.direction")}
          empty={t("lead.choose")}
          options={(["more", "less"] as const).map((value) => ({
            value,
            label: t(`ledgerActs.fields.${value}`),
          }))}
        />
      )}
      {kind === "close_year" && (
        <SelectField
          {...common}
          name="carry"
          label={t("ledgerActs.fields.carry")}
          empty={t("lead.choose")}
          options={[
            { value: "yes", label: t("ledgerActs.fields.carryYes") },
            { value: "no", label: t("ledgerActs.fields.carryNo") },
          ]}
        />
      )}
      {kind === "close_month" && (
        <TextField
          {...common}
          name="month"
          label={t("ledgerActs.fields.month")}
          hint={t("ledgerActs.fields.monthHint")}
          value={view.nextMonth ?? ""}
          maxLength={7}
        />
      )}
      {kind === "clawback" && (
        <SelectField
          {...common}
          name="ground"
          label={t("ledgerActs.fields.ground")}
          empty={t("lead.choose")}
          options={(view.award?.grounds ?? []).map((value) => ({
            value,
            label: t(`ledgerActs.grounds.${value as Ground}`, { defaultValue: value }),
          }))}
        />
      )}
      {["open", "adjust", "clawback", "write_off"].includes(kind) && amount}
      {(kind === "open" || kind === "adjust") && day}
      <TextAreaField
        {...common}
        name="reason"
        label={t("ledgerActs.reason")}
        hint={t("ledgerActs.reasonHint")}
        rows={2}
      />
      <SubmitButton kind="plain" label={t("ledgerActs.askFor", { kind: t(`ledgerActs.kinds.${kind}`) })}>
        {t("ledgerActs.askButton")}
      </SubmitButton>
    </StepUpForm>
  );
}
