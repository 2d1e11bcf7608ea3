import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import { paths } from "~/paths";
import type { FormFailure } from "~server/clocks/carry-out.server";
import type { MonthView } from "~server/payouts/reconcile-month.server";
import { ErrorSummary } from "../ErrorSummary";
import { SelectField, TextAreaField, TextField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import finance from "../finance/finance.module.css";

type View = {
  readonly funds: readonly { readonly id: string; readonly source: string }[];
  readonly fundId: string;
  readonly month: string;
  /** What was typed for a month and is none; null where it was one. */
  readonly monthTyped: string | null;
  readonly mayReconcile: boolean;
  readonly books: MonthView | null;
};

/** 月度核对: the treasury account's month beside the bank; a difference is explained before it is kept. */
export function MonthCard({ view, to, failed }: { view: View; to: string; failed: FormFailure | null }) {
  const { t } = useTranslation("staff");
  const { books } = view;
  return (
    <section className={finance.apart} aria-labelledby="month-title">
      <h2 id="month-title">
        {books === null
          ? t("payouts.month.title")
          : t("payouts.month.titleOf", { month: formatDay(view.month) })}
      </h2>
      {books === null ? (
        <p className={controls.empty}>{t("payouts.month.none")}</p>
      ) : (
        <>
          <Form method="get" action={paths.staff.reconciliation()} noValidate className={finance.ofMonth}>
            <SelectField
              form="month"
              name="fund"
              label={t("payouts.statements.fund")}
              value={view.fundId}
              options={view.funds.map(({ id, source }) => ({ value: id, label: source }))}
            />
            <TextField
              form="month"
              name="month"
              label={t("payouts.month.month")}
              hint={t("payouts.month.monthHint")}
              state={
                view.monthTyped === null
                  ? null
                  : { values: { month: view.monthTyped }, errors: { month: "monthWrong" } }
              }
              value={view.month}
              maxLength={7}
            />
            <SubmitButton kind="plain">{t("payouts.month.show")}</SubmitButton>
          </Form>
          <Movements books={books} />
          {books.kept !== null && (
            <p data-reconciled={books.kept.bookFen === books.kept.bankFen ? "equal" : "explained"}>
              {t("payouts.month.kept", {
                book: formatFen(books.kept.bookFen),
                bank: formatFen(books.kept.bankFen),
              })}
              {books.kept.explanation !== null && t("payouts.month.keptWhy", { why: books.kept.explanation })}
            </p>
          )}
          {view.mayReconcile && <Keep books={books} to={to} failed={failed} />}
        </>
      )}
    </section>
  );
}

function Movements({ books }: { books: MonthView }) {
  const { t } = useTranslation("staff");
  const balance = (label: string, fen: bigint) => (
    <tr>
      <th scope="row">{label}</th>
      <td className={finance.onPaper} />
      <td className={finance.onPaper} />
      <td className={finance.amount} data-label={t("payouts.month.balance")}>
        {formatFen(fen)}
      </td>
    </tr>
  );
  const moved = (label: string, fen: bigint) => (
    <td className={fen === 0n ? `${finance.amount} ${finance.onPaper}` : finance.amount} data-label={label}>
      {fen === 0n ? "" : formatFen(fen)}
    </td>
  );
  return (
    <div className={controls.tableWrap}>
      <table className={`${controls.table} ${finance.table} ${finance.stacked}`}>
        <caption className="visually-hidden">{t("payouts.month.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("payouts.month.item")}</th>
            <th scope="col" className={finance.amount}>
              {t("payouts.month.in")}
            </th>
            <th scope="col" className={finance.amount}>
              {t("payouts.month.out")}
            </th>
            <th scope="col" className={finance.amount}>
              {t("payouts.month.balance")}
            </th>
          </tr>
        </thead>
        <tbody>
          {balance(t("payouts.month.opening"), books.openingFen)}
          {books.movements.map(({ event, inFen, outFen }) => (
            <tr key={event}>
              <th scope="row">
                {t(`payouts.month.events.${event.replaceAll(".", "_")}` as "payouts.month.events.award_paid")}
              </th>
              {moved(t("payouts.month.in"), inFen)}
              {moved(t("payouts.month.out"), outFen)}
              <td className={finance.onPaper} />
            </tr>
          ))}
        </tbody>
        <tfoot>
          {balance(t("payouts.month.closing"), books.closingFen)}
          {books.bankFen !== null && balance(t("payouts.month.bankShown"), books.bankFen)}
          {books.bankFen !== null && balance(t("payouts.month.difference"), books.bankFen - books.closingFen)}
        </tfoot>
      </table>
    </div>
  );
}

function Keep({ books, to, failed }: { books: MonthView; to: string; failed: FormFailure | null }) {
  const { t } = useTranslation("staff");
  const mine = failed?.form === "reconcile" ? failed : null;
  const bank = books.bankFen === null ? "" : formatFen(books.bankFen).replace("¥", "");
  return (
    <Form method="post" action={to} noValidate preventScrollReset className={controls.spacedTop}>
      <ErrorSummary form="reconcile" state={mine?.state} refusal={mine?.refusal} />
      <input type="hidden" name="intent" value="reconcile" />
      <TextField
        key={bank}
        form="reconcile"
        state={mine?.state ?? null}
        name="bankAmount"
        label={t("payouts.month.bank")}
        value={bank}
        inputMode="decimal"
        maxLength={30}
      />
      <TextAreaField
        form="reconcile"
        state={mine?.state ?? null}
        name="explanation"
        label={t("payouts.month.explanation")}
        hint={t("payouts.month.explanationHint")}
      />
      <SubmitButton>{t("payouts.month.keep")}</SubmitButton>
    </Form>
  );
}
