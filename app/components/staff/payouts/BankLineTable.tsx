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
  /** Whether the viewer may act on lines. */
  readonly open: boolean;
};

/** Lines of statements with what became of them; those that wait carry what a person may decide. */
export function BankLineTable(props: Props) {
  const { t } = useTranslation("staff");
  const { list, rows } = props;
  const acts = props.open && (list === "named" || list === "suspense");
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
                {`${row.statement} · ${row.lineNo}`}
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
                {row.reference}
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

function Acts({ row, list, to, failed }: Props & { row: BankLinesView["rows"][number] }) {
  const { t } = useTranslation("staff");
  const form = (intent: string) => `${intent}-${row.id}`;
  const named = (act: string) => t("payouts.of", { act, statement: row.statement, line: row.lineNo });
  if (list === "suspense") {
    const mine = failed?.form === form("match") ? failed : null;
    return (
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
    );
  }
  const offered = [
    ["retry", t("payouts.retry")],
    ...(row.status === "rejected" ? [] : [["suspense", t("payouts.toSuspense")]]),
    ...(row.fault === "double" ? [["dismissed", t("payouts.dismiss")]] : []),
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
    </>
  );
}
