import { Form } from "@remix-run/react";
import { useTranslation } from "react-i18next";
import { formatFen } from "~/forms/money";
import { formatDay } from "~/i18n/format-date";
import type { FormFailure } from "~server/clocks/carry-out.server";
import type { BankLinesView, LineList } from "~server/payouts/list-bank-lines.server";
import { ErrorSummary } from "../ErrorSummary";
import { TextField } from "../Field";
import { SubmitButton } from "../SubmitButton";
import controls from "../controls.module.css";
import finance from "../finance/finance.module.css";

type Props = {
  readonly list: LineList;
  readonly rows: BankLinesView["rows"];
  /** Where the forms go: this list, this page of it. */
  readonly to: string;
  readonly failed: FormFailure | null;
  /** Whether the viewer may act on lines, as a cashier. */
  readonly open: boolean;
  /** Whether the viewer may agree to what a cashier proposed, and who they are. */
  readonly mayAgree: boolean;
  readonly ownId: string;
};

/** Lines of statements with what became of them; those that wait carry what a person may decide. */
export function BankLineTable(props: Props) {
  const { t } = useTranslation("staff");
  const { list, rows } = props;
  const acts = (props.open || props.mayAgree) && (list === "named" || list === "suspense");
  return (
    <div className={controls.tableWrap}>
      <table className={`${controls.table} ${finance.table} ${finance.stacked}`}>
        <caption className="visually-hidden">{t(`payouts.lists.${list}`)}</caption>
        <thead>
          <tr>
            <th scope="col">{t("payouts.line.statement")}</th>
            <th scope="col" className={finance.amount}>
              {t("payouts.line.amount")}
            </th>
            <th scope="col">{t("payouts.line.day")}</th>
            <th scope="col">{t("payouts.line.status")}</th>
            <th scope="col">{t(list === "named" ? "payouts.line.why" : "payouts.line.batch")}</th>
            {acts && <th scope="col">{t("payouts.act")}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <th scope="row" className={finance.code}>
                {t("payouts.line.number", { statement: row.statement, line: row.lineNo })}
              </th>
              <td className={finance.amount} data-label={t("payouts.line.amount")}>
                {formatFen(row.amountFen)}
              </td>
              <td data-label={t("payouts.line.day")}>{formatDay(row.valueOn)}</td>
              <td data-label={t("payouts.line.status")}>{t(`payouts.bankStatuses.${row.status}`)}</td>
              <td data-label={t(list === "named" ? "payouts.line.why" : "payouts.line.batch")}>
                {row.fault !== null && (
                  <p className={finance.margin}>
                    {t(`payouts.faults.${row.fault}`, { expected: formatFen(row.expectedFen ?? "0") })}
                  </p>
                )}
                {row.reference ?? (list === "suspense" ? t("payouts.line.noBatch") : null)}
                {(list === "named" || list === "suspense") && row.reason !== null && (
                  <p className={finance.margin}>
                    {t(`payouts.aside.said.${list}`, { name: row.proposer ?? "", reason: row.reason })}
                  </p>
                )}
              </td>
              {acts && (
                <td>
                  <Acts row={row} {...props} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type RowProps = Props & { readonly row: BankLinesView["rows"][number] };

function Acts(props: RowProps) {
  const { t } = useTranslation("staff");
  const { row, list, to, failed, open } = props;
  const form = (intent: string) => `${intent}-${row.id}`;
  const named = (act: string) => t("payouts.of", { act, statement: row.statement, line: row.lineNo });
  if (!open) return <Agree {...props} />;
  if (list === "suspense") {
    const mine = failed?.form === form("match") ? failed : null;
    return (
      <>
        <details className={finance.rowAct} open={mine !== null || undefined}>
          <summary aria-label={named(t("payouts.match"))}>{t("payouts.match")}</summary>
          <Form method="post" action={to} noValidate preventScrollReset className={finance.rowForm}>
            <ErrorSummary form={form("match")} state={mine?.state} refusal={mine?.refusal} />
            <input type="hidden" name="intent" value="match" />
            <input type="hidden" name="bankLineId" value={row.id} />
            <TextField
              form={form("match")}
              state={mine?.state ?? null}
              name="reference"
              label={t("payouts.matchReference")}
              hint={t("payouts.matchHint")}
              maxLength={20}
            />
            <SubmitButton label={named(t("payouts.match"))}>{t("payouts.match")}</SubmitButton>
          </Form>
        </details>
        <Propose {...props} />
      </>
    );
  }
  // What the bank did not take moved no money, unless our books say that it was paid.
  const moved = row.status !== "rejected" || (row.fault === "refused" && row.lineState === "settled");
  const offered = [
    ["retry", t("payouts.retry")],
    ...(moved ? [["suspense", t("payouts.toSuspense")]] : []),
  ] as const;
  return (
    <>
      {offered.map(([intent = "", label = ""]) => (
        <Form key={intent} method="post" action={to} preventScrollReset className={finance.rowForm}>
          <ErrorSummary form={form(intent)} refusal={failed?.form === form(intent) ? failed.refusal : null} />
          <input type="hidden" name="intent" value={intent} />
          <input type="hidden" name="bankLineId" value={row.id} />
          <SubmitButton kind="quiet" label={named(label)}>
            {label}
          </SubmitButton>
        </Form>
      ))}
      {row.fault === "double" && <Propose {...props} />}
    </>
  );
}

/** A cashier proposes to set a line aside; once proposed it waits for the second person, or is taken back. */
function Propose({ row, list, to, failed, ownId }: RowProps) {
  const { t } = useTranslation("staff");
  if (row.reason !== null) {
    if (row.proposerId !== ownId) return null;
    const form = `withdraw-${row.id}`;
    const act = t("payouts.aside.withdraw");
    return (
      <Form method="post" action={to} preventScrollReset className={finance.rowForm}>
        <ErrorSummary form={form} refusal={failed?.form === form ? failed.refusal : null} />
        <input type="hidden" name="intent" value="withdraw" />
        <input type="hidden" name="bankLineId" value={row.id} />
        <input type="hidden" name="what" value={list === "suspense" ? "matched" : "dismissed"} />
        <SubmitButton
          kind="quiet"
          label={t("payouts.of", { act, statement: row.statement, line: row.lineNo })}
        >
          {act}
        </SubmitButton>
      </Form>
    );
  }
  const form = `propose-${row.id}`;
  const mine = failed?.form === form ? failed : null;
  const act = t(`payouts.aside.propose.${list as "named"}`);
  const label = t("payouts.of", { act, statement: row.statement, line: row.lineNo });
  return (
    <details className={finance.rowAct} open={mine !== null || undefined}>
      <summary aria-label={label}>{act}</summary>
      <Form method="post" action={to} noValidate preventScrollReset className={finance.rowForm}>
        <ErrorSummary form={form} state={mine?.state} refusal={mine?.refusal} />
        <input type="hidden" name="intent" value="propose" />
        <input type="hidden" name="bankLineId" value={row.id} />
        <input type="hidden" name="what" value={list === "suspense" ? "matched" : "dismissed"} />
        <TextField
          form={form}
          state={mine?.state ?? null}
          name="reason"
          label={t("payouts.aside.reason")}
          hint={t("payouts.aside.hint")}
          maxLength={300}
        />
        <SubmitButton label={label}>{t("payouts.aside.proposeButton")}</SubmitButton>
      </Form>
    </details>
  );
}

/** The second person's answer to what a cashier proposed. */
function Agree({ row, list, to, failed, mayAgree, ownId }: RowProps) {
  const { t } = useTranslation("staff");
  if (!mayAgree || row.reason === null || row.proposerId === ownId) return null;
  const form = `agree-${row.id}`;
  const act = t(`payouts.aside.agree.${list as "named"}`);
  return (
    <Form method="post" action={to} preventScrollReset className={finance.rowForm}>
      <ErrorSummary form={form} refusal={failed?.form === form ? failed.refusal : null} />
      <input type="hidden" name="intent" value="agree" />
      <input type="hidden" name="bankLineId" value={row.id} />
      <input type="hidden" name="what" value={list === "suspense" ? "matched" : "dismissed"} />
      <SubmitButton label={t("payouts.of", { act, statement: row.statement, line: row.lineNo })}>
        {act}
      </SubmitButton>
    </Form>
  );
}
